/** What risk and P&L may ask of the market. */
import { Flag } from '../record/codes.js';
import { TopOfBook } from '../record/records.js';
import type { SlotViews } from '../record/slot.js';

/** Prices are scaled with the instrument's pair; 0 = that side is empty or nothing is known. */
export interface MarketView {
  bestBid(instrument: number): number;
  bestAsk(instrument: number): number;
  /** The book is synced by the venue's own rules right now. */
  inSync(instrument: number): boolean;
  /** When the last frame of this book was received, engine time. */
  tsRecvNs(instrument: number): number;
}

/** A MarketView kept from TopOfBook records; for runs driven by the caller. */
export class TopMarketView implements MarketView {
  private readonly bids: Float64Array;
  private readonly asks: Float64Array;
  private readonly synced: Uint8Array;
  private readonly received: Float64Array;

  constructor(instruments: number) {
    this.bids = new Float64Array(instruments);
    this.asks = new Float64Array(instruments);
    this.synced = new Uint8Array(instruments);
    this.received = new Float64Array(instruments).fill(-Infinity);
  }

  onTop(views: SlotViews, at: number): void {
    const top = new TopOfBook(views).wrap(at);
    this.set(top.instrument, top.bidPrice, top.askPrice, (top.flags & Flag.IN_SYNC) !== 0, top.tsRecvNs);
  }

  set(instrument: number, bid: number, ask: number, inSync: boolean, tsRecvNs: number): void {
    this.bids[instrument] = bid;
    this.asks[instrument] = ask;
    this.synced[instrument] = inSync ? 1 : 0;
    this.received[instrument] = tsRecvNs;
  }

  bestBid(instrument: number): number {
    return this.bids[instrument];
  }

  bestAsk(instrument: number): number {
    return this.asks[instrument];
  }

  inSync(instrument: number): boolean {
    return this.synced[instrument] === 1;
  }

  tsRecvNs(instrument: number): number {
    return this.received[instrument];
  }
}
