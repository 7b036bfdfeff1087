/** Every benchmark, in the order of RESULTS.md. A new one is one file and one line here. */
import type { Bench } from './bench.js';

interface Entry {
  readonly name: string;
  readonly load: () => Promise<Bench>;
}

export const BENCHES: readonly Entry[] = [
  { name: 'hop-spsc-pingpong', load: async () => (await import('./hop-spsc-pingpong.js')).hopSpscPingpong },
  { name: 'throughput-spsc', load: async () => (await import('./throughput-spsc.js')).throughputSpsc },
  { name: 'throughput-1p3c', load: async () => (await import('./throughput-1p3c.js')).throughput1p3c },
  { name: 'latency-counter', load: async () => (await import('./latency-counter.js')).latencyCounter },
  { name: 'record-codec', load: async () => (await import('./record-codec.js')).recordCodec },
  { name: 'book-decode-apply', load: async () => (await import('./book-decode-apply.js')).bookDecodeApply },
  { name: 'venue-decode', load: async () => (await import('./venue-decode.js')).venueDecode },
  { name: 'pool-ladder', load: async () => (await import('./pool-ladder.js')).poolLadder },
  { name: 'book-changes', load: async () => (await import('./book-changes.js')).bookChanges },
  { name: 'intent-order', load: async () => (await import('./intent-order.js')).intentOrder },
  { name: 'worker-restart', load: async () => (await import('./worker-restart.js')).workerRestart },
  { name: 'tick-to-order', load: async () => (await import('./tick-to-order.js')).tickToOrder },
  { name: 'many-venues', load: async () => (await import('./many-venues.js')).manyVenues },
  { name: 'journal-append', load: async () => (await import('./journal-append.js')).journalAppend },
  { name: 'observers-cost', load: async () => (await import('./observers-cost.js')).observersCost },
  { name: 'alloc-hot-actors', load: async () => (await import('./alloc-hot-actors.js')).allocHotActors },
  { name: 'collections-sockets', load: async () => (await import('./collections-sockets.js')).collectionsSockets },
];
