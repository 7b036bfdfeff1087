/**
 * Keeps every book of the feed equal to the venue's: applies verified frames, publishes them, and when a book may be wrong
 * says so at once and subscribes to that one symbol anew.
 *
 * What is published of a frame is published whole or not at all, after its checksum matched. A frame without a checksum
 * cannot be verified: as a snapshot it leaves the book SYNCING until a verified update, as an update it costs a resync.
 */
import { BookState, Flag, ResyncReason } from '../../record/codes.js';
import { BookDelta, BookStatus } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { NO_CHECKSUM, type BookEntry } from './book-entry.js';
import type { SubscriptionWire } from './subscription-wire.js';
import { Subscription, type SyncedBook } from './synced-book.js';

/** A subscription that brought no snapshot for this long is asked for again. */
const SNAPSHOT_TIMEOUT_NS = 5e9;
/** A book that was in sync for this long starts its backoff anew. */
const LASTING_NS = 10e9;
const RETRY_FIRST_NS = 250e6;
const RETRY_MAX_NS = 30e9;
/** A symbol that the venue refused is asked for again after this. */
const REJECTED_RETRY_NS = 60e9;
const QUIET_FACTOR_MAX = 64;

export class BookSync {
  private readonly delta: BookDelta;
  private readonly status: BookStatus;
  private epoch: number;
  private open = false;
  private venueHalted = false;

