/** OKX spot. */
import type { Venue } from '../contract.js';
import { OkxFeed } from './feed.js';
import { OkxGateway } from './gateway.js';
import { okxMetadata } from './metadata.js';
import { OkxSurvey } from './survey.js';

export const okx: Venue = {
  id: 'okx',
  name: 'OKX',
  endpoints: { rest: 'https://www.okx.com', ws: 'wss://ws.okx.com:8443/ws/v5/public', wsPrivate: 'wss://ws.okx.com:8443/ws/v5/private' },
  metadata: okxMetadata,
  defaultTakerFeePpm: 1000,
  defaultMakerFeePpm: 800,
  feeFrom: 'received',
  createFeed: (options) => new OkxFeed(options),
  createSurvey: () => new OkxSurvey(),
  recognises: ({ arg }) => typeof (arg as { channel?: unknown } | null | undefined)?.channel === 'string',
  createGateway: (options) => new OkxGateway(options),
};
