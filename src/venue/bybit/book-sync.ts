/**
 * Books by Bybit's rule: a snapshot replaces the book whenever it comes, and so does any frame whose update id is 1 (the
 * service was restarted); each change has the id after the one before.
 * Source: bybit-exchange.github.io/docs/v5/websocket/public/orderbook. It promises no gapless ids; they are on the wire, and a gap costs a
 * snapshot.
 */
import { BookState, ResyncReason } from '../../record/codes.js';
import { StreamedBook } from '../streamed-book.js';
import { StreamedBooks } from '../streamed-books.js';
import { Type, type StreamFrame } from './stream-frame.js';

const RESTART_ID = 1;

export class SequencedBook extends StreamedBook {
  /** Update id of the last frame applied. */
  updateId = 0;
  /** Levels a side of the topic that the book is kept by: a recording may hold several. */
  depth = 0;
}

export class BookSync extends StreamedBooks<SequencedBook> {
  onBook(frame: StreamFrame, frameNumber: number, tsRecvNs: number): void {
    const book = this.books[frame.symbol];
    const { changes, updateId } = frame;
    const wasInSync = book.content === BookState.IN_SYNC;
    if (wasInSync && frame.depth !== book.depth) return;
    const isSnapshot = frame.type === Type.SNAPSHOT || updateId === RESTART_ID;
    if (isSnapshot && wasInSync && changes.count > 0) {
      // It is a whole book: whoever reads it has one before and after.
      book.lastFrameNs = tsRecvNs;
      book.quietFactor = 1;
    } else if (!this.accept(book, isSnapshot, tsRecvNs)) return;
    if (isSnapshot) book.depth = frame.depth;
    else if (updateId !== book.updateId + 1) return this.broken(book, updateId, tsRecvNs);
    book.updateId = updateId;
    this.verified(book, tsRecvNs);
    this.publish(book, changes, isSnapshot, frameNumber, updateId, frame.tsVenueNs, tsRecvNs);
  }

  private broken(book: SequencedBook, updateId: number, nowNs: number): void {
    const { host, resyncOnDuplicate } = this.options;
    const isDuplicate = updateId === book.updateId;
    host.count(isDuplicate ? 'duplicates' : 'gaps');
    if (isDuplicate && !resyncOnDuplicate) return;
    this.resync(book, isDuplicate ? ResyncReason.DUPLICATE : ResyncReason.GAP, nowNs, book.updateId + 1, updateId);
  }
}
