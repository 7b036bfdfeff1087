/** Which markets the two sandbox venues list, and by which rules. Everything follows from the number of pairs. */
import { parseDecimal } from '../../model/decimal.js';

export type VenueName = 'binance' | 'kraken';
export const VENUES: readonly VenueName[] = ['binance', 'kraken'];

/** One fair price, shared by every market that quotes it. */
export interface FairSpec {
  name: string;
  startPrice: number;
  /** Index of the fair price this one follows at a slowly moving basis (BTC/USD follows BTC/USDT); null = its own walk. */
  follows: number | null;
  /** Both venues quote it, so the venues drift apart now and then. */
  shared: boolean;
}

/** One market of one venue. One price unit is 10^-priceDecimals (the tick), one quantity unit 10^-qtyDecimals (the step). */
export interface MarketSpec {
  index: number;
  venue: VenueName;
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
  markets: Record<VenueName, MarketSpec[]>;
  assets: string[];
}

interface Rules {
  priceDecimals: number;
  qtyDecimals: number;
  minQty: string;
  minNotional: string;
}

interface Listing {
  base: string;
  startPrice: number;
  binance: Rules;
  kraken: Rules;
  /** Binance lists it against USDT. */
  binanceUsdt: boolean;
  /** Kraken lists it against USDT too: the identical pair that is compared across venues. */
  krakenUsdt: boolean;
  /** Kraken lists it against USD. */
  krakenUsd: boolean;
}

const MAJORS: readonly Listing[] = [
  {
    base: 'BTC', startPrice: 64_000, binanceUsdt: true, krakenUsdt: true, krakenUsd: true,
    binance: { priceDecimals: 2, qtyDecimals: 5, minQty: '0.00001', minNotional: '5' },
    kraken: { priceDecimals: 1, qtyDecimals: 8, minQty: '0.00005', minNotional: '0.5' },
  },
  {
    base: 'ETH', startPrice: 3_200, binanceUsdt: true, krakenUsdt: true, krakenUsd: true,
    binance: { priceDecimals: 2, qtyDecimals: 4, minQty: '0.0001', minNotional: '5' },
    kraken: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.001', minNotional: '0.5' },
  },
  {
    base: 'SOL', startPrice: 160, binanceUsdt: true, krakenUsdt: true, krakenUsd: true,
    binance: { priceDecimals: 2, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
    kraken: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.02', minNotional: '0.5' },
  },
  {
    base: 'XRP', startPrice: 2.2, binanceUsdt: true, krakenUsdt: false, krakenUsd: true,
    binance: { priceDecimals: 4, qtyDecimals: 1, minQty: '0.1', minNotional: '5' },
    kraken: { priceDecimals: 5, qtyDecimals: 8, minQty: '2', minNotional: '0.5' },
  },
];

/** A made-up asset (`S005`, `S006`, …) on both venues against USDT; prices spread over three orders of magnitude. */
function syntheticListing(base: string, number: number): Listing {
  const startPrice = Math.round(100 * 2 * Math.pow(10, (number % 30) / 10)) / 100;
  const priceDecimals = startPrice >= 200 ? 2 : 3;
  return {
    base, startPrice, binanceUsdt: true, krakenUsdt: true, krakenUsd: false,
    binance: { priceDecimals, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
    kraken: { priceDecimals, qtyDecimals: 8, minQty: '0.01', minNotional: '0.5' },
  };
}

/** @param pairs how many base assets are listed, or which pairs */
export function buildUniverse(pairs: number | readonly string[]): Universe {
  const listings = typeof pairs === 'number' ? listingsByCount(pairs) : listingsByName(pairs);
  const universe: Universe = { fairs: [], markets: { binance: [], kraken: [] }, assets: ['USDT', 'USD'] };
  for (const listing of listings) {
    universe.assets.push(listing.base);
    const usdt = universe.fairs.length;
    universe.fairs.push({ name: `${listing.base}/USDT`, startPrice: listing.startPrice, follows: null, shared: listing.binanceUsdt && listing.krakenUsdt });
    if (listing.binanceUsdt) addMarket(universe, 'binance', listing, 'USDT', usdt);
    if (listing.krakenUsdt) addMarket(universe, 'kraken', listing, 'USDT', usdt);
    if (listing.krakenUsd) {
      universe.fairs.push({ name: `${listing.base}/USD`, startPrice: listing.startPrice, follows: usdt, shared: false });
      addMarket(universe, 'kraken', listing, 'USD', usdt + 1);
    }
  }
  return universe;
}

function listingsByCount(count: number): Listing[] {
  const listings = MAJORS.slice(0, count);
  for (let i = listings.length; i < count; i++) listings.push(syntheticListing(`S${String(i + 1).padStart(3, '0')}`, i + 1));
  return listings;
}

function listingsByName(pairs: readonly string[]): Listing[] {
  const bases = [...new Set(pairs.map((pair) => pair.slice(0, pair.indexOf('/'))))];
  return bases.map((base, i) => {
    const usdt = pairs.includes(`${base}/USDT`);
    const listing = MAJORS.find((major) => major.base === base) ?? syntheticListing(base, i + 1);
    return { ...listing, binanceUsdt: usdt, krakenUsdt: usdt, krakenUsd: pairs.includes(`${base}/USD`) };
  });
}

function addMarket(universe: Universe, venue: VenueName, listing: Listing, quote: string, fair: number): void {
  const rules = listing[venue];
  const markets = universe.markets[venue];
  markets.push({
    index: markets.length, venue, pair: `${listing.base}/${quote}`, base: listing.base, quote, fair,
    priceDecimals: rules.priceDecimals, qtyDecimals: rules.qtyDecimals,
    minQtyUnits: Number(parseDecimal(rules.minQty, rules.qtyDecimals)),
    minNotional: parseDecimal(rules.minNotional, 8), startPrice: listing.startPrice,
  });
}
