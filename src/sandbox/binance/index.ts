/** Binance spot, as the sandbox has it. */
import type { MarketRules, SandboxVenue } from '../venue.js';
import { BINANCE_LIMITS } from './limits.js';
import { startBinance, type BinanceOptions } from './server.js';

const MAJORS: Readonly<Record<string, MarketRules>> = {
  BTC: { priceDecimals: 2, qtyDecimals: 5, minQty: '0.00001', minNotional: '5' },
  ETH: { priceDecimals: 2, qtyDecimals: 4, minQty: '0.0001', minNotional: '5' },
  SOL: { priceDecimals: 2, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
  XRP: { priceDecimals: 4, qtyDecimals: 1, minQty: '0.1', minNotional: '5' },
};

export const binance: SandboxVenue<BinanceOptions> = {
  id: 'binance',
  name: 'Binance',
  // A busy trader's tier: cheap enough that crossings pay.
  fees: { takerPpm: 200n, makerPpm: 100n, from: 'received' },
  firstId: 7_000_000_000,
  character: { lagMs: 0, halfSpreadBps: 0.35, noiseBps: 0.35, levelValue: 9_000, qtyDecimals: 8 },
  quotes: ['USDT'],
  rules: (base, startPrice) => MAJORS[base] ?? { priceDecimals: startPrice >= 200 ? 2 : 3, qtyDecimals: 3, minQty: '0.001', minNotional: '5' },
  defaults: { depthMs: 100, rsaPublicKey: null, limits: BINANCE_LIMITS },
  unlimited: { limits: { weightPerMinute: 1e12, ordersPer10s: 1e12, ordersPerDay: 1e12 } },
  flags: [{ flag: 'binance-depth-ms', option: 'depthMs', doc: "period of Binance's @depth@100ms stream; shorter for latency measurements" }],
  start: startBinance,
};
