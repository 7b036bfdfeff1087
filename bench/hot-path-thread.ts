/** One thread of the hot path in benchmarks: the engine's own actors under its own runner, watched by the collector's own events. */
import { parentPort } from 'node:worker_threads';
import { createEnvironment } from '../actors/environment.js';
import { createActor } from '../actors/registry.js';
import type { EngineSpec } from '../actors/spec.js';
import type { Actor } from '../src/agent/actor.js';
import { EngineClock } from '../src/agent/clock.js';
import { Collections, type CollectionTotals } from '../src/agent/collections.js';
import { pinThread } from '../src/agent/pin.js';
import type { ThreadPlan } from '../src/agent/placement.js';
import { Runner } from '../src/agent/runner.js';
import { LatencyCounters, type LatencyBlock } from '../src/telemetry/latency.js';
import { answer, inRole } from './roles.js';

export interface HotThreadTask {
  readonly engine: EngineSpec;
  readonly plan: ThreadPlan;
  readonly latency: LatencyBlock;
}

/** Collections are those while it was measured. */
export interface HotThreadReport extends CollectionTotals {
  readonly name: string;
  readonly records: number;
  readonly seconds: number;
  readonly stats: Readonly<Record<string, unknown>>;
}

async function runThread({ engine, plan, latency }: HotThreadTask): Promise<void> {
  if (plan.core !== undefined) pinThread(plan.core);
  const clock = new EngineClock(engine.session.epoch);
  const actors: Actor[] = [];
  const collections = new Collections();
  const measured = { startMs: 0, startRecords: 0 };
  const runner = new Runner(actors, {
    loop: plan.loop, dedicated: true, nowNs: () => clock.nowNs(), nowMs: () => performance.now(), beat: () => undefined,
    fatal(actor, error) {
      throw error instanceof Error ? error : new Error(`${actor}: ${String(error)}`);
    },
  });
  const environment = createEnvironment(engine, 0, new LatencyCounters(latency), {
    nowNs: () => clock.nowNs(), kick: () => runner.kick(), tell: () => undefined,
    report: (level, code, text) => void (level === 'error' && process.stderr.write(`bench: ${code}: ${text}\n`)),
  });
  for (const name of plan.actors) actors.push(await createActor(name, environment));
  await runner.start();
  parentPort!.on('message', (message) => {
    if (message === 'measure') {
      Object.assign(measured, { startMs: performance.now(), startRecords: runner.turns.records });
      collections.begin();
      return;
    }
    const report = {
      name: plan.name, ...collections.totals(), // before the snapshots, which allocate
      records: runner.turns.records - measured.startRecords, seconds: (performance.now() - measured.startMs) / 1000,
    };
    void runner.stop().then(() => {
      answer({ ...report, stats: Object.fromEntries(actors.map((actor) => [actor.name, { ...actor.stats?.() }])) } satisfies HotThreadReport);
      parentPort!.close();
    });
  });
  answer('ready');
}

const role = inRole('hot') as HotThreadTask | undefined;
if (role !== undefined) await runThread(role);
