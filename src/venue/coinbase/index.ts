/** Coinbase Advanced Trade, spot; its transcripts may be of the older Exchange. */
import type { Venue } from '../contract.js';
import { CoinbaseFeed } from './feed.js';
import { CoinbaseGateway } from './gateway.js';
import { coinbaseMetadata } from './metadata.js';
import { CoinbaseSurvey } from './survey.js';

export const coinbase: Venue = {
  id: 'coinbase',
  name: 'Coinbase',
  endpoints: { rest: 'https://api.coinbase.com', ws: 'wss://advanced-trade-ws.coinbase.com', wsPrivate: 'wss://advanced-trade-ws-user.coinbase.com' },
  metadata: coinbaseMetadata,
  defaultTakerFeePpm: 6000,
  defaultMakerFeePpm: 4000,
  feeFrom: 'quote',
  // Snapshots are whole books; the largest known are over 10 MB, about 90,000 levels.
  feedSlots: 1 << 17,
  createFeed: (options) => new CoinbaseFeed(options),
  createSurvey: () => new CoinbaseSurvey(),
  recognises: ({ sequence_num: sequence, product_id: product }) => typeof sequence === 'number' || typeof product === 'string',
  createGateway: (options) => new CoinbaseGateway(options),
};
