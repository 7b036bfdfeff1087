import t from 'tap';
import { GatingConsumer, LossyConsumer } from '../../src/ring/consumer.js';
import { CONSUMER, createRing, GATING, LINE_WORDS, LOSSY, ringBytes, ringStats, WORD, type RingDescriptor } from '../../src/ring/layout.js';
import { RingProducer } from '../../src/ring/producer.js';
import { newRing, pageAligned, startAt, wordsOf } from '../fixtures/rings.js';

const one = [{ name: 'one', mode: GATING }] as const;
const lossy = [{ name: 'lossy', mode: LOSSY }] as const;
const ACROSS_THE_WRAP = [0, 2 ** 31 - 3, -2, -1, 12345];

/** Publish values as one batch; word 2 of each slot holds the value, word 15 its complement. */
function publish(producer: RingProducer, values: readonly number[]): boolean {
  const words = wordsOf(producer.ring);
  for (const value of values) {
    const at = producer.next();
    if (at < 0) {
      producer.abandon();
      return false;
    }
    words[(at >> 2) + 2] = value;
    words[(at >> 2) + 15] = ~value;
  }
  producer.flush();
  return true;
}

function drain(consumer: GatingConsumer, limit = Infinity): number[] {
  const words = wordsOf(consumer.ring);
  const values: number[] = [];
  for (let at = consumer.poll(); at >= 0 && values.length < limit; at = consumer.poll()) {
    values.push(words[(at >> 2) + 2]);
    consumer.advance();
  }
  consumer.commit();
  return values;
}

function drainLossy(consumer: LossyConsumer): number[] {
  const values: number[] = [];
  while (consumer.poll()) values.push(consumer.copy[2]);
  consumer.commit();
  return values;
}

const newLossy = (ring: RingDescriptor): LossyConsumer => new LossyConsumer(ring, 'lossy', new Int32Array(16));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

void t.test('geometry that cannot work is refused when the ring is made or attached', async (t) => {
  const memory = pageAligned(ringBytes(8));
  t.throws(() => createRing('r', memory, 0, 6, one), /no power of two/);
  t.throws(() => createRing('r', memory, 16, 8, one), /64-byte boundary/);
  t.throws(() => createRing('r', memory, 0, 4096, one), /exceed/);
  t.throws(() => createRing('r', memory, 0, 8, Array.from({ length: 17 }, (_, k) => ({ name: `c${k}`, mode: GATING }))), /at most 16/);
  t.throws(() => createRing('r', memory, 0, 8, [...one, ...one]), /two consumers of one name/);
  t.throws(() => new RingProducer({ name: 'r', buffer: memory, byteOffset: 0, capacity: 8, consumers: one }), /no ring of 8 slots/);
  const ring = createRing('r', memory, 0, 8, [...one, ...lossy]);
  t.throws(() => new RingProducer({ ...ring, consumers: one }), /no ring of 8 slots and 1 consumers/);
  t.throws(() => new GatingConsumer(ring, 'lossy'), /not gating/);
  t.throws(() => new LossyConsumer(ring, 'one', new Int32Array(16)), /not lossy/);
  t.throws(() => new GatingConsumer(ring, 'two'), /no consumer two; it has one, lossy/);
});

void t.test('records come out as they went in, in order, wherever in the Int32 range the sequences are', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(8, [...one, ...lossy]), first);
    const producer = new RingProducer(ring);
    const consumer = new GatingConsumer(ring, 'one');
    const copying = newLossy(ring);
    t.equal(consumer.poll(), -1, 'nothing yet');
    t.equal(copying.poll(), false);
    let sent = 0;
    for (const size of [1, 3, 8, 2, 5, 8, 7]) {
      const values = range(sent, sent + size);
      t.ok(publish(producer, values), `batch of ${size} from ${first}`);
      t.strictSame(drain(consumer), values);
      t.strictSame(drainLossy(copying), values);
      sent += size;
    }
    t.equal(copying.missed, 0, 'a lossy reader that keeps up misses nothing, even when batches fill the ring');
    t.equal(ringStats(ring).published, (first + sent) >>> 0);
  }
});

