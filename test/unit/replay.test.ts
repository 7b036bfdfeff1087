import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { replay, type ReplayOptions } from '../../src/cli/replay.js';
import type { ReplaySummary } from '../../src/cli/replay-report.js';
import { VENUES } from '../../src/venue/registry.js';

const root = join(import.meta.dirname, '..', '..', '..');
const captures = join(root, '..', 'shared', 'captures', 'hftbacktest');

class Text extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

type Line = Record<string, unknown> & { type: string; kind?: string };

async function run(files: readonly string[], options: ReplayOptions = {}) {
  const out = new Text();
  const err = new Text();
  const code = await replay(files, { json: true, ...options }, out, err);
  const lines = options.json === false ? [] : out.text.trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  const summary = lines.at(-1) as unknown as ReplaySummary;
  return { code, out: out.text, err: err.text, lines, summary };
}

/** ms → the transcript's time. */
const at = (ms: number): string => String(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n);
const line = (ms: number, raw: unknown, dir = 'in'): string => JSON.stringify({ recv_ns: at(ms), dir, raw: JSON.stringify(raw) });
type Levels = readonly (readonly [string, string])[];

function snapshot(ms: number, lastUpdateId: number, bids: Levels, asks: Levels, more: object = {}): string {
  return line(ms, { lastUpdateId, bids, asks, ...more }, 'rest');
}

function spotDiff(ms: number, u: number, b: Levels, a: Levels): string {
  return line(ms, { stream: 'btcusdt@depth', data: { e: 'depthUpdate', E: 1_700_000_000_000 + ms, s: 'BTCUSDT', U: u, u, b, a } });
}

function perpDiff(ms: number, u: number, b: Levels, a: Levels): string {
  return line(ms, { stream: 'btcusd_perp@depth@0ms', data: { e: 'depthUpdate', E: 1_700_000_000_000 + ms, T: 1_700_000_000_000 + ms, s: 'BTCUSD_PERP', ps: 'BTCUSD', U: u, u, pu: u - 1, b, a } });
}

/** Spot at 50000, its ask falling to 49800 in the middle; the perpetual at 49990 throughout, in contracts of 100 USD. */
function market(folder: string): [string, string] {
  const spot = join(folder, 'spot.jsonl');
  const perp = join(folder, 'perp.jsonl.gz');
  writeFileSync(spot, [
    spotDiff(0, 100, [['50000.00', '1.00000000']], []),
    snapshot(10, 100, [['50000.00', '1.00000000']], [['50010.00', '1.00000000']]),
    spotDiff(20, 101, [['49999.00', '2.00000000']], []),
    'no JSON at all',
    spotDiff(300, 102, [['50000.00', '0'], ['49999.00', '0'], ['49700.00', '1.5']], [['49800.00', '0.75'], ['49900.00', '0.5']]),
    spotDiff(400, 103, [], [['49800.00', '0'], ['49900.00', '0']]),
  ].join('\n'));
  writeFileSync(perp, gzipSync([
    perpDiff(1, 7, [['49980.0', '10']], []),
    snapshot(11, 7, [['49990.0', '499'], ['49980.0', '1000']], [['50020.0', '400']]),
    perpDiff(12, 8, [['49970.0', '5']], []),
    perpDiff(310, 9, [['49990.0', '400']], []),
  ].join('\n')));
  return [spot, perp];
}

