/** What risk and P&L may ask of the market. */
import { Flag } from '../record/codes.js';
import { TopOfBook } from '../record/records.js';
import type { SlotViews } from '../record/slot.js';

/**
 * Prices are scaled with the instrument's pair; 0 = that side is empty or nothing is known. Whoever asks begins with
 * `inSync`: an implementation may copy the book there and answer the rest about that instrument from the copy.
 */
export interface MarketView {
  bestBid(instrument: number): number;
  bestAsk(instrument: number): number;
  /** The book is synced by the venue's own rules right now. */
  inSync(instrument: number): boolean;
  /** When the last frame of this book was received, engine time. */
  tsRecvNs(instrument: number): number;
}

/** The top of a book as it is now; a BookView of the price cache is one. */
export interface TopView {
  readonly inSync: boolean;
  readonly bids: number;
  readonly asks: number;
  readonly bidPrices: Float64Array;
  readonly askPrices: Float64Array;
  readonly tsRecvNs: number;
}

/** A MarketView over copies of books: one copy a question, so that what is answered belongs together. */
export class CopiedMarketView implements MarketView {
  private view: TopView | undefined;
  private instrument = -1;

  /** @param read a copy of an instrument's book, valid until the next call; undefined when it cannot be read */
  constructor(private readonly read: (instrument: number) => TopView | undefined) {}

  inSync(instrument: number): boolean {
    this.instrument = instrument;
    this.view = this.read(instrument);
    return this.view?.inSync ?? false;
  }

  bestBid(instrument: number): number {
    const view = this.of(instrument);
    return view !== undefined && view.bids > 0 ? view.bidPrices[0] : 0;
  }

  bestAsk(instrument: number): number {
    const view = this.of(instrument);
    return view !== undefined && view.asks > 0 ? view.askPrices[0] : 0;
  }

  tsRecvNs(instrument: number): number {
    return this.of(instrument)?.tsRecvNs ?? -Infinity;
  }

  private of(instrument: number): TopView | undefined {
    if (instrument !== this.instrument) this.inSync(instrument);
    return this.view;
  }
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
