/**
 * The books of a feed as the library streams them. A stream is a loop of `watchOrderBook`, one a symbol: the call for many
 * symbols names only the first of those that changed together. No depth is asked for: of an exchange that streams changes the
 * library would drop what lies deeper, and never learn it again once it is near the top. A book is in sync from its stream's first word on, as far
 * as the library's own checks go (sequence, checksum), until the stream fails, stalls or says what cannot be.
 */
import { BookState, ResyncReason } from '../../record/codes.js';
import type { FeedDriverOptions } from '../driven.js';
import { LevelChanges } from '../level-changes.js';
import { Subscription } from '../streamed-book.js';
import { StreamedBooks } from '../streamed-books.js';
import { isA, streamReasonOf } from './errors.js';
import { LibraryBook, type BookSource } from './library-book.js';
import { Taken } from './side-diff.js';

/** The message that caused the state at hand, as far as can be told from outside: the last one. */
export interface LastMessage {
  /** When it came. */
  tsRecvNs: number;
  /** How many came so far. */
  number: number;
}

export interface BookStream {
  /** Resolves with the next state of a book, rejects with the library's error. */
  watch(symbol: string): Promise<BookSource>;
  /** Nothing has come over any connection for as long as a stall lasts: cut them. */
  onSilence(): void;
  readonly last: LastMessage;
}

/** Reasons of our own to publish a book anew: what the stream said last still stands. */
const OWN_REASONS: ReadonlySet<number> = new Set([ResyncReason.RING_FULL, ResyncReason.CROSSED]);

export class LibraryBooks extends StreamedBooks<LibraryBook, FeedDriverOptions> {
  private readonly changes = new LevelChanges();

  constructor(options: FeedDriverOptions, private readonly streams: BookStream) {
    const books = options.instruments.map((instrument) => new LibraryBook(instrument, options.depth));
    super(options, books, {
      mayRequest: () => true,
      unsubscribeBooks: () => {},
      subscribeBooks: (symbols) => {
        for (const book of books) if (symbols.includes(book.instrument.symbol)) this.follow(book);
      },
    });
  }

  /** No stream says anything any more. */
  close(nowNs: number): void {
    for (const book of this.books) book.stream++;
    this.onClose(nowNs);
  }

  private follow(book: LibraryBook): void {
    const { host, stallNs } = this.options;
    const token = ++book.stream;
    const { source } = book;
    if (book.reason === ResyncReason.STALL && host.nowNs() - this.streams.last.tsRecvNs > stallNs) this.streams.onSilence();
    void this.stream(book, token);
    if (source !== undefined && OWN_REASONS.has(book.reason)) queueMicrotask(() => {
      if (book.stream === token && book.content === BookState.OUT_OF_SYNC) this.onBook(book, source);
    });
  }

  private async stream(book: LibraryBook, token: number): Promise<void> {
    try {
      for (;;) {
        const source = await this.streams.watch(book.instrument.symbol);
        if (book.stream !== token) return;
        book.source = source;
        this.onBook(book, source);
      }
    } catch (error) {
      if (book.stream === token) this.onStreamError(book, error);
    }
  }

  private onBook(book: LibraryBook, source: BookSource): void {
    const { host } = this.options;
    const { tsRecvNs, number } = this.streams.last;
    const fresh = book.content === BookState.OUT_OF_SYNC;
    if (!this.accept(book, fresh, tsRecvNs)) return;
    const code = book.take(source, this.changes);
    if (code !== Taken.OK) {
      host.count(code === Taken.OUT_OF_RANGE ? 'outOfRange' : 'malformed');
      book.source = undefined;
      this.resync(book, code === Taken.OUT_OF_RANGE ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED, tsRecvNs);
      return;
    }
    this.verified(book, tsRecvNs);
    this.publish(book, this.changes, fresh, number >>> 0, sequenceOf(source), this.venueNs(source), tsRecvNs);
    host.onPublished(tsRecvNs);
  }

  private onStreamError(book: LibraryBook, error: unknown): void {
    const { host } = this.options;
    book.source = undefined;
    book.stream++;
    const nowNs = host.nowNs();
    if (isA(error, 'ChecksumError')) host.count('checksumFailures');
    if (isA(error, 'ExchangeError') && book.subscription === Subscription.REQUESTED) this.onRejected(book, false, nowNs);
    else this.resync(book, streamReasonOf(error), nowNs);
    host.onPublished(nowNs);
  }

  /** Venue time since the session's epoch; 0 where it is not told. */
  private venueNs({ timestamp }: BookSource): number {
    return typeof timestamp === 'number' && Number.isFinite(timestamp) ? Number(BigInt(Math.trunc(timestamp)) * 1_000_000n - this.options.epochUnixNs) : 0;
  }
}

/** The library's nonce, where it is a sequence number. */
function sequenceOf({ nonce }: BookSource): number {
  return typeof nonce === 'number' && Number.isSafeInteger(nonce) ? nonce : 0;
}
