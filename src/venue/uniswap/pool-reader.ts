/**
 * A pool's state as of one block, read by eth_call over the feed's own socket: reserves of v2; of v3 price, liquidity, the
 * words of the tick bitmap around the price and every tick that they show.
 */
import type { PoolFacts } from '../../model/instrument.js';
import { Selector } from './abi.js';
import { ethCall } from './json-rpc.js';
import { V2State, V3State, type PoolState } from './pool-state.js';
import type { RpcSocket } from './rpc-socket.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK } from './tick-math.js';
import { V3Pool } from './v3-pool.js';
import { holdsWords, intAt, quantity, uintAt, word } from './words.js';

/** Ticks read to either side of the price: from two thirds of it to one and a half times it. */
const AROUND_TICKS = 4000;

export class PoolReader {
  private left = 0;
  private over = false;

  /** @param onRead the state, or undefined where it could not be read: the node failed, or the pool has no price */
  constructor(
    private readonly rpc: RpcSocket,
    private readonly address: string,
    private readonly facts: PoolFacts,
    private readonly block: number,
    private readonly onRead: (state: PoolState | undefined, nowNs: number) => void,
  ) {}

  start(nowNs: number): void {
    if (this.facts.version === 2) this.readReserves(nowNs);
    else this.readPosition(nowNs);
  }

  /** Answers that still come are of no interest. */
  cancel(): void {
    this.over = true;
  }

  private readReserves(nowNs: number): void {
    this.call(Selector.getReserves, 3, nowNs, (data, answeredNs) => this.finish(new V2State(this.facts, uintAt(data, 0), uintAt(data, 1)), answeredNs));
  }

  private readPosition(nowNs: number): void {
    const pool = new V3Pool(this.facts.feePpm, this.facts.tickSpacing);
    this.call(Selector.slot0, 7, nowNs, (slot0, askedNs) => {
      const price = uintAt(slot0, 0);
      const tick = Number(intAt(slot0, 1));
      if (price < MIN_SQRT_RATIO || price >= MAX_SQRT_RATIO || tick < MIN_TICK || tick > MAX_TICK) return this.finish(undefined, askedNs);
      return this.call(Selector.liquidity, 1, askedNs, (liquidity, answeredNs) => {
        pool.moveTo({ price, liquidity: uintAt(liquidity, 0), tick });
        this.readWords(pool, answeredNs);
      });
    });
  }

  private readWords(pool: V3Pool, nowNs: number): void {
    const { tickSpacing } = this.facts;
    const from = Math.max(Math.ceil(MIN_TICK / tickSpacing), Math.floor((pool.tick - AROUND_TICKS) / tickSpacing));
    const to = Math.min(Math.floor(MAX_TICK / tickSpacing), Math.ceil((pool.tick + AROUND_TICKS) / tickSpacing));
    const edge = (compressed: number, last: number, end: number): number => (compressed === last ? end : compressed * tickSpacing);
    pool.knowBetween(edge(from, Math.ceil(MIN_TICK / tickSpacing), MIN_TICK), edge(to, Math.floor(MAX_TICK / tickSpacing), MAX_TICK));
    const initialised: number[] = [];
    const words = Array.from({ length: (to >> 8) - (from >> 8) + 1 }, (_, i) => (from >> 8) + i);
    let unread = words.length;
    for (const position of words) {
      this.call(Selector.tickBitmap + word(position), 1, nowNs, (data, answeredNs) => {
        const bits = uintAt(data, 0);
        for (let bit = 0; bit < 256; bit++) {
          const compressed = position * 256 + bit;
          if (compressed >= from && compressed <= to && ((bits >> BigInt(bit)) & 1n) === 1n) initialised.push(compressed * tickSpacing);
        }
        if (--unread === 0) this.readTicks(pool, initialised, answeredNs);
      });
    }
  }

  private readTicks(pool: V3Pool, initialised: readonly number[], nowNs: number): void {
    const state = new V3State(this.facts, pool);
    this.left = initialised.length;
    if (this.left === 0) return this.finish(state, nowNs);
    for (const index of initialised) {
      this.call(Selector.ticks + word(index), 2, nowNs, (data, answeredNs) => {
        pool.ticks.set(index, uintAt(data, 0), intAt(data, 1));
        if (--this.left === 0) this.finish(state, answeredNs);
      });
    }
    return undefined;
  }

  private call(data: string, words: number, nowNs: number, onWords: (data: string, nowNs: number) => void): void {
    this.rpc.ask(ethCall(this.address, data, quantity(this.block)), nowNs, (result, error, answeredNs) => {
      if (this.over) return;
      if (error !== undefined || !holdsWords(result, words)) this.finish(undefined, answeredNs);
      else onWords(result, answeredNs);
    });
  }

  private finish(state: PoolState | undefined, nowNs: number): void {
    this.over = true;
    this.onRead(state, nowNs);
  }
}
