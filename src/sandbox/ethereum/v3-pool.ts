/**
 * A Uniswap v3 pool: price, liquidity and ticks as the contract stores them, its bitmap walked word by word; checks,
 * reasons and order of logs as in the contract. Fee growth, the price oracle and flash loans are not kept.
 */
import type { Address } from 'viem';
import { amount0Between, amount1Between, computeSwapStep } from '../../venue/uniswap/swap-math.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtRatioAtTick, tickAtSqrtRatio } from '../../venue/uniswap/tick-math.js';
import { TOPIC, V3_POOL_ABI } from './abi.js';
import { v3PoolAddress, V3_FACTORY } from './addresses.js';
import { require, revert } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import type { Layer } from './state.js';
import { nextTickInWord, wordOf } from './tick-bitmap.js';
import type { Token } from './token.js';

const SWAP_GAS = 34_000;
const STEP_GAS = 1_500;
const CROSSING_GAS = 21_000;
const LIQUIDITY_GAS = 90_000;

export interface SwapOrder {
  readonly zeroForOne: boolean;
  /** Positive: exactly this much goes in; negative: exactly this much comes out. */
  readonly amount: bigint;
  /** Square root price not to go beyond, times 2^96. */
  readonly limit: bigint;
}

/** Amounts as the pool sees them: positive was received. */
export interface SwapResult {
  readonly amount0: bigint;
  readonly amount1: bigint;
  readonly price: bigint;
  readonly tick: number;
  readonly liquidity: bigint;
  readonly steps: number;
  readonly crossed: number;
}

/** Called in the middle of a swap or mint: what is owed has to be in the pool when it returns. */
export type Payment = (amount0: bigint, amount1: bigint) => void;

export class V3Pool {
  readonly address: Address;
  readonly contract: Contract;
  readonly #liquidityPerTickMax: bigint;

