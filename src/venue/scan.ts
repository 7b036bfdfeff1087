/**
 * Byte-level scanning of venue frames (JSON, UTF-8) without allocation.
 *
 * Every function takes (bytes, at, end) and returns the position after what it read, or a negative code: MALFORMED
 * (also: the frame ends too early), TOO_PRECISE, OUT_OF_RANGE. Nothing at or beyond `end` is ever read. Values of
 * double type are left in `scanned[0]`, because a double returned from a function is boxed; read it at once.
 * What a codec does not read it skips with `skipValue`, which checks brackets, strings and literals, not every comma.
 */

export const MALFORMED = -1;
/** Digits other than zero beyond the scale asked for. */
export const TOO_PRECISE = -2;
/** Beyond ±(2^53 - 1) at the scale asked for. */
export const OUT_OF_RANGE = -3;
/** Not an error: the object or array ends here; the position after its bracket is in `bounds[1]`. */
export const DONE = -8;

/** The last value of double type: a scaled decimal, an integer, a time. */
export const scanned = new Float64Array(1);
/** [0] first byte of the last key or string, [1] the byte after its last one (the closing quote). */
export const bounds = new Int32Array(2);

export const QUOTE = 0x22;
export const COMMA = 0x2c;
const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

/** Nesting beyond this is refused: one bit a level in an int32. */
const MAX_DEPTH = 30;
const MAX_EXPONENT = 400;
const EXPONENT_DIGITS_MAX = 3;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** 10^0 … 10^22, all exact. */
const TEN = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a constant to match against. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Cold path: a stretch of the frame as text. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** Skip space, then exactly this byte. */
export function expect(bytes: Uint8Array, at: number, end: number, byte: number): number {
  if (at < end && bytes[at] === byte) return at + 1;
  at = skipSpace(bytes, at, end);
  return at < end && bytes[at] === byte ? at + 1 : MALFORMED;
}

/** Whether the constant stands at `at`. */
export function matches(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  const length = text.length;
  if (at < 0 || at + length > end) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Whether the last key or string (in `bounds`) is exactly this. */
export function boundsAre(bytes: Uint8Array, text: Uint8Array): boolean {
  return bounds[1] - bounds[0] === text.length && matches(bytes, bounds[0], bounds[1], text);
}

/** A string, at its opening quote; leaves its bounds (raw: escapes are not resolved). */
export function scanString(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== QUOTE) return MALFORMED;
  const from = ++at;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      bounds[0] = from;
      bounds[1] = at;
      return at + 1;
    }
    if (byte === BACKSLASH) {
      at = escapeEnd(bytes, at + 1, end);
      if (at < 0) return MALFORMED;
    } else if (byte < 0x20) return MALFORMED;
  }
  return MALFORMED;
}

const ESCAPES = bytesOf('"\\/bfnrt');

/** Last byte of the escape whose letter stands at `at`. */
function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return MALFORMED;
  if (bytes[at] !== 0x75) return ESCAPES.includes(bytes[at]) ? at : MALFORMED;
  if (at + 4 >= end) return MALFORMED;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i] | 0x20;
    if (!((byte >= ZERO && byte <= ZERO + 9 && bytes[at + i] === byte) || (byte >= 0x61 && byte <= 0x66))) return MALFORMED;
  }
  return at + 4;
}

/** First key of an object, `at` after its `{`: returns the position of the value, the key is in `bounds`; or DONE. */
export function firstKey(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at < end && bytes[at] === CLOSE_BRACE) {
    bounds[1] = at + 1;
    return DONE;
  }
  return key(bytes, at, end);
}

/** Next key of an object, `at` after the value before: returns the position of the value, the key is in `bounds`; or DONE. */
export function nextKey(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at >= end) return MALFORMED;
  const byte = bytes[at];
  if (byte === CLOSE_BRACE) {
    bounds[1] = at + 1;
    return DONE;
  }
  if (byte !== COMMA) return MALFORMED;
  return key(bytes, skipSpace(bytes, at + 1, end), end);
}

function key(bytes: Uint8Array, at: number, end: number): number {
  at = scanString(bytes, at, end);
  if (at < 0) return MALFORMED;
  at = expect(bytes, at, end, COLON);
  if (at < 0) return MALFORMED;
  at = skipSpace(bytes, at, end);
  return at < end ? at : MALFORMED;
}

