/** Which tokens and pools the chain has. */
import type { Address } from 'viem';
import { revert } from './execution.js';
import type { Token } from './token.js';
import type { V2Pair } from './v2-pair.js';
import type { V3Pool } from './v3-pool.js';

export class Deployment {
  readonly #tokens: ReadonlyMap<Address, Token>;

  constructor(readonly tokens: readonly Token[], readonly pairs: readonly V2Pair[], readonly pools: readonly V3Pool[]) {
    this.#tokens = new Map(tokens.map((token) => [token.spec.address, token]));
  }

  pair(a: Address, b: Address): V2Pair | undefined {
    return this.pairs.find(({ token0, token1 }) => isOf(token0, token1, a, b));
  }

  pool(a: Address, b: Address, fee: number): V3Pool | undefined {
    return this.pools.find((pool) => pool.fee === fee && isOf(pool.token0, pool.token1, a, b));
  }

  /** @throws Revert where no token is, as a call to such an address does */
  token(address: Address): Token {
    return this.#tokens.get(address) ?? revert();
  }
}

function isOf(token0: Token, token1: Token, a: Address, b: Address): boolean {
  return (token0.spec.address === a && token1.spec.address === b) || (token0.spec.address === b && token1.spec.address === a);
}
