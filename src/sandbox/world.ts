/** All venues' exchanges and the market that moves them, without sockets: what a seed determines. */
import { parseDecimal } from '../model/decimal.js';
import { Simulation } from './market/simulation.js';
import type { Universe } from './market/specs.js';
import { buildUniverse } from './market/universe.js';
import { Exchange } from './matching/exchange.js';
import type { SandboxOptions } from './options.js';
import { SANDBOX_VENUES } from './registry.js';
import type { SandboxVenue } from './venue.js';

/** Opening balances; made-up assets get about 200,000 quote units' worth. */
const OPENING: Readonly<Record<string, string>> = { USDT: '2000000', USD: '2000000', BTC: '20', ETH: '400', SOL: '6000', XRP: '400000' };
const MADE_UP_VALUE = 200_000;

export interface World {
  venues: readonly SandboxVenue[];
  universe: Universe;
  /** By venue. */
  exchanges: Record<string, Exchange>;
  simulation: Simulation;
}

export function createWorld(options: SandboxOptions, startMs: number): World {
  const venues = SANDBOX_VENUES.filter(({ id }) => options.venues.includes(id));
  const universe = buildUniverse(venues, options.pairs);
  let simulation: Simulation | null = null;
  const virtualMs = (): number => simulation?.virtualMs ?? startMs;
  const exchanges = Object.fromEntries(venues.map(({ id, fees, firstId }) => [id, new Exchange(universe.markets[id], openingBalances(universe, id), fees, firstId, virtualMs)]));
  simulation = new Simulation({ seed: options.seed, startMs, stepMs: options.stepMs, ratePerSecond: options.ratePerSecond }, venues, universe, exchanges);
  return { venues, universe, exchanges, simulation };
}

function openingBalances(universe: Universe, venue: string): Map<string, bigint> {
  const opening = new Map<string, bigint>();
  for (const { base, quote, startPrice } of universe.markets[venue]) {
    opening.set(base, parseDecimal(OPENING[base] ?? String(Math.ceil(MADE_UP_VALUE / startPrice)), 8));
    opening.set(quote, parseDecimal(OPENING[quote], 8));
  }
  return opening;
}
