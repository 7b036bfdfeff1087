/**
 * Readers of a ring. A gating consumer holds the producer back and reads slots in place. A lossy consumer never does:
 * it copies a slot and then learns from the producer's intent whether the copy may be torn.
 *
 *   const at = consumer.poll();          // byte offset in `views`, or -1
 *   if (at >= 0) { delta.wrap(at) … ; consumer.advance(); }
 *
 * `advance` frees the slot for gating; `commit` publishes the cursor: once per batch is enough.
 */
import { attach, CONSUMER, consumerLine, GATING, LINE_WORDS, LOSSY, WORD, type RingDescriptor } from './layout.js';

/** After so many records in a row the consumer takes it that it reads a batch. */
const STREAK = 4;

export class GatingConsumer {
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly line: number;
  private readonly slotBytes0 = WORD.slots << 2;
  private cursor: number;
  /** Everything below this is known to be published: never behind the cursor by more than what has been advanced over. */
  private known: number;
  /** Records in a row that were there at the first look. */
  private streak = 0;

  /** A successor of a dead consumer continues at its committed cursor: what it had not committed it sees again. */
  constructor(readonly ring: RingDescriptor, readonly name: string) {
    this.words = attach(ring);
    this.mask = ring.capacity - 1;
    this.line = consumerLine(ring, name);
    if (this.words[this.line + CONSUMER.mode] !== GATING) throw new RangeError(`ring ${ring.name}: consumer ${name} is not gating`);
    this.cursor = Atomics.load(this.words, this.line + CONSUMER.cursor);
    this.known = this.knownFrom(this.cursor);
  }

  /** Where we go on may lie amid a batch whose first mark we have not seen: the producer's line vouches for it. */
  private knownFrom(position: number): number {
    const published = Atomics.load(this.words, WORD.cursor); // acquires every batch before it; may lag the marks
    return ((published - position) | 0) > 0 ? published : position;
  }

  /** Sequence of the next record: what a reader that keeps its own notes of what it has taken goes on from. */
  get position(): number {
    return this.cursor;
  }

  /** Go on from a position noted earlier. It must not lie before the committed cursor's ring. */
  seek(position: number): void {
    this.cursor = position;
    this.known = this.knownFrom(position);
  }

  /** Byte offset (from the ring's start) of the next record, or -1. Does not move. */
  poll(): number {
    const { cursor } = this;
    const slot = cursor & this.mask;
    if (((this.known - cursor) | 0) <= 0 && !this.look(slot)) return -1;
    return this.slotBytes0 + (slot << 6);
  }

  /**
   * One record: its own mark says that it is there, and no other cache line is touched. One of many: an atomic load
   * costs as much as the record (8 ns, a call, in V8 11), so ask the producer's line once how far it has come.
   */
  private look(slot: number): boolean {
    const after = (this.cursor + 1) | 0;
    if (Atomics.load(this.words, WORD.slots + slot * LINE_WORDS) !== after) { // acquires the payload
      this.streak = 0;
      return false;
    }
    this.known = ++this.streak > STREAK ? this.knownFrom(after) : after;
    return true;
  }

  /** Done with the record that `poll` returned. */
  advance(): void {
    this.cursor = (this.cursor + 1) | 0;
  }

  /** Let the producer reuse what has been advanced over. */
  commit(): void {
    Atomics.store(this.words, this.line + CONSUMER.cursor, this.cursor); // releases: our reads come before the reuse
  }
}

export class LossyConsumer {
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly line: number;
  private cursor: number;
  /** The last copied slot, as Int32 words; its first word is the record's sequence + 1. */
  readonly copy: Int32Array;

  /** @param copy 64 bytes that `poll` fills; wrap flyweights over its buffer */
  constructor(readonly ring: RingDescriptor, readonly name: string, copy: Int32Array) {
    this.words = attach(ring);
    this.mask = ring.capacity - 1;
    this.line = consumerLine(ring, name);
    this.copy = copy;
    if (this.words[this.line + CONSUMER.mode] !== LOSSY) throw new RangeError(`ring ${ring.name}: consumer ${name} is not lossy`);
    this.cursor = Atomics.load(this.words, this.line + CONSUMER.cursor);
    this.catchUp();
  }

  /** After 2^31 records without a reader the wrapped distance is negative and would read as "nothing new" for as long again. */
  private catchUp(): void {
    const published = Atomics.load(this.words, WORD.cursor);
    // The cursor word of a producer that died may lag what we have read, by one batch at most: that is no lap.
    if (((published - this.cursor) | 0) >= -this.ring.capacity) return;
    Atomics.add(this.words, this.line + CONSUMER.missed, (published - this.cursor) | 0);
    this.cursor = published;
  }

  /** Sequence of the next record: what a reader that keeps its own notes of what it has taken goes on from. */
  get position(): number {
    return this.cursor;
  }

  /** Go on from a position noted earlier. It must not lie before the committed cursor's ring. */
  seek(position: number): void {
    this.cursor = position;
    this.catchUp();
  }

  /** Records this consumer has missed since the ring was made. */
  get missed(): number {
    return Atomics.load(this.words, this.line + CONSUMER.missed) >>> 0;
  }

  /** Copy the next record into `copy` and move on. False when there is none. */
  poll(): boolean {
    for (;;) {
      const word = WORD.slots + (this.cursor & this.mask) * LINE_WORDS;
      const distance = (Atomics.load(this.words, word) - ((this.cursor + 1) | 0)) | 0;
      if (distance < 0) return false;
      if (distance === 0) {
        for (let i = 0; i < LINE_WORDS; i++) this.copy[i] = Atomics.load(this.words, word + i);
        // The producer stores its intent before it writes: a slot it may have begun to overwrite lies a whole ring behind.
        if (((Atomics.load(this.words, WORD.intent) - this.cursor) | 0) <= this.ring.capacity) {
          this.cursor = (this.cursor + 1) | 0;
          return true;
        }
      }
      this.skip();
    }
  }

  /**
   * Lapped: jump to half a ring behind the producer, so that the next records are not lost at once again; further where
   * the batch being written reaches further, and by one at least.
   */
  private skip(): void {
    const intact = (Atomics.load(this.words, WORD.intent) - this.ring.capacity) | 0;
    const half = (Atomics.load(this.words, WORD.cursor) - (this.ring.capacity >> 1)) | 0; // acquires every batch before it
    const lost = Math.max(1, (half - this.cursor) | 0, (intact - this.cursor) | 0);
    this.cursor = (this.cursor + lost) | 0;
    Atomics.add(this.words, this.line + CONSUMER.missed, lost);
  }

  /** Publish how far we are, for our successor and for screens. */
  commit(): void {
    Atomics.store(this.words, this.line + CONSUMER.cursor, this.cursor);
  }
}
