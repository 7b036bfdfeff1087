/**
 * State of one Uniswap v3 pool, whole or as far as it is known, and what swaps and liquidity do to it.
 * Source: UniswapV3Pool (modifyPosition) of v3-core.
 */
import { TickList } from './tick-list.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtRatioAtTick } from './tick-math.js';
import { V3Walk, type V3Ground, type V3Position, type V3Swap } from './v3-walk.js';

export type { V3Position, V3Swap } from './v3-walk.js';

export class V3Pool implements V3Ground {
  readonly ticks: TickList;
  price = 0n;
  liquidity = 0n;
  tick = 0;
  /** Ticks are known from here to there, both ends included; beyond, nothing is said. */
  private from = MIN_TICK;
  private to = MAX_TICK;

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

  /** Only ticks between these are known from now on. */
  knowBetween(from: number, to: number): void {
    this.from = Math.max(MIN_TICK, from);
    this.to = Math.min(MAX_TICK, to);
  }

  /** Whether the price is at least `margin` ticks within what is known. */
  knowsAround(margin: number): boolean {
    const { tick, from, to } = this;
    return (from === MIN_TICK || tick - margin >= from) && (to === MAX_TICK || tick + margin < to);
  }

  /** Liquidity in range at another tick, by the ticks between; undefined where not all of them are known. */
  liquidityAt(tick: number): bigint | undefined {
    if (Math.min(tick, this.tick) < this.from || Math.max(tick, this.tick) >= this.to) return undefined;
    const { all } = this.ticks;
    let { liquidity } = this;
    for (let i = this.ticks.atOrAbove(this.tick + 1); i < all.length && all[i].index <= tick; i++) liquidity += all[i].net;
    for (let i = this.ticks.atOrAbove(this.tick + 1) - 1; i >= 0 && all[i].index > tick; i--) liquidity -= all[i].net;
    return liquidity;
  }

  /**
   * Liquidity was added between two ticks (Mint) or, where negative, taken (Burn).
   * False: more was taken than was there, so this is not the pool's state; nothing was changed.
   */
  changeLiquidity(lower: number, upper: number, amount: bigint): boolean {
    if (amount === 0n) return true;
    const inRange = lower <= this.tick && this.tick < upper;
    if (inRange && this.liquidity + amount < 0n) return false;
    if (!this.changeTick(lower, amount, amount)) return false;
    if (!this.changeTick(upper, amount, -amount)) {
      this.changeTick(lower, -amount, -amount);
      return false;
    }
    if (inRange) this.liquidity += amount;
    return true;
  }

  private changeTick(index: number, gross: bigint, net: bigint): boolean {
    return index < this.from || index > this.to || this.ticks.change(index, gross, net);
  }

  /** Swaps of growing size from here, to the ends of what is known. */
  walk(zeroForOne: boolean, exactIn: boolean): V3Walk {
    const end = sqrtRatioAtTick(zeroForOne ? this.from : this.to);
    const limit = zeroForOne ? (end <= MIN_SQRT_RATIO ? MIN_SQRT_RATIO + 1n : end) : end >= MAX_SQRT_RATIO ? MAX_SQRT_RATIO - 1n : end;
    return new V3Walk(this, zeroForOne, exactIn, limit);
  }

  /**
   * What a swap would do, without doing it. Where the liquidity ends or the limit comes first, less than `amount` is
   * swapped. Undefined where the contract would revert.
   * @param zeroForOne token0 is given and token1 taken
   * @param amount above 0: what is given with its fee (`exactIn`) or what is taken, in base units
   * @param limit square root price not to go beyond
   */
  quote(zeroForOne: boolean, amount: bigint, exactIn: boolean, limit = zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n): V3Swap | undefined {
    return new V3Walk(this, zeroForOne, exactIn, limit).swap(amount);
  }
}
