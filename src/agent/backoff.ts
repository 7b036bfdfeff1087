/** Exponential backoff with jitter: 2^n times the base, capped, of which a random half is taken off so that clients do not return in step. */
export class Backoff {
  private failures = 0;

  /** @param random uniform in [0, 1) */
  constructor(private readonly baseMs: number, private readonly capMs: number, private readonly random: () => number) {}

  /** Attempts since the last success. */
  get attempts(): number {
    return this.failures;
  }

  /** Milliseconds to wait before the next attempt; the first attempt after a success comes at once. */
  nextMs(): number {
    if (this.failures++ === 0) return 0;
    const full = Math.min(this.capMs, this.baseMs * 2 ** Math.min(this.failures - 2, 30));
    return Math.round(full * (0.5 + this.random() / 2));
  }

  /** The attempt lasted: start over. */
  succeeded(): void {
    this.failures = 0;
  }
}
