/**
 * Appends records to the segments of a session. `append` copies a record into memory, `accept` makes what was appended
 * durable against the writer's own death, `flush` writes it to disk. Nothing accepted is lost while the process lives:
 * what the disk does not take stays in memory, up to a bound, and is tried again every second. At the bound `append`
 * returns false; the caller then stops taking records from its rings, which hold their writers back or count what they
 * lose, as each was told.
 *
 * A segment is a concatenation of 64-byte slots whose first word is the slot's ordinal within the segment: a RowBinary
 * file as it stands. Its size tells how many whole slots it holds; what it holds never changes.
 */
import * as nodeFs from 'node:fs';
import { SLOT_BYTES } from '../record/define.js';
import type { SlotViews } from '../record/slot.js';
import { JournalMemory, journalMemoryBytes } from './memory.js';
import { readIndex, scanSegment } from './segment-scan.js';
import { MAX_TYPES, SegmentIndex } from './segment-index.js';
import { indexPath, listSegments, segmentPath } from './session.js';

/** The calls that touch the disk; tests give others that fail. */
export type JournalFs = Pick<typeof nodeFs, 'openSync' | 'closeSync' | 'writeSync' | 'fstatSync' | 'ftruncateSync' | 'writeFileSync' | 'renameSync'>;

export interface JournalWriterOptions {
  /** The session's folder, as `createSession` made it. */
  readonly folder: string;
  /** Zeroed, of `journalMemoryBytes`; shared memory makes the writer replaceable. Default: 64 MB of its own. */
  readonly memory?: ArrayBufferLike;
  /** Slots per segment. Default 1,048,576 (64 MB). */
  readonly segmentRecords?: number;
  /** A segment is also closed when it is older than this, ns of engine time. Default an hour. */
  readonly segmentNs?: number;
  readonly fs?: JournalFs;
}

export interface JournalFault {
  /** JOURNAL_DISK_FULL or JOURNAL_WRITE. */
  readonly code: 'JOURNAL_DISK_FULL' | 'JOURNAL_WRITE';
  readonly message: string;
  readonly where: string;
  /** Engine time of the first failure. */
  readonly sinceNs: number;
}

export interface JournalStats {
  /** Records on disk, and accepted but not on disk yet. */
  readonly written: number;
  readonly pending: number;
  /** Times `append` had no room. */
  readonly refused: number;
  readonly segment: number;
  readonly healthy: boolean;
  readonly fault: JournalFault | undefined;
}

const DEFAULT_PENDING_BYTES = 64 << 20;
const DEFAULT_SEGMENT_RECORDS = 1 << 20;
const DEFAULT_SEGMENT_NS = 3_600e9;
const RETRY_NS = 1e9;
/** One write call takes at most this much, so that a long backlog does not stop the thread. */
const WRITE_BYTES = 4 << 20;

export class JournalWriter {
  /** What the writer accepted before, by input; a successor's consumers go on from there. */
  readonly positions: Int32Array;
  /** True when another writer was here before, in memory or on disk. */
  readonly resumed: boolean;
  refused = 0;
  private readonly memory: JournalMemory;
  private readonly folder: string;
  private readonly segmentRecords: number;
  private readonly segmentNs: number;
  private readonly fs: JournalFs;
  private readonly words: Int32Array;
  private fd = -1;
  private index = new SegmentIndex(0);
  /** Bytes of memory whose records the index has taken in; always a slot's start. */
  private indexedBytes = 0;
  /** Appended up to here; accepted (memory.tailBytes) lies at or before. */
  private appendBytes = 0;
  private nextOrdinal = 0;
  private readonly sealedCounts = new Float64Array(MAX_TYPES);
  private sealedRecords = 0;
  /** Sidecars that could not be written yet: tried again with the next success. */
  private unwrittenIndexes: SegmentIndex[] = [];
  private segmentOpenedNs = -1;
  private fault: JournalFault | undefined;
  private retryAtNs = 0;

