/**
 * How much of a crossed market is worth taking: walks the asks of the one book against the bids of the other, net of
 * both taker fees and of the rate the user mapped the quotes at. Doubles decide where an error in the sixteenth digit
 * is harmless; what is to be ordered is then counted again in integers.
 */
import { AMOUNT_DECIMALS, POW10, rescale } from '../model/decimal.js';
import type { Instrument } from '../model/instrument.js';

/** Levels a side that a walk can hold. */
export const LEVELS_MAX = 64;
const PPM = 1_000_000;
const PPM_BIG = 1_000_000n;
/** More than the relative error that a walk over every level can gather. */
const DOUBLE_ERROR = 1e-12;

/** The limits of a basket, in the pair's quote and base. */
export interface BasketLimits {
  /** 10^-8 of the pair's quote: each leg at its limit price stays at or below this. */
  readonly maxNotional: bigint;
  /** 10^-8 of the base; undefined = no limit. */
  readonly maxQty: bigint | undefined;
  /** Least profit net of fees: 10^-8 of the pair's quote, and parts per million of what the buy leg costs. */
  readonly minProfit: bigint;
  readonly minProfitPpm: number;
  /** How far beyond the worst level walked a limit may lie, ppm. */
  readonly slippagePpm: number;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** What does not change between two looks at the same two instruments. */
export class Legs {
  readonly buyFactor: number;
  readonly sellFactor: number;
  readonly buyRate: number;
  readonly sellRate: number;
  /** A quantity both venues take is a multiple of this. */
  readonly step: number;
  readonly minQty: number;
  /** Limits at the pair's scales. */
  readonly maxQty: number;
  /** price × quantity at the pair's scales, in the pair's quote × 10^6 (rates are in ppm). */
  readonly maxNotional: number;
  /** Least profit in the unit of prices × quantities × rates × fees. */
  readonly minGain: number;

  constructor(readonly buy: Instrument, readonly sell: Instrument, readonly limits: BasketLimits) {
    const { priceScale, qtyScale } = buy.pair;
    this.buyRate = buy.quoteRatePpm;
    this.sellRate = sell.quoteRatePpm;
    this.buyFactor = this.buyRate * (PPM + buy.takerFeePpm);
    this.sellFactor = this.sellRate * (PPM - sell.takerFeePpm);
    this.step = (buy.step / greatestCommonDivisor(buy.step, sell.step)) * sell.step;
    this.minQty = Math.max(buy.minQty, sell.minQty, this.step);
    this.maxQty = limits.maxQty === undefined ? Number.MAX_SAFE_INTEGER : Number(rescale(limits.maxQty, AMOUNT_DECIMALS, qtyScale));
    this.maxNotional = Number(rescale(limits.maxNotional * PPM_BIG, AMOUNT_DECIMALS, priceScale + qtyScale));
    this.minGain = Number(rescale(limits.minProfit * PPM_BIG * PPM_BIG, AMOUNT_DECIMALS, priceScale + qtyScale));
  }
}

export class BasketWalk {
  asks = 0;
  bids = 0;
  readonly askPrices = new Float64Array(LEVELS_MAX);
  readonly askQtys = new Float64Array(LEVELS_MAX);
  readonly bidPrices = new Float64Array(LEVELS_MAX);
  readonly bidQtys = new Float64Array(LEVELS_MAX);
  /** Outcome: quantity, worst price to buy at, worst price to sell at. */
  readonly best = new Float64Array(3);
  /** Cost and proceeds of the last walk, net of fees, as nearly as doubles can. */
  private readonly money = new Float64Array(2);
  /** Outcome of `confirm`: 10^-8 of the pair's quote. */
  profit = 0n;

  clear(): void {
    this.asks = 0;
    this.bids = 0;
  }

  /**
   * The largest quantity whose every part is worth its fees, within the limits, rounded down to the common step.
   * @returns false when there is none or what it would bring is plainly too little
   */
  size(legs: Legs): boolean {
    const most = this.walk(legs, legs.maxQty, true);
    const qty = Math.floor(most / legs.step) * legs.step;
    if (qty < legs.minQty) return false;
    this.walk(legs, qty, false);
    this.best[0] = qty;
    // Most crossings that pay their fees pay too little: that needs no integers. What is close is left to `confirm`.
    const cost = this.money[0];
    const gain = this.money[1] - cost + cost * DOUBLE_ERROR;
    return gain >= legs.minGain && gain * PPM >= cost * legs.limits.minProfitPpm;
  }

