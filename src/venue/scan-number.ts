/** Numbers in venue frames, bare or in quotes, exact: read into `scanned[0]` without allocation. The rules are scan.ts's. */
import { MALFORMED, TOO_PRECISE, OUT_OF_RANGE, scanned, QUOTE, MINUS, PLUS, POINT, ZERO } from './scan.js';

const MAX_EXPONENT = 400;
const EXPONENT_DIGITS_MAX = 3;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** 10^0 … 10^22, all exact. */
export const TEN = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/** An integer, bare (then without leading zeros, which no JSON has) or in quotes, exact to ±(2^53 - 1). */
export function scanInteger(bytes: Uint8Array, at: number, end: number): number {
  const quoted = at < end && bytes[at] === QUOTE;
  if (quoted) at++;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  const from = at;
  // Nine digits at a time fit an int32, whose multiply-add takes a third of a double's.
  let high = 0;
  for (const stop = Math.min(end, at + 9); at < stop; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    high = (high * 10 + digit) | 0;
  }
  if (at === from) return MALFORMED;
  let value = high;
  if (at === from + 9) {
    for (; at < end; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > MAX_SAFE) return OUT_OF_RANGE;
    }
  }
  if (quoted) {
    if (at >= end || bytes[at] !== QUOTE) return MALFORMED;
    at++;
  } else if ((at < end && isNumberByte(bytes[at])) || (bytes[from] === ZERO && at > from + 1)) return MALFORMED;
  scanned[0] = negative ? 0 - value : value;
  return at;
}

function isNumberByte(byte: number): boolean {
  return (byte >= ZERO && byte <= ZERO + 9) || byte === POINT || byte === 0x65 || byte === 0x45 || byte === MINUS || byte === PLUS;
}

/**
 * A decimal, bare (`64010.10`, `1e-08`; without leading zeros, which no JSON has) or in quotes (`"64010.10000000"`), as an integer at `decimals`, exactly.
 * TOO_PRECISE when digits would be lost, OUT_OF_RANGE beyond ±(2^53 - 1).
 */
export function scanScaled(bytes: Uint8Array, at: number, end: number, decimals: number): number {
  const start = at;
  const quoted = at < end && bytes[at] === QUOTE;
  if (quoted) at++;
  const from = at;
  if (!quoted && hasLeadingZero(bytes, at, end)) return MALFORMED;
  let whole = 0;
  for (const stop = Math.min(end, at + 9); at < stop; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = (whole * 10 + digit) | 0;
  }
  // The common form is decided here: at most nine digits before the point and nine behind it.
  if (at === from || decimals > 9 || at >= end) return scanAnyDecimal(bytes, start, end, decimals);
  let fraction = 0;
  if (bytes[at] === POINT) {
    const first = ++at;
    const stop = Math.min(end, at + decimals);
    for (; at < stop; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      fraction = (fraction * 10 + digit) | 0;
    }
    for (let missing = decimals - (at - first); missing > 0; missing--) fraction = (fraction * 10) | 0;
    while (at < end && bytes[at] === ZERO) at++;
    if (at === first || at >= end) return scanAnyDecimal(bytes, start, end, decimals);
  }
  const byte = bytes[at];
  if (quoted ? byte !== QUOTE : isNumberByte(byte)) return scanAnyDecimal(bytes, start, end, decimals);
  const value = whole * TEN[decimals] + fraction;
  if (value > MAX_SAFE) return OUT_OF_RANGE;
  scanned[0] = value;
  return quoted ? at + 1 : at;
}

/** `007`, `00.5`: of a bare number no JSON. */
function hasLeadingZero(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] === ZERO && bytes[at + 1] >= ZERO && bytes[at + 1] <= ZERO + 9;
}

/** The general form: sign, any number of digits, exponent. */
function scanAnyDecimal(bytes: Uint8Array, at: number, end: number, decimals: number): number {
  const quoted = at < end && bytes[at] === QUOTE;
  if (quoted) at++;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  if (!quoted && hasLeadingZero(bytes, at, end)) return MALFORMED;
  const from = at;
  let point = -1;
  let digits = 0;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT) {
      if (point >= 0 || digits === 0) return MALFORMED;
      point = at;
    } else if (byte >= ZERO && byte <= ZERO + 9) digits++;
    else break;
  }
  if (digits === 0 || point === at - 1) return MALFORMED;
  const last = at;
  at = scanExponent(bytes, at, end);
  if (at < 0) return MALFORMED;
  const exponent = scanned[0];
  if (quoted) {
    if (at >= end || bytes[at] !== QUOTE) return MALFORMED;
    at++;
  } else if (at < end && isNumberByte(bytes[at])) return MALFORMED;
  // Digits that belong to the scaled integer; the ones behind them must be zeros.
  const kept = (point < 0 ? digits : point - from) + exponent + decimals;
  let value = 0;
  let seen = 0;
  for (let i = from; i < last; i++) {
    if (i === point) continue;
    const digit = bytes[i] - ZERO;
    if (seen++ >= kept) {
      if (digit !== 0) return TOO_PRECISE;
    } else {
      value = value * 10 + digit;
      if (value > MAX_SAFE) return OUT_OF_RANGE;
    }
  }
  for (; seen < kept && value !== 0; seen++) {
    value *= 10;
    if (value > MAX_SAFE) return OUT_OF_RANGE;
  }
  scanned[0] = negative ? 0 - value : value;
  return at;
}

/** `e-08`, `E+5` or nothing; leaves the exponent. */
function scanExponent(bytes: Uint8Array, at: number, end: number): number {
  scanned[0] = 0;
  if (at >= end || (bytes[at] | 0x20) !== 0x65) return at;
  at++;
  const negative = at < end && bytes[at] === MINUS;
  if (negative || (at < end && bytes[at] === PLUS)) at++;
  const from = at;
  let exponent = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    exponent = Math.min(MAX_EXPONENT, exponent * 10 + digit);
  }
  scanned[0] = negative ? -exponent : exponent;
  return at === from || at > from + EXPONENT_DIGITS_MAX ? MALFORMED : at;
}
