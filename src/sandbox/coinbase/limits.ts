/** Requests and messages a second; what is beyond is refused, not queued. */
export interface CoinbaseLimitSettings {
  /** REST with a token, by account. */
  privatePerSecond: number;
  /** REST without one, by address. */
  publicPerSecond: number;
  /** WebSocket messages without a token, by connection (the venue: by address). */
  messagesPerSecond: number;
}

export const COINBASE_LIMITS: CoinbaseLimitSettings = { privatePerSecond: 30, publicPerSecond: 10, messagesPerSecond: 8 };

const SECOND_MS = 1_000;

/** Counts within the running second. */
export class SecondCounter {
  #startMs = 0;
  #count = 0;

  constructor(readonly max: number) {}

  take(nowMs: number): boolean {
    if (nowMs - this.#startMs >= SECOND_MS) {
      this.#startMs = nowMs;
      this.#count = 0;
    }
    return ++this.#count <= this.max;
  }
}
