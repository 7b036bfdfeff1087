/** Uniswap v2 and v3 on Ethereum: the configured pools, through a node's JSON-RPC. */
import type { Venue } from '../contract.js';
import { UniswapFeed } from './feed.js';
import { UniswapGateway } from './gateway.js';
import { uniswapMetadata } from './metadata.js';
import { UniswapSurvey } from './survey.js';

export const uniswap: Venue = {
  id: 'uniswap',
  name: 'Uniswap',
  // A node of one's own: public ones limit subscriptions.
  endpoints: { rest: 'http://127.0.0.1:8545', ws: 'ws://127.0.0.1:8546', wsPrivate: 'ws://127.0.0.1:8546' },
  metadata: uniswapMetadata,
  // Fees of pools are in their prices.
  defaultTakerFeePpm: 0,
  defaultMakerFeePpm: 0,
  feeFrom: 'quote',
  createFeed: (options) => new UniswapFeed(options),
  createSurvey: () => new UniswapSurvey(),
  recognises: ({ topics }) => Array.isArray(topics),
  createGateway: (options) => new UniswapGateway(options),
};
