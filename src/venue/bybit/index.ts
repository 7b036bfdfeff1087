/** Bybit spot, by its v5 interfaces. */
import type { Venue } from '../contract.js';
import { BybitFeed } from './feed.js';
import { BybitGateway } from './gateway.js';
import { bybitMetadata } from './metadata.js';
import { BybitSurvey } from './survey.js';

export const bybit: Venue = {
  id: 'bybit',
  name: 'Bybit',
  endpoints: {
    rest: 'https://api.bybit.com', ws: 'wss://stream.bybit.com/v5/public/spot',
    wsPrivate: 'wss://stream.bybit.com/v5/private', wsOrders: 'wss://stream.bybit.com/v5/trade',
  },
  metadata: bybitMetadata,
  defaultTakerFeePpm: 1000,
  defaultMakerFeePpm: 1000,
  feeFrom: 'received',
  // Sent every 20 ms; the next deeper topic (200) every 100 ms.
  defaultDepth: 50,
  createFeed: (options) => new BybitFeed(options),
  createSurvey: () => new BybitSurvey(),
  recognises: ({ topic }) => typeof topic === 'string',
  createGateway: (options) => new BybitGateway(options),
};
