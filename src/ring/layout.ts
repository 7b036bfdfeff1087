/**
 * A ring of 64-byte slots in shared memory: one producer, up to 16 consumers.
 *
 *   line 0          geometry: magic, capacity, consumers (written once, by createRing)
 *   line 1          producer: cursor, intent, full count                        (writer: the producer)
 *   line 2 … 17     consumer k: cursor, mode, missed count                      (writer: consumer k)
 *   line 18 …       slots: an even line, for the sake of adjacent-line prefetch
 *
 * Nobody sleeps in a ring: a thread with a core of its own spins, one without is turned by its event loop (runner.ts).
 *
 * Slot n & (capacity-1) holds sequence n. Its first word is published as n + 1 (Int32, wraps), so zeroed memory holds
 * nothing. Sequences are compared by wrapped subtraction.
 *
 * The memory must start on a 64-byte boundary or a slot straddles two lines (measured: 576 ns a round trip instead of
 * 145). A plain SharedArrayBuffer does not promise that; a shared WebAssembly.Memory does: see actors/arena.ts.
 */
import { SLOT_BYTES } from './slot-size.js';

export const MAGIC = 0x52494e47; // "RING"
const MAX_CONSUMERS = 16;
export const LINE_WORDS = SLOT_BYTES >> 2;

/** Int32 word offsets from the start of the ring. */
export const WORD = {
  magic: 0,
  capacity: 1,
  consumers: 2,
  /** Next sequence to be published: what a successor continues from, lossy readers jump to, and readers of long batches go by. */
  cursor: LINE_WORDS,
  /** First sequence not yet being written: stored before payload, so lossy readers can tell a torn copy. */
  intent: LINE_WORDS + 1,
  /** Times the producer found the ring full. */
  full: LINE_WORDS + 2,
  consumer: 2 * LINE_WORDS,
  slots: 18 * LINE_WORDS,
} as const;

/** Word offsets within a consumer's line. */
export const CONSUMER = { cursor: 0, mode: 1, missed: 2 } as const;

export const GATING = 1;
export const LOSSY = 2;
export type ConsumerMode = typeof GATING | typeof LOSSY;

/** Bytes a ring of `capacity` slots occupies. */
export function ringBytes(capacity: number): number {
  return (WORD.slots + capacity * LINE_WORDS) << 2;
}

/** Everything a worker needs to attach: structured-cloneable. */
export interface RingDescriptor {
  readonly name: string;
  readonly buffer: ArrayBufferLike;
  /** Multiple of 64. */
  readonly byteOffset: number;
  /** Slots; a power of two. */
  readonly capacity: number;
  /** Consumer k's name and mode, in the order of their lines. */
  readonly consumers: readonly { readonly name: string; readonly mode: ConsumerMode }[];
}

/**
 * Lay a ring out in zeroed shared memory.
 * @throws RangeError when the capacity is no power of two, consumers are too many, or the memory is too small or misaligned
 */
export function createRing(name: string, buffer: ArrayBufferLike, byteOffset: number, capacity: number, consumers: RingDescriptor['consumers']): RingDescriptor {
  if (capacity < 2 || (capacity & (capacity - 1)) !== 0) throw new RangeError(`ring ${name}: capacity ${capacity} is no power of two`);
  if (consumers.length > MAX_CONSUMERS) throw new RangeError(`ring ${name}: ${consumers.length} consumers, at most ${MAX_CONSUMERS}`);
  if (new Set(consumers.map((consumer) => consumer.name)).size !== consumers.length) throw new RangeError(`ring ${name}: two consumers of one name would write one cursor`);
  if (byteOffset % SLOT_BYTES !== 0) throw new RangeError(`ring ${name}: offset ${byteOffset} is not on a 64-byte boundary`);
  if (byteOffset + ringBytes(capacity) > buffer.byteLength) throw new RangeError(`ring ${name}: ${ringBytes(capacity)} bytes at ${byteOffset} exceed the buffer's ${buffer.byteLength}`);
  const words = new Int32Array(buffer, byteOffset, ringBytes(capacity) >> 2);
  words[WORD.capacity] = capacity;
  words[WORD.consumers] = consumers.length;
  consumers.forEach(({ mode }, k) => {
    words[WORD.consumer + k * LINE_WORDS + CONSUMER.mode] = mode;
  });
  Atomics.store(words, WORD.magic, MAGIC); // orders the geometry before any attach
  return { name, buffer, byteOffset, capacity, consumers };
}

/** The ring's words. @throws RangeError when the memory holds no ring of this geometry */
export function attach(ring: RingDescriptor): Int32Array {
  const words = new Int32Array(ring.buffer, ring.byteOffset, ringBytes(ring.capacity) >> 2);
  if (Atomics.load(words, WORD.magic) !== MAGIC || words[WORD.capacity] !== ring.capacity || words[WORD.consumers] !== ring.consumers.length) {
    throw new RangeError(`ring ${ring.name}: no ring of ${ring.capacity} slots and ${ring.consumers.length} consumers at ${ring.byteOffset}`);
  }
  return words;
}

/** Line word offset of the consumer named so. @throws RangeError when the ring has none */
export function consumerLine(ring: RingDescriptor, consumer: string): number {
  const k = ring.consumers.findIndex(({ name }) => name === consumer);
  if (k < 0) throw new RangeError(`ring ${ring.name} has no consumer ${consumer}; it has ${ring.consumers.map(({ name }) => name).join(', ')}`);
  return WORD.consumer + k * LINE_WORDS;
}

/** What a ring looks like from outside, for screens: never on a hot path. */
export interface RingStats {
  readonly name: string;
  readonly capacity: number;
  readonly published: number;
  readonly full: number;
  readonly consumers: readonly { readonly name: string; readonly lag: number; readonly missed: number }[];
}

export function ringStats(ring: RingDescriptor): RingStats {
  const words = attach(ring);
  const cursor = Atomics.load(words, WORD.cursor);
  return {
    name: ring.name,
    capacity: ring.capacity,
    published: cursor >>> 0,
    full: Atomics.load(words, WORD.full) >>> 0,
    consumers: ring.consumers.map(({ name }, k) => {
      const line = WORD.consumer + k * LINE_WORDS;
      return { name, lag: (cursor - Atomics.load(words, line + CONSUMER.cursor)) | 0, missed: Atomics.load(words, line + CONSUMER.missed) >>> 0 };
    }),
  };
}
