/** What the garbage collector takes of this thread's time, by its own events. */
import { PerformanceObserver } from 'node:perf_hooks';

/** Since the last `begin`. */
export interface CollectionTotals {
  readonly collections: number;
  readonly collectedMs: number;
  readonly longestMs: number;
}

export class Collections {
  private count = 0;
  private totalMs = 0;
  private longestMs = 0;

  constructor() {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.count++;
        this.totalMs += duration;
        this.longestMs = Math.max(this.longestMs, duration);
      }
    }).observe({ entryTypes: ['gc'] });
  }

  /** Count from here. Events arrive with the next turn of the event loop: what was collected just now may still count. */
  begin(): void {
    this.count = this.totalMs = this.longestMs = 0;
  }

  totals(): CollectionTotals {
    return { collections: this.count, collectedMs: this.totalMs, longestMs: this.longestMs };
  }
}
