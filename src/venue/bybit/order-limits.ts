/**
 * Orders a second and account, so that one that would be refused is never sent: what every answer tells of it, and
 * silence after a refusal. Source: bybit-exchange.github.io/docs/v5/rate-limit.
 */
const SECOND_MS = 1000;
/** Spot, of an account without a tier of its own. */
const LIMIT = 20;
/** Where a refusal names no time. */
const PAUSE_MS = 1000;
/** A venue that names a later time has misread its clock, or we ours. */
const PAUSE_MS_MAX = 60_000;

type Header = Readonly<Record<string, unknown>> | undefined;

export class OrderLimits {
  private limit = LIMIT;
  /** Times of the last orders, oldest first, ms. */
  private readonly sent: number[] = [];
  private blockedUntilMs = 0;

  /** Take room for one order. False: it would be refused. */
  take(nowMs: number): boolean {
    while (this.sent.length > 0 && (nowMs - this.sent[0] >= SECOND_MS || nowMs < this.sent[0])) this.sent.shift();
    if (nowMs < this.blockedUntilMs || this.sent.length >= this.limit) return false;
    this.sent.push(nowMs);
    return true;
  }

  /** Header of an answer to an order. */
  told(header: Header): void {
    const limit = numberOf(header, 'X-Bapi-Limit');
    if (limit > 0) this.limit = limit;
  }

  refused(header: Header, nowMs: number): void {
    const resetMs = numberOf(header, 'X-Bapi-Limit-Reset-Timestamp');
    this.blockedUntilMs = resetMs > nowMs ? Math.min(resetMs, nowMs + PAUSE_MS_MAX) : nowMs + PAUSE_MS;
  }
}

/** A member of the header, whose case is not the same everywhere; 0 = absent. */
function numberOf(header: Header, name: string): number {
  const value = Number(header?.[name] ?? header?.[name.toLowerCase()]);
  return Number.isFinite(value) ? value : 0;
}
