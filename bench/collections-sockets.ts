/** How much time does garbage collection take on threads with sockets? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineSession } from '../actors/engine-session.js';
import type { CollectionTotals } from '../src/agent/collections.js';
import { loadConfig } from '../src/config/config.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import { VENUES } from '../src/venue/registry.js';
import { target, type Bench, type BenchOptions, type BenchResult } from './bench.js';

const NAME = 'collections-sockets';
const PLACEMENTS = ['packed', 'threads'] as const;
const SHARE_MAX = 0.01;
const PAUSE_MS_MAX = 2;

interface ThreadTotals extends CollectionTotals {
  readonly thread: string;
}

interface Run {
  readonly threads: readonly ThreadTotals[];
  readonly seconds: number;
  readonly frames: number;
  readonly orders: number;
}

/** The whole engine on its sandbox, as `ringside start` runs it, for so long; from when all threads had started. */
async function runEngine(placement: (typeof PLACEMENTS)[number], durationS: number): Promise<Run> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  try {
    const { config, secrets } = loadConfig({ flags: { dataDir, placement, api: false, store: false }, environment: {}, workingDir: dataDir }, { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES });
    const session = await EngineSession.start({ config, secrets, onReport: () => undefined });
    const startMs = performance.now();
    await delay(durationS * 1000);
    const stats = await session.engine.stats();
    const seconds = (performance.now() - startMs) / 1000;
    const { topology } = session.engine;
    const summary = await session.finish();
    const hasSocket = (actors: readonly string[]): boolean => actors.some((actor) => /^(feed|gateway)\./.test(actor));
    const threads = topology.threads.filter(({ actors }) => hasSocket(actors)).map(({ name }) => ({ thread: name, ...(stats[name] as unknown as CollectionTotals) }));
    const frames = Object.entries(stats).reduce((sum, [actor, { frames: of }]) => sum + (actor.startsWith('feed.') ? Number(of) : 0), 0);
    return { threads, seconds, frames, orders: summary.orders.sent };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const durationS = options.durationS / PLACEMENTS.length;
  for (const placement of PLACEMENTS) {
    options.progress(`${durationS} s, ${placement}`);
    const { threads, seconds, frames, orders } = await runEngine(placement, durationS);
    for (const { thread, collections, collectedMs, longestMs } of threads) {
      const share = collectedMs / (seconds * 1000);
      yield {
        bench: NAME, name: `${placement}: ${thread}`, measured: { value: collections, unit: `collections in ${Math.round(seconds)} s` },
        baselines: { longestPause: { value: Number(longestMs.toFixed(2)), unit: 'ms' } },
        targets: [
          target(`collection takes under ${SHARE_MAX * 100} % of the time (${(share * 100).toFixed(3)} %)`, share < SHARE_MAX),
          target(`no pause over ${PAUSE_MS_MAX} ms (${longestMs.toFixed(2)} ms)`, longestMs <= PAUSE_MS_MAX),
        ],
        notes: [`${Math.round(frames / seconds)} frames a second over all feeds, ${orders} orders sent.`],
      };
    }
  }
}

export const collectionsSockets: Bench = {
  name: NAME,
  question: 'How much time does garbage collection take on threads with sockets?',
  topology: "the whole engine on its sandbox at the sandbox's default rate, from when its threads have started: everything between frame and order in one thread, then each actor in its own",
  run,
};
