/** Kraken's three names for everything: WebSocket v2 (`BTC/USD`), REST keys (`XXBTZUSD`) and alternative names (`XBTUSD`). */
import type { Exchange, Market } from '../matching/exchange.js';

/** WebSocket asset name → REST asset id. Newer assets have the same name in both. */
const REST_ASSET: Readonly<Record<string, string>> = { BTC: 'XXBT', ETH: 'XETH', XRP: 'XXRP', DOGE: 'XXDG', USD: 'ZUSD', EUR: 'ZEUR' };
const ALT_ASSET: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };

export function restAsset(asset: string): string {
  return REST_ASSET[asset] ?? asset;
}

export function altAsset(asset: string): string {
  return ALT_ASSET[asset] ?? asset;
}

export interface KrakenSymbol {
  /** `BTC/USD`: WebSocket v2. */
  name: string;
  /** `XXBTZUSD`, or `XBTUSDT` where one of the two assets has no legacy id. */
  restKey: string;
  /** `XBTUSD` */
  altname: string;
  /** `XBT/USD`: the first WebSocket version's name, still in AssetPairs. */
  wsname: string;
  market: Market;
}

export class KrakenSymbols {
  readonly all: KrakenSymbol[];
  readonly #byName = new Map<string, KrakenSymbol>();
  readonly #byRest = new Map<string, KrakenSymbol>();

  constructor(exchange: Exchange) {
    this.all = exchange.markets.map((market) => {
      const { base, quote } = market.spec;
      const altname = altAsset(base) + altAsset(quote);
      const legacy = restAsset(base) !== base && restAsset(quote) !== quote;
      return { name: `${base}/${quote}`, restKey: legacy ? restAsset(base) + restAsset(quote) : altname, altname, wsname: `${altAsset(base)}/${altAsset(quote)}`, market };
    });
    for (const symbol of this.all) {
      this.#byName.set(symbol.name, symbol);
      for (const name of [symbol.restKey, symbol.altname, symbol.wsname, symbol.name]) this.#byRest.set(name, symbol);
    }
  }

  find(name: unknown): KrakenSymbol | undefined {
    return typeof name === 'string' ? this.#byName.get(name) : undefined;
  }

  findRest(name: string | undefined): KrakenSymbol | undefined {
    return name === undefined ? undefined : this.#byRest.get(name);
  }

  of(market: { index: number }): KrakenSymbol {
    return this.all[market.index];
  }
}