  /** @throws RingsideError JOURNAL_UNREADABLE when the folder holds what a journal cannot continue */
  constructor(options: JournalWriterOptions) {
    this.folder = options.folder;
    this.segmentRecords = options.segmentRecords ?? DEFAULT_SEGMENT_RECORDS;
    this.segmentNs = options.segmentNs ?? DEFAULT_SEGMENT_NS;
    this.fs = options.fs ?? nodeFs;
    this.memory = new JournalMemory(options.memory ?? new ArrayBuffer(journalMemoryBytes(DEFAULT_PENDING_BYTES)));
    this.positions = this.memory.positions;
    this.words = this.memory.data.i32;
    this.resumed = this.memory.restore();
    const segments = listSegments(this.folder);
    if (!this.resumed) this.memory.segment = this.firstUnsealed(segments);
    const current = this.memory.segment;
    // A dead writer may have opened the next segment without having said so: it is empty and will be opened again.
    for (const segment of segments.filter((number) => number < current)) {
      const index = scanSegment(this.folder, segment);
      this.countSealed(index);
      if (readIndex(this.folder, segment)?.sealed !== true) this.unwrittenIndexes.push(index);
    }
    this.index = segments.includes(current) ? scanSegment(this.folder, current) : new SegmentIndex(current);
    this.adoptSegment(segments.includes(current));
    this.appendBytes = this.memory.tailBytes;
    this.nextOrdinal = (this.index.records + (this.appendBytes - this.indexedBytes) / SLOT_BYTES) % this.segmentRecords;
    if (this.resumed) this.memory.save();
  }

  /** The inputs' first positions are set: from now on a successor finds them. */
  begin(): void {
    this.memory.save();
  }

  private firstUnsealed(segments: readonly number[]): number {
    const last = segments.at(-1);
    if (last === undefined) return 1;
    return readIndex(this.folder, last)?.sealed === true ? last + 1 : last;
  }

  /** Bring memory and file together: the file may hold more than the dead writer came to note. */
  private adoptSegment(exists: boolean): void {
    const { memory } = this;
    const bytes = exists ? nodeFs.statSync(segmentPath(this.folder, memory.segment)).size : 0;
    const torn = bytes % SLOT_BYTES;
    const pending = memory.tailBytes - memory.headBytes;
    if (pending > 0 || memory.segmentBytes > 0) {
      memory.headBytes = Math.min(memory.tailBytes, memory.headBytes + Math.max(0, bytes - memory.segmentBytes));
      memory.segmentBytes = bytes;
      this.indexedBytes = memory.headBytes - torn;
      return;
    }
    if (torn !== 0) {
      // Nobody has the rest of the last slot: it was never whole, so it was never there.
      const fd = this.fs.openSync(segmentPath(this.folder, memory.segment), 'r+');
      this.fs.ftruncateSync(fd, bytes - torn);
      this.fs.closeSync(fd);
    }
    memory.segmentBytes = bytes - torn;
    memory.headBytes = 0;
    memory.tailBytes = 0;
    this.indexedBytes = 0;
  }

  /**
   * Copy the record at `views[at]` behind the last one.
   * @param at byte offset of the slot @returns false when the bound is reached: nothing was taken
   */
  append(views: SlotViews, at: number): boolean {
    if (this.appendBytes === this.memory.capacityBytes) {
      this.refused++;
      return false;
    }
    const { words } = this;
    const from = views.i32;
    const source = at >> 2;
    const target = this.appendBytes >> 2;
    words[target] = this.nextOrdinal;
    for (let i = 1; i < SLOT_BYTES >> 2; i++) words[target + i] = from[source + i]!;
    this.appendBytes += SLOT_BYTES;
    this.nextOrdinal = this.nextOrdinal + 1 === this.segmentRecords ? 0 : this.nextOrdinal + 1;
    return true;
  }

  /** What was appended counts from now on; `positions` must already be what the inputs' consumers will commit. */
  accept(): void {
    if (this.appendBytes === this.memory.tailBytes) return;
    this.memory.tailBytes = this.appendBytes;
    this.memory.save();
  }

  /**
   * Write what was accepted.
   * @param nowNs engine time
   * @returns whether all of it is on disk
   */
  flush(nowNs: number): boolean {
    this.accept();
    if (this.fault !== undefined && nowNs < this.retryAtNs && nowNs >= this.fault.sinceNs) return false;
    try {
      while (this.memory.headBytes < this.memory.tailBytes) this.writeSome(nowNs);
      if (this.memory.tailBytes > 0) this.rewind();
      if (this.index.records >= this.segmentRecords || (this.index.records > 0 && nowNs - this.segmentOpenedNs >= this.segmentNs)) this.rotate();
      this.fault = undefined;
      return true;
    } catch (error) {
      // What the system says of the disk has a code; anything else is our own mistake and not to be waited out.
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
      this.fail(error as NodeJS.ErrnoException, nowNs);
      return false;
    }
  }

