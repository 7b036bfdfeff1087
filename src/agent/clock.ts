/**
 * Engine time: nanoseconds since the session's epoch as a Float64 (exact for 104 days), on one scale for all threads
 * and processes of a machine. Each thread has its own performance.timeOrigin, so each measures its offset once against
 * the monotonic clock that all share.
 */
export interface Epoch {
  /** process.hrtime.bigint() at the epoch. */
  readonly monotonicNs: bigint;
  /** Unix time at the epoch, ns. */
  readonly unixNs: bigint;
}

export interface Clock {
  nowNs(): number;
}

/** The epoch of a session that starts now. */
export function startEpoch(): Epoch {
  return { monotonicNs: process.hrtime.bigint(), unixNs: BigInt(Date.now()) * 1_000_000n };
}

export class EngineClock implements Clock {
  private readonly offsetNs: number;

  constructor(epoch: Epoch) {
    // The tightest of a few readings: a preempted one would shift this thread's clock for good.
    let best = Infinity;
    let offset = 0;
    for (let i = 0; i < 16; i++) {
      const before = performance.now();
      const shared = process.hrtime.bigint();
      const after = performance.now();
      if (after - before < best) {
        best = after - before;
        offset = Number(shared - epoch.monotonicNs) - ((before + after) / 2) * 1e6;
      }
    }
    this.offsetNs = offset;
  }

  nowNs(): number {
    return Math.round(performance.now() * 1e6 + this.offsetNs);
  }
}

/** Time that only moves when told: tests, replay, backtests. */
export class SimulatedClock implements Clock {
  private ns = 0;

  nowNs(): number {
    return this.ns;
  }

  set(ns: number): void {
    this.ns = ns;
  }
}