/** First element of an array, `at` after its `[`: returns the position of the element; or DONE. */
export function firstElement(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at >= end) return MALFORMED;
  if (bytes[at] !== CLOSE_BRACKET) return at;
  bounds[1] = at + 1;
  return DONE;
}

/** Next element of an array, `at` after the element before: returns the position of the element; or DONE. */
export function nextElement(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at >= end) return MALFORMED;
  const byte = bytes[at];
  if (byte === CLOSE_BRACKET) {
    bounds[1] = at + 1;
    return DONE;
  }
  if (byte !== COMMA) return MALFORMED;
  at = skipSpace(bytes, at + 1, end);
  return at < end ? at : MALFORMED;
}

/**
 * A key at the first level of the object at `at`: returns the position of its value, DONE when there is no such key.
 * For small frames and cold paths; codecs of busy channels walk the keys once.
 */
export function findKey(bytes: Uint8Array, at: number, end: number, name: Uint8Array): number {
  at = expect(bytes, at, end, OPEN_BRACE);
  if (at < 0) return MALFORMED;
  for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
    if (boundsAre(bytes, name)) return at;
    at = skipValue(bytes, at, end);
    if (at < 0) return MALFORMED;
  }
  return at;
}

/** Any JSON value, at its first byte. Nested at most 30 deep; no recursion. */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  // Bit k: the bracket open at depth k is a brace.
  let braces = 0;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = scanString(bytes, at, end);
      if (at < 0) return MALFORMED;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === MAX_DEPTH) return MALFORMED;
      braces = byte === OPEN_BRACE ? braces | (1 << depth) : braces & ~(1 << depth);
      depth++;
      at++;
      continue;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return MALFORMED;
      depth--;
      if (((braces >> depth) & 1) !== (byte === CLOSE_BRACE ? 1 : 0)) return MALFORMED;
      at++;
    } else if (depth > 0 && (byte === COMMA || byte === COLON || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
      at++;
      continue;
    } else {
      at = skipScalar(bytes, at, end);
      if (at < 0) return MALFORMED;
    }
    if (depth === 0) return at;
  }
  return MALFORMED;
}

const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const NULL = bytesOf('null');

/** A number or a literal, as JSON spells them. */
function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  if (matches(bytes, at, end, TRUE) || matches(bytes, at, end, NULL)) return at + 4;
  if (matches(bytes, at, end, FALSE)) return at + 5;
  if (at < end && bytes[at] === MINUS) at++;
  const whole = at;
  at = skipDigits(bytes, at, end);
  if (at === whole || (bytes[whole] === ZERO && at > whole + 1)) return MALFORMED;
  if (at < end && bytes[at] === POINT) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction, end);
    if (at === fraction) return MALFORMED;
  }
  if (at < end && (bytes[at] | 0x20) === 0x65) {
    at++;
    if (at < end && (bytes[at] === MINUS || bytes[at] === PLUS)) at++;
    const exponent = at;
    at = skipDigits(bytes, exponent, end);
    if (at === exponent) return MALFORMED;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9) at++;
  return at;
}

/** true or false: returns the position after it, the value (1, 0) in `scanned[0]`. */
export function scanBoolean(bytes: Uint8Array, at: number, end: number): number {
  if (matches(bytes, at, end, TRUE)) {
    scanned[0] = 1;
    return at + 4;
  }
  if (!matches(bytes, at, end, FALSE)) return MALFORMED;
  scanned[0] = 0;
  return at + 5;
}

/** An integer, bare or in quotes, exact to ±(2^53 - 1). */
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
  } else if (at < end && isNumberByte(bytes[at])) return MALFORMED;
  scanned[0] = negative ? 0 - value : value;
  return at;
}

function isNumberByte(byte: number): boolean {
  return (byte >= ZERO && byte <= ZERO + 9) || byte === POINT || byte === 0x65 || byte === 0x45 || byte === MINUS || byte === PLUS;
}

/**
 * A decimal, bare (`64010.10`, `1e-08`) or in quotes (`"64010.10000000"`), as an integer at `decimals`, exactly.
 * TOO_PRECISE when digits would be lost, OUT_OF_RANGE beyond ±(2^53 - 1).
 */
