/**
 * One element of a book frame's `data`, read without allocation:
 * `{"symbol":"BTC/USD","bids":[{"price":64010.0,"qty":0.075}],"asks":[],"checksum":2427285827,"timestamp":"…Z"}`.
 * Keys may come in any order; unknown keys are skipped. Numbers may be quoted and may be in scientific notation.
 */
import { LevelChanges } from '../level-changes.js';
import { bounds, boundsAre, bytesOf, CLOSE_BRACE, DONE, expect, firstElement, firstKey, MALFORMED, matches, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, OUT_OF_RANGE, scanned, scanString, skipValue, TOO_PRECISE } from '../scan.js';
import { scanInteger, scanScaled } from '../scan-number.js';
import { scanIsoTime, type EpochParts } from '../scan-time.js';
import type { SymbolTable } from '../symbol-table.js';
import type { SyncedBook } from './synced-book.js';

const SYMBOL = bytesOf('symbol');
const BIDS = bytesOf('bids');
const ASKS = bytesOf('asks');
const CHECKSUM = bytesOf('checksum');
const TIMESTAMP = bytesOf('timestamp');
const PRICE = bytesOf('price');
const QTY = bytesOf('qty');
const PRICE_FIRST = bytesOf('{"price":');
const THEN_QTY = bytesOf(',"qty":');

/** Venue times before 2009 are no times: the venue fills the field with 1970 where it has none. */
const FIRST_PLAUSIBLE_SECOND = 1_230_768_000;

/** Values of `BookEntry.book` that are no index: no symbol was read yet; the symbol is none of ours. */
export const NO_SYMBOL = -1;
const NOT_OURS = -2;

const BACKSLASH = 0x5c;

/** A side that comes twice in an entry is not to be guessed at. */
const Seen = { BIDS: 1, ASKS: 2 } as const;

/** No checksum came. */
export const NO_CHECKSUM = -1;

export class BookEntry {
  readonly changes = new LevelChanges();
  /** Index of the book, NO_SYMBOL or NOT_OURS. */
  book: number = NO_SYMBOL;
  checksum = NO_CHECKSUM;
  private readonly time = new Float64Array(1);

  constructor(private readonly symbols: SymbolTable, private readonly books: readonly SyncedBook[], private readonly epoch: EpochParts) {}

  /** Venue's event time, ns since the epoch; 0 where it sends none that can be one. */
  get tsVenueNs(): number {
    return this.time[0];
  }

