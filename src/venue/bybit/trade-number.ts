/** Bybit's ids of trades and executions as numbers: spot ids are decimal, of 19 digits, the others are UUIDs. */
import { scanned, scanString, textOf, ZERO } from '../scan.js';
import { hashOf } from '../text-hash.js';

/** Of a longer id the last digits count: those before them stay the same for years. */
const DIGITS_MAX = 15;
const DECIMAL = /^\d+$/;

/** @returns at most 53 bits; the same for the same id whether a stream or REST tells it */
export function tradeNumber(id: string): number {
  return DECIMAL.test(id) ? Number(id.slice(-DIGITS_MAX)) : hashOf(id);
}

/** The same of the string at `at`, into `scanned[0]`. @returns position after it or a negative code */
export function scanTradeNumber(bytes: Uint8Array, at: number, end: number): number {
  const after = scanString(bytes, at, end);
  if (after < 0) return after;
  const from = at + 1;
  const to = after - 1;
  let number = 0;
  let isDecimal = to > from;
  for (let i = from; i < to && isDecimal; i++) {
    const digit = bytes[i] - ZERO;
    isDecimal = digit >= 0 && digit <= 9;
    if (i >= to - DIGITS_MAX) number = number * 10 + digit;
  }
  scanned[0] = isDecimal ? number : tradeNumber(textOf(bytes, from, to));
  return after;
}
