/**
 * What the subscribers of one depth have in hand, and its numbered changes: every level of the new best `depth` that they
 * lack or have with another quantity, and a zero for every one that is not among them any more.
 */
import { trimmedText } from '../text.js';
import type { BookSide } from '../matching/book.js';
import type { Market } from '../matching/exchange.js';

interface Level {
  readonly price: number;
  readonly qty: number;
}

export class BookView {
  readonly #market: Market;
  readonly #symbol: string;
  readonly #depth: number;
  #bids: Level[] = [];
  #asks: Level[] = [];
  #seenId = -1;
  /** Id of the last message. */
  #updateId: number;

  /** @param firstUpdateId ids of a book go on where those before it ended */
  constructor(market: Market, symbol: string, depth: number, firstUpdateId: number) {
    this.#market = market;
    this.#symbol = symbol;
    this.#depth = depth;
    this.#updateId = firstUpdateId;
    this.#look();
  }

  get updateId(): number {
    return this.#updateId;
  }

  /** The state up to the last message, so that the next one fits whoever joins now. */
  snapshotText(timeMs: number): string {
    const side = (levels: readonly Level[]): string => `[${levels.map(({ price, qty }) => this.#levelText(price, qty)).join(',')}]`;
    return this.#text('snapshot', side(this.#bids), side(this.#asks), timeMs);
  }

  /** As after a restart of the service: the whole book as it is now, with the id 1. */
  restartText(timeMs: number): string {
    this.#updateId = 1;
    this.#look();
    return this.snapshotText(timeMs);
  }

  /** The next message; null when nothing in scope changed. `snapshotsOnly`: the whole of it. */
  updateText(timeMs: number, snapshotsOnly: boolean): string | null {
    const { book } = this.#market;
    if (book.updateId === this.#seenId) return null;
    const bids = this.#changes(this.#bids, book.bids, -1);
    const asks = this.#changes(this.#asks, book.asks, 1);
    this.#look();
    if (bids === '' && asks === '') return null;
    this.#updateId++;
    return snapshotsOnly ? this.snapshotText(timeMs) : this.#text('delta', `[${bids}]`, `[${asks}]`, timeMs);
  }

  #look(): void {
    const { book } = this.#market;
    this.#seenId = book.updateId;
    this.#bids = book.bids.levels.slice(0, this.#depth).map(({ price, qty }) => ({ price, qty }));
    this.#asks = book.asks.levels.slice(0, this.#depth).map(({ price, qty }) => ({ price, qty }));
  }

  /** Merge the old and the new best levels, both best first. */
  #changes(old: readonly Level[], side: BookSide, sign: 1 | -1): string {
    const fresh = side.levels;
    const freshCount = Math.min(fresh.length, this.#depth);
    const changes: string[] = [];
    for (let i = 0, j = 0; i < old.length || j < freshCount;) {
      const was = i < old.length ? old[i] : undefined;
      const is = j < freshCount ? fresh[j] : undefined;
      if (was !== undefined && (is === undefined || sign * was.price < sign * is.price)) {
        changes.push(this.#levelText(was.price, 0));
        i++;
      } else if (is !== undefined && (was === undefined || sign * is.price < sign * was.price)) {
        changes.push(this.#levelText(is.price, is.qty));
        j++;
      } else {
        if (was!.qty !== is!.qty) changes.push(this.#levelText(is!.price, is!.qty));
        i++;
        j++;
      }
    }
    return changes.join(',');
  }

  #levelText(price: number, qty: number): string {
    const { priceDecimals, qtyDecimals } = this.#market.spec;
    return `["${trimmedText(price, priceDecimals)}","${trimmedText(qty, qtyDecimals)}"]`;
  }

  /** `ts` stands before `type`, as spot has it. */
  #text(type: string, bids: string, asks: string, timeMs: number): string {
    const ms = Math.floor(timeMs);
    return `{"topic":"orderbook.${this.#depth}.${this.#symbol}","ts":${ms},"type":"${type}","data":{"s":"${this.#symbol}","b":${bids},"a":${asks},"u":${this.#updateId},"seq":${this.#market.book.updateId}},"cts":${ms}}`;
  }
}
