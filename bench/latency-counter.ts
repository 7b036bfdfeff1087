/** What does it cost to count one latency sample on the hot path? */
import { build } from 'hdr-histogram-js';
import { createHistogram } from 'node:perf_hooks';
import { LATENCY_BLOCK_BYTES, LatencyCounters } from '../src/telemetry/latency.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { pageAligned } from './memory.js';

const NAME = 'latency-counter';
const VALUES = 4096;
const TURNS = 7;

/** Nanoseconds a call, the best of some turns. */
function costNs(calls: number, record: (hop: number, ns: number) => void): number {
  // Spread over the hops and four decades, as real ones are.
  const values = Float64Array.from({ length: VALUES }, (_, i) => 100 * 10 ** ((4 * ((i * 2654435761) % VALUES)) / VALUES));
  let best = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    const before = performance.now();
    for (let i = 0; i < calls; i++) record(i & 7, values[i & (VALUES - 1)]);
    best = Math.min(best, ((performance.now() - before) * 1e6) / calls);
  }
  return Math.round(best * 10) / 10;
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  options.progress('counters');
  const counters = new LatencyCounters({ buffer: pageAligned(LATENCY_BLOCK_BYTES), byteOffset: 0 });
  const own = costNs(scaled(10_000_000, options), (hop, ns) => counters.record(hop, ns));
  options.progress('HdrHistogram');
  const hdr = build({ lowestDiscernibleValue: 1, highestTrackableValue: 1e11, numberOfSignificantValueDigits: 2, useWebAssembly: false });
  const hdrNs = costNs(scaled(1_000_000, options), (_, ns) => hdr.recordValue(ns));
  options.progress('node:perf_hooks');
  const native = createHistogram();
  const nativeNs = costNs(scaled(1_000_000, options), (_, ns) => native.record(Math.round(ns)));
  options.progress('clock');
  const clockNs = costNs(scaled(1_000_000, options), () => void performance.now());
  const unit = 'ns';
  yield {
    bench: NAME, name: 'LatencyCounters.record', measured: { value: own, unit },
    baselines: { hdrHistogramJs: { value: hdrNs, unit }, nodePerfHooksHistogram: { value: nativeNs, unit }, 'performance.now': { value: clockNs, unit } },
    targets: [target('at most 10 ns', own <= 10)],
  };
}

export const latencyCounter: Bench = {
  name: NAME,
  question: 'What does it cost to count one latency sample on the hot path?',
  topology: 'one thread, eight hops, values over four decades',
  run,
};
