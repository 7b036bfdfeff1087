/** What a sandbox can be told, and what it does when told nothing. */
import { RingsideError } from '../model/errors.js';
import { checkRange } from './option-range.js';
import { SANDBOX_VENUES } from './registry.js';

export interface SandboxOptions {
  /** One seed, one market. */
  seed: number;
  /** Venues to run, by id. One seed and the same venues: the same market. */
  venues: readonly string[];
  /**
   * How many base assets are listed, 1 to 500 (BTC, ETH, SOL, XRP, then made-up ones); or which canonical pairs:
   * each on every venue that lists its quote.
   */
  pairs: number | readonly string[];
  /** Book changes a second, over all markets of all venues. */
  ratePerSecond: number;
  /** Virtual time of step 0, ms since 1970; null = now. */
  startMs: number | null;
  /** Length of a step, ms. */
  stepMs: number;
  /** By venue; absent or 0 = any free port. */
  ports: Readonly<Record<string, number>>;
  /** Options that only one venue has, by venue; what is absent is the venue's default. */
  own: Readonly<Record<string, object>>;
}

export const SANDBOX_DEFAULTS: SandboxOptions = {
  seed: 1, venues: SANDBOX_VENUES.map(({ id }) => id), pairs: 4, ratePerSecond: 2_000, startMs: null, stepMs: 10, ports: {}, own: {},
};

const PAIRS_MAX = 500;

/** No limits to speak of, on any venue: for benchmarks. */
export const UNLIMITED: SandboxOptions['own'] = Object.fromEntries(SANDBOX_VENUES.map(({ id, unlimited }) => [id, unlimited]));

/** @throws RingsideError SANDBOX_OPTION_INVALID */
export function completeOptions(given: Partial<SandboxOptions>): SandboxOptions {
  const options = { ...SANDBOX_DEFAULTS, ...given };
  checkRange('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  checkRange('ratePerSecond', options.ratePerSecond, 1, 1_000_000);
  checkRange('stepMs', options.stepMs, 1, 100);
  for (const [venue, port] of Object.entries(options.ports)) checkRange(`port of ${venue}`, port, 0, 65_535);
  if (typeof options.pairs === 'number') checkRange('pairs', options.pairs, 1, PAIRS_MAX);
  else checkPairs(options.pairs);
  if (options.startMs !== null) checkRange('startMs', options.startMs, 0, 8_000_000_000_000);
  checkVenues(options.venues);
  return options;
}

function checkVenues(venues: readonly string[]): void {
  const known = SANDBOX_DEFAULTS.venues;
  const wrong = venues.find((venue) => !known.includes(venue));
  if (wrong === undefined && venues.length > 0) return;
  throw new RingsideError('SANDBOX_OPTION_INVALID', wrong === undefined ? 'The sandbox needs a venue.' : `The sandbox has no venue "${wrong.slice(0, 30)}".`, {
    where: 'venues', fix: `Choose among ${known.join(', ')}.`,
  });
}

function checkPairs(pairs: readonly string[]): void {
  const wrong = pairs.find((pair) => !/^[A-Z0-9]{1,10}\/USDT?$/.test(pair));
  if (wrong === undefined && pairs.length > 0 && pairs.length <= PAIRS_MAX) return;
  throw new RingsideError('SANDBOX_OPTION_INVALID', wrong === undefined ? `The sandbox cannot list ${pairs.length} pairs.` : `The sandbox cannot list "${wrong.slice(0, 30)}".`, {
    where: 'pairs', fix: `Give 1 to ${PAIRS_MAX} pairs against USDT or USD, such as BTC/USDT,ETH/USDT,BTC/USD.`,
  });
}
