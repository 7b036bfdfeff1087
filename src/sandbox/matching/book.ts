/**
 * A price-time order book. Levels hold first-in-first-out queues; the market generator's makers and the account's
 * orders queue side by side. Every change of a level's displayed quantity takes one update id.
 */
import type { Order, Side } from './order.js';

/** Notices when the best price or quantity of either side changes. */
export class TopWatch {
  #bidPrice = 0;
  #bidQty = 0;
  #askPrice = 0;
  #askQty = 0;

  /** True when the top differs from the last time this was asked. */
  changed(book: Book): boolean {
    const bid = book.bids.best();
    const ask = book.asks.best();
    const same = this.#bidPrice === (bid?.price ?? 0) && this.#bidQty === (bid?.qty ?? 0) && this.#askPrice === (ask?.price ?? 0) && this.#askQty === (ask?.qty ?? 0);
    if (same) return false;
    this.#bidPrice = bid?.price ?? 0;
    this.#bidQty = bid?.qty ?? 0;
    this.#askPrice = ask?.price ?? 0;
    this.#askQty = ask?.qty ?? 0;
    return true;
  }
}

/** One order's place in a level's queue; `order` is null for the generator's maker (at most one per level). */
export interface Entry {
  order: Order | null;
  remaining: number;
}

export interface Level {
  price: number;
  /** Sum of the entries' remaining quantity. */
  qty: number;
  entries: Entry[];
}

export class BookSide {
  /** Best price first. */
  readonly levels: Level[] = [];
  /** Prices whose displayed quantity changed since a reader last cleared the set. */
  readonly touched = new Set<number>();
  readonly side: Side;
  readonly #sign: 1 | -1;

  constructor(side: Side) {
    this.side = side;
    this.#sign = side === 'sell' ? 1 : -1;
  }

  best(): Level | undefined {
    return this.levels[0];
  }

  /** True when `price` is at least as good (for a taker of this side) as the limit `limitPrice`. */
  reaches(price: number, limitPrice: number): boolean {
    return this.#sign * price <= this.#sign * limitPrice;
  }

  /** Index of the level at `price`, or of where it would stand. */
  indexOf(price: number): number {
    let low = 0;
    let high = this.levels.length;
    const key = this.#sign * price;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sign * this.levels[middle].price < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  levelAt(price: number): Level | undefined {
    const level = this.levels[this.indexOf(price)];
    return level !== undefined && level.price === price ? level : undefined;
  }
}

export class Book {
  readonly bids = new BookSide('buy');
  readonly asks = new BookSide('sell');
  updateId: number;

  constructor(firstUpdateId: number) {
    this.updateId = firstUpdateId;
  }

  side(side: Side): BookSide {
    return side === 'buy' ? this.bids : this.asks;
  }

  opposite(side: Side): BookSide {
    return side === 'buy' ? this.asks : this.bids;
  }

  /** Queue an entry behind the others at its price. */
  rest(side: Side, price: number, entry: Entry): void {
    const half = this.side(side);
    const index = half.indexOf(price);
    const level = half.levels[index];
    if (level !== undefined && level.price === price) {
      level.entries.push(entry);
      level.qty += entry.remaining;
    } else half.levels.splice(index, 0, { price, qty: entry.remaining, entries: [entry] });
    this.#touch(half, price);
  }

  /** Take `qty` off an entry of the level; an emptied entry and an emptied level leave the book. */
  reduce(half: BookSide, level: Level, entry: Entry, qty: number): void {
    entry.remaining -= qty;
    level.qty -= qty;
    if (entry.remaining === 0) {
      const place = level.entries.indexOf(entry);
      level.entries.splice(place, 1);
      if (level.entries.length === 0) half.levels.splice(half.indexOf(level.price), 1);
    }
    this.#touch(half, level.price);
  }

  /** Withdraw a resting order. */
  withdraw(side: Side, price: number, order: Order): void {
    const half = this.side(side);
    const level = half.levelAt(price);
    const entry = level?.entries.find((candidate) => candidate.order === order);
    if (level !== undefined && entry !== undefined) this.reduce(half, level, entry, entry.remaining);
  }

  /** Set the generator's quantity at a price to `qty`; a larger quantity goes behind the queue, as a venue would do. */
  setSynthetic(side: Side, price: number, qty: number): void {
    const half = this.side(side);
    const level = half.levelAt(price);
    const entry = level?.entries.find((candidate) => candidate.order === null);
    if (level === undefined || entry === undefined) {
      if (qty > 0) this.rest(side, price, { order: null, remaining: qty });
      return;
    }
    if (qty < entry.remaining) this.reduce(half, level, entry, entry.remaining - qty);
    else if (qty > entry.remaining) {
      level.qty += qty - entry.remaining;
      entry.remaining = qty;
      if (level.entries.length > 1) {
        level.entries.splice(level.entries.indexOf(entry), 1);
        level.entries.push(entry);
      }
      this.#touch(half, price);
    }
  }

  /** Quantity a taker of `side` could trade up to `limitPrice` (null = any price), at most `wanted`. */
  available(side: Side, limitPrice: number | null, wanted: number): number {
    const half = this.opposite(side);
    let sum = 0;
    for (const level of half.levels) {
      if (sum >= wanted || (limitPrice !== null && !half.reaches(level.price, limitPrice))) break;
      sum += level.qty;
    }
    return Math.min(sum, wanted);
  }

  #touch(half: BookSide, price: number): void {
    this.updateId++;
    half.touched.add(price);
  }
}
