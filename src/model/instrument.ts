/**
 * Instruments, pairs, venues and assets. Names become small integers at start-up; the index is immutable afterwards,
 * so hot paths index arrays and never look a string up.
 */
import { RingsideError } from './errors.js';

export type Side = 0 | 1;
export const BUY: Side = 0;
export const SELL: Side = 1;

export type InstrumentStatus = 'trading' | 'halted' | 'cancel-only' | 'post-only' | 'limit-only' | 'delisted';

export interface PoolToken {
  /** Lower case. */
  readonly address: string;
  readonly decimals: number;
}

/** A market that is a pool of two tokens on a chain. */
export interface PoolFacts {
  /** Uniswap v2: constant product; v3: liquidity by price range. */
  readonly version: 2 | 3;
  readonly token0: PoolToken;
  readonly token1: PoolToken;
  /** Whether the base is token0. */
  readonly baseIsToken0: boolean;
  /** What the pool keeps of the input, ppm. */
  readonly feePpm: number;
  /** v3; 1 for v2. */
  readonly tickSpacing: number;
}

/** What a venue says of one of its markets, in the venue's own terms; all numbers exact decimal text. */
export interface MarketMetadata {
  /** The venue's symbol: `BTCUSDT`, `BTC/USD`. */
  readonly symbol: string;
  /** Canonical asset codes: `BTC`, `USDT` (never `XBT`). */
  readonly base: string;
  readonly quote: string;
  readonly status: InstrumentStatus;
  /** Price increment, quantity increment, least quantity, least notional (in quote). */
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minQty: string;
  readonly minNotional: string;
  readonly maxQty?: string;
  /** Fees in parts per million of the notional (1000 = 0.1 %), where the venue tells them. */
  readonly takerFeePpm?: number;
  readonly makerFeePpm?: number;
  /** Inverse futures: quote units per contract; quantities on the wire are contracts. */
  readonly contractSizeQuote?: number;
  /** Another name the venue uses for it: Kraken REST altname, Binance stream name. */
  readonly altSymbol?: string;
  /** The number the venue knows it by, where orders need it (OKX instIdCode). */
  readonly venueNumber?: number;
  /** Decimals the venue formats prices and quantities with, where its checksum needs them. */
  readonly priceDecimals: number;
  readonly qtyDecimals: number;
  /** Decentralised exchanges; `symbol` is then the pool's address. */
  readonly pool?: PoolFacts;
}

export interface Asset {
  readonly index: number;
  readonly code: string;
}

export interface Pair {
  readonly index: number;
  /** `BTC-USDT`. */
  readonly name: string;
  readonly base: Asset;
  readonly quote: Asset;
  /** Decimals of scaled prices and quantities of this pair, the same on all its venues. */
  readonly priceScale: number;
  readonly qtyScale: number;
  /** Indices of its instruments. */
  readonly instruments: readonly number[];
}

export interface Instrument {
  readonly index: number;
  readonly venue: VenueEntry;
  readonly symbol: string;
  readonly metadata: MarketMetadata;
  readonly pair: Pair;
  /** The asset that is really paid on this venue; differs from pair.quote.code where the user mapped quotes. */
  readonly quote: Asset;
  /** Mapped quotes: what one unit of this venue's quote is worth in the pair's quote, in parts per million (1000000 = par). */
  readonly quoteRatePpm: number;
  /** Scaled with the pair's scales. */
  readonly tick: number;
  readonly step: number;
  readonly minQty: number;
  /** 10^-8 of the quote. */
  readonly minNotional: number;
  readonly takerFeePpm: number;
  readonly makerFeePpm: number;
}

export interface VenueEntry {
  readonly index: number;
  /** `binance`, `kraken`, `binance-usdm`. */
  readonly id: string;
}

export interface InstrumentIndex {
  readonly venues: readonly VenueEntry[];
  readonly assets: readonly Asset[];
  readonly pairs: readonly Pair[];
  readonly instruments: readonly Instrument[];
  /** @throws RingsideError UNKNOWN_INSTRUMENT */
  find(venue: string, symbol: string): Instrument;
}

/** The same thing as plain data: what is posted to workers and kept with a session. */
export interface InstrumentIndexData {
  readonly venues: readonly string[];
  readonly markets: readonly MarketSelection[];
}

export interface MarketSelection {
  readonly venue: string;
  /** Canonical pair it belongs to: usually `${base}-${quote}`, another where the user mapped quotes. */
  readonly pair: string;
  readonly quoteRatePpm: number;
  readonly takerFeePpm: number;
  readonly makerFeePpm: number;
  readonly metadata: MarketMetadata;
}

export function unknownInstrument(venue: string, symbol: string): RingsideError {
  return new RingsideError('UNKNOWN_INSTRUMENT', `${venue} has no instrument ${symbol} here`, { where: `${venue}:${symbol}` });
}
