/** The venues this engine speaks. A new venue is one file (a folder once it grows) and one line here. */
import { RingsideError } from '../model/errors.js';
import { binance, binanceCoinM, binanceUsdM } from './binance/index.js';
import { bybit } from './bybit/index.js';
import { CCXT_PREFIX, ccxtVenue } from './ccxt/index.js';
import { coinbase } from './coinbase/index.js';
import type { Venue } from './contract.js';
import type { AnyVenue } from './driven.js';
import { kraken } from './kraken/index.js';
import { okx } from './okx/index.js';
import { uniswap } from './uniswap/index.js';

export const VENUES: readonly Venue[] = [
  binance,
  binanceUsdM,
  binanceCoinM,
  kraken,
  bybit,
  coinbase,
  okx,
  uniswap,
];

/** A venue with an adapter of its own: sessions, transcripts. @throws RingsideError UNKNOWN_VENUE naming the accepted ids */
export function nativeVenueById(id: string): Venue {
  const venue = VENUES.find((candidate) => candidate.id === id);
  if (venue === undefined) {
    throw new RingsideError('UNKNOWN_VENUE', `"${id}" is no venue this engine speaks`, { fix: `Use one of: ${VENUES.map((known) => known.id).join(', ')}.` });
  }
  return venue;
}

/** Any venue; `ccxt:kucoin` is the exchange kucoin through ccxt. @throws RingsideError UNKNOWN_VENUE, VENUE_NOT_STREAMED */
export function venueById(id: string): AnyVenue {
  return id.startsWith(CCXT_PREFIX) ? ccxtVenue(id.slice(CCXT_PREFIX.length)) : nativeVenueById(id);
}
