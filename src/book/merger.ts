/**
 * MergerCore: the records of all feeds in; tops of book and crossed markets out. One book per instrument.
 *
 * Levels are applied as they come, but a book is looked at only between a LAST and the next FIRST: what a venue said in
 * one frame becomes visible whole. A record of a new epoch throws an unfinished frame and the whole book away. A book
 * counts as in sync from the moment when a snapshot of an epoch is complete and the feed has said IN_SYNC in the same
 * epoch; its venue going down, another BookStatus, a torn frame or a book that crosses itself end that.
 *
 * A full sink costs nothing but time: what could not be published is counted, remembered and published in its then
 * current state at the next chance.
 */
import { BUY, SELL, type InstrumentIndex } from '../model/instrument.js';
import { BookState, Flag, NO_INSTRUMENT, VenueChannel, VenueState } from '../record/codes.js';
import { BookDelta, BookStatus, Quote, TopOfBook, Trade, typeAt, VenueStatus } from '../record/records.js';
import { fieldOffset, OFFSET } from '../record/define.js';
import { BookDeltaDef } from '../record/schema.js';
import type { RecordSink, SlotViews } from '../record/slot.js';
import type { LadderSize } from './book-side.js';
import { Crossing, CrossingWriter, SINK_FULL } from './crossing.js';
import { DEFAULT_LADDER } from './order-book.js';
import type { SharedBookWriter } from './shared-book.js';
import { NOT_OPEN, VenueBook } from './venue-book.js';

export interface MergerOptions {
  readonly index: InstrumentIndex;
  /** The market ring. */
  readonly sink: RecordSink;
  /** The price cache, where there is one. */
  readonly shared?: SharedBookWriter;
  readonly ladder?: LadderSize;
}

/** All counts since the merger was made. */
export interface MergerCounters {
  /** Frames applied to their end, level changes applied, trades seen. */
  frames: number;
  deltas: number;
  trades: number;
  /** Records published. */
  tops: number;
  crossings: number;
  /** Level changes for a book without a snapshot, or without a price. */
  ignored: number;
  /** Frames whose beginning or end is missing. */
  torn: number;
  /** Books that crossed themselves. */
  selfCrossed: number;
  /** Records of instruments that are not in the index, or of types that are not ours. */
  unknown: number;
  /** Times the sink was full. */
  sinkFull: number;
}

/** Where a BookDelta's price stands, in doubles from the slot's start; its quantity follows it. */
const DELTA_PRICE = fieldOffset(BookDeltaDef, 'price') >> 3;

/** The word that holds a BookDelta's type, flags and epoch, in words from the slot's start, and its bits that tell no frame from another. */
const HEADER = OFFSET.type >> 2;
const SELL_BIT = Flag.SELL << 8;
const FRAME_BITS = ~((Flag.FIRST | Flag.LAST | Flag.SELL) << 8);
if (fieldOffset(BookDeltaDef, 'epoch') !== OFFSET.type + 2) throw new Error("a BookDelta's epoch must stand beside its type and flags");

/** A resync that was not followed by a snapshot is asked for again after this long. */
const ASK_AGAIN_NS = 1e9;

/** The records of one input, read through its own views. */
class Input {
  readonly delta: BookDelta;
  readonly book: BookStatus;
  readonly venue: VenueStatus;

  constructor(readonly views: SlotViews) {
    this.delta = new BookDelta(views);
    this.book = new BookStatus(views);
    this.venue = new VenueStatus(views);
  }
}

export class MergerCore {
  readonly counters: MergerCounters = { frames: 0, deltas: 0, trades: 0, tops: 0, crossings: 0, ignored: 0, torn: 0, selfCrossed: 0, unknown: 0, sinkFull: 0 };
  readonly books: readonly VenueBook[];
  /** By instrument: every ordered pair of instruments it takes part in, as buy or as sell side. */
  private readonly crossings: readonly Crossing[][];
  private readonly sink: RecordSink;
  private readonly shared: SharedBookWriter | undefined;
  private readonly inputs: Input[] = [];
  private input: Input | undefined;
  private readonly topOfBook: TopOfBook;
  private readonly crossingWriter: CrossingWriter;
  private staleBooks = 0;
  private asks = 0;
  private readonly lastNs = new Float64Array(1);

  constructor(options: MergerOptions) {
    this.sink = options.sink;
    this.shared = options.shared;
    this.topOfBook = new TopOfBook(options.sink.views);
    this.crossingWriter = new CrossingWriter(options.sink);
    const ladder = options.ladder ?? DEFAULT_LADDER;
    this.books = options.index.instruments.map((instrument) => new VenueBook(instrument, ladder));
    this.crossings = this.books.map(() => []);
    for (const pair of options.index.pairs) this.connect(pair.instruments.map((index) => this.books[index]));
  }

