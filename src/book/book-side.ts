/**
 * One side of a book: a window of consecutive ticks around the top (quantity per tick, a bitmap of the occupied ones)
 * and a table for everything worse than the window.
 *
 * A level's key is its price in ticks, negated for asks, so that on both sides greater is better and one code serves
 * both. Slot i of the window stands for key base + i and lies at place (start + i) & mask, so that nothing that stays in
 * the window is touched when it moves. It always reaches beyond the best level: a better one that does not fit moves
 * the window, as does a best that has sunk to its lower end.
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
  /** By place, as the bits of `occupied`. */
  private qty: Float64Array;
  private occupied: Bitmap;
  private mask: number;
  private readonly windowMax: number;
  private start = 0;
  private base = 0;
  /** Slot of the best level, -1 when there is none. */
  private best = -1;
  private inWindow = 0;
  private changes = 0;
  private readonly far = new FarLevels();

  /** @param unit the tick, negative for asks: price = key × unit */
  constructor(private unit: number, size: LadderSize) {
    this.mask = size.windowTicks - 1;
    this.windowMax = size.windowTicksMax;
    this.qty = new Float64Array(size.windowTicks);
    this.occupied = new Bitmap(size.windowTicks);
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
    if (i !== slot || i < 0 || i > this.mask) {
      this.setOutside(f64, at);
      return;
    }
    const now = f64[at + 1];
    const place = (this.start + i) & this.mask;
    this.inWindow += Number(now !== 0) - Number(this.qty[place] !== 0);
    this.qty[place] = now;
    this.occupied.put(place, Number(now !== 0));
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
      out[at + 1] = this.qty[(this.start + this.best) & this.mask]!;
    }
  }

  /** Write up to n levels, best first, to prices/quantities[offset …]. Returns how many. */
  read(n: number, prices: Float64Array, quantities: Float64Array, offset: number): number {
    const { base, unit, qty, start, mask } = this;
    let end = offset;
    const to = offset + n;
    for (let i = this.best; i >= 0 && end < to; i = this.levelBelow(i)) {
      prices[end] = (base + i) * unit;
      quantities[end] = qty[(start + i) & mask]!;
      end++;
    }
    if (end < to && this.far.count > 0) {
      end = this.far.readBest(unit, prices, quantities, end, to);
      // The top does not fit the window: the next read would search the far table again.
      if (n <= WIDEN_DEPTH_MAX && mask < this.windowMax - 1) this.move(base - mask - 1, true);
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

  /** The highest slot below i that holds a level, or -1. */
  private levelBelow(i: number): number {
    if (i === 0) return -1;
    const { occupied, start, mask } = this;
    const place = (start + i - 1) & mask;
    let found = occupied.atOrBelow(place);
    if (place < start) {
      if (found >= 0) return found - start + mask + 1;
      found = occupied.atOrBelow(mask);
    }
    return found >= start ? found - start : -1;
  }

  /** The best level is gone: find the next, and bring the window after it. */
  private sink(from: number): void {
    this.best = this.levelBelow(from);
    if (this.best > this.mask >> 3) return;
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
    const window = this.mask + 1;
    const restless = this.best >= 0 && this.changes < 4 * window && window < this.windowMax;
    this.move(key - ((restless ? 2 * window : window) >> 2) * 3, restless);
    this.changes = 0;
  }

  /** Move slot 0 to `base`, spilling what falls off the lower end or fetching what is in reach now. */
  private move(base: number, widen: boolean): void {
    if (widen) this.widen();
    const { far } = this;
    const shift = base - this.base;
    if (shift > 0) this.spill(Math.min(shift, this.mask + 1));
    this.base = base;
    this.start = (this.start + shift) & this.mask;
    if (shift < 0 && far.count > 0) this.inWindow += far.drainInto(this.qty, this.occupied, this.start, base);
    this.best = this.levelBelow(this.mask + 1);
  }

  /** Twice the window, the same slots at its lower end. */
  private widen(): void {
    const { qty, start } = this;
    this.qty = new Float64Array(2 * qty.length);
    this.qty.set(qty.subarray(start));
    this.qty.set(qty.subarray(0, start), qty.length - start);
    this.occupied = new Bitmap(2 * qty.length);
    this.occupied.rebuild(this.qty);
    this.mask = 2 * qty.length - 1;
    this.start = 0;
  }

  /** The levels of the lowest `slots` go to the far table. */
  private spill(slots: number): void {
    const { far, qty, occupied, start, mask } = this;
    for (let i = this.levelBelow(slots); i >= 0; i = this.levelBelow(i)) {
      const place = (start + i) & mask;
      far.arg[0] = this.base + i;
      far.arg[1] = qty[place]!;
      far.put();
      qty[place] = 0;
      occupied.put(place, 0);
      this.inWindow--;
    }
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
