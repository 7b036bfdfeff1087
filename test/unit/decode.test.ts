import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { OrderBook } from '../../src/book/order-book.js';
import { decode, indexOf, type DecodeOptions } from '../../src/cli/decode.js';
import { NormalizingSink } from '../../src/cli/normalize.js';
import { epochOf, readTranscript, surveyTranscripts, TranscriptPlayer } from '../../src/cli/transcript.js';
import { formatTrimmed } from '../../src/model/decimal.js';
import { nativeVenueById } from '../../src/venue/registry.js';
import { BinanceOracle } from '../fixtures/binance-oracle.js';

const root = join(import.meta.dirname, '..', '..', '..');
const captures = join(root, '..', 'shared', 'captures');
const absent = existsSync(captures) ? false : 'captures folder is absent';

class Text extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

type Line = Record<string, unknown> & { type: string };

async function run(options: Partial<DecodeOptions> & { in: readonly string[] }) {
  const out = new Text();
  const err = new Text();
  const code = await decode({ venue: 'binance', depth: '10', ...options }, out, err);
  const lines = out.text.trimEnd().split('\n').filter((text) => text !== '').map((text) => JSON.parse(text) as Line);
  return { code, err: err.text, lines, last: lines.at(-1), of: (type: string) => lines.filter((line) => line.type === type) };
}

interface Replayed {
  readonly files: readonly string[];
  readonly rest?: string;
  readonly symbol: string;
  readonly applied: number;
  readonly top: readonly [string, string];
  readonly sameIds: number;
  readonly trades: number;
}

const HFT = join(captures, 'hftbacktest');
const CRYPTOFEED = join(captures, 'cryptofeed', 'binance-spot');

/** What captures/INDEX.md says an independent program measured. */
const MEASURED: readonly Replayed[] = [
  { files: [join(HFT, 'binance-spot/btcusdt_20240808.frames.jsonl.gz')], symbol: 'BTCUSDT', applied: 3449, top: ['61685.99', '61686'], sameIds: 564, trades: 9757 },
  { files: [join(HFT, 'binance-usdm/btcusdt_20240808.frames.jsonl.gz')], symbol: 'BTCUSDT', applied: 6547, top: ['61659.7', '61659.8'], sameIds: 629, trades: 21_313 },
  { files: [join(HFT, 'binance-coinm/btcusd_perp_20240808.frames.jsonl.gz')], symbol: 'BTCUSD_PERP', applied: 26_824, top: ['61668.6', '61668.7'], sameIds: 1124, trades: 2286 },
  { files: [join(CRYPTOFEED, 'depth_bookTicker_aggTrade_kline.frames.jsonl.gz')], rest: join(CRYPTOFEED, 'depth_snapshots.rest.jsonl.gz'), symbol: 'NKNUSDT', applied: 149, top: ['0.3527', '0.3531'], sameIds: 20, trades: 1 },
];

