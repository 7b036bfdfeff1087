/** Kraken's two kinds of counters: REST calls per key, and the matching engine's per pair. Both decay with time. */
import type { Order } from '../matching/order.js';

export interface KrakenLimitSettings {
  restMax: number;
  restDecayPerSecond: number;
  engineMax: number;
  engineDecayPerSecond: number;
  openOrdersPerPair: number;
}

/** The highest tier of the venue. */
export const KRAKEN_LIMITS: KrakenLimitSettings = { restMax: 20, restDecayPerSecond: 1, engineMax: 180, engineDecayPerSecond: 3.75, openOrdersPerPair: 225 };

class Counter {
  value = 0;
  #atMs = 0;

  /** Add `points` unless that would pass `max`. */
  add(points: number, max: number, decayPerSecond: number, nowMs: number): boolean {
    this.value = Math.max(0, this.value - ((nowMs - this.#atMs) / 1000) * decayPerSecond);
    this.#atMs = nowMs;
    if (this.value + points > max) return false;
    this.value += points;
    return true;
  }
}

/** Points a cancel costs by the order's age in seconds. */
const CANCEL_POINTS: readonly (readonly [number, number])[] = [[5, 8], [10, 6], [15, 5], [45, 4], [90, 2], [300, 1]];

export class KrakenLimits {
  readonly settings: KrakenLimitSettings;
  readonly #nowMs: () => number;
  readonly #rest = new Counter();
  readonly #engine = new Map<number, Counter>();

  constructor(settings: KrakenLimitSettings, nowMs: () => number) {
    this.settings = settings;
    this.#nowMs = nowMs;
  }

  rest(points: number): boolean {
    return this.#rest.add(points, this.settings.restMax, this.settings.restDecayPerSecond, this.#nowMs());
  }

  addOrder(marketIndex: number): boolean {
    return this.#charge(marketIndex, 1);
  }

  /** Cancels are never refused, but they count. */
  cancelOrder(order: Order, orderNowMs: number): void {
    const ageSeconds = (orderNowMs - order.createdMs) / 1000;
    const points = CANCEL_POINTS.find(([below]) => ageSeconds < below)?.[1] ?? 0;
    this.#charge(order.market.index, points);
  }

  #charge(marketIndex: number, points: number): boolean {
    let counter = this.#engine.get(marketIndex);
    if (counter === undefined) this.#engine.set(marketIndex, (counter = new Counter()));
    return counter.add(points, this.settings.engineMax, this.settings.engineDecayPerSecond, this.#nowMs());
  }
}
