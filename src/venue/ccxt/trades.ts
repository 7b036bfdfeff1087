/** Public trades as the library hands them out, as records. */
import type { Trade as LibraryTrade } from 'ccxt';
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedDriverOptions } from '../driven.js';
import { exactly, roundedDown } from './exact.js';
import type { LibraryBook } from './library-book.js';
import { tradeNumber } from './trade-number.js';

export class TradeWriter {
  private readonly trade: Trade;

  constructor(private readonly options: FeedDriverOptions) {
    this.trade = new Trade(options.sink.views);
  }

  /** All of them or, where the ring is full, none. */
  write(book: LibraryBook, trades: readonly LibraryTrade[], frame: number, tsRecvNs: number): void {
    const { sink, venueIndex, host, epochUnixNs } = this.options;
    const { index, pair } = book.instrument;
    for (const { id, price, amount, side, timestamp } of trades) {
      const scaledPrice = exactly(Number(price), pair.priceScale);
      const scaledQty = roundedDown(Number(amount), pair.qtyScale);
      if (!(scaledPrice > 0) || !(scaledQty > 0)) {
        host.count(Number.isFinite(Number(price)) ? 'outOfRange' : 'malformed');
        continue;
      }
      const at = sink.next();
      if (at < 0) {
        sink.abandon();
        host.count('ringFull');
        return;
      }
      const { trade } = this;
      trade.begin(at, side === 'sell' ? Flag.SELL : 0, venueIndex, index);
      trade.epoch = book.epoch;
      trade.frame = frame;
      trade.price = scaledPrice;
      trade.qty = scaledQty;
      trade.tradeId = tradeNumber(id);
      trade.tsVenueNs = timestamp === undefined ? 0 : Number(BigInt(Math.trunc(timestamp)) * 1_000_000n - epochUnixNs);
      trade.tsRecvNs = tsRecvNs;
    }
    sink.flush();
  }
}
