/**
 * Latency counters in shared memory. A worker records into its own block (one writer), a reader merges the blocks of all
 * workers and hands the counts to HdrHistogram for percentiles and encoding.
 *
 * A block has one row per hop (`Hop` in record/codes):
 *
 *   words 0 … 15     invalid (NaN), negative, over (beyond 137 s, counted in the last bucket too), unused
 *   words 16 …       bucket counts, Uint32, wrapping; 64 linear buckets to each power of two from 1 ns to 2^37 ns
 *
 * A bucket is 1/64 of its octave wide and stands for its middle: at most 0.8 % off. The bucket's number is the top of the
 * Float64's own bits (exponent and six bits of mantissa), so recording is a store, a load and an increment; negatives, NaN
 * and the infinite have larger top bits than any number in range, so that one comparison guards against them all.
 */
import { build, type Histogram } from 'hdr-histogram-js';
import { HOP_NAMES } from '../record/codes.js';

const MANTISSA_BITS = 6;
const PER_OCTAVE = 1 << MANTISSA_BITS;
const OCTAVES = 37;
const BUCKETS = OCTAVES * PER_OCTAVE;
/** Top bits of the Float64 1.0: exponent bias 1023, mantissa 0. */
const ONE = 1023 << MANTISSA_BITS;
const SHIFT = 20 - MANTISSA_BITS;
const ROW_WORDS = 16 + BUCKETS;
const INVALID = 0;
const NEGATIVE = 1;
const OVER = 2;

/** Hops in a block. */
const LATENCY_ROWS = HOP_NAMES.length;
/** Bytes of one worker's block; a multiple of 64. */
export const LATENCY_BLOCK_BYTES = LATENCY_ROWS * ROW_WORDS * 4;

/** Where a worker's block is; structured-cloneable. */
export interface LatencyBlock {
  readonly buffer: ArrayBufferLike;
  /** Multiple of 64; zeroed when made, kept when a worker is restarted. */
  readonly byteOffset: number;
}

/** The writing side: one per worker and block. */
export class LatencyCounters {
  private readonly counts: Uint32Array;
  private readonly value = new Float64Array(1);
  private readonly bits = new Uint32Array(this.value.buffer);

  constructor(block: LatencyBlock) {
    this.counts = new Uint32Array(block.buffer, block.byteOffset, LATENCY_BLOCK_BYTES >> 2);
  }

  /** Count a duration of `ns` for a hop (a `Hop` code). Never throws, never allocates. */
  record(hop: number, ns: number): void {
    this.value[0] = ns;
    const bucket = (this.bits[1] >>> SHIFT) - ONE;
    if (bucket >= 0 && bucket < BUCKETS) this.counts[hop * ROW_WORDS + 16 + bucket]++;
    else this.recordOdd(hop * ROW_WORDS, ns);
  }

  private recordOdd(row: number, ns: number): void {
    if (ns >= 0 && ns < 1) this.counts[row + 16]++;
    else if (ns < 0) this.counts[row + NEGATIVE]++;
    else if (ns >= 1) {
      this.counts[row + OVER]++;
      this.counts[row + 16 + BUCKETS - 1]++;
    } else this.counts[row + INVALID]++;
  }
}

/** Percentiles of one hop, ns. All 0 when there is no sample. */
export interface HopSummary {
  readonly hop: string;
  readonly count: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
  /** Since the start of the session: samples that were no time at all. */
  readonly invalid: number;
  readonly negative: number;
  readonly over: number;
}

/** Middle of a bucket, ns. */
function bucketNs(bucket: number): number {
  const octave = 2 ** (bucket >> MANTISSA_BITS);
  return octave + (((bucket & (PER_OCTAVE - 1)) + 0.5) * octave) / PER_OCTAVE;
}

function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 2 ** OCTAVES, numberOfSignificantValueDigits: 3, bitBucketSize: 64, useWebAssembly: false });
}

/**
 * The reading side, off the hot path: `take` moves what all workers have recorded since the last time into the interval
 * histograms (thrown away by the next `take`) and the histograms of the whole session.
 */
export class LatencyReader {
  private readonly blocks: readonly Uint32Array[];
  private readonly seen: readonly Uint32Array[];
  private readonly intervals: readonly Histogram[];
  private readonly totals: readonly Histogram[];

  constructor(blocks: readonly LatencyBlock[]) {
    this.blocks = blocks.map(({ buffer, byteOffset }) => new Uint32Array(buffer, byteOffset, LATENCY_BLOCK_BYTES >> 2));
    this.seen = blocks.map(() => new Uint32Array(LATENCY_BLOCK_BYTES >> 2));
    this.intervals = HOP_NAMES.map(newHistogram);
    this.totals = HOP_NAMES.map(newHistogram);
  }

  take(): void {
    for (const histogram of this.intervals) histogram.reset();
    this.blocks.forEach((counts, k) => {
      const seen = this.seen[k];
      for (let hop = 0; hop < LATENCY_ROWS; hop++) this.takeRow(counts, seen, hop);
    });
  }

  private takeRow(counts: Uint32Array, seen: Uint32Array, hop: number): void {
    const base = hop * ROW_WORDS + 16;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const now = counts[base + bucket];
      const fresh = (now - seen[base + bucket]) >>> 0; // wrapped: a bucket may pass 2^32
      if (fresh === 0) continue;
      seen[base + bucket] = now;
      const ns = Math.round(bucketNs(bucket));
      this.intervals[hop].recordValueWithCount(ns, fresh);
      this.totals[hop].recordValueWithCount(ns, fresh);
    }
  }

  /** Percentiles of what the last `take` brought. */
  interval(hop: number): HopSummary {
    return this.summary(hop, this.intervals[hop]);
  }

  /** Percentiles of everything taken so far. */
  total(hop: number): HopSummary {
    return this.summary(hop, this.totals[hop]);
  }

  /** Everything taken so far as an HdrHistogram: for encoding (`encodeIntoCompressedBase64`), merging and plots. */
  histogram(hop: number): Histogram {
    return this.totals[hop];
  }

  private summary(hop: number, histogram: Histogram): HopSummary {
    const odd = (word: number): number => this.blocks.reduce((sum, counts) => sum + counts[hop * ROW_WORDS + word], 0);
    const at = (percentile: number): number => (histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile));
    return {
      hop: HOP_NAMES[hop],
      count: histogram.totalCount,
      p50Ns: at(50), p90Ns: at(90), p99Ns: at(99), p999Ns: at(99.9), maxNs: at(100),
      invalid: odd(INVALID), negative: odd(NEGATIVE), over: odd(OVER),
    };
  }
}
