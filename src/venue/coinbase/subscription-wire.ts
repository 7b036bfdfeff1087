/**
 * The text of subscriptions, one channel a message, and how fast they may leave: eight messages a second and address.
 * Source: docs.cdp.coinbase.com, "Advanced Trade WebSocket rate limits".
 */
import type { BookWire } from '../streamed-books.js';

/** Products in one message. */
const BATCH = 100;
/** We stay below what the venue takes: another connection may use the same address. */
const TOKENS_MAX = 3;
const TOKENS_PER_NS = 4.5 / 1e9;

export class SubscriptionWire implements BookWire {
  private unsent: string[] = [];
  private tokens = TOKENS_MAX;
  private tokensNs = 0;

  /** @param productOf the name that market data has for a symbol */
  constructor(private readonly send: (text: string) => void, private readonly productOf: (symbol: string) => string) {}

  /** A new connection: nothing waits. The allowance is the address's and stays what it is. */
  reset(nowNs: number): void {
    this.unsent = [];
    this.refill(nowNs);
  }

  /** Send what waits and may leave. */
  pump(nowNs: number): void {
    this.refill(nowNs);
    for (; this.unsent.length > 0 && this.tokens >= 1; this.tokens--) this.send(this.unsent.shift() ?? '');
  }

  mayRequest(nowNs: number): boolean {
    this.pump(nowNs);
    return this.unsent.length === 0 && this.tokens >= 2;
  }

  subscribeBooks(symbols: readonly string[]): void {
    this.request('subscribe', 'level2', symbols);
  }

  unsubscribeBooks(symbols: readonly string[]): void {
    this.request('unsubscribe', 'level2', symbols);
  }

  subscribe(channel: 'market_trades' | 'status', symbols: readonly string[]): void {
    this.request('subscribe', channel, symbols);
  }

  /** One message a second, whatever the markets do: without it the venue closes quiet connections. */
  subscribeHeartbeats(): void {
    this.unsent.push('{"type":"subscribe","channel":"heartbeats"}');
  }

  private request(type: string, channel: string, symbols: readonly string[]): void {
    const products = [...new Set(symbols.map(this.productOf))];
    for (let i = 0; i < products.length; i += BATCH) this.unsent.push(JSON.stringify({ type, product_ids: products.slice(i, i + BATCH), channel }));
  }

  private refill(nowNs: number): void {
    this.tokens = Math.min(TOKENS_MAX, this.tokens + Math.max(0, nowNs - this.tokensNs) * TOKENS_PER_NS);
    this.tokensNs = nowNs;
  }
}
