/** Samples of durations: percentiles and the curve a plot is drawn from. Exact: every sample is kept. */
import type { Curve, Percentiles } from './bench.js';

/** Percentiles a curve is drawn through: dense where tails are. */
const CURVE = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99, 99.995, 99.999];

function at(sorted: Float64Array, percentile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percentile) / 100))] ?? 0;
}

/** @param ns durations; sorted in place. Their number limits how far into the tail a percentile means something. */
export function percentilesOf(ns: Float64Array): Percentiles & { curve: Curve } {
  ns.sort();
  const rounded = (percentile: number): number => Math.round(at(ns, percentile) * 10) / 10;
  const curve = CURVE.filter((percentile) => (ns.length * (100 - percentile)) / 100 >= 5).map((percentile) => [percentile, rounded(percentile)] as const);
  return { p50Ns: rounded(50), p90Ns: rounded(90), p99Ns: rounded(99), p999Ns: rounded(99.9), curve };
}

/** Sum over number: what a stream of them costs. */
export function meanOf(ns: Float64Array): number {
  return Math.round((ns.reduce((sum, each) => sum + each, 0) / ns.length) * 10) / 10;
}

/** Without the curve: for baselines and JSON. */
export function figures({ p50Ns, p90Ns, p99Ns, p999Ns, meanNs }: Percentiles): Percentiles {
  return { p50Ns, p90Ns, p99Ns, p999Ns, ...(meanNs === undefined ? {} : { meanNs }) };
}

/** What one reading of the clock costs here, ns: a sample that is bracketed by two readings is longer by about that. */
export function clockCostNs(): number {
  let best = Infinity;
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    let last = start;
    for (let i = 0; i < 2000; i++) last = performance.now();
    best = Math.min(best, ((last - start) * 1e6) / 2000);
  }
  return Math.round(best);
}

/** Middle value of a few figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
