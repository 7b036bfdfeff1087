/** The markets that a venue lists in one quote, as instruments. */
import { listMarkets } from '../../actors/discover.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import type { InstrumentIndex } from '../../src/model/instrument.js';
import type { Venue } from '../../src/venue/contract.js';
import type { VenueDouble } from './fixture.js';

export async function marketIndex(venue: Venue, access: Pick<VenueDouble, 'endpoints' | 'credentials' | 'settings'>, quote: string): Promise<InstrumentIndex> {
  const listed = await listMarkets(venue, access);
  return buildInstrumentIndex({
    venues: [venue.id],
    markets: listed.filter((metadata) => metadata.quote === quote).map((metadata) => ({
      venue: venue.id, pair: `${metadata.base}-${metadata.quote}`, quoteRatePpm: 1_000_000, metadata,
      takerFeePpm: metadata.takerFeePpm ?? venue.defaultTakerFeePpm, makerFeePpm: metadata.makerFeePpm ?? venue.defaultMakerFeePpm,
    })),
  });
}
