/**
 * Which actor runs on which thread. On a small machine everything between frame and order shares one thread: a record
 * passes from hand to hand in the same turn, and nobody spins against his own producer. With a core for each, every
 * actor gets its own. Observers never share a thread with the hot path, nor do actors whose turns may be long.
 */
import type { LoopKind } from './runner.js';

export type Placement = 'auto' | 'packed' | 'threads';

export interface PlacedActor {
  readonly name: string;
  /** `hot`: rings only. `io`: sockets. `observer`: reads what others write, off the hot path. */
  readonly kind: 'hot' | 'io' | 'observer';
  /** An I/O actor that also reads rings has to look at them all the time when it is alone. */
  readonly readsRings: boolean;
  /** Its turns may take long (a library handles its messages): it must not stand between a frame and an order of others. */
  readonly apart?: boolean;
}

export interface ThreadPlan {
  readonly name: string;
  readonly loop: LoopKind;
  readonly actors: readonly string[];
  /** Core to pin to, or undefined. */
  readonly core: number | undefined;
  /** That core is for nobody else: the thread may burn it while it waits. */
  readonly dedicated: boolean;
}

/** Cores kept free of pinned actors: the main thread, observers, the kernel's network work. */
const SPARE_CORES = 2;

/** @param hotCore a core that was set aside for the thread that everything between frame and order shares */
export function placeActors(actors: readonly PlacedActor[], placement: Placement, cores: number, hotCore?: number): ThreadPlan[] {
  const path = actors.filter(({ kind }) => kind !== 'observer');
  const observers = actors.filter(({ kind }) => kind === 'observer').map(({ name }) => name);
  const enoughCores = cores >= path.length + SPARE_CORES;
  const plans: ThreadPlan[] = [];
  if (placement === 'threads' || (placement === 'auto' && enoughCores)) {
    path.forEach(({ name, kind, readsRings }, i) => {
      const loop: LoopKind = kind === 'hot' ? 'spin' : readsRings ? 'poll' : 'event';
      plans.push({ name, loop, actors: [name], core: enoughCores ? SPARE_CORES + i : undefined, dedicated: enoughCores });
    });
  } else {
    const apart = path.filter((actor) => actor.apart === true);
    const near = path.filter((actor) => actor.apart !== true);
    // No socket event of the engine's thread tells of what another one publishes: it has to look.
    plans.push({ name: 'engine', loop: apart.length > 0 ? 'poll' : 'event', actors: near.map(({ name }) => name), core: hotCore, dedicated: false });
    if (apart.length > 0) plans.push({ name: 'apart', loop: apart.some(({ readsRings }) => readsRings) ? 'poll' : 'event', actors: apart.map(({ name }) => name), core: undefined, dedicated: false });
  }
  if (observers.length > 0) plans.push({ name: 'observers', loop: 'lazy', actors: observers, core: undefined, dedicated: false });
  return plans;
}
