/** Rings for benchmarks, on page-aligned memory as the engine's, or where the allocator puts a plain SharedArrayBuffer. */
import { createRing, GATING, LOSSY, ringBytes, type RingDescriptor } from '../src/ring/layout.js';

const PAGE_BYTES = 65_536;

export function pageAligned(bytes: number): ArrayBufferLike {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer;
}

export function newRing(capacity: number, gating: readonly string[], lossy: readonly string[] = [], buffer: ArrayBufferLike = pageAligned(ringBytes(capacity))): RingDescriptor {
  return createRing('bench', buffer, 0, capacity, [...gating.map((name) => ({ name, mode: GATING }) as const), ...lossy.map((name) => ({ name, mode: LOSSY }) as const)]);
}
