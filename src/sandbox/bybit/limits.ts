/** Requests per address in five seconds, and per account, kind and second, as the venue counts them and tells in its headers. */
export interface BybitLimitSettings {
  /** REST requests of one address in five seconds. */
  readonly addressRequests: number;
  /** Orders, and likewise cancels. */
  readonly ordersPerSecond: number;
  readonly queriesPerSecond: number;
  readonly openOrders: number;
}

export const BYBIT_LIMITS: BybitLimitSettings = { addressRequests: 600, ordersPerSecond: 20, queriesPerSecond: 50, openOrders: 500 };

/** What is counted apart. */
export type LimitKind = 'create' | 'cancel' | 'query';

const ADDRESS_WINDOW_MS = 5_000;
const SECOND_MS = 1_000;

/** The headers' numbers after a request was counted. */
export interface LimitState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly left: number;
  readonly resetMs: number;
}

interface Window {
  startMs: number;
  count: number;
}

export class BybitLimits {
  readonly settings: BybitLimitSettings;
  readonly #nowMs: () => number;
  readonly #windows = new Map<LimitKind | 'address', Window>();

  constructor(settings: BybitLimitSettings, nowMs: () => number) {
    this.settings = settings;
    this.#nowMs = nowMs;
  }

  /** One REST request of the address. */
  address(): boolean {
    return this.#count('address', this.settings.addressRequests, ADDRESS_WINDOW_MS).allowed;
  }

  take(kind: LimitKind): LimitState {
    return this.#count(kind, kind === 'query' ? this.settings.queriesPerSecond : this.settings.ordersPerSecond, SECOND_MS);
  }

  #count(kind: LimitKind | 'address', limit: number, lengthMs: number): LimitState {
    const nowMs = this.#nowMs();
    let window = this.#windows.get(kind);
    if (window === undefined || nowMs - window.startMs >= lengthMs) this.#windows.set(kind, (window = { startMs: nowMs, count: 0 }));
    window.count++;
    return { allowed: window.count <= limit, limit, left: Math.max(0, limit - window.count), resetMs: Math.ceil(window.startMs + lengthMs) };
  }
}
