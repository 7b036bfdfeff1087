/**
 * Levels far from the top: an open-addressing table of (key, quantity), linear probing. Half the changes of a big
 * venue's book land here and most are never looked at again. Keys are integers other than 0, greater = better; order is
 * only made when somebody asks for it.
 *
 * A deleted level stays as a key of quantity 0: prices come and go, and nobody can guess which a change does. When half
 * of the slots have keys, the vacant ones are taken out by shifting back, or the table grows.
 */
import type { Bitmap } from './bitmap.js';

const GOLDEN = 0x9e3779b1 | 0;

export class FarLevels {
  /** Slot i: key at 2i (0 = empty), quantity at 2i + 1: one cache line serves both. */
  private slots: Float64Array;
  private mask: number;
  private shift: number;
  /** Slots that have a key. */
  private used = 0;
  /** Levels: keys with a quantity. */
  count = 0;
  /** Arguments of `put`: key, quantity. Doubles passed to a call that is not inlined would be boxed. */
  readonly arg = new Float64Array(2);

  /** @param capacity a power of two */
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
    for (let found = slots[2 * i]; found !== 0; found = slots[2 * i]) {
      if (found === key) {
        this.count += Number(qty !== 0) - Number(slots[2 * i + 1] !== 0);
        slots[2 * i + 1] = qty;
        return;
      }
      i = (i + 1) & this.mask;
    }
    if (qty === 0) return;
    slots[2 * i] = key;
    slots[2 * i + 1] = qty;
    this.count++;
    this.used++;
    if (2 * this.used > this.mask) this.makeRoom();
  }

  /** The best key; -Infinity when empty. Looks at every slot. */
  bestKey(): number {
    let best = -Infinity;
    for (let i = 0; i < this.slots.length; i += 2) {
      const key = this.slots[i];
      if (key > best && this.slots[i + 1] !== 0) best = key;
    }
    return best;
  }

  /** Move every level from key `base` up into a window whose slot 0 stands for `base` and lies at `start`. Returns how many. */
  drainInto(qty: Float64Array, occupied: Bitmap, start: number, base: number): number {
    const mask = qty.length - 1;
    const before = this.count;
    for (let i = 0; i <= this.mask; i++) {
      // A removal may shift another level into this slot: look again.
      for (let key = this.slots[2 * i]; key !== 0 && key >= base; key = this.slots[2 * i]!) {
        const level = this.slots[2 * i + 1];
        this.removeSlot(i);
        if (level === 0) continue;
        const place = (start + key - base) & mask;
        qty[place] = level;
        occupied.set(place);
        this.count--;
      }
    }
    return before - this.count;
  }

  /** Write the best levels, best first, to prices/quantities[from … to); price = key × unit. Returns the end of what was written. */
  readBest(unit: number, prices: Float64Array, quantities: Float64Array, from: number, to: number): number {
    let end = from;
    for (let i = 0; i < this.slots.length; i += 2) {
      const key = this.slots[i];
      if (this.slots[i + 1] === 0 || (end === to && key <= prices[end - 1])) continue;
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
    if (this.used === 0) return;
    this.slots.fill(0);
    this.used = 0;
    this.count = 0;
  }

  private removeSlot(hole: number): void {
    const { slots, mask, shift } = this;
    this.used--;
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

  /** Vacant slots are taken out where that frees a quarter of the table; otherwise it doubles. */
  private makeRoom(): void {
    if (4 * this.count > this.mask) return this.grow();
    // A removal may shift another level into this slot: look again.
    for (let i = 0; i <= this.mask; i++) while (this.slots[2 * i] !== 0 && this.slots[2 * i + 1] === 0) this.removeSlot(i);
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(2 * old.length);
    this.mask = old.length - 1;
    this.shift--;
    this.used = this.count;
    for (let i = 0; i < old.length; i += 2) {
      const key = old[i];
      if (old[i + 1] === 0) continue;
      let j = Math.imul(key | 0, GOLDEN) >>> this.shift;
      while (this.slots[2 * j] !== 0) j = (j + 1) & this.mask;
      this.slots[2 * j] = key;
      this.slots[2 * j + 1] = old[i + 1]!;
    }
  }
}