  /** @param fee hundredths of a basis point */
  constructor(readonly token0: Token, readonly token1: Token, readonly fee: number, readonly tickSpacing: number) {
    this.address = v3PoolAddress(token0.spec.address, token1.spec.address, fee);
    this.#liquidityPerTickMax = ((1n << 128n) - 1n) / BigInt(2 * Math.floor(MAX_TICK / tickSpacing) + 1);
    this.contract = nativeContract(this.address, V3_POOL_ABI, {
      factory: () => V3_FACTORY, token0: () => token0.spec.address, token1: () => token1.spec.address, fee: () => fee, tickSpacing: () => tickSpacing,
      maxLiquidityPerTick: () => this.#liquidityPerTickMax,
      liquidity: ({ execution: { state } }) => this.liquidity(state),
      slot0: ({ execution: { state } }) => [this.price(state), this.tick(state), 0, 1, 1, 0, true] as const,
      ticks: ({ execution: { state } }, tick) => {
        const gross = state.get(this.#gross(tick));
        return [gross, state.get(this.#net(tick)), 0n, 0n, 0n, 0n, 0, gross !== 0n] as const;
      },
      tickBitmap: ({ execution: { state } }, word) => state.get(this.#word(word)),
    });
  }

  price(state: Layer): bigint {
    return state.get(`${this.address} price`);
  }

  tick(state: Layer): number {
    return Number(state.get(`${this.address} tick`));
  }

  liquidity(state: Layer): bigint {
    return state.get(`${this.address} liquidity`);
  }

  /** All of them, lowest first, with their gross and net liquidity. */
  initializedTicks(state: Layer): (readonly [tick: number, gross: bigint, net: bigint])[] {
    const ticks: (readonly [number, bigint, bigint])[] = [];
    const last = Math.floor(MAX_TICK / this.tickSpacing) * this.tickSpacing;
    for (let from = -last - 1; from < last; ) {
      const { tick, initialized } = nextTickInWord((word) => state.get(this.#word(word)), from, this.tickSpacing, false);
      if (initialized) ticks.push([tick, state.get(this.#gross(tick)), state.get(this.#net(tick))]);
      from = tick;
    }
    return ticks;
  }

  /** Usable ticks at least this far on both sides: a tick is a basis point. */
  ticksAround(tick: number, halfWidth: number): readonly [number, number] {
    const { tickSpacing } = this;
    return [Math.floor((tick - halfWidth) / tickSpacing) * tickSpacing, Math.ceil((tick + halfWidth) / tickSpacing) * tickSpacing];
  }

  initialize({ execution }: Call, price: bigint): void {
    require(this.price(execution.state) === 0n, 'AI');
    execution.state.set(`${this.address} price`, price);
    execution.state.set(`${this.address} tick`, BigInt(tickAtSqrtRatio(price)));
    execution.log(this.address, TOPIC.initialize, [], [price, tickAtSqrtRatio(price)]);
  }

  /** What a swap comes to, without doing it. @throws Revert */
  trace(state: Layer, { zeroForOne, amount, limit }: SwapOrder): SwapResult {
    let price = this.price(state);
    require(amount !== 0n, 'AS');
    require(zeroForOne ? limit < price && limit > MIN_SQRT_RATIO : limit > price && limit < MAX_SQRT_RATIO, 'SPL');
    const exactIn = amount > 0n;
    let remaining = exactIn ? amount : -amount;
    let received = 0n;
    let paid = 0n;
    let tick = this.tick(state);
    let liquidity = this.liquidity(state);
    let steps = 0;
    let crossed = 0;
    for (; remaining !== 0n && price !== limit; steps++) {
      const found = nextTickInWord((word) => state.get(this.#word(word)), tick, this.tickSpacing, zeroForOne);
      const next = Math.max(MIN_TICK, Math.min(MAX_TICK, found.tick));
      const priceAtNext = sqrtRatioAtTick(next);
      const target = (zeroForOne ? priceAtNext < limit : priceAtNext > limit) ? limit : priceAtNext;
      const step = computeSwapStep(price, target, liquidity, remaining, exactIn, BigInt(this.fee)) ?? revert();
      remaining -= exactIn ? step.amountIn + step.feeAmount : step.amountOut;
      received += step.amountIn + step.feeAmount;
      paid += step.amountOut;
      if (step.price === priceAtNext) {
        if (found.initialized) {
          const net = state.get(this.#net(next));
          liquidity += zeroForOne ? -net : net;
          crossed++;
        }
        tick = zeroForOne ? next - 1 : next;
      } else if (step.price !== price) tick = tickAtSqrtRatio(step.price);
      price = step.price;
    }
    return { amount0: zeroForOne ? received : -paid, amount1: zeroForOne ? -paid : received, price, tick, liquidity, steps, crossed };
  }

  /** @throws Revert `AS`, `SPL`, `IIA`, and whatever the payment throws */
  swap({ execution, sender }: Call, order: SwapOrder, recipient: Address, pay: Payment): SwapResult {
    const { state } = execution;
    const result = this.trace(state, order);
    execution.use(SWAP_GAS + STEP_GAS * result.steps + CROSSING_GAS * result.crossed);
    state.set(`${this.address} price`, result.price);
    state.set(`${this.address} tick`, BigInt(result.tick));
    state.set(`${this.address} liquidity`, result.liquidity);
    const { amount0, amount1 } = result;
    const pool: Call = { execution, sender: this.address, value: 0n };
    if (amount0 < 0n) this.token0.move(pool, this.address, recipient, -amount0);
    if (amount1 < 0n) this.token1.move(pool, this.address, recipient, -amount1);
    this.#receive(execution.state, amount0, amount1, 'IIA', 'IIA', pay);
    execution.log(this.address, TOPIC.v3Swap, [sender, recipient], [amount0, amount1, result.price, result.liquidity, result.tick]);
    return result;
  }

  mint({ execution, sender }: Call, owner: Address, lower: number, upper: number, amount: bigint, pay: Payment): void {
    const { state } = execution;
    execution.use(LIQUIDITY_GAS);
    require(amount > 0n);
    this.#checkTicks(lower, upper);
    this.#change(state, owner, lower, upper, amount);
    const [amount0, amount1] = this.#amounts(state, lower, upper, amount, true);
    this.#receive(state, amount0, amount1, 'M0', 'M1', pay);
    execution.log(this.address, TOPIC.v3Mint, [owner, lower, upper], [sender, amount, amount0, amount1]);
  }

  /** Burns, and collects what that sets free. */
  burn({ execution, sender }: Call, lower: number, upper: number, amount: bigint, recipient: Address): void {
    const { state } = execution;
    execution.use(LIQUIDITY_GAS);
    this.#checkTicks(lower, upper);
    require(state.get(this.#position(sender, lower, upper)) >= amount, 'LS');
    this.#change(state, sender, lower, upper, -amount);
    const [amount0, amount1] = this.#amounts(state, lower, upper, amount, false);
    execution.log(this.address, TOPIC.v3Burn, [sender, lower, upper], [amount, amount0, amount1]);
    const pool: Call = { execution, sender: this.address, value: 0n };
    if (amount0 > 0n) this.token0.move(pool, this.address, recipient, amount0);
    if (amount1 > 0n) this.token1.move(pool, this.address, recipient, amount1);
    execution.log(this.address, TOPIC.v3Collect, [sender, lower, upper], [recipient, amount0, amount1]);
  }

  positionOf(state: Layer, owner: Address, lower: number, upper: number): bigint {
    return state.get(this.#position(owner, lower, upper));
  }

  #receive(state: Layer, amount0: bigint, amount1: bigint, reason0: string, reason1: string, pay: Payment): void {
    const before0 = this.token0.balanceOf(state, this.address);
    const before1 = this.token1.balanceOf(state, this.address);
    pay(amount0, amount1);
    require(amount0 <= 0n || this.token0.balanceOf(state, this.address) >= before0 + amount0, reason0);
    require(amount1 <= 0n || this.token1.balanceOf(state, this.address) >= before1 + amount1, reason1);
  }

  #checkTicks(lower: number, upper: number): void {
    require(lower < upper, 'TLU');
    require(lower >= MIN_TICK, 'TLM');
    require(upper <= MAX_TICK, 'TUM');
    require(lower % this.tickSpacing === 0 && upper % this.tickSpacing === 0);
  }

  #change(state: Layer, owner: Address, lower: number, upper: number, amount: bigint): void {
    state.add(this.#position(owner, lower, upper), amount);
    for (const tick of [lower, upper]) {
      const before = state.get(this.#gross(tick));
      require(before + amount <= this.#liquidityPerTickMax, 'LO');
      state.set(this.#gross(tick), before + amount);
      state.add(this.#net(tick), tick === lower ? amount : -amount);
      if ((before === 0n) === (before + amount === 0n)) continue;
      const { word, bit } = wordOf(tick, this.tickSpacing);
      state.set(this.#word(word), state.get(this.#word(word)) ^ (1n << BigInt(bit)));
    }
    const current = this.tick(state);
    if (lower <= current && current < upper) state.add(`${this.address} liquidity`, amount);
  }

  #amounts(state: Layer, lower: number, upper: number, amount: bigint, roundUp: boolean): readonly [bigint, bigint] {
    const price = this.price(state);
    const low = sqrtRatioAtTick(lower);
    const high = sqrtRatioAtTick(upper);
    const within = price < low ? low : price > high ? high : price;
    return [within < high ? amount0Between(within, high, amount, roundUp) : 0n, within > low ? amount1Between(low, within, amount, roundUp) : 0n];
  }

  #gross(tick: number): string {
    return `${this.address} gross ${tick}`;
  }

  #net(tick: number): string {
    return `${this.address} net ${tick}`;
  }

  #word(word: number): string {
    return `${this.address} word ${word}`;
  }

  #position(owner: Address, lower: number, upper: number): string {
    return `${this.address} position ${owner} ${lower} ${upper}`;
  }
}
