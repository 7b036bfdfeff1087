/** What risk and P&L ask of the market, answered from the price cache: no record has to travel for it. */
import { SharedBookReader, type SharedBookDescriptor } from '../src/book/shared-book.js';
import type { MarketView } from '../src/risk/market.js';

const TOP = { bidPrice: 0, askPrice: 2, tsRecvNs: 4, inSync: 5 } as const;

export class SharedMarketView implements MarketView {
  private readonly reader: SharedBookReader;
  private readonly top = new Float64Array(6);

  constructor(shared: SharedBookDescriptor) {
    this.reader = new SharedBookReader(shared);
  }

  bestBid(instrument: number): number {
    return this.read(instrument, TOP.bidPrice);
  }

  bestAsk(instrument: number): number {
    return this.read(instrument, TOP.askPrice);
  }

  inSync(instrument: number): boolean {
    return this.read(instrument, TOP.inSync) === 1;
  }

  tsRecvNs(instrument: number): number {
    return this.read(instrument, TOP.tsRecvNs);
  }

  /** 0 where nothing consistent can be read: not in sync, no price. */
  private read(instrument: number, what: number): number {
    return this.reader.readTop(instrument, this.top) ? this.top[what] : 0;
  }
}
