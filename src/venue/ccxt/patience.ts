/** Pauses between attempts: twice as long each time, up to a cap; one that lasted starts over. */
const FIRST_MS = 250;
const MOST_MS = 30_000;

export class Patience {
  attempts = 0;

  succeeded(): void {
    this.attempts = 0;
  }

  /** Of the pause that comes next, ms. */
  get nextMs(): number {
    return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(this.attempts, 20));
  }

  /** Keeps no thread alive by itself. */
  async pause(): Promise<void> {
    const waitMs = this.nextMs;
    this.attempts++;
    await new Promise<void>((resolve) => void setTimeout(resolve, waitMs).unref());
  }
}
