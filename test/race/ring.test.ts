import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { GATING, LOSSY, ringStats, type RingDescriptor } from '../../src/ring/layout.js';
import { newRing, startAt } from '../fixtures/rings.js';
import type { RaceResult, RaceTask } from './ring-worker.js';

const seed = Number(process.env.RING_SEED ?? Date.now() & 0xffff);
const NEAR_WRAP = 2 ** 31 - 5000;

function start(task: Omit<RaceTask, 'seed'>): { worker: Worker; result: Promise<RaceResult> } {
  const worker = new Worker(new URL('./ring-worker.js', import.meta.url), { workerData: { ...task, seed: seed + (task.life ?? 0) } satisfies RaceTask });
  const result = once(worker, 'message').then(([message]) => message as RaceResult);
  return { worker, result };
}

const newStop = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

void t.test(`two gating consumers on threads of their own read every record once, whole and in order, across the wrap (RING_SEED=${seed})`, async (t) => {
  const ring = startAt(newRing(64, [{ name: 'a', mode: GATING }, { name: 'b', mode: GATING }]), NEAR_WRAP);
  const shared = { ring, stop: newStop(), count: 100_000 };
  const readers = ['a', 'b'].map((consumer) => start({ role: 'consume', consumer, ...shared }));
  await start({ role: 'produce', ...shared }).result;
  for (const { result } of readers) t.match(await result, { read: 100_000, wrong: '' });
});

void t.test(`a lossy reader that is lapped all the time reads whole records only and accounts for the rest (RING_SEED=${seed})`, async (t) => {
  // Allowed: a record read whole, or counted as missed. Not allowed: a copy of two halves, a record in neither count.
  for (const capacity of [4, 16, 128]) {
    const ring = newRing(capacity, [{ name: 'lossy', mode: LOSSY }]);
    const shared = { ring, stop: newStop(), count: 600_000 };
    const reader = start({ role: 'observe', consumer: 'lossy', ...shared });
    await once(reader.worker, 'online');
    await start({ role: 'produce', ...shared }).result;
    Atomics.store(shared.stop, 0, 1);
    const { read, missed, wrong } = await reader.result;
    t.equal(wrong, '', `capacity ${capacity}`);
    t.equal(read + missed, 600_000);
    t.comment(`capacity ${capacity}: read ${read}, missed ${missed}`);
  }
});

void t.test(`a producer killed anywhere leaves whole batches, and its successor goes on behind them (RING_SEED=${seed})`, async (t) => {
  // Allowed: the first n batches of each life, n ≥ 0. Not allowed: part of a batch, a hole, a record of a life after the next has begun.
  for (let round = 0; round < 3; round++) {
    const ring: RingDescriptor = startAt(newRing(64, [{ name: 'a', mode: GATING }, { name: 'lossy', mode: LOSSY }]), -1000);
    const shared = { ring, stop: newStop(), count: 1e9 };
    const reader = start({ role: 'consume', consumer: 'a', ...shared });
    for (const life of [0, 1, 2]) {
      const { worker } = start({ role: 'produce', life, ...shared });
      await once(worker, 'online');
      await delay(15 + 7 * round);
      await worker.terminate();
    }
    Atomics.store(shared.stop, 0, 1);
    const { wrong, lives, read } = await reader.result;
    t.equal(wrong, '');
    t.equal(ringStats(ring).consumers[0].lag, 0, 'everything published was read');
    t.equal(lives.reduce((sum, count) => sum + count), read);
    t.comment(`lives read: ${lives.join(', ')}`);
  }
});
