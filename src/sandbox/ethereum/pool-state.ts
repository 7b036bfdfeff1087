/** A pool's state at the head, for whoever wants to compare: `/sandbox/book`. */
import { lower } from './addresses.js';
import type { EthereumNode } from './node.js';
import { V3Pool } from './v3-pool.js';

/** @param name the pool's address */
export function poolState({ chain: { head }, markets }: EthereumNode, name: string): Record<string, unknown> | undefined {
  const venue = markets.find((market) => market.venue.address === lower(name))?.venue;
  if (venue === undefined) return undefined;
  const { state, number, hash } = head;
  const where = { pool: venue.address, block: number, hash };
  if (!(venue instanceof V3Pool)) {
    const [reserve0, reserve1] = venue.reserves(state);
    return { ...where, reserve0: String(reserve0), reserve1: String(reserve1) };
  }
  return {
    ...where, sqrtPriceX96: String(venue.price(state)), tick: venue.tick(state), liquidity: String(venue.liquidity(state)),
    ticks: venue.initializedTicks(state).map(([tick, gross, net]) => ({ tick, gross: String(gross), net: String(net) })),
  };
}
