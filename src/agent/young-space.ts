/**
 * Room for short-lived objects on threads that are started from now on.
 *
 * Rings only: such a thread makes a few hundred kilobytes of them a second (readings of the clock, turns of its event
 * loop); in V8's usual first megabyte that is a collection every few seconds, in 32 MB it is none in a minute. The
 * memory is touched only as it fills.
 *
 * Sockets: megabytes a second, so that collections come anyway. A pause is as long as what survives takes to be copied,
 * and the less room there is the less there is to survive: many short ones instead of few long ones.
 *
 * V8 also compacts the heap of a thread that allocates little, to give memory back, and begins its first whole
 * collection when the heap has doubled since start-up: 20 ms and more that neither kind has any use for.
 */
import { setFlagsFromString } from 'node:v8';

const RINGS_ONLY_MB = 32;
const WITH_SOCKETS_MB = 1;
/** V8 divides what it is given for young objects into two halves and as much for large ones. */
const PARTS = 3;
const OLD_SPACE_FIRST_MB = 128;

/** `resourceLimits` of a Worker; its young space has this size from the start. */
export interface YoungSpace {
  readonly maxYoungGenerationSizeMb: number;
}

export function youngSpace(hasSockets: boolean): YoungSpace {
  setFlagsFromString(`--min-semi-space-size=${RINGS_ONLY_MB}`); // bounded by each thread's own limit
  setFlagsFromString(`--initial-old-space-size=${OLD_SPACE_FIRST_MB}`);
  setFlagsFromString('--no-memory-reducer');
  return { maxYoungGenerationSizeMb: PARTS * (hasSockets ? WITH_SOCKETS_MB : RINGS_ONLY_MB) };
}
