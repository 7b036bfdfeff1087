/** What does it cost to write a record and read it back? */
import { SLOT_BYTES } from '../src/record/define.js';
import { TopOfBook } from '../src/record/records.js';
import { TopOfBookDef } from '../src/record/schema.js';
import { SlotViews } from '../src/record/slot.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';

const NAME = 'record-codec';
const SLOTS = 256;
const TURNS = 7;
const FIELDS = 6;

/** Nanoseconds a record written and read, the best of some turns. `pass` handles all slots once and returns a sum. */
function costNs(passes: number, pass: (round: number) => number): number {
  let best = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    const before = performance.now();
    for (let i = 0; i < passes; i++) if (pass(i) !== SLOTS * (FIELDS * i + 15)) throw new Error('a record was read back changed');
    best = Math.min(best, ((performance.now() - before) * 1e6) / (passes * SLOTS));
  }
  return Math.round(best * 10) / 10;
}

function flyweight(): (round: number) => number {
  const record = new TopOfBook(new SlotViews(new SharedArrayBuffer(SLOTS * SLOT_BYTES)));
  return (round) => {
    for (let slot = 0; slot < SLOTS; slot++) {
      record.begin(slot * SLOT_BYTES, 0, 1, 2);
      record.bidPrice = round;
      record.bidQty = round + 1;
      record.askPrice = round + 2;
      record.askQty = round + 3;
      record.tsVenueNs = round + 4;
      record.tsRecvNs = round + 5;
    }
    let sum = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      record.wrap(slot * SLOT_BYTES);
      sum += record.bidPrice + record.bidQty + record.askPrice + record.askQty + record.tsVenueNs + record.tsRecvNs;
    }
    return sum;
  };
}

const OFFSETS = ['bidPrice', 'bidQty', 'askPrice', 'askQty', 'tsVenueNs', 'tsRecvNs'].map((name) => TopOfBookDef.fields.find((field) => field.name === name)!.offset);

function dataView(): (round: number) => number {
  const view = new DataView(new SharedArrayBuffer(SLOTS * SLOT_BYTES));
  const [a, b, c, d, e, f] = OFFSETS as [number, number, number, number, number, number];
  return (round) => {
    for (let at = 0; at < SLOTS * SLOT_BYTES; at += SLOT_BYTES) {
      view.setUint8(at + 4, TopOfBook.TYPE);
      view.setUint8(at + 5, 0);
      view.setUint16(at + 8, 1, true);
      view.setUint16(at + 10, 2, true);
      view.setFloat64(at + a, round, true);
      view.setFloat64(at + b, round + 1, true);
      view.setFloat64(at + c, round + 2, true);
      view.setFloat64(at + d, round + 3, true);
      view.setFloat64(at + e, round + 4, true);
      view.setFloat64(at + f, round + 5, true);
    }
    let sum = 0;
    for (let at = 0; at < SLOTS * SLOT_BYTES; at += SLOT_BYTES) {
      sum += view.getFloat64(at + a, true) + view.getFloat64(at + b, true) + view.getFloat64(at + c, true) + view.getFloat64(at + d, true) + view.getFloat64(at + e, true) + view.getFloat64(at + f, true);
    }
    return sum;
  };
}

interface Plain {
  readonly type: number;
  readonly bidPrice: number;
  readonly bidQty: number;
  readonly askPrice: number;
  readonly askQty: number;
  readonly tsVenueNs: number;
  readonly tsRecvNs: number;
}

/** New objects as an event emitter would pass them; they cannot leave the thread. */
function plainObjects(): (round: number) => number {
  const slots: Plain[] = [];
  return (round) => {
    for (let slot = 0; slot < SLOTS; slot++) {
      slots[slot] = { type: TopOfBook.TYPE, bidPrice: round, bidQty: round + 1, askPrice: round + 2, askQty: round + 3, tsVenueNs: round + 4, tsRecvNs: round + 5 };
    }
    let sum = 0;
    for (const slot of slots) sum += slot.bidPrice + slot.bidQty + slot.askPrice + slot.askQty + slot.tsVenueNs + slot.tsRecvNs;
    return sum;
  };
}

function json(): (round: number) => number {
  const slots: string[] = [];
  return (round) => {
    for (let slot = 0; slot < SLOTS; slot++) {
      slots[slot] = JSON.stringify({ type: TopOfBook.TYPE, bidPrice: round, bidQty: round + 1, askPrice: round + 2, askQty: round + 3, tsVenueNs: round + 4, tsRecvNs: round + 5 });
    }
    let sum = 0;
    for (const text of slots) {
      const slot = JSON.parse(text) as Plain;
      sum += slot.bidPrice + slot.bidQty + slot.askPrice + slot.askQty + slot.tsVenueNs + slot.tsRecvNs;
    }
    return sum;
  };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const unit = 'ns';
  options.progress('flyweight');
  const own = costNs(scaled(20_000, options), flyweight());
  options.progress('DataView');
  const view = costNs(scaled(20_000, options), dataView());
  options.progress('objects');
  const objects = costNs(scaled(20_000, options), plainObjects());
  options.progress('JSON');
  const text = costNs(scaled(500, options, 20), json());
  yield {
    bench: NAME, name: 'flyweight over typed views, write and read', measured: { value: own, unit },
    baselines: { dataView: { value: view, unit }, newObjects: { value: objects, unit }, json: { value: text, unit } },
    targets: [target('not slower than DataView', own <= view)],
    notes: ['Six Float64 fields and the header, 256 records at a time. Objects are the only ones here that cannot cross a thread.'],
  };
}

export const recordCodec: Bench = {
  name: NAME,
  question: 'What does it cost to write a record and read it back?',
  topology: 'one thread, 256 slots in cache',
  run,
};
