/** Bybit spot, as the sandbox has it. */
import type { MarketRules, SandboxVenue } from '../venue.js';
import { BYBIT_LIMITS } from './limits.js';
import { startBybit, type BybitOptions } from './server.js';

const MAJORS: Readonly<Record<string, MarketRules>> = {
  BTC: { priceDecimals: 1, qtyDecimals: 6, minQty: '0.000001', minNotional: '5' },
  ETH: { priceDecimals: 2, qtyDecimals: 5, minQty: '0.00001', minNotional: '5' },
  SOL: { priceDecimals: 2, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
  XRP: { priceDecimals: 4, qtyDecimals: 2, minQty: '0.01', minNotional: '5' },
};

export const bybit: SandboxVenue<BybitOptions> = {
  id: 'bybit',
  name: 'Bybit',
  fees: { takerPpm: 300n, makerPpm: 150n, from: 'received' },
  firstId: 3_000_000,
  character: { lagMs: 30, halfSpreadBps: 0.45, noiseBps: 0.4, levelValue: 6_000, qtyDecimals: 8 },
  quotes: ['USDT'],
  rules: (base, startPrice) => MAJORS[base] ?? { priceDecimals: startPrice >= 200 ? 2 : 3, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
  defaults: { limits: BYBIT_LIMITS },
  unlimited: { limits: { addressRequests: 1e12, ordersPerSecond: 1e12, queriesPerSecond: 1e12, openOrders: 1e12 } },
  start: startBybit,
};
