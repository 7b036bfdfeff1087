/**
 * Levels far from the top: an open-addressing table of (key, quantity), linear probing, deletion by shifting back, so
 * that it never fills with tombstones. Half the changes of a big venue's book land here and most are never looked at
 * again. Keys are integers other than 0, greater = better; order is only made when somebody asks for it.
 */
const GOLDEN = 0x9e3779b1 | 0;

export class FarLevels {
  /** Slot i: key at 2i (0 = empty), quantity at 2i + 1: one cache line serves both. */
  private slots: Float64Array;
  private mask: number;
  private shift: number;
  count = 0;
  /** Arguments of `put`: key, quantity. Doubles passed to a call that is not inlined would be boxed. */
  readonly arg = new Float64Array(2);

  /** @param capacity a power of two; grows when half full */
  constructor(capacity = 64) {
    this.slots = new Float64Array(2 * capacity);
    this.mask = capacity - 1;
    this.shift = 1 + Math.clz32(capacity);
  }

  /** Set level arg[0] to arg[1]; 0 deletes. A delete of what is not there is nothing. */
  put(): void {
    const slots = this.slots;
    const key = this.arg[0];
    const qty = this.arg[1];
    let i = Math.imul(key | 0, GOLDEN) >>> this.shift;
    for (;;) {
      const found = slots[2 * i];
      if (found === key) {
        if (qty === 0) this.removeSlot(i);
        else slots[2 * i + 1] = qty;
        return;
      }
      if (found === 0) break;
      i = (i + 1) & this.mask;
    }
    if (qty === 0) return;
    slots[2 * i] = key;
    slots[2 * i + 1] = qty;
    this.count++;
    if (2 * this.count > this.mask) this.grow();
  }

  /** The best key; -Infinity when empty. Looks at every slot. */
  bestKey(): number {
    let best = -Infinity;
    for (let i = 0; i < this.slots.length; i += 2) {
      const key = this.slots[i];
      if (key !== 0 && key > best) best = key;
    }
    return best;
  }

  /** Move every level from `base` up into `window`, whose slot 0 stands for key `base`. Returns how many. */
  drainInto(window: Float64Array, base: number): number {
    let moved = 0;
    for (let i = 0; i <= this.mask; i++) {
      // A deletion may shift another level into this slot: look again.
      for (let key = this.slots[2 * i]; key !== 0 && key >= base; key = this.slots[2 * i]!) {
        window[key - base] = this.slots[2 * i + 1]!;
        this.removeSlot(i);
        moved++;
      }
    }
    return moved;
  }

  /** Write the best levels, best first, to prices/quantities[from … to); price = key × unit. Returns the end of what was written. */
  readBest(unit: number, prices: Float64Array, quantities: Float64Array, from: number, to: number): number {
    let end = from;
    for (let i = 0; i < this.slots.length; i += 2) {
      const key = this.slots[i];
      if (key === 0) continue;
      if (end === to && key <= prices[end - 1]) continue;
      let j = end < to ? end++ : to - 1;
      for (; j > from && prices[j - 1] < key; j--) {
        prices[j] = prices[j - 1]!;
        quantities[j] = quantities[j - 1]!;
      }
      prices[j] = key;
      quantities[j] = this.slots[i + 1]!;
    }
    for (let j = from; j < end; j++) prices[j] = prices[j] * unit;
    return end;
  }

  reset(): void {
    if (this.count === 0) return;
    this.slots.fill(0);
    this.count = 0;
  }

  private removeSlot(hole: number): void {
    const { slots, mask, shift } = this;
    this.count--;
    for (let i = (hole + 1) & mask; ; i = (i + 1) & mask) {
      const key = slots[2 * i];
      if (key === 0) break;
      const home = Math.imul(key | 0, GOLDEN) >>> shift;
      if (((i - home) & mask) < ((i - hole) & mask)) continue; // its home lies after the hole: it may not move there
      slots[2 * hole] = key;
      slots[2 * hole + 1] = slots[2 * i + 1]!;
      hole = i;
    }
    slots[2 * hole] = 0;
    slots[2 * hole + 1] = 0;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(2 * old.length);
    this.mask = old.length - 1;
    this.shift--;
    for (let i = 0; i < old.length; i += 2) {
      const key = old[i];
      if (key === 0) continue;
      let j = Math.imul(key | 0, GOLDEN) >>> this.shift;
      while (this.slots[2 * j] !== 0) j = (j + 1) & this.mask;
      this.slots[2 * j] = key;
      this.slots[2 * j + 1] = old[i + 1]!;
    }
  }
}
