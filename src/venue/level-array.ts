/** Levels as most venues write them, `[["64000.1","0.5"],…]`, into the changes of a frame; what follows price and quantity is skipped. */
import * as scan from './scan.js';
import { scanScaled, TEN } from './scan-number.js';
import type { LevelChanges } from './level-changes.js';

// Constants of its own for the loop over levels: see scan-words.ts.
const { bounds, CLOSE_BRACKET, COMMA, DONE, MALFORMED, OPEN_BRACKET, POINT, QUOTE, scanned, ZERO } = scan;
const { expect, firstElement, nextElement, skipSpace, skipValue } = scan;
const UNITS = TEN;
/** So many digits are read in an int32. */
const DIGITS_MAX = 9;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** What stands behind price and quantity on OKX: a member of no use, and the number of orders. */
const ORDERS_NEXT = scan.bytesOf(',"0","');
const ORDERS_DIGITS_MAX = 9;
/** What the common form is at most: brackets, quotes, a comma between and one behind, two numbers of nine digits, a point and nine more, and a number of orders. */
const LEVEL_BYTES_MAX = 48 + 6 + ORDERS_DIGITS_MAX + 1;

/**
 * One side, `at` its opening bracket. A price that is not positive or a negative quantity is MALFORMED.
 * @returns the position after the array, or a negative code
 */
export function scanLevels(bytes: Uint8Array, at: number, end: number, priceDecimals: number, qtyDecimals: number, isAsk: 0 | 1, changes: LevelChanges): number {
  if (at >= end || bytes[at] !== OPEN_BRACKET || priceDecimals > DIGITS_MAX || qtyDecimals > DIGITS_MAX) return anyLevels(bytes, at, end, priceDecimals, qtyDecimals, isAsk, changes);
  const priceUnits = UNITS[priceDecimals];
  const qtyUnits = UNITS[qtyDecimals];
  // The common form is read here; at the first level of another form the general scanner goes on. The last bytes of a
  // frame are left to it too, so that nothing at or beyond `end` is read.
  const safe = end - LEVEL_BYTES_MAX;
  for (let level = at + 1; level < safe; level = at + 1) {
    at = level + 2;
    let whole = 0;
    let digit = bytes[at] - ZERO;
    for (const stop = at + DIGITS_MAX; digit >= 0 && digit <= 9 && at < stop; digit = bytes[++at] - ZERO) whole = (whole * 10 + digit) | 0;
    let fraction = 0;
    let missing = priceDecimals;
    if (bytes[at] === POINT) {
      digit = bytes[++at] - ZERO;
      for (; digit >= 0 && digit <= 9 && missing > 0; digit = bytes[++at] - ZERO) {
        fraction = (fraction * 10 + digit) | 0;
        missing--;
      }
    }
    const price = whole * priceUnits + fraction * UNITS[missing];
    // A number without digits before or behind its point, or with more than were read, is the general scanner's.
    if (bytes[level] !== OPEN_BRACKET || bytes[level + 1] !== QUOTE || bytes[level + 2] === POINT || bytes[at - 1] === POINT
      || bytes[at] !== QUOTE || bytes[at + 1] !== COMMA || bytes[at + 2] !== QUOTE || price === 0 || price > MAX_SAFE) {
      return restOfLevels(bytes, level, end, priceDecimals, qtyDecimals, isAsk, changes);
    }
    at += 3;
    const qtyFrom = at;
    whole = 0;
    digit = bytes[at] - ZERO;
    for (const stop = at + DIGITS_MAX; digit >= 0 && digit <= 9 && at < stop; digit = bytes[++at] - ZERO) whole = (whole * 10 + digit) | 0;
    fraction = 0;
    missing = qtyDecimals;
    if (bytes[at] === POINT) {
      digit = bytes[++at] - ZERO;
      for (; digit >= 0 && digit <= 9 && missing > 0; digit = bytes[++at] - ZERO) {
        fraction = (fraction * 10 + digit) | 0;
        missing--;
      }
    }
    const qty = whole * qtyUnits + fraction * UNITS[missing];
    if (at === qtyFrom || bytes[qtyFrom] === POINT || bytes[at - 1] === POINT || bytes[at] !== QUOTE || qty > MAX_SAFE) {
      return restOfLevels(bytes, level, end, priceDecimals, qtyDecimals, isAsk, changes);
    }
    at++;
    if (bytes[at] === COMMA) at = ordersEnd(bytes, at);
    if (bytes[at] !== CLOSE_BRACKET) return restOfLevels(bytes, level, end, priceDecimals, qtyDecimals, isAsk, changes);
    changes.push(isAsk, price, qty);
    at++;
    if (bytes[at] === COMMA) continue;
    return bytes[at] === CLOSE_BRACKET ? at + 1 : restOfLevels(bytes, at, end, priceDecimals, qtyDecimals, isAsk, changes);
  }
  return restOfLevels(bytes, at + 1, end, priceDecimals, qtyDecimals, isAsk, changes);
}

