/**
 * The one writer of a ring. Slots are taken with `next`, filled through typed views, and published together by
 * `flush`: slots 2 … n are marked plainly and the first one last, with Atomics.store, so that a reader sees all of a
 * batch or nothing of it. A full ring is a return value (-1) and a count, never a wait.
 */
import { attach, CONSUMER, GATING, LINE_WORDS, LOSSY, WORD, type RingDescriptor } from './layout.js';

export class RingProducer {
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly capacity: number;
  private readonly gates: Int32Array;
  private readonly hasLossy: boolean;
  /** Next sequence to publish. */
  private cursor: number;
  /** Slots taken since the last flush. */
  private taken = 0;
  /** Slots below this are announced as being written: stored once per step, because the store costs more than the slot. */
  private intent: number;
  private readonly intentStep: number;
  /** Gating consumers are known to have consumed up to here; re-read only when it does not suffice. */
  private gate: number;
  /** Byte offset of slot 0 from the ring's start: what `next` returns is relative to the ring's start. */
  private readonly slotBytes0 = WORD.slots << 2;

  /** A successor of a dead producer continues where the last published slot ends. */
  constructor(readonly ring: RingDescriptor) {
    this.words = attach(ring);
    this.capacity = ring.capacity;
    this.mask = ring.capacity - 1;
    this.gates = Int32Array.from(ring.consumers.flatMap(({ mode }, k) => (mode === GATING ? [WORD.consumer + k * LINE_WORDS + CONSUMER.cursor] : [])));
    this.hasLossy = ring.consumers.some(({ mode }) => mode === LOSSY);
    this.cursor = this.recoverCursor();
    this.gate = this.slowestGate();
    this.intent = this.recoverIntent();
    this.intentStep = Math.max(1, Math.min(64, ring.capacity >> 3));
  }

  /** The stored cursor may be one batch behind: the writer can die between publishing the slots and storing it. */
  private recoverCursor(): number {
    let n = Atomics.load(this.words, WORD.cursor);
    for (let i = 0; i < this.capacity; i++) {
      if (Atomics.load(this.words, this.slotWord(n)) !== ((n + 1) | 0)) break;
      n = (n + 1) | 0;
    }
    // An unpublished batch may have marked later slots plainly without its first one. Those marks must not be taken
    // for published once the first slot is: clear them.
    for (let i = 1; i < this.capacity; i++) {
      const later = (n + i) | 0;
      const word = this.slotWord(later);
      if (Atomics.load(this.words, word) === ((later + 1) | 0)) Atomics.store(this.words, word, later);
    }
    Atomics.store(this.words, WORD.cursor, n);
    return n;
  }

  /**
   * The dead writer may have half overwritten slots that it had announced. They stay announced: a lossy reader would
   * take them for whole old records otherwise.
   */
  private recoverIntent(): number {
    const announced = Atomics.load(this.words, WORD.intent);
    return this.hasLossy && ((announced - this.cursor) | 0) > 0 ? announced : this.cursor;
  }

  private slotWord(n: number): number {
    return WORD.slots + (n & this.mask) * LINE_WORDS;
  }

  private slowestGate(): number {
    let slowest = this.cursor;
    for (let i = 0; i < this.gates.length; i++) {
      const at = Atomics.load(this.words, this.gates[i]!); // acquires: the consumer is done with what lies before
      if (((at - slowest) | 0) < 0) slowest = at;
    }
    return slowest;
  }

  /** Slots that may still be taken before a gating consumer is lapped. */
  free(): number {
    this.gate = this.slowestGate();
    return this.capacity - ((this.cursor + this.taken - this.gate) | 0);
  }

  /** Byte offset (from the ring's start) of the next slot to fill, or -1 when the ring is full. */
  next(): number {
    const n = (this.cursor + this.taken) | 0;
    if (((n - this.gate) | 0) >= this.capacity) {
      this.gate = this.slowestGate();
      if (((n - this.gate) | 0) >= this.capacity) {
        this.words[WORD.full]!++;
        return -1;
      }
    }
    if (this.hasLossy && ((n - this.intent) | 0) >= 0) this.announce(n);
    this.taken++;
    return this.slotBytes0 + ((n & this.mask) << 6);
  }

  /**
   * Say that slots from n on are about to be written: without this a lossy reader could take a half-overwritten slot for
   * the old record. Never further than this batch can reach, or a reader that keeps up would count records as torn.
   */
  private announce(n: number): void {
    const step = Math.min(this.intentStep, (this.cursor + this.capacity - n) | 0);
    this.intent = (n + step) | 0;
    Atomics.store(this.words, WORD.intent, this.intent);
    // A store that releases does not hold back the plain writes after it (ARM64 stlr); a load that acquires, after it, does.
    Atomics.load(this.words, WORD.intent);
  }

  /** Publish what was taken. Returns the number of slots published. */
  flush(): number {
    const count = this.taken;
    if (count === 0) return 0;
    const first = this.cursor;
    for (let i = count - 1; i > 0; i--) {
      const n = (first + i) | 0;
      this.words[this.slotWord(n)] = (n + 1) | 0;
    }
    Atomics.store(this.words, this.slotWord(first), (first + 1) | 0); // publishes payload and marks of the whole batch
    this.cursor = (first + count) | 0;
    this.taken = 0;
    // Lossy readers that were lapped jump to a place they learn from this word, maybe amid a batch: it must bring the
    // batch's payload with it. Nobody else reads it but screens and our successor.
    if (this.hasLossy) Atomics.store(this.words, WORD.cursor, this.cursor);
    else this.words[WORD.cursor] = this.cursor;
    // Sequentially consistent after the store above: either the consumer sees the slot before it sleeps or we see its bit.
    if (Atomics.load(this.words, WORD.sleepers) !== 0) this.wake();
    return count;
  }

  /** Give back what was taken and not flushed. */
  abandon(): void {
    this.taken = 0;
  }

  private wake(): void {
    // Lowered here, not by the sleeper alone: until it runs again it would cost a notification a flush.
    const bits = Atomics.exchange(this.words, WORD.sleepers, 0);
    for (let k = 0; k < this.ring.consumers.length; k++) {
      if ((bits & (1 << k)) === 0) continue;
      const word = WORD.consumer + k * LINE_WORDS + CONSUMER.wake;
      Atomics.add(this.words, word, 1);
      Atomics.notify(this.words, word);
    }
  }
}
