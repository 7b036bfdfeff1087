/** What a replay trades: the markets its transcripts hold, as pairs the user may have mapped onto one another, with fees. */
import { parseScaled } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import { buildInstrumentIndex } from '../model/instrument-index.js';
import type { InstrumentIndex, MarketMetadata, MarketSelection } from '../model/instrument.js';
import type { SurveyedMarket, Venue } from '../venue/contract.js';
import { withPrecision, type Precision } from './precision.js';

/** One venue's markets. */
export interface VenueMarkets {
  readonly venue: Venue;
  readonly markets: readonly SurveyedMarket[];
}

export interface MarketChoices {
  /** By the venue's pair: the pair it counts as, and what one unit of its quote is worth there, ppm. */
  readonly mapping: ReadonlyMap<string, { readonly pair: string; readonly quoteRatePpm: number }>;
  /** Taker fees by venue id, ppm; the venue's usual one where absent. */
  readonly takerFeePpm: ReadonlyMap<string, number>;
  readonly precision: Precision;
}

const PPM_DECIMALS = 6;

/** `BTC-USD=BTC-USDT@1`. @throws RingsideError OPTION_INVALID */
export function parseMapping(entries: readonly string[]): MarketChoices['mapping'] {
  return new Map(entries.map((entry) => {
    const match = /^([A-Z0-9]+)-([A-Z0-9]+)=([A-Z0-9]+)-([A-Z0-9]+)@(\d{1,6}(?:\.\d{1,6})?)$/.exec(entry);
    const quoteRatePpm = match === null ? 0 : parseScaled(match[5], PPM_DECIMALS);
    if (match === null || match[1] !== match[3] || match[2] === match[4] || quoteRatePpm === 0) {
      throw new RingsideError('OPTION_INVALID', `--map ${entry} cannot be read`, { where: '--map', fix: 'Write BASE-QUOTE=BASE-QUOTE@RATE: of the same base, RATE above 0 with at most 6 decimals, for example BTC-USD=BTC-USDT@1.0002.' });
    }
    return [`${match[1]}-${match[2]}`, { pair: `${match[3]}-${match[4]}`, quoteRatePpm }];
  }));
}

/** `binance=750`. @throws RingsideError OPTION_INVALID */
export function parseFees(entries: readonly string[], venues: readonly string[]): ReadonlyMap<string, number> {
  return new Map(entries.map((entry) => {
    const match = /^([a-z0-9-]+)=(\d{1,6})$/.exec(entry);
    if (match === null || Number(match[2]) > 100_000 || !venues.includes(match[1])) {
      throw new RingsideError('OPTION_INVALID', `--fee ${entry} cannot be read`, { where: '--fee', fix: `Write VENUE=PPM, the taker fee in parts per million of the notional from 0 to 100000 (1000 = 0.1 %). Venues: ${venues.join(', ')}.` });
    }
    return [match[1], Number(match[2])];
  }));
}

/** Quote units a contract is worth where no metadata says it: 100 USD for Bitcoin, 10 USD for everything else (Binance COIN-M contract specifications). */
function contractSizeQuote({ base }: MarketMetadata): number {
  return base === 'BTC' ? 100 : 10;
}

/** Quantities of inverse futures are contracts on the wire and base quantities in the records: fractions of a contract's worth. */
function inBase(venue: Venue, market: SurveyedMarket): MarketMetadata {
  const { metadata } = market;
  const isInverse = metadata.contractSizeQuote !== undefined || venue.id === 'binance-coinm';
  if (!isInverse) return metadata;
  return { ...metadata, contractSizeQuote: metadata.contractSizeQuote ?? contractSizeQuote(metadata), stepSize: '0.00000001', minQty: '0', minNotional: '0' };
}

/** @throws RingsideError OPTION_INVALID for a mapping of a pair that is not there */
export function indexOfMarkets(venues: readonly VenueMarkets[], choices: MarketChoices): InstrumentIndex {
  const markets: MarketSelection[] = venues.flatMap(({ venue, markets: surveyed }) => surveyed.map((market) => {
    const metadata = inBase(venue, withPrecision(market, choices.precision));
    const own = `${metadata.base}-${metadata.quote}`;
    const mapped = choices.mapping.get(own);
    return {
      venue: venue.id, metadata, pair: mapped?.pair ?? own, quoteRatePpm: mapped?.quoteRatePpm ?? 1_000_000,
      takerFeePpm: choices.takerFeePpm.get(venue.id) ?? metadata.takerFeePpm ?? venue.defaultTakerFeePpm,
      makerFeePpm: metadata.makerFeePpm ?? venue.defaultMakerFeePpm,
    };
  }));
  const own = new Set(markets.map(({ metadata }) => `${metadata.base}-${metadata.quote}`));
  for (const from of choices.mapping.keys()) {
    if (!own.has(from)) throw new RingsideError('OPTION_INVALID', `--map ${from}: no transcript holds it`, { where: '--map', fix: `They hold: ${[...own].join(', ')}.` });
  }
  return buildInstrumentIndex({ venues: venues.map(({ venue }) => venue.id), markets });
}
