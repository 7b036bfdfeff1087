/** How many records a second reach three consumers that each read all of them? */
import { target, turnsOf, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { ringThroughput } from './throughput.js';
import { inMillions } from './throughput-spsc.js';

const NAME = 'throughput-1p3c';

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const turns = turnsOf(options);
  const three: number[] = [];
  const one: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    options.progress(`turn ${turn} of ${turns}`);
    three.push(await ringThroughput({ consumers: 3, allFields: false }, options));
    one.push(await ringThroughput({ consumers: 1, allFields: false }, options));
  }
  const best = Math.round(Math.max(...three));
  yield {
    bench: NAME, name: 'batches of 256, header and one field', measured: { perSecond: best },
    baselines: { oneConsumer: { perSecond: Math.round(Math.max(...one)) } },
    targets: [target('at least 25 million a second', best >= 25e6)],
    notes: [
      `Millions a second in ${turns} turns: ${inMillions(three)}; shown is the best. Each consumer reads every record: three times as many are read.`,
      'The three consumers take turns on one thread, as the engine packs actors where there are fewer cores than actors: on two cores three spinning readers would only take the core from each other.',
    ],
  };
}

export const throughput1p3c: Bench = {
  name: NAME,
  question: 'How many records a second reach three consumers that each read all of them?',
  topology: 'one producer pinned to core 0, three gating consumers packed in one thread pinned to core 1, a ring of 8,192 slots',
  run,
};
