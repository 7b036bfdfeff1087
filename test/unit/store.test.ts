import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { JournalFolder } from '../../src/journal/folder.js';
import { segmentPath } from '../../src/journal/session.js';
import { JournalWriter } from '../../src/journal/writer.js';
import { journalMemoryBytes } from '../../src/journal/memory.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { RECORDS } from '../../src/record/schema.js';
import { columnsOf, SLOT_COLUMNS, SLOT_STRUCTURE } from '../../src/store/columns.js';
import { GENERATED } from '../../src/store/generate-sql.js';
import { CLICKHOUSE_FOLDER, migrate, readMigrations, splitStatements, type Migration } from '../../src/store/migrations.js';
import { RecorderCore } from '../../src/store/recorder.js';
import { ServerStore } from '../../src/store/server.js';
import type { QueryParams, QueryResult, SlotChunk, Store } from '../../src/store/store.js';
import { mixedRecords, newSession, temporaryFolder } from '../fixtures/journal.js';
import { seededRandom } from '../fixtures/rings.js';

const random = seededRandom(Number(process.env.SEED ?? 7));

t.test('the generated migrations are what is checked in', (t) => {
  for (const [name, text] of Object.entries(GENERATED)) t.equal(readFileSync(join(CLICKHOUSE_FOLDER, name), 'utf8'), text(), `clickhouse/${name}; run \`npm run generate\``);
  t.end();
});

t.test('a slot is a row of RowBinary: the structure covers 64 bytes, and every field has a column', (t) => {
  const bytes: Record<string, number> = { UInt8: 1, UInt16: 2, UInt32: 4, UInt64: 8 };
  t.equal(SLOT_COLUMNS.reduce((sum, { type }) => sum + bytes[type], 0), SLOT_BYTES);
  for (const record of RECORDS) {
    const names = columnsOf(record).map(({ name }) => name);
    t.equal(new Set(names).size, record.fields.length, record.name);
  }
  t.end();
});

t.test('statements are split at semicolons that end a line', (t) => {
  t.same(splitStatements("-- a; comment\nSELECT ';' AS a,\n 'x; y';\n\nSELECT 2;\n"), ["SELECT ';' AS a,\n 'x; y'", 'SELECT 2']);
  t.end();
});

/** A store in memory that can be told to fail: enough of ClickHouse for the recorder's own logic. */
class FakeStore implements Store {
  readonly place = 'memory';
  readonly applied: { name: string; digest: string }[] = [];
  readonly progress: { session: number; segment: number; ordinal: number; records: number }[] = [];
  /** (session, segment, ordinal) of each row. */
  rows: { session: number; segment: number; ordinal: number }[] = [];
  executed: string[] = [];
  /** Called before each operation; may throw. */
  before: (operation: string) => void = () => undefined;
  /** Rows of a chunk that get in before a failure. */
  partial = 0;

  exec(sql: string, params: QueryParams = {}): Promise<void> {
    return this.run('exec', () => {
      this.executed.push(sql);
      if (sql.startsWith('ALTER TABLE') && sql.includes('DELETE')) this.rows = this.rows.filter((row) => !isAhead(row, params));
    });
  }

  query(sql: string, params: QueryParams = {}): Promise<QueryResult> {
    return this.run('query', () => {
      const answer = (rows: unknown[][]): QueryResult => ({ columns: [], rows });
      if (sql.includes('FROM schema_migrations')) return answer(this.applied.map(({ name, digest }) => [name, digest]));
      if (sql.includes('FROM store_progress')) return answer([...new Map(this.progress.map((row) => [row.session, [row.session, row.segment, row.ordinal, row.records]])).values()]);
      if (sql.includes('count() FROM sessions')) return answer([[1]]);
      if (sql.includes('segment >')) return answer([['ticks', this.rows.filter((row) => isAhead(row, params)).length]]);
      return answer([]);
    });
  }

  insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    return this.run(`insert ${table}`, () => {
      if (table === 'store_progress') this.progress.push(...(rows as unknown as FakeStore['progress']));
      if (table === 'schema_migrations') this.applied.push(...(rows as unknown as FakeStore['applied']));
    });
  }

  insertSlots({ session, segment, fromOrdinal, toOrdinal }: SlotChunk): Promise<void> {
    const add = (to: number): void => {
      for (let ordinal = fromOrdinal; ordinal < to; ordinal++) this.rows.push({ session, segment, ordinal });
    };
    return this.run('slots', () => add(toOrdinal), () => add(fromOrdinal + Math.min(this.partial, toOrdinal - fromOrdinal)));
  }

  settle(): Promise<void> {
    return this.run('settle', () => undefined);
  }

  ping(): Promise<void> {
    return this.run('ping', () => undefined);
  }

  async close(): Promise<void> {}

  private async run<T>(operation: string, work: () => T, onFailure: () => void = () => undefined): Promise<T> {
    try {
      this.before(operation);
    } catch (error) {
      onFailure();
      throw error;
    }
    return Promise.resolve(work());
  }
}

