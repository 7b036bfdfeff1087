/** The venue's own best bid and ask, where a stream has it: a list of objects with the symbol, both sides and a time, under each venue's names. */
import { Quote } from '../record/records.js';
import type { FeedOptions } from './contract.js';
import { ObjectFields } from './object-fields.js';
import { bounds, DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, scanned } from './scan.js';
import { scanScaled } from './scan-number.js';
import type { StreamedBook } from './streamed-book.js';

export interface QuoteNames {
  readonly symbol: string;
  readonly time: string;
  readonly bid: string;
  readonly bidQty: string;
  readonly ask: string;
  readonly askQty: string;
}

/** A time into `into[0]`, ns since the epoch, where it is one; else `into` stays as it is. */
export type TimeReader = (bytes: Uint8Array, at: number, end: number, into: Float64Array) => void;

const SYMBOL = 0;
const TIME = 1;
const BID = 2;

export class QuoteReader {
  private readonly quote: Quote;
  private readonly fields: ObjectFields;
  private readonly time = new Float64Array(1);
  /** bid, bid quantity, ask, ask quantity at the pair's scale. */
  private readonly values = new Float64Array(4);

  constructor(private readonly options: FeedOptions, names: QuoteNames, private readonly bookOf: (symbol: string) => StreamedBook | undefined, private readonly readTime: TimeReader) {
    this.quote = new Quote(options.sink.views);
    this.fields = new ObjectFields([names.symbol, names.time, names.bid, names.bidQty, names.ask, names.askQty]);
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
  private scan(bytes: Uint8Array, end: number, { instrument: { pair } }: StreamedBook): boolean {
    for (let i = 0; i < 4; i++) {
      const at = this.fields.at(BID + i);
      if (at >= 0 && scanScaled(bytes, at, end, i % 2 === 0 ? pair.priceScale : pair.qtyScale) < 0) return false;
      const value = at < 0 ? 0 : scanned[0];
      if (value < 0) return false;
      this.values[i] = value;
    }
    for (let side = 0; side < 4; side += 2) {
      if (this.values[side] === 0 || this.values[side + 1] === 0) this.values[side] = this.values[side + 1] = 0;
    }
    this.time[0] = 0;
    if (this.fields.at(TIME) >= 0) this.readTime(bytes, this.fields.at(TIME), end, this.time);
    return true;
  }

  private publish(book: StreamedBook, frame: number): void {
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
    quote.bidPrice = values[0];
    quote.bidQty = values[1];
    quote.askPrice = values[2];
    quote.askQty = values[3];
    quote.venueSeq = 0;
    quote.tsVenueNs = this.time[0];
    sink.flush();
  }
}
