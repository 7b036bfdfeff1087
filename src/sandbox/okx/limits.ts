/** Messages an hour and connection; orders in two seconds, a market and the account; queries in two seconds. */
export interface OkxLimitSettings {
  /** Subscriptions, unsubscriptions and logins of one connection. */
  readonly operationsPerHour: number;
  /** Orders on one market, and likewise cancels, in two seconds. */
  readonly ordersPerMarket: number;
  /** Orders on all markets in two seconds. */
  readonly ordersPerAccount: number;
  /** Of one path, in two seconds. */
  readonly queriesPerWindow: number;
  readonly openOrders: number;
}

export const OKX_LIMITS: OkxLimitSettings = { operationsPerHour: 480, ordersPerMarket: 60, ordersPerAccount: 1_000, queriesPerWindow: 60, openOrders: 500 };

const WINDOW_MS = 2_000;
const HOUR_MS = 3_600_000;

interface Window {
  startMs: number;
  count: number;
}

/** Counts in windows that begin with the first request in them. */
class Counter {
  readonly #windows = new Map<string, Window>();

  constructor(private readonly lengthMs: number, private readonly nowMs: () => number) {}

  /** @returns whether one more was within the limit */
  take(what: string, limit: number): boolean {
    const nowMs = this.nowMs();
    let window = this.#windows.get(what);
    if (window === undefined || nowMs - window.startMs >= this.lengthMs) this.#windows.set(what, (window = { startMs: nowMs, count: 0 }));
    return ++window.count <= limit;
  }
}

/** Of one connection. */
export class OperationLimit {
  readonly #counter: Counter;

  constructor(private readonly settings: OkxLimitSettings, nowMs: () => number) {
    this.#counter = new Counter(HOUR_MS, nowMs);
  }

  take(): boolean {
    return this.#counter.take('', this.settings.operationsPerHour);
  }
}

export class OkxLimits {
  readonly #counter: Counter;

  constructor(readonly settings: OkxLimitSettings, nowMs: () => number) {
    this.#counter = new Counter(WINDOW_MS, nowMs);
  }

  order(symbol: string): boolean {
    return this.#counter.take(`order ${symbol}`, this.settings.ordersPerMarket);
  }

  account(): boolean {
    return this.#counter.take('account', this.settings.ordersPerAccount);
  }

  cancel(symbol: string): boolean {
    return this.#counter.take(`cancel ${symbol}`, this.settings.ordersPerMarket);
  }

  query(path: string): boolean {
    return this.#counter.take(`query ${path}`, this.settings.queriesPerWindow);
  }
}
