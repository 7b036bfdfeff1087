/** What one swap's gas costs, in the quote of a pool: the next block's base fee, a tip, and the price of ETH as the pools here have it. */
import { parseDecimal } from '../../model/decimal.js';
import type { PoolFacts } from '../../model/instrument.js';
import type { PoolState } from './pool-state.js';

/** Units of gas of one swap through a router: what a v2 and a v3 swap take, the latter with a few ticks crossed. */
const SWAP_GAS = { 2: 130_000n, 3: 150_000n } as const;
const GWEI_DECIMALS = 9;
const WEI_PER_ETH = 1e18;
/** Tip where nothing is configured, gwei. */
const DEFAULT_TIP_GWEI = '0.1';

/** Tip to the block's producer, wei a unit of gas. @throws RingsideError NUMBER_MALFORMED, NUMBER_TOO_PRECISE */
export function tipOf(priorityFeeGwei: string | undefined): bigint {
  return parseDecimal(priorityFeeGwei ?? DEFAULT_TIP_GWEI, GWEI_DECIMALS);
}

export class GasMeter {
  /** Undefined: no head was seen yet. */
  private baseFee: bigint | undefined;

  constructor(private readonly tip: bigint) {}

  /** @param baseFee wei a unit of gas, of the next block; undefined where the chain has none */
  onHead(baseFee: bigint | undefined): void {
    this.baseFee = baseFee ?? 0n;
  }

  /** @param ethPrice of one ETH in the quote; undefined where no pool here tells it @returns base units of the quote token, 0n where it is not known */
  costOf(facts: PoolFacts, ethPrice: number | undefined): bigint {
    if (ethPrice === undefined || this.baseFee === undefined) return 0n;
    const quote = facts.baseIsToken0 ? facts.token1 : facts.token0;
    const wei = SWAP_GAS[facts.version] * (this.baseFee + this.tip);
    return BigInt(Math.ceil((Number(wei) / WEI_PER_ETH) * ethPrice * 10 ** quote.decimals));
  }
}

/** Price of one unit of a pool's base in its quote, both whole. */
export function wholePrice(state: PoolState, facts: PoolFacts): number {
  const [base, quote] = facts.baseIsToken0 ? [facts.token0, facts.token1] : [facts.token1, facts.token0];
  return state.price() * 10 ** (base.decimals - quote.decimals);
}

