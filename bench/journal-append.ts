/** How many records a second does the journal take? */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalMemoryBytes } from '../src/journal/memory.js';
import { JournalWriter } from '../src/journal/writer.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { TopOfBook } from '../src/record/records.js';
import { SlotViews } from '../src/record/slot.js';
import { scaled, type Bench, type BenchOptions, type BenchResult } from './bench.js';

const NAME = 'journal-append';
/** Records between two writes to disk, as the journal's 256 kB. */
const BATCH = 4096;
const TURNS = 3;

/** Records a second, the best of some turns; everything is on disk when the clock stops. */
function best(records: number, write: (folder: string, records: number) => void): number {
  let perSecond = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const folder = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
    try {
      const before = performance.now();
      write(folder, records);
      perSecond = Math.max(perSecond, records / ((performance.now() - before) / 1000));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return Math.round(perSecond);
}

function slots(): SlotViews {
  const views = new SlotViews(new ArrayBuffer(BATCH * SLOT_BYTES));
  const record = new TopOfBook(views);
  for (let i = 0; i < BATCH; i++) {
    record.begin(i * SLOT_BYTES, 0, 1, 2);
    record.bidPrice = i;
    record.tsRecvNs = i;
  }
  return views;
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const views = slots();
  options.progress('journal');
  const memory = new ArrayBuffer(journalMemoryBytes(64 << 20));
  const own = best(Math.ceil(scaled(2_000_000, options) / BATCH) * BATCH, (folder, records) => {
    new Uint8Array(memory).fill(0);
    const writer = new JournalWriter({ folder, memory });
    writer.begin();
    for (let done = 0; done < records; done += BATCH) {
      for (let i = 0; i < BATCH; i++) if (!writer.append(views, i * SLOT_BYTES)) throw new Error('the journal refused a record');
      writer.accept();
      writer.flush(done);
    }
    if (!writer.close(records)) throw new Error('the journal could not write everything');
  });
  options.progress('JSON lines');
  const json = best(Math.ceil(scaled(200_000, options) / BATCH) * BATCH, (folder, records) => {
    const path = join(folder, 'records.jsonl');
    for (let done = 0; done < records; done += BATCH) {
      let text = '';
      for (let i = 0; i < BATCH; i++) text += `${JSON.stringify({ venue: 1, instrument: 2, bidPrice: i, bidQty: 0, askPrice: 0, askQty: 0, tsVenueNs: 0, tsRecvNs: i })}\n`;
      appendFileSync(path, text);
    }
  });
  yield {
    bench: NAME, name: 'append, accept and write', measured: { perSecond: own }, baselines: { jsonLines: { perSecond: json } },
    notes: [`Written to the page cache in batches of ${BATCH}; the journal also keeps counts and times of every segment.`],
  };
}

export const journalAppend: Bench = {
  name: NAME,
  question: 'How many records a second does the journal take?',
  topology: 'one thread, segments in a temporary folder',
  run,
};
