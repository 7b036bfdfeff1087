/** One instrument's book as the merger holds it: levels, what the feed says of it, and how far a frame has come. */
import type { Instrument } from '../model/instrument.js';
import { BookState } from '../record/codes.js';
import { OrderBook } from './order-book.js';
import type { LadderSize } from './book-side.js';

/** The feed has not said anything of this book yet. */
const EPOCH_UNKNOWN = -1;
/** No header looks like this: the bit that tells asks from bids is cleared before it is compared. */
export const NOT_OPEN = -1;

export class VenueBook {
  readonly book: OrderBook;
  readonly index: number;
  readonly venue: number;

  epoch = EPOCH_UNKNOWN;
  /** BookState as the feed says, of this epoch. */
  state: number = BookState.OUT_OF_SYNC;
  /** A snapshot of this epoch has been applied to its end. */
  hasSnapshot = false;
  /** In the middle of a frame: type, flags and epoch that its middle records have (ask or bid apart); else NOT_OPEN. */
  openHeader = NOT_OPEN;
  opensSnapshot = false;
  /** Number of the last finished frame. */
  frame = 0;
  /** The last finished frame, or the status record that came after it: tsRecvNs, tsVenueNs. */
  readonly times = new Float64Array(2);
  /** Bid price, bid quantity, ask price, ask quantity as of the last finished frame. */
  readonly top = new Float64Array(4);
  /** The same and the IN_SYNC flag as last published. */
  readonly published = new Float64Array(4);
  publishedInSync = false;
  /** Something could not be published: try again. */
  isStale = false;
  /** When a resync was last asked for, ns. */
  readonly askedNs = new Float64Array(1).fill(-Infinity);
  isAsked = false;

  constructor(readonly instrument: Instrument, size: LadderSize) {
    this.book = new OrderBook(instrument.tick, size);
    this.index = instrument.index;
    this.venue = instrument.venue.index;
  }

  /** In the middle of a frame: not to be looked at. */
  get isOpen(): boolean {
    return this.openHeader !== NOT_OPEN;
  }

  /** The book may be traded on. */
  get inSync(): boolean {
    return this.hasSnapshot && this.state === BookState.IN_SYNC;
  }

  /** Nothing of what was known holds any more; an unfinished frame is thrown away. */
  invalidate(): void {
    this.hasSnapshot = false;
    this.openHeader = NOT_OPEN;
    this.book.clear();
    this.top.fill(0);
  }
}
