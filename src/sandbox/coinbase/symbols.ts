/** Products by id (`BTC-USD`). */
import type { Exchange, Market } from '../matching/exchange.js';

export interface CoinbaseProduct {
  readonly id: string;
  readonly market: Market;
}

export class CoinbaseProducts {
  readonly all: readonly CoinbaseProduct[];
  readonly #byId: ReadonlyMap<string, CoinbaseProduct>;

  constructor(exchange: Exchange) {
    this.all = exchange.markets.map((market) => ({ id: `${market.spec.base}-${market.spec.quote}`, market }));
    this.#byId = new Map(this.all.map((product) => [product.id, product]));
  }

  find(id: unknown): CoinbaseProduct | undefined {
    return typeof id === 'string' ? this.#byId.get(id) : undefined;
  }

  of(market: { index: number }): CoinbaseProduct {
    return this.all[market.index];
  }
}
