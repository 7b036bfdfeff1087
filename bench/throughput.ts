/** One producer, any number of gating consumers that share one reading thread: what the throughput benchmarks run. */
import { viewsOf } from '../actors/ring-sink.js';
import { pinThread } from '../src/agent/pin.js';
import { TopOfBook } from '../src/record/records.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import { RingProducer } from '../src/ring/producer.js';
import { scaled, type BenchOptions } from './bench.js';
import { newRing } from './memory.js';
import { answer, answerOf, inRole, startRole } from './roles.js';

const FILE = import.meta.url;
const CAPACITY = 8192;
/** Records a batch, and a reading turn. */
const BATCH = 256;
const RECORDS = 20_000_000;

export interface Load {
  readonly consumers: number;
  /** Every field written and read, or the header and one field. */
  readonly allFields: boolean;
}

interface Task extends Load {
  readonly ring: RingDescriptor;
  readonly records: number;
}

function produce({ ring, records, allFields }: Task): void {
  const producer = new RingProducer(ring);
  const record = new TopOfBook(viewsOf(ring));
  let sent = 0;
  while (sent < records) {
    const size = Math.min(BATCH, records - sent, producer.free());
    for (let i = 0; i < size; i++) {
      record.begin(producer.next(), 0, 1, 2).bidPrice = sent + i;
      if (!allFields) continue;
      record.frame = i;
      record.bidQty = 1;
      record.askPrice = 2;
      record.askQty = 3;
      record.tsVenueNs = 4;
      record.tsRecvNs = 5;
    }
    producer.flush();
    sent += size;
  }
}

/** Records a second, by the time between the first record and the last. Throws when a consumer read other records. */
function consume({ ring, records, allFields }: Task): number {
  const consumers = ring.consumers.map(({ name }) => new GatingConsumer(ring, name));
  const record = new TopOfBook(viewsOf(ring));
  const read = consumers.map(() => 0);
  const sums = consumers.map(() => 0);
  let startMs = 0;
  for (let left = consumers.length; left > 0;) {
    for (let k = 0; k < consumers.length; k++) {
      const got = turn(consumers[k], record, allFields, sums, k);
      if (got === 0) continue;
      if (startMs === 0) startMs = performance.now();
      read[k] += got;
      if (read[k] === records) left--;
    }
  }
  const seconds = (performance.now() - startMs) / 1000;
  const expected = (records * (records - 1)) / 2 + (allFields ? 15 * records : 0);
  if (sums.some((sum) => sum !== expected)) throw new Error(`consumers summed ${sums.join(', ')}, not ${expected}`);
  return records / seconds;
}

function turn(consumer: GatingConsumer, record: TopOfBook, allFields: boolean, sums: number[], k: number): number {
  let got = 0;
  let sum = 0;
  for (let at = consumer.poll(); at >= 0; at = consumer.poll()) {
    record.wrap(at);
    sum += record.bidPrice;
    if (allFields) sum += record.bidQty + record.askPrice + record.askQty + record.tsVenueNs + record.tsRecvNs;
    consumer.advance();
    if (++got === BATCH) break;
  }
  if (got > 0) consumer.commit();
  sums[k] += sum;
  return got;
}

/** Records a second from one producer to all consumers; each consumer reads every record. */
export async function ringThroughput(load: Load, options: BenchOptions): Promise<number> {
  const ring = newRing(CAPACITY, Array.from({ length: load.consumers }, (_, k) => `reader ${k + 1}`));
  const task: Task = { ...load, ring, records: scaled(RECORDS, options, 100_000) };
  const reading = startRole(FILE, 'consume', task);
  const writing = startRole(FILE, 'produce', task);
  const [perSecond] = await Promise.all([answerOf<number>(reading), answerOf(writing)]);
  return perSecond;
}

const consuming = inRole('consume') as Task | undefined;
const producing = inRole('produce') as Task | undefined;
if (consuming !== undefined) {
  pinThread(1);
  answer(consume(consuming));
} else if (producing !== undefined) {
  pinThread(0);
  produce(producing);
  answer('done');
}
