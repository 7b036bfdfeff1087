/** Reads a segment's index back: from its sidecar as far as that goes, and from the bytes behind it. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews } from '../record/slot.js';
import { SegmentIndex, type SegmentIndexFile } from './segment-index.js';
import { indexPath, segmentPath, unreadable } from './session.js';

const CHUNK_SLOTS = 16_384;

/** The sidecar, or undefined when there is none that can be read (it is rebuilt then). */
export function readIndex(folder: string, segment: number): SegmentIndexFile | undefined {
  try {
    const file = JSON.parse(readFileSync(indexPath(folder, segment), 'utf8')) as SegmentIndexFile;
    return file.version === 1 && file.segment === segment ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Whole slots in the segment's file now. */
export function segmentSlots(folder: string, segment: number): number {
  const fd = openSync(segmentPath(folder, segment), 'r');
  try {
    return Math.floor(fstatSync(fd).size / SLOT_BYTES);
  } finally {
    closeSync(fd);
  }
}

/**
 * The index of a segment as its bytes stand now; a torn last slot is not counted.
 * @param trusted what the sidecar says is taken over, and only what lies behind it is read; false: read everything
 * @throws RingsideError JOURNAL_UNREADABLE
 */
export function scanSegment(folder: string, segment: number, trusted = true): SegmentIndex {
  const path = segmentPath(folder, segment);
  try {
    const fd = openSync(path, 'r');
    try {
      const slots = Math.floor(fstatSync(fd).size / SLOT_BYTES);
      const file = trusted ? readIndex(folder, segment) : undefined;
      const usable = file !== undefined && file.records <= slots && (file.records === slots || file.records === file.blocks.length * file.blockSlots);
      const index = usable ? SegmentIndex.fromFile(file) : new SegmentIndex(segment);
      const views = new SlotViews(new ArrayBuffer(CHUNK_SLOTS * SLOT_BYTES));
      while (index.records < slots) {
        const wanted = Math.min(CHUNK_SLOTS, slots - index.records);
        const read = Math.floor(readSync(fd, views.u8, 0, wanted * SLOT_BYTES, index.records * SLOT_BYTES) / SLOT_BYTES);
        if (read === 0) break;
        index.add(views, 0, read);
      }
      return index;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Whole slots of each type in all segments of a session. */
export function countRecords(folder: string, segments: readonly number[]): Map<number, number> {
  const totals = new Map<number, number>();
  for (const segment of segments) {
    scanSegment(folder, segment).counts.forEach((count, type) => {
      if (count > 0) totals.set(type, (totals.get(type) ?? 0) + count);
    });
  }
  return totals;
}
