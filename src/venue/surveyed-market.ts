/** A market as far as its recorded frames show it: the decimals its numbers use. */
import { decimalsOf, unitAt } from '../model/decimal.js';
import type { MarketMetadata } from '../model/instrument.js';

/** Damaged recordings hold numbers of any length; no market has more decimals. */
const DECIMALS_MAX = 12;

/** Decimals of a recorded number without trailing zeros; 0 for what is no text. */
export function significantDecimals(text: unknown): number {
  if (typeof text !== 'string') return 0;
  if (/[eE]/.test(text)) return exponentDecimals(text);
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return Math.min(DECIMALS_MAX, end - point - 1);
}

function exponentDecimals(text: string): number {
  try {
    return Math.min(DECIMALS_MAX, decimalsOf(text));
  } catch {
    return 0;
  }
}

/** Quote assets by which a symbol without a separator is split, longest first where one ends another. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'BTC', 'ETH', 'BNB', 'EUR', 'TRY', 'USD', 'GBP', 'BRL', 'JPY', 'DAI'];

/** `BTCUSDT` → `BTC`, `USDT`; `BTCUSD_PERP` → `BTC`, `USD`. */
export function splitSymbol(symbol: string): readonly [base: string, quote: string] {
  const bare = symbol.split('_')[0];
  const quote = QUOTES.find((candidate) => bare.length > candidate.length && bare.endsWith(candidate));
  return quote === undefined ? [bare, 'UNKNOWN'] : [bare.slice(0, -quote.length), quote];
}

export function surveyedMarket(symbol: string, base: string, quote: string, priceDecimals: number, qtyDecimals: number): MarketMetadata {
  return {
    symbol, base, quote, status: 'trading',
    tickSize: unitAt(priceDecimals), stepSize: unitAt(qtyDecimals), minQty: '0', minNotional: '0', priceDecimals, qtyDecimals,
  };
}

/** The venue's own description; finer where recorded numbers are finer (resting orders from before a tick change). */
export function refinedMarket(known: MarketMetadata, priceDecimals: number, qtyDecimals: number): MarketMetadata {
  const tickSize = priceDecimals > known.priceDecimals ? unitAt(priceDecimals) : known.tickSize;
  const stepSize = qtyDecimals > known.qtyDecimals ? unitAt(qtyDecimals) : known.stepSize;
  return { ...known, tickSize, stepSize };
}
