/** Binance's names for the sandbox's markets. */
import type { Exchange, Market } from '../matching/exchange.js';

export interface BinanceSymbol {
  /** `BTCUSDT` */
  name: string;
  market: Market;
}

export class BinanceSymbols {
  readonly all: BinanceSymbol[];
  readonly #byName = new Map<string, BinanceSymbol>();

  constructor(exchange: Exchange) {
    this.all = exchange.markets.map((market) => ({ name: market.spec.base + market.spec.quote, market }));
    for (const symbol of this.all) this.#byName.set(symbol.name, symbol);
  }

  find(name: string | undefined): BinanceSymbol | undefined {
    return name === undefined ? undefined : this.#byName.get(name);
  }

  of(market: { index: number }): BinanceSymbol {
    return this.all[market.index];
  }
}
