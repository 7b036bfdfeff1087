/** Bybit's ids of trades and executions as numbers: spot ids are decimal, of 19 digits, the others are UUIDs. */
import { textOf, ZERO } from '../scan.js';
import { hashOf } from '../text-hash.js';

/** Of a longer id the last digits count: those before them stay the same for years. */
const DIGITS_MAX = 15;
const DECIMAL = /^\d+$/;

/** @returns at most 53 bits; the same for the same id whether a stream or REST tells it */
export function tradeNumber(id: string): number {
  return DECIMAL.test(id) ? Number(id.slice(-DIGITS_MAX)) : hashOf(id);
}

/** The same of bytes[from, to). */
export function tradeNumberAt(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  let isDecimal = to > from;
  for (let i = from; i < to && isDecimal; i++) {
    const digit = bytes[i] - ZERO;
    isDecimal = digit >= 0 && digit <= 9;
    if (i >= to - DIGITS_MAX) number = number * 10 + digit;
  }
  return isDecimal ? number : tradeNumber(textOf(bytes, from, to));
}