/** `,"0","4"` at `at`: the position after it, or `at` where something else stands there. */
function ordersEnd(bytes: Uint8Array, at: number): number {
  const tail = ORDERS_NEXT;
  if (bytes[at + 1] !== tail[1] || bytes[at + 2] !== tail[2] || bytes[at + 3] !== tail[3] || bytes[at + 4] !== tail[4] || bytes[at + 5] !== tail[5]) return at;
  const from = at + 6;
  let to = from;
  for (const stop = from + ORDERS_DIGITS_MAX; to < stop && bytes[to] >= ZERO && bytes[to] <= ZERO + 9; to++);
  return to > from && bytes[to] === QUOTE ? to + 1 : at;
}

/** Go on with the general scanner: `at` is at a level, at the end of an empty array, or behind a level. */
function restOfLevels(bytes: Uint8Array, at: number, end: number, priceDecimals: number, qtyDecimals: number, isAsk: 0 | 1, changes: LevelChanges): number {
  const before = bytes[at - 1];
  at = before === CLOSE_BRACKET ? nextElement(bytes, at, end) : before === OPEN_BRACKET ? firstElement(bytes, at, end) : skipSpace(bytes, at, end);
  return levelsFrom(bytes, at, end, priceDecimals, qtyDecimals, isAsk, changes);
}

/** An array in any valid form. */
function anyLevels(bytes: Uint8Array, at: number, end: number, priceDecimals: number, qtyDecimals: number, isAsk: 0 | 1, changes: LevelChanges): number {
  at = expect(bytes, at, end, OPEN_BRACKET);
  return levelsFrom(bytes, at < 0 ? MALFORMED : firstElement(bytes, at, end), end, priceDecimals, qtyDecimals, isAsk, changes);
}

/** Levels from the one at `at` (or a code) to the end of the array. */
function levelsFrom(bytes: Uint8Array, at: number, end: number, priceDecimals: number, qtyDecimals: number, isAsk: 0 | 1, changes: LevelChanges): number {
  for (; at >= 0; at = nextElement(bytes, at, end)) {
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at < 0) return MALFORMED;
    at = scanScaled(bytes, skipSpace(bytes, at, end), end, priceDecimals);
    if (at < 0) return at;
    const price = scanned[0];
    at = expect(bytes, at, end, COMMA);
    if (at < 0) return MALFORMED;
    at = scanScaled(bytes, skipSpace(bytes, at, end), end, qtyDecimals);
    if (at < 0) return at;
    const qty = scanned[0];
    if (price <= 0 || qty < 0) return MALFORMED;
    changes.push(isAsk, price, qty);
    at = endOfLevel(bytes, at, end);
    if (at < 0) return MALFORMED;
  }
  return at === DONE ? bounds[1] : at;
}

function endOfLevel(bytes: Uint8Array, at: number, end: number): number {
  for (;;) {
    const closed = expect(bytes, at, end, CLOSE_BRACKET);
    if (closed >= 0) return closed;
    at = expect(bytes, at, end, COMMA);
    if (at < 0) return MALFORMED;
    at = skipValue(bytes, skipSpace(bytes, at, end), end);
    if (at < 0) return MALFORMED;
  }
}
