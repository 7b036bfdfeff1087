/** The text of subscriptions, and how fast they may leave: the venue answers too many messages with an error and a closed door. */

export const Request = { BOOK: 0, BOOK_STOP: 1, TRADE: 2, INSTRUMENT: 3 } as const;

/** Symbols in one message. Each is acknowledged on its own. */
const BATCH = 50;
const TOKENS_MAX = 60;
const TOKENS_PER_NS = 10 / 1e9;

export class SubscriptionWire {
  private tokens = TOKENS_MAX;
  private tokensNs = 0;
  private pausedUntilNs = 0;
  private requests = 0;

  constructor(private readonly send: (text: string) => void, readonly depth: number) {}

  /** A new connection starts with a full allowance. */
  reset(nowNs: number): void {
    this.tokens = TOKENS_MAX;
    this.tokensNs = nowNs;
    this.pausedUntilNs = 0;
  }

  /** The venue complained about the rate. */
  pause(nowNs: number, forNs: number): void {
    this.tokens = 0;
    this.pausedUntilNs = nowNs + forNs;
    this.tokensNs = this.pausedUntilNs;
  }

  /** Whether another batch may leave now. */
  mayRequest(nowNs: number): boolean {
    if (nowNs < this.pausedUntilNs) return false;
    this.tokens = Math.min(TOKENS_MAX, this.tokens + (nowNs - this.tokensNs) * TOKENS_PER_NS);
    this.tokensNs = nowNs;
    return this.tokens >= 2;
  }

  subscribeBooks(symbols: readonly string[]): void {
    this.inBatches(symbols, (batch) => this.request(Request.BOOK, 'subscribe', { channel: 'book', symbol: batch, depth: this.depth, snapshot: true }));
  }

  unsubscribeBooks(symbols: readonly string[]): void {
    this.inBatches(symbols, (batch) => this.request(Request.BOOK_STOP, 'unsubscribe', { channel: 'book', symbol: batch, depth: this.depth }));
  }

  subscribeTrades(symbols: readonly string[]): void {
    this.inBatches(symbols, (batch) => this.request(Request.TRADE, 'subscribe', { channel: 'trade', symbol: batch, snapshot: false }));
  }

  /** Reference data without its snapshot of every pair: only changes of precision or status come. */
  subscribeInstruments(): void {
    this.request(Request.INSTRUMENT, 'subscribe', { channel: 'instrument', snapshot: false });
  }

  ping(): void {
    this.send(`{"method":"ping","req_id":${++this.requests * 4 + Request.INSTRUMENT}}`);
  }

  /** Which Request an answer's req_id belongs to. */
  kindOf(requestId: number): number {
    return requestId % 4;
  }

  private inBatches(symbols: readonly string[], send: (batch: readonly string[]) => void): void {
    for (let i = 0; i < symbols.length; i += BATCH) send(symbols.slice(i, i + BATCH));
  }

  private request(kind: number, method: string, params: Record<string, unknown>): void {
    this.tokens--;
    this.send(JSON.stringify({ method, params, req_id: ++this.requests * 4 + kind }));
  }
}
