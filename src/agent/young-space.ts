/**
 * Room for short-lived objects on threads that are started from now on. A hot thread makes a few hundred kilobytes of
 * them a second (readings of the clock, turns of its event loop); in V8's usual first megabyte that is a collection every
 * few seconds, in this it is none in a minute. The memory is touched only as it fills. V8 also compacts the heap of a
 * thread that allocates little, to give memory back: 20 ms and more that a hot thread has no use for.
 */
import { setFlagsFromString } from 'node:v8';

const SEMI_SPACE_MB = 32;

export function widenYoungSpace(): void {
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MB}`);
  setFlagsFromString(`--min-semi-space-size=${SEMI_SPACE_MB}`);
  setFlagsFromString('--no-memory-reducer');
}
