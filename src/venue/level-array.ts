/** Levels as most venues write them, `[["64000.1","0.5"],…]`, into the changes of a frame; what follows price and quantity is skipped. */
import { bounds, CLOSE_BRACKET, COMMA, DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, scanned, skipSpace, skipValue } from './scan.js';
import { scanScaled } from './scan-number.js';
import type { LevelChanges } from './level-changes.js';

/**
 * One side, `at` its opening bracket. A price that is not positive or a negative quantity is MALFORMED.
 * @returns the position after the array, or a negative code
 */
export function scanLevels(bytes: Uint8Array, at: number, end: number, priceDecimals: number, qtyDecimals: number, isAsk: 0 | 1, changes: LevelChanges): number {
  at = expect(bytes, at, end, OPEN_BRACKET);
  for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
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
