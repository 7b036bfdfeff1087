import * as nodeFs from 'node:fs';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { crc32c } from '../../src/journal/checksum.js';
import { JournalCore } from '../../src/journal/core.js';
import { JournalFolder } from '../../src/journal/folder.js';
import { journalMemoryBytes } from '../../src/journal/memory.js';
import { JournalReader, verifySession } from '../../src/journal/reader.js';
import { listSegments, listSessions, readSession, segmentPath } from '../../src/journal/session.js';
import { JournalWriter, type JournalFs } from '../../src/journal/writer.js';
import { OFFSET, SLOT_BYTES } from '../../src/record/define.js';
import { SlotViews } from '../../src/record/slot.js';
import { GatingConsumer } from '../../src/ring/consumer.js';
import { GATING, ringBytes } from '../../src/ring/layout.js';
import { RingProducer } from '../../src/ring/producer.js';
import { bodyOf, mixedRecords, newSession, temporaryFolder } from '../fixtures/journal.js';
import { newRing, seededRandom } from '../fixtures/rings.js';

const seed = Number(process.env.SEED ?? Date.now() % 1e6);
t.comment(`seed ${seed}`);
const random = seededRandom(seed);

/** Bodies of all records of a session, in order; ordinals are checked by the reader. */
function bodies(folder: string): string[] {
  const reader = new JournalReader(folder);
  const found: string[] = [];
  for (let at = reader.next(); at >= 0; at = reader.next()) found.push(bodyOf(reader.views, at));
  reader.close();
  return found;
}

function bodiesOf(views: SlotViews, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => bodyOf(views, (from + i) * SLOT_BYTES));
}

/** The real disk, with room for so many bytes; `room` can be raised. */
function smallDisk(room: number): { fs: JournalFs; disk: { room: number } } {
  const disk = { room };
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const fs: JournalFs = {
    ...nodeFs,
    writeSync: ((fd: number, bytes: Uint8Array, offset: number, length: number): number => {
      if (disk.room === 0) full();
      const written = nodeFs.writeSync(fd, bytes, offset, Math.min(length, disk.room));
      disk.room -= written;
      return written;
    }) as JournalFs['writeSync'],
  };
  return { fs, disk };
}

