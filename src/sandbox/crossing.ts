/** Forced crossings: one more ask level on the cheap venue, below another venue's best bid, sent out at once. */
import { decimalsOf, formatScaled, parseDecimal } from '../model/decimal.js';
import type { CrossRequest } from './control.js';
import type { Market } from './matching/exchange.js';
import type { RunningVenue } from './venue.js';
import type { Simulation } from './market/simulation.js';

const HOLD_MS_MAX = 60_000;

/**
 * The level stands alone at the top: the cheap venue's own bids at or above its price are withdrawn first, as a book is
 * never crossed in itself. The generator leaves the market alone for `holdMs`; then what is left of the level goes.
 */
export function forceCrossing(simulation: Simulation, running: readonly RunningVenue[], request: CrossRequest): Record<string, unknown> | string {
  const { pair, venueCheap, bps, qty, holdMs } = request;
  const chosen = running.find(({ venue }) => venue.id === venueCheap);
  if (chosen === undefined) return `"venueCheap" must be one of ${running.map(({ venue }) => venue.id).join(', ')}.`;
  if (typeof bps !== 'number' || !(bps > 0 && bps < 1_000)) return '"bps" must be between 0 and 1000.';
  if (typeof holdMs !== 'number' || !(holdMs > 0 && holdMs <= HOLD_MS_MAX)) return `"holdMs" must be between 0 and ${HOLD_MS_MAX}.`;
  // Each crossing is measured from where the makers stand, not from where the last one pushed the books.
  simulation.release(pair);
  const { crossHere } = chosen.server.control;
  if (crossHere !== undefined) return crossHere(request);
  const cheap = marketOf(chosen, pair);
  const bid = Math.max(...running.filter((other) => other !== chosen).map((other) => bestBid(marketOf(other, pair))));
  if (cheap === undefined || !(bid > 0)) return '"pair" must name a pair that another venue lists too, such as BTC/USDT.';
  const { spec } = cheap;
  if (typeof qty !== 'string' || !/^\d+(\.\d+)?$/.test(qty) || decimalsOf(qty) > spec.qtyDecimals) return `"qty" must be a decimal text with at most ${spec.qtyDecimals} decimals.`;
  const units = Number(parseDecimal(qty, spec.qtyDecimals));
  const price = Math.floor(bid * (1 - bps / 10_000) * 10 ** spec.priceDecimals);
  if (units <= 0 || price <= 0) return '"qty" must be positive.';
  const { core, server } = chosen;
  simulation.hold(venueCheap, spec.index, holdMs, price);
  const passed = cheap.book.bids.levels.filter((level) => level.price >= price);
  for (const level of passed) cheap.book.setSynthetic('buy', level.price, 0);
  core.exchange.quoteSynthetic(cheap, 'sell', price, units);
  server.flushMarket(spec.index);
  core.latency.crossOut();
  return { pair, venueCheap, price: formatScaled(price, spec.priceDecimals), qty, holdMs };
}

function marketOf({ core }: RunningVenue, pair: unknown): Market | undefined {
  return core.exchange.markets.find((market) => market.spec.pair === pair);
}

/** In quote units; 0 where there is none. */
function bestBid(market: Market | undefined): number {
  const bid = market?.book.bids.best();
  return market === undefined || bid === undefined ? 0 : bid.price / 10 ** market.spec.priceDecimals;
}