for (const { files, rest, symbol, applied, top, sameIds, trades } of MEASURED) {
  t.test(`every event of ${files[0].split('captures/').at(-1)} is what the plain decoder reads`, { skip: absent }, async (t) => {
    const venue = nativeVenueById('binance');
    const survey = await surveyTranscripts(venue, files, rest === undefined ? [] : [rest], (file, line, why) => t.fail(`${file}:${line} ${why}`));
    const index = indexOf(venue, survey.markets.map(({ metadata }) => metadata));
    const bodies = new Map(survey.bodies.filter(({ available }) => available).map(({ url, raw }) => [new URL(url!).searchParams.get('symbol')!, JSON.parse(raw) as never]));
    const oracle = new BinanceOracle(bodies);
    const books = index.instruments.map(({ tick }) => new OrderBook(tick));
    const emitted: string[] = [];
    let key = '';
    // Top of the book at each update id, to be held against the bookTicker of the same id whichever comes first.
    const tops = new Map<string, string>();
    const quotes = new Map<string, string>();
    let same = 0;
    const hold = (ours: Map<string, string>, theirs: Map<string, string>, key: string, text: string): void => {
      ours.set(key, text);
      const other = theirs.get(key);
      if (other === undefined) return;
      same++;
      if (other !== text) t.fail(`${key}: the book's top ${text} is not the venue's ${other}`);
    };
    const prices = new Float64Array(4);
    const sink = new NormalizingSink(index, epochOf(survey), true, {
      onEvent(text) {
        if (text.startsWith('{"type":"status"')) return;
        emitted.push(text);
        const { 1: name, 2: seq } = /"symbol":"([^"]+)".*?"seq":(\d+)/.exec(text)!;
        key = `${name} ${seq}`;
        if (text.startsWith('{"type":"bbo"')) hold(quotes, tops, key, text.slice(text.indexOf('"bid":')));
      },
      onBookFrame({ instrument, snapshot, changes }) {
        if (snapshot) books[instrument].clear();
        for (let i = 0; i < changes.length; i += 3) books[instrument].set(changes[i] as 0 | 1, changes[i + 1], changes[i + 2]);
        const { priceScale, qtyScale } = index.instruments[instrument].pair;
        books[instrument].readTop(prices, 0);
        const text = [...prices].map((value, i) => formatTrimmed(value, i % 2 === 0 ? priceScale : qtyScale));
        hold(tops, quotes, key, `"bid":["${text[0]}","${text[1]}"],"ask":["${text[2]}","${text[3]}"]}`);
      },
      onStatus() {},
    });
    const player = new TranscriptPlayer({ venue, index, sink, survey, epochUnixNs: epochOf(survey), depth: 1000 });
    player.open();
    let differences = 0;
    let tradeCount = 0;
    for await (const line of readTranscript(files[0], () => {})) {
      emitted.length = 0;
      const expected = line.dir === 'in' || line.dir === 'rest' ? oracle.play(line) : [];
      player.play(line);
      for (const text of emitted) if (text.startsWith('{"type":"trade"')) tradeCount++;
      if (emitted.join('\n') !== expected.join('\n') && differences++ < 3) t.same(emitted, expected, `${line.file}:${line.line}`);
    }
    t.equal(differences, 0);
    t.same(oracle.breaks, []);
    t.equal(oracle.books.get(symbol)!.applied, applied);
    t.equal(same, sameIds, 'bookTickers whose update id is a diff’s');
    t.equal(tradeCount, trades);
    for (const { symbol: name, index: number, pair } of index.instruments) {
      const oracleBook = oracle.books.get(name);
      if (oracleBook === undefined) continue;
      for (const side of [0, 1] as const) {
        const count = books[number].levels(side);
        const levelPrices = new Float64Array(count);
        const quantities = new Float64Array(count);
        books[number].read(side, count, levelPrices, quantities);
        const ours = Array.from(levelPrices, (price, i) => `${formatTrimmed(price, pair.priceScale)} ${formatTrimmed(quantities[i], pair.qtyScale)}`);
        t.same(new Set(ours), new Set([...(side === 0 ? oracleBook.bids : oracleBook.asks)].map(([price, qty]) => `${price} ${qty}`)), `${name}: all levels of side ${side}`);
        if (name === symbol) t.equal(ours[0].split(' ')[0], top[side]);
      }
    }
    for (const counter of ['malformed', 'outOfRange', 'gaps', 'duplicates', 'unknownSymbol', 'ringFull', 'resyncs'] as const) t.equal(player.counts.get(counter), undefined, `no ${counter}`);
  });
}

t.test('a transcript continues in the next file; begun in the middle it is decoded all the same, and said to be out of sync', { skip: absent }, async (t) => {
  const spot = [8, 9].map((day) => join(HFT, `binance-spot/btcusdt_2024080${day}.frames.jsonl.gz`));
  const both = await run({ in: spot, book: 'BTCUSDT', depth: '1' });
  t.match(both.last, { type: 'book', inSync: true, applied: 3449 + 3044, resyncs: 0, gaps: 0 });
  const second = await run({ in: [spot[1]], book: 'BTCUSDT', depth: '1' });
  t.match(second.last, { type: 'book', inSync: false, applied: 3044, gaps: 0 });
  t.equal(second.of('delta').length, 3044);
  t.equal(second.of('trade').length, 10_147);
  t.match(second.err, /no metadata for 1 symbol; .*--precision BTCUSDT=2,\d/);
  t.equal(second.code, 0);
});

