/**
 * Books by OKX's rules. The snapshot comes first on the channel; every update names the sequence it follows. Roughly once a
 * minute a quiet book sends an update that follows itself, and after maintenance a sequence may be lower than the one it
 * follows. Recordings of 2022 have no sequence: there the checksum proves a frame.
 *
 * Where updates come and no snapshot does (announced in February 2026), they wait while it is asked for by REST: updates up
 * to its sequence are dropped, the first one applied follows a sequence at or before it.
 * Source: okx.com/docs-v5, "WS / Order book channel", "Get order book".
 */
import { BookState, ResyncReason } from '../../record/codes.js';
import type { FeedOptions } from '../contract.js';
import { DONE, OUT_OF_RANGE, TOO_PRECISE } from '../scan.js';
import { SnapshotRequests } from '../snapshot-requests.js';
import { Subscription } from '../streamed-book.js';
import { StreamedBooks } from '../streamed-books.js';
import { Action, NO_SEQ, type StreamFrame } from './stream-frame.js';
import type { SubscriptionWire } from './subscription-wire.js';
import { DEPTH, type SyncedBook } from './synced-book.js';

/** A quiet book speaks about once a minute: one that missed two of those has stalled. */
const KEEP_ALIVE_MISSED_NS = 130e9;
/** A book has stalled when it is silent for so many times its longest silence so far. */
const SILENCES = 3;
/** A snapshot by REST may have to wait for those of other books. */
const REST_PATIENCE_NS = 60e9;
const REST_RETRY_NS = 500e6;
/** 40 requests in two seconds for an address. */
const SNAPSHOTS = { weight: 1, weightPerWindow: 40, windowNs: 2e9, pathOf: (symbol: string) => `/api/v5/market/books?instId=${encodeURIComponent(symbol)}&sz=${DEPTH}` };
const GONE = 410;

export class BookSync extends StreamedBooks<SyncedBook> {
  private readonly requests: SnapshotRequests;
  private frameNumber = 0;

  constructor(options: FeedOptions, books: readonly SyncedBook[], wire: SubscriptionWire, private readonly frame: StreamFrame) {
    super(options, books, wire);
    this.requests = new SnapshotRequests(SNAPSHOTS, options.host);
  }

  override onOpen(nowNs: number): void {
    super.onOpen(nowNs);
    // A new connection has no former subscription whose updates could still be on their way.
    for (const book of this.books) book.granted = true;
  }

  override onClose(nowNs: number): void {
    for (const book of this.books) this.stopWaiting(book);
    super.onClose(nowNs);
  }

  override onTimer(nowNs: number): void {
    super.onTimer(nowNs);
    this.requests.pump(nowNs);
  }

  protected override request(books: readonly SyncedBook[], nowNs: number, again: boolean): void {
    for (const book of books) {
      book.granted = false;
      this.stopWaiting(book);
    }
    super.request(books, nowNs, again);
  }

  protected override stallNsOf(book: SyncedBook): number {
    return Math.max(this.options.stallNs, Math.min(book.longestSilenceNs * SILENCES, KEEP_ALIVE_MISSED_NS));
  }

  protected override stalled(book: SyncedBook, nowNs: number): void {
    book.stalledSeq = book.seq;
    book.stalledNs = nowNs - book.lastFrameNs;
    super.stalled(book, nowNs);
  }

  /** Of everything this feed publishes. */
  nextFrame(): number {
    return (this.frameNumber = (this.frameNumber + 1) >>> 0);
  }

  /** The venue granted the subscription of one book: what comes from now on belongs to it. */
  onGranted(book: SyncedBook): void {
    book.granted = true;
  }

  /** The book frame just read; `bytes` are its own. */
  onBook(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { frame } = this;
    const book = this.books[frame.market];
    const isSnapshot = frame.action === Action.SNAPSHOT;
    if (!isSnapshot && book.content === BookState.IN_SYNC) book.noteSilence(tsRecvNs - book.lastFrameNs);
    if (!this.accept(book, isSnapshot, tsRecvNs)) this.onEarly(book, bytes, length, tsRecvNs);
    else if (isSnapshot) {
      this.stopWaiting(book);
      book.noteSnapshot(frame.seq);
      book.seq = frame.seq;
      book.previousSeq = frame.previousSeq;
      if (frame.seq === NO_SEQ || frame.checksum !== 0) book.keepLevels();
      this.apply(book, true, tsRecvNs);
    } else if (this.follows(book, tsRecvNs)) this.apply(book, false, tsRecvNs);
  }

  /** A frame of this book could not be used. @param code what the scanner said */
  onBroken(book: SyncedBook, code: number, nowNs: number): void {
    if (book.content === BookState.OUT_OF_SYNC) return;
    this.resync(book, code === TOO_PRECISE || code === OUT_OF_RANGE ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED, nowNs);
  }

  onSnapshot(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs: number): void {
    const number = this.requests.answered(tag, status, nowNs, retryAfterNs);
    const book = number < 0 ? undefined : this.books[number];
    if (book?.isWaiting === true && book.subscription === Subscription.REQUESTED) this.splice(book, status, body, nowNs);
    this.requests.pump(nowNs);
  }

