/** `BTC-USDT`, the number that orders name it by, and the market behind it. */
import type { Exchange, Market } from '../matching/exchange.js';

/** The venue's numbers of its markets begin somewhere. */
const FIRST_CODE = 10_459;

export interface OkxSymbol {
  readonly name: string;
  readonly code: number;
  readonly market: Market;
}

export class OkxSymbols {
  readonly all: readonly OkxSymbol[];
  readonly #byName: ReadonlyMap<string, OkxSymbol>;
  readonly #byCode: ReadonlyMap<number, OkxSymbol>;

  constructor(exchange: Exchange) {
    this.all = exchange.markets.map((market) => ({ name: `${market.spec.base}-${market.spec.quote}`, code: FIRST_CODE + market.spec.index, market }));
    this.#byName = new Map(this.all.map((symbol) => [symbol.name, symbol]));
    this.#byCode = new Map(this.all.map((symbol) => [symbol.code, symbol]));
  }

  find(name: unknown): OkxSymbol | undefined {
    return typeof name === 'string' ? this.#byName.get(name) : undefined;
  }

  byCode(code: unknown): OkxSymbol | undefined {
    return typeof code === 'number' ? this.#byCode.get(code) : undefined;
  }

  of(market: { index: number }): OkxSymbol {
    return this.all[market.index];
  }
}