t.test('Kraken transcripts go the same way', { skip: absent }, async (t) => {
  const file = join(captures, 'k2/kraken-v2/book25_instrument_BTC-USD.frames.jsonl');
  const { last, of, code } = await run({ venue: 'kraken', in: [file], book: 'BTC/USD', depth: '1' });
  t.match(last, { type: 'book', venue: 'kraken', symbol: 'BTC/USD', bids: [['78500.6', '0.11565097']], asks: [['78500.7', '0.05733533']], inSync: true, applied: 43, resyncs: 0, checksumFailures: 0 });
  t.equal(of('delta').length, 43);
  t.equal(code, 0);
});

// ---- made transcripts ----

const folder = t.testdir();
const at = (ms: number): string => String(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n);
const inLine = (ms: number | null, raw: unknown, dir = 'in', url?: string): string => JSON.stringify({ recv_ns: ms === null ? null : at(ms), dir, ...(url === undefined ? {} : { url }), raw: typeof raw === 'string' ? raw : JSON.stringify(raw) });
type Levels = readonly (readonly [string, string])[];

function diff(symbol: string, U: number, u: number, b: Levels, a: Levels): object {
  return { stream: `${symbol.toLowerCase()}@depth`, data: { e: 'depthUpdate', E: 1_700_000_000_000, s: symbol, U, u, b, a } };
}

function file(name: string, lines: readonly string[], gzip = false): string {
  const path = join(folder, name);
  writeFileSync(path, gzip ? gzipSync(lines.join('\n')) : lines.join('\n'));
  return path;
}

const SNAPSHOT = { lastUpdateId: 10, bids: [['100.00', '1.0']], asks: [['101.00', '2.0']] };

t.test('malformed lines are named and counted, and what follows is decoded', async (t) => {
  const path = file('damaged.jsonl', [
    inLine(0, diff('AAAUSDT', 9, 10, [], [])), inLine(1, SNAPSHOT, 'rest'), 'garbage', '{"dir":"in"}', inLine(2, '{"stream":"aaausdt@trade","data":{"e":"trade"', 'in'),
    '{"recv_ns":5,"dir":"in","raw":"x"}', '{"recv_ns":"5","dir":"sideways","raw":"x"}', 'null',
    inLine(3, diff('AAAUSDT', 11, 12, [['100.50', '3']], [['101.00', '0'], ['102.25', '1e-3']])),
  ]);
  const { code, err, last, of } = await run({ in: [path], book: 'AAAUSDT' });
  t.equal(code, 0);
  for (const line of [3, 4, 5, 6, 7, 8]) t.match(err, `damaged.jsonl:${line}: `);
  t.notMatch(err, 'damaged.jsonl:9: ');
  t.match(err, '6 malformed lines');
  t.same(of('delta').map(({ snapshot, seq, bids, asks }) => ({ snapshot, seq, bids, asks })), [
    { snapshot: true, seq: 10, bids: [['100', '1']], asks: [['101', '2']] },
    { snapshot: false, seq: 12, bids: [['100.5', '3']], asks: [['101', '0'], ['102.25', '0.001']] },
  ]);
  t.match(last, { bids: [['100.5', '3'], ['100', '1']], asks: [['102.25', '0.001']], inSync: true, applied: 1, resyncs: 0 });
  t.equal(of('delta')[0].tsRecvNs, at(1));
});

t.test('a gap resyncs from the next recorded snapshot; without one the book stays out of sync and deltas go on', async (t) => {
  const head = [inLine(0, diff('AAAUSDT', 9, 10, [], [])), inLine(1, SNAPSHOT, 'rest'), inLine(2, diff('AAAUSDT', 11, 11, [['100.00', '5']], [])), inLine(3, diff('AAAUSDT', 13, 14, [['99.00', '1']], []))];
  const tail = inLine(2000, diff('AAAUSDT', 15, 15, [['98.00', '1']], []));
  const open = await run({ in: [file('gap.jsonl', [...head, tail])], book: 'AAAUSDT' });
  t.match(open.last, { inSync: false, gaps: 1, resyncs: 1, applied: 3 });
  t.same(open.of('delta').map(({ seq }) => seq), [10, 11, 14, 15]);
  const healed = await run({ in: [file('healed.jsonl', [...head, inLine(1000, { lastUpdateId: 14, bids: [['97.00', '1']], asks: [['105.00', '1']] }, 'rest'), tail], true)], book: 'AAAUSDT' });
  t.match(healed.last, { inSync: true, gaps: 1, resyncs: 1, bids: [['98', '1'], ['97', '1']], asks: [['105', '1']] });
  t.same(healed.of('status').map(({ state, reason }) => [state, reason].join(' ')), ['OUT_OF_SYNC START', 'SYNCING START', 'IN_SYNC NONE', 'OUT_OF_SYNC GAP', 'IN_SYNC NONE']);
});

