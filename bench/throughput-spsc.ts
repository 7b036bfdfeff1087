/** How many 64-byte records a second go from one thread to another? */
import { parentPort } from 'node:worker_threads';
import { pinThread } from '../src/agent/pin.js';
import { scaled, target, turnsOf, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { answerOf, inRole, startRole } from './roles.js';
import { ringThroughput } from './throughput.js';

const NAME = 'throughput-spsc';
const FILE = import.meta.url;
const RECORD_BYTES = 64;
const BATCH = 256;

export function inMillions(rates: readonly number[]): string {
  return rates.map((perSecond) => (perSecond / 1e6).toFixed(1)).join(', ');
}

/** Records a second over a MessagePort: an object a record, or 256 records in a transferred buffer. */
async function posted(records: number, packed: boolean): Promise<number> {
  const worker = startRole(FILE, 'count', { records, packed });
  await answerOf(worker);
  const done = answerOf<string>(worker);
  const startMs = performance.now();
  if (packed) {
    for (let sent = 0; sent < records; sent += BATCH) {
      const buffer = new ArrayBuffer(BATCH * RECORD_BYTES);
      new Float64Array(buffer).fill(sent);
      worker.postMessage(buffer, [buffer]);
    }
  } else for (let i = 0; i < records; i++) worker.postMessage({ bidPrice: i, bidQty: 1, askPrice: 2, askQty: 3, tsVenueNs: 4, tsRecvNs: 5 });
  await done;
  const perSecond = records / ((performance.now() - startMs) / 1000);
  await worker.terminate();
  return perSecond;
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const turns = turnsOf(options);
  const one: number[] = [];
  const all: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    options.progress(`turn ${turn} of ${turns}`);
    one.push(await ringThroughput({ consumers: 1, allFields: false }, options));
    all.push(await ringThroughput({ consumers: 1, allFields: true }, options));
  }
  options.progress('postMessage');
  const baselines = {
    postMessageObjects: { perSecond: Math.round(await posted(scaled(200_000, options), false)) },
    postMessageBuffers: { perSecond: Math.round(await posted(Math.ceil(scaled(2_000_000, options) / BATCH) * BATCH, true)) },
  };
  const best = Math.round(Math.max(...one));
  yield {
    bench: NAME, name: 'batches of 256, header and one field', measured: { perSecond: best }, baselines,
    targets: [target('at least 60 million a second', best >= 60e6)], notes: [`Millions a second in ${turns} turns: ${inMillions(one)}; shown is the best.`],
  };
  yield {
    bench: NAME, name: 'batches of 256, all fields', measured: { perSecond: Math.round(Math.max(...all)) }, baselines: {},
    notes: [`Millions a second in ${turns} turns: ${inMillions(all)}; shown is the best.`],
  };
}

const counting = inRole('count') as { records: number; packed: boolean } | undefined;
if (counting !== undefined) {
  pinThread(1);
  let left = counting.packed ? counting.records / BATCH : counting.records;
  parentPort!.on('message', () => {
    if (--left === 0) parentPort!.postMessage('done');
  });
  parentPort!.postMessage('ready');
}

export const throughputSpsc: Bench = {
  name: NAME,
  question: 'How many 64-byte records a second go from one thread to another?',
  topology: 'one producer pinned to core 0, one gating consumer pinned to core 1, a ring of 8,192 slots',
  run,
};
