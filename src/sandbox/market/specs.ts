/** The markets of the sandbox as plain descriptions. */

/** One fair price, shared by every market that quotes it. */
export interface FairSpec {
  name: string;
  startPrice: number;
  /** Index of the fair price this one follows at a slowly moving basis (BTC/USD follows BTC/USDT); null = its own walk. */
  follows: number | null;
  /** Venues that quote it. Where there are several they drift apart now and then. */
  venues: string[];
}

/** One market of one venue. One price unit is 10^-priceDecimals (the tick), one quantity unit 10^-qtyDecimals (the step). */
export interface MarketSpec {
  index: number;
  venue: string;
  /** Canonical `BASE/QUOTE`. */
  pair: string;
  base: string;
  quote: string;
  /** Index into the universe's fair prices. */
  fair: number;
  priceDecimals: number;
  qtyDecimals: number;
  minQtyUnits: number;
  /** Least price × quantity, in 10^-8 of the quote asset. */
  minNotional: bigint;
  startPrice: number;
}

export interface Universe {
  fairs: FairSpec[];
  /** By venue. */
  markets: Record<string, MarketSpec[]>;
  assets: string[];
}
