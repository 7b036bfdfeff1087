/** The venue's own best bid and ask: snapshots of `orderbook.1`, where a stream has them. They come again unchanged every three seconds. */
import { Quote } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import type { StreamFrame } from './stream-frame.js';
import type { SequencedBook } from './book-sync.js';

export class QuoteWriter {
  private readonly quote: Quote;

  constructor(private readonly options: FeedOptions) {
    this.quote = new Quote(options.sink.views);
  }

  write({ changes, updateId, tsVenueNs }: StreamFrame, book: SequencedBook, frameNumber: number): void {
    const { sink, venueIndex, host } = this.options;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      host.count('ringFull');
      return;
    }
    const quote = this.quote.begin(at, 0, venueIndex, book.instrument.index);
    quote.epoch = book.epoch;
    quote.frame = frameNumber;
    quote.bidPrice = quote.bidQty = quote.askPrice = quote.askQty = 0;
    // One level a side; were there more, the best would stand first.
    for (let i = changes.count - 1; i >= 0; i--) {
      if (changes.sells[i] === 1) {
        quote.askPrice = changes.prices[i];
        quote.askQty = changes.qtys[i];
      } else {
        quote.bidPrice = changes.prices[i];
        quote.bidQty = changes.qtys[i];
      }
    }
    quote.venueSeq = updateId;
    quote.tsVenueNs = tsVenueNs;
    sink.flush();
  }
}
