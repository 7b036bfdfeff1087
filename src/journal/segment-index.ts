/**
 * What is known of a segment beside its bytes: counts, times, a checksum per block. Kept in memory while the segment is
 * written, rewritten to the sidecar at every full block and when the segment is sealed, rebuilt from the bytes where the
 * sidecar is behind.
 */
import { OFFSET, SLOT_BYTES } from '../record/define.js';
import { RECORDS } from '../record/schema.js';
import type { SlotViews } from '../record/slot.js';
import { crc32c } from './checksum.js';

/** Slots per checksum block: 2 MB. */
const BLOCK_SLOTS = 32_768;

/** Record types the journal counts; ids above are counted as 0. */
export const MAX_TYPES = 64;

export interface SegmentIndexFile {
  readonly version: 1;
  readonly segment: number;
  /** Slots that this describes. */
  readonly records: number;
  readonly sealed: boolean;
  /** Engine time of the first and last record, ns since the session's epoch. */
  readonly firstNs: number;
  readonly lastNs: number;
  /** Records by type id. */
  readonly counts: Readonly<Record<string, number>>;
  readonly blockSlots: number;
  /** CRC-32C of each block; the last one of a sealed segment may be short. */
  readonly blocks: readonly number[];
}

/** Float64 word, within a slot, of a record's engine time, by type id. */
const TIME_WORD = ((): Int32Array => {
  const words = new Int32Array(256).fill(-1);
  for (const { id, fields } of RECORDS) {
    const field = fields.find(({ name }) => name === 'tsRecvNs') ?? fields.find(({ name }) => name === 'tsNs') ?? fields.find(({ name }) => name === 'tsCauseNs') ?? fields.find(({ name }) => name === 'tsVenueNs');
    if (field !== undefined) words[id] = field.offset >> 3;
  }
  return words;
})();

/** Engine time of the record at a slot, or NaN where its type is not known. */
function engineTimeAt(views: SlotViews, at: number): number {
  const word = TIME_WORD[views.u8[at + OFFSET.type]];
  return word < 0 ? NaN : views.f64[(at >> 3) + word];
}

export class SegmentIndex {
  records = 0;
  firstNs = NaN;
  lastNs = NaN;
  readonly counts = new Float64Array(MAX_TYPES);
  readonly blocks: number[] = [];
  private crc = 0;
  private inBlock = 0;

  constructor(public segment: number) {}

  /** Take in `slots` slots at `at`. @returns true when a block was completed: time to write the sidecar */
  add(views: SlotViews, at: number, slots: number): boolean {
    if (slots === 0) return false;
    if (this.records === 0) this.firstNs = engineTimeAt(views, at);
    const blocksBefore = this.blocks.length;
    for (let done = 0; done < slots; ) {
      const take = Math.min(slots - done, BLOCK_SLOTS - this.inBlock);
      const from = at + done * SLOT_BYTES;
      this.crc = crc32c(this.crc, views.u32, from, take * SLOT_BYTES);
      for (let i = 0; i < take; i++) {
        const type = views.u8[from + i * SLOT_BYTES + OFFSET.type];
        this.counts[type < MAX_TYPES ? type : 0]++;
      }
      this.inBlock += take;
      done += take;
      if (this.inBlock === BLOCK_SLOTS) this.closeBlock();
    }
    this.records += slots;
    this.lastNs = engineTimeAt(views, at + (slots - 1) * SLOT_BYTES);
    return this.blocks.length > blocksBefore;
  }

  private closeBlock(): void {
    this.blocks.push(this.crc);
    this.crc = 0;
    this.inBlock = 0;
  }

  /** @param sealed whether nothing more will come: then the short last block is closed too */
  toFile(sealed: boolean): SegmentIndexFile {
    if (sealed && this.inBlock > 0) this.closeBlock();
    const counts: Record<string, number> = {};
    this.counts.forEach((count, type) => {
      if (count > 0) counts[type] = count;
    });
    return {
      version: 1, segment: this.segment, records: this.records, sealed,
      firstNs: Number.isFinite(this.firstNs) ? this.firstNs : 0, lastNs: Number.isFinite(this.lastNs) ? this.lastNs : 0,
      counts, blockSlots: BLOCK_SLOTS, blocks: [...this.blocks],
    };
  }

  /** Continue from a sidecar that was written at a block's end. */
  static fromFile(file: SegmentIndexFile): SegmentIndex {
    const index = new SegmentIndex(file.segment);
    index.records = file.records;
    index.firstNs = file.firstNs;
    index.lastNs = file.lastNs;
    index.blocks.push(...file.blocks);
    for (const [type, count] of Object.entries(file.counts)) index.counts[Number(type)] = count;
    return index;
  }
}
