/**
 * The L2 book of one instrument. Prices and quantities are integers at the pair's scales, held in Float64. A change
 * touches one window slot or one table slot and allocates nothing; doubles travel through typed arrays, because one
 * that is passed to or returned from a call that is not inlined costs an allocation.
 */
import { SELL, type Side } from '../model/instrument.js';
import { BookSide, type LadderSize } from './book-side.js';

export const DEFAULT_LADDER: LadderSize = { windowTicks: 4096, windowTicksMax: 16_384 };

export class OrderBook {
  private readonly bids: BookSide;
  private readonly asks: BookSide;
  private readonly scratch = new Float64Array(4);

  /** @param tick price increment, an integer at the pair's price scale; prices between ticks are taken and make it finer */
  constructor(tick: number, size: LadderSize = DEFAULT_LADDER) {
    this.bids = new BookSide(tick, size);
    this.asks = new BookSide(-tick, size);
  }

  /** Set the level of price f64[at] (an integer above 0) to the quantity f64[at + 1] (an integer, 0 deletes). */
  setAt(side: Side, f64: Float64Array, at: number): void {
    (side === SELL ? this.asks : this.bids).setAt(f64, at);
  }

  /** The same with plain numbers, for callers that are not in a hurry. */
  set(side: Side, price: number, qty: number): void {
    this.scratch[0] = price;
    this.scratch[1] = qty;
    this.setAt(side, this.scratch, 0);
  }

  /** out[at …] = best bid price, its quantity, best ask price, its quantity; zeros for an empty side. */
  readTop(out: Float64Array, at: number): void {
    this.bids.readBest(out, at);
    this.asks.readBest(out, at + 2);
  }

  /** Write up to n levels of a side, best first, to prices/quantities[offset …]. Returns how many. */
  read(side: Side, n: number, prices: Float64Array, quantities: Float64Array, offset = 0): number {
    return side === SELL ? this.asks.read(n, prices, quantities, offset) : this.bids.read(n, prices, quantities, offset);
  }

  /** Number of levels of a side. */
  levels(side: Side): number {
    return side === SELL ? this.asks.count : this.bids.count;
  }

  /** The book crosses or locks itself: it cannot be right. */
  isCrossed(): boolean {
    if (this.bids.isEmpty || this.asks.isEmpty) return false;
    this.readTop(this.scratch, 0);
    return this.scratch[0] >= this.scratch[2];
  }

  clear(): void {
    this.bids.reset();
    this.asks.reset();
  }
}
