/**
 * Which actor runs on which thread. On a small machine everything between frame and order shares one thread: a record
 * passes from hand to hand in the same turn, and nobody spins against his own producer. With a core for each, every
 * actor gets its own. Observers never share a thread with the hot path.
 */
import type { LoopKind } from './runner.js';

export type Placement = 'auto' | 'packed' | 'threads';

export interface PlacedActor {
  readonly name: string;
  /** `hot`: rings only. `io`: sockets. `observer`: reads what others write, off the hot path. */
  readonly kind: 'hot' | 'io' | 'observer';
  /** An I/O actor that also reads rings has to look at them all the time when it is alone. */
  readonly readsRings: boolean;
}

export interface ThreadPlan {
  readonly name: string;
  readonly loop: LoopKind;
  readonly actors: readonly string[];
  /** Core to pin to, or undefined. */
  readonly core: number | undefined;
}

/** Cores kept free of pinned actors: the main thread, observers, the kernel's network work. */
const SPARE_CORES = 2;

export function placeActors(actors: readonly PlacedActor[], placement: Placement, cores: number): ThreadPlan[] {
  const path = actors.filter(({ kind }) => kind !== 'observer');
  const observers = actors.filter(({ kind }) => kind === 'observer').map(({ name }) => name);
  const enoughCores = cores >= path.length + SPARE_CORES;
  const plans: ThreadPlan[] = [];
  if (placement === 'threads' || (placement === 'auto' && enoughCores)) {
    path.forEach(({ name, kind, readsRings }, i) => {
      const loop: LoopKind = kind === 'hot' ? 'spin' : readsRings ? 'poll' : 'event';
      plans.push({ name, loop, actors: [name], core: enoughCores ? SPARE_CORES + i : undefined });
    });
  } else plans.push({ name: 'engine', loop: 'event', actors: path.map(({ name }) => name), core: undefined });
  if (observers.length > 0) plans.push({ name: 'observers', loop: 'lazy', actors: observers, core: undefined });
  return plans;
}
