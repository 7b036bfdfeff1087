/** Coinbase Advanced Trade, as the sandbox has it. */
import type { MarketRules, SandboxVenue } from '../venue.js';
import { COINBASE_LIMITS } from './limits.js';
import { startCoinbase, type CoinbaseOptions } from './server.js';

const MAJORS: Readonly<Record<string, MarketRules>> = {
  BTC: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.00000001', minNotional: '1' },
  ETH: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.00000001', minNotional: '1' },
  SOL: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.00000001', minNotional: '1' },
  XRP: { priceDecimals: 4, qtyDecimals: 6, minQty: '0.000001', minNotional: '1' },
};

export const coinbase: SandboxVenue<CoinbaseOptions> = {
  id: 'coinbase',
  name: 'Coinbase',
  // A tier of large volumes: cheap enough that crossings pay.
  fees: { takerPpm: 500n, makerPpm: 200n, from: 'quote' },
  firstId: 9_000_000,
  character: { lagMs: 30, halfSpreadBps: 0.5, noiseBps: 0.45, levelValue: 6_000, qtyDecimals: 8 },
  quotes: ['USDT', 'USD'],
  // Majors against USD and USDT, made-up assets against USDT only.
  lists: (base, quote) => base in MAJORS || quote === 'USDT',
  rules: (base, startPrice) => MAJORS[base] ?? { priceDecimals: startPrice >= 200 ? 2 : 3, qtyDecimals: 6, minQty: '0.000001', minNotional: '1' },
  defaults: { limits: COINBASE_LIMITS },
  unlimited: { limits: { privatePerSecond: 1e12, publicPerSecond: 1e12, messagesPerSecond: 1e12 } },
  start: startCoinbase,
};
