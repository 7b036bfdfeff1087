/** What a sandbox can be told, and what it does when told nothing. */
import { RingsideError } from '../model/errors.js';
import { BINANCE_LIMITS } from './binance/limits.js';
import { KRAKEN_LIMITS } from './kraken/limits.js';
import type { BinanceLimitSettings } from './binance/limits.js';
import type { KrakenLimitSettings } from './kraken/limits.js';

export interface SandboxOptions {
  /** One seed, one market. */
  seed: number;
  /**
   * How many base assets are listed, 1 to 500 (BTC, ETH, SOL, XRP, then made-up ones); or which canonical pairs:
   * against USDT on both venues, against USD on Kraken.
   */
  pairs: number | readonly string[];
  /** Book changes a second, over all markets of both venues. */
  ratePerSecond: number;
  /** Virtual time of step 0, ms since 1970; null = now. */
  startMs: number | null;
  /** Length of a step, ms. */
  stepMs: number;
  /** Period of Binance's `@depth@100ms`, ms; shorter for latency measurements. */
  binanceDepthMs: number;
  /** 0 = any free port. */
  portBinance: number;
  portKraken: number;
  /** PEM of an RSA public key that may sign for the Binance account; null = none. */
  binanceRsaPublicKey: string | null;
  binanceLimits: BinanceLimitSettings;
  krakenLimits: KrakenLimitSettings;
}

export const SANDBOX_DEFAULTS: SandboxOptions = {
  seed: 1, pairs: 4, ratePerSecond: 2_000, startMs: null, stepMs: 10, binanceDepthMs: 100, portBinance: 0, portKraken: 0, binanceRsaPublicKey: null,
  binanceLimits: BINANCE_LIMITS, krakenLimits: KRAKEN_LIMITS,
};

const PAIRS_MAX = 500;

/** Least and most of each whole-number option. */
const RANGES: readonly (readonly [keyof SandboxOptions, number, number])[] = [
  ['seed', 0, Number.MAX_SAFE_INTEGER], ['ratePerSecond', 1, 1_000_000], ['stepMs', 1, 100], ['binanceDepthMs', 1, 1_000],
  ['portBinance', 0, 65_535], ['portKraken', 0, 65_535],
];

/** No limits to speak of: for benchmarks. */
export const UNLIMITED: Pick<SandboxOptions, 'binanceLimits' | 'krakenLimits'> = {
  binanceLimits: { weightPerMinute: 1e12, ordersPer10s: 1e12, ordersPerDay: 1e12 },
  krakenLimits: { restMax: 1e12, restDecayPerSecond: 1e12, engineMax: 1e12, engineDecayPerSecond: 1e12, openOrdersPerPair: 1e12 },
};

/** @throws RingsideError SANDBOX_OPTION_INVALID */
export function completeOptions(given: Partial<SandboxOptions>): SandboxOptions {
  const options = { ...SANDBOX_DEFAULTS, ...given };
  for (const [name, least, most] of RANGES) check(name, options[name] as number, least, most);
  if (typeof options.pairs === 'number') check('pairs', options.pairs, 1, PAIRS_MAX);
  else checkPairs(options.pairs);
  if (options.startMs !== null) check('startMs', options.startMs, 0, 8_000_000_000_000);
  return options;
}

function checkPairs(pairs: readonly string[]): void {
  const wrong = pairs.find((pair) => !/^[A-Z0-9]{1,10}\/USDT?$/.test(pair));
  if (wrong === undefined && pairs.length > 0 && pairs.length <= PAIRS_MAX) return;
  throw new RingsideError('SANDBOX_OPTION_INVALID', wrong === undefined ? `The sandbox cannot list ${pairs.length} pairs.` : `The sandbox cannot list "${wrong.slice(0, 30)}".`, {
    where: 'pairs', fix: `Give 1 to ${PAIRS_MAX} pairs against USDT or USD, such as BTC/USDT,ETH/USDT,BTC/USD.`,
  });
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RingsideError('SANDBOX_OPTION_INVALID', `Sandbox option ${name} is ${value}.`, { where: name, fix: `Give a whole number from ${least} to ${most}.` });
}
