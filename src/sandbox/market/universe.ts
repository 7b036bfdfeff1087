/** Which markets the sandbox venues list, and by which rules. Everything follows from the venues and the number of pairs. */
import { parseDecimal } from '../../model/decimal.js';
import type { SandboxVenue } from '../venue.js';
import type { MarketSpec, Universe } from './specs.js';

interface Listing {
  base: string;
  startPrice: number;
  /** Quotes that were asked for by name; null: whatever each venue lists. */
  quotes: readonly string[] | null;
}

/** In the order of their fair prices: USD follows USDT. */
const QUOTES = ['USDT', 'USD'] as const;

const MAJORS: readonly Listing[] = [
  { base: 'BTC', startPrice: 64_000, quotes: null },
  { base: 'ETH', startPrice: 3_200, quotes: null },
  { base: 'SOL', startPrice: 160, quotes: null },
  { base: 'XRP', startPrice: 2.2, quotes: null },
];

/** A made-up asset (`S005`, `S006`, …); prices spread over three orders of magnitude. */
function syntheticListing(base: string, number: number): Listing {
  return { base, startPrice: Math.round(100 * 2 * Math.pow(10, (number % 30) / 10)) / 100, quotes: null };
}

/** @param pairs how many base assets are listed, or which pairs */
export function buildUniverse(venues: readonly SandboxVenue[], pairs: number | readonly string[]): Universe {
  const listings = typeof pairs === 'number' ? listingsByCount(pairs) : listingsByName(pairs);
  const universe: Universe = { fairs: [], markets: Object.fromEntries(venues.map(({ id }) => [id, []])), assets: [...QUOTES] };
  for (const listing of listings) {
    universe.assets.push(listing.base);
    const leader = universe.fairs.length;
    for (const quote of QUOTES) {
      const quoting = venues.filter((venue) => lists(venue, listing, quote));
      // The leader walks whether or not anybody quotes it.
      if (quoting.length === 0 && quote !== QUOTES[0]) continue;
      const fair = universe.fairs.length;
      universe.fairs.push({ name: `${listing.base}/${quote}`, startPrice: listing.startPrice, follows: fair === leader ? null : leader, venues: quoting.map(({ id }) => id) });
      for (const venue of quoting) addMarket(universe.markets[venue.id], venue, listing, quote, fair);
    }
  }
  return universe;
}

function lists(venue: SandboxVenue, { base, quotes }: Listing, quote: string): boolean {
  if (!venue.quotes.includes(quote)) return false;
  return quotes === null ? (venue.lists?.(base, quote) ?? true) : quotes.includes(quote);
}

function listingsByCount(count: number): Listing[] {
  const listings = MAJORS.slice(0, count);
  for (let i = listings.length; i < count; i++) listings.push(syntheticListing(`S${String(i + 1).padStart(3, '0')}`, i + 1));
  return listings;
}

function listingsByName(pairs: readonly string[]): Listing[] {
  const bases = [...new Set(pairs.map((pair) => pair.slice(0, pair.indexOf('/'))))];
  return bases.map((base, i) => ({
    ...(MAJORS.find((major) => major.base === base) ?? syntheticListing(base, i + 1)),
    quotes: QUOTES.filter((quote) => pairs.includes(`${base}/${quote}`)),
  }));
}

function addMarket(markets: MarketSpec[], venue: SandboxVenue, { base, startPrice }: Listing, quote: string, fair: number): void {
  const rules = venue.rules(base, startPrice);
  if (rules === undefined) return;
  markets.push({
    index: markets.length, venue: venue.id, pair: `${base}/${quote}`, base, quote, fair,
    priceDecimals: rules.priceDecimals, qtyDecimals: rules.qtyDecimals,
    minQtyUnits: Number(parseDecimal(rules.minQty, rules.qtyDecimals)),
    minNotional: parseDecimal(rules.minNotional, 8), startPrice,
  });
}
