/**
 * Orders in two seconds, a market and an account, so that one that would be refused is never sent; and silence after a
 * refusal. Source: okx.com/docs-v5, "Place order", "Sub-account rate limit".
 */
const WINDOW_NS = 2e9;
const PER_MARKET = 60;
const PER_ACCOUNT = 1000;

/** Times of the last orders, the oldest overwritten first. */
class Window {
  private readonly timesNs: Float64Array;
  private oldest = 0;

  constructor(limit: number) {
    this.timesNs = new Float64Array(limit).fill(-Infinity);
  }

  hasRoom(nowNs: number): boolean {
    return nowNs - this.timesNs[this.oldest] > WINDOW_NS;
  }

  take(nowNs: number): void {
    this.timesNs[this.oldest] = nowNs;
    this.oldest = (this.oldest + 1) % this.timesNs.length;
  }
}

export class OrderLimits {
  private readonly account = new Window(PER_ACCOUNT);
  private readonly markets: Window[] = [];
  private blockedUntilNs = -Infinity;

  /** Take room for one order. False: it would be refused. */
  take(market: number, nowNs: number): boolean {
    const window = (this.markets[market] ??= new Window(PER_MARKET));
    if (nowNs < this.blockedUntilNs || !window.hasRoom(nowNs) || !this.account.hasRoom(nowNs)) return false;
    window.take(nowNs);
    this.account.take(nowNs);
    return true;
  }

  /** The venue refused an order: what it counted we did not know of. */
  refused(nowNs: number): void {
    this.blockedUntilNs = nowNs + WINDOW_NS;
  }
}
