/** Actors by name: the one place that knows how each is made. A thread loads the code of its own actors only. */
import type { Actor } from '../src/agent/actor.js';
import type { ActorEnvironment } from './environment.js';

type Create = (environment: ActorEnvironment, argument: string) => Actor;

/** By what stands before the first dot of a name; what stands behind it is the argument. */
const KINDS: Readonly<Record<string, () => Promise<Create>>> = {
  feed: async () => (await import('./feed.js')).createFeed,
  merger: async () => (await import('./merger.js')).createMerger,
  strategy: async () => (await import('./strategy.js')).createStrategy,
  executor: async () => (await import('./executor.js')).createExecutor,
  gateway: async () => (await import('./gateway.js')).createGateway,
  journal: async () => (await import('./journal.js')).createJournal,
  recorder: async () => (await import('./recorder.js')).createRecorder,
  bridge: async () => (await import('./bridge.js')).createBridge,
};

const HOT_PATH = ['feed', 'merger', 'strategy', 'executor', 'gateway'];

export async function loadHotPath(): Promise<void> {
  for (const kind of HOT_PATH) await KINDS[kind]();
}

/** @throws RangeError for a name of no known kind */
export async function createActor(name: string, environment: ActorEnvironment): Promise<Actor> {
  const dot = name.indexOf('.');
  const kind = dot < 0 ? name : name.slice(0, dot);
  const load = KINDS[kind];
  if (load === undefined) throw new RangeError(`no actor of kind ${kind}; kinds are ${Object.keys(KINDS).join(', ')}`);
  return (await load())(environment, dot < 0 ? '' : name.slice(dot + 1));
}
