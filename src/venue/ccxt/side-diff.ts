/**
 * One side of a book as it was published last, and what a new state of the library's book changes in it. The library keeps
 * books of its own and hands out the whole side, best first, as [price, quantity, …]; numbers that did not change are
 * compared as they come and never converted.
 */
import type { LevelChanges } from '../level-changes.js';
import { exactly, roundedDown } from './exact.js';

export const Taken = { OK: 0, MALFORMED: 1, OUT_OF_RANGE: 2 } as const;

/** A side as the library hands it out; nothing of it is taken on trust. */
export type LevelList = ArrayLike<ArrayLike<number | undefined>>;

export class SideDiff {
  count = 0;
  private prices: Float64Array;
  private qtys: Float64Array;
  /** The published quantities, scaled. */
  private scaled: Float64Array;
  private nextPrices: Float64Array;
  private nextQtys: Float64Array;
  private nextScaled: Float64Array;
  private nextCount = 0;
  private readonly order: 1 | -1;

  /** @param depth levels that are kept */
  constructor(private readonly isAsk: 0 | 1, private readonly depth: number, private readonly priceScale: number, private readonly qtyScale: number) {
    this.order = isAsk === 1 ? 1 : -1;
    [this.prices, this.qtys, this.scaled, this.nextPrices, this.nextQtys, this.nextScaled] = Array.from({ length: 6 }, () => new Float64Array(depth)) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  }

  /** Best price as the library gives it; NaN for an empty side. */
  get best(): number {
    return this.count > 0 ? this.prices[0] : Number.NaN;
  }

  clear(): void {
    this.count = 0;
  }

  /** Add to `changes` what turns the published side into `levels`; `keep` then makes that the published one. */
  take(levels: LevelList, changes: LevelChanges): number {
    this.nextCount = 0;
    let old = 0;
    for (let i = 0; i < levels.length && this.nextCount < this.depth; ) {
      const price = Number(levels[i][0]);
      if (!(price > 0) || (this.nextCount > 0 && (price - this.nextPrices[this.nextCount - 1]) * this.order <= 0)) return Taken.MALFORMED;
      // Books by order have several entries a price.
      let end = i + 1;
      while (end < levels.length && levels[end][0] === price) end++;
      for (; old < this.count && (this.prices[old] - price) * this.order < 0; old++) this.drop(old, changes);
      const known = old < this.count && this.prices[old] === price ? old++ : -1;
      const code = this.level(levels, i, end, price, known, changes);
      if (code !== Taken.OK) return code;
      i = end;
    }
    for (; old < this.count; old++) this.drop(old, changes);
    return Taken.OK;
  }

  /** What was taken is published. */
  keep(): void {
    [this.prices, this.nextPrices] = [this.nextPrices, this.prices];
    [this.qtys, this.nextQtys] = [this.nextQtys, this.qtys];
    [this.scaled, this.nextScaled] = [this.nextScaled, this.scaled];
    this.count = this.nextCount;
  }

  private level(levels: LevelList, from: number, to: number, price: number, known: number, changes: LevelChanges): number {
    const qty = Number(levels[from][1]);
    const single = to - from === 1;
    let scaled: number;
    if (single && known >= 0 && this.qtys[known] === qty) scaled = this.scaled[known];
    else {
      scaled = 0;
      for (let i = from; i < to; i++) scaled += roundedDown(Number(levels[i][1]), this.qtyScale);
      if (!(scaled >= 0)) return Number.isFinite(qty) ? Taken.OUT_OF_RANGE : Taken.MALFORMED;
      const scaledPrice = exactly(price, this.priceScale);
      if (!Number.isSafeInteger(scaledPrice) || !Number.isSafeInteger(scaled)) return Taken.OUT_OF_RANGE;
      if (scaled !== (known >= 0 ? this.scaled[known] : 0)) changes.push(this.isAsk, scaledPrice, scaled);
    }
    // Less than a lot: it cannot be traded with, so it is not there.
    if (scaled === 0) return Taken.OK;
    this.nextPrices[this.nextCount] = price;
    this.nextQtys[this.nextCount] = single ? qty : Number.NaN;
    this.nextScaled[this.nextCount++] = scaled;
    return Taken.OK;
  }

  private drop(index: number, changes: LevelChanges): void {
    changes.push(this.isAsk, exactly(this.prices[index], this.priceScale), 0);
  }
}
