/**
 * What an account may ask for: 30 private requests a second. Some of it is kept for orders; what the venue counts and we
 * do not see (another program with the same account) shows as HTTP 429.
 */
const REQUESTS_MAX = 25;
const REQUESTS_PER_NS = 25 / 1e9;
/** Questions leave this much to orders. */
const KEPT_FOR_ORDERS = 10;

export class RequestBudget {
  private tokens = REQUESTS_MAX;
  private tokensNs = 0;

  mayOrder(nowNs: number): boolean {
    this.refill(nowNs);
    return this.tokens >= 1;
  }

  mayAsk(nowNs: number): boolean {
    this.refill(nowNs);
    return this.tokens >= KEPT_FOR_ORDERS + 1;
  }

  take(): void {
    this.tokens--;
  }

  private refill(nowNs: number): void {
    this.tokens = Math.min(REQUESTS_MAX, this.tokens + Math.max(0, nowNs - this.tokensNs) * REQUESTS_PER_NS);
    this.tokensNs = nowNs;
  }
}
