/**
 * Keeps the books of a feed whose snapshots come over the stream: publishes their frames whole or not at all, and when a
 * book may be wrong says so at once and subscribes to that one symbol anew. What makes a frame a good one is the venue's
 * rule, and stands in the venue's own class.
 */
import { BookState, Flag, ResyncReason } from '../record/codes.js';
import { BookStatus } from '../record/records.js';
import type { FeedHost, FeedOptions } from './contract.js';
import { DeltaBatch } from './delta-batch.js';
import type { LevelChanges } from './level-changes.js';
import { Subscription, type StreamedBook } from './streamed-book.js';

const SNAPSHOT_TIMEOUT_NS = 5e9;
/** A book that was in sync for this long starts its backoff anew. */
const LASTING_NS = 10e9;
const RETRY_FIRST_NS = 250e6;
const RETRY_MAX_NS = 30e9;
/** A symbol that the venue refused is asked for again after this. */
const REJECTED_RETRY_NS = 60e9;
const QUIET_FACTOR_MAX = 64;

/** The venue's words for subscriptions, within its message rate. */
export interface BookWire {
  /** Whether another batch may leave now. */
  mayRequest(nowNs: number): boolean;
  subscribeBooks(symbols: readonly string[]): void;
  unsubscribeBooks(symbols: readonly string[]): void;
}

/** What it needs of a feed's options. */
export type BookOptions = Pick<FeedOptions, 'sink' | 'venueIndex' | 'firstEpoch' | 'stallNs'> & { readonly host: Pick<FeedHost, 'count'> };

export class StreamedBooks<B extends StreamedBook, O extends BookOptions = FeedOptions> {
  protected open = false;
  private readonly batch: DeltaBatch;
  private readonly status: BookStatus;
  private epoch: number;
  private venueHalted = false;

  /**
   * @param quietNs a book without a frame for this long has stalled, ns
   * @param snapshotNs a subscription that brought no snapshot for this long is asked for again, ns
   */
  constructor(protected readonly options: O, readonly books: readonly B[], private readonly wire: BookWire, private readonly quietNs = options.stallNs, private readonly snapshotNs = SNAPSHOT_TIMEOUT_NS) {
    this.batch = new DeltaBatch(options.sink);
    this.status = new BookStatus(options.sink.views);
    this.epoch = options.firstEpoch & 0xffff;
    for (const book of books) book.epoch = this.epoch;
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.venueHalted = false;
    for (const book of this.books) {
      this.settle(book, nowNs);
      book.attempts = 0;
      book.halted = false;
    }
    this.request(this.books, nowNs, false);
  }

  onClose(nowNs: number): void {
    this.open = false;
    for (const book of this.books) {
      this.lose(book, ResyncReason.RECONNECT, nowNs);
      book.subscription = Subscription.NONE;
    }
  }

  onTimer(nowNs: number): void {
    const due: B[] = [];
    for (const book of this.books) {
      this.settle(book, nowNs);
      if (!this.open) continue;
      if (book.subscription === Subscription.LIVE) {
        if (nowNs - book.lastFrameNs > this.stallNsOf(book)) this.stalled(book, nowNs);
      } else if (book.subscription === Subscription.REQUESTED && nowNs >= book.dueNs) {
        this.options.host.count('stalls');
        this.retryLater(book, nowNs);
      }
      if (book.subscription === Subscription.WAITING && nowNs >= book.dueNs) due.push(book);
    }
    if (due.length > 0 && this.wire.mayRequest(nowNs)) this.request(due, nowNs, true);
  }

  /** The venue stopped or resumed matching as a whole. */
  setVenueHalted(halted: boolean, nowNs: number): void {
    if (halted === this.venueHalted) return;
    this.venueHalted = halted;
    for (const book of this.books) {
      if (halted) this.settle(book, nowNs);
      else this.resync(book, ResyncReason.HALTED, nowNs);
    }
  }

  /** The venue stopped or resumed matching on one market. */
  setHalted(book: B, halted: boolean, nowNs: number): void {
    book.halted = halted;
    this.settle(book, nowNs);
  }

  /** The venue refused the subscription of one book. @param retry for a reason that passes soon */
  onRejected(book: B, retry: boolean, nowNs: number): void {
    if (book.subscription !== Subscription.REQUESTED) return;
    this.options.host.count('rejected');
    if (retry) {
      this.retryLater(book, nowNs);
      return;
    }
    if (book.reason !== ResyncReason.REJECTED) this.lose(book, ResyncReason.REJECTED, nowNs);
    book.subscription = Subscription.WAITING;
    book.dueNs = nowNs + REJECTED_RETRY_NS;
  }

  /**
   * Throw the book away, say so, and subscribe to it anew: at once, or later when that keeps failing.
   * @param expected what should have come @param actual what came
   */
  resync(book: B, reason: number, nowNs: number, expected = 0, actual = 0): void {
    this.options.host.count('resyncs');
    book.resyncs++;
    if (book.inSyncSinceNs > 0 && nowNs - book.inSyncSinceNs > LASTING_NS) book.attempts = 0;
    this.lose(book, reason, nowNs, expected, actual);
    if (!this.open) return;
    this.retryLater(book, nowNs);
    if (nowNs >= book.dueNs && this.wire.mayRequest(nowNs)) this.request([book], nowNs, true);
  }

  /** How long the book may be silent, ns. */
  protected stallNsOf(book: B): number {
    return this.quietNs * book.quietFactor;
  }

