/** The venue's own best bid and ask, where a stream has it: `{"symbol":"BTC/USD","bid":64010.0,"bid_qty":0.075,"ask":64010.1,"ask_qty":0.5,…,"timestamp":"…Z"}`. */
import { Quote } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { ObjectFields } from '../object-fields.js';
import { DONE, bounds, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, scanned } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import type { EpochParts } from '../scan-time.js';
import { readTime } from './book-entry.js';
import type { SyncedBook } from './synced-book.js';

const SYMBOL = 0;
const TIMESTAMP = 1;
const BID = 2;
const BID_QTY = 3;
const ASK = 4;
const ASK_QTY = 5;

export class TickerReader {
  private readonly quote: Quote;
  private readonly fields = new ObjectFields(['symbol', 'timestamp', 'bid', 'bid_qty', 'ask', 'ask_qty']);
  private readonly time = new Float64Array(1);
  /** bid, bid quantity, ask, ask quantity at the pair's scale. */
  private readonly values = new Float64Array(4);

  constructor(private readonly options: FeedOptions, private readonly bookOf: (symbol: string) => SyncedBook | undefined, private readonly epoch: EpochParts) {
    this.quote = new Quote(options.sink.views);
  }

  /** The quotes of one frame's `data`, at its bracket. @returns position after it or a negative code */
  read(bytes: Uint8Array, at: number, end: number, frame: number): number {
    at = expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.fields.read(bytes, at, end);
      if (at < 0) break;
      const book = this.bookOf(this.fields.text(bytes, SYMBOL));
      if (book === undefined) this.options.host.count('unknownSymbol');
      else if (this.scan(bytes, end, book)) this.publish(book, frame);
      else this.options.host.count('outOfRange');
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  /** False where a number cannot be held. What is absent or zero is a missing side. */
  private scan(bytes: Uint8Array, end: number, book: SyncedBook): boolean {
    for (let i = 0; i < 4; i++) {
      const isPrice = i % 2 === 0;
      const at = this.fields.at(BID + i);
      if (at >= 0 && scanScaled(bytes, at, end, isPrice ? book.priceDecimals : book.qtyDecimals) < 0) return false;
      const raw = at < 0 ? 0 : scanned[0];
      const value = isPrice ? (raw * book.priceUp) / book.priceDown : (raw * book.qtyUp) / book.qtyDown;
      if (value < 0 || !Number.isSafeInteger(value)) return false;
      this.values[i] = value;
    }
    for (let side = 0; side < 4; side += 2) {
      if (this.values[side] === 0 || this.values[side + 1] === 0) this.values[side] = this.values[side + 1] = 0;
    }
    this.time[0] = 0;
    if (this.fields.at(TIMESTAMP) >= 0) readTime(bytes, this.fields.at(TIMESTAMP), end, this.epoch, this.time);
    return true;
  }

  private publish(book: SyncedBook, frame: number): void {
    const { sink, venueIndex, host } = this.options;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      host.count('ringFull');
      return;
    }
    const { quote, values } = this;
    quote.begin(at, 0, venueIndex, book.instrument.index);
    quote.epoch = book.epoch;
    quote.frame = frame;
    quote.bidPrice = values[BID - BID];
    quote.bidQty = values[BID_QTY - BID];
    quote.askPrice = values[ASK - BID];
    quote.askQty = values[ASK_QTY - BID];
    quote.venueSeq = 0;
    quote.tsVenueNs = this.time[0];
    sink.flush();
  }
}