  /** Walk up to `target`; leaves the worst prices touched. Returns the quantity reached. */
  private walk(legs: Legs, target: number, limited: boolean): number {
    const { askPrices, askQtys, bidPrices, bidQtys, best } = this;
    const slip = 1 + legs.limits.slippagePpm / PPM;
    let i = 0;
    let j = 0;
    let askLeft = askQtys[0];
    let bidLeft = bidQtys[0];
    let total = 0;
    let cost = 0;
    let proceeds = 0;
    while (i < this.asks && j < this.bids && total < target) {
      if (limited && bidPrices[j] * legs.sellFactor <= askPrices[i] * legs.buyFactor) break;
      let take = Math.min(askLeft, bidLeft, target - total);
      if (limited) {
        const dearest = Math.max(askPrices[i] * slip * legs.buyRate, bidPrices[j] * legs.sellRate);
        take = Math.min(take, Math.floor(legs.maxNotional / dearest) - total);
        if (take <= 0) break;
      }
      best[1] = askPrices[i];
      best[2] = bidPrices[j];
      total += take;
      cost += take * askPrices[i] * legs.buyFactor;
      proceeds += take * bidPrices[j] * legs.sellFactor;
      askLeft -= take;
      bidLeft -= take;
      if (askLeft <= 0) askLeft = askQtys[++i];
      if (bidLeft <= 0) bidLeft = bidQtys[++j];
    }
    this.money[0] = cost;
    this.money[1] = proceeds;
    return total;
  }

  /**
   * The exact profit of `best`, and whether it and both legs' notionals reach what is asked.
   * Cost and proceeds are integers at 10^-(price scale + quantity scale + 12): rates and fees are in ppm.
   */
  confirm(legs: Legs): boolean {
    const { buy, sell, limits } = legs;
    const decimals = buy.pair.priceScale + buy.pair.qtyScale;
    const qty = BigInt(this.best[0]);
    const cost = this.sum(this.askPrices, this.askQtys, this.asks) * BigInt(buy.quoteRatePpm) * BigInt(PPM + buy.takerFeePpm);
    const proceeds = this.sum(this.bidPrices, this.bidQtys, this.bids) * BigInt(sell.quoteRatePpm) * BigInt(PPM - sell.takerFeePpm);
    const gain = proceeds - cost;
    if (gain <= 0n) return false;
    const unit = 10n ** BigInt(decimals + 12);
    const scale = BigInt(POW10[AMOUNT_DECIMALS]);
    this.profit = (gain * scale) / unit;
    if (this.profit < limits.minProfit || gain * PPM_BIG < cost * BigInt(limits.minProfitPpm)) return false;
    // A venue's least notional is in the quote it really takes, unmapped.
    const one = 10n ** BigInt(decimals);
    return BigInt(this.best[1]) * qty * scale >= BigInt(buy.minNotional) * one && BigInt(this.best[2]) * qty * scale >= BigInt(sell.minNotional) * one;
  }

  /** Price × quantity over the best levels up to best[0]. */
  private sum(prices: Float64Array, quantities: Float64Array, count: number): bigint {
    let left = this.best[0];
    let sum = 0n;
    for (let i = 0; i < count && left > 0; i++) {
      const take = Math.min(left, quantities[i]);
      sum += BigInt(prices[i]) * BigInt(take);
      left -= take;
    }
    return sum;
  }

  /** Limit to buy at: the worst price, plus the slippage allowed, on the venue's grid. */
  buyLimit(legs: Legs): number {
    const { tick } = legs.buy;
    const allowed = Math.floor((this.best[1] * (1 + legs.limits.slippagePpm / PPM)) / tick) * tick;
    return Math.max(this.best[1], allowed);
  }

  sellLimit(legs: Legs): number {
    const { tick } = legs.sell;
    const allowed = Math.ceil((this.best[2] * (1 - legs.limits.slippagePpm / PPM)) / tick) * tick;
    return Math.min(this.best[2], Math.max(tick, allowed));
  }
}
