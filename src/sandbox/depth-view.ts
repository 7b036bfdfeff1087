/**
 * What the subscribers of one depth have in hand, and how it changes: every level of the new best `depth` that they lack
 * or have with another quantity, and a zero for every one that is not among them any more.
 */
import type { BookSide } from './matching/book.js';
import type { Market } from './matching/exchange.js';

/** A level as the venue writes it. @param orders how many stand there; 0 with a quantity of 0 */
export type LevelText = (price: number, qty: number, orders: number) => string;

export interface ViewLevel {
  readonly price: number;
  readonly qty: number;
  readonly orders: number;
}

/** Both sides as texts, levels joined by commas. */
export interface SideTexts {
  readonly bids: string;
  readonly asks: string;
}

export class DepthView {
  bids: readonly ViewLevel[] = [];
  asks: readonly ViewLevel[] = [];
  /** Update id of the book when it was last looked at. */
  seenId = -1;

  constructor(private readonly market: Market, private readonly depth: number, private readonly levelText: LevelText) {
    this.look();
  }

  /** What the subscribers have. */
  whole(levels = this.depth): SideTexts {
    const side = (all: readonly ViewLevel[]): string => all.slice(0, levels).map(({ price, qty, orders }) => this.levelText(price, qty, orders)).join(',');
    return { bids: side(this.bids), asks: side(this.asks) };
  }

  /** What they lack, which they then have; null when nothing in scope changed. */
  changes(): SideTexts | null {
    const { book } = this.market;
    if (book.updateId === this.seenId) return null;
    const bids = this.#changes(this.bids, book.bids, -1);
    const asks = this.#changes(this.asks, book.asks, 1);
    this.look();
    return bids === '' && asks === '' ? null : { bids, asks };
  }

  /** Take the book as it is now. */
  look(): void {
    const { book } = this.market;
    const best = (side: BookSide): ViewLevel[] => side.levels.slice(0, this.depth).map(({ price, qty, entries }) => ({ price, qty, orders: entries.length }));
    this.seenId = book.updateId;
    this.bids = best(book.bids);
    this.asks = best(book.asks);
  }

  /** Merge the old and the new best levels, both best first. */
  #changes(old: readonly ViewLevel[], side: BookSide, sign: 1 | -1): string {
    const fresh = side.levels;
    const freshCount = Math.min(fresh.length, this.depth);
    const changes: string[] = [];
    for (let i = 0, j = 0; i < old.length || j < freshCount;) {
      const was = i < old.length ? old[i] : undefined;
      const is = j < freshCount ? fresh[j] : undefined;
      if (was !== undefined && (is === undefined || sign * was.price < sign * is.price)) {
        changes.push(this.levelText(was.price, 0, 0));
        i++;
      } else if (is !== undefined && (was === undefined || sign * is.price < sign * was.price)) {
        changes.push(this.levelText(is.price, is.qty, is.entries.length));
        j++;
      } else {
        if (was!.qty !== is!.qty) changes.push(this.levelText(is!.price, is!.qty, is!.entries.length));
        i++;
        j++;
      }
    }
    return changes.join(',');
  }
}
