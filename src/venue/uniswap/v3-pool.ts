/**
 * State of one Uniswap v3 pool and what swaps do to it, across tick boundaries, to the last unit.
 * Source: UniswapV3Pool (swap, modifyPosition) of v3-core.
 */
import { computeSwapStep } from './swap-math.js';
import { TickList } from './tick-list.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtRatioAtTick, tickAtSqrtRatio } from './tick-math.js';

/** What of a pool changes with every swap. */
export interface V3Position {
  /** Square root of the price (token1 per token0, base units), times 2^96. */
  readonly price: bigint;
  /** Liquidity in range. */
  readonly liquidity: bigint;
  readonly tick: number;
}

export interface V3Swap extends V3Position {
  /** What goes into the pool, fee included, in base units. */
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  /** Of `amountIn`, what the liquidity providers get. */
  readonly feeAmount: bigint;
  /** Initialised ticks crossed. */
  readonly crossed: number;
}

export class V3Pool implements V3Position {
  readonly ticks: TickList;
  price = 0n;
  liquidity = 0n;
  tick = 0;

  /** @param feePpm the pool's fee in hundredths of a basis point, as `fee()` tells it */
  constructor(readonly feePpm: number, readonly tickSpacing: number) {
    this.ticks = new TickList(tickSpacing);
  }

  /** As slot0 and liquidity tell, or a Swap log: what it says is the state after it. */
  moveTo({ price, liquidity, tick }: V3Position): void {
    this.price = price;
    this.liquidity = liquidity;
    this.tick = tick;
  }

  /**
   * Liquidity was added between two ticks (Mint) or, where negative, taken (Burn).
   * False: more was taken than was there, so this is not the pool's state; nothing was changed.
   */
  changeLiquidity(lower: number, upper: number, amount: bigint): boolean {
    if (amount === 0n) return true;
    const inRange = lower <= this.tick && this.tick < upper;
    if (inRange && this.liquidity + amount < 0n) return false;
    if (!this.ticks.change(lower, amount, amount)) return false;
    if (!this.ticks.change(upper, amount, -amount)) {
      this.ticks.change(lower, -amount, -amount);
      return false;
    }
    if (inRange) this.liquidity += amount;
    return true;
  }

  /**
   * What a swap would do, without doing it. Where the liquidity ends or the limit comes first, less than `amount` is
   * swapped. Undefined where the contract would revert.
   * @param zeroForOne token0 is given and token1 taken
   * @param amount above 0: what is given with its fee (`exactIn`) or what is taken, in base units
   * @param limit square root price not to go beyond
   */
  quote(zeroForOne: boolean, amount: bigint, exactIn: boolean, limit = zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n): V3Swap | undefined {
    if (amount <= 0n || (zeroForOne ? limit >= this.price || limit <= MIN_SQRT_RATIO : limit <= this.price || limit >= MAX_SQRT_RATIO)) return undefined;
    const feePpm = BigInt(this.feePpm);
    let { price, liquidity, tick } = this;
    let remaining = amount;
    let amountIn = 0n;
    let amountOut = 0n;
    let feeAmount = 0n;
    let crossed = 0;
    while (remaining !== 0n && price !== limit) {
      const next = this.ticks.nextInWord(tick, zeroForOne);
      const index = Math.max(MIN_TICK, Math.min(MAX_TICK, next.index));
      const priceAtNext = next.tick === undefined ? sqrtRatioAtTick(index) : next.tick.price;
      const target = (zeroForOne ? priceAtNext < limit : priceAtNext > limit) ? limit : priceAtNext;
      const step = computeSwapStep(price, target, liquidity, remaining, exactIn, feePpm);
      if (step === undefined) return undefined;
      remaining -= exactIn ? step.amountIn + step.feeAmount : step.amountOut;
      amountIn += step.amountIn + step.feeAmount;
      amountOut += step.amountOut;
      feeAmount += step.feeAmount;
      if (step.price === priceAtNext) {
        if (next.tick !== undefined) {
          liquidity += zeroForOne ? -next.tick.net : next.tick.net;
          crossed++;
          if (liquidity < 0n) return undefined;
        }
        tick = zeroForOne ? index - 1 : index;
      } else if (step.price !== price) tick = tickAtSqrtRatio(step.price);
      price = step.price;
    }
    return { price, liquidity, tick, amountIn, amountOut, feeAmount, crossed };
  }
}
