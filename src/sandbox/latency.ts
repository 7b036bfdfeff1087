/** Wire to wire, seen from the venue: when market data went out and when the next order came in. */
export interface LatencySample {
  /** When the order's frame arrived, monotonic ns. */
  orderInNs: number;
  /** When this venue last sent market data, and when any venue did. */
  venueFrameOutNs: number;
  anyFrameOutNs: number;
  /** When the last forced crossing left (any venue); 0 = none yet. */
  crossOutNs: number;
  clientOrderId: string;
}

const SAMPLES_MAX = 100_000;

/** Shared by all venues: the moment any of them last sent. */
export interface SharedTimes {
  anyFrameOutNs: number;
  crossOutNs: number;
}

export class LatencyLog {
  readonly #nowNs: () => number;
  readonly #shared: SharedTimes;
  #venueFrameOutNs = 0;
  #samples: LatencySample[] = [];
  #dropped = 0;

  constructor(nowNs: () => number, shared: SharedTimes) {
    this.#nowNs = nowNs;
    this.#shared = shared;
  }

  /** Call just before market data is written. */
  frameOut(): void {
    this.#venueFrameOutNs = this.#shared.anyFrameOutNs = this.#nowNs();
  }

  /** The frames just sent carried a forced crossing. */
  crossOut(): void {
    this.#shared.crossOutNs = this.#venueFrameOutNs;
  }

  now(): number {
    return this.#nowNs();
  }

  orderIn(orderInNs: number, clientOrderId: string): void {
    if (this.#samples.length >= SAMPLES_MAX) {
      this.#dropped++;
      return;
    }
    const { anyFrameOutNs, crossOutNs } = this.#shared;
    this.#samples.push({ orderInNs, venueFrameOutNs: this.#venueFrameOutNs, anyFrameOutNs, crossOutNs, clientOrderId });
  }

  reset(): void {
    this.#samples = [];
    this.#dropped = 0;
  }

  report(): Record<string, unknown> {
    const since = (from: (sample: LatencySample) => number): Record<string, number> | null =>
      percentiles(this.#samples.filter((sample) => from(sample) > 0).map((sample) => sample.orderInNs - from(sample)));
    return {
      count: this.#samples.length, dropped: this.#dropped,
      sinceVenueFrameNs: since((sample) => sample.venueFrameOutNs), sinceAnyFrameNs: since((sample) => sample.anyFrameOutNs),
      sinceCrossNs: since((sample) => sample.crossOutNs), samples: this.#samples,
    };
  }
}

function percentiles(valuesNs: number[]): Record<string, number> | null {
  if (valuesNs.length === 0) return null;
  const sorted = Float64Array.from(valuesNs).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50Ns: at(0.5), p90Ns: at(0.9), p99Ns: at(0.99), p999Ns: at(0.999), maxNs: sorted[sorted.length - 1] };
}
