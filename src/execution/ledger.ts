/**
 * The executor's memory: an append-only ledger of 64-byte facts in shared memory. The executor's state is a fold over
 * it, so a successor of a killed worker rebuilds exactly what was committed.
 *
 *   line 0      magic, slots per half, shape, committed, publication marks     (writer: the executor)
 *   line 1 …    half 0: slots, then half 1: slots
 *
 * One word, `committed` = half << 30 | facts, says which half is valid and how far: facts appended beyond it do not
 * exist. A commit is one atomic store; so is the flip to the other half after compaction.
 *
 * A publication mark is (fact number, ring position): "once the ring's producer has come to this position, every fact
 * below this number is published". It is written before the flush, alternately in two places, so that whichever moment
 * the writer dies in, the mark with the highest position the ring has really reached is true.
 *
 * Slot 0 of a half is its META fact: how many facts of the half are a carried-over state (they are never published),
 * and the number of the first fact after them.
 */
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews } from '../record/slot.js';

const MAGIC = 0x4c454447; // "LEDG"
const WORD = { magic: 0, slots: 1, shape: 2, committed: 3, marks: 4 } as const;
const HALF_BIT = 30;
const COUNT_MASK = (1 << HALF_BIT) - 1;
/** A carried-over state must leave room to go on. */
const MIN_HALF = 2048;
const DOUBLES_PER_SLOT = SLOT_BYTES >> 3;

/** Called at every point where a worker may die; tests die there. */
export type CrashPoint = (point: 'append' | 'before-commit' | 'after-commit' | 'before-flush' | 'after-flush' | 'compacting' | 'before-flip' | 'after-flip') => void;

/** Bytes of a ledger that holds `facts` facts in both halves together. */
export function ledgerBytes(facts: number): number {
  return SLOT_BYTES * (1 + facts);
}

export interface LedgerMemory {
  readonly buffer: ArrayBufferLike;
  /** Multiple of 8. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export class Ledger {
  readonly views: SlotViews;
  /** Slots of a half. */
  readonly capacity: number;
  /** The memory held a ledger already: we are a successor. */
  readonly recovered: boolean;
  private half = 0;
  /** Facts committed and facts appended in the current half. */
  committed = 0;
  appended = 0;
  private markTurn = 0;

  /**
   * @param shape identifies what indices in the facts mean (venues, assets, pairs)
   * @throws RangeError when the memory is too small or holds a ledger of another shape
   */
  constructor(memory: LedgerMemory, shape: number, private readonly crashPoint: CrashPoint | undefined) {
    this.views = new SlotViews(memory.buffer, memory.byteOffset, memory.byteLength);
    this.capacity = ((memory.byteLength / SLOT_BYTES) | 0) - 1 >> 1;
    if (this.capacity < MIN_HALF) throw new RangeError(`ledger: ${memory.byteLength} bytes hold ${this.capacity} facts a half, at least ${MIN_HALF} are needed`);
    const words = this.views.i32;
    this.recovered = Atomics.load(words, WORD.magic) === MAGIC;
    if (this.recovered) {
      if (words[WORD.slots] !== this.capacity || words[WORD.shape] !== shape) throw new RangeError('ledger: the memory holds a ledger of another session');
      const committed = Atomics.load(words, WORD.committed); // acquires the facts below it
      this.half = committed >>> HALF_BIT;
      this.committed = this.appended = committed & COUNT_MASK;
    } else {
      words[WORD.slots] = this.capacity;
      words[WORD.shape] = shape;
    }
  }

  /** The first META fact is in: from now on a successor recovers. */
  seal(): void {
    this.commit();
    Atomics.store(this.views.i32, WORD.magic, MAGIC); // orders geometry and first commit before any recovery
  }

  /** Byte offset of fact i of the current half. */
  at(i: number): number {
    return this.slot(this.half, i);
  }

  /** Byte offset of the next fact to write, cleared. @throws RangeError when the half is full: room is checked before */
  append(): number {
    if (this.appended >= this.capacity) throw new RangeError(`ledger: half of ${this.capacity} facts is full`);
    this.crashPoint?.('append');
    return this.cleared(this.at(this.appended++));
  }

  /** Everything appended is a fact from now on. */
  commit(): void {
    if (this.appended === this.committed) return;
    this.crashPoint?.('before-commit');
    Atomics.store(this.views.i32, WORD.committed, (this.half << HALF_BIT) | this.appended); // releases the facts
    this.committed = this.appended;
    this.crashPoint?.('after-commit');
  }

  get free(): number {
    return this.capacity - this.appended;
  }

  /** Write a compacted state into the other half, then flip. @param write is given a function like `append` */
  compact(write: (append: () => number) => void): void {
    const other = this.half ^ 1;
    let count = 0;
    write(() => {
      if (count >= this.capacity) throw new RangeError(`ledger: a half of ${this.capacity} facts cannot hold the state`);
      this.crashPoint?.('compacting');
      return this.cleared(this.slot(other, count++));
    });
    this.crashPoint?.('before-flip');
    Atomics.store(this.views.i32, WORD.committed, (other << HALF_BIT) | count); // releases the new half, all at once
    this.half = other;
    this.committed = this.appended = count;
    this.crashPoint?.('after-flip');
  }

  /** About to publish all facts below number `fact`, after which the ring will stand at `ring`. Both wrap. */
  mark(fact: number, ring: number): void {
    const word = WORD.marks + this.markTurn * 2;
    this.views.i32[word] = fact;
    Atomics.store(this.views.i32, word + 1, ring);
    this.markTurn ^= 1;
  }

  /** Number of the first fact that is not published, given where the ring really stands. */
  publishedAt(ring: number): number {
    const words = this.views.i32;
    const reached = (turn: number): boolean => ((words[WORD.marks + turn * 2 + 1] - ring) | 0) <= 0;
    const later = ((words[WORD.marks + 3] - words[WORD.marks + 1]) | 0) > 0 ? 1 : 0;
    const turn = reached(later) ? later : later ^ 1;
    this.markTurn = turn ^ 1;
    return words[WORD.marks + turn * 2];
  }

  flushPoint(point: 'before-flush' | 'after-flush'): void {
    this.crashPoint?.(point);
  }

  private cleared(at: number): number {
    const { f64 } = this.views;
    for (let i = at >> 3; i < (at >> 3) + DOUBLES_PER_SLOT; i++) f64[i] = 0;
    return at;
  }

  private slot(half: number, i: number): number {
    return (1 + half * this.capacity + i) * SLOT_BYTES;
  }
}
