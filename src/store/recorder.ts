/**
 * Moves a journal into the store, chunk by chunk, and remembers how far it got. The store may be away: the journal
 * grows, the recorder tries again with backoff, and catches up. Sessions that a former engine could not store any more
 * are caught up too, as long as no other living recorder has claimed them.
 */
import { RingsideError } from '../model/errors.js';
import { RECORDS } from '../record/schema.js';
import { insertDimensions, type SessionHead } from './dimensions.js';
import { migrate } from './migrations.js';
import { countRows, deleteAhead, NOTHING, readProgress, writeProgress, type Progress } from './progress.js';
import type { Store } from './store.js';

/** A journal, as the recorder needs it; the journal room's JournalFolder is one. */
export interface JournalSource {
  sessions(): number[];
  info(session: number): SessionHead;
  path(session: number, segment: number): string;
  /** Whole slots, final where a next segment exists; -1 when there is no such segment. */
  slots(session: number, segment: number): number;
  counts(session: number): Map<number, number>;
  claim(session: number): boolean;
  release(session: number): void;
}

export interface RecorderOptions {
  readonly journal: JournalSource;
  /** The session that is being written now; undefined: only catch up. */
  readonly session: number | undefined;
  readonly store: Store;
  /** Monotonic ms. */
  readonly nowMs: () => number;
  /** Told once when the store goes away and once when it is back. */
  readonly report?: (level: 'info' | 'warn' | 'error', code: string, text: string) => void;
  /** Slots per insert at most. */
  readonly chunkRecords?: number;
  /** An insert has a cost of its own (about 80 ms of CPU for all tables): fewer records than `batchRecords` wait this long. Default a second. */
  readonly intervalMs?: number;
  readonly batchRecords?: number;
}

export interface RecorderStats {
  /** Records of the current session on disk and in the store. */
  readonly journalled: number;
  readonly stored: number;
  readonly lag: number;
  /** Records of earlier sessions still to be stored. */
  readonly backlog: number;
  readonly errors: number;
  readonly connected: boolean;
  readonly lastError: string | undefined;
  /** Rows found ahead of the noted progress and deleted before they were loaded again. */
  readonly reloaded: number;
}

export interface CountCheck {
  readonly ok: boolean;
  readonly journalled: number;
  readonly stored: number;
  readonly tables: readonly { readonly table: string; readonly journalled: number; readonly stored: number }[];
}

/** Measured: half a million a chunk stores 1.4 million rows per second of CPU; a quarter of that size, 0.6 million. */
const CHUNK_RECORDS = 524_288;
const INTERVAL_MS = 1_000;
const BATCH_RECORDS = 20_000;
const BACKOFF_MS = { first: 500, most: 30_000 } as const;

interface Moving {
  readonly head: SessionHead;
  progress: Progress;
}

export class RecorderCore {
  private readonly current: number | undefined;
  private readonly chunkRecords: number;
  /** The current session first, then earlier ones that are not complete. */
  private moving: Moving[] = [];
  private prepared = false;
  private busy: Promise<number> | undefined;
  private retryAtMs = -Infinity;
  private movedAtMs = -Infinity;
  private backoffMs: number = BACKOFF_MS.first;
  private errors = 0;
  private reloaded = 0;
  private lastError: string | undefined;
  private down = false;
  private readonly unreadable = new Set<number>();

  constructor(private readonly options: RecorderOptions) {
    this.current = options.session;
    this.chunkRecords = options.chunkRecords ?? CHUNK_RECORDS;
  }

  /**
   * Move what the journal has by now: at most one chunk of each session. Call a few times a second; it decides when an
   * insert is worth while, and a call while one is under way joins it. Never rejects: what goes wrong is counted,
   * reported and tried again.
   * @returns records moved
   */
  tick(): Promise<number> {
    if (this.busy !== undefined) return this.busy;
    const nowMs = this.options.nowMs();
    if (nowMs < this.retryAtMs) return Promise.resolve(0);
    const { intervalMs = INTERVAL_MS, batchRecords = BATCH_RECORDS } = this.options;
    if (this.prepared && nowMs - this.movedAtMs < intervalMs && this.moving.length < 2 && this.stats().lag < batchRecords) return Promise.resolve(0);
    return this.move();
  }