  private writeSome(nowNs: number): void {
    const { memory } = this;
    const limit = this.segmentRecords * SLOT_BYTES;
    if (memory.segmentBytes === limit) this.rotate();
    if (this.fd < 0) this.openSegment();
    if (memory.headBytes === memory.tailBytes) return; // the file already held it
    if (this.segmentOpenedNs < 0) this.segmentOpenedNs = nowNs;
    const bytes = Math.min(memory.tailBytes - memory.headBytes, limit - memory.segmentBytes, WRITE_BYTES);
    this.written(this.fs.writeSync(this.fd, memory.data.u8, memory.headBytes, bytes));
  }

  /** A write that failed may have written all the same: the file's size tells where to go on. */
  private openSegment(): void {
    const { memory } = this;
    this.fd = this.fs.openSync(segmentPath(this.folder, memory.segment), 'a');
    const ahead = Math.min(this.fs.fstatSync(this.fd).size - memory.segmentBytes, memory.tailBytes - memory.headBytes);
    if (ahead > 0) this.written(ahead);
  }

  private written(bytes: number): void {
    const { memory } = this;
    memory.headBytes += bytes;
    memory.segmentBytes += bytes;
    memory.save();
    const slots = Math.floor((memory.headBytes - this.indexedBytes) / SLOT_BYTES);
    const blockDone = this.index.add(memory.data, this.indexedBytes, slots);
    this.indexedBytes += slots * SLOT_BYTES;
    if (blockDone) this.writeIndex(this.index, false);
  }

  /** Everything is written: memory starts again at its beginning, which is warm in the cache. */
  private rewind(): void {
    this.memory.headBytes = 0;
    this.memory.tailBytes = 0;
    this.indexedBytes = 0;
    this.appendBytes = 0;
    this.memory.save();
  }

  /** Close the segment and go on to the next. Nothing of the next may be written before this is done. */
  private rotate(): void {
    if (this.fd >= 0) this.fs.closeSync(this.fd);
    this.fd = -1;
    this.unwrittenIndexes.push(this.index);
    this.countSealed(this.index);
    this.memory.segment++;
    this.memory.segmentBytes = 0;
    this.memory.save();
    this.index = new SegmentIndex(this.memory.segment);
    this.segmentOpenedNs = -1;
    if (this.memory.headBytes === this.memory.tailBytes) this.nextOrdinal = 0;
    this.unwrittenIndexes = this.unwrittenIndexes.filter((index) => !this.writeIndex(index, true));
  }

  /** A sidecar can always be rebuilt from its segment, so failing here is no reason to stop. */
  private writeIndex(index: SegmentIndex, sealed: boolean): boolean {
    const path = indexPath(this.folder, index.segment);
    try {
      this.fs.writeFileSync(`${path}.new`, `${JSON.stringify(index.toFile(sealed))}\n`);
      this.fs.renameSync(`${path}.new`, path);
      return true;
    } catch {
      return false;
    }
  }

  private countSealed(index: SegmentIndex): void {
    for (let type = 0; type < MAX_TYPES; type++) this.sealedCounts[type] += index.counts[type];
    this.sealedRecords += index.records;
  }

  private fail(error: NodeJS.ErrnoException, nowNs: number): void {
    if (this.fd >= 0) this.closeQuietly();
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    this.retryAtNs = nowNs + RETRY_NS;
    this.fault = { code: full ? 'JOURNAL_DISK_FULL' : 'JOURNAL_WRITE', message: error.message, where: segmentPath(this.folder, this.memory.segment), sinceNs: this.fault?.sinceNs ?? nowNs };
  }

  private closeQuietly(): void {
    try {
      this.fs.closeSync(this.fd);
    } catch {
      // The disk has just failed; it is opened again by the next attempt.
    }
    this.fd = -1;
  }

  /** Bytes appended and not yet on disk. */
  get pendingBytes(): number {
    return this.appendBytes - this.memory.headBytes;
  }

  healthy(): boolean {
    return this.fault === undefined;
  }

  /** Records on disk by type id, over all segments. */
  counts(): Float64Array {
    return this.sealedCounts.map((count, type) => count + this.index.counts[type]);
  }

  stats(): JournalStats {
    return {
      written: this.sealedRecords + this.index.records, pending: Math.ceil(this.pendingBytes / SLOT_BYTES), refused: this.refused,
      segment: this.memory.segment, healthy: this.healthy(), fault: this.fault,
    };
  }

  /** Write what is left and seal the last segment. @returns whether everything is on disk */
  close(nowNs: number): boolean {
    this.retryAtNs = 0;
    const done = this.flush(nowNs);
    if (done && this.index.records > 0) this.rotate();
    if (this.fd >= 0) this.closeQuietly();
    return done;
  }
}

