/** Level changes of both dialects, scanned to a book's scales. A reader returns the position after the array, or a negative code. */
import type { LevelChanges } from '../level-changes.js';
import { bounds, boundsAre, bytesOf, CLOSE_BRACE, CLOSE_BRACKET, COMMA, DONE, expect, firstElement, firstKey, MALFORMED, matches, MINUS, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, POINT, QUOTE, scanned, scanString, skipSpace, skipValue } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import type { CoinbaseBook } from './products.js';

const SIDE = bytesOf('side');
const PRICE_LEVEL = bytesOf('price_level');
const NEW_QUANTITY = bytesOf('new_quantity');
const BID = bytesOf('bid');
const OFFER = bytesOf('offer');
const BUY = bytesOf('buy');
const SELL = bytesOf('sell');
const BID_FIRST = bytesOf('{"side":"bid","event_time":"');
const OFFER_FIRST = bytesOf('{"side":"offer","event_time":"');
const THEN_PRICE = bytesOf('","price_level":');
const THEN_QUANTITY = bytesOf(',"new_quantity":');
const BACKSLASH = 0x5c;

/** `[{"side":"bid","event_time":"…Z","price_level":"64000.01","new_quantity":"0"},…]`: Advanced Trade. */
export function readUpdates(bytes: Uint8Array, at: number, end: number, book: CoinbaseBook, changes: LevelChanges): number {
  const { priceScale, qtyScale } = book.instrument.pair;
  changes.clear();
  at = expect(bytes, at, end, OPEN_BRACKET);
  for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
    at = readUpdate(bytes, at, end, priceScale, qtyScale, changes);
    if (at < 0) return at;
  }
  return at === DONE ? bounds[1] : MALFORMED;
}

/** The form the venue sends; anything else is read key by key. */
function readUpdate(bytes: Uint8Array, start: number, end: number, priceScale: number, qtyScale: number, changes: LevelChanges): number {
  const isBid = matches(bytes, start, end, BID_FIRST);
  if (!isBid && !matches(bytes, start, end, OFFER_FIRST)) return readUpdateByKeys(bytes, start, end, priceScale, qtyScale, changes);
  let at = start + (isBid ? BID_FIRST.length : OFFER_FIRST.length);
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH && bytes[at] >= 0x20) at++;
  if (!matches(bytes, at, end, THEN_PRICE)) return readUpdateByKeys(bytes, start, end, priceScale, qtyScale, changes);
  at = scanScaled(bytes, at + THEN_PRICE.length, end, priceScale);
  if (at < 0 || !matches(bytes, at, end, THEN_QUANTITY)) return readUpdateByKeys(bytes, start, end, priceScale, qtyScale, changes);
  const price = scanned[0];
  at = scanScaled(bytes, at + THEN_QUANTITY.length, end, qtyScale);
  if (at < 0 || at >= end || bytes[at] !== CLOSE_BRACE) return readUpdateByKeys(bytes, start, end, priceScale, qtyScale, changes);
  const qty = scanned[0];
  if (price <= 0 || qty < 0) return MALFORMED;
  changes.push(isBid ? 0 : 1, price, qty);
  return at + 1;
}

function readUpdateByKeys(bytes: Uint8Array, at: number, end: number, priceScale: number, qtyScale: number, changes: LevelChanges): number {
  let side = -1;
  let price = -1;
  let qty = -1;
  at = expect(bytes, at, end, OPEN_BRACE);
  if (at < 0) return MALFORMED;
  for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
    if (boundsAre(bytes, SIDE)) {
      at = scanString(bytes, at, end);
      side = at < 0 ? -1 : boundsAre(bytes, BID) ? 0 : boundsAre(bytes, OFFER) ? 1 : -1;
    } else if (boundsAre(bytes, PRICE_LEVEL)) {
      at = scanScaled(bytes, at, end, priceScale);
      price = scanned[0];
    } else if (boundsAre(bytes, NEW_QUANTITY)) {
      at = scanScaled(bytes, at, end, qtyScale);
      qty = scanned[0];
    } else at = skipValue(bytes, at, end);
    if (at < 0) return at;
  }
  if (at !== DONE || side < 0 || price <= 0 || qty < 0) return MALFORMED;
  changes.push(side === 0 ? 0 : 1, price, qty);
  return bounds[1];
}

/** `[["14.7550","12.77"],…]`, one side of an Exchange snapshot. Appends. */
export function readSide(bytes: Uint8Array, at: number, end: number, book: CoinbaseBook, isAsk: 0 | 1, changes: LevelChanges): number {
  at = expect(bytes, at, end, OPEN_BRACKET);
  for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
    at = expect(bytes, at, end, OPEN_BRACKET);
    at = at < 0 ? MALFORMED : readPriceAndSize(bytes, skipSpace(bytes, at, end), end, book, isAsk, changes);
    if (at < 0) return at;
  }
  return at === DONE ? bounds[1] : MALFORMED;
}

/** `[["buy","64000.01","0.5"],…]`, the changes of an Exchange l2update. Appends. */
export function readChanges(bytes: Uint8Array, at: number, end: number, book: CoinbaseBook, changes: LevelChanges): number {
  at = expect(bytes, at, end, OPEN_BRACKET);
  for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
    at = expect(bytes, at, end, OPEN_BRACKET);
    at = at < 0 ? MALFORMED : scanString(bytes, skipSpace(bytes, at, end), end);
    if (at < 0) return MALFORMED;
    const isAsk = boundsAre(bytes, SELL) ? 1 : 0;
    if (isAsk === 0 && !boundsAre(bytes, BUY)) return MALFORMED;
    at = expect(bytes, at, end, COMMA);
    at = at < 0 ? MALFORMED : readPriceAndSize(bytes, skipSpace(bytes, at, end), end, book, isAsk, changes);
    if (at < 0) return at;
  }
  return at === DONE ? bounds[1] : MALFORMED;
}

/** `"64000.01","0.5"]` */
function readPriceAndSize(bytes: Uint8Array, at: number, end: number, { instrument: { pair } }: CoinbaseBook, isAsk: 0 | 1, changes: LevelChanges): number {
  at = scanScaled(bytes, at, end, pair.priceScale);
  if (at < 0) return at;
  const price = scanned[0];
  at = expect(bytes, at, end, COMMA);
  if (at < 0) return MALFORMED;
  at = skipSpace(bytes, at, end);
  let next = scanScaled(bytes, at, end, pair.qtyScale);
  let qty = scanned[0];
  if (next < 0) {
    if (!isGarbledZero(bytes, at, end)) return next;
    qty = 0;
    next = skipValue(bytes, at, end);
  }
  if (price <= 0 || qty < 0) return MALFORMED;
  changes.push(isAsk, price, qty);
  return next < 0 ? MALFORMED : expect(bytes, next, end, CLOSE_BRACKET);
}

/** `"0.-10000"`: how the old venue wrote the size of a level that had been taken beyond its end. */
function isGarbledZero(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 4 < end && bytes[at] === QUOTE && bytes[at + 1] === 0x30 && bytes[at + 2] === POINT && bytes[at + 3] === MINUS;
}