  private move(): Promise<number> {
    if (this.busy !== undefined) return this.busy;
    this.movedAtMs = this.options.nowMs();
    this.busy = this.work().finally(() => {
      this.busy = undefined;
    });
    return this.busy;
  }

  private async work(): Promise<number> {
    try {
      if (!this.prepared) await this.prepare();
      let moved = 0;
      for (const session of this.moving) moved += await this.moveChunk(session);
      this.dropComplete();
      this.recovered();
      return moved;
    } catch (error) {
      this.failed(error);
      return 0;
    }
  }

  /** Schema, names, and where to go on: done at the start and again after every failure. */
  private async prepare(): Promise<void> {
    const { store, journal } = this.options;
    await store.ping();
    await migrate(store);
    const known = await readProgress(store);
    const moving: Moving[] = [];
    for (const session of this.sessionsToMove(known)) {
      const head = journal.info(session);
      const progress = known.get(session) ?? NOTHING;
      await store.settle(session);
      await insertDimensions(store, head);
      this.reloaded += await deleteAhead(store, session, progress);
      moving.push({ head, progress });
    }
    this.moving = moving;
    this.prepared = true;
  }

  private sessionsToMove(known: ReadonlyMap<number, Progress>): number[] {
    const { journal } = this.options;
    const earlier = journal.sessions().filter((session) => session !== this.current && this.slotsAhead(session, known.get(session) ?? NOTHING) > 0);
    if (this.current === undefined) return earlier.filter((session) => this.canMove(session));
    if (!journal.claim(this.current)) throw new RingsideError('SESSION_CLAIMED', `another process is storing session ${this.current}`, { fix: 'It is tried again; wait for the other to end.' });
    return [this.current, ...earlier.filter((session) => this.canMove(session))];
  }

  /** An earlier session that cannot be read or claimed stays as it is: it must not hold the current one up. */
  private canMove(session: number): boolean {
    try {
      this.options.journal.info(session);
      return this.options.journal.claim(session);
    } catch (error) {
      if (!this.unreadable.has(session)) this.options.report?.('warn', 'JOURNAL_UNREADABLE', error instanceof RingsideError ? error.toText() : String(error));
      this.unreadable.add(session);
      return false;
    }
  }

  /** Slots that the journal holds behind a place. */
  private slotsAhead(session: number, { segment, ordinal }: Progress): number {
    const { journal } = this.options;
    let ahead = -ordinal;
    for (let at = segment; ; at++) {
      const slots = journal.slots(session, at);
      if (slots < 0) return Math.max(0, ahead);
      ahead += slots;
    }
  }

  private async moveChunk(moving: Moving): Promise<number> {
    const { journal, store } = this.options;
    const session = moving.head.id;
    let { segment, ordinal } = moving.progress;
    // A next segment means that this one is final: asked first, so that nothing can come in between.
    let hasNext = journal.slots(session, segment + 1) >= 0;
    let slots = journal.slots(session, segment);
    while (slots === ordinal && hasNext) {
      segment++;
      ordinal = 0;
      hasNext = journal.slots(session, segment + 1) >= 0;
      slots = journal.slots(session, segment);
    }
    if (slots <= ordinal) return 0;
    const to = Math.min(slots, ordinal + this.chunkRecords);
    await store.insertSlots({ path: journal.path(session, segment), fromOrdinal: ordinal, toOrdinal: to, isFinal: hasNext && to === slots, session, segment, epochUnixNs: moving.head.epochUnixNs });
    const progress = { segment, ordinal: to, records: moving.progress.records + to - ordinal };
    await writeProgress(store, session, progress);
    moving.progress = progress;
    return to - ordinal;
  }