t.test('transcripts of two venues are recognised, merged by time, and traded on where the user mapped their quotes', async (t) => {
  const [spot, perp] = market(t.testdir());
  const options: ReplayOptions = { map: ['BTC-USD=BTC-USDT@0.999'], fee: ['binance=500', 'binance-coinm=400'], strategy: '{"id":"cross-venue","maxNotionalQuote":"100000"}' };
  const { code, lines, summary, err } = await run([spot, perp], options);
  t.equal(code, 0);
  // 49990 × 0.999 = 49940.01: net of fees it pays to buy 0.75 at 49800, not at 49900. The perpetual bids for 499 × 100 / 49990.
  const intents = lines.filter(({ type }) => type === 'intent');
  t.match(intents, [
    { venue: 'binance', side: 'buy', price: '49800', qty: '0.75', tsNs: at(300) },
    { venue: 'binance-coinm', side: 'sell', price: '49990', qty: '0.75', tsNs: at(300) },
  ]);
  t.equal(intents.length, 2);
  const cost = 0.75 * 49_800 * 1.0005;
  const proceeds = 0.75 * 49_990 * 0.999 * 0.9996;
  t.match(lines.filter(({ type }) => type === 'opportunity').map(({ kind, expectedProfit }) => [kind, Number(expectedProfit).toFixed(6)]), [['OPENED', (proceeds - cost).toFixed(6)], ['TAKEN', (proceeds - cost).toFixed(6)]]);
  t.match(summary, {
    lines: 9, malformedLines: 1, frames: 8, booksInSync: 2, resyncs: 0, opportunities: { found: 1, taken: 1 },
    books: [
      { venue: 'binance', symbol: 'BTCUSDT', bid: '49700', bidQty: '1.5', ask: '50010', askQty: '1' },
      { venue: 'binance-coinm', symbol: 'BTCUSD_PERP', pair: 'BTC-USDT', bid: '49990', bidQty: '0.80016003', ask: '50020' },
    ],
    bestEdge: { buyVenue: 'binance', sellVenue: 'binance-coinm', tsNs: at(300) },
  });
  t.match(err, /spot\.jsonl:4: not JSON/);
  t.equal((await run([spot, perp], options)).out, lines.map((each) => `${JSON.stringify(each)}\n`).join(''), 'two runs print the same bytes');
  const swapped = (await run([`binance-coinm=${perp}`, `binance=${spot}`], options)).lines;
  t.strictSame(swapped.filter(({ type }) => type === 'intent'), intents, 'the order of the files does not matter');
  t.match((await run([spot, perp], { ...options, json: false })).out, /TAKEN.*buy binance 49800.*\n(.*\n)*.*1 opened, 1 taken/);
});

t.test('quotes are never mixed silently, and a wrong snapshot is told', async (t) => {
  const [spot, perp] = market(t.testdir());
  const { summary } = await run([spot, perp], { fee: ['binance=0', 'binance-coinm=0'] });
  t.match(summary, { opportunities: { found: 0 }, bestEdge: null, booksInSync: 2 });
  const gap = join(t.testdir(), 'gap.jsonl');
  writeFileSync(gap, [
    spotDiff(0, 100, [['50000.00', '1']], []), snapshot(1, 100, [['50000.00', '1']], [['50010.00', '1']]), spotDiff(2, 101, [], []), spotDiff(3, 105, [['50001.00', '1']], []),
  ].join('\n'));
  const torn = await run([gap]);
  t.match(torn.summary, { booksInSync: 0, resyncs: 1, books: [{ inSync: false, bid: '0', ask: '0' }] }, 'after a gap without a new snapshot the book is out');
  const empty = join(t.testdir(), 'empty.jsonl');
  writeFileSync(empty, line(0, { stream: 'btcusdt@depth', data: { e: 'depthUpdate' } }));
  const nothing = await run([empty]);
  t.equal(nothing.code, 1);
  t.match(nothing.err, /NOTHING_DECODED/);
});

t.test('--speed keeps the distance that was recorded', async (t) => {
  const [spot, perp] = market(t.testdir());
  const startedMs = performance.now();
  const { code } = await run([spot, perp], { speed: '4' });
  t.equal(code, 0);
  t.ok(performance.now() - startedMs >= 95, 'at least the 400 ms of the recording over four');
});

t.test('options that make no sense are refused with what to write instead', async (t) => {
  const [spot] = market(t.testdir());
  for (const options of [
    { map: ['BTC-USD'] }, { map: ['BTC-USD=ETH-USD@1'] }, { map: ['BTC-USD=BTC-USDT@0'] }, { map: ['DOGE-USD=DOGE-USDT@1'] }, { fee: ['binance=x'] }, { fee: ['nowhere=5'] }, { speed: '-1' },
    { precision: ['BTCUSDT=2'] }, { strategy: 'cross-venue' }, { rest: ['kraken=nothing'] },
  ] satisfies ReplayOptions[]) await t.rejects(run([spot], options), { code: 'OPTION_INVALID' }, JSON.stringify(options));
  await t.rejects(run([spot], { strategy: '{"id":"no-such"}' }), { code: 'UNKNOWN_STRATEGY' });
  await t.rejects(run([spot], { strategy: '{"id":"cross-venue","minProfitBps":-1}' }), { code: 'STRATEGY_CONFIG', where: /minProfitBps/ });
  await t.rejects(run([join(t.testdir(), 'none.jsonl')]), { code: 'TRANSCRIPT_UNREADABLE' });
  const stranger = join(t.testdir(), 'stranger.jsonl');
  writeFileSync(stranger, line(0, { ch: 'market.btcusdt.depth.step0' }));
  await t.rejects(run([stranger]), { code: 'TRANSCRIPT_VENUE_UNKNOWN' });
});

