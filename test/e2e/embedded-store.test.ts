import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { asCsv, asJson, asTable } from '../../src/cli/query-output.js';
import { JournalFolder } from '../../src/journal/folder.js';
import { JournalReader } from '../../src/journal/reader.js';
import { segmentPath } from '../../src/journal/session.js';
import { JournalWriter } from '../../src/journal/writer.js';
import { BookState, Flag, Hop, OpportunityKind, ResyncReason } from '../../src/record/codes.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { BookStatus, Fill, HopLatency, Opportunity, Pnl, TopOfBook } from '../../src/record/records.js';
import { RECORDS } from '../../src/record/schema.js';
import { MemorySink } from '../../src/record/slot.js';
import { columnsOf } from '../../src/store/columns.js';
import { EmbeddedStore } from '../../src/store/embedded.js';
import { migrate } from '../../src/store/migrations.js';
import { findQuery, readQueries, runQuery } from '../../src/store/queries.js';
import { RecorderCore } from '../../src/store/recorder.js';
import { bodyOf, EPOCH_UNIX_NS, mixedRecords, newSession, temporaryFolder } from '../fixtures/journal.js';
import { seededRandom } from '../fixtures/rings.js';

const seed = Number(process.env.SEED ?? Date.now() % 1e6);
t.comment(`seed ${seed}`);
const random = seededRandom(seed);
t.setTimeout(180_000);
const root = join(import.meta.dirname, '..', '..', '..');

const probe = new EmbeddedStore({ directory: dataPaths(temporaryFolder(t)).clickhouse });
const available = await probe.ping().then(() => true, (error: { code: string }) => error.code !== 'EMBEDDED_CLICKHOUSE_UNAVAILABLE');
await probe.close();
const skip = available ? false : 'the embedded ClickHouse cannot be loaded on this machine';

/** As the configuration lays a data directory out. */
function dataPaths(dataDirectory: string): { readonly journal: string; readonly clickhouse: string } {
  return { journal: join(dataDirectory, 'journal'), clickhouse: join(dataDirectory, 'clickhouse') };
}

const monotonicMs = (): number => performance.now();