  private dropComplete(): void {
    for (const { head, progress } of this.moving) {
      if (head.id === this.current || this.slotsAhead(head.id, progress) > 0) continue;
      this.options.journal.release(head.id);
      this.moving = this.moving.filter((moving) => moving.head.id !== head.id);
    }
  }

  private failed(error: unknown): void {
    this.errors++;
    this.prepared = false;
    this.lastError = error instanceof RingsideError ? error.toText() : String(error);
    this.retryAtMs = this.options.nowMs() + this.backoffMs;
    this.backoffMs = Math.min(BACKOFF_MS.most, this.backoffMs * 2);
    if (!this.down) this.options.report?.('warn', error instanceof RingsideError ? error.code : 'STORE_FAILED', this.lastError.replace(/^[A-Z0-9_]+: /, ''));
    this.down = true;
  }

  private recovered(): void {
    this.backoffMs = BACKOFF_MS.first;
    if (this.down) this.options.report?.('info', 'STORE_BACK', `the store at ${this.options.store.place} takes records again`);
    this.down = false;
    this.lastError = undefined;
  }

  stats(): RecorderStats {
    const mine = this.moving.find(({ head }) => head.id === this.current);
    const stored = mine?.progress.records ?? 0;
    const lag = this.current === undefined ? 0 : this.slotsAhead(this.current, mine?.progress ?? NOTHING);
    const backlog = this.moving.reduce((sum, { head, progress }) => (head.id === this.current ? sum : sum + this.slotsAhead(head.id, progress)), 0);
    return { journalled: stored + lag, stored, lag, backlog, errors: this.errors, connected: this.prepared && !this.down, lastError: this.lastError, reloaded: this.reloaded };
  }

  /**
   * Store everything that the journal holds of the current session (or of all, when there is no current one). Call it
   * after the journal is closed.
   * @param onProgress told after every chunk
   * @returns false when the time was over first; the next recorder goes on from there
   */
  async drain(timeoutMs: number, onProgress: (stats: RecorderStats) => void = () => undefined): Promise<boolean> {
    const end = this.options.nowMs() + timeoutMs;
    for (;;) {
      const moved = await this.move();
      const stats = this.stats();
      onProgress(stats);
      if (this.prepared && (this.current === undefined ? stats.backlog : stats.lag) === 0) return true;
      const left = end - this.options.nowMs();
      if (left <= 0) return false;
      if (moved === 0) await new Promise((done) => { setTimeout(done, Math.min(200, left)); });
    }
  }

  /**
   * Rows in every table against records in the journal. After `drain` they must agree.
   * @throws RingsideError when the store does not answer
   */
  async verifyCounts(session = this.current): Promise<CountCheck> {
    if (session === undefined) throw new RangeError('verifyCounts needs a session');
    const journalled = this.options.journal.counts(session);
    const stored = await countRows(this.options.store, session);
    const tables = RECORDS.map(({ id, table }) => ({ table, journalled: journalled.get(id) ?? 0, stored: stored.get(id) ?? 0 })).filter((row) => row.journalled > 0 || row.stored > 0);
    const known = new Set<number>(RECORDS.map(({ id }) => id));
    const foreign = [...journalled].reduce((sum, [type, count]) => (known.has(type) ? sum : sum + count), 0);
    return {
      ok: foreign === 0 && tables.every((row) => row.journalled === row.stored),
      journalled: tables.reduce((sum, row) => sum + row.journalled, foreign),
      stored: tables.reduce((sum, row) => sum + row.stored, 0),
      tables,
    };
  }

  /** Leave the session to others and close the store. */
  async close(): Promise<void> {
    await this.busy;
    for (const { head } of this.moving) this.options.journal.release(head.id);
    await this.options.store.close();
  }
}
