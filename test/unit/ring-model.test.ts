import t from 'tap';
import { GatingConsumer, LossyConsumer } from '../../src/ring/consumer.js';
import { GATING, LOSSY, WORD } from '../../src/ring/layout.js';
import { RingProducer } from '../../src/ring/producer.js';
import { newRing, seededRandom, startAt, wordsOf } from '../fixtures/rings.js';

const seed = Number(process.env.RING_SEED ?? Date.now() & 0xffff);

/**
 * Random interleavings of a producer that dies now and then, two gating consumers that die now and then and a lossy
 * reader, against a plain array of everything that was flushed.
 */
void t.test(`whatever happens in whatever order, the ring behaves like a list (RING_SEED=${seed})`, async (t) => {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  for (let round = 0; round < 150; round++) {
    const capacity = 1 << (1 + below(5));
    const ring = startAt(newRing(capacity, [{ name: 'a', mode: GATING }, { name: 'lossy', mode: LOSSY }, { name: 'b', mode: GATING }]), below(2) ? -below(200) : 2 ** 31 - 1 - below(200));
    const words = wordsOf(ring);
    const published: number[] = [];
    let producer = new RingProducer(ring);
    const names = ['a', 'b'] as const;
    const gating = names.map((name) => new GatingConsumer(ring, name));
    const read = [0, 0];
    const committed = [0, 0];
    let reader = new LossyConsumer(ring, 'lossy', new Int32Array(16));
    let readerAt = 0;
    let wrong = '';

    const produce = (): void => {
      const batch: number[] = [];
      const size = 1 + below(capacity + 1);
      for (let i = 0; i < size; i++) {
        const at = producer.next();
        const room = capacity - (published.length - Math.min(...committed)) - i;
        if (at < 0 !== room <= 0) wrong = `next() said ${at} with room for ${room}`;
        if (at < 0) return producer.abandon();
        const value = published.length + i;
        for (let word = 1; word < 16; word++) words[(at >> 2) + word] = value * 31 + word;
        batch.push(value);
      }
      const fate = below(8);
      if (fate === 0) return producer.abandon();
      if (fate === 1) {
        // Dies after some of the marks, or before the first of them.
        const first = words[WORD.cursor];
        for (let i = size - 1; i > below(size); i--) words[WORD.slots + ((first + i) & (capacity - 1)) * 16] = (first + i + 1) | 0;
        producer = new RingProducer(ring);
        return;
      }
      const before = words[WORD.cursor];
      producer.flush();
      published.push(...batch);
      if (fate === 2) {
        words[WORD.cursor] = before;
        producer = new RingProducer(ring);
      }
    };
    const consume = (k: number): void => {
      const consumer = gating[k];
      for (let limit = below(capacity + 2); limit > 0; limit--) {
        const at = consumer.poll();
        if (at < 0) {
          if (read[k] !== published.length) wrong = `consumer ${k} saw nothing at ${read[k]} of ${published.length}`;
          break;
        }
        for (let word = 1; word < 16; word++) if (words[(at >> 2) + word] !== read[k] * 31 + word) wrong = `consumer ${k} read a wrong record at ${read[k]}`;
        consumer.advance();
        read[k]++;
      }
      if (below(3) > 0) {
        consumer.commit();
        committed[k] = read[k]!;
      } else if (below(4) === 0) {
        gating[k] = new GatingConsumer(ring, names[k]);
        read[k] = committed[k]!;
      }
    };
    const observe = (): void => {
      for (let limit = below(capacity); limit > 0 && reader.poll(); limit--) {
        const value = (reader.copy[1] - 1) / 31;
        for (let word = 1; word < 16; word++) if (reader.copy[word] !== value * 31 + word) wrong = `torn copy of ${value}`;
        if (value < readerAt || value >= published.length) wrong = `lossy reader read ${value} at ${readerAt} of ${published.length}`;
        readerAt = value + 1;
        observed++;
        if (observed + reader.missed !== readerAt) wrong = `read ${observed}, missed ${reader.missed}, but stands at ${readerAt}`;
      }
      reader.commit();
      if (below(10) === 0) reader = new LossyConsumer(ring, 'lossy', new Int32Array(16));
    };
    let observed = 0;
    for (let step = 0; step < 200; step++) {
      const what = below(5);
      if (what < 2) produce();
      else if (what < 4) consume(what - 2);
      else observe();
      if (wrong !== '') break;
    }
    if (wrong !== '') {
      t.fail(`${wrong} (round ${round}, capacity ${capacity}, RING_SEED=${seed})`);
      return;
    }
  }
  t.pass('150 rounds of 200 steps');
});
