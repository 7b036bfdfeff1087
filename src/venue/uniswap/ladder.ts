/**
 * A pool as a book: what amounts of growing size cost and bring, as levels. The levels up to any one cost what the pool
 * takes for their sum, fee included, and the gas of one swap; rounded to ticks away from whoever trades.
 *
 * Gas is paid once however small the swap, so the first level is as large as the least order and carries it all; where
 * the pool itself is cheaper beyond, the price of the first level goes on until it no longer is.
 */
import type { Instrument, PoolFacts } from '../../model/instrument.js';
import { AMOUNT_DECIMALS } from '../../model/decimal.js';
import { LevelChanges } from '../level-changes.js';
import type { PoolState, QuoteOf } from './pool-state.js';

export const LEVELS_MAX = 20;
/** Each level's sum over the one before, as a fraction: twenty levels reach two thousand times the first. */
const GROWTH_NUM = 3n;
const GROWTH_DEN = 2n;
/** The first level at its own, worse price is still worth the least notional. */
const FIRST_MARGIN = 1.02;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** First level, in quote, where the market has no least notional. */
const FIRST_NOTIONAL = 100;

export class Ladder {
  readonly changes = new LevelChanges();
  private readonly tick: bigint;
  private readonly step: bigint;
  /** Base units of one scaled unit of quantity: up ÷ down. */
  private readonly unitUp: bigint;
  private readonly unitDown: bigint;
  /** Quote units ÷ scaled quantity × priceUp ÷ priceDown = scaled price. */
  private readonly priceUp: bigint;
  private readonly priceDown: bigint;
  private readonly firstNotional: number;
  private readonly toDecimalPrice: number;

  /** @param levels a side */
  constructor(private readonly instrument: Instrument, facts: PoolFacts, private readonly levels: number) {
    const { pair } = instrument;
    const [base, quote] = facts.baseIsToken0 ? [facts.token0, facts.token1] : [facts.token1, facts.token0];
    const tenTo = (exponent: number): bigint => 10n ** BigInt(Math.max(0, exponent));
    this.tick = BigInt(instrument.tick);
    this.step = BigInt(instrument.step);
    this.unitUp = tenTo(base.decimals - pair.qtyScale);
    this.unitDown = tenTo(pair.qtyScale - base.decimals);
    this.priceUp = tenTo(pair.priceScale + pair.qtyScale - quote.decimals);
    this.priceDown = tenTo(quote.decimals - pair.priceScale - pair.qtyScale);
    this.firstNotional = instrument.minNotional > 0 ? instrument.minNotional / 10 ** AMOUNT_DECIMALS : FIRST_NOTIONAL;
    this.toDecimalPrice = 10 ** (base.decimals - quote.decimals);
  }

  /**
   * Both sides anew, into `changes`.
   * @param gas of one swap, in base units of the quote token
   */
  build(pool: PoolState, gas: bigint): void {
    this.changes.clear();
    const first = this.firstQty(pool.price() * this.toDecimalPrice);
    if (first === undefined) return;
    this.side(1, first, pool.costs(), gas);
    this.side(0, first, pool.proceeds(), -gas);
  }

  /** Scaled quantity of the first level; undefined where the price is none. */
  private firstQty(price: number): bigint | undefined {
    const { pair } = this.instrument;
    const steps = Math.ceil((this.firstNotional * FIRST_MARGIN * 10 ** pair.qtyScale) / price / this.instrument.step);
    if (!(steps > 0) || !Number.isSafeInteger(steps * this.instrument.step)) return undefined;
    return BigInt(Math.max(steps * this.instrument.step, this.instrument.minQty));
  }

  /** @param isAsk 1: `quoteOf` tells costs, which are rounded up; 0: proceeds, rounded down @param gas what is added to the first level's */
  private side(isAsk: 0 | 1, first: bigint, quoteOf: QuoteOf, gas: bigint): void {
    let sum = first;
    let soFar = 0n;
    let quoteSoFar = -gas;
    let worst = 0n;
    let pending = 0n;
    for (let level = 0; level < this.levels; level++) {
      const quote = quoteOf((sum * this.unitUp) / this.unitDown);
      if (quote === undefined || sum > SAFE_MAX) break;
      const price = this.priceOf(quote - quoteSoFar, sum - soFar, isAsk === 1);
      const atLeast = worst === 0n || (isAsk === 1 ? price > worst : price < worst) ? price : worst;
      if (atLeast <= 0n || atLeast > SAFE_MAX) break;
      if (atLeast !== worst && pending > 0n) {
        this.changes.push(isAsk, Number(worst), Number(pending));
        pending = 0n;
      }
      worst = atLeast;
      pending += sum - soFar;
      soFar = sum;
      quoteSoFar = quote;
      sum = soFar + this.roundUp((soFar * (GROWTH_NUM - GROWTH_DEN)) / GROWTH_DEN + 1n, this.step);
    }
    if (pending > 0n) this.changes.push(isAsk, Number(worst), Number(pending));
  }

  private priceOf(quote: bigint, qty: bigint, up: boolean): bigint {
    const num = quote * this.priceUp;
    const den = qty * this.priceDown;
    return up ? this.roundUp((num + den - 1n) / den, this.tick) : ((num / den) / this.tick) * this.tick;
  }

  private roundUp(value: bigint, unit: bigint): bigint {
    return ((value + unit - 1n) / unit) * unit;
  }
}