  /**
   * Read the entry at `at`. Leaves its book (even when it then fails), changes, checksum and time.
   * @returns position after it, or MALFORMED, TOO_PRECISE, OUT_OF_RANGE
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.changes.clear();
    this.book = NO_SYMBOL;
    this.checksum = NO_CHECKSUM;
    this.time[0] = 0;
    let lateBids = -1;
    let lateAsks = -1;
    let seen = 0;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, BIDS)) {
        if ((seen & Seen.BIDS) !== 0) return MALFORMED;
        seen |= Seen.BIDS;
        if (this.book < 0) lateBids = at;
        at = this.book < 0 ? skipValue(bytes, at, end) : this.levels(bytes, at, end, 0);
      } else if (boundsAre(bytes, ASKS)) {
        if ((seen & Seen.ASKS) !== 0) return MALFORMED;
        seen |= Seen.ASKS;
        if (this.book < 0) lateAsks = at;
        at = this.book < 0 ? skipValue(bytes, at, end) : this.levels(bytes, at, end, 1);
      } else if (boundsAre(bytes, SYMBOL)) {
        at = scanString(bytes, at, end);
        if (at < 0 || this.book !== NO_SYMBOL) return MALFORMED;
        this.book = this.symbols.find(bytes, bounds[0], bounds[1]);
        // An escaped name may be one of ours: it costs what a broken frame costs.
        if (this.book < 0 && bytes.subarray(bounds[0], bounds[1]).includes(BACKSLASH)) return MALFORMED;
        if (this.book < 0) this.book = NOT_OURS;
      } else if (boundsAre(bytes, CHECKSUM)) at = this.readChecksum(bytes, at, end);
      else if (boundsAre(bytes, TIMESTAMP)) at = readTime(bytes, at, end, this.epoch, this.time);
      else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || this.book === NO_SYMBOL) return MALFORMED;
    const after = bounds[1];
    if (this.book < 0) return after;
    if (lateBids >= 0 && (at = this.levels(bytes, lateBids, end, 0)) < 0) return at;
    if (lateAsks >= 0 && (at = this.levels(bytes, lateAsks, end, 1)) < 0) return at;
    return after;
  }

  private readChecksum(bytes: Uint8Array, at: number, end: number): number {
    const after = scanInteger(bytes, at, end);
    // null and the like: as good as absent.
    if (after < 0) return skipValue(bytes, at, end);
    this.checksum = scanned[0]!;
    return after;
  }

  /** An array of levels, at its bracket. */
  private levels(bytes: Uint8Array, at: number, end: number, isAsk: 0 | 1): number {
    const book = this.books[this.book];
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at < 0) return MALFORMED;
    for (at = firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.level(bytes, at, end, isAsk, book);
      if (at < 0) return at;
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  private level(bytes: Uint8Array, at: number, end: number, isAsk: 0 | 1, book: SyncedBook): number {
    // The form the venue sends; anything else is read key by key.
    if (!matches(bytes, at, end, PRICE_FIRST)) return this.levelByKeys(bytes, at, end, isAsk, book);
    let next = scanScaled(bytes, at + PRICE_FIRST.length, end, book.priceDecimals);
    if (next < 0 || !matches(bytes, next, end, THEN_QTY)) return this.levelByKeys(bytes, at, end, isAsk, book);
    const price = scanned[0];
    next = scanScaled(bytes, next + THEN_QTY.length, end, book.qtyDecimals);
    if (next < 0 || next >= end || bytes[next] !== CLOSE_BRACE) return this.levelByKeys(bytes, at, end, isAsk, book);
    return this.take(isAsk, price, scanned[0], book, next + 1);
  }

  private levelByKeys(bytes: Uint8Array, at: number, end: number, isAsk: 0 | 1, book: SyncedBook): number {
    let price = -1;
    let qty = -1;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, PRICE)) {
        at = scanScaled(bytes, at, end, book.priceDecimals);
        price = scanned[0]!;
      } else if (boundsAre(bytes, QTY)) {
        at = scanScaled(bytes, at, end, book.qtyDecimals);
        qty = scanned[0]!;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || price < 0 || qty < 0) return MALFORMED;
    return this.take(isAsk, price, qty, book, bounds[1]);
  }

  /** A price of zero is no level; if the venue did mean one, the checksum will say so. */
  private take(isAsk: 0 | 1, price: number, qty: number, book: SyncedBook, after: number): number {
    if (price < 0 || qty < 0) return MALFORMED;
    if (price === 0) return after;
    if (price % book.priceDown !== 0 || qty % book.qtyDown !== 0) return TOO_PRECISE;
    if (price * book.priceUp > Number.MAX_SAFE_INTEGER || qty * book.qtyUp > Number.MAX_SAFE_INTEGER) return OUT_OF_RANGE;
    this.changes.push(isAsk, price, qty);
    return after;
  }
}

/** A timestamp into `into[0]` where it is one and plausible; else `into` stays as it is. */
export function readTime(bytes: Uint8Array, at: number, end: number, epoch: EpochParts, into: Float64Array): number {
  const after = scanIsoTime(bytes, at, end, epoch);
  if (after < 0) return skipValue(bytes, at, end);
  if (scanned[0] / 1e9 + epoch.seconds >= FIRST_PLAUSIBLE_SECOND) into[0] = scanned[0]!;
  return after;
}
