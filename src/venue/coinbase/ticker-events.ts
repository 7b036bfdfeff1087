/** Tickers of Advanced Trade: `[{"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD",…,"best_bid":"68900.00",…}]}]`. */
import type { FeedOptions } from '../contract.js';
import { ObjectFields } from '../object-fields.js';
import { DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET } from '../scan.js';
import type { Products } from './products.js';
import { QuoteReader } from './quote-reader.js';

export class TickerEvents {
  private readonly fields = new ObjectFields(['tickers']);
  private readonly quotes: QuoteReader;

  constructor(private readonly options: FeedOptions, products: Products) {
    this.quotes = new QuoteReader(options, products, ['best_bid_quantity', 'best_ask_quantity']);
  }

  /** The quotes of one frame's `events`, at its bracket; what is none is counted. */
  read(bytes: Uint8Array, at: number, end: number, frame: number, venueSeq: number, tsVenueNs: number): void {
    at = expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.fields.read(bytes, at, end);
      if (at < 0) break;
      if (this.readTickers(bytes, this.fields.at(0), end, frame, venueSeq, tsVenueNs) < 0) return this.options.host.count('malformed');
    }
    if (at !== DONE) this.options.host.count('malformed');
  }

  private readTickers(bytes: Uint8Array, at: number, end: number, frame: number, venueSeq: number, tsVenueNs: number): number {
    at = at < 0 ? MALFORMED : expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.quotes.read(bytes, at, end, frame, venueSeq, tsVenueNs);
    }
    return at === DONE ? 0 : MALFORMED;
  }
}
