/**
 * One side of a book: a window of consecutive ticks around the top (quantity per tick, a bitmap of the occupied ones)
 * and a table for everything worse than the window.
 *
 * A level's key is its price in ticks, negated for asks, so that on both sides greater is better and one code serves
 * both. Slot i of the window stands for key base + i. The window always reaches beyond the best level: a better one
 * that does not fit moves the window, as does a best that has sunk to its lower end.
 */
import { Bitmap } from './bitmap.js';
import { FarLevels } from './far-levels.js';

export interface LadderSize {
  /** Ticks in the window at the start: a power of two, at least 64. 12 bytes a tick and side, nearly. */
  readonly windowTicks: number;
  /** It doubles up to this where the market moves out of it often. */
  readonly windowTicksMax: number;
}

/** A read of more levels than this is a dump, no reason to widen the window. */
const WIDEN_DEPTH_MAX = 64;

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

export class BookSide {
  private qty: Float64Array;
  private occupied: Bitmap;
  private window: number;
  private readonly windowMax: number;
  private base = 0;
  /** Slot of the best level, -1 when there is none. */
  private best = -1;
  private inWindow = 0;
  private changes = 0;
  private readonly far = new FarLevels();

  /** @param unit the tick, negative for asks: price = key × unit */
  constructor(private unit: number, size: LadderSize) {
    this.window = size.windowTicks;
    this.windowMax = size.windowTicksMax;
    this.qty = new Float64Array(this.window);
    this.occupied = new Bitmap(this.window);
  }

  /** Number of levels. */
  get count(): number {
    return this.inWindow + this.far.count;
  }

  get isEmpty(): boolean {
    return this.best < 0;
  }

  /** Set the level whose price is f64[at] to the quantity f64[at + 1]; 0 deletes. Both are integers, price > 0. */
  setAt(f64: Float64Array, at: number): void {
    this.changes++;
    const slot = f64[at] / this.unit - this.base;
    const i = slot | 0;
    if (i !== slot || i < 0 || i >= this.window) {
      this.setOutside(f64, at);
      return;
    }
    const now = f64[at + 1];
    this.inWindow += Number(now !== 0) - Number(this.qty[i] !== 0);
    this.qty[i] = now;
    this.occupied.put(i, Number(now !== 0));
    if (i >= this.best) {
      if (now !== 0) this.best = i;
      else if (i === this.best) this.sink(i);
    }
  }

  /** Best price to out[at], its quantity to out[at + 1]; zeros when the side is empty. */
  readBest(out: Float64Array, at: number): void {
    if (this.best < 0) {
      out[at] = 0;
      out[at + 1] = 0;
    } else {
      out[at] = (this.base + this.best) * this.unit;
      out[at + 1] = this.qty[this.best]!;
    }
  }

  /** Write up to n levels, best first, to prices/quantities[offset …]. Returns how many. */
  read(n: number, prices: Float64Array, quantities: Float64Array, offset: number): number {
    const { base, unit, qty, occupied } = this;
    let end = offset;
    const to = offset + n;
    for (let i = this.best; i >= 0 && end < to; i = occupied.atOrBelow(i - 1)) {
      prices[end] = (base + i) * unit;
      quantities[end] = qty[i]!;
      end++;
    }
    if (end < to && this.far.count > 0) {
      end = this.far.readBest(unit, prices, quantities, end, to);
      // The top does not fit the window: the next read would search the far table again.
      if (n <= WIDEN_DEPTH_MAX && this.window < this.windowMax) this.move(this.base - this.window, true);
    }
    return end - offset;
  }

  reset(): void {
    this.qty.fill(0);
    this.occupied.reset();
    this.far.reset();
    this.best = -1;
    this.inWindow = 0;
  }

  /** The best level is gone: find the next, and bring the window after it. */
  private sink(from: number): void {
    this.best = this.occupied.atOrBelow(from - 1);
    if (this.best >= this.window >> 3) return;
    if (this.best >= 0) this.centre(this.base + this.best);
    else if (this.far.count > 0) this.centre(this.far.bestKey());
  }

  private setOutside(f64: Float64Array, at: number): void {
    const price = f64[at];
    const key = price / this.unit;
    if (Math.floor(key) !== key) {
      if (f64[at + 1] !== 0) {
        this.refine(price);
        this.setAt(f64, at);
      }
      return;
    }
    if (key < this.base && this.best >= 0) {
      this.far.arg[0] = key;
      this.far.arg[1] = f64[at + 1]!;
      this.far.put();
    } else if (f64[at + 1] !== 0) {
      // Better than the window reaches, or the first level.
      this.centre(key);
      this.setAt(f64, at);
    }
  }

  /** Put the window so that a quarter of it lies above `key`; it grows when it had to move again too soon. */
  private centre(key: number): void {
    const restless = this.best >= 0 && this.changes < 4 * this.window && this.window < this.windowMax;
    const window = restless ? 2 * this.window : this.window;
    this.move(key - (window >> 2) * 3, restless);
    this.changes = 0;
  }

  /** Move slot 0 to `base`, spilling what falls off the lower end and fetching what is in reach now. */
  private move(base: number, widen: boolean): void {
    const shift = base - this.base;
    const old = this.qty;
    if (this.inWindow > 0) {
      for (let i = this.occupied.atOrBelow(Math.min(shift, this.window) - 1); i >= 0; i = this.occupied.atOrBelow(i - 1)) {
        this.far.arg[0] = this.base + i;
        this.far.arg[1] = old[i]!;
        this.far.put();
        this.inWindow--;
      }
    }
    if (widen) {
      this.window *= 2;
      this.qty = new Float64Array(this.window);
      this.occupied = new Bitmap(this.window);
      if (this.inWindow > 0) this.qty.set(old.subarray(Math.max(0, shift), this.window + shift), Math.max(0, -shift));
    } else if (this.inWindow === 0) old.fill(0);
    else if (shift >= 0) {
      old.copyWithin(0, shift);
      old.fill(0, old.length - shift);
    } else {
      old.copyWithin(-shift, 0);
      old.fill(0, 0, -shift);
    }
    const { qty, window } = this;
    this.base = base;
    if (this.far.count > 0) this.inWindow += this.far.drainInto(qty, base);
    this.occupied.rebuild(qty);
    this.best = this.occupied.atOrBelow(window - 1);
  }

  /** A price between two ticks: the venue's tick became finer. Everything is keyed anew. */
  private refine(price: number): void {
    const n = this.count;
    const levels = new Float64Array(2 * n);
    const prices = new Float64Array(n);
    const quantities = new Float64Array(n);
    this.read(n, prices, quantities, 0);
    const unit = gcd(Math.abs(this.unit), price);
    this.reset();
    this.unit = this.unit < 0 ? -unit : unit;
    for (let i = 0; i < n; i++) {
      levels[2 * i] = prices[i]!;
      levels[2 * i + 1] = quantities[i]!;
      this.setAt(levels, 2 * i);
    }
  }
}
