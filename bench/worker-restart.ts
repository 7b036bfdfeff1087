/** How long is a killed worker away, and do the totals of the run still agree? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineSession } from '../actors/engine-session.js';
import { loadConfig } from '../src/config/config.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import { VENUES } from '../src/venue/registry.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { figures, percentilesOf } from './samples.js';

const NAME = 'worker-restart';
/** Between two deaths: long enough for trading, and for the next spare to be ready. */
const BETWEEN_MS = 2_000;
const GOAL_MS = 250;

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  const { config, secrets } = loadConfig({ flags: { dataDir: dir, api: false }, environment: {}, workingDir: dir }, { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES });
  let back: ((downMs: number) => void) | undefined;
  const session = await EngineSession.start({ config, secrets, onReport: () => undefined });
  try {
    const deaths = scaled(10, options, 2);
    const downNs = new Float64Array(deaths);
    for (let i = 0; i < deaths; i++) {
      await delay(BETWEEN_MS);
      options.progress(`death ${i + 1} of ${deaths}`);
      const away = new Promise<number>((resolve) => {
        back = resolve;
      });
      const watch = setInterval(() => {
        const thread = session.engine.threads()[0];
        if (thread.restarts > i && thread.up) back?.(thread.lastDownMs);
      }, 5);
      await session.engine.crash(session.engine.topology.threads[0].name);
      downNs[i] = (await away) * 1e6;
      clearInterval(watch);
    }
    await delay(BETWEEN_MS);
    options.progress('comparing balances and rows');
    const summary = await session.finish();
    const agrees = summary.reconciled === true && summary.store.agrees === true && summary.store.rows === summary.journal.records;
    const measured = percentilesOf(downNs);
    yield {
      bench: NAME, name: `thread "${session.engine.topology.threads[0].name}" killed ${deaths} times while trading`, measured: figures(measured), baselines: {},
      targets: [
        target(`back within ${GOAL_MS} ms: from its death to all its actors started (worst of ${deaths}: ${Math.round(downNs.at(-1)! / 1e6)} ms)`, downNs.at(-1)! <= GOAL_MS * 1e6),
        target(`the totals agree: ${summary.fills} fills, balances equal to the last unit, ${summary.store.rows} rows for ${summary.journal.records} records`, agrees),
      ],
      curves: { 'time away': measured.curve },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export const workerRestart: Bench = {
  name: NAME,
  question: 'How long is a killed worker away, and do the totals of the run still agree?',
  topology: 'the whole engine on its sandbox; the thread of the hot path is terminated in the middle of trading',
  run,
};
