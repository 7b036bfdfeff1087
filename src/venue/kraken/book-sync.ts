/**
 * Kraken's rule of a good frame: the checksum over the book it leads to. What is published of a frame is published after
 * that matched. A frame without a checksum cannot be verified: as a snapshot it leaves the book SYNCING until a verified
 * update, as an update it costs a resync.
 */
import { BookState, ResyncReason } from '../../record/codes.js';
import { StreamedBooks } from '../streamed-books.js';
import { NO_CHECKSUM, type BookEntry } from './book-entry.js';
import type { SyncedBook } from './synced-book.js';

export class BookSync extends StreamedBooks<SyncedBook> {
  override onOpen(nowNs: number): void {
    for (const book of this.books) book.depthConfirmed = false;
    super.onOpen(nowNs);
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

  /** Apply, verify and publish one entry of a book frame. */
  onEntry(entry: BookEntry, isSnapshot: boolean, frame: number, tsRecvNs: number): void {
    const book = this.books[entry.book];
    if (!this.accept(book, isSnapshot, tsRecvNs)) return;
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
      this.options.host.count('checksumFailures');
      this.resync(book, ResyncReason.CHECKSUM, tsRecvNs, checksum, book.actualChecksum);
      return;
    } else this.verified(book, tsRecvNs);
    this.publish(book, changes, isSnapshot, frame, checksum, entry.tsVenueNs, tsRecvNs);
  }
}
