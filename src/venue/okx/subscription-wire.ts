/** The text of subscriptions, and how many may leave: 480 messages an hour and connection, each at most 64 KB. */

/** About 5 KB; far below the limit, so that one refused symbol takes few others with it. */
const ARGS_A_MESSAGE = 100;
const MESSAGES_MAX = 480;
const MESSAGES_PER_NS = MESSAGES_MAX / 3600e9;
/** Books that are lost together are asked for together: what comes within this time of the last message waits for the timer. */
const TOGETHER_NS = 90e6;

interface Arg {
  readonly channel: string;
  readonly instId?: string;
  readonly instType?: string;
}

export class SubscriptionWire {
  private tokens = MESSAGES_MAX;
  private tokensNs = 0;
  private pausedUntilNs = 0;
  private askedNs = -Infinity;

  constructor(private readonly send: (text: string) => void) {}

  /** A new connection starts with a full allowance. */
  reset(nowNs: number): void {
    this.tokens = MESSAGES_MAX;
    this.tokensNs = nowNs;
    this.pausedUntilNs = 0;
  }

  /** The venue complained about the rate. */
  pause(nowNs: number, forNs: number): void {
    this.pausedUntilNs = nowNs + forNs;
  }

  /** Whether another pair of messages may leave now; whoever asks then sends them. */
  mayRequest(nowNs: number): boolean {
    if (nowNs < this.pausedUntilNs || nowNs - this.askedNs < TOGETHER_NS) return false;
    this.tokens = Math.min(MESSAGES_MAX, this.tokens + (nowNs - this.tokensNs) * MESSAGES_PER_NS);
    this.tokensNs = nowNs;
    if (this.tokens < 2) return false;
    this.askedNs = nowNs;
    return true;
  }

  subscribeBooks(symbols: readonly string[]): void {
    this.request('subscribe', symbols.map((instId) => ({ channel: 'books', instId })));
  }

  unsubscribeBooks(symbols: readonly string[]): void {
    this.request('unsubscribe', symbols.map((instId) => ({ channel: 'books', instId })));
  }

  subscribeTrades(symbols: readonly string[]): void {
    this.request('subscribe', symbols.map((instId) => ({ channel: 'trades', instId })));
  }

  /** Changes of markets, and announced maintenance. */
  subscribeNews(): void {
    this.request('subscribe', [{ channel: 'instruments', instType: 'SPOT' }, { channel: 'status' }]);
  }

  /** Not JSON: the venue answers with the text `pong`. */
  ping(): void {
    this.send('ping');
  }

  private request(op: string, args: readonly Arg[]): void {
    for (let i = 0; i < args.length; i += ARGS_A_MESSAGE) {
      this.tokens--;
      this.send(JSON.stringify({ op, args: args.slice(i, i + ARGS_A_MESSAGE) }));
    }
  }
}
