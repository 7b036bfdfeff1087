/**
 * The books of one connection. Its messages are numbered over all channels, so that one that is missing may have been of
 * any book: then every book is wrong, and only a new connection helps. What concerns one book alone (a number out of
 * range, a full ring) costs a new subscription of that one.
 * Source: docs.cdp.coinbase.com, "Advanced Trade WebSocket overview", sequence numbers.
 */
import { BookState, ResyncReason } from '../../record/codes.js';
import type { FeedOptions } from '../contract.js';
import type { LevelChanges } from '../level-changes.js';
import { OUT_OF_RANGE, TOO_PRECISE } from '../scan.js';
import { StreamedBooks, type BookWire } from '../streamed-books.js';
import type { CoinbaseBook } from './products.js';

/** A snapshot is the whole book: hundreds of them take their time. */
const SNAPSHOT_NS = 30e9;

export class BookSync extends StreamedBooks<CoinbaseBook> {
  constructor(options: FeedOptions, books: readonly CoinbaseBook[], wire: BookWire) {
    // A quiet market is no stall: the connection's numbers and its heartbeats tell whether anything is missing.
    super(options, books, wire, Infinity, SNAPSHOT_NS);
  }

  /** One event of a frame that follows the one before it. */
  onEvent(book: CoinbaseBook, isSnapshot: boolean, changes: LevelChanges, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): void {
    if (this.accept(book, isSnapshot, tsRecvNs)) this.verified(book, tsRecvNs);
    // A transcript that begins in the middle has no snapshot to wait for: its changes are told, the book stays out of sync.
    else if (this.options.resyncOnDuplicate) return;
    this.publish(book, changes, isSnapshot, frame, venueSeq, tsVenueNs, tsRecvNs);
  }

  /** An event of these books could not be used. @param code what the scanner said */
  onBroken(books: readonly CoinbaseBook[], code: number, nowNs: number): void {
    const isRange = code === TOO_PRECISE || code === OUT_OF_RANGE;
    this.options.host.count(isRange ? 'outOfRange' : 'malformed');
    for (const book of books) this.resync(book, isRange ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED, nowNs);
  }

  /** Something is missing, and nobody knows of which book. */
  loseAll(reason: number, expected: number, actual: number, nowNs: number): void {
    for (const book of this.books) {
      if (book.content !== BookState.OUT_OF_SYNC) {
        this.options.host.count('resyncs');
        book.resyncs++;
      }
      this.lose(book, reason, nowNs, expected, actual);
    }
  }
}