export function scanScaled(bytes: Uint8Array, at: number, end: number, decimals: number): number {
  const start = at;
  const quoted = at < end && bytes[at] === QUOTE;
  if (quoted) at++;
  const from = at;
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

/** The general form: sign, any number of digits, exponent. */
function scanAnyDecimal(bytes: Uint8Array, at: number, end: number, decimals: number): number {
  const quoted = at < end && bytes[at] === QUOTE;
  if (quoted) at++;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
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

/** Unix time split so that differences to it are exact in Float64. */
export interface EpochParts {
  readonly seconds: number;
  /** Nanoseconds within the second. */
  readonly nanos: number;
}

export function splitEpoch(epochUnixNs: bigint): EpochParts {
  const nanos = ((epochUnixNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((epochUnixNs - nanos) / 1_000_000_000n), nanos: Number(nanos) };
}

/** An integer of Unix milliseconds as ns since the epoch. */
export function scanUnixMs(bytes: Uint8Array, at: number, end: number, epoch: EpochParts): number {
  at = scanInteger(bytes, at, end);
  if (at >= 0) scanned[0] = (scanned[0] - epoch.seconds * 1000) * 1e6 - epoch.nanos;
  return at;
}

const DAYS_BEFORE_MONTH = Int32Array.of(0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);
const DAYS_OF_MONTH = Int32Array.of(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** `count` digits as a small integer, or -1. */
function digitsAt(bytes: Uint8Array, at: number, end: number, count: number): number {
  if (at + count > end) return -1;
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = bytes[at + i] - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01, or MALFORMED for a date that is none. */
function daysFrom(year: number, month: number, day: number): number {
  if (year < 1970 || month < 1 || month > 12 || day < 1) return MALFORMED;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > DAYS_OF_MONTH[month - 1] + (leap && month === 2 ? 1 : 0)) return MALFORMED;
  const before = year - 1;
  const leaps = ((before / 4) | 0) - ((before / 100) | 0) + ((before / 400) | 0) - 477;
  return (year - 1970) * 365 + leaps + DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
}

/**
 * `"2026-11-18T11:06:40.000000Z"` (quoted; 0 to 9 fraction digits; Z or an offset) as ns since the epoch. Exact within
 * 104 days of it. Years before 1970 are MALFORMED.
 */
export function scanIsoTime(bytes: Uint8Array, at: number, end: number, epoch: EpochParts): number {
  if (at + 20 > end || bytes[at] !== QUOTE) return MALFORMED;
  const separated = bytes[at + 5] === MINUS && bytes[at + 8] === MINUS && (bytes[at + 11] === 0x54 || bytes[at + 11] === 0x20)
    && bytes[at + 14] === COLON && bytes[at + 17] === COLON;
  if (!separated) return MALFORMED;
  const days = daysFrom(digitsAt(bytes, at + 1, end, 4), digitsAt(bytes, at + 6, end, 2), digitsAt(bytes, at + 9, end, 2));
  const hour = digitsAt(bytes, at + 12, end, 2);
  const minute = digitsAt(bytes, at + 15, end, 2);
  const second = digitsAt(bytes, at + 18, end, 2);
  if (days < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return MALFORMED;
  at += 20;
  let nanos = 0;
  if (at < end && bytes[at] === POINT) {
    const from = ++at;
    for (; at < end && at < from + 9; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      nanos = nanos * 10 + digit;
    }
    if (at === from) return MALFORMED;
    nanos *= TEN[9 - (at - from)];
  }
  const offset = scanOffset(bytes, at, end);
  if (offset < 0) return MALFORMED;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - scanned[0];
  scanned[0] = (seconds - epoch.seconds) * 1e9 + (nanos - epoch.nanos);
  return offset;
}

/** `Z"` or `+02:00"`; leaves the offset in seconds. */
function scanOffset(bytes: Uint8Array, at: number, end: number): number {
  scanned[0] = 0;
  if (at >= end) return MALFORMED;
  const sign = bytes[at];
  if (sign === 0x5a || sign === 0x7a) at++;
  else {
    const hour = digitsAt(bytes, at + 1, end, 2);
    const minute = digitsAt(bytes, at + 4, end, 2);
    if ((sign !== PLUS && sign !== MINUS) || bytes[at + 3] !== COLON || hour < 0 || hour > 23 || minute < 0 || minute > 59) return MALFORMED;
    scanned[0] = (hour * 3600 + minute * 60) * (sign === PLUS ? 1 : -1);
    at += 6;
  }
  return at < end && bytes[at] === QUOTE ? at + 1 : MALFORMED;
}
