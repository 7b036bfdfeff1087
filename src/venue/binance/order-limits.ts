/**
 * The account's unfilled order count, per interval, as every answer tells it, plus what is on its way. Also silence
 * after a 429 or 418.
 */
export interface RateLimit {
  readonly rateLimitType?: string;
  readonly interval?: string;
  readonly intervalNum?: number;
  readonly limit?: number;
  readonly count?: number;
}

const INTERVAL_MS: Readonly<Record<string, number>> = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };
/** Where a refusal names no time. */
const PAUSE_MS = 10_000;
const BAN_MS = 300_000;

interface Window {
  readonly lengthMs: number;
  limit: number;
  startMs: number;
  count: number;
}

export class OrderLimits {
  /** Until the venue has told: what it documents. */
  private readonly windows: Window[] = [{ lengthMs: 10_000, limit: 50, startMs: 0, count: 0 }, { lengthMs: 86_400_000, limit: 160_000, startMs: 0, count: 0 }];
  private blockedUntilMs = 0;

  /** Take room for one order. False: it would be refused. */
  take(nowMs: number): boolean {
    if (nowMs < this.blockedUntilMs) return false;
    for (const window of this.windows) {
      this.roll(window, nowMs);
      if (window.count >= window.limit) return false;
    }
    for (const window of this.windows) window.count++;
    return true;
  }

  /** Anything else than an order may be sent. */
  isOpen(nowMs: number): boolean {
    return nowMs >= this.blockedUntilMs;
  }

  /** @param onTheirWay orders sent whose answers have not come: the venue's count does not know them */
  told(limits: readonly RateLimit[], onTheirWay: number, nowMs: number): void {
    for (const { rateLimitType, interval, intervalNum, limit, count } of limits) {
      const unit = INTERVAL_MS[interval ?? ''];
      if (rateLimitType !== 'ORDERS' || unit === undefined || typeof intervalNum !== 'number' || typeof limit !== 'number') continue;
      const lengthMs = unit * intervalNum;
      let window = this.windows.find((known) => known.lengthMs === lengthMs);
      if (window === undefined) this.windows.push((window = { lengthMs, limit, startMs: 0, count: 0 }));
      this.roll(window, nowMs);
      window.limit = limit;
      if (typeof count === 'number') window.count = count + onTheirWay;
    }
  }

  /** @param retryAfterMs Unix time, or 0 when the venue does not say */
  refused(status: number, retryAfterMs: number, nowMs: number): void {
    const pauseMs = status === 418 ? BAN_MS : PAUSE_MS;
    this.blockedUntilMs = Math.max(this.blockedUntilMs, retryAfterMs > nowMs ? retryAfterMs : nowMs + pauseMs);
  }

  private roll(window: Window, nowMs: number): void {
    const startMs = nowMs - (nowMs % window.lengthMs);
    if (startMs === window.startMs) return;
    window.startMs = startMs;
    window.count = 0;
  }
}
