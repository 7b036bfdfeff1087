/**
 * Swaps of growing size through one v3 pool, each as the contract would do it from the pool's present state. Whole steps
 * do not depend on how much is still to be swapped, so each is made once for all sizes.
 * Source: UniswapV3Pool (swap) of v3-core.
 */
import { computeSwapStep } from './swap-math.js';
import type { Tick, TickList } from './tick-list.js';
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

/** What a swap walks through: a pool, or what is known of it. */
export interface V3Ground extends V3Position {
  readonly feePpm: number;
  readonly ticks: TickList;
}

export class V3Walk {
  private price: bigint;
  private liquidity: bigint;
  private tick: number;
  private amountIn = 0n;
  private amountOut = 0n;
  private feeAmount = 0n;
  private crossed = 0;
  private readonly feePpm: bigint;
  /** Where the next step leads; undefined until it has been looked up. */
  private ahead: { index: number; price: bigint; tick: Tick | undefined } | undefined;
  private readonly isBlocked: boolean;
  /** The contract would revert somewhere beyond. */
  private failed = false;

  /**
   * @param zeroForOne token0 is given and token1 taken
   * @param exactIn amounts are what is given with its fee, else what is taken
   * @param limit square root price not to go beyond
   */
  constructor(private readonly ground: V3Ground, private readonly zeroForOne: boolean, private readonly exactIn: boolean, private readonly limit: bigint) {
    ({ price: this.price, liquidity: this.liquidity, tick: this.tick } = ground);
    this.feePpm = BigInt(ground.feePpm);
    this.isBlocked = zeroForOne ? limit >= this.price || limit <= MIN_SQRT_RATIO : limit <= this.price || limit >= MAX_SQRT_RATIO;
  }

  /**
   * The swap of this amount; less of it where the liquidity ends or the limit comes first. Undefined where the contract
   * would revert.
   * @param amount base units, above 0 and not below that of the call before
   */
  swap(amount: bigint): V3Swap | undefined {
    if (amount <= 0n || this.isBlocked) return undefined;
    for (;;) {
      const remaining = amount - (this.exactIn ? this.amountIn : this.amountOut);
      if (this.failed) return undefined;
      if (this.price === this.limit) return this.at(this.price, this.tick, 0n, 0n, 0n);
      const next = (this.ahead ??= this.lookAhead());
      const target = (this.zeroForOne ? next.price < this.limit : next.price > this.limit) ? this.limit : next.price;
      const step = computeSwapStep(this.price, target, this.liquidity, remaining, this.exactIn, this.feePpm);
      if (step === undefined) return undefined;
      const given = step.amountIn + step.feeAmount;
      // Short of the target, or all of it used up just there: what a larger swap does is another matter.
      if (step.price !== target || remaining === (this.exactIn ? given : step.amountOut)) return this.arrive(step.price, given, step.amountOut, step.feeAmount);
      this.amountIn += given;
      this.amountOut += step.amountOut;
      this.feeAmount += step.feeAmount;
      this.move(step.price);
    }
  }

  private lookAhead(): { index: number; price: bigint; tick: Tick | undefined } {
    const { index, tick } = this.ground.ticks.nextInWord(this.tick, this.zeroForOne);
    const clamped = Math.max(MIN_TICK, Math.min(MAX_TICK, index));
    return { index: clamped, tick, price: tick === undefined ? sqrtRatioAtTick(clamped) : tick.price };
  }

  /** A whole step was made. */
  private move(price: bigint): void {
    const { index, tick, price: boundary } = this.ahead!;
    if (price === boundary) {
      if (tick !== undefined) {
        this.liquidity += this.zeroForOne ? -tick.net : tick.net;
        this.crossed++;
        this.failed = this.liquidity < 0n;
      }
      this.tick = this.zeroForOne ? index - 1 : index;
      this.ahead = undefined;
    } else if (price !== this.price) this.tick = tickAtSqrtRatio(price);
    this.price = price;
  }

  /** The last step of a swap, without making it: the walk stays before it. */
  private arrive(price: bigint, given: bigint, taken: bigint, fee: bigint): V3Swap | undefined {
    const { index, tick, price: boundary } = this.ahead!;
    if (price !== boundary) return this.at(price, price === this.price ? this.tick : tickAtSqrtRatio(price), given, taken, fee);
    const change = tick === undefined ? 0n : this.zeroForOne ? -tick.net : tick.net;
    if (this.liquidity + change < 0n) return undefined;
    return { ...this.at(price, this.zeroForOne ? index - 1 : index, given, taken, fee), liquidity: this.liquidity + change, crossed: this.crossed + (tick === undefined ? 0 : 1) };
  }

  private at(price: bigint, tick: number, given: bigint, taken: bigint, fee: bigint): V3Swap {
    return {
      price, tick, liquidity: this.liquidity, crossed: this.crossed,
      amountIn: this.amountIn + given, amountOut: this.amountOut + taken, feeAmount: this.feeAmount + fee,
    };
  }
}
