/**
 * Before anything trades: ask every venue what it lists and choose the markets of the configured pairs. Ticks, steps,
 * minimums and fees come from the venues themselves; quotes are mapped only where the configuration says so.
 */
import { RingsideError } from '../src/model/errors.js';
import type { InstrumentIndexData, MarketMetadata, MarketSelection } from '../src/model/instrument.js';
import type { HttpRequest, Venue } from '../src/venue/contract.js';
import { isDriven, type AnyVenue } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import { ratePpm, type RingsideConfig } from '../src/config/config.js';
import type { VenueSpec } from './spec.js';

const REQUEST_MS = 15_000;
const PAR_PPM = 1_000_000;

async function fetchText(venue: string, base: string, request: HttpRequest): Promise<string> {
  const where = `${venue} ${request.path.split('?')[0]}`;
  let response: Response;
  try {
    response = await fetch(base + request.path, {
      method: request.method, headers: { ...request.headers }, signal: AbortSignal.timeout(REQUEST_MS),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
  } catch (cause) {
    throw new RingsideError('VENUE_UNREACHABLE', `${base} does not answer`, { where, fix: 'Check the network and the endpoint, leave the venue out with --venues, or trade on the sandbox (the default mode).', cause });
  }
  const text = await response.text();
  if (!response.ok) throw new RingsideError('VENUE_REFUSED', `HTTP ${response.status}: ${text.slice(0, 200)}`, { where, fix: 'Check keys and permissions, and whether this address may use the venue.' });
  return text;
}

/** @throws RingsideError VENUE_UNREACHABLE, VENUE_REFUSED, VENUE_METADATA, VENUE_NOT_STREAMED */
export function listMarkets(venue: AnyVenue, spec: Pick<VenueSpec, 'endpoints' | 'credentials' | 'settings'>): Promise<MarketMetadata[]> {
  return isDriven(venue) ? venue.listMarkets(spec) : askForMarkets(venue, spec);
}

async function askForMarkets(venue: Venue, spec: Pick<VenueSpec, 'endpoints' | 'credentials' | 'settings'>): Promise<MarketMetadata[]> {
  const { credentials, settings } = spec;
  const answers: string[] = [];
  for (;;) {
    const request = venue.metadata.next(answers, { credentials, settings, unixMs: Date.now() });
    if (request === undefined) return venue.metadata.parse(answers);
    answers.push(await fetchText(venue.id, spec.endpoints.rest, request));
  }
}

function select(venue: AnyVenue, config: RingsideConfig, markets: readonly MarketMetadata[]): MarketSelection[] {
  const { takerFeePpm, makerFeePpm } = config.venues[venue.id];
  return config.pairs.flatMap((pair) => {
    const names = [{ name: pair, rate: PAR_PPM }, ...config.quoteMap.filter(({ to }) => to === pair).map(({ from, rate }) => ({ name: from, rate: ratePpm(rate) }))];
    // A venue may have several markets of one pair: pools.
    return names.flatMap(({ name, rate }) => markets.filter(({ base, quote, status }) => `${base}-${quote}` === name && status !== 'delisted').map((metadata) => ({
      venue: venue.id, pair, quoteRatePpm: rate, metadata,
      takerFeePpm: takerFeePpm ?? metadata.takerFeePpm ?? venue.defaultTakerFeePpm,
      makerFeePpm: makerFeePpm ?? metadata.makerFeePpm ?? venue.defaultMakerFeePpm,
    })));
  });
}

/** @throws RingsideError as listMarkets, and NO_MARKETS when a configured pair stands on no venue */
export async function discover(config: RingsideConfig, venues: readonly VenueSpec[]): Promise<InstrumentIndexData> {
  const lists = await Promise.all(venues.map(async (spec) => {
    const venue = venueById(spec.id);
    return select(venue, config, await listMarkets(venue, spec));
  }));
  const markets = lists.flat();
  for (const pair of config.pairs) {
    if (!markets.some((market) => market.pair === pair)) {
      throw new RingsideError('NO_MARKETS', `no venue of ${venues.map(({ id }) => id).join(', ')} lists ${pair}`, { where: 'pairs', fix: 'Take the pair out, add a venue that lists it, or map another quote to it with quoteMap.' });
    }
  }
  return { venues: venues.map(({ id }) => id), markets };
}
