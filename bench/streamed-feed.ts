/** The engine's side of a benchmark over recorded streams: a venue's feed session, its records in a sink, and the books they go to. */
import { OrderBook } from '../src/book/order-book.js';
import { BUY, SELL, type Instrument, type InstrumentIndex } from '../src/model/instrument.js';
import { Flag } from '../src/record/codes.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { BookDelta, typeAt } from '../src/record/records.js';
import { BookDeltaDef } from '../src/record/schema.js';
import type { FeedHost, FeedSession, Venue } from '../src/venue/contract.js';
import { ReusedSink } from './book-feed.js';
import type { RecordedFrame } from './recorded.js';

const PRICE = BookDeltaDef.fields.find(({ name }) => name === 'price')!.offset >> 3;
const SNAPSHOT_BEGINS = Flag.FIRST | Flag.SNAPSHOT;
const DEPTH = 1000;
const NO_STALL_NS = Number.MAX_SAFE_INTEGER;

export class StreamedFeed implements FeedHost {
  private readonly sink = new ReusedSink();
  private readonly books: readonly OrderBook[];
  private readonly delta = new BookDelta(this.sink.views);
  private readonly session: FeedSession;
  /** What the session did not take as it came. */
  readonly problems: string[] = [];

  constructor(venue: Venue, index: InstrumentIndex, epochUnixNs: bigint) {
    this.books = index.instruments.map(({ tick }) => new OrderBook(tick));
    this.session = venue.createFeed({
      resyncOnDuplicate: false, instruments: index.instruments, venueIndex: 0, sink: this.sink, host: this, epochUnixNs, firstEpoch: 0, stallNs: NO_STALL_NS, depth: DEPTH, settings: {},
    });
  }

  /** A new connection: every book begins with the snapshot that the stream brings. */
  reset(): void {
    this.session.onClose(0);
    this.session.onOpen(0);
    this.sink.clear();
  }

  /** Decode a frame and apply it. */
  onFrame({ bytes, tsRecvNs }: RecordedFrame): void {
    this.session.onFrame(bytes, bytes.length, tsRecvNs);
    this.apply();
  }

  private apply(): void {
    const { sink, books, delta } = this;
    const { views } = sink;
    const end = sink.published * SLOT_BYTES;
    for (let at = 0; at < end; at += SLOT_BYTES) {
      if (typeAt(views, at) !== BookDelta.TYPE) continue;
      const { flags, instrument } = delta.wrap(at);
      const book = books[instrument];
      if ((flags & SNAPSHOT_BEGINS) === SNAPSHOT_BEGINS) book.clear();
      book.setAt((flags & Flag.SELL) !== 0 ? SELL : BUY, views.f64, (at >> 3) + PRICE);
    }
    sink.clear();
  }

  /** Best bid and ask as the venue writes them. */
  top({ index, pair }: Instrument): readonly [number, number] {
    const top = new Float64Array(4);
    this.books[index].readTop(top, 0);
    const unit = 10 ** pair.priceScale;
    return [top[0] / unit, top[2] / unit];
  }

  send(): void {}

  reconnect(): void {
    this.problems.push('reconnect');
  }

  request(): void {
    this.problems.push('request');
  }

  count(counter: string): void {
    if (counter !== 'frames') this.problems.push(counter);
  }
}
