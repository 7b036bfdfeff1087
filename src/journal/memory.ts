/**
 * Where accepted records wait for the disk: memory that outlives the writer. In shared memory, a writer that takes over
 * from a dead one knows exactly which records of which input were accepted and how much of them is on disk.
 *
 *   0      magic i32, generation i32
 *   64     bank 0: head, tail, segment, segmentBytes (f64 each), then 64 input positions (i32)
 *   384    bank 1
 *   1024 … records, from the oldest not yet written (head) to the newest accepted (tail); byte offsets from 1024
 *
 * One writer: the journal. The state lives in the bank named by the lowest bit of `generation`; a change fills the other
 * bank and then stores the next generation, so that a writer that dies in between leaves the former state whole.
 */
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews } from '../record/slot.js';

const MAGIC = 0x4a524e4c;
const GENERATION = 1;
const BANK_BYTES0 = 64;
const BANK_BYTES = 320;
const DATA_BYTES0 = 1024;
export const MAX_INPUTS = 64;

/** Bytes to allocate for a journal that may hold this much back while the disk does not take it. */
export function journalMemoryBytes(pendingBytes: number): number {
  return DATA_BYTES0 + Math.ceil(pendingBytes / SLOT_BYTES) * SLOT_BYTES;
}

export class JournalMemory {
  /** Views over the records. */
  readonly data: SlotViews;
  readonly capacityBytes: number;
  /** Written to disk up to here; may lie within a slot. */
  headBytes = 0;
  /** Accepted up to here. */
  tailBytes = 0;
  segment = 0;
  /** Bytes of the segment file that are known to be written. */
  segmentBytes = 0;
  /** For each input, the position behind its last accepted record. */
  readonly positions = new Int32Array(MAX_INPUTS);
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;

  /** @param buffer zeroed, or what a dead writer left @throws RangeError when it is too small */
  constructor(buffer: ArrayBufferLike) {
    if (buffer.byteLength < DATA_BYTES0 + SLOT_BYTES) throw new RangeError(`journal memory of ${buffer.byteLength} bytes holds no record`);
    this.capacityBytes = Math.floor((buffer.byteLength - DATA_BYTES0) / SLOT_BYTES) * SLOT_BYTES;
    this.data = new SlotViews(buffer, DATA_BYTES0, this.capacityBytes);
    this.words = new Int32Array(buffer, 0, DATA_BYTES0 >> 2);
    this.numbers = new Float64Array(buffer, 0, DATA_BYTES0 >> 3);
  }

  /** Whether a writer has been here before; then its state is taken over. */
  restore(): boolean {
    if (Atomics.load(this.words, 0) !== MAGIC) return false;
    const bank = BANK_BYTES0 + (Atomics.load(this.words, GENERATION) & 1) * BANK_BYTES;
    const at = bank >> 3;
    this.headBytes = this.numbers[at]!;
    this.tailBytes = this.numbers[at + 1]!;
    this.segment = this.numbers[at + 2]!;
    this.segmentBytes = this.numbers[at + 3]!;
    for (let i = 0; i < MAX_INPUTS; i++) this.positions[i] = this.words[(bank >> 2) + 8 + i]!;
    return true;
  }

  /** Make the fields above what a successor would find. */
  save(): void {
    const next = (this.words[GENERATION] + 1) | 0;
    const bank = BANK_BYTES0 + (next & 1) * BANK_BYTES;
    const at = bank >> 3;
    this.numbers[at] = this.headBytes;
    this.numbers[at + 1] = this.tailBytes;
    this.numbers[at + 2] = this.segment;
    this.numbers[at + 3] = this.segmentBytes;
    for (let i = 0; i < MAX_INPUTS; i++) this.words[(bank >> 2) + 8 + i] = this.positions[i]!;
    Atomics.store(this.words, GENERATION, next); // orders the bank before the generation that names it
    Atomics.store(this.words, 0, MAGIC);
  }
}
