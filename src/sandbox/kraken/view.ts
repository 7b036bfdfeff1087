/**
 * What a subscriber of one depth has in hand. An update carries every level of the new best `depth` that the
 * subscriber lacks or has with another quantity, and a zero for every level of his that left the book. A level that was
 * only pushed out of scope gets no message: the subscriber truncates, as the venue's rule says; when it comes back it is
 * sent again.
 */
import { bookChecksum } from './checksum.js';
import type { ScaledLevel } from './checksum.js';
import { decimalText, rfc3339 } from '../text.js';
import type { BookSide } from '../matching/book.js';
import type { Market } from '../matching/exchange.js';

export class BookView {
  readonly #market: Market;
  readonly #symbol: string;
  readonly #depth: number;
  #bids: ScaledLevel[];
  #asks: ScaledLevel[];
  #seenId: number;

  constructor(market: Market, symbol: string, depth: number) {
    this.#market = market;
    this.#symbol = symbol;
    this.#depth = depth;
    this.#bids = copyTop(market.book.bids, depth);
    this.#asks = copyTop(market.book.asks, depth);
    this.#seenId = market.book.updateId;
  }

  /** The snapshot message: the state up to the last update, so that the next update fits whoever joins now. */
  snapshotText(timeMs: number): string {
    const bids = this.#bids.map((level) => this.#levelText(level.price, level.qty)).join(',');
    const asks = this.#asks.map((level) => this.#levelText(level.price, level.qty)).join(',');
    return this.#text('snapshot', bids, asks, 0, timeMs);
  }

  /** The update message for what changed since the last one; null when nothing in scope did. */
  updateText(timeMs: number, corrupt: boolean): string | null {
    const { book } = this.#market;
    if (book.updateId === this.#seenId) return null;
    this.#seenId = book.updateId;
    const bids = this.#changes(this.#bids, book.bids, -1);
    const asks = this.#changes(this.#asks, book.asks, 1);
    if (bids === '' && asks === '') return null;
    this.#bids = copyTop(book.bids, this.#depth);
    this.#asks = copyTop(book.asks, this.#depth);
    return this.#text('update', bids, asks, corrupt ? 1 : 0, timeMs);
  }

  /** Merge the old and the new best levels, both best first. */
  #changes(old: readonly ScaledLevel[], side: BookSide, sign: 1 | -1): string {
    const fresh = side.levels;
    const freshCount = Math.min(fresh.length, this.#depth);
    let text = '';
    let i = 0;
    let j = 0;
    const add = (price: number, qty: number): void => {
      text += (text === '' ? '' : ',') + this.#levelText(price, qty);
    };
    while (i < old.length || j < freshCount) {
      const was = old[i];
      const is = j < freshCount ? fresh[j] : undefined;
      if (was !== undefined && (is === undefined || sign * was.price < sign * is.price)) {
        if (side.levelAt(was.price) === undefined) add(was.price, 0);
        i++;
      } else if (is !== undefined && (was === undefined || sign * is.price < sign * was.price)) {
        add(is.price, is.qty);
        j++;
      } else {
        if (was.qty !== is!.qty) add(is!.price, is!.qty);
        i++;
        j++;
      }
    }
    return text;
  }

  #levelText(price: number, qty: number): string {
    const { priceDecimals, qtyDecimals } = this.#market.spec;
    return `{"price":${decimalText(price, priceDecimals)},"qty":${decimalText(qty, qtyDecimals)}}`;
  }

  #text(type: string, bids: string, asks: string, error: number, timeMs: number): string {
    const checksum = (bookChecksum(this.#asks, this.#bids) ^ error) >>> 0;
    return `{"channel":"book","type":"${type}","data":[{"symbol":"${this.#symbol}","bids":[${bids}],"asks":[${asks}],"checksum":${checksum},"timestamp":"${rfc3339(timeMs)}"}]}`;
  }
}

function copyTop(side: BookSide, depth: number): ScaledLevel[] {
  const top: ScaledLevel[] = [];
  const count = Math.min(side.levels.length, depth);
  for (let i = 0; i < count; i++) top.push({ price: side.levels[i].price, qty: side.levels[i].qty });
  return top;
}
