/** The venue's own best bid and ask, where a stream has it: the ticker of Advanced Trade, and the Exchange's where it tells sizes. */
import { Quote } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { ObjectFields } from '../object-fields.js';
import { MALFORMED, scanned } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import type { CoinbaseBook, Products } from './products.js';

const PRODUCT_ID = 0;
const BID = 1;

export class QuoteReader {
  private readonly quote: Quote;
  private readonly fields: ObjectFields;
  /** bid, bid quantity, ask, ask quantity at the pair's scale. */
  private readonly values = new Float64Array(4);

  /** @param sizes names of the quantities at the best bid and ask */
  constructor(private readonly options: FeedOptions, private readonly products: Products, sizes: readonly [bid: string, ask: string]) {
    this.quote = new Quote(options.sink.views);
    this.fields = new ObjectFields(['product_id', 'best_bid', sizes[0], 'best_ask', sizes[1]]);
  }

  /** One ticker. @returns position after it or MALFORMED */
  read(bytes: Uint8Array, at: number, end: number, frame: number, venueSeq: number, tsVenueNs: number): number {
    const after = this.fields.read(bytes, at, end);
    if (after < 0) return MALFORMED;
    const books = this.products.named(this.fields.text(bytes, PRODUCT_ID));
    if (books.length === 0) this.options.host.count('unknownSymbol');
    for (const book of books) {
      if (this.scan(bytes, end, book)) this.publish(book, frame, venueSeq, tsVenueNs);
    }
    return after;
  }

  /** False where a price comes without its quantity, or a number cannot be held. */
  private scan(bytes: Uint8Array, end: number, { instrument: { pair } }: CoinbaseBook): boolean {
    for (let i = 0; i < 4; i++) {
      const at = this.fields.at(BID + i);
      if (at < 0) return false;
      if (scanScaled(bytes, at, end, i % 2 === 0 ? pair.priceScale : pair.qtyScale) < 0 || scanned[0] < 0) {
        this.options.host.count('outOfRange');
        return false;
      }
      this.values[i] = scanned[0];
    }
    return true;
  }

  private publish(book: CoinbaseBook, frame: number, venueSeq: number, tsVenueNs: number): void {
    const { sink, venueIndex, host } = this.options;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      host.count('ringFull');
      return;
    }
    const { values } = this;
    const quote = this.quote.begin(at, 0, venueIndex, book.instrument.index);
    quote.epoch = book.epoch;
    quote.frame = frame;
    quote.bidPrice = values[0];
    quote.bidQty = values[1];
    quote.askPrice = values[2];
    quote.askQty = values[3];
    quote.venueSeq = venueSeq;
    quote.tsVenueNs = tsVenueNs;
    sink.flush();
  }
}
