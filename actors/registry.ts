/** Actors by name: the one place that knows how each is made. */
import type { Actor } from '../src/agent/actor.js';
import { createBridge } from './bridge.js';
import type { ActorEnvironment } from './environment.js';
import { createExecutor } from './executor.js';
import { createFeed } from './feed.js';
import { createGateway } from './gateway.js';
import { createJournal } from './journal.js';
import { createMerger } from './merger.js';
import { createRecorder } from './recorder.js';
import { createStrategy } from './strategy.js';

/** By what stands before the first dot; what stands behind it is the argument. */
const KINDS: Readonly<Record<string, (environment: ActorEnvironment, argument: string) => Actor>> = {
  feed: createFeed,
  merger: createMerger,
  strategy: createStrategy,
  executor: createExecutor,
  gateway: createGateway,
  journal: createJournal,
  recorder: createRecorder,
  bridge: createBridge,
};

/** @throws RangeError for a name of no known kind */
export function createActor(name: string, environment: ActorEnvironment): Actor {
  const dot = name.indexOf('.');
  const kind = dot < 0 ? name : name.slice(0, dot);
  const create = KINDS[kind];
  if (create === undefined) throw new RangeError(`no actor of kind ${kind}; kinds are ${Object.keys(KINDS).join(', ')}`);
  return create(environment, dot < 0 ? '' : name.slice(dot + 1));
}
