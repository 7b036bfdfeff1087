/**
 * What simulated orders may take from a real book: never more than it shows, and the same quantity only once. What was
 * taken from a level stays taken until the venue shows another quantity there.
 */

/** Top levels of a book, best first; a BookView of the price cache is one. */
export interface DepthView {
  readonly inSync: boolean;
  readonly bids: number;
  readonly asks: number;
  readonly bidPrices: Float64Array;
  readonly bidQtys: Float64Array;
  readonly askPrices: Float64Array;
  readonly askQtys: Float64Array;
}

/** The levels of an instrument now; undefined when they cannot be read. The view is the reader's again at the next call. */
export type DepthReader = (instrument: number) => DepthView | undefined;

interface Taken {
  /** The level as it was shown when we took from it. */
  shown: number;
  taken: number;
}

/** More levels of one side than any view has: beyond, levels that have gone are forgotten. */
const REMEMBERED_LEVELS = 256;

export class PaperBook {
  private readonly taken = new Map<number, Map<number, Taken>>();

  constructor(private readonly depth: DepthReader) {}

  /**
   * Walk the opposite side from the best price as far as the limit.
   * @param sell of the order @param take is told price and quantity of each level, best first
   * @returns quantity that can be had, at most `qty`
   */
  walk(instrument: number, sell: boolean, limit: number, qty: number, take: (price: number, qty: number) => void): number {
    const view = this.depth(instrument);
    if (view === undefined || !view.inSync) return 0;
    const prices = sell ? view.bidPrices : view.askPrices;
    const qtys = sell ? view.bidQtys : view.askQtys;
    const levels = sell ? view.bids : view.asks;
    const taken = this.takenOf(instrument, sell);
    if (taken.size > REMEMBERED_LEVELS) forgetGone(taken, prices, levels);
    let rest = qty;
    for (let i = 0; i < levels && rest > 0; i++) {
      const price = prices[i];
      if (sell ? price < limit : price > limit) break;
      const got = Math.min(rest, left(taken, price, qtys[i]));
      if (got <= 0) continue;
      rest -= got;
      take(price, got);
    }
    return qty - rest;
  }

  /** That quantity is gone from that level, on the side that an order of this direction takes from. */
  consume(instrument: number, sell: boolean, price: number, qty: number): void {
    const view = this.depth(instrument);
    if (view === undefined) return;
    const taken = this.takenOf(instrument, sell);
    const prices = sell ? view.bidPrices : view.askPrices;
    const level = prices.indexOf(price);
    const shown = level < 0 ? 0 : (sell ? view.bidQtys : view.askQtys)[level];
    const entry = taken.get(price);
    if (entry !== undefined && entry.shown === shown) entry.taken += qty;
    else taken.set(price, { shown, taken: qty });
  }

  private takenOf(instrument: number, sell: boolean): Map<number, Taken> {
    const key = instrument * 2 + (sell ? 1 : 0);
    let levels = this.taken.get(key);
    if (levels === undefined) {
      levels = new Map();
      this.taken.set(key, levels);
    }
    return levels;
  }
}

function left(taken: Map<number, Taken>, price: number, shown: number): number {
  const entry = taken.get(price);
  if (entry === undefined) return shown;
  if (entry.shown === shown) return shown - entry.taken;
  taken.delete(price); // the venue says something new of this level
  return shown;
}

function forgetGone(taken: Map<number, Taken>, prices: Float64Array, levels: number): void {
  const shown = new Set(prices.subarray(0, levels));
  for (const price of taken.keys()) if (!shown.has(price)) taken.delete(price);
}