t.test('CRC-32C gives the check values of RFC 3720', (t) => {
  const of = (bytes: number[]): number => crc32c(0, new Uint32Array(Uint8Array.from(bytes).buffer), 0, bytes.length);
  t.equal(of(Array<number>(32).fill(0)), 0x8a9136aa);
  t.equal(of(Array<number>(32).fill(0xff)), 0x62a8ab43);
  t.equal(of(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  const words = new Uint32Array(16).map(() => random() * 2 ** 32);
  t.equal(crc32c(crc32c(0, words, 0, 24), words, 24, 40), crc32c(0, words, 0, 64), 'it can be continued');
  t.end();
});

t.test('what is written is read back in order, over several segments, and verified', (t) => {
  const journal = temporaryFolder(t);
  const { folder, info } = newSession(journal);
  const records = mixedRecords(10_000, random);
  const writer = new JournalWriter({ folder, segmentRecords: 3000, memory: new ArrayBuffer(journalMemoryBytes(4096 * SLOT_BYTES)) });
  for (let i = 0; i < 10_000; i++) {
    if (!writer.append(records, i * SLOT_BYTES)) t.fail(`record ${i} refused`);
    if (i % 777 === 0) writer.flush(i);
    if (i === 5000) writer.flush(i);
  }
  t.equal(writer.flush(1), true);
  t.equal(writer.stats().written, 10_000);
  t.equal(writer.close(2), true);

  t.same(listSegments(folder), [1, 2, 3, 4]);
  t.same([1, 2, 3, 4].map((n) => statSync(segmentPath(folder, n)).size / SLOT_BYTES), [3000, 3000, 3000, 1000]);
  t.same(bodies(folder), bodiesOf(records, 0, 10_000));
  t.equal(verifySession(folder), 10_000);
  const first = new SlotViews(new Uint8Array(readFileSync(segmentPath(folder, 2))).buffer);
  t.equal(first.u32[0], 0, 'ordinals start at 0 in each segment');
  t.equal(first.u32[2999 * 16], 2999);
  const index = JSON.parse(readFileSync(join(folder, '000002.idx'), 'utf8')) as { sealed: boolean; records: number };
  t.match(index, { sealed: true, records: 3000 });

  const counts = new JournalFolder(journal).counts(info.id);
  for (const [type, count] of counts) t.equal(count, bodiesOf(records, 0, 10_000).filter((body) => Number.parseInt(body.slice(0, 2), 16) === type).length);
  t.same(writer.counts().reduce((a, b) => a + b, 0), 10_000);
  t.same(listSessions(journal), [info.id]);
  t.same(readSession(folder), info);
  t.throws(() => newSession(journal), { code: 'JOURNAL_SESSION_EXISTS' });
  t.end();
});

t.test('segments rotate by age, and a reader that follows sees each record once', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  const records = mixedRecords(300, random);
  const writer = new JournalWriter({ folder, segmentNs: 1e9, memory: new ArrayBuffer(journalMemoryBytes(1 << 16)) });
  const reader = new JournalReader(folder);
  const seen: string[] = [];
  for (let i = 0; i < 300; i++) {
    writer.append(records, i * SLOT_BYTES);
    if (i % 10 === 9) writer.flush(i * 1e7);
    for (let at = reader.next(); at >= 0; at = reader.next()) seen.push(bodyOf(reader.views, at));
  }
  writer.close(3e9);
  for (let at = reader.next(); at >= 0; at = reader.next()) seen.push(bodyOf(reader.views, at));
  t.ok(listSegments(folder).length >= 3, 'several segments');
  t.same(seen, bodiesOf(records, 0, 300));
  t.end();
});

t.test('a torn tail is ignored by readers and cut off by the next writer, which goes on behind it', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  const records = mixedRecords(200, random);
  const open = (): JournalWriter => new JournalWriter({ folder, memory: new ArrayBuffer(journalMemoryBytes(1 << 16)) });
  const first = open();
  for (let i = 0; i < 100; i++) first.append(records, i * SLOT_BYTES);
  first.flush(0); // and then the process dies: no close
  appendFileSync(segmentPath(folder, 1), Buffer.alloc(37, 7));
  t.same(bodies(folder), bodiesOf(records, 0, 100));
  const second = open();
  t.equal(statSync(segmentPath(folder, 1)).size, 100 * SLOT_BYTES);
  for (let i = 100; i < 200; i++) second.append(records, i * SLOT_BYTES);
  second.close(0);
  t.same(bodies(folder), bodiesOf(records, 0, 200));
  t.same(listSegments(folder), [1]);
  const third = open();
  third.append(records, 0);
  third.close(0);
  t.same(listSegments(folder), [1, 2], 'a sealed segment is never reopened');
  t.equal(verifySession(folder), 201);
  t.end();
});

t.test('a disk that fills up in the middle of a slot loses nothing: memory holds it, and the slot is completed later', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  const records = mixedRecords(400, random);
  const { fs, disk } = smallDisk(100 * SLOT_BYTES + 24);
  const writer = new JournalWriter({ folder, fs, segmentRecords: 150, memory: new ArrayBuffer(journalMemoryBytes(300 * SLOT_BYTES)) });
  for (let i = 0; i < 200; i++) t.equal(writer.append(records, i * SLOT_BYTES), true);
  t.equal(writer.flush(1e9), false);
  t.equal(writer.healthy(), false);
  t.match(writer.stats().fault, { code: 'JOURNAL_DISK_FULL', sinceNs: 1e9 });
  t.same(bodies(folder), bodiesOf(records, 0, 100), 'whole slots can be read');
  for (let i = 200; i < 300; i++) t.equal(writer.append(records, i * SLOT_BYTES), true);
  t.equal(writer.append(records, 300 * SLOT_BYTES), false, 'the bound is told, not exceeded');
  t.equal(writer.refused, 1);
  disk.room = 1e9;
  t.equal(writer.flush(1.5e9), false, 'it waits a second before it tries again');
  t.equal(writer.flush(2.1e9), true);
  t.equal(writer.healthy(), true);
  for (let i = 300; i < 400; i++) t.equal(writer.append(records, i * SLOT_BYTES), true);
  t.equal(writer.close(3e9), true);
  t.same(bodies(folder), bodiesOf(records, 0, 400));
  t.equal(verifySession(folder), 400);
  t.end();
});