  private connect(books: readonly VenueBook[]): void {
    for (const buy of books) {
      for (const sell of books) {
        if (buy === sell) continue;
        const crossing = new Crossing(buy, sell);
        this.crossings[buy.index].push(crossing);
        this.crossings[sell.index].push(crossing);
      }
    }
  }

  /** One record of any feed, at byte `at` of that feed's views. */
  onRecord(views: SlotViews, at: number): void {
    // Most records are levels in the middle of a frame: one compare tells that this is one, of the frame that is open.
    const header = views.i32[(at >> 2) + HEADER];
    const open = this.books[views.u16[(at + OFFSET.instrument) >> 1]];
    if (open !== undefined && (header & ~SELL_BIT) === open.openHeader && views.f64[(at >> 3) + DELTA_PRICE] > 0) {
      open.book.setAt((header & SELL_BIT) !== 0 ? SELL : BUY, views.f64, (at >> 3) + DELTA_PRICE);
      this.counters.deltas++;
      return;
    }
    this.onOther(views, at);
  }

  private onOther(views: SlotViews, at: number): void {
    let input = this.input;
    if (input === undefined || input.views !== views) {
      input = this.inputs.find((known) => known.views === views) ?? this.addInput(views);
      this.input = input;
    }
    switch (typeAt(views, at)) {
      case BookDelta.TYPE: return this.onDelta(input.delta.wrap(at), views);
      case BookStatus.TYPE: return this.onBookStatus(input.book.wrap(at));
      case VenueStatus.TYPE: return this.onVenueStatus(input.venue.wrap(at));
      case Trade.TYPE: this.counters.trades++; return;
      case Quote.TYPE: return; // the venue's own word on its top; ours comes from the book
      default: this.counters.unknown++;
    }
  }

  /** Publish what a full sink did not take. Returns the number of books that still wait; call it when it is not 0. */
  heal(): number {
    if (this.staleBooks === 0) return 0;
    for (const book of this.books) if (book.isStale) this.publish(book);
    return this.staleBooks;
  }

  /** An instrument whose feed must sync it anew, or -1. Each is handed out once per need. */
  takeResync(): number {
    if (this.asks === 0) return -1;
    for (const book of this.books) {
      if (!book.isAsked) continue;
      book.isAsked = false;
      this.asks--;
      return book.index;
    }
    return -1;
  }

  /** When the last frame that was applied to its end had been received. */
  lastRecvNs(): number {
    return this.lastNs[0];
  }

  /**
   * A merger that took over from a dead one has no books, and its readers believe its predecessor's: say that nothing
   * is in sync and nothing crosses, and have every feed send its books again.
   */
  resyncAll(nowNs: number): void {
    for (const book of this.books) {
      book.times[0] = nowNs;
      book.publishedInSync = true;
      for (const crossing of this.crossings[book.index]) crossing.isOpen = true;
    }
    for (const book of this.books) {
      this.publish(book);
      this.ask(book);
    }
  }

  private addInput(views: SlotViews): Input {
    const input = new Input(views);
    this.inputs.push(input);
    return input;
  }

  private onDelta(delta: BookDelta, views: SlotViews): void {
    const book = this.books[delta.instrument];
    if (book === undefined) {
      this.counters.unknown++;
      return;
    }
    const { flags } = delta;
    if (delta.epoch !== book.epoch) this.enterEpoch(book, delta.epoch);
    if ((flags & Flag.FIRST) !== 0 && !this.openFrame(book, (flags & Flag.SNAPSHOT) !== 0, views.i32[(delta.at >> 2) + HEADER])) return this.ignore(book, delta);
    if (!book.isOpen) return this.ignore(book, delta);
    if (delta.price > 0) {
      book.book.setAt((flags & Flag.SELL) !== 0 ? SELL : BUY, views.f64, (delta.at >> 3) + DELTA_PRICE);
      this.counters.deltas++;
    } else this.counters.ignored++;
    if ((flags & Flag.LAST) === 0) return;
    book.openHeader = NOT_OPEN;
    if (book.opensSnapshot) book.hasSnapshot = true;
    book.frame = delta.frame;
    book.times[0] = delta.tsRecvNs;
    this.lastNs[0] = book.times[0];
    book.times[1] = delta.tsVenueNs;
    this.counters.frames++;
    if (this.staleBooks !== 0) this.heal();
    this.publish(book);
  }