t.test('200,000 mixed records arrive once and unchanged, though the engine inside is killed in the middle again and again', { skip }, async (t) => {
  const paths = dataPaths(temporaryFolder(t));
  const { folder, info } = newSession(paths.journal);
  const count = 200_000;
  const records = mixedRecords(count, random);
  const writer = new JournalWriter({ folder, segmentRecords: 70_000 });
  for (let i = 0; i < count; i++) writer.append(records, i * SLOT_BYTES);
  writer.flush(0);

  const store = new EmbeddedStore({ directory: paths.clickhouse });
  t.teardown(() => store.close());
  const start = (): RecorderCore => new RecorderCore({ journal: new JournalFolder(paths.journal), session: info.id, store, nowMs: monotonicMs, chunkRecords: 20_000 });
  await start().tick();
  // A chunk that got in without its progress being noted, as when the recorder dies in between: it must not count twice.
  await store.insertSlots({ path: segmentPath(folder, 1), fromOrdinal: 20_000, toOrdinal: 21_000, isFinal: false, session: info.id, segment: 1, epochUnixNs: info.epochUnixNs });
  const doomed = new Set<number>();
  const insertSlots = store.insertSlots.bind(store);
  store.insertSlots = (chunk) => {
    const inserting = insertSlots(chunk);
    const { pid } = store;
    // A chunk takes some tens of milliseconds: strike anywhere within it, or just behind it.
    if (doomed.size < 3 && pid !== undefined && !doomed.has(pid)) {
      doomed.add(pid);
      setTimeout(() => process.kill(pid, 'SIGKILL'), random() * 120);
    }
    return inserting;
  };
  const recorder = start();
  process.kill(store.pid!, 'SIGKILL');
  for (let i = 0; i < 1000 && store.pid !== undefined; i++) await new Promise((done) => { setTimeout(done, 10); });
  writer.close(0);
  t.equal(await recorder.drain(60_000), true);
  t.equal(doomed.size, 3);
  t.ok(recorder.stats().reloaded >= 1000, `${recorder.stats().reloaded} rows were ahead of the progress and loaded anew, after ${recorder.stats().errors} errors`);
  const check = await recorder.verifyCounts();
  t.equal(check.ok, true, JSON.stringify(check));
  t.equal(check.stored, count);
  t.equal(check.tables.length, RECORDS.length);

  await t.test('every field of every record type reads back', async (t) => {
    const reader = new JournalReader(folder);
    const seen = new Set<number>();
    for (let at = reader.next(); at >= 0 && seen.size < RECORDS.length; at = reader.next()) {
      const type = reader.views.u8[at + 4];
      if (seen.has(type)) continue;
      seen.add(type);
      const record = RECORDS.find(({ id }) => id === type)!;
      const columns = columnsOf(record);
      const place = { session: info.id, segment: reader.place.segment, ordinal: reader.place.ordinal - 1 };
      const select = columns.map(({ name, kind }) => (kind === 'time' ? `toUnixTimestamp64Nano(${name})` : name));
      const { rows } = await store.query(`SELECT flags, venue, instrument, ${select.join(', ')} FROM ${record.table} WHERE session = {session:UInt64} AND segment = {segment:UInt32} AND ordinal = {ordinal:UInt32}`, place);
      const data = new DataView(reader.views.buffer, at, SLOT_BYTES);
      const expected = columns.map(({ field, kind }) => {
        if (field.type === 'u8') return data.getUint8(field.offset);
        if (field.type === 'u16') return data.getUint16(field.offset, true);
        if (field.type === 'u32') return data.getUint32(field.offset, true);
        if (field.type === 'i64') return Number(data.getBigInt64(field.offset, true));
        const value = data.getFloat64(field.offset, true);
        return kind === 'time' ? (BigInt(value) + EPOCH_UNIX_NS).toString() : value;
      });
      t.same(rows, [[data.getUint8(5), data.getUint16(8, true), data.getUint16(10, true), ...expected]], `${record.name} ${bodyOf(reader.views, at)}`);
    }
    reader.close();
    t.equal(seen.size, RECORDS.length);
  });

  await t.test('a second process is refused and told what to do', async (t) => {
    const second = new EmbeddedStore({ directory: paths.clickhouse });
    await t.rejects(second.ping(), { code: 'EMBEDDED_CLICKHOUSE_IN_USE', where: paths.clickhouse, fix: /--data-dir|CLICKHOUSE_URL/ });
    await second.close();
    await t.rejects(store.exec('SELECT nonsense'), { code: 'CLICKHOUSE_REFUSED', message: /nonsense/ });
    await store.ping();
  });

  t.same(await migrate(store), [], 'the schema is up to date');
});