function isAhead(row: { session: number; segment: number; ordinal: number }, params: QueryParams): boolean {
  const { session, segment, ordinal } = params as { session: number; segment: number; ordinal: number };
  return row.session === session && (row.segment > segment || (row.segment === segment && row.ordinal >= ordinal));
}

t.test('migrations are applied once, in order; a changed one is refused unless it is repeatable', async (t) => {
  const store = new FakeStore();
  const all = readMigrations();
  t.same(await migrate(store), all.map(({ name }) => name));
  t.same(await migrate(store), []);
  const changed = (name: string): Migration[] => all.map((migration) => (migration.name === name ? { ...migration, digest: 'other', statements: ['SELECT 1'] } : migration));
  await t.rejects(migrate(store, changed('0001_core.sql')), { code: 'MIGRATION_CHANGED' });
  store.applied.length = 0;
  await migrate(store);
  t.same(await migrate(store, changed('0002_records.sql')), ['0002_records.sql']);
  await t.rejects(migrate(store, all.slice(1)), { code: 'STORE_TOO_NEW' });
});

t.test('whatever fails and whenever, every record arrives once', async (t) => {
  for (let round = 0; round < 20; round++) {
    const journal = temporaryFolder(t);
    const { folder, info } = newSession(journal);
    const records = mixedRecords(500, random);
    const writer = new JournalWriter({ folder, segmentRecords: 130, memory: new ArrayBuffer(journalMemoryBytes(500 * SLOT_BYTES)) });
    const store = new FakeStore();
    let nowMs = 0;
    const reports: string[] = [];
    const start = (): RecorderCore => new RecorderCore({ journal: new JournalFolder(journal), session: info.id, store, nowMs: () => nowMs, chunkRecords: 60, report: (_level, code) => reports.push(code) });
    let recorder = start();
    store.before = () => {
      store.partial = Math.floor(random() * 60);
      if (random() < 0.15) throw new Error('away');
    };
    for (let i = 0; i < 500; i++) {
      writer.append(records, i * SLOT_BYTES);
      if (i % 20 === 19) {
        writer.flush(i);
        nowMs += 40_000; // beyond any backoff
        await recorder.tick();
        if (random() < 0.1) recorder = start(); // the recorder's worker died
      }
    }
    writer.close(500);
    store.before = () => undefined;
    nowMs += 40_000;
    t.equal(await recorder.drain(1000), true);
    const { stored, journalled, lag } = recorder.stats();
    t.match({ stored, journalled, lag }, { stored: 500, journalled: 500, lag: 0 });
    const places = new Set(store.rows.map(({ segment, ordinal }) => `${segment}:${ordinal}`));
    if (store.rows.length !== 500 || places.size !== 500) t.fail(`round ${round}: ${store.rows.length} rows, ${places.size} different`);
  }
});

t.test('a store that is away is reported once, tried again with backoff, and caught up with', async (t) => {
  const journal = temporaryFolder(t);
  const { folder, info } = newSession(journal);
  const writer = new JournalWriter({ folder, memory: new ArrayBuffer(journalMemoryBytes(1 << 16)) });
  const records = mixedRecords(100, random);
  const store = new FakeStore();
  let nowMs = 0;
  let tries = 0;
  const reports: string[] = [];
  const recorder = new RecorderCore({ journal: new JournalFolder(journal), session: info.id, store, nowMs: () => nowMs, report: (_level, code) => reports.push(code) });
  store.before = () => {
    tries++;
    throw new Error('away');
  };
  for (; nowMs < 60_000; nowMs += 250) {
    if (nowMs < 25_000) writer.append(records, (nowMs / 250) * SLOT_BYTES);
    writer.flush(nowMs);
    await recorder.tick();
  }
  t.ok(tries >= 6 && tries <= 8, `${tries} tries in a minute`);
  t.match(recorder.stats(), { connected: false, lag: 100, stored: 0 });
  t.equal(await recorder.drain(0), false, 'a drain that cannot finish says so');
  store.before = () => undefined;
  nowMs += 30_000;
  await recorder.tick();
  t.match(recorder.stats(), { connected: true, lag: 0, stored: 100, lastError: undefined });
  t.same(reports, ['STORE_FAILED', 'STORE_BACK']);
});