void t.test('a full ring is a return value and a count; the slots are free again once the consumer commits', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(4, one), first);
    const producer = new RingProducer(ring);
    const consumer = new GatingConsumer(ring, 'one');
    t.equal(producer.free(), 4);
    t.ok(publish(producer, [1, 2, 3, 4]));
    t.equal(producer.free(), 0);
    t.equal(producer.next(), -1);
    t.equal(producer.next(), -1);
    t.equal(ringStats(ring).full, 2);
    t.ok(consumer.poll() >= 0);
    consumer.advance();
    t.equal(producer.next(), -1, 'advanced over is not yet given back');
    consumer.commit();
    t.equal(producer.free(), 1);
    t.ok(publish(producer, [5]));
    t.strictSame(drain(consumer), [2, 3, 4, 5]);
  }
});

void t.test('of a batch a consumer sees all or nothing', async (t) => {
  const ring = startAt(newRing(8, [...one, ...lossy]), -3);
  const words = wordsOf(ring);
  const producer = new RingProducer(ring);
  const consumer = new GatingConsumer(ring, 'one');
  const copying = newLossy(ring);
  for (let i = 0; i < 5; i++) words[(producer.next() >> 2) + 2] = i;
  const nothing = (when: string): void => {
    t.equal(consumer.poll(), -1, when);
    t.equal(copying.poll(), false, when);
  };
  nothing('taken and filled, not flushed');
  // What memory looks like in the middle of flush: later marks are set, the first is not.
  for (let n = 1; n >= -2; n--) words[WORD.slots + (n & 7) * LINE_WORDS] = n + 1;
  nothing('all marks but the first');
  producer.flush();
  t.strictSame(drain(consumer), [0, 1, 2, 3, 4]);
  t.strictSame(drainLossy(copying), [0, 1, 2, 3, 4]);
  t.equal(producer.flush(), 0, 'nothing taken, nothing published');
});

void t.test('what is abandoned is never seen, and its slots are used again', async (t) => {
  const ring = startAt(newRing(4, one), -2);
  const producer = new RingProducer(ring);
  const consumer = new GatingConsumer(ring, 'one');
  t.ok(publish(producer, [1, 2]));
  t.notOk(publish(producer, [90, 91, 92]), 'the third does not fit: nothing of the batch goes out');
  t.strictSame(drain(consumer), [1, 2]);
  t.ok(publish(producer, [3, 4, 5, 6]));
  t.strictSame(drain(consumer), [3, 4, 5, 6]);
});

void t.test('a producer that dies after publishing and before storing its cursor has a successor that goes on behind what was published', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(8, one), first);
    const consumer = new GatingConsumer(ring, 'one');
    publish(new RingProducer(ring), [1, 2, 3]);
    wordsOf(ring)[WORD.cursor] = first;
    const successor = new RingProducer(ring);
    t.ok(publish(successor, [4, 5]));
    t.strictSame(drain(consumer), [1, 2, 3, 4, 5]);
  }
});

void t.test('a producer that dies between two marks leaves nothing of its batch behind', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(8, one), first);
    const words = wordsOf(ring);
    const consumer = new GatingConsumer(ring, 'one');
    const dead = new RingProducer(ring);
    publish(dead, [1]);
    for (let i = 0; i < 4; i++) words[(dead.next() >> 2) + 2] = 90 + i;
    for (const i of [4, 3, 2]) {
      const n = (first + i) | 0;
      words[WORD.slots + (n & 7) * LINE_WORDS] = (n + 1) | 0;
    }
    const successor = new RingProducer(ring);
    t.strictSame(drain(consumer), [1]);
    publish(successor, [2]);
    t.strictSame(drain(consumer), [2], 'the dead batch does not reappear behind the successor');
    publish(successor, range(3, 11));
    t.strictSame(drain(consumer), range(3, 11));
  }
});

void t.test('a lossy reader does not take what a dead producer half overwrote for a whole record', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(64, lossy), first);
    const words = wordsOf(ring);
    const dead = new RingProducer(ring);
    const reader = newLossy(ring);
    publish(dead, range(0, 10));
    t.strictSame(drainLossy(reader), range(0, 10));
    for (let i = 10; i < 64; i++) publish(dead, [i]);
    for (let i = 0; i < 30; i++) words[(dead.next() >> 2) + 2] = 999; // over 0 … 29: half a record each, and then it dies
    publish(new RingProducer(ring), [64]);
    const values = drainLossy(reader);
    t.notOk(values.includes(999), `from ${first}`);
    t.equal(values.at(-1), 64);
    t.equal(10 + values.length + reader.missed, 65, 'every record was read or counted as missed');
  }
});