  constructor(private readonly options: FeedOptions, readonly books: readonly SyncedBook[], private readonly wire: SubscriptionWire) {
    this.delta = new BookDelta(options.sink.views);
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
      book.depthConfirmed = false;
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
    const due: SyncedBook[] = [];
    for (const book of this.books) {
      this.settle(book, nowNs);
      if (!this.open) continue;
      if (book.subscription === Subscription.LIVE) {
        if (nowNs - book.lastFrameNs > this.options.stallNs * book.quietFactor) this.stalled(book, nowNs);
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

  /** What the instrument channel says of one market. */
  onMarket(book: SyncedBook, tradable: boolean, priceDecimals: number, qtyDecimals: number, nowNs: number): void {
    book.halted = !tradable;
    if (priceDecimals !== book.priceDecimals || qtyDecimals !== book.qtyDecimals) {
      book.setDecimals(priceDecimals, qtyDecimals);
      if (book.content !== BookState.OUT_OF_SYNC) this.resync(book, ResyncReason.OUT_OF_RANGE, nowNs);
    }
    this.settle(book, nowNs);
  }

  /** The venue granted the subscription of one book. */
  onSubscribed(book: SyncedBook, depth: number): void {
    book.depth = depth;
    book.depthConfirmed = true;
  }

  /** The venue refused the subscription of one book. */
  onRejected(book: SyncedBook, retry: boolean, nowNs: number): void {
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

  /** Throw the book away, say so, and subscribe to it anew: at once, or later when that keeps failing. */
  resync(book: SyncedBook, reason: number, nowNs: number): void {
    this.options.host.count('resyncs');
    book.resyncs++;
    if (book.inSyncSinceNs > 0 && nowNs - book.inSyncSinceNs > LASTING_NS) book.attempts = 0;
    this.lose(book, reason, nowNs);
    if (!this.open) return;
    this.retryLater(book, nowNs);
    if (nowNs >= book.dueNs && this.wire.mayRequest(nowNs)) this.request([book], nowNs, true);
  }

  /** Apply, verify and publish one entry of a book frame. */
  onEntry(entry: BookEntry, isSnapshot: boolean, frame: number, tsRecvNs: number): void {
    const book = this.books[entry.book];
    if (isSnapshot) this.beforeSnapshot(book, tsRecvNs);
    else if (book.content === BookState.OUT_OF_SYNC) return;
    else book.quietFactor = 1;
    book.lastFrameNs = tsRecvNs;
    const { changes, checksum } = entry;
    const sent = changes.count;
    if (isSnapshot && !book.depthConfirmed) book.inferDepth(changes);
    const touched = book.apply(changes);
    if (checksum === NO_CHECKSUM || (isSnapshot && checksum === 0 && sent > 0)) {
      if (!isSnapshot) {
        this.options.host.count('malformed');
        this.resync(book, ResyncReason.MALFORMED, tsRecvNs);
        return;
      }
      book.content = BookState.SYNCING;
    } else if (!book.verify(checksum, touched)) {
      book.expectedChecksum = checksum;
      this.options.host.count('checksumFailures');
      this.resync(book, ResyncReason.CHECKSUM, tsRecvNs);
      return;
    } else if (book.content !== BookState.IN_SYNC) {
      book.content = BookState.IN_SYNC;
      book.inSyncSinceNs = tsRecvNs;
    }
    book.frames++;
    if (!this.publish(book, entry, isSnapshot, frame, tsRecvNs)) {
      this.options.sink.abandon();
      this.options.host.count('ringFull');
      book.publishedState = -1;
      this.resync(book, ResyncReason.RING_FULL, tsRecvNs);
    }
  }

  private beforeSnapshot(book: SyncedBook, nowNs: number): void {
    // Not asked for: the one before may have been read by then, so it starts a new life too.
    if (book.content !== BookState.OUT_OF_SYNC) this.lose(book, ResyncReason.DUPLICATE, nowNs);
    book.clear();
    book.subscription = Subscription.LIVE;
  }

  private publish(book: SyncedBook, entry: BookEntry, isSnapshot: boolean, frame: number, tsRecvNs: number): boolean {
    const { sink, venueIndex } = this.options;
    const { delta } = this;
    const { changes, checksum, tsVenueNs } = entry;
    const instrument = book.instrument.index;
    if (book.publishedEpoch !== book.epoch && !this.writeStatus(book, BookState.OUT_OF_SYNC, book.reason, tsRecvNs)) return false;
    const last = changes.count - 1;
    for (let i = 0; i <= last; i++) {
      const at = sink.next();
      if (at < 0) return false;
      const flags = (i === 0 ? Flag.FIRST : 0) | (i === last ? Flag.LAST : 0) | (isSnapshot ? Flag.SNAPSHOT : 0) | (changes.sells[i] === 1 ? Flag.SELL : 0);
      delta.begin(at, flags, venueIndex, instrument);
      delta.epoch = book.epoch;
      delta.frame = frame;
      delta.price = (changes.prices[i] * book.priceUp) / book.priceDown;
      delta.qty = (changes.qtys[i] * book.qtyUp) / book.qtyDown;
      delta.venueSeq = checksum;
      delta.tsVenueNs = tsVenueNs;
      delta.tsRecvNs = tsRecvNs;
    }
    const state = this.stateOf(book);
    if (state !== book.publishedState && !this.writeStatus(book, state, this.reasonOf(book, state), tsRecvNs)) return false;
    sink.flush();
    return true;
  }

  /** A book that crosses itself, or of a market that does not match now, equals the venue's and still may not be traded on. */
  private stateOf(book: SyncedBook): number {
    if (book.content !== BookState.IN_SYNC) return book.content;
    return this.venueHalted || book.halted || book.isCrossed() ? BookState.HALTED : BookState.IN_SYNC;
  }

  private reasonOf(book: SyncedBook, state: number): number {
    if (state === BookState.IN_SYNC) return ResyncReason.NONE;
    if (state === BookState.HALTED) return this.venueHalted || book.halted ? ResyncReason.HALTED : ResyncReason.CROSSED;
    return book.reason;
  }

  private lose(book: SyncedBook, reason: number, nowNs: number): void {
    this.epoch = (this.epoch + 1) & 0xffff;
    book.epoch = this.epoch;
    book.content = BookState.OUT_OF_SYNC;
    book.reason = reason;
    book.clear();
    this.settle(book, nowNs);
  }

  /** Publish the state of a book where it is not what was published last. What finds the ring full is tried again on the timer. */
  private settle(book: SyncedBook, nowNs: number): void {
    const state = this.stateOf(book);
    if (state === book.publishedState && book.epoch === book.publishedEpoch) return;
    if (this.writeStatus(book, state, this.reasonOf(book, state), nowNs)) this.options.sink.flush();
    else this.options.sink.abandon();
  }

  private writeStatus(book: SyncedBook, state: number, reason: number, nowNs: number): boolean {
    const at = this.options.sink.next();
    if (at < 0) return false;
    const { status } = this;
    status.begin(at, 0, this.options.venueIndex, book.instrument.index);
    status.epoch = book.epoch;
    status.state = state;
    status.reason = reason;
    status.tsRecvNs = nowNs;
    status.expectedSeq = reason === ResyncReason.CHECKSUM ? book.expectedChecksum : 0;
    status.actualSeq = reason === ResyncReason.CHECKSUM ? book.actualChecksum : 0;
    status.resyncs = book.resyncs;
    status.frames = book.frames;
    book.publishedState = state;
    book.publishedEpoch = book.epoch;
    return true;
  }

  private stalled(book: SyncedBook, nowNs: number): void {
    this.options.host.count('stalls');
    book.quietFactor = Math.min(QUIET_FACTOR_MAX, book.quietFactor * 2);
    this.resync(book, ResyncReason.STALL, nowNs);
  }

  private retryLater(book: SyncedBook, nowNs: number): void {
    const waitNs = book.attempts === 0 ? 0 : Math.min(RETRY_MAX_NS, RETRY_FIRST_NS * 2 ** (book.attempts - 1));
    book.attempts++;
    book.subscription = Subscription.WAITING;
    book.dueNs = nowNs + waitNs;
  }

  private request(books: readonly SyncedBook[], nowNs: number, again: boolean): void {
    const symbols = books.map((book) => book.instrument.symbol);
    for (const book of books) {
      book.subscription = Subscription.REQUESTED;
      book.dueNs = nowNs + SNAPSHOT_TIMEOUT_NS;
    }
    if (again) this.wire.unsubscribeBooks(symbols);
    this.wire.subscribeBooks(symbols);
  }
}