t.test('an unwritable folder is a fault with a code, not a crash', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  let broken = true;
  const fs: JournalFs = { ...nodeFs, openSync: ((...args: Parameters<typeof nodeFs.openSync>) => {
    if (broken) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    return nodeFs.openSync(...args);
  }) };
  const writer = new JournalWriter({ folder, fs, memory: new ArrayBuffer(journalMemoryBytes(1 << 12)) });
  writer.append(mixedRecords(1, random), 0);
  t.equal(writer.flush(0), false);
  t.equal(writer.stats().fault?.code, 'JOURNAL_WRITE');
  broken = false;
  t.equal(writer.close(1), true, 'closing tries again at once');
  t.throws(() => newSession(join(folder, '000001.seg')), { code: 'JOURNAL_DIRECTORY' });
  t.end();
});

t.test('damage is found: in a slot by its ordinal, anywhere by the block checksums', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  const records = mixedRecords(50_000, random);
  const writer = new JournalWriter({ folder });
  for (let i = 0; i < 50_000; i++) writer.append(records, i * SLOT_BYTES);
  writer.close(0);
  const path = segmentPath(folder, 1);
  const good = readFileSync(path);
  const flipped = Buffer.from(good);
  flipped[40_000 * SLOT_BYTES + 30] ^= 1;
  writeFileSync(path, flipped);
  t.throws(() => verifySession(folder), { code: 'JOURNAL_CORRUPT', message: /slots 32768 … 49999/, where: path });
  flipped.set(good);
  flipped[10 * SLOT_BYTES] ^= 1;
  writeFileSync(path, flipped);
  t.throws(() => bodies(folder), { code: 'JOURNAL_CORRUPT' });
  truncateSync(path, 100 * SLOT_BYTES);
  t.throws(() => verifySession(folder), { code: 'JOURNAL_CORRUPT' });
  t.throws(() => readSession(join(folder, 'nowhere')), { code: 'JOURNAL_UNREADABLE' });
  t.end();
});

/** Thrown into the middle of the writer's work: the worker is gone, its memory and its file remain. */
class Killed extends Error {}

t.test('a writer killed anywhere is replaced by one that loses nothing and takes nothing twice', (t) => {
  for (let round = 0; round < 60; round++) {
    const { folder } = newSession(temporaryFolder(t));
    const rings = [newRing(64, [{ name: 'journal', mode: GATING }]), newRing(128, [{ name: 'journal', mode: GATING }])];
    const inputs = rings.map((ring) => new SlotViews(ring.buffer, ring.byteOffset, ringBytes(ring.capacity)));
    const producers = rings.map((ring) => new RingProducer(ring));
    const memory = new ArrayBuffer(journalMemoryBytes(200 * SLOT_BYTES));
    const records = mixedRecords(2000, random);
    const sent: [string[], string[]] = [[], []];
    // The kill strikes at a random one of these: a commit, or a write that may come half through.
    let fuse = 0;
    const strike = (): void => {
      if (--fuse === 0) throw new Killed();
    };
    let half = false;
    const fs: JournalFs = { ...nodeFs, writeSync: ((fd: number, bytes: Uint8Array, offset: number, length: number) => {
      const dying = fuse === 1;
      const written = nodeFs.writeSync(fd, bytes, offset, dying && half ? Math.ceil(length / 2) : length);
      strike();
      return written;
    }) as JournalFs['writeSync'] };
    const start = (): JournalCore => {
      fuse = 1 + Math.floor(random() * 40);
      half = random() < 0.5;
      const writer = new JournalWriter({ folder, fs, memory, segmentRecords: 333 });
      return new JournalCore(writer, rings.map((ring, i) => {
        const consumer = new GatingConsumer(ring, 'journal');
        const commit = consumer.commit.bind(consumer);
        consumer.commit = () => {
          strike();
          commit();
          strike();
        };
        return { name: `in${i}`, consumer, views: inputs[i] };
      }), { flushBytes: 50 * SLOT_BYTES });
    };
    let core = attempt(start);
    let next = 0;
    let deaths = 0;
    let nowNs = 0;
    const run = (work: (core: JournalCore) => unknown): void => {
      for (;;) {
        try {
          core ??= start();
          work(core);
          return;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          deaths++;
          core = undefined;
        }
      }
    };
    for (let turn = 0; turn < 10_000; turn++) {
      if (next === 2000) break;
      producers.forEach((producer, i) => {
        for (let k = Math.floor(random() * 40); k > 0 && next < 2000; k--) {
          const at = producer.next();
          if (at < 0) break;
          inputs[i].u8.set(records.u8.subarray(next * SLOT_BYTES + 4, (next + 1) * SLOT_BYTES), at + 4);
          sent[i].push(bodyOf(records, next * SLOT_BYTES));
          next++;
        }
        producer.flush();
      });
      nowNs += 3e7;
      run((core) => core.doWork(1 + Math.floor(random() * 64), nowNs));
    }
    run((core) => {
      if (!core.close(nowNs)) throw new Error('not everything was written');
    });
    const all = bodies(folder);
    // Records of one input keep their order; which came between is the journal's choice.
    const ok = all.length === 2000 && sent.every((list) => isSubsequence(list, all));
    if (!ok) t.fail(`round ${round}: ${all.length} records after ${deaths} deaths, seed ${seed}`);
    if (round === 0) t.ok(deaths > 3, `${deaths} deaths`);
    t.equal(verifySession(folder), 2000);
  }
  t.end();

  function attempt(start: () => JournalCore): JournalCore | undefined {
    try {
      return start();
    } catch (error) {
      if (error instanceof Killed) return undefined;
      throw error;
    }
  }
});

