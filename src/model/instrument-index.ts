/** Builds the immutable index from the venues' own metadata. Deterministic: the same data gives the same numbers on every thread. */
import { AMOUNT_DECIMALS, decimalsOf, parseScaled } from './decimal.js';
import { RingsideError } from './errors.js';
import {
  unknownInstrument, type Asset, type Instrument, type InstrumentIndex, type InstrumentIndexData, type MarketSelection, type Pair, type VenueEntry,
} from './instrument.js';

/** Record headers carry indices in 16 bits; the last value means "none". */
const MAX_INSTRUMENTS = 65_535;

/** The scale of a pair: enough decimals for the finest tick and step of its venues, so that all their numbers are integers. */
function scaleOf(markets: readonly MarketSelection[], of: (market: MarketSelection) => readonly string[]): number {
  return Math.max(...markets.flatMap((market) => of(market).map(decimalsOf)));
}

class Interner<T> {
  readonly items: T[] = [];
  private readonly byName = new Map<string, T>();
  constructor(private readonly make: (index: number, name: string) => T) {}

  get(name: string): T {
    let item = this.byName.get(name);
    if (item === undefined) {
      item = this.make(this.items.length, name);
      this.items.push(item);
      this.byName.set(name, item);
    }
    return item;
  }
}

/** Smallest value that is not zero, as a tick of 0 (Binance: "disabled") would divide by zero. */
function atLeastOne(value: number): number {
  return value === 0 ? 1 : value;
}

/** @throws RingsideError INSTRUMENT_SCALE when a pair's numbers cannot be exact in 2^53 */
export function buildInstrumentIndex(data: InstrumentIndexData): InstrumentIndex {
  if (data.markets.length > MAX_INSTRUMENTS) throw new RingsideError('TOO_MANY_INSTRUMENTS', `${data.markets.length} instruments, at most ${MAX_INSTRUMENTS}`);
  const venues: VenueEntry[] = data.venues.map((id, index) => ({ index, id }));
  const assets = new Interner<Asset>((index, code) => ({ index, code }));
  const byPair = new Map<string, MarketSelection[]>();
  for (const market of data.markets) {
    assets.get(market.metadata.base);
    assets.get(market.metadata.quote);
    const list = byPair.get(market.pair);
    if (list === undefined) byPair.set(market.pair, [market]);
    else list.push(market);
  }
  const numbers = new Map(data.markets.map((market, index) => [market, index]));
  const pairs: Pair[] = [...byPair].map(([name, markets], index) => {
    const [base, quote] = name.split('-');
    if (base === undefined || quote === undefined) throw new RingsideError('PAIR_NAME', `"${name}" is no pair name`, { fix: 'Write BASE-QUOTE, for example BTC-USDT.' });
    const priceScale = scaleOf(markets, ({ metadata }) => [metadata.tickSize]);
    const qtyScale = scaleOf(markets, ({ metadata }) => [metadata.stepSize, metadata.minQty]);
    if (priceScale + qtyScale > 18) throw new RingsideError('INSTRUMENT_SCALE', `${name} needs ${priceScale} + ${qtyScale} decimals, more than the engine holds exactly`);
    return { index, name, base: assets.get(base), quote: assets.get(quote), priceScale, qtyScale, instruments: markets.map((market) => numbers.get(market)!) };
  });
  const pairByName = new Map(pairs.map((pair) => [pair.name, pair]));
  const instruments = data.markets.map((market, index) => toInstrument(market, index, venues, pairByName, assets));
  const bySymbol = new Map(instruments.map((instrument) => [`${instrument.venue.id} ${instrument.symbol}`, instrument]));
  return {
    venues, assets: assets.items, pairs, instruments,
    find(venue, symbol) {
      const found = bySymbol.get(`${venue} ${symbol}`);
      if (found === undefined) throw unknownInstrument(venue, symbol);
      return found;
    },
  };
}

function toInstrument(market: MarketSelection, index: number, venues: readonly VenueEntry[], pairs: Map<string, Pair>, assets: Interner<Asset>): Instrument {
  const { metadata } = market;
  const pair = pairs.get(market.pair)!;
  const venue = venues.find(({ id }) => id === market.venue);
  if (venue === undefined) throw new RingsideError('UNKNOWN_VENUE', `${market.venue} is not among the venues ${venues.map(({ id }) => id).join(', ')}`);
  return {
    index, venue, pair, metadata,
    symbol: metadata.symbol,
    quote: assets.get(metadata.quote),
    quoteRatePpm: market.quoteRatePpm,
    tick: atLeastOne(parseScaled(metadata.tickSize, pair.priceScale)),
    step: atLeastOne(parseScaled(metadata.stepSize, pair.qtyScale)),
    minQty: parseScaled(metadata.minQty, pair.qtyScale),
    minNotional: parseScaled(metadata.minNotional, AMOUNT_DECIMALS),
    takerFeePpm: market.takerFeePpm,
    makerFeePpm: market.makerFeePpm,
  };
}
