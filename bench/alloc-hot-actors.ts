/** Do actors without sockets allocate? The garbage collector says. */
import { target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { runHotPath } from './hot-path.js';

const NAME = 'alloc-hot-actors';
const RECORDS_PER_SECOND = 50_000;
/** Code is compiled and start-up's own garbage gone. */
const WARM_S = 5;
const OBSERVERS = 'observers';

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  options.progress(`${options.durationS} s at ${RECORDS_PER_SECOND} records a second`);
  const warmS = Math.min(WARM_S, options.durationS);
  const { threads, market } = await runHotPath({ recordsPerSecond: RECORDS_PER_SECOND, warmS, durationS: options.durationS, placement: 'threads', observers: 'journal' });
  for (const { name, collections, collectedMs, longestMs, records, seconds } of threads) {
    const share = collectedMs / (seconds * 10);
    yield {
      bench: NAME, name, measured: { value: collections, unit: `collections in ${Math.round(seconds)} s` },
      baselines: { recordsHandled: { perSecond: Math.round(records / seconds) } },
      targets: name === OBSERVERS ? [target(`collection takes under 1 % of the time (${share.toFixed(2)} %)`, share < 1)] : [target('no collection at all', collections === 0)],
      notes: collections === 0 ? [] : [`${collectedMs.toFixed(1)} ms in all, the longest ${longestMs.toFixed(2)} ms.`],
    };
  }
  yield {
    bench: NAME, name: 'records written by the feeds', measured: { perSecond: Math.round(market.records / (options.durationS + warmS)) }, baselines: {},
    notes: [`${market.full} updates found their ring full; ${market.filled} orders were filled.`],
  };
}

export const allocHotActors: Bench = {
  name: NAME,
  question: 'Do actors without sockets allocate? The garbage collector says.',
  topology: "the engine's merger, strategy and executor on a thread each, spinning, and its journal; two synthetic feeds and two venues that fill every order in a thread of their own",
  run,
};
