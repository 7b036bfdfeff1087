/**
 * Which slots of a ladder hold a level: one bit each, and above it one bit per non-zero word, so that the next level
 * is two clz32 away even across an empty stretch of a thousand ticks.
 */
export class Bitmap {
  private readonly words: Int32Array;
  private readonly summary: Int32Array;

  /** @param bits a power of two, at least 32 */
  constructor(bits: number) {
    this.words = new Int32Array(bits >>> 5);
    this.summary = new Int32Array(Math.max(1, bits >>> 10));
  }

  set(i: number): void {
    const word = i >>> 5;
    this.words[word] |= 1 << (i & 31);
    this.summary[word >>> 5] |= 1 << (word & 31);
  }

  /** Set the bit to 0 or 1, without a branch: whether a change makes or removes a level is nobody's guess. */
  put(i: number, bit: number): void {
    const word = i >>> 5;
    const bits = (this.words[word] & ~(1 << (i & 31))) | (bit << (i & 31));
    this.words[word] = bits;
    const group = word >>> 5;
    this.summary[group] = (this.summary[group] & ~(1 << (word & 31))) | (Number(bits !== 0) << (word & 31));
  }

  /** The highest set bit at or below `i`, or -1. */
  atOrBelow(i: number): number {
    if (i < 0) return -1;
    let word = i >>> 5;
    const bits = this.words[word] & ((2 << (i & 31)) - 1);
    if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits);
    let group = word >>> 5;
    let nonZero = this.summary[group] & ((1 << (word & 31)) - 1);
    while (nonZero === 0) {
      if (group === 0) return -1;
      nonZero = this.summary[--group]!;
    }
    word = (group << 5) + 31 - Math.clz32(nonZero);
    return (word << 5) + 31 - Math.clz32(this.words[word]);
  }

  /** Set exactly the bits of the slots that are not zero. */
  rebuild(slots: Float64Array): void {
    this.words.fill(0);
    this.summary.fill(0);
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) this.set(i);
  }

  reset(): void {
    this.words.fill(0);
    this.summary.fill(0);
  }
}
