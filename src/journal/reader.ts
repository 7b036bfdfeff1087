/**
 * Reads a session's records back, in the order the journal took them: for replay, tools and tests. It follows a journal
 * that still grows: `next` returns -1 at the present end and goes on when there is more. A torn last slot is not seen.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { RingsideError } from '../model/errors.js';
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews } from '../record/slot.js';
import { scanSegment, readIndex, segmentSlots } from './segment-scan.js';
import { listSegments, segmentPath, unreadable } from './session.js';

const CHUNK_SLOTS = 8_192;

export interface JournalPlace {
  readonly segment: number;
  /** Slots of the segment before this place. */
  readonly ordinal: number;
}

export class JournalReader {
  /** What `next` points into; wrap flyweights over it. */
  readonly views = new SlotViews(new ArrayBuffer(CHUNK_SLOTS * SLOT_BYTES));
  private segment: number;
  private ordinal: number;
  private fd = -1;
  private loaded = 0;
  private taken = 0;

  /** @param folder the session's folder @param from where to begin; default the first record */
  constructor(private readonly folder: string, from: JournalPlace = { segment: 1, ordinal: 0 }) {
    this.segment = from.segment;
    this.ordinal = from.ordinal;
  }

  /** Place of the next record. */
  get place(): JournalPlace {
    return { segment: this.segment, ordinal: this.ordinal };
  }

  /**
   * Byte offset in `views` of the next record, valid until the call after; -1 when there is none now.
   * @throws RingsideError JOURNAL_CORRUPT when a slot is not where it says, JOURNAL_UNREADABLE
   */
  next(): number {
    if (this.taken === this.loaded && !this.load()) return -1;
    const at = this.taken * SLOT_BYTES;
    if (this.views.u32[at >> 2] !== this.ordinal) throw corrupt(this.folder, this.segment, `slot ${this.ordinal} says it is slot ${this.views.u32[at >> 2]}`);
    this.taken++;
    this.ordinal++;
    return at;
  }

  private load(): boolean {
    this.loaded = 0;
    this.taken = 0;
    for (;;) {
      // Looked at before the read: once a next segment exists, nothing more comes to this one.
      const moreToCome = this.hasSegment(this.segment + 1);
      if (this.fd < 0) {
        if (!this.hasSegment(this.segment)) return false;
        this.fd = openSync(segmentPath(this.folder, this.segment), 'r');
      }
      this.loaded = Math.floor(readSync(this.fd, this.views.u8, 0, this.views.byteLength, this.ordinal * SLOT_BYTES) / SLOT_BYTES);
      if (this.loaded > 0) return true;
      if (!moreToCome) return false;
      this.close();
      this.segment++;
      this.ordinal = 0;
    }
  }

  private hasSegment(segment: number): boolean {
    try {
      segmentSlots(this.folder, segment);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw unreadable(segmentPath(this.folder, segment), error);
    }
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    this.loaded = 0;
    this.taken = 0;
  }
}

/**
 * Hold every sealed segment of a session against its sidecar's checksums.
 * @returns number of slots checked
 * @throws RingsideError JOURNAL_CORRUPT naming the first block that differs
 */
export function verifySession(folder: string): number {
  let checked = 0;
  for (const segment of listSegments(folder)) {
    const file = readIndex(folder, segment);
    if (file === undefined || !file.sealed) continue;
    const actual = scanSegment(folder, segment, false).toFile(true);
    if (actual.records !== file.records) throw corrupt(folder, segment, `${actual.records} slots where ${file.records} were written`);
    const bad = file.blocks.findIndex((crc, i) => crc !== actual.blocks[i]);
    if (bad >= 0) throw corrupt(folder, segment, `the checksum of slots ${bad * file.blockSlots} … ${Math.min(file.records, (bad + 1) * file.blockSlots) - 1} does not match`);
    checked += file.records;
  }
  return checked;
}

function corrupt(folder: string, segment: number, text: string): RingsideError {
  return new RingsideError('JOURNAL_CORRUPT', `the journal was damaged: ${text}`, { where: segmentPath(folder, segment), fix: 'Check the disk; restore the segment from a copy, or move the session folder away.' });
}
