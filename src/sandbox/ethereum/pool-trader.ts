/**
 * What the generator does in one pool, block by block. A pool knows nothing of the market: somebody has to carry the
 * price to it. Now and then somebody large moves it away from the fair price by more than its fee, and the
 * arbitrageurs take a few blocks to bring it back: a crossing that opens and decays. In between small swaps go
 * both ways, and liquidity comes and goes around the price.
 */
import { encodeFunctionData } from 'viem/utils';
import type { Address, Hex } from 'viem';
import { tickAtSqrtRatio } from '../../venue/uniswap/tick-math.js';
import type { Prng } from '../market/prng.js';
import { LIQUIDITY_ABI, LIQUIDITY_PROVISION } from './liquidity-provision.js';
import type { Market } from './market.js';
import type { Layer } from './state.js';
import { V3Pool } from './v3-pool.js';

export interface Intention {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: number;
  /** Tip in gwei. */
  readonly tipGwei: number;
}

const EPISODE_GAP_MS_MEAN = 9_000;
const EPISODE_GAP_MS_MIN = 2_000;
/** An episode goes beyond the pool's fee by this much, basis points. */
const PEAK_BPS: readonly [number, number] = [8, 22];
/** How long the arbitrageurs look away at most, ms. */
const UNNOTICED_MS_MAX = 2_000;
/** Swaps and changes of liquidity a second. */
const SMALL_SWAPS = 0.9;
const LIQUIDITY_CHANGES = 0.06;
const SWAP_GAS = 300_000;
const LIQUIDITY_GAS = 600_000;
/** Positions that come and go, at most. */
const POSITIONS_MAX = 6;

interface Position {
  readonly lower: number;
  readonly upper: number;
  readonly amount: bigint;
}

export class PoolTrader {
  readonly #positions: Position[] = [];
  #nextEpisodeMs: number;
  #quietUntilMs = 0;

  /** @param traders accounts that swap; @param provider the account that provides liquidity */
  constructor(readonly market: Market, private readonly prng: Prng, private readonly traders: readonly Address[], private readonly provider: Address, private readonly blockMs: number, nowMs: number) {
    this.#nextEpisodeMs = nowMs + this.#gap();
  }

  /** Leave the pool alone until then: a crossing was asked for. */
  hold(untilMs: number): void {
    this.#quietUntilMs = untilMs;
    this.#nextEpisodeMs = Math.max(this.#nextEpisodeMs, untilMs + EPISODE_GAP_MS_MIN);
  }

  /** A swap that moves the pool to `bps` from the fair price. */
  push(state: Layer, fair: number, bps: number): Intention[] {
    return this.#swap(state, fair * (1 + bps / 10_000), this.prng.between(0.3, 1.5));
  }

  /** @param state as of the head; @param fair quote per base, now */
  propose(state: Layer, fair: number, nowMs: number): Intention[] {
    const { prng, market } = this;
    if (nowMs >= this.#nextEpisodeMs) {
      const bps = (prng.uniform() < 0.5 ? -1 : 1) * (market.feeBps + prng.between(...PEAK_BPS));
      this.#nextEpisodeMs = nowMs + this.#gap();
      this.#quietUntilMs = nowMs + this.blockMs + prng.uniform() * UNNOTICED_MS_MAX;
      return this.push(state, fair, bps);
    }
    const liquidity = prng.uniform() < (LIQUIDITY_CHANGES * this.blockMs) / 1000 ? this.#changeLiquidity(state) : [];
    if (nowMs < this.#quietUntilMs) return liquidity;
    const price = market.price(state);
    const awayBps = (price / fair - 1) * 10_000;
    const bandBps = market.feeBps + 1;
    if (Math.abs(awayBps) > bandBps) {
      // To the edge of what pays, and often only part of the way.
      const target = Math.sign(awayBps) * (bandBps + (Math.abs(awayBps) - bandBps) * (prng.uniform() < 0.5 ? 0 : prng.uniform()));
      return [...liquidity, ...this.#swap(state, fair * (1 + target / 10_000), prng.between(0.05, 0.6))];
    }
    if (prng.uniform() >= Math.min(0.9, (SMALL_SWAPS * this.blockMs) / 1000)) return liquidity;
    const drift = prng.normal() - (awayBps / bandBps) * 0.8;
    return [...liquidity, ...this.#swap(state, price * (1 + (drift * 1.2) / 10_000), prng.between(0.01, 0.1))];
  }

  #swap(state: Layer, price: number, tipGwei: number): Intention[] {
    const from = this.traders[this.prng.below(this.traders.length)];
    const move = this.market.moveTo(state, price, from);
    return move === null ? [] : [{ from, ...move, gas: SWAP_GAS, tipGwei }];
  }

  #changeLiquidity(state: Layer): Intention[] {
    const { prng, market: { venue } } = this;
    if (!(venue instanceof V3Pool)) {
      const [reserve0, reserve1] = venue.reserves(state);
      const share = BigInt(1 + prng.below(20));
      return [this.#provide(encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'addToPair', args: [venue.address, (reserve0 * share) / 10_000n, (reserve1 * share) / 10_000n] }))];
    }
    const full = this.#positions.length >= POSITIONS_MAX;
    if (full || (this.#positions.length > 0 && prng.uniform() < 0.5)) {
      const [{ lower, upper, amount }] = this.#positions.splice(prng.below(this.#positions.length), 1);
      // What a reorg took away again cannot be withdrawn.
      if (venue.positionOf(state, LIQUIDITY_PROVISION, lower, upper) < amount) return [];
      return [this.#provide(encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'takeFromPool', args: [venue.address, lower, upper, amount] }))];
    }
    const [lower, upper] = venue.ticksAround(tickAtSqrtRatio(venue.price(state)) + prng.below(40) - 20, 5 + prng.below(60));
    const amount = (venue.liquidity(state) * BigInt(2 + prng.below(12))) / 100n;
    this.#positions.push({ lower, upper, amount });
    return [this.#provide(encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'addToPool', args: [venue.address, lower, upper, amount] }))];
  }

  #provide(data: Hex): Intention {
    return { from: this.provider, to: LIQUIDITY_PROVISION, data, gas: LIQUIDITY_GAS, tipGwei: 0.02 };
  }

  #gap(): number {
    return EPISODE_GAP_MS_MIN + this.prng.exponential(EPISODE_GAP_MS_MEAN);
  }
}