t.test('the stored questions answer what really happened', { skip }, async (t) => {
  const data = temporaryFolder(t);
  const paths = dataPaths(data);
  const { folder, info } = newSession(paths.journal);
  const sink = new MemorySink(100);
  const ms = 1e6;
  const status = (tsNs: number, state: number, reason: number): void => {
    const record = new BookStatus(sink.views).begin(sink.next(), 0, 0, 0);
    record.state = state;
    record.reason = reason;
    record.tsRecvNs = tsNs;
  };
  status(1 * ms, BookState.SYNCING, ResyncReason.START);
  status(5 * ms, BookState.IN_SYNC, ResyncReason.NONE);
  status(20 * ms, BookState.OUT_OF_SYNC, ResyncReason.GAP);
  status(21 * ms, BookState.SYNCING, ResyncReason.GAP);
  status(27 * ms, BookState.IN_SYNC, ResyncReason.NONE);

  const opportunity = (tsNs: number, id: number, kind: number, profit: bigint): void => {
    const record = new Opportunity(sink.views).begin(sink.next(), 0, 0, 0); // buy BTCUSDT on binance, sell on kraken
    Object.assign(record, { sellInstrument: 1, opportunityId: id, kind, strategy: 0, pair: 0, qty: 100_000, buyPrice: 9_500_000, sellPrice: 9_510_000, expectedProfit: profit, tsCauseNs: tsNs });
  };
  opportunity(30 * ms, 1, OpportunityKind.OPENED, 120_000_000n);
  opportunity(31 * ms, 1, OpportunityKind.TAKEN, 150_000_000n);
  opportunity(40 * ms, 1, OpportunityKind.CLOSED, 0n);
  opportunity(50 * ms, 2, OpportunityKind.OPENED, 10_000_000n);
  opportunity(52 * ms, 2, OpportunityKind.CLOSED, 0n);
  opportunity(53 * ms, 3, OpportunityKind.OPENED, 10_000_000n);
  opportunity(57 * ms, 3, OpportunityKind.CLOSED, 0n);

  const fill = (flags: number, venue: number, instrument: number, price: number, quoteAmount: bigint, fee: bigint): void => {
    const record = new Fill(sink.views).begin(sink.next(), flags, venue, instrument);
    Object.assign(record, { feeAsset: 1, orderId: 7 + venue, tradeId: 77, price, qty: 100_000, quoteAmount, fee, tsRecvNs: 35 * ms });
  };
  // As in a journal: told by the gateway, and booked by the executor.
  for (let i = 0; i < 2; i++) fill(0, 0, 0, 9_500_001, 9_500_001_000_000n, 9_500_001_000n);
  fill(Flag.SELL | Flag.MAKER, 1, 1, 9_510_000, 9_510_000_000_000n, 9_510_000_000n);

  for (const [at, realised] of [[60, 1n], [70, 110_000_000n]] as const) {
    const record = new Pnl(sink.views).begin(sink.next(), 0, 0xffff, 0xffff);
    Object.assign(record, { pair: 0, baskets: 1, realised, unrealised: -5n, fees: 19_010_001_000n, expected: 150_000_000n, tsNs: at * ms });
  }
  for (const p50 of [1000, 3000]) {
    const record = new HopLatency(sink.views).begin(sink.next(), 0, 0xffff, 0xffff);
    Object.assign(record, { hop: Hop.RECV_TO_SENT, count: p50 === 1000 ? 900 : 100, p50Ns: p50, p90Ns: 2 * p50, p99Ns: 4 * p50, p999Ns: 8 * p50, maxNs: 9 * p50, tsNs: 80 * ms });
  }
  const tick = new TopOfBook(sink.views).begin(sink.next(), Flag.IN_SYNC, 1, 3);
  Object.assign(tick, { epoch: 1, frame: 9, bidPrice: 300_001, bidQty: 12_345, askPrice: 300_002, askQty: 1, tsVenueNs: 0, tsRecvNs: 81 * ms });
  sink.flush();

  const writer = new JournalWriter({ folder });
  for (let i = 0; i < sink.count; i++) writer.append(sink.views, i * SLOT_BYTES);
  writer.close(0);
  const store = new EmbeddedStore({ directory: paths.clickhouse });
  t.teardown(() => store.close());
  const recorder = new RecorderCore({ journal: new JournalFolder(paths.journal), session: info.id, store, nowMs: monotonicMs });
  t.equal(await recorder.drain(30_000), true, String(recorder.stats().lastError));
  t.match(await recorder.verifyCounts(), { ok: true, stored: sink.count });

  const answers = async (name: string, given: Record<string, string> = {}, session = 'last'): Promise<unknown> =>
    asJson(await runQuery(store, findQuery(name), session, given)).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);

  t.match(await answers('opportunities-by-pair'), [{
    pair: 'BTC-USDT', buy_venue: 'binance', sell_venue: 'kraken', opportunities: 3, taken: 1, median_lifetime_ms: 4, best_expected_profit: '1.5', expected_profit_taken: '1.5', profit_asset: 'USDT',
  }]);
  t.same(await answers('opportunities-by-pair', { pair: 'ETH-USDT' }), []);
  t.same(await answers('realised-against-expected', {}, 'all'), [{
    session: info.id, pair: 'BTC-USDT', asset: 'USDT', baskets_finished: 1, expected_profit: '1.5', realised_profit: '1.1', difference: '-0.4', realised_percent: 73.33, fees_paid: '190.10001', unrealised_profit: '-0.00000005',
  }]);
  t.match(await answers('fills-by-venue', {}, String(info.id)), [
    { venue: 'binance', symbol: 'BTCUSDT', side: 'buy', fills: 1, quantity: '1', quantity_asset: 'BTC', amount: '95000.01', average_price: 95_000.01, fees: '95.00001', fees_asset: 'USDT', maker_percent: 0 },
    { venue: 'kraken', symbol: 'BTC/USDT', side: 'sell', amount: '95100', maker_percent: 100 },
  ]);
  t.equal(((await answers('fills-by-venue', { venue: "kraken' OR 1=1 --" })) as unknown[]).length, 0, 'parameters are bound, not pasted');
  t.same(await answers('hop-latency'), [{
    hop: 'RECV_TO_SENT', samples: 1000, p50_ns_typical: 1000, p90_ns_typical: 2000, p99_ns_typical: 4000, p99_ns_worst: 12_000, p999_ns_typical: 8000, max_ns: 27_000, intervals: 2,
  }]);
  t.match(await answers('gaps-and-resyncs'), [{ venue: 'binance', symbol: 'BTCUSDT', times_lost: 1, gaps: 1, times_synced: 2, out_of_sync_ms: 11, longest_ms: 6 }]);
  t.match((await store.query('SELECT venue, symbol, bid_price, bid_qty, ts_venue, at FROM named_ticks')).rows, [['kraken', 'ETH/USDT', '3000.01', '0.12345', '1970-01-01 00:00:00.000000000', /\.204000000$/]]);

  await t.rejects(runQuery(store, findQuery('hop-latency'), '12', {}), { code: 'SESSION_UNKNOWN', fix: new RegExp(String(info.id)) });
  await t.rejects(runQuery(store, findQuery('hop-latency'), 'last', { hup: '1' }), { code: 'QUERY_PARAM', fix: /hop \(String\)/ });
  t.throws(() => findQuery('nonsense'), { code: 'QUERY_UNKNOWN', fix: /fills-by-venue, gaps-and-resyncs, hop-latency/ });
  t.ok(readQueries().length >= 5);

  await t.test('the command prints tables, JSON and CSV, and says why it cannot', (t) => {
    const result = { columns: [{ name: 'a', type: 'String' }, { name: 'n', type: 'UInt64' }], rows: [['x,"y"', 5], ['é', null]] };
    t.equal(asTable(result), 'a      n\n─────  ─\nx,"y"  5\né\n');
    t.equal(asJson(result), '{"a":"x,\\"y\\"","n":5}\n{"a":"é","n":null}\n');
    t.equal(asCsv(result), 'a,n\r\n"x,""y""",5\r\né,\r\n');
    const ask = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
      const code = `import('./dist/src/cli/query.js').then(({ queryCommand }) => queryCommand().parseAsync(${JSON.stringify(args)}, { from: 'user' })).catch((error) => { console.error(error.toText?.() ?? error); process.exitCode = 1; })`;
      return spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8', env: { ...process.env, CLICKHOUSE_URL: '', RINGSIDE_HOME: data } });
    };
    t.match(ask('--list'), { status: 0, stdout: /hop-latency\n {2}Latency percentiles/ });
    t.match(ask('hop-latency'), { status: 1, stderr: /EMBEDDED_CLICKHOUSE_IN_USE/ });
    t.match(ask('nonsense'), { status: 1, stderr: /QUERY_UNKNOWN/ });
    t.match(ask('hop-latency', '--data-dir', join(data, 'nowhere')), { status: 1, stderr: /SESSION_UNKNOWN/ });
    return store.close().then(() => {
      // An engine that was killed before it could store its last records.
      const later = newSession(paths.journal, EPOCH_UNIX_NS + 5_000_000_000n);
      const rest = new JournalWriter({ folder: later.folder });
      for (let i = 0; i < sink.count; i++) rest.append(sink.views, i * SLOT_BYTES);
      rest.flush(0);
      t.match(ask('fills-by-venue', '--format', 'json'), { status: 0, stdout: /"fills":1.*\n.*"fills":1/ }, 'what it left in the journal is stored first');
      t.match(ask('hop-latency', '--format', 'csv', '-p', 'hop=RECV_TO_SENT'), { status: 0, stdout: /^hop,samples,.*\r\nRECV_TO_SENT,1000,/ });
      t.match(ask('hop-latency', '--param', 'hop=NO'), { status: 0, stdout: /\(nothing\)/ });
    });
  });
});