t.test('recorded answers find their symbol by address, by name and by update ids', async (t) => {
  const frames = file('three.jsonl', [
    inLine(null, diff('AAAUSDT', 9, 10, [], [])), inLine(null, diff('BBBUSDT', 901, 910, [], [])), inLine(null, diff('CCCUSDT', 5001, 5010, [], [])),
    inLine(null, diff('AAAUSDT', 11, 12, [['100', '2']], [])), inLine(null, diff('BBBUSDT', 911, 912, [['100', '3']], [])), inLine(null, diff('CCCUSDT', 5011, 5012, [['100', '4']], [])),
  ]);
  const rest = file('three.rest.jsonl', [
    inLine(null, { ...SNAPSHOT, lastUpdateId: 5010 }, 'rest'), inLine(null, { ...SNAPSHOT, lastUpdateId: 910, symbol: 'BBBUSDT' }, 'rest'),
    inLine(null, SNAPSHOT, 'rest', 'https://api.binance.com/api/v3/depth?symbol=AAAUSDT&limit=1000'),
  ]);
  for (const [symbol, qty] of [['AAAUSDT', '2'], ['BBBUSDT', '3'], ['CCCUSDT', '4']]) {
    const { last, of } = await run({ in: [frames], rest: [rest], book: symbol });
    t.match(last, { symbol, inSync: true, applied: 1, bids: [['100', qty]] });
    t.ok(of('delta').every(({ tsRecvNs, tsVenueNs }) => tsRecvNs === null && (tsVenueNs as string).startsWith('17')), 'no receive time is made up');
  }
});

t.test('decimals are the given ones, and too many are out of range', async (t) => {
  const path = file('precise.jsonl', [inLine(0, diff('AAAUSDT', 9, 10, [['100.125', '1']], [])), inLine(1, diff('AAAUSDT', 11, 11, [['100.1', '1']], []))]);
  const { of, err } = await run({ in: [path], precision: ['AAAUSDT=1,0'] });
  t.match(err, 'precise.jsonl:1: a frame that is not what the venue documents');
  t.same(of('delta').map(({ seq }) => seq), [11], 'the frame it stands in is left out whole');
});

t.test('what cannot be decoded at all ends with code 1, what makes no sense with an error that says what to do', async (t) => {
  const nothing = await run({ in: [file('nothing.jsonl', ['x', inLine(0, { hello: 1 })])] });
  t.equal(nothing.code, 1);
  t.match(nothing.err, 'NOTHING_DECODED');
  const good = file('good.jsonl', [inLine(0, diff('AAAUSDT', 9, 10, [['1', '1']], []))]);
  await t.rejects(run({ in: [good], book: 'ZZZ' }), { code: 'UNKNOWN_INSTRUMENT', fix: /AAAUSDT/ });
  await t.rejects(run({ in: [join(folder, 'absent.jsonl')] }), { code: 'TRANSCRIPT_UNREADABLE' });
  await t.rejects(run({ in: [folder] }), { code: 'TRANSCRIPT_UNREADABLE' });
  await t.rejects(run({ venue: 'nowhere', in: [good] }), { code: 'UNKNOWN_VENUE', fix: /binance.*kraken/ });
  await t.rejects(run({ in: [good], depth: '0' }), { code: 'OPTION_INVALID' });
  await t.rejects(run({ in: [good], precision: ['AAAUSDT'] }), { code: 'OPTION_INVALID' });
  const whole = gzipSync(Array.from({ length: 2000 }, (_, i) => inLine(i, diff('AAAUSDT', i + 9, i + 9, [[String(1 + Math.imul(i, 2654435761) % 1000 / 7 | 0).replace('-', ''), '1']], []))).join('\n'));
  const cut = join(folder, 'cut.jsonl.gz');
  writeFileSync(cut, whole.subarray(0, whole.length - 200));
  const damaged = await run({ in: [cut] });
  t.equal(damaged.code, 0, 'a file cut short is decoded up to the cut');
  t.match(damaged.err, /cut\.jsonl\.gz:\d+: the file is damaged/);
});
