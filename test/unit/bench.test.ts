import { readFileSync } from 'node:fs';
import t from 'tap';
import { toJson, type Bench, type BenchResult } from '../../bench/bench.js';
import { describeMachine } from '../../bench/machine.js';
import { writeResults } from '../../bench/results.js';
import { percentilePlot } from '../../bench/plot.js';
import { BENCHES } from '../../bench/registry.js';
import { percentilesOf } from '../../bench/samples.js';

/** Fast enough with a few samples to be run here: that it runs and what it prints, never how fast. */
const SMOKE = ['hop-spsc-pingpong', 'throughput-1p3c', 'latency-counter', 'record-codec', 'book-decode-apply', 'book-changes'];

for (const name of SMOKE) {
  void t.test(`${name} runs and prints well-formed lines with the baselines of the same run`, async (t) => {
    const bench = await BENCHES.find((entry) => entry.name === name)!.load();
    const results: BenchResult[] = [];
    for await (const result of bench.run({ scale: 0.002, durationS: 0.2, progress: () => undefined })) results.push(result);
    t.ok(results.length > 0);
    for (const result of results) {
      if ('skipped' in result.measured) {
        t.pass(result.name, { skip: result.measured.skipped });
        continue;
      }
      const line = JSON.parse(toJson(result)) as Record<string, unknown>;
      t.equal(line.bench, name);
      t.type(line.name, 'string');
      t.type(line.baselines, Object);
      const figures = 'perSecond' in line ? [line.perSecond] : 'value' in line ? [line.value] : [line.p50Ns, line.p90Ns, line.p99Ns, line.p999Ns];
      t.ok(figures.every((figure) => typeof figure === 'number' && figure > 0), JSON.stringify(figures));
      t.notOk('curves' in line);
    }
  });
}

void t.test('percentiles are taken from the sorted samples, and no further into the tail than samples reach', async (t) => {
  const { p50Ns, p90Ns, p99Ns, p999Ns, curve } = percentilesOf(Float64Array.from({ length: 1000 }, (_, i) => 1000 - i));
  t.strictSame([p50Ns, p90Ns, p99Ns, p999Ns], [501, 901, 991, 1000]);
  t.equal(curve.at(-1)?.[0], 99.5);
});

void t.test('results with too few samples for a curve are written without a plot', async (t) => {
  const folder = t.testdir({});
  const bench: Bench = { name: 'few', question: 'How?', topology: 'none', async *run() {} };
  const result: BenchResult = { bench: 'few', name: 'two samples', measured: { p50Ns: 1, p90Ns: 2, p99Ns: 2, p999Ns: 2 }, baselines: { other: { skipped: 'not here' } }, targets: [{ text: 'fast', met: false }], curves: { few: [] } };
  const text = readFileSync(writeResults([{ bench, results: [result] }], describeMachine(), { scale: 1, durationS: 1, progress: () => undefined }, folder), 'utf8');
  t.match(text, /0 of 1 targets kept/);
  t.match(text, /against other \| not measured: not here/);
  t.notMatch(text, /!\[few/);
});

void t.test('a plot names its axes, its curves and what it shows, and holds no raw markup from names', async (t) => {
  const svg = percentilePlot('a < b', { 'x & y': [[0, 100], [50, 200], [99, 5000]] });
  t.match(svg, /aria-label="a &lt; b/);
  t.match(svg, /x &amp; y/);
  t.match(svg, />percentile</);
  t.match(svg, />time \(logarithmic\)</);
  t.match(svg, /prefers-color-scheme:dark/);
  t.notMatch(svg, /NaN|Infinity|undefined/);
  t.throws(() => percentilePlot('nothing', { empty: [] }), /no curve has a point/);
});
