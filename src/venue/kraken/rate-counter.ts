/**
 * The matching engine's rate counter, one per market and account: every order adds to it, it decays with time, and at the
 * threshold orders are refused. Modelled here so that an order that would be refused is never sent.
 * Source: docs.kraken.com, "Spot trading rate limits".
 */

/** Thresholds of the three tiers and how fast the counter falls, a second. */
const TIERS: readonly (readonly [number, number])[] = [[60, 1], [125, 2.34], [180, 3.75]];

/** What a cancel costs by the age of the order, s. */
const CANCEL_COSTS: readonly (readonly [number, number])[] = [[5, 8], [10, 6], [15, 5], [45, 4], [90, 2], [300, 1]];

export function cancelCost(ageNs: number): number {
  for (const [belowSeconds, points] of CANCEL_COSTS) if (ageNs < belowSeconds * 1e9) return points;
  return 0;
}

/** Counters of all markets of an account; the lowest tier until the venue tells otherwise. */
export class RateCounters {
  private threshold = TIERS[0][0];
  private decayPerNs = TIERS[0][1] / 1e9;
  private readonly values: Float64Array;
  private readonly atNs: Float64Array;

  constructor(markets: number) {
    this.values = new Float64Array(markets);
    this.atNs = new Float64Array(markets);
  }

  /** `maxratecount` of the executions subscription. */
  setThreshold(threshold: number): void {
    this.threshold = threshold;
    const tier = TIERS.findLast(([least]) => least <= threshold) ?? TIERS[0];
    this.decayPerNs = tier[1] / 1e9;
  }

  /** Add an order, unless that would pass the threshold. */
  tryOrder(market: number, nowNs: number): boolean {
    if (this.decayed(market, nowNs) + 1 > this.threshold) return false;
    this.values[market]++;
    return true;
  }

  /** Cancels are not refused, but they count. */
  addCancel(market: number, ageNs: number, nowNs: number): void {
    this.values[market] = this.decayed(market, nowNs) + cancelCost(ageNs);
  }

  /** The venue refused an order: its counter stands higher than ours. */
  exceeded(market: number, nowNs: number): void {
    this.values[market] = this.threshold;
    this.atNs[market] = nowNs;
  }

  private decayed(market: number, nowNs: number): number {
    const value = Math.max(0, this.values[market] - (nowNs - this.atNs[market]) * this.decayPerNs);
    this.values[market] = value;
    this.atNs[market] = nowNs;
    return value;
  }
}
