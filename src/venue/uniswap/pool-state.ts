/** One pool's state in the terms of its market: what base costs and brings, and what the pool's events do to it. */
import type { PoolFacts } from '../../model/instrument.js';
import type { PoolEvent } from './log.js';
import { V3Pool } from './v3-pool.js';
import { v2AmountIn, v2AmountOut } from './v2.js';

/** Quote for a base amount, both in base units of their tokens; undefined where the pool has not that much. Ask for growing amounts only. */
export type QuoteOf = (base: bigint) => bigint | undefined;
/** Takes an event back. */
export type Undo = () => void;

export interface PoolState {
  /** Quote per base, in base units, without the fee. */
  price(): number;
  /** What buying exactly this much base costs, fee included. */
  costs(): QuoteOf;
  /** What selling exactly this much base brings, fee taken. */
  proceeds(): QuoteOf;
  /** Undefined: the event contradicts this state, which was not changed. */
  apply(event: PoolEvent): Undo | undefined;
  /** What is known reaches far enough around the price. */
  readonly isDeep: boolean;
}

const nothing: Undo = () => {};

export class V2State implements PoolState {
  readonly isDeep = true;

  constructor(private readonly facts: PoolFacts, private reserve0: bigint, private reserve1: bigint) {}

  price(): number {
    return Number(this.reserve(false)) / Number(this.reserve(true));
  }

  costs(): QuoteOf {
    const [base, quote] = [this.reserve(true), this.reserve(false)];
    return (amount) => v2AmountIn(amount, quote, base);
  }

  proceeds(): QuoteOf {
    const [base, quote] = [this.reserve(true), this.reserve(false)];
    return (amount) => v2AmountOut(amount, base, quote);
  }

  apply(event: PoolEvent): Undo | undefined {
    if (event.kind !== 'sync') return nothing;
    const { reserve0, reserve1 } = this;
    ({ reserve0: this.reserve0, reserve1: this.reserve1 } = event);
    return () => {
      this.reserve0 = reserve0;
      this.reserve1 = reserve1;
    };
  }

  private reserve(ofBase: boolean): bigint {
    return ofBase === this.facts.baseIsToken0 ? this.reserve0 : this.reserve1;
  }
}

/** Ticks that must be known to both sides of the price: a tenth of it. */
const KNOWN_TICKS_LEAST = 1000;

export class V3State implements PoolState {
  constructor(private readonly facts: PoolFacts, private readonly pool: V3Pool, private readonly margin = KNOWN_TICKS_LEAST) {}

  get isDeep(): boolean {
    return this.pool.knowsAround(this.margin);
  }

  price(): number {
    const raw = (Number(this.pool.price) / 2 ** 96) ** 2;
    return this.facts.baseIsToken0 ? raw : 1 / raw;
  }

  costs(): QuoteOf {
    const walk = this.pool.walk(!this.facts.baseIsToken0, false);
    return (amount) => {
      const swap = walk.swap(amount);
      return swap?.amountOut === amount ? swap.amountIn : undefined;
    };
  }

  proceeds(): QuoteOf {
    const walk = this.pool.walk(this.facts.baseIsToken0, true);
    return (amount) => {
      const swap = walk.swap(amount);
      return swap?.amountIn === amount ? swap.amountOut : undefined;
    };
  }

  apply(event: PoolEvent): Undo | undefined {
    const { pool } = this;
    if (event.kind === 'liquidity') {
      const { lower, upper, amount } = event;
      return pool.changeLiquidity(lower, upper, amount) ? () => void pool.changeLiquidity(lower, upper, -amount) : undefined;
    }
    if (event.kind !== 'swap' || event.after === undefined) return undefined;
    const { after } = event;
    const expected = pool.liquidityAt(after.tick);
    if (expected !== undefined && expected !== after.liquidity) return undefined;
    const { price, liquidity, tick } = pool;
    pool.moveTo(after);
    return () => pool.moveTo({ price, liquidity, tick });
  }
}

/**
 * A v3 pool of which only a Swap log is known: between two ticks of its spacing liquidity cannot change, so the state is
 * exact as far as it reaches. A swap beyond says what is there.
 */
export class V3Glimpse implements PoolState {
  readonly isDeep = true;
  private pool: V3Pool;

  constructor(private readonly facts: PoolFacts) {
    this.pool = new V3Pool(facts.feePpm, facts.tickSpacing);
  }

  price(): number {
    return new V3State(this.facts, this.pool).price();
  }

  costs(): QuoteOf {
    return new V3State(this.facts, this.pool).costs();
  }

  proceeds(): QuoteOf {
    return new V3State(this.facts, this.pool).proceeds();
  }

  apply(event: PoolEvent): Undo | undefined {
    const before = this.pool;
    if (event.kind === 'swap' && event.after !== undefined) {
      const { feePpm, tickSpacing } = this.facts;
      this.pool = new V3Pool(feePpm, tickSpacing);
      this.pool.moveTo(event.after);
      const from = Math.floor(event.after.tick / tickSpacing) * tickSpacing;
      this.pool.knowBetween(from, from + tickSpacing);
    } else if (event.kind === 'liquidity' && event.lower <= before.tick && before.tick < event.upper) {
      if (before.liquidity + event.amount < 0n) return undefined;
      const { liquidity } = before;
      before.liquidity = liquidity + event.amount;
      return () => {
        before.liquidity = liquidity;
      };
    }
    return () => {
      this.pool = before;
    };
  }
}