function isSubsequence(list: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const body of all) if (body === list[at]) at++;
  return at === list.length;
}

t.test('positions survive the wrap of ring sequences', (t) => {
  const { folder } = newSession(temporaryFolder(t));
  const memory = new ArrayBuffer(journalMemoryBytes(1 << 12));
  const views = mixedRecords(8, random);
  const consumer = { position: 0x7ffffffe | 0, committed: 0x7ffffffe | 0, poll: () => 0, advance() { this.position = (this.position + 1) | 0; }, commit() { this.committed = this.position; }, seek(p: number) { this.position = p; } };
  const core = new JournalCore(new JournalWriter({ folder, memory }), [{ name: 'a', consumer, views }]);
  consumer.commit = () => undefined; // dies before it commits
  core.doWork(5, 0);
  const successor = { ...consumer, position: 0x7ffffffe | 0, commit() { this.committed = this.position; } };
  const second = new JournalCore(new JournalWriter({ folder, memory }), [{ name: 'a', consumer: successor, views }]);
  t.equal(successor.committed, (0x7ffffffe + 5) | 0);
  second.flush(1);
  t.equal(bodies(folder).length, 5);
  t.end();
});

t.test('types nobody knows are counted under 0 and kept', (t) => {
  const journal = temporaryFolder(t);
  const { folder, info } = newSession(journal);
  const views = mixedRecords(3, random);
  views.u8[OFFSET.type] = 200;
  const writer = new JournalWriter({ folder, memory: new ArrayBuffer(journalMemoryBytes(1 << 12)) });
  for (let i = 0; i < 3; i++) writer.append(views, i * SLOT_BYTES);
  writer.close(0);
  t.equal(new JournalFolder(journal).counts(info.id).get(0), 1);
  t.equal(bodies(folder).length, 3);
  t.end();
});

t.test('one living process at a time may claim a session', (t) => {
  const journal = temporaryFolder(t);
  const { folder, info } = newSession(journal);
  const mine = new JournalFolder(journal);
  t.equal(mine.claim(info.id), true);
  t.equal(mine.claim(info.id), true, 'again by the same process');
  writeFileSync(join(folder, 'recorder.pid'), `${process.ppid}\n`);
  t.equal(mine.claim(info.id), false);
  writeFileSync(join(folder, 'recorder.pid'), '999999999\n');
  t.equal(mine.claim(info.id), true, 'a dead one holds nothing');
  mine.release(info.id);
  t.end();
});