  /** @returns false when the frame cannot be applied */
  private openFrame(book: VenueBook, isSnapshot: boolean, header: number): boolean {
    if (book.isOpen) {
      // The last frame never ended, within one epoch: what it changed is unknown.
      this.counters.torn++;
      this.fail(book);
    }
    if (isSnapshot) {
      book.hasSnapshot = false;
      book.book.clear();
    } else if (!book.hasSnapshot) return false;
    book.opensSnapshot = isSnapshot;
    book.openHeader = header & FRAME_BITS;
    return true;
  }

  /** A change that cannot be applied: no snapshot yet, or no beginning. */
  private ignore(book: VenueBook, delta: BookDelta): void {
    this.counters.ignored++;
    if (book.hasSnapshot) {
      this.counters.torn++;
      this.fail(book);
    }
    if ((delta.flags & Flag.SNAPSHOT) === 0 && delta.tsRecvNs - book.askedNs[0] > ASK_AGAIN_NS) {
      book.askedNs[0] = delta.tsRecvNs;
      this.ask(book);
    }
  }

  private ask(book: VenueBook): void {
    if (book.isAsked) return;
    book.isAsked = true;
    this.asks++;
  }

  private enterEpoch(book: VenueBook, epoch: number): void {
    book.epoch = epoch;
    book.state = BookState.OUT_OF_SYNC;
    const wasValid = book.hasSnapshot;
    book.invalidate();
    if (wasValid) this.publish(book);
  }

  private onBookStatus(status: BookStatus): void {
    const book = this.books[status.instrument];
    if (book === undefined) {
      this.counters.unknown++;
      return;
    }
    if (status.epoch !== book.epoch) this.enterEpoch(book, status.epoch);
    book.state = status.state;
    book.times[0] = status.tsRecvNs;
    if (book.state === BookState.OUT_OF_SYNC) book.invalidate();
    this.publish(book);
  }

  private onVenueStatus(status: VenueStatus): void {
    if (status.channel !== VenueChannel.FEED || status.state === VenueState.UP) return;
    for (const book of this.books) {
      if (book.venue !== status.venue || (status.instrument !== NO_INSTRUMENT && status.instrument !== book.index)) continue;
      book.state = BookState.OUT_OF_SYNC;
      book.times[0] = status.tsNs;
      book.invalidate();
      this.publish(book);
    }
  }

  /** The book is wrong though its feed does not know. */
  private fail(book: VenueBook): void {
    book.invalidate();
    book.askedNs[0] = book.times[0]!;
    this.ask(book);
    this.publish(book);
  }

  private publish(book: VenueBook): void {
    if (book.isOpen) return; // what is stale stays so until the frame ends
    if (book.inSync && book.book.isCrossed()) {
      this.counters.selfCrossed++;
      return this.fail(book);
    }
    book.book.readTop(book.top, 0);
    const complete = this.publishTop(book) && this.publishCrossings(book);
    if (complete === book.isStale) {
      book.isStale = !complete;
      this.staleBooks += complete ? -1 : 1;
    }
    if (!complete) this.counters.sinkFull++;
    if (this.shared !== undefined) this.shared.publish(book.index, book.book, book.inSync, book.frame, book.times);
  }

  private publishTop(book: VenueBook): boolean {
    const { top, published } = book;
    const { inSync } = book;
    if (inSync === book.publishedInSync && top[0] === published[0] && top[1] === published[1] && top[2] === published[2] && top[3] === published[3]) return true;
    const at = this.sink.next();
    if (at < 0) {
      this.sink.abandon();
      return false;
    }
    const record = this.topOfBook.begin(at, inSync ? Flag.IN_SYNC : 0, book.venue, book.index);
    record.epoch = book.epoch;
    record.frame = book.frame;
    record.bidPrice = top[0]!;
    record.bidQty = top[1]!;
    record.askPrice = top[2]!;
    record.askQty = top[3]!;
    record.tsVenueNs = book.times[1]!;
    record.tsRecvNs = book.times[0]!;
    this.sink.flush();
    published.set(top);
    book.publishedInSync = inSync;
    this.counters.tops++;
    return true;
  }

  private publishCrossings(book: VenueBook): boolean {
    let complete = true;
    const crossings = this.crossings[book.index];
    for (let i = 0; i < crossings.length; i++) {
      const crossing = crossings[i];
      if (!crossing.isCrossed()) {
        if (!crossing.isOpen) continue;
      } else if (crossing.buy.isOpen || crossing.sell.isOpen) continue; // the other book is in the middle of a frame: it looks when it is through
      const outcome = crossing.publish(this.sink, this.crossingWriter, book);
      if (outcome === SINK_FULL) complete = false;
      else this.counters.crossings += outcome;
    }
    return complete;
  }
}
