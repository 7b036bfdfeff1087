/**
 * The one writer of a ring. Slots are taken with `next`, filled through typed views, and published together by
 * `flush`: slots 2 … n are marked plainly and the first one last, with Atomics.store, so that a reader sees all of a
 * batch or nothing of it. A full ring is a return value (-1) and a count, never a wait.
 */
import { attach, CONSUMER, GATING, LINE_WORDS, LOSSY, WORD, type RingDescriptor } from './layout.js';

// Constants of its own: V8 11 loads and checks an imported one at each use, which is once a record here.
const { slots: SLOTS, cursor: CURSOR } = WORD;
const SLOT_WORDS = LINE_WORDS;

export class RingProducer {
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly capacity: number;
  private readonly gates: Int32Array;
  private readonly hasLossy: boolean;
  /** Next sequence to publish: where the batch begins. */
  private cursor: number;
  /** Next sequence to take. */
  private position: number;
  /** Slots below this may be taken without looking: no gating consumer is lapped, and lossy readers have been told. */
  private bound: number;
  /** Slots below this are announced as being written: stored once per step, because the store costs more than the slot. */
  private intent: number;
  private readonly intentStep: number;
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
    this.position = this.cursor;
    this.bound = this.cursor;
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
      const at = Atomics.load(this.words, this.gates[i]); // acquires: the consumer is done with what lies before
      if (((at - slowest) | 0) < 0) slowest = at;
    }
    return slowest;
  }

  /** Slots that may still be taken before a gating consumer is lapped. */
  free(): number {
    return this.capacity - ((this.position - this.slowestGate()) | 0);
  }

  /** Byte offset (from the ring's start) of the next slot to fill, or -1 when the ring is full. */
  next(): number {
    const n = this.position;
    if (((n - this.bound) | 0) >= 0 && !this.extend(n)) return -1;
    this.position = (n + 1) | 0;
    return this.slotBytes0 + ((n & this.mask) << 6);
  }

  /** Move the bound beyond slot n. False when the ring is full. */
  private extend(n: number): boolean {
    const end = (this.slowestGate() + this.capacity) | 0;
    if (((n - end) | 0) >= 0) {
      this.words[WORD.full]++;
      return false;
    }
    if (!this.hasLossy) this.bound = end;
    else {
      if (((n - this.intent) | 0) >= 0) this.announce(n, end);
      this.bound = ((this.intent - end) | 0) < 0 ? this.intent : end;
    }
    return true;
  }

  /**
   * Say that slots from n on are about to be written: without this a lossy reader could take a half-overwritten slot for
   * the old record. Never beyond `end`, or a reader that keeps up would count records as torn.
   */
  private announce(n: number, end: number): void {
    this.intent = (n + Math.min(this.intentStep, (end - n) | 0)) | 0;
    Atomics.store(this.words, WORD.intent, this.intent);
    // A store that releases does not hold back the plain writes after it (ARM64 stlr); a load that acquires, after it, does.
    Atomics.load(this.words, WORD.intent);
  }

  /** Publish what was taken. Returns the number of slots published. */
  flush(): number {
    const { words, mask, cursor: first, position } = this;
    const count = (position - first) | 0;
    if (count === 0) return 0;
    for (let n = (position - 1) | 0; n !== first; n = (n - 1) | 0) words[SLOTS + (n & mask) * SLOT_WORDS] = (n + 1) | 0;
    Atomics.store(words, SLOTS + (first & mask) * SLOT_WORDS, (first + 1) | 0); // publishes payload and marks of the whole batch
    this.cursor = position;
    // Released too: readers that are behind take everything below it as published, payload included.
    Atomics.store(words, CURSOR, position);
    return count;
  }

  /** Give back what was taken and not flushed. */
  abandon(): void {
    this.position = this.cursor;
  }
}
