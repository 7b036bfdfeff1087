/** Kraken spot. */
import type { Venue } from '../contract.js';
import { KrakenFeed } from './feed.js';
import { KrakenGateway } from './gateway.js';
import { krakenMetadata } from './metadata.js';
import { KrakenSurvey } from './survey.js';

export const kraken: Venue = {
  id: 'kraken',
  name: 'Kraken',
  endpoints: { rest: 'https://api.kraken.com', ws: 'wss://ws.kraken.com/v2', wsPrivate: 'wss://ws-auth.kraken.com/v2' },
  metadata: krakenMetadata,
  defaultTakerFeePpm: 4000,
  defaultMakerFeePpm: 2500,
  feeFrom: 'quote',
  createFeed: (options) => new KrakenFeed(options),
  createSurvey: () => new KrakenSurvey(),
  recognises: ({ channel, sequence_num: sequence }) => typeof channel === 'string' && sequence === undefined,
  createGateway: (options) => new KrakenGateway(options),
};