void t.test("a consumer's successor goes on where its predecessor committed and sees the rest again", async (t) => {
  const ring = startAt(newRing(8, one), 2 ** 31 - 2);
  publish(new RingProducer(ring), [1, 2, 3, 4, 5]);
  const dead = new GatingConsumer(ring, 'one');
  t.strictSame(drain(dead, 2), [1, 2]);
  dead.poll();
  dead.advance();
  t.strictSame(drain(new GatingConsumer(ring, 'one')), [3, 4, 5]);
});

void t.test('a consumer that goes back to a position it noted reads from there, and nothing beyond what is published', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(16, [...one, ...lossy]), first);
    const producer = new RingProducer(ring);
    const consumer = new GatingConsumer(ring, 'one');
    const reader = newLossy(ring);
    publish(producer, range(0, 12));
    for (let i = 0; i < 9; i++) {
      t.ok(consumer.poll() >= 0);
      consumer.advance();
      reader.poll();
    }
    const noted = consumer.position;
    t.equal(noted, (first + 9) | 0);
    t.strictSame([reader.position, drainLossy(reader)], [noted, [9, 10, 11]]);
    consumer.seek((first + 2) | 0);
    t.strictSame(drain(consumer), range(2, 12));
    consumer.seek(noted);
    t.strictSame(drain(consumer), [9, 10, 11]);
    reader.seek(noted);
    t.strictSame(drainLossy(reader), [9, 10, 11]);
    t.equal(consumer.poll(), -1);
    publish(producer, [12]);
    t.strictSame(drain(consumer), [12]);
  }
});

void t.test('the slower of two gating consumers holds the producer back, a lossy one never does', async (t) => {
  const ring = startAt(newRing(8, [{ name: 'fast', mode: GATING }, { name: 'lossy', mode: LOSSY }, { name: 'slow', mode: GATING }]), -4);
  const producer = new RingProducer(ring);
  const fast = new GatingConsumer(ring, 'fast');
  const slow = new GatingConsumer(ring, 'slow');
  const reader = newLossy(ring);
  t.ok(publish(producer, range(0, 8)));
  t.strictSame(drain(fast), range(0, 8));
  t.notOk(publish(producer, [8]), 'slow has not read yet');
  t.strictSame(drain(slow, 3), [0, 1, 2]);
  t.equal(producer.free(), 3);
  t.ok(publish(producer, [8, 9, 10]));
  t.notOk(publish(producer, [11]));
  t.strictSame(drain(fast), [8, 9, 10]);
  t.strictSame(drain(slow), range(3, 11));
  t.ok(publish(producer, [11]));
  const stats = ringStats(ring).consumers;
  t.strictSame(stats.map(({ name, lag }) => [name, lag]), [['fast', 1], ['lossy', 12], ['slow', 1]]);
  const seen = drainLossy(reader);
  t.equal(seen.at(-1), 11);
  t.equal(seen.length + reader.missed, 12);
});

void t.test('a lossy reader that was lapped counts exactly what it missed and goes on half a ring behind', async (t) => {
  for (const first of ACROSS_THE_WRAP) {
    const ring = startAt(newRing(16, lossy), first);
    const producer = new RingProducer(ring);
    const reader = newLossy(ring);
    publish(producer, [0, 1]);
    t.strictSame(drainLossy(reader), [0, 1]);
    for (let i = 2; i < 100; i++) publish(producer, [i]);
    t.strictSame(drainLossy(reader), range(92, 100));
    t.equal(reader.missed, 90);
    publish(producer, [100]);
    t.strictSame(drainLossy(reader), [100]);
    t.equal(newLossy(ring).missed, 90, 'the count outlives the reader');
  }
});

void t.test('a lossy reader is told apart from one that is up to date even after more than 2^31 records', async (t) => {
  const ring = startAt(newRing(8, lossy), 5);
  wordsOf(ring)[WORD.consumer + CONSUMER.cursor] = (5 - 3_000_000_000) | 0;
  const reader = newLossy(ring);
  t.equal(reader.missed, 3_000_000_000);
  publish(new RingProducer(ring), [7]);
  t.strictSame(drainLossy(reader), [7]);
});
