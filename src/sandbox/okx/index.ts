/** OKX spot, as the sandbox has it. */
import type { MarketRules, SandboxVenue } from '../venue.js';
import { OKX_LIMITS } from './limits.js';
import { startOkx, type OkxOptions } from './server.js';

const MAJORS: Readonly<Record<string, MarketRules>> = {
  BTC: { priceDecimals: 1, qtyDecimals: 8, minQty: '0.00001', minNotional: '0' },
  ETH: { priceDecimals: 2, qtyDecimals: 6, minQty: '0.0001', minNotional: '0' },
  SOL: { priceDecimals: 2, qtyDecimals: 4, minQty: '0.01', minNotional: '0' },
  XRP: { priceDecimals: 4, qtyDecimals: 4, minQty: '1', minNotional: '0' },
};

export const okx: SandboxVenue<OkxOptions> = {
  id: 'okx',
  name: 'OKX',
  fees: { takerPpm: 250n, makerPpm: 100n, from: 'received' },
  firstId: 4_000_000,
  character: { lagMs: 20, halfSpreadBps: 0.5, noiseBps: 0.45, levelValue: 5_000, qtyDecimals: 8 },
  quotes: ['USDT'],
  rules: (base, startPrice) => MAJORS[base] ?? { priceDecimals: startPrice >= 200 ? 2 : 3, qtyDecimals: 4, minQty: '0.01', minNotional: '0' },
  defaults: { limits: OKX_LIMITS, snapshots: 'stream', checksums: false },
  unlimited: { limits: { operationsPerHour: 1e12, ordersPerMarket: 1e12, ordersPerAccount: 1e12, queriesPerWindow: 1e12, openOrders: 1e12 } },
  start: startOkx,
};
