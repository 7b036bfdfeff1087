/**
 * One event of an l2_data frame, read without allocation:
 * `{"type":"update","product_id":"BTC-USD","updates":[…]}`. Keys may come in any order; none that counts may come twice.
 */
import { LevelChanges } from '../level-changes.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstKey, MALFORMED, nextKey, OPEN_BRACE, scanString, skipValue } from '../scan.js';
import { readUpdates } from './level-reader.js';
import type { CoinbaseBook, Products } from './products.js';

const TYPE = bytesOf('type');
const PRODUCT_ID = bytesOf('product_id');
const UPDATES = bytesOf('updates');
const SNAPSHOT = bytesOf('snapshot');
const UPDATE = bytesOf('update');

/** Values of `BookEvent.product` that are no number: none was read, or more than one; none of ours. */
export const NO_PRODUCT = -1;
export const NOT_OURS = -2;

export class BookEvent {
  readonly changes = new LevelChanges();
  product: number = NO_PRODUCT;
  isSnapshot = false;
  private updatesAt = -1;

  constructor(private readonly products: Products) {}

  /**
   * Read the event at `at`: its product (also where it then fails), its type, and its changes at the scales of the
   * product's first book.
   * @returns position after it, or MALFORMED, TOO_PRECISE, OUT_OF_RANGE
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.product = NO_PRODUCT;
    this.updatesAt = -1;
    let type = -1;
    let isRead = false;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, UPDATES)) {
        if (this.updatesAt >= 0) return this.ambiguous();
        this.updatesAt = at;
        isRead = this.product >= 0;
        at = isRead ? this.readFor(bytes, end, this.products.booksOf(this.product)[0]) : skipValue(bytes, at, end);
      } else if (boundsAre(bytes, PRODUCT_ID)) {
        if (this.product !== NO_PRODUCT) return this.ambiguous();
        at = scanString(bytes, at, end);
        if (at < 0) return MALFORMED;
        this.product = this.products.find(bytes, bounds[0], bounds[1]);
        if (this.product < 0) this.product = NOT_OURS;
      } else if (boundsAre(bytes, TYPE)) {
        if (type >= 0) return this.ambiguous();
        at = scanString(bytes, at, end);
        type = at < 0 ? -1 : boundsAre(bytes, UPDATE) ? 0 : boundsAre(bytes, SNAPSHOT) ? 1 : -1;
        if (type < 0) return MALFORMED;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || type < 0 || this.product === NO_PRODUCT || this.updatesAt < 0) return MALFORMED;
    const after = bounds[1];
    this.isSnapshot = type === 1;
    if (this.product < 0 || isRead) return after;
    at = this.readFor(bytes, end, this.products.booksOf(this.product)[0]);
    return at < 0 ? at : after;
  }

  /** Read the same changes at the scales of a book. @returns position after them or a negative code */
  readFor(bytes: Uint8Array, end: number, book: CoinbaseBook): number {
    return readUpdates(bytes, this.updatesAt, end, book, this.changes);
  }

  /** Whose the event is, or what it says, is told twice. */
  private ambiguous(): number {
    this.product = NO_PRODUCT;
    return MALFORMED;
  }
}
