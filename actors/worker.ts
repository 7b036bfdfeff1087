/**
 * Entry of every worker thread. It loads its code, then waits to be told what to run: a spare one stands by for the next
 * thread that dies, so that a restart costs no start-up.
 */
import { parentPort, type MessagePort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import './error-transfer.js';
import type { Actor, ActorContext } from '../src/agent/actor.js';
import { EngineClock } from '../src/agent/clock.js';
import { Collections } from '../src/agent/collections.js';
import { pinThread } from '../src/agent/pin.js';
import { Runner } from '../src/agent/runner.js';
import { RingsideError } from '../src/model/errors.js';
import { LatencyCounters } from '../src/telemetry/latency.js';
import { createEnvironment } from './environment.js';
import { createActor, loadHotPath } from './registry.js';
import type { Rehearsal } from './rehearsal.js';
import { actorName, type Report, type ThreadMessage, type ThreadSpec } from './spec.js';

/** What the main thread may ask of a thread; every call is given a timeout there, because one to an ended worker never settles. */
export interface ThreadControl {
  /** Resolves when all actors have started. */
  start(): Promise<void>;
  /** Resolves when all actors have finished and closed. */
  stop(): Promise<void>;
  /** By actor, and of the thread itself by its name: turns, heap, collections since it started. */
  stats(): Record<string, Record<string, unknown>>;
  command(actor: string, command: string, argument: unknown): Promise<unknown>;
}

export interface Assignment {
  readonly spec: ThreadSpec;
  /** comlink's. */
  readonly control: MessagePort;
  /** ThreadMessage, one way. */
  readonly messages: MessagePort;
}

function run({ spec, control, messages }: Assignment): void {
  const { plan, heartbeat } = spec;
  const clock = new EngineClock(spec.engine.session.epoch);
  const beats = new Int32Array(heartbeat.buffer, heartbeat.byteOffset, 1);
  const post = (message: ThreadMessage): void => messages.postMessage(message);
  const say = (level: Report['level'], code: string, text: string): void => post({ kind: 'report', level, code, text, thread: plan.name });
  const actors: Actor[] = [];
  const runner = new Runner(actors, {
    loop: plan.loop, dedicated: plan.dedicated,
    nowNs: () => clock.nowNs(),
    nowMs: () => performance.now(),
    beat: () => void Atomics.add(beats, 0, 1),
    fatal(actor, error) {
      say('error', 'ACTOR_FAILED', `${actor}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      setTimeout(() => process.exit(1), 10); // after the message has left
    },
  });
  const context: ActorContext = {
    nowNs: () => clock.nowNs(), kick: () => runner.kick(), report: say,
    tell: (actor, command, argument) => post({ kind: 'tell', actor, command, argument }),
  };
  const environment = createEnvironment(spec.engine, spec.life, new LatencyCounters(spec.latency), context);
  if (plan.core !== undefined && !pinThread(plan.core)) say('info', 'NOT_PINNED', `${plan.name} could not be pinned to core ${plan.core}`);

  const collections = new Collections();
  let rehearsal: Rehearsal | undefined;
  const api: ThreadControl = {
    async start() {
      await warmForFirstLife(spec);
      for (const name of plan.actors) actors.push(await createActor(name, environment));
      await runner.start();
      rehearsal = await rehearse(spec, actors, context);
      collections.begin();
    },
    stop() {
      rehearsal?.stop();
      return runner.stop();
    },
    stats() {
      const thread = { turns: runner.turns.all, worked: runner.turns.worked, records: runner.turns.records, heapBytes: process.memoryUsage().heapUsed, ...collections.totals() };
      const byActor = Object.fromEntries(actors.map((actor) => [actor.name, { ...actor.stats?.() }]));
      // An actor on a thread of its own gives the thread its name.
      return { ...byActor, [plan.name]: { ...byActor[plan.name], ...thread } };
    },
    async command(name, command, argument) {
      const actor = actors.find((entry) => entry.name === name);
      if (actor?.onCommand === undefined) throw new RingsideError('NO_SUCH_ACTOR', `thread ${plan.name} has no actor ${name} that takes commands`);
      const answer: unknown = await actor.onCommand(command, argument);
      runner.kick();
      return answer;
    },
  };
  Comlink.expose(api, nodeEndpoint(control));
}

/** Told what to run: a spare that is still warming up stops doing so. */
let assigned = false;

/** A spare loads and warms what a thread of the hot path needs, long before it is told what to run. */
async function standBy(): Promise<void> {
  await loadHotPath();
  const { warmUp } = await import('./warm-up.js');
  for (const _ of warmUp()) {
    await new Promise((resolve) => void setImmediate(resolve));
    if (assigned) return;
  }
}

/** A first life starts warm; a successor is wanted at once, warm or not. */
async function warmForFirstLife({ life, plan }: ThreadSpec): Promise<void> {
  if (life > 0 || !plan.actors.includes(actorName.executor)) return;
  await loadHotPath();
  const { warmUp } = await import('./warm-up.js');
  for (const _ of warmUp());
}

/** Only where everything between frame and order shares this thread; one that spins on a core of its own stays warm by itself. */
async function rehearse({ plan }: ThreadSpec, actors: readonly Actor[], context: ActorContext): Promise<Rehearsal | undefined> {
  if (plan.loop === 'spin' || !plan.actors.includes(actorName.executor)) return undefined;
  const rehearsal = new (await import('./rehearsal.js')).Rehearsal(actors, context);
  await rehearsal.start();
  return rehearsal;
}

parentPort!.on('message', (message: Assignment | 'load') => {
  if (message === 'load') void standBy();
  else {
    assigned = true;
    run(message);
  }
});
