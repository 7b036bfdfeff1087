/** Request weight a minute, and unfilled orders per ten seconds and per day. An order's first fill gives its place back. */
import { BinanceError } from './errors.js';
import type { Order } from '../matching/order.js';

export interface BinanceLimitSettings {
  weightPerMinute: number;
  ordersPer10s: number;
  ordersPerDay: number;
}

export const BINANCE_LIMITS: BinanceLimitSettings = { weightPerMinute: 6_000, ordersPer10s: 100, ordersPerDay: 200_000 };

export interface RateLimitRow {
  rateLimitType: string;
  interval: string;
  intervalNum: number;
  limit: number;
  count?: number;
}

class Window {
  count = 0;
  #index = -1;
  readonly #spanMs: number;

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Starts afresh when the clock has entered another interval. */
  at(nowMs: number): this {
    const index = Math.floor(nowMs / this.#spanMs);
    if (index !== this.#index) {
      this.#index = index;
      this.count = 0;
    }
    return this;
  }

  endMs(): number {
    return (this.#index + 1) * this.#spanMs;
  }
}

export class BinanceLimits {
  readonly #settings: BinanceLimitSettings;
  readonly #nowMs: () => number;
  readonly #weight = new Window(60_000);
  readonly #fast = new Window(10_000);
  readonly #day = new Window(86_400_000);
  readonly #traded = new WeakSet<Order>();

  constructor(settings: BinanceLimitSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  /** @throws BinanceError 429 / -1003 */
  charge(weight: number): void {
    const now = this.#nowMs();
    const window = this.#weight.at(now);
    window.count += weight;
    if (window.count > this.#settings.weightPerMinute) this.tooMuch(window.endMs(), now);
  }

  tooMuch(retryMs: number, now: number): never {
    throw new BinanceError(429, -1003, `Too much request weight used; current limit is ${this.#settings.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`, { serverTime: now, retryAfter: retryMs });
  }

  /** @throws BinanceError 429 / -1015 */
  checkOrder(): void {
    const now = this.#nowMs();
    const full = this.#fast.at(now).count >= this.#settings.ordersPer10s ? this.#fast : this.#day.at(now).count >= this.#settings.ordersPerDay ? this.#day : null;
    if (full === null) return;
    const what = full === this.#fast ? `${this.#settings.ordersPer10s} orders per 10 SECOND` : `${this.#settings.ordersPerDay} orders per 1 DAY`;
    throw new BinanceError(429, -1015, `Too many new orders; current limit is ${what}.`, { serverTime: now, retryAfter: full.endMs() });
  }

  orderPlaced(): void {
    const now = this.#nowMs();
    this.#fast.at(now).count++;
    this.#day.at(now).count++;
  }

  orderTraded(order: Order): void {
    if (this.#traded.has(order)) return;
    this.#traded.add(order);
    const now = this.#nowMs();
    for (const window of [this.#fast.at(now), this.#day.at(now)]) window.count = Math.max(0, window.count - 1);
  }

  headers(): Record<string, string> {
    const now = this.#nowMs();
    return {
      'X-MBX-USED-WEIGHT': String(this.#weight.at(now).count), 'X-MBX-USED-WEIGHT-1M': String(this.#weight.count),
      'X-MBX-ORDER-COUNT-10S': String(this.#fast.at(now).count), 'X-MBX-ORDER-COUNT-1D': String(this.#day.at(now).count),
    };
  }

  weightRow(): RateLimitRow {
    return { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: this.#settings.weightPerMinute, count: this.#weight.at(this.#nowMs()).count };
  }

  orderRows(): RateLimitRow[] {
    const now = this.#nowMs();
    return [
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: this.#settings.ordersPer10s, count: this.#fast.at(now).count },
      { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: this.#settings.ordersPerDay, count: this.#day.at(now).count },
    ];
  }

  /** As exchangeInfo lists them: without counts. */
  rows(): RateLimitRow[] {
    return [...[this.weightRow(), ...this.orderRows()].map(({ count: _count, ...row }) => row), { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 }];
  }
}