t.test('what a former engine could not store is caught up, unless a living one has claimed it', async (t) => {
  const journal = temporaryFolder(t);
  const records = mixedRecords(50, random);
  const sessions = [1n, 2n, 3n].map((n) => newSession(journal, 1_795_000_000_000_000_000n + n * 1_000_000_000n));
  for (const { folder } of sessions) {
    const writer = new JournalWriter({ folder, memory: new ArrayBuffer(journalMemoryBytes(1 << 16)) });
    for (let i = 0; i < 50; i++) writer.append(records, i * SLOT_BYTES);
    writer.close(0);
  }
  const source = new JournalFolder(journal);
  const store = new FakeStore();
  const claimed = sessions[1].info.id;
  source.claim = (session) => session !== claimed;
  const recorder = new RecorderCore({ journal: source, session: sessions[2].info.id, store, nowMs: () => 0, chunkRecords: 20 });
  await recorder.tick();
  t.match(recorder.stats(), { stored: 20, lag: 30, backlog: 30 });
  await recorder.drain(1000);
  t.match(recorder.stats(), { stored: 50, backlog: 0 });
  t.same(new Set(store.rows.map(({ session }) => session)), new Set([sessions[0].info.id, sessions[2].info.id]));
  t.equal(store.rows.length, 100);
  const refused = new RecorderCore({ journal: source, session: claimed, store, nowMs: () => 0 });
  await refused.tick();
  t.match(refused.stats(), { stored: 0, lastError: /SESSION_CLAIMED/ });
  writeFileSync(join(sessions[0].folder, 'session.json'), '{');
  store.progress.splice(0, store.progress.length, ...store.progress.filter(({ session }) => session !== sessions[0].info.id));
  const rest = new RecorderCore({ journal: new JournalFolder(journal), session: undefined, store, nowMs: () => 0 });
  t.equal(await rest.drain(1000), true);
  t.equal(store.rows.length, 150);
});

interface Seen {
  readonly url: URL;
  readonly body: Buffer;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

t.test('a server takes the very bytes of the segment', async (t) => {
  const seen: Seen[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url!, 'http://x');
      seen.push({ url, body });
      response.statusCode = status;
      if (status !== 200) {
        response.setHeader('x-clickhouse-exception-code', '60');
        response.end('Code: 60. DB::Exception: Table default.slots does not exist. (UNKNOWN_TABLE) (version 26.7)');
      } else if (/SELECT (count|1 AS)/.test(body.toString('latin1'))) response.end(JSON.stringify({ meta: [{ name: 'n', type: 'UInt64' }, { name: 'd', type: 'Decimal(38, 18)' }], data: [['9007199254740993', '1.5'], ['12', '2']], rows: 2 }));
      else response.end();
    });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;

  const { folder, info } = newSession(temporaryFolder(t));
  const writer = new JournalWriter({ folder, memory: new ArrayBuffer(journalMemoryBytes(1 << 20)) });
  const records = mixedRecords(3000, random);
  for (let i = 0; i < 3000; i++) writer.append(records, i * SLOT_BYTES);
  writer.flush(0);

  const store = new ServerStore({ url: `http://user:secret@127.0.0.1:${port}/ringside` });
  t.teardown(() => store.close());
  t.equal(store.place, `http://127.0.0.1:${port}/ringside`, 'without the password');
  const chunk: SlotChunk = { path: segmentPath(folder, 1), fromOrdinal: 1000, toOrdinal: 2500, isFinal: false, session: info.id, segment: 1, epochUnixNs: info.epochUnixNs };
  await store.insertSlots(chunk);
  const [create, insert] = seen;
  t.match(create.body.toString(), /^CREATE DATABASE IF NOT EXISTS ringside/);
  t.same(insert.body, readFileSync(segmentPath(folder, 1)).subarray(1000 * SLOT_BYTES, 2500 * SLOT_BYTES));
  const query = insert.url.searchParams.get('query')!;
  t.match(query, new RegExp(`^INSERT INTO slots \\(session, segment, epoch_ns, ordinal, .*\\) SELECT toUInt64\\(${info.id}\\), toUInt32\\(1\\), toInt64\\(${info.epochUnixNs}\\), ordinal, `));
  t.ok(query.includes(`FROM input('${SLOT_STRUCTURE}') FORMAT RowBinary`));
  t.equal(insert.url.searchParams.get('database'), 'ringside');
  t.match(insert.url.searchParams.get('query_id'), new RegExp(`^ringside-${info.id}-1-1000-`));
  t.equal(insert.url.searchParams.get('wait_end_of_query'), '1');

  await store.settle(info.id);
  t.match(seen.at(-1)!.body.toString(), /^KILL QUERY WHERE startsWith\(query_id, \{prefix:String\}\) SYNC/);
  t.equal(seen.at(-1)!.url.searchParams.get('param_prefix'), `ringside-${info.id}-`);
  t.same((await store.query('SELECT count()')).rows, [['9007199254740993', '1.5'], [12, '2']], 'integers that a number cannot hold stay text');

  status = 404;
  await t.rejects(store.insertSlots(chunk), { code: 'CLICKHOUSE_REFUSED', message: /slots does not exist/ });
  const nowhere = new ServerStore({ url: 'http://127.0.0.1:1/ringside' });
  await t.rejects(nowhere.ping(), { code: 'CLICKHOUSE_UNREACHABLE', where: 'http://127.0.0.1:1/ringside' });
  await nowhere.close();
  for (const url of ['nonsense', 'tcp://host:9000', 'http://host/a-b;drop']) t.throws(() => new ServerStore({ url }), { code: 'CLICKHOUSE_URL' });
});
