/** Kraken spot, as the sandbox has it. */
import type { MarketRules, SandboxVenue } from '../venue.js';
import { KRAKEN_LIMITS } from './limits.js';
import { startKraken, type KrakenOptions } from './server.js';

const MAJORS: Readonly<Record<string, MarketRules>> = {
  BTC: { priceDecimals: 1, qtyDecimals: 8, minQty: '0.00005', minNotional: '0.5' },
  ETH: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.001', minNotional: '0.5' },
  SOL: { priceDecimals: 2, qtyDecimals: 8, minQty: '0.02', minNotional: '0.5' },
  XRP: { priceDecimals: 5, qtyDecimals: 8, minQty: '2', minNotional: '0.5' },
};

export const kraken: SandboxVenue<KrakenOptions> = {
  id: 'kraken',
  name: 'Kraken',
  fees: { takerPpm: 500n, makerPpm: 200n, from: 'quote' },
  firstId: 5_000_000,
  character: { lagMs: 60, halfSpreadBps: 0.6, noiseBps: 0.5, levelValue: 4_000, qtyDecimals: 8 },
  quotes: ['USDT', 'USD'],
  // Majors against USD, and against USDT too where that is the pair compared across venues; made-up assets against USDT only.
  lists: (base, quote) => (base in MAJORS ? quote === 'USD' || base !== 'XRP' : quote === 'USDT'),
  rules: (base, startPrice) => MAJORS[base] ?? { priceDecimals: startPrice >= 200 ? 2 : 3, qtyDecimals: 8, minQty: '0.01', minNotional: '0.5' },
  defaults: { limits: KRAKEN_LIMITS },
  unlimited: { limits: { restMax: 1e12, restDecayPerSecond: 1e12, engineMax: 1e12, engineDecayPerSecond: 1e12, openOrdersPerPair: 1e12 } },
  start: startKraken,
};
