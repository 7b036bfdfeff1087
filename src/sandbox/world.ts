/** Both venues' exchanges and the market that moves them, without sockets: what a seed determines. */
import { parseDecimal } from '../model/decimal.js';
import { Simulation } from './market/simulation.js';
import { buildUniverse } from './market/universe.js';
import { Exchange } from './matching/exchange.js';
import type { FeeSchedule } from './matching/exchange.js';
import type { Universe, VenueName } from './market/universe.js';
import type { SandboxOptions } from './options.js';

/** A busy trader's tier: cheap enough that crossings pay. */
export const FEES: Record<VenueName, FeeSchedule> = {
  binance: { takerPpm: 200n, makerPpm: 100n, from: 'received' },
  kraken: { takerPpm: 500n, makerPpm: 200n, from: 'quote' },
};

/** Opening balances; made-up assets get about 200,000 quote units' worth. */
const OPENING: Readonly<Record<string, string>> = { USDT: '2000000', USD: '2000000', BTC: '20', ETH: '400', SOL: '6000', XRP: '400000' };
const MADE_UP_VALUE = 200_000;
const FIRST_IDS: Record<VenueName, number> = { binance: 7_000_000_000, kraken: 5_000_000 };

export interface World {
  universe: Universe;
  exchanges: Record<VenueName, Exchange>;
  simulation: Simulation;
}

export function createWorld(options: SandboxOptions, startMs: number): World {
  const universe = buildUniverse(options.pairs);
  let simulation: Simulation | null = null;
  const virtualMs = (): number => simulation?.virtualMs ?? startMs;
  const exchangeOf = (venue: VenueName): Exchange =>
    new Exchange(universe.markets[venue], openingBalances(universe, venue), FEES[venue], FIRST_IDS[venue], virtualMs);
  const exchanges = { binance: exchangeOf('binance'), kraken: exchangeOf('kraken') };
  simulation = new Simulation({ seed: options.seed, startMs, stepMs: options.stepMs, ratePerSecond: options.ratePerSecond }, universe, exchanges);
  return { universe, exchanges, simulation };
}

function openingBalances(universe: Universe, venue: VenueName): Map<string, bigint> {
  const opening = new Map<string, bigint>();
  for (const { base, quote, startPrice } of universe.markets[venue]) {
    opening.set(base, parseDecimal(OPENING[base] ?? String(Math.ceil(MADE_UP_VALUE / startPrice)), 8));
    opening.set(quote, parseDecimal(OPENING[quote], 8));
  }
  return opening;
}
