/** `BTCUSDT` and the market behind it. */
import type { Exchange, Market } from '../matching/exchange.js';

export interface BybitSymbol {
  readonly name: string;
  readonly market: Market;
}

export class BybitSymbols {
  readonly all: readonly BybitSymbol[];
  readonly #byName: ReadonlyMap<string, BybitSymbol>;

  constructor(exchange: Exchange) {
    this.all = exchange.markets.map((market) => ({ name: market.spec.base + market.spec.quote, market }));
    this.#byName = new Map(this.all.map((symbol) => [symbol.name, symbol]));
  }

  find(name: unknown): BybitSymbol | undefined {
    return typeof name === 'string' ? this.#byName.get(name) : undefined;
  }

  of(market: { index: number }): BybitSymbol {
    return this.all[market.index];
  }
}
