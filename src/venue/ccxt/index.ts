/** Any exchange that ccxt pro streams, through it. The library is loaded when such a venue is used, never before. */
import type { DrivenVenue } from '../driven.js';
import { moduleOf } from './catalogue.js';
import { CcxtFeed } from './feed.js';
import { CcxtGateway } from './gateway.js';
import { listMarkets } from './metadata.js';

export const CCXT_PREFIX = 'ccxt:';

/** @throws RingsideError UNKNOWN_VENUE naming close ids, VENUE_NOT_STREAMED, CCXT_MISSING */
export function ccxtVenue(exchange: string): DrivenVenue {
  moduleOf(exchange);
  return {
    id: `${CCXT_PREFIX}${exchange}`, name: `${exchange} through ccxt`, via: 'ccxt', exchange,
    endpoints: { rest: '', ws: '', wsPrivate: '' },
    // Where neither the exchange nor the configuration tells: what an unknown venue may well charge.
    defaultTakerFeePpm: 2500,
    defaultMakerFeePpm: 2500,
    feeFrom: 'quote',
    listMarkets: (context) => listMarkets(exchange, context),
    createFeedDriver: (options) => new CcxtFeed(exchange, options),
    createGatewayDriver: (options) => new CcxtGateway(exchange, options),
  };
}
