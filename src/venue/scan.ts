/**
 * Byte-level scanning of venue frames (JSON, UTF-8) without allocation.
 *
 * Every function takes (bytes, at, end) and returns the position after what it read, or a negative code: MALFORMED
 * (also: the frame ends too early), TOO_PRECISE, OUT_OF_RANGE. Nothing at or beyond `end` is ever read. Values of
 * double type are left in `scanned[0]`, because a double returned from a function is boxed; read it at once.
 * What a codec does not read it skips with `skipValue`, which takes what JSON.parse takes and nothing else.
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
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const BACKSLASH = 0x5c;
export const MINUS = 0x2d;
export const PLUS = 0x2b;
export const POINT = 0x2e;
export const ZERO = 0x30;

/** Nesting beyond this is refused: one bit a level in an int32. */
const MAX_DEPTH = 30;

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
 * Whether a frame is sound from `at` to its end, where `at` is behind an element of an array that is a value of the frame's
 * object: nothing of a frame is published whose end is not there.
 */
export function restIsSound(bytes: Uint8Array, at: number, end: number): boolean {
  for (at = nextElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
    at = skipValue(bytes, at, end);
    if (at < 0) return false;
  }
  if (at !== DONE) return false;
  for (at = nextKey(bytes, bounds[1], end); at >= 0; at = nextKey(bytes, at, end)) {
    at = skipValue(bytes, at, end);
    if (at < 0) return false;
  }
  return at === DONE && skipSpace(bytes, bounds[1], end) === end;
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
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === MAX_DEPTH) return MALFORMED;
      braces = byte === OPEN_BRACE ? braces | (1 << depth) : braces & ~(1 << depth);
      depth++;
      at = byte === OPEN_BRACE ? firstKey(bytes, at + 1, end) : firstElement(bytes, at + 1, end);
      if (at >= 0) continue;
      if (at !== DONE) return MALFORMED;
      at = bounds[1];
      depth--;
    } else {
      at = byte === QUOTE ? scanString(bytes, at, end) : skipScalar(bytes, at, end);
      if (at < 0) return MALFORMED;
    }
    // A value ends here, and with it every object and array whose last one it is.
    while (depth > 0) {
      at = ((braces >> (depth - 1)) & 1) === 1 ? nextKey(bytes, at, end) : nextElement(bytes, at, end);
      if (at >= 0) break;
      if (at !== DONE) return MALFORMED;
      at = bounds[1];
      depth--;
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