  private splice(book: SyncedBook, status: number, body: Uint8Array, nowNs: number): void {
    const { frame } = this;
    if (status === GONE) return this.goUnsynced(book);
    const read = status === 200 ? frame.readSnapshot(book.number, body, body.length) : DONE;
    if (status !== 200 || read !== DONE || frame.seq < book.waitingFrom) {
      if (read !== DONE) this.options.host.count('malformed');
      else if (status !== 200 && status !== 429) this.options.host.count('requestErrors');
      return this.requests.want(book.number, book.instrument.symbol, nowNs + REST_RETRY_NS, nowNs);
    }
    this.accept(book, true, nowNs);
    book.noteSnapshot(frame.seq);
    book.seq = frame.seq;
    book.previousSeq = NO_SEQ;
    book.splicing = true;
    this.apply(book, true, nowNs);
    this.replay(book);
  }

  private stopWaiting(book: SyncedBook): void {
    if (!book.isWaiting) return;
    book.stopWaiting();
    this.requests.forget(book.number);
  }

  /** The updates that waited. */
  private replay(book: SyncedBook): void {
    const { buffer } = book;
    for (let k = 0; k < buffer.count; k++) {
      const waiting = buffer.frame(k);
      if (this.frame.read(waiting, waiting.length) === DONE) this.onBook(waiting, waiting.length, buffer.tsRecvNs(k));
    }
    buffer.clear();
  }

  /** A transcript without a snapshot: updates are published as they come, the book stays out of sync. */
  private goUnsynced(book: SyncedBook): void {
    book.unsynced = true;
    book.subscription = Subscription.NONE;
    this.replay(book);
  }

  /** An update of a book without a snapshot: left over from the subscription before, or one that waits for REST. */
  private onEarly(book: SyncedBook, bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { frame } = this;
    if (book.unsynced) {
      this.publish(book, frame.changes, false, this.nextFrame(), Math.max(0, frame.seq), frame.tsVenueNs, tsRecvNs);
      return;
    }
    if (book.subscription !== Subscription.REQUESTED || !book.granted || frame.seq === NO_SEQ) return;
    if (book.isWaiting && book.buffer.push(bytes, length, tsRecvNs)) return;
    // The first one, or one too many: those before are worth nothing without a snapshot.
    book.buffer.clear();
    book.buffer.push(bytes, length, tsRecvNs);
    book.waitingFrom = frame.previousSeq;
    book.dueNs = tsRecvNs + REST_PATIENCE_NS;
    this.requests.want(book.number, book.instrument.symbol, tsRecvNs, tsRecvNs);
  }

  /** Whether the update just read is the next one. If not, the book starts anew, unless it is only an old one. */
  private follows(book: SyncedBook, tsRecvNs: number): boolean {
    const { seq, previousSeq } = this.frame;
    if (book.seq === NO_SEQ && seq === NO_SEQ) return true;
    if (seq === NO_SEQ) {
      this.options.host.count('malformed');
      this.resync(book, ResyncReason.MALFORMED, tsRecvNs);
      return false;
    }
    if (book.splicing && seq <= book.seq) return false;
    const isNext = book.splicing ? previousSeq <= book.seq : previousSeq === book.seq;
    if (isNext) {
      book.splicing = false;
      book.seq = seq;
      book.previousSeq = previousSeq;
      return true;
    }
    const isDuplicate = seq === book.seq && previousSeq === book.previousSeq;
    this.options.host.count(isDuplicate ? 'duplicates' : 'gaps');
    // Harmless by the venue's rule, but one connection does not repeat itself: whatever did may have lost something too.
    if (!isDuplicate || this.options.resyncOnDuplicate) this.resync(book, isDuplicate ? ResyncReason.DUPLICATE : ResyncReason.GAP, tsRecvNs, book.seq, previousSeq);
    return false;
  }

  /** Apply, verify and publish the frame just read. */
  private apply(book: SyncedBook, isSnapshot: boolean, tsRecvNs: number): void {
    const { frame } = this;
    const { host } = this.options;
    book.apply(frame.changes);
    if (book.keepsLevels && frame.checksum !== 0) {
      const actual = book.checksum();
      if (actual !== frame.checksum) {
        host.count('checksumFailures');
        this.resync(book, ResyncReason.CHECKSUM, tsRecvNs, frame.checksum, actual);
        return;
      }
      this.verified(book, tsRecvNs);
    } else if (frame.seq !== NO_SEQ) this.verified(book, tsRecvNs);
    else if (isSnapshot) book.content = BookState.SYNCING;
    else {
      host.count('malformed');
      this.resync(book, ResyncReason.MALFORMED, tsRecvNs);
      return;
    }
    this.publish(book, frame.changes, isSnapshot, this.nextFrame(), Math.max(0, frame.seq), frame.tsVenueNs, tsRecvNs);
  }
}
