/** How many requests the node answers: a bucket that fills steadily, as providers have it. */
export interface EthereumLimitSettings {
  readonly requestsPerSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

export const ETHEREUM_LIMITS: EthereumLimitSettings = { requestsPerSecond: 500, burst: 3_000 };

export class RequestRate {
  readonly #settings: EthereumLimitSettings;
  readonly #nowMs: () => number;
  #left: number;
  #atMs: number;

  constructor(settings: EthereumLimitSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
    this.#left = settings.burst;
    this.#atMs = nowMs();
  }

  /** False: too many. */
  take(): boolean {
    const now = this.#nowMs();
    this.#left = Math.min(this.#settings.burst, this.#left + ((now - this.#atMs) * this.#settings.requestsPerSecond) / 1000);
    this.#atMs = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
