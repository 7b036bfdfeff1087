/**
 * What a benchmark is: one question, one file named after its topology, baselines measured in the same run. A benchmark
 * yields results as it gets them; whoever runs it prints JSON lines, a table or RESULTS.md.
 */
export interface Percentiles {
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly meanNs?: number;
}

export interface Rate {
  readonly perSecond: number;
}

/** What a baseline gave, or, in plain words, why it was not measured. */
export type Baseline = Percentiles | Rate | { readonly value: number; readonly unit: string } | { readonly skipped: string };

/** Percentile (0 … 100, exclusive) and ns, rising: what a plot is drawn from. */
export type Curve = readonly (readonly [percentile: number, ns: number])[];

/** What was promised and whether this run kept it. */
export interface Target {
  readonly text: string;
  readonly met: boolean;
}

export interface BenchResult {
  readonly bench: string;
  /** Which row of the benchmark this is. */
  readonly name: string;
  readonly measured: Percentiles | Rate | { readonly value: number; readonly unit: string } | { readonly skipped: string };
  readonly baselines: Readonly<Record<string, Baseline>>;
  readonly targets?: readonly Target[];
  /** What a reader must know to read the figure. */
  readonly notes?: readonly string[];
  /** Curves to plot, by name; not part of the JSON line. */
  readonly curves?: Readonly<Record<string, Curve>>;
}

export interface BenchOptions {
  /** Fewer samples: to see that it runs, not how fast. 1 = as published. */
  readonly scale: number;
  /** How long the benchmarks that run for a time run, seconds. */
  readonly durationS: number;
  /** What is happening now, for a progress line. */
  progress(text: string): void;
}

export interface Bench {
  readonly name: string;
  /** The question, in one sentence. */
  readonly question: string;
  /** Threads, processes and what lies between them. */
  readonly topology: string;
  run(options: BenchOptions): AsyncIterable<BenchResult>;
}

/** `count` at full scale, at least `least`. */
export function scaled(count: number, options: BenchOptions, least = 200): number {
  return Math.max(least, Math.round(count * options.scale));
}

/**
 * How often a measurement between cores is repeated, in turns with its baselines: the host moves virtual cores about,
 * which triples any hop between them for seconds at a time. The best turn is shown, the others are told.
 */
export function turnsOf(options: BenchOptions): number {
  return options.scale < 0.05 ? 1 : 5;
}

/** The machine-readable line of a result. */
export function toJson({ bench, name, measured, baselines, targets, notes }: BenchResult): string {
  return JSON.stringify({ bench, name, ...measured, baselines, targets, notes });
}

export function target(text: string, met: boolean): Target {
  return { text, met };
}
