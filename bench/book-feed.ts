/** The engine's side of the book benchmarks: the venue's feed session, its records in a sink, and a book they go to. */
import { OrderBook } from '../src/book/order-book.js';
import { BUY, SELL, type Instrument } from '../src/model/instrument.js';
import { Flag } from '../src/record/codes.js';
import { fieldOffset, OFFSET, SLOT_BYTES } from '../src/record/define.js';
import { BookDelta } from '../src/record/records.js';
import { BookDeltaDef } from '../src/record/schema.js';
import { SlotViews, type RecordSink } from '../src/record/slot.js';
import type { FeedHost, FeedSession } from '../src/venue/contract.js';
import { nativeVenueById } from '../src/venue/registry.js';
import type { RecordedDiffs, RecordedFrame } from './recorded.js';

/** A snapshot of 1000 levels a side and what was buffered meanwhile fit. */
const SINK_SLOTS = 1 << 14;
const PRICE = fieldOffset(BookDeltaDef, 'price') >> 3;
// The loop over levels takes what it reads by into constants: see src/venue/scan-words.ts.
const SLOT = SLOT_BYTES;
const { type: TYPE, flags: FLAGS } = OFFSET;
const DELTA = BookDelta.TYPE;
const SELL_FLAG = Flag.SELL;
const [BID, ASK] = [BUY, SELL];
const DEPTH = 1000;
const NO_STALL_NS = Number.MAX_SAFE_INTEGER;

/** Slots used again and again, as in a ring whose reader keeps up. */
export class ReusedSink implements RecordSink {
  readonly views = new SlotViews(new SharedArrayBuffer(SINK_SLOTS * SLOT_BYTES));
  published = 0;
  private taken = 0;

  next(): number {
    if (this.taken === SINK_SLOTS) return -1;
    return this.taken++ * SLOT;
  }

  flush(): void {
    this.published = this.taken;
  }

  abandon(): void {
    this.taken = this.published;
  }

  clear(): void {
    this.taken = this.published = 0;
  }
}

export class BookFeed implements FeedHost {
  readonly sink = new ReusedSink();
  readonly book: OrderBook;
  /** Level changes applied. */
  changes = 0;
  /** Frames that the session did not take as they came. */
  problems = 0;
  private readonly session: FeedSession;
  private readonly instrument: Instrument;
  private asked: number[] = [];

  constructor(private readonly recorded: RecordedDiffs) {
    const { index, epochUnixNs } = recorded;
    this.instrument = index.instruments[0];
    this.book = new OrderBook(this.instrument.tick);
    this.session = nativeVenueById('binance').createFeed({ resyncOnDuplicate: false,
      instruments: index.instruments, venueIndex: this.instrument.venue.index, sink: this.sink, host: this, epochUnixNs, firstEpoch: 0, stallNs: NO_STALL_NS, depth: DEPTH, settings: {},
    });
  }

  /** From nothing to in sync: the frames before the snapshot, and the snapshot. */
  synchronise(): void {
    const { snapshot, before } = this.recorded;
    this.session.onClose(0);
    this.asked = [];
    this.session.onOpen(0);
    for (const frame of before) this.onFrame(frame);
    this.session.onTimer(snapshot.tsRecvNs);
    const tag = this.asked.shift();
    if (tag === undefined) throw new Error('the feed did not ask for a snapshot');
    this.session.onResponse(tag, 200, snapshot.bytes, snapshot.tsRecvNs);
    this.book.clear();
    this.apply();
  }

  /** Decode a frame and apply it. */
  onFrame({ bytes, tsRecvNs }: RecordedFrame): void {
    this.session.onFrame(bytes, bytes.length, tsRecvNs);
    this.apply();
  }

  /** Decode a frame; its records stay in the sink until `apply`. */
  decode({ bytes, tsRecvNs }: RecordedFrame): void {
    this.session.onFrame(bytes, bytes.length, tsRecvNs);
  }

  apply(): void {
    const { sink, book } = this;
    const { u8, f64 } = sink.views;
    const end = sink.published * SLOT;
    for (let at = 0; at < end; at += SLOT) {
      if (u8[at + TYPE] !== DELTA) continue;
      book.setAt((u8[at + FLAGS] & SELL_FLAG) !== 0 ? ASK : BID, f64, (at >> 3) + PRICE);
      this.changes++;
    }
    sink.clear();
  }

  /** Best bid and ask as the venue writes them. */
  top(): readonly [number, number] {
    const top = new Float64Array(4);
    this.book.readTop(top, 0);
    const unit = 10 ** this.instrument.pair.priceScale;
    return [top[0] / unit, top[2] / unit];
  }

  send(): void {}

  reconnect(): void {
    this.problems++;
  }

  request(tag: number): void {
    this.asked.push(tag);
  }

  count(counter: string): void {
    if (counter !== 'frames' && counter !== 'resyncs') this.problems++;
  }
}
