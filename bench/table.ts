/** Figures as people read them. */
import type { Baseline, BenchResult } from './bench.js';

/** `145 ns`, `12.3 µs`, `4.56 ms`, `1.20 s`. */
export function formatNs(ns: number): string {
  if (ns < 1000) return `${ns < 100 ? Math.round(ns * 10) / 10 : Math.round(ns)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e9).toPrecision(3)} s`;
}

/** `75.3 M/s`, `48.2 k/s`, `12.0 /s`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} M/s`;
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toPrecision(3)} k/s`;
  return `${perSecond.toPrecision(3)} /s`;
}

/** p50, p90, p99, p99.9; or one figure in the first column. */
export function columns(figure: Baseline): readonly [string, string, string, string] {
  if ('skipped' in figure) return [`not measured: ${figure.skipped}`, '', '', ''];
  if ('perSecond' in figure) return [formatRate(figure.perSecond), '', '', ''];
  if ('unit' in figure) return [`${figure.value} ${figure.unit}`, '', '', ''];
  return [formatNs(figure.p50Ns), formatNs(figure.p90Ns), formatNs(figure.p99Ns), formatNs(figure.p999Ns)];
}

/** A result for the terminal. */
export function toLines({ bench, name, measured, baselines, targets = [], notes = [] }: BenchResult): string[] {
  const line = (label: string, figure: Baseline): string => `  ${label.padEnd(44)} ${columns(figure).map((text) => text.padStart(9)).join('  ')}`.trimEnd();
  return [
    `${bench}${'p50Ns' in measured ? `${' '.repeat(Math.max(1, 47 - bench.length))}      p50        p90        p99      p99.9` : ''}`,
    line(name, measured),
    ...Object.entries(baselines).map(([label, figure]) => line(`  against ${label}`, figure)),
    ...targets.map(({ text, met }) => `  ${met ? 'kept  ' : 'MISSED'}  ${text}`),
    ...notes.map((note) => `  note: ${note}`),
  ];
}
