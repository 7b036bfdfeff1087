/** What risk and P&L may ask of the market. Prices are scaled with the instrument's pair; 0 = that side is empty or nothing is known. */
export interface MarketView {
  bestBid(instrument: number): number;
  bestAsk(instrument: number): number;
  /** The book is synced by the venue's own rules right now. */
  inSync(instrument: number): boolean;
  /** When the last frame of this book was received, engine time. */
  tsRecvNs(instrument: number): number;
}