t.test('six recorded minutes of three venues end at the tops an independent program found, and so does their best edge', { skip: existsSync(captures) ? false : 'captures folder is absent' }, async (t) => {
  const files = ['binance-spot/btcusdt', 'binance-usdm/btcusdt', 'binance-coinm/btcusd_perp'].map((name) => join(captures, `${name}_20240808.frames.jsonl.gz`));
  const { summary } = await run(files, { map: ['BTC-USD=BTC-USDT@1'], fee: ['binance=0', 'binance-usdm=0', 'binance-coinm=0'] });
  t.match(summary, {
    // Diffs applied and one snapshot each; trades; nothing lost.
    frames: 3449 + 6547 + 26_824 + 3, trades: 9757 + 21_313 + 2286, booksInSync: 3, resyncs: 0, malformedLines: 0,
    books: [{ bid: '61685.99', ask: '61686' }, { bid: '61659.7', ask: '61659.8' }, { bid: '61668.6', ask: '61668.7' }],
    bestEdge: { netBps: 14.4861, buyVenue: 'binance-usdm', sellVenue: 'binance', tsNs: '1723161501135523210' },
  });
  t.ok(summary.opportunities.found > 100 && summary.opportunities.taken > 100);
});

t.test('a transcript that ended is a venue that is gone: nothing is traded on its last book', async (t) => {
  const folder = t.testdir({});
  const [, perp] = market(folder);
  const later = (ms: number): Promise<Awaited<ReturnType<typeof run>>> => {
    const spot = join(folder, `spot-${ms}.jsonl`);
    writeFileSync(spot, [
      spotDiff(0, 100, [['50000.00', '1.00000000']], []),
      snapshot(10, 100, [['50000.00', '1.00000000']], [['50010.00', '1.00000000']]),
      spotDiff(ms, 101, [['50000.00', '0'], ['49700.00', '1.5']], [['49800.00', '0.75']]),
      spotDiff(ms + 1, 102, [], [['49801.00', '0.75']]),
    ].join('\n'));
    return run([spot, perp], { map: ['BTC-USD=BTC-USDT@1'], fee: ['binance=0', 'binance-coinm=0'] });
  };
  const soon = await later(2_000);
  t.ok(soon.summary.opportunities.found > 0, 'a moment of silence is none');
  t.equal(soon.summary.booksInSync, 2);
  const late = await later(60_000);
  t.equal(late.summary.opportunities.found, 0);
  t.equal(late.summary.booksInSync, 1);
});

t.test('a frame is recognised by the venue that sends it, and by no other', (t) => {
  const frames = {
    binance: [{ e: 'depthUpdate', s: 'BTCUSDT', U: 1, u: 2 }, { stream: 'btcusdt@depth@100ms', data: { e: 'depthUpdate', s: 'BTCUSDT', U: 1, u: 2 } }],
    'binance-usdm': [{ e: 'depthUpdate', s: 'BTCUSDT', U: 1, u: 2, pu: 0 }],
    'binance-coinm': [{ e: 'depthUpdate', s: 'BTCUSD_PERP', ps: 'BTCUSD', U: 1, u: 2, pu: 0 }, { e: 'depthUpdate', s: 'BTCUSD_260925', u: 2 }],
    kraken: [{ channel: 'book', type: 'update', data: [] }],
    bybit: [{ topic: 'orderbook.50.BTCUSDT', type: 'delta', data: {} }],
    coinbase: [{ channel: 'l2_data', sequence_num: 7, events: [] }, { type: 'l2update', product_id: 'BTC-USD', changes: [] }],
    okx: [{ arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'update', data: [] }],
    uniswap: [{ address: '0x1', topics: ['0x2'], data: '0x' }],
  };
  for (const [id, sent] of Object.entries(frames)) for (const frame of sent) t.same(VENUES.filter((venue) => venue.recognises?.(frame)).map((venue) => venue.id), [id], JSON.stringify(frame));
  for (const odd of [{}, { arg: null }, { data: 5 }, { data: [] }, { channel: 1, topic: 2, topics: 'x' }]) t.same(VENUES.filter((venue) => venue.recognises?.(odd)), []);
  t.end();
});