  /** A frame of this book came. @returns false for an update of a book that waits for its snapshot: it says nothing */
  protected accept(book: B, isSnapshot: boolean, nowNs: number): boolean {
    if (isSnapshot) this.beforeSnapshot(book, nowNs);
    else if (book.content === BookState.OUT_OF_SYNC) return false;
    else book.quietFactor = 1;
    book.lastFrameNs = nowNs;
    return true;
  }

  /** The content is the venue's, by its own rule. */
  protected verified(book: B, nowNs: number): void {
    if (book.content === BookState.IN_SYNC) return;
    book.content = BookState.IN_SYNC;
    book.inSyncSinceNs = nowNs;
  }

  /** Publish a good frame and the state it leads to; where the ring has no room for all of it, none is published and the book starts anew. */
  protected publish(book: B, changes: LevelChanges, isSnapshot: boolean, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): void {
    book.frames++;
    if (this.write(book, changes, isSnapshot, frame, venueSeq, tsVenueNs, tsRecvNs)) return;
    this.options.sink.abandon();
    this.options.host.count('ringFull');
    book.publishedState = -1;
    this.resync(book, ResyncReason.RING_FULL, tsRecvNs);
  }

  /** Publish the state of a book where it is not what was published last. What finds the ring full is tried again on the timer. */
  protected settle(book: B, nowNs: number): void {
    const state = this.stateOf(book);
    if (state === book.publishedState && book.epoch === book.publishedEpoch) return;
    if (this.writeStatus(book, state, this.reasonOf(book, state), nowNs)) this.options.sink.flush();
    else this.options.sink.abandon();
  }

  private beforeSnapshot(book: B, nowNs: number): void {
    // Not asked for: the one before may have been read by then, so it starts a new life too.
    if (book.content !== BookState.OUT_OF_SYNC) this.lose(book, ResyncReason.DUPLICATE, nowNs);
    book.clear();
    book.subscription = Subscription.LIVE;
  }

  private write(book: B, changes: LevelChanges, isSnapshot: boolean, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): boolean {
    const { sink, venueIndex } = this.options;
    const { batch } = this;
    if (book.publishedEpoch !== book.epoch && !this.writeStatus(book, BookState.OUT_OF_SYNC, book.reason, tsRecvNs)) return false;
    batch.begin(isSnapshot ? Flag.SNAPSHOT : 0, venueIndex, book.instrument.index, book.epoch, frame, venueSeq, tsVenueNs, tsRecvNs);
    if (!batch.write(changes, book)) return false;
    const state = this.stateOf(book);
    if (state !== book.publishedState && !this.writeStatus(book, state, this.reasonOf(book, state), tsRecvNs)) return false;
    sink.flush();
    return true;
  }

  /** A book that crosses itself, or of a market that does not match now, equals the venue's and still may not be traded on. */
  private stateOf(book: B): number {
    if (book.content !== BookState.IN_SYNC) return book.content;
    return this.venueHalted || book.halted || book.isCrossed() ? BookState.HALTED : BookState.IN_SYNC;
  }

  private reasonOf(book: B, state: number): number {
    if (state === BookState.IN_SYNC) return ResyncReason.NONE;
    if (state === BookState.HALTED) return this.venueHalted || book.halted ? ResyncReason.HALTED : ResyncReason.CROSSED;
    return book.reason;
  }

  /** Say that the book is out of sync, in a new epoch. */
  protected lose(book: B, reason: number, nowNs: number, expected = 0, actual = 0): void {
    this.epoch = (this.epoch + 1) & 0xffff;
    book.epoch = this.epoch;
    book.content = BookState.OUT_OF_SYNC;
    book.reason = reason;
    book.expectedSeq = expected;
    book.actualSeq = actual;
    book.clear();
    this.settle(book, nowNs);
  }

  private writeStatus(book: B, state: number, reason: number, nowNs: number): boolean {
    const at = this.options.sink.next();
    if (at < 0) return false;
    const { status } = this;
    status.begin(at, 0, this.options.venueIndex, book.instrument.index);
    status.epoch = book.epoch;
    status.state = state;
    status.reason = reason;
    status.tsRecvNs = nowNs;
    status.expectedSeq = state === BookState.OUT_OF_SYNC ? book.expectedSeq : 0;
    status.actualSeq = state === BookState.OUT_OF_SYNC ? book.actualSeq : 0;
    status.resyncs = book.resyncs;
    status.frames = book.frames;
    book.publishedState = state;
    book.publishedEpoch = book.epoch;
    return true;
  }

  /** The book was silent for too long. */
  protected stalled(book: B, nowNs: number): void {
    this.options.host.count('stalls');
    book.quietFactor = Math.min(QUIET_FACTOR_MAX, book.quietFactor * 2);
    this.resync(book, ResyncReason.STALL, nowNs);
  }

  private retryLater(book: B, nowNs: number): void {
    const waitNs = book.attempts === 0 ? 0 : Math.min(RETRY_MAX_NS, RETRY_FIRST_NS * 2 ** (book.attempts - 1));
    book.attempts++;
    book.subscription = Subscription.WAITING;
    book.dueNs = nowNs + waitNs;
  }

  /** Subscribe to books. @param again they may still be subscribed to */
  protected request(books: readonly B[], nowNs: number, again: boolean): void {
    const symbols = books.map((book) => book.instrument.symbol);
    for (const book of books) {
      book.subscription = Subscription.REQUESTED;
      book.dueNs = nowNs + this.snapshotNs;
    }
    if (again) this.wire.unsubscribeBooks(symbols);
    this.wire.subscribeBooks(symbols);
  }
}
