/** The other side of the race tests: one role per worker, told by workerData. Stops by a flag in shared memory. */
import { parentPort, workerData } from 'node:worker_threads';
import { GatingConsumer, LossyConsumer } from '../../src/ring/consumer.js';
import type { RingDescriptor } from '../../src/ring/layout.js';
import { RingProducer } from '../../src/ring/producer.js';
import { seededRandom, wordsOf } from '../fixtures/rings.js';

export interface RaceTask {
  readonly role: 'produce' | 'consume' | 'observe';
  readonly ring: RingDescriptor;
  /** stop[0] != 0: finish. */
  readonly stop: Int32Array;
  readonly count: number;
  readonly seed: number;
  readonly consumer?: string;
  /** Which life of the producer this is. */
  readonly life?: number;
}

export interface RaceResult {
  readonly read: number;
  readonly missed: number;
  /** The first thing that must not happen, or empty. */
  readonly wrong: string;
  /** Records read of each life of the producer. */
  readonly lives: readonly number[];
}

const task = workerData as RaceTask;
const words = wordsOf(task.ring);
const stopped = (): boolean => Atomics.load(task.stop, 0) !== 0;

/** Record: word 1 life, 2 ordinal in that life, 3 ordinal in its batch, 4 size of its batch, 5…15 a mix of ordinal and word. */
function produce(): void {
  const random = seededRandom(task.seed);
  const producer = new RingProducer(task.ring);
  let sent = 0;
  let idle = 0;
  while (sent < task.count && !stopped()) {
    const size = Math.min(1 + Math.floor(random() * (task.ring.capacity >> 1)), task.count - sent);
    let i = 0;
    while (i < size) {
      const at = producer.next();
      if (at < 0) {
        if (stopped()) return;
        // With more threads than cores the reader may need this core.
        if (++idle % 200 === 0) Atomics.wait(task.stop, 0, 0, 0.05);
        continue;
      }
      const word = at >> 2;
      words[word + 1] = task.life ?? 0;
      words[word + 2] = sent + i;
      words[word + 3] = i;
      words[word + 4] = size;
      for (let k = 5; k < 16; k++) words[word + k] = Math.imul(sent + i, 31) + k;
      i++;
    }
    producer.flush();
    sent += size;
  }
}

/** Every record whole, every batch whole, ordinals of a life without a hole, lives in order. */
function consume(): RaceResult {
  const consumer = new GatingConsumer(task.ring, task.consumer!);
  const lives = [0, 0, 0];
  let wrong = '';
  let read = 0;
  let life = 0;
  let inBatch = 0;
  let batchSize = 0;
  let idle = 0;
  for (;;) {
    const last = stopped();
    let turn = 0;
    for (let at = consumer.poll(); at >= 0 && turn < 100; at = consumer.poll(), turn++) {
      const word = at >> 2;
      if (words[word + 1] !== life) {
        if (words[word + 1] < life) wrong ||= `life ${words[word + 1]} after ${life}`;
        if (inBatch !== batchSize) wrong ||= `half a batch (${inBatch} of ${batchSize}) of life ${life}`;
        life = words[word + 1]!;
        inBatch = batchSize = 0;
      }
      if (inBatch === batchSize) {
        inBatch = 0;
        batchSize = words[word + 4]!;
      }
      if (words[word + 3] !== inBatch || words[word + 4] !== batchSize) wrong ||= `record ${words[word + 3]} of ${words[word + 4]}, expected ${inBatch} of ${batchSize}`;
      inBatch++;
      if (words[word + 2] !== lives[life]) wrong ||= `ordinal ${words[word + 2]} in life ${life}, expected ${lives[life]}`;
      for (let k = 5; k < 16; k++) if (words[word + k] !== Math.imul(words[word + 2], 31) + k) wrong ||= `torn record ${words[word + 2]}`;
      lives[life]++;
      read++;
      consumer.advance();
    }
    consumer.commit();
    if (turn === 0 && (last || read === task.count)) break;
    if (turn === 0 && ++idle % 200 === 0) Atomics.wait(task.stop, 0, 0, 0.05);
  }
  return { read, missed: 0, wrong, lives };
}

/** Every copy whole, ordinals rising; with what was missed they add up. */
function observe(): RaceResult {
  const reader = new LossyConsumer(task.ring, task.consumer!, new Int32Array(16));
  const { copy } = reader;
  let wrong = '';
  let read = 0;
  let before = -1;
  for (;;) {
    const last = stopped();
    if (reader.poll()) {
      read++;
      const ordinal = copy[2];
      for (let k = 5; k < 16; k++) if (copy[k] !== Math.imul(ordinal, 31) + k) wrong ||= `torn copy of ${ordinal}: word ${k} is ${copy[k]}`;
      if (copy[0] !== ordinal + 1) wrong ||= `ordinal ${ordinal} under mark ${copy[0]}`;
      if (ordinal <= before) wrong ||= `ordinal ${ordinal} after ${before}`;
      before = ordinal;
      if (read + reader.missed !== ordinal + 1) wrong ||= `read ${read} and missed ${reader.missed} at ordinal ${ordinal}`;
    } else if (last) break;
  }
  return { read, missed: reader.missed, wrong, lives: [] };
}

if (task.role === 'produce') {
  produce();
  parentPort!.postMessage(undefined);
} else if (task.role === 'consume') parentPort!.postMessage(consume());
else parentPort!.postMessage(observe());
