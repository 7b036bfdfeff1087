import t from 'tap';
import { parseScaled } from '../../src/model/decimal.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import { BookState, Flag, nameOf, RejectReason, ReportKind, ResyncReason, TimeInForce, VenueReason } from '../../src/record/codes.js';
import { BookDelta, BookStatus, ExecutionReport, Fill, Quote, Trade, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import { binance, binanceCoinM } from '../../src/venue/binance/index.js';
import { baseQuantity } from '../../src/venue/binance/level-writer.js';
import { BinanceSigner } from '../../src/venue/binance/signer.js';
import type { FeedSession, HttpRequest, OutgoingOrder, Venue } from '../../src/venue/contract.js';
import { bytesOf } from '../../src/venue/scan.js';

const EPOCH_MS = 1_795_000_000_000;

function indexOf(venue: Venue, symbols: readonly string[], more: object = {}) {
  return buildInstrumentIndex({
    venues: [venue.id],
    markets: symbols.map((symbol) => ({
      venue: venue.id, pair: `${symbol.slice(0, 3)}-USDT`, quoteRatePpm: 1_000_000, takerFeePpm: 1000, makerFeePpm: 1000,
      metadata: { symbol, base: symbol.slice(0, 3), quote: 'USDT', status: 'trading' as const, tickSize: '0.01', stepSize: '0.00001', minQty: '0', minNotional: '0', priceDecimals: 2, qtyDecimals: 5, ...more },
    })),
  });
}

/** A feed session with a host that remembers what it was asked, and its records decoded. */
class Bench {
  readonly sent: string[] = [];
  readonly requests: { tag: number; path: string }[] = [];
  readonly reconnects: number[] = [];
  readonly counts: Record<string, number> = {};
  readonly feed: FeedSession;
  nowNs = 0;

  constructor(readonly sink: MemorySink, venue: Venue = binance, symbols: readonly string[] = ['BTCUSDT', 'ETHUSDT'], more: object = {}) {
    this.feed = venue.createFeed({ resyncOnDuplicate: false,
      instruments: indexOf(venue, symbols, more).instruments, venueIndex: 0, sink, epochUnixNs: BigInt(EPOCH_MS) * 1_000_000n, firstEpoch: 65_535, stallNs: 10e9, depth: 1000, settings: {},
      host: {
        send: (text) => void this.sent.push(text), reconnect: (reason) => void this.reconnects.push(reason),
        count: (counter) => void (this.counts[counter] = (this.counts[counter] ?? 0) + 1),
        request: (tag: number, { path }: HttpRequest) => void this.requests.push({ tag, path }),
      },
    });
  }

  frame(value: unknown): this {
    const bytes = bytesOf(typeof value === 'string' ? value : JSON.stringify(value));
    this.feed.onFrame(bytes, bytes.length, ++this.nowNs);
    return this;
  }

  answer(body: unknown, status = 200, retryAfterNs = 0): this {
    const { tag } = this.requests.shift()!;
    this.feed.onResponse(tag, status, bytesOf(JSON.stringify(body)), ++this.nowNs, retryAfterNs);
    return this;
  }

  wait(ms: number): this {
    this.nowNs += ms * 1e6;
    this.feed.onTimer(this.nowNs);
    return this;
  }

  /** In sync at update id 10 with bid 100.00 × 1 and ask 101.00 × 2. */
  sync(): this {
    this.feed.onOpen(this.nowNs);
    this.frame(diff(5, 10, [], [])).answer(SNAPSHOT);
    this.sink.clear();
    return this;
  }

  /** Records since the last call: `Δ[S][first..last] side price×qty @seq` and so on. */
  take(): string[] {
    const { sink } = this;
    const lines: string[] = [];
    for (let at = 0; at < sink.count * 64; at += 64) {
      const type = typeAt(sink.views, at);
      if (type === BookDelta.TYPE) {
        const { flags, price, qty, venueSeq } = new BookDelta(sink.views).wrap(at);
        const bounds = `${(flags & Flag.FIRST) !== 0 ? '[' : ''}${(flags & Flag.LAST) !== 0 ? ']' : ''}`;
        lines.push(`${(flags & Flag.SNAPSHOT) !== 0 ? 'snap' : 'diff'}${bounds} ${(flags & Flag.SELL) !== 0 ? 'ask' : 'bid'} ${price}×${qty} @${venueSeq}`);
      } else if (type === BookStatus.TYPE) {
        const { state, reason, epoch, expectedSeq, actualSeq } = new BookStatus(sink.views).wrap(at);
        const ids = expectedSeq === 0 ? '' : ` ${expectedSeq}≠${actualSeq}`;
        lines.push(`${nameOf(BookState, state)} ${nameOf(ResyncReason, reason)}${ids} e${epoch}`);
      } else if (type === Trade.TYPE) {
        const { flags, price, qty, tradeId, tsVenueNs } = new Trade(sink.views).wrap(at);
        lines.push(`trade ${(flags & Flag.SELL) !== 0 ? 'sell' : 'buy'} ${price}×${qty} #${tradeId} ${tsVenueNs}`);
      } else if (type === Quote.TYPE) {
        const { bidPrice, bidQty, askPrice, askQty, venueSeq } = new Quote(sink.views).wrap(at);
        lines.push(`quote ${bidPrice}×${bidQty} ${askPrice}×${askQty} @${venueSeq}`);
      }
    }
    sink.clear();
    return lines;
  }
}

t.test('signatures are the venue’s', (t) => {
  const hmac = new BinanceSigner({ apiKey: 'sim-key-binance', secret: 'sim-secret-binance' });
  t.equal(hmac.signQuery({ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.00200000', price: '64000.00', newClientOrderId: 'arb-1', recvWindow: 2000, timestamp: 1795000000000 }),
    'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.00200000&price=64000.00&newClientOrderId=arb-1&recvWindow=2000&timestamp=1795000000000&signature=66b0e4fb2008ab171142feb2d304f6faee8a84c7d5911f6899ee3ef65f772488');
  t.equal(hmac.signParams({ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.00200000', price: '64000.00', newClientOrderId: 'arb-1', recvWindow: 2000, timestamp: 1795000000000 }).signature,
    '7c3c5d46c4e9e9362a03e3bda5d68c8ed3a974f22349267ba1430ca878b285c0', 'WS-API: sorted by name');
  t.equal(new BinanceSigner({ apiKey: 'k', secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j' })
    .sign('symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559'), 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71', 'the vector of the venue’s documentation');
  const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n';
  const ed = new BinanceSigner({ apiKey: 'sim-key-binance', secret: '', privateKey: pem });
  t.equal(ed.signParams({ timestamp: 1795000000000 }).signature, 'Uv9fmA16v5pnwpdbHO2W6dxk0roGBSAhleQ7nc6X9KHpbB0KbEuy1bi4ojgNs50nL/oN60J/RhWUOwz6aHP2BA==');
  t.ok(ed.canLogOn && !hmac.canLogOn);
  t.match(hmac.signQuery({ newClientOrderId: 'ü b' }), /^newClientOrderId=%C3%BC%20b&signature=/, 'encoded first, then signed');
  t.throws(() => new BinanceSigner({ apiKey: 'k', secret: 's', privateKey: 'no key' }), { code: 'CREDENTIALS' });
  t.end();
});

type Levels = readonly (readonly [string, string])[];
const SNAPSHOT = { lastUpdateId: 10, bids: [['100.00000000', '1.00000000']], asks: [['101.00000000', '2.00000000']] };

function diff(U: number, u: number, b: Levels, a: Levels, more: object = {}, symbol = 'BTCUSDT') {
  return { stream: `${symbol.toLowerCase()}@depth@100ms`, data: { e: 'depthUpdate', E: EPOCH_MS + 5, s: symbol, U, u, ...more, b, a } };
}

t.test('a book is asked for at its first diff, spliced, and followed', (t) => {
  const bench = new Bench(new MemorySink());
  t.equal(bench.feed.socketPath(), '/stream?streams=btcusdt@depth@100ms/btcusdt@trade/ethusdt@depth@100ms/ethusdt@trade');
  bench.feed.onOpen(0);
  t.same(bench.take(), ['OUT_OF_SYNC START e0', 'OUT_OF_SYNC START e1'], 'epochs wrap at 16 bits');
  t.equal(bench.requests.length, 0);
  bench.frame(diff(5, 8, [['99.00', '1']], [])).frame(diff(9, 12, [['98.00', '1']], [['101.00', '0.00000000']])).frame(diff(13, 13, [], [['102.50', '0.5']]));
  t.same(bench.requests.map(({ path }) => path), ['/api/v3/depth?symbol=BTCUSDT&limit=1000']);
  bench.take();
  bench.answer(SNAPSHOT);
  t.same(bench.take(), [
    'snap[ bid 10000×100000 @10', 'snap] ask 10100×200000 @10',
    'diff[ bid 9800×100000 @12', 'diff] ask 10100×0 @12', 'diff[] ask 10250×50000 @13', 'IN_SYNC NONE e0',
  ], 'the first diff is older than the snapshot');
  bench.frame(diff(14, 15, [['100.01', '3']], []));
  t.same(bench.take(), ['diff[] bid 10001×300000 @15']);
  t.end();
});

t.test('gaps, doubled frames, snapshots that are too old and wrong numbers are told apart', (t) => {
  const bench = new Bench(new MemorySink()).sync();
  bench.frame(diff(11, 12, [['99.00', '1']], []));
  bench.take();
  bench.frame(diff(11, 12, [['99.00', '1']], [])).frame(diff(9, 11, [['99.00', '7']], []));
  t.same(bench.take(), [], 'an old frame changes nothing');
  t.equal(bench.counts.duplicates, 2);
  bench.frame(diff(12, 14, [['99.00', '2']], []));
  t.same(bench.take(), ['diff[] bid 9900×200000 @14'], 'an overlapping one goes on');

  bench.frame(diff(16, 17, [['97.00', '1']], []));
  t.same(bench.take(), ['OUT_OF_SYNC GAP 15≠16 e2']);
  t.equal(bench.counts.gaps, 1);
  bench.frame(diff(18, 18, [], []));
  t.equal(bench.requests.length, 0, 'a book that was in sync for a moment only is asked for a little later');
  bench.wait(300).answer({ ...SNAPSHOT, lastUpdateId: 14 });
  t.same(bench.take(), ['SYNCING SNAPSHOT_TOO_OLD 16≠14 e2'], 'older than what waits');
  t.equal(bench.requests.length, 0);
  bench.wait(600).answer({ ...SNAPSHOT, lastUpdateId: 16 });
  t.same(bench.take().slice(2), ['diff[] bid 9700×100000 @17', 'IN_SYNC NONE e2']);

  for (const [what, levels, counter, reason] of [
    ['no number', [['99.00', '1'], ['x', '1']], 'malformed', 'MALFORMED'], ['a negative quantity', [['99.00', '-1']], 'malformed', 'MALFORMED'], ['a price of zero', [['0.00', '1']], 'malformed', 'MALFORMED'],
    ['too many decimals', [['99.00', '1'], ['99.001', '1']], 'outOfRange', 'OUT_OF_RANGE'], ['beyond 2^53', [['99.00', '99999999999999']], 'outOfRange', 'OUT_OF_RANGE'],
  ] as const) {
    const fresh = new Bench(new MemorySink()).sync();
    fresh.frame(diff(11, 12, [['98.00', '1']], levels));
    t.same(fresh.take().map((line) => line.replace(/ \d.*$| e\d+$/, '')), [`OUT_OF_SYNC ${reason}`], `${what}: nothing of the frame is published`);
    t.equal(fresh.counts[counter], 1);
  }
  t.end();
});

t.test('futures are known by pu: the splice allows overlaps, the chain does not', (t) => {
  const bench = new Bench(new MemorySink());
  bench.feed.onOpen(0);
  const future = (U: number, u: number, pu: number) => diff(U, u, [[`${u}.00`, '1']], [], { pu });
  bench.frame(future(100, 110, 95)).frame(future(120, 130, 110)).frame(future(140, 150, 130));
  bench.take();
  bench.answer({ ...SNAPSHOT, lastUpdateId: 125, E: EPOCH_MS, T: EPOCH_MS });
  t.same(bench.take().slice(2), ['diff[] bid 13000×100000 @130', 'diff[] bid 15000×100000 @150', 'IN_SYNC NONE e0']);
  bench.frame(future(160, 170, 150));
  t.same(bench.take(), ['diff[] bid 17000×100000 @170'], 'update ids may jump');
  bench.frame(future(171, 180, 169));
  t.same(bench.take(), ['OUT_OF_SYNC GAP 170≠169 e2']);
  t.end();
});

t.test('contracts become base quantities, exactly and rounded down', (t) => {
  const bench = new Bench(new MemorySink(), binanceCoinM, ['BTCUSD_PERP'], { tickSize: '0.1', stepSize: '0.00000001', contractSizeQuote: 100 });
  bench.feed.onOpen(0);
  bench.frame(diff(5, 10, [], [], { pu: 4 }, 'BTCUSD_PERP'));
  t.equal(bench.requests[0].path, '/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000');
  bench.take();
  bench.answer({ lastUpdateId: 10, bids: [['61668.6', '1380']], asks: [['61668.7', '1']] });
  const [bid, ask] = bench.take();
  t.equal(bid, `snap[ bid 616686×${(138000n * 10n ** 9n) / 616686n} @10`);
  t.equal(ask, `snap] ask 616687×${(100n * 10n ** 9n) / 616687n} @10`);
  for (let i = 1; i < 2000; i++) {
    const units = Math.imul(i, 2654435761) >>> 0;
    const price = (Math.imul(i, 40503) >>> 0) + 1;
    const exact = (BigInt(units) * 10n ** 9n) / BigInt(price);
    if (exact <= BigInt(Number.MAX_SAFE_INTEGER) && BigInt(baseQuantity(units, price, 9)) !== exact) t.fail(`${units} / ${price}`);
  }
  t.end();
});

t.test('trades and quotes are told with their ids and times; unknown symbols are counted', (t) => {
  const bench = new Bench(new MemorySink()).sync();
  bench.frame({ stream: 'btcusdt@trade', data: { e: 'trade', E: EPOCH_MS, s: 'BTCUSDT', t: 3735683259, p: '61837.63000000', q: '0.02000000', T: EPOCH_MS + 7, m: true, M: true } });
  bench.frame({ e: 'trade', E: EPOCH_MS, T: EPOCH_MS - 1, s: 'BTCUSDT', t: 2, p: '1.00', q: '0.00001', X: 'MARKET', m: false });
  bench.frame({ e: 'aggTrade', E: EPOCH_MS, T: EPOCH_MS, s: 'ETHUSDT', a: 9, p: '3.00', q: '1', f: 1, l: 2, m: false });
  bench.frame({ e: 'aggTrade', E: EPOCH_MS, T: EPOCH_MS, s: 'BTCUSDT', a: 9, p: '3.00', q: '1', f: 1, l: 2, m: false });
  bench.frame({ u: 50093239212, s: 'BTCUSDT', b: '61837.63000000', B: '3.78826000', a: '61837.64000000', A: '1.54698000' });
  bench.frame({ stream: 'x', data: { e: 'bookTicker', u: 7, s: 'BTCUSDT', b: '0.00', B: '0', a: '1.5', A: '2', T: EPOCH_MS, E: EPOCH_MS } });
  t.same(bench.take(), [
    'trade sell 6183763×2000 #3735683259 7000000', 'trade buy 100×1 #2 -1000000', 'trade buy 300×100000 #9 0',
    'quote 6183763×378826 6183764×154698 @50093239212', 'quote 0×0 150×200000 @7',
  ], 'aggregate trades say nothing new where single trades are told');
  bench.frame({ e: 'trade', E: 1, s: 'XXX', t: 1, p: '1', q: '1', T: 1, m: true }).frame(diff(1, 2, [], [], {}, 'YYYUSDT'));
  t.equal(bench.counts.unknownSymbol, 2);
  bench.frame('{"e":"trade","s":"BTCUSDT"}').frame('nonsense').frame('').frame('[]').frame('{"stream":"btcusdt@trade","data":{"e":"trade"');
  t.equal(bench.counts.malformed, 5);
  t.same(bench.take(), []);
  bench.frame('{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1');
  t.match(bench.take(), [/^OUT_OF_SYNC MALFORMED/], 'what cannot be read is known by its stream’s name');
  bench.frame({ result: null, id: 1 }).frame({ code: 2, msg: 'Invalid request', id: 2 });
  t.equal(bench.counts.rejected, 1);
  t.end();
});

t.test('age, announced shutdowns and silence reconnect; a quiet connection is asked for a sign first', (t) => {
  const bench = new Bench(new MemorySink()).sync();
  bench.frame({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: EPOCH_MS } });
  t.same(bench.reconnects, [VenueReason.SHUTDOWN_ANNOUNCED]);
  bench.wait(6000).wait(300);
  t.match(bench.sent, [/"method":"LIST_SUBSCRIPTIONS"/]);
  bench.frame({ result: [], id: 1 }).wait(9000);
  t.equal(bench.reconnects.length, 1);
  t.match(bench.take(), [/^OUT_OF_SYNC STALL/], 'a book without a word for too long is fetched anew');
  bench.wait(300).answer(SNAPSHOT);
  t.match(bench.take().at(-1), /^IN_SYNC/);
  bench.frame({ result: [], id: 2 }).wait(9000).frame({ result: [], id: 2 }).wait(9000);
  t.same(bench.take(), [], 'it was merely quiet: more patience');
  bench.wait(11_000);
  t.equal(bench.reconnects.at(-1), VenueReason.STALL);
  const old = new Bench(new MemorySink()).sync();
  for (let hour = 0; hour < 24; hour++) old.frame({ result: null, id: 1 }).wait(3.6e6 - 1000);
  t.ok(old.reconnects.includes(VenueReason.AGE));
  t.end();
});

t.test('refusals and lost answers are waited out, the weight of snapshots is bounded', (t) => {
  const bench = new Bench(new MemorySink());
  bench.feed.onOpen(0);
  bench.frame(diff(5, 10, [], [])).answer({ code: -1003, msg: 'Too many requests' }, 429, 5e9);
  bench.wait(4000);
  t.equal(bench.requests.length, 0, 'as long as Retry-After says');
  bench.wait(1100).answer({}, 0);
  bench.wait(2000).answer({ lastUpdateId: 'x' }).wait(3000).answer(SNAPSHOT);
  t.match(bench.take().at(-1), /^IN_SYNC/);
  t.match(bench.counts, { requestErrors: 2, malformed: 1 });

  const symbols = Array.from({ length: 300 }, (_, i) => `S${String(i).padStart(3, '0')}USDT`);
  const many = new Bench(new MemorySink(4096), binance, symbols);
  t.equal(many.feed.socketPath(), '/stream', 'too many streams for an address are subscribed by message');
  many.feed.onOpen(0);
  for (let i = 0; i < 20; i++) many.wait(100);
  t.equal(many.sent.length, 6);
  t.ok(many.sent.every((text) => (JSON.parse(text) as { params: string[] }).params.length === 100));
  for (const symbol of symbols) many.frame(diff(5, 10, [], [], {}, symbol));
  let asked = 0;
  for (let turn = 0; turn < 300 && many.requests.length > 0; turn++) {
    many.answer(SNAPSHOT);
    many.sink.clear();
    asked++;
  }
  t.ok(asked <= 60, `${asked} snapshots of weight 50 at once, half of 6000 a minute`);
  many.wait(60_000);
  t.ok(many.requests.length > 0, 'the rest later');
  t.throws(() => new Bench(new MemorySink(), binance, Array.from({ length: 513 }, (_, i) => `T${i}USDT`)), { code: 'TOO_MANY_STREAMS' });
  t.end();
});

t.test('a full ring costs a resync, never half a frame; the word that the book is out of sync is not lost', (t) => {
  const sink = new MemorySink(8);
  const bench = new Bench(sink, binance, ['BTCUSDT']);
  bench.feed.onOpen(0);
  bench.frame(diff(5, 10, [], [])).answer(SNAPSHOT);
  t.equal(sink.count, 5);
  bench.frame(diff(11, 12, [['1.00', '1'], ['2.00', '1']], [['3.00', '1'], ['4.00', '1']]));
  t.match(bench.take().slice(5), [/^OUT_OF_SYNC RING_FULL/], 'four levels did not fit in three slots');
  t.equal(bench.counts.ringFull, 1);
  bench.wait(500).answer({ ...SNAPSHOT, lastUpdateId: 12 });
  t.match(bench.take().at(-1), /^IN_SYNC/);
  for (let u = 13; u < 21; u++) bench.frame(diff(u, u, [['1.00', '1']], []));
  t.equal(sink.count, 8);
  bench.frame(diff(21, 21, [['1.00', '1']], []));
  t.equal(bench.take().length, 8);
  bench.wait(10);
  t.match(bench.take(), [/^OUT_OF_SYNC RING_FULL/], 'it follows as soon as there is room');
  t.end();
});

t.test('a transcript that has no snapshot to give publishes its diffs and stays out of sync', (t) => {
  const bench = new Bench(new MemorySink());
  bench.feed.onOpen(0);
  bench.frame(diff(5, 10, [['99.00', '1']], []));
  bench.take();
  bench.answer({}, 410);
  bench.frame(diff(11, 11, [['98.00', '1']], [])).frame(diff(13, 13, [['97.00', '1']], []));
  t.same(bench.take(), ['OUT_OF_SYNC REJECTED e0', 'diff[] bid 9900×100000 @10', 'diff[] bid 9800×100000 @11', 'OUT_OF_SYNC GAP 12≠13 e0', 'diff[] bid 9700×100000 @13']);
  t.end();
});

/** Small deterministic generator (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a frame that JSON.parse accepts says, or undefined when it is no depth update that may be applied at id 10. */
function expected(text: string): string[] | undefined {
  try {
    const message = JSON.parse(text) as { data?: unknown };
    const data = (Object.hasOwn(message, 'data') ? message.data : message) as Record<string, unknown>;
    if (data.e !== 'depthUpdate' || data.s !== 'BTCUSDT') return undefined;
    for (const id of [data.U, data.u, data.E]) if (!Number.isSafeInteger(Number(id)) || !/^-?\d+$/.test(String(id))) return undefined;
    const [U, u] = [Number(data.U), Number(data.u)];
    if (U > u || u <= 10 || (data.pu === undefined && U > 11)) return undefined;
    const lines: string[] = [];
    for (const [side, levels] of [['bid', data.b], ['ask', data.a]] as const) {
      for (const [priceText, qtyText] of levels as [unknown, unknown][]) {
        const price = parseScaled(String(priceText), 2);
        const qty = parseScaled(String(qtyText), 5);
        if (price <= 0 || qty < 0) return undefined;
        lines.push(`${side} ${price}×${qty} @${u}`);
      }
    }
    return lines;
  } catch {
    return undefined;
  }
}

t.test('frames damaged at random are published whole and right, or not at all', (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
  const next = random(seed);
  const pick = (n: number): number => Math.floor(next() * n);
  const alphabet = '0123456789.,:"[]{}eE+-\\ abUuspd';
  let published = 0;
  let refused = 0;
  let strict = 0;
  for (let round = 0; round < 6000; round++) {
    const levels = (): Levels => Array.from({ length: pick(4) }, () => [`${1 + pick(99999)}.${String(pick(100)).padStart(2, '0')}${next() < 0.5 ? '000000' : ''}`, next() < 0.3 ? '0.00000000' : `${pick(50)}.${String(pick(1e5)).padStart(5, '0')}${next() < 0.5 ? '000' : ''}`] as const);
    const made = diff(11, 11 + pick(5), levels(), levels());
    const value: Record<string, unknown> = next() < 0.3 ? made.data : made;
    let text = JSON.stringify(next() < 0.2 ? Object.fromEntries(Object.entries(value).reverse()) : value, null, next() < 0.1 ? 1 : 0);
    for (let n = pick(4); n > 0; n--) {
      const at = pick(text.length);
      const kind = pick(5);
      if (kind === 0) text = text.slice(0, at) + alphabet[pick(alphabet.length)] + text.slice(at + 1);
      else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1);
      else if (kind === 2) text = text.slice(0, at) + alphabet[pick(alphabet.length)] + text.slice(at);
      else if (kind === 3 && next() < 0.3) text = text.slice(0, at);
      else if (kind === 4 && next() < 0.3) text = text.slice(0, at) + text.slice(pick(text.length));
    }
    const bench = new Bench(new MemorySink(256), binance, ['BTCUSDT']).sync();
    bench.frame(text);
    const records = bench.take();
    const deltas = records.filter((line) => line.startsWith('diff'));
    const wanted = expected(text);
    const got = deltas.map((line) => line.replace(/^diff\S* /, ''));
    const bounded = deltas.length === 0 || (deltas.map((line) => line.split(' ')[0]).join(' ') === (deltas.length === 1 ? 'diff[]' : ['diff[', ...Array.from({ length: deltas.length - 2 }, () => 'diff'), 'diff]'].join(' ')));
    if (!bounded) t.fail(`not bounded: ${text}; SEED=${seed}`);
    // Refusing what JSON.parse tolerates (a key twice, `1.e2`, ids as 1e3) costs a resync; the other way round costs money.
    if (got.length > 0 && got.join() !== wanted?.join()) t.same(got, wanted ?? [], `${text}; SEED=${seed}`);
    if (got.length > 0) published++;
    else if (wanted === undefined || wanted.length === 0) refused++;
    else strict++;
  }
  t.ok(published > 1000 && refused > 500 && strict < 60, `${published} published, ${refused} refused, ${strict} refused though JSON.parse takes them`);
  t.end();
});

t.test('eight decimals are read at every scale, whatever stands before the point', (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
  const next = random(seed);
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(next() * 10)).join('');
  const decimal = (scale: number): string => {
    const excess = next() < 0.02 ? 1 : 0;
    return `${String(Math.floor(next() * 10 ** (1 + Math.floor(next() * 11))))}.${digits(Math.min(8, scale + excess)).padEnd(8, '0')}`;
  };
  for (let round = 0; round < 1200; round++) {
    const [priceDecimals, qtyDecimals] = [round % 9, Math.floor(round / 9) % 9];
    const levels: Levels = Array.from({ length: 1 + Math.floor(next() * 3) }, () => [decimal(priceDecimals), decimal(qtyDecimals)] as const);
    const scaled = (text: string, decimals: number): number => {
      try {
        return parseScaled(text, decimals);
      } catch {
        return -1;
      }
    };
    const wanted = levels.map(([price, qty]) => [scaled(price, priceDecimals), scaled(qty, qtyDecimals)] as const);
    const refused = wanted.some(([price, qty]) => price <= 0 || qty < 0);
    const bench = new Bench(new MemorySink(64), binance, ['BTCUSDT'], { tickSize: (10 ** -priceDecimals).toFixed(priceDecimals), stepSize: (10 ** -qtyDecimals).toFixed(qtyDecimals), priceDecimals, qtyDecimals });
    bench.feed.onOpen(0);
    bench.frame(diff(5, 10, [], [])).answer({ lastUpdateId: 10, bids: [['1', '1']], asks: [['2', '1']] }).sink.clear();
    bench.frame(diff(11, 12, levels, []));
    const got = bench.take().filter((line) => line.startsWith('diff')).map((line) => line.replace(/^diff\S* /, ''));
    const right = refused ? [] : wanted.map(([price, qty]) => `bid ${price}×${qty} @12`);
    if (got.join() !== right.join()) t.same(got, right, `${JSON.stringify(levels)} at ${priceDecimals}, ${qtyDecimals}; SEED=${seed}`);
  }
  t.end();
});

/** A gateway session with a host that remembers; the venue's side is played by the test. */
class GatewayBench {
  readonly sent: { id: number; method: string; params: Record<string, string | number> }[] = [];
  readonly reconnects: number[] = [];
  readonly counts: Record<string, number> = {};
  readonly index = indexOf(binance, ['BTCUSDT']);
  readonly gateway;
  nowNs = 0;

  constructor(readonly sink = new MemorySink(512)) {
    this.gateway = binance.createGateway!({
      instruments: this.index.instruments, venueIndex: 0, sink, epochUnixNs: BigInt(EPOCH_MS) * 1_000_000n, settings: {}, credentials: { apiKey: 'sim-key-binance', secret: 'sim-secret-binance' },
      assetIndex: (code) => this.index.assets.find((asset) => asset.code === code)?.index,
      orderIdOf: (id) => (id.startsWith('r-') ? Number(id.slice(2)) : undefined), clientOrderIdOf: (id) => `r-${id}`,
      host: {
        send: (text) => void this.sent.push(JSON.parse(text) as (typeof this.sent)[0]), request: () => undefined, reconnect: (reason) => void this.reconnects.push(reason),
        unixMs: () => EPOCH_MS + this.nowNs / 1e6, count: (counter) => void (this.counts[counter] = (this.counts[counter] ?? 0) + 1),
      },
    });
    this.gateway.onOpen(0);
    for (const { id, method } of this.sent.splice(0)) this.hear({ id, status: 200, result: method === 'time' ? { serverTime: EPOCH_MS + 1500 } : { subscriptionId: 0 } });
  }

  hear(message: unknown): this {
    const bytes = bytesOf(typeof message === 'string' ? message : JSON.stringify(message));
    this.gateway.onFrame(bytes, bytes.length, ++this.nowNs);
    return this;
  }

  order(orderId: number): OutgoingOrder {
    return { orderId, clientOrderId: `r-${orderId}`, instrument: this.index.instruments[0], side: 0, tif: TimeInForce.IOC, price: 6_400_000, qty: 200 };
  }

  /** Place an order and take what was sent. */
  place(orderId: number): (typeof this.sent)[0] {
    this.gateway.place(this.order(orderId), ++this.nowNs);
    return this.sent.pop()!;
  }

  event(fields: object): this {
    return this.hear({ subscriptionId: 0, event: { e: 'executionReport', s: 'BTCUSDT', S: 'BUY', C: '', i: 77, T: EPOCH_MS, ...fields } });
  }

  take(): string[] {
    const { sink } = this;
    const lines: string[] = [];
    for (let at = 0; at < sink.count * 64; at += 64) {
      if (typeAt(sink.views, at) === Fill.TYPE) {
        const { orderId, tradeId, price, qty, quoteAmount, fee } = new Fill(sink.views).wrap(at);
        lines.push(`fill ${orderId} #${tradeId} ${price}×${qty}=${quoteAmount} fee ${fee}`);
      } else if (typeAt(sink.views, at) === ExecutionReport.TYPE) {
        const { orderId, kind, reason, cumQty } = new ExecutionReport(sink.views).wrap(at);
        lines.push(`${nameOf(ReportKind, kind)} ${orderId} ${nameOf(RejectReason, reason)} ${cumQty}`);
      }
    }
    sink.clear();
    return lines;
  }
}

const FILLED = {
  symbol: 'BTCUSDT', orderId: 77, transactTime: EPOCH_MS, executedQty: '0.00200000', status: 'FILLED',
  fills: [{ price: '63995.00000000', qty: '0.00150000', commission: '0.00000150', commissionAsset: 'BTC', tradeId: 1 }, { price: '64000.00000000', qty: '0.00050000', commission: '0.00100000', commissionAsset: 'BNB', tradeId: 2 }],
};
const FILLS = ['fill 1 #1 6399500×150=9599250000 fee 150', 'fill 1 #2 6400000×50=3200000000 fee 0'];

t.test('an order goes out as the venue wants it, by the venue’s clock, with its signature', (t) => {
  const bench = new GatewayBench();
  const { method, params, id } = bench.place(1);
  t.equal(method, 'order.place');
  const { signature, apiKey, timestamp, ...rest } = params;
  t.same(rest, { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', newOrderRespType: 'FULL', recvWindow: 5000, quantity: '0.00200', price: '64000.00', newClientOrderId: 'r-1' });
  t.ok(Math.abs(Number(timestamp) - EPOCH_MS - 1500) <= 1, 'this machine’s clock is 1.5 s behind');
  t.equal(new BinanceSigner({ apiKey: 'sim-key-binance', secret: 'sim-secret-binance' }).signParams({ ...rest, timestamp }).signature, signature);
  t.equal(apiKey, 'sim-key-binance');
  const rehearsed = JSON.parse(bench.gateway.rehearse!(bench.order(1))) as typeof bench.sent[0];
  t.match(rehearsed, { id: 0, method, params: rest }, 'rehearsed is what would be sent');
  t.equal(bench.sent.length, 0);
  bench.hear({ id, status: 200, result: FILLED, rateLimits: [{ rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 50, count: 49 }] });
  t.same(bench.take(), ['ACK 1 NONE 0', ...FILLS, 'FILLED 1 NONE 200'], 'a fee in an asset nobody keeps here is left out, the fill is not');
  t.ok(bench.gateway.place(bench.order(2), bench.nowNs));
  t.notOk(bench.gateway.place(bench.order(3), bench.nowNs), 'the venue’s limit is reached');
  t.equal(bench.counts.rateLimited, 1);
  bench.nowNs += 11e9;
  t.ok(bench.gateway.place(bench.order(3), bench.nowNs), 'until the next interval');
  t.end();
});

t.test('answer and events tell the same fills once, in either order', (t) => {
  const trades = [{ x: 'TRADE', X: 'PARTIALLY_FILLED', c: 'r-1', t: 1, L: '63995.00', l: '0.00150000', z: '0.00150000', n: '0.00000150', N: 'BTC' }, { x: 'TRADE', X: 'FILLED', c: 'r-1', t: 2, L: '64000.00', l: '0.00050000', z: '0.00200000', n: '0.00100000', N: 'BNB' }];
  const first = new GatewayBench();
  const { id } = first.place(1);
  first.hear({ id, status: 200, result: FILLED }).event({ x: 'NEW', X: 'NEW', c: 'r-1' });
  for (const trade of trades) first.event(trade);
  t.same(first.take(), ['ACK 1 NONE 0', ...FILLS, 'FILLED 1 NONE 200']);
  t.equal(first.counts.duplicateFills, 2);
  const second = new GatewayBench();
  const placed = second.place(1);
  second.event({ x: 'NEW', X: 'NEW', c: 'r-1' });
  for (const trade of trades) second.event(trade);
  second.hear({ id: placed.id, status: 200, result: FILLED });
  t.same(second.take(), ['ACK 1 NONE 0', FILLS[0], 'PARTIAL 1 NONE 150', FILLS[1], 'FILLED 1 NONE 200']);
  second.event({ x: 'CANCELED', X: 'CANCELED', c: 'cancel-id', C: 'r-9', z: '0.00000000' }).event({ x: 'NEW', X: 'NEW', c: 'somebody' });
  t.same(second.take(), ['CANCELLED 9 NONE 0'], 'a cancellation carries the order’s id as the original one');
  t.equal(second.counts.unknownOrder, 1);
  t.end();
});

t.test('errors are rejections with a reason, or unknown', (t) => {
  const cases: [number, number, string, string][] = [
    [400, -2010, 'Account has insufficient balance for requested action.', 'REJECTED 1 INSUFFICIENT_FUNDS 0'], [400, -2010, 'Duplicate order sent.', 'REJECTED 1 DUPLICATE_ID 0'],
    [400, -1013, 'Filter failure: PRICE_FILTER', 'REJECTED 1 BAD_PRICE 0'], [400, -1013, 'Filter failure: LOT_SIZE', 'REJECTED 1 BAD_QTY 0'], [400, -1013, 'Filter failure: NOTIONAL', 'REJECTED 1 BAD_NOTIONAL 0'],
    [400, -1021, 'Timestamp for this request is outside of the recvWindow.', 'REJECTED 1 CLOCK 0'], [400, -1022, 'Signature for this request is not valid.', 'REJECTED 1 AUTH 0'],
    [400, -1121, 'Invalid symbol.', 'REJECTED 1 UNKNOWN_SYMBOL 0'], [429, -1015, 'Too many new orders.', 'REJECTED 1 RATE_LIMITED 0'], [400, -9999, 'Something new.', 'REJECTED 1 VENUE_OTHER 0'],
    [500, -1000, 'An unknown error occurred.', 'UNKNOWN 1 VENUE_OTHER 0'], [503, -1008, 'Server is overloaded.', 'UNKNOWN 1 VENUE_OTHER 0'], [400, -1007, 'Timeout waiting for response from backend server.', 'UNKNOWN 1 VENUE_OTHER 0'], [400, -1006, 'An unexpected response.', 'UNKNOWN 1 VENUE_OTHER 0'],
  ];
  for (const [status, code, msg, wanted] of cases) {
    const bench = new GatewayBench();
    const { id } = bench.place(1);
    bench.hear({ id, status, error: { code, msg } });
    t.same(bench.take(), [wanted], `${status} ${code} ${msg}`);
  }
  const silent = new GatewayBench();
  silent.place(1);
  silent.nowNs += 7e9;
  silent.gateway.onTimer(silent.nowNs);
  silent.gateway.onTimer(silent.nowNs);
  t.same(silent.take(), ['UNKNOWN 1 NONE 0'], 'no answer in time, said once');
  const lost = new GatewayBench();
  const { id } = lost.place(1);
  lost.gateway.onClose(lost.nowNs);
  t.same(lost.take(), ['UNKNOWN 1 NONE 0']);
  t.notOk(lost.gateway.ready);
  lost.hear({ id, status: 200, result: FILLED }).hear('{').hear('null').hear('{"subscriptionId":0,"event":{"e":"executionReport"}}');
  t.same(lost.take(), [], 'an answer of a former connection is nobody’s');
  t.equal(lost.counts.malformed, 2);
  const odd = new GatewayBench();
  const oddId = odd.place(1).id;
  odd.event({ x: 'TRADE', X: 'FILLED', c: 'r-1', t: 1, L: '63995.001', l: '0.00200', z: '0.00200', n: '0', N: 'BTC' });
  odd.hear({ id: oddId, status: 200, result: { ...FILLED, executedQty: 'much' } });
  t.same(odd.take(), ['ACK 1 NONE 0', 'UNKNOWN 1 NONE 0', ...FILLS, 'UNKNOWN 1 NONE 0'], 'numbers that cannot be booked leave the order unknown');
  const banned = new GatewayBench();
  const refused = banned.place(1);
  banned.hear({ id: refused.id, status: 418, error: { code: -1003, msg: 'banned', data: { retryAfter: EPOCH_MS + 60_000 } } });
  t.notOk(banned.gateway.query(banned.order(1), banned.nowNs), 'silence for as long as the ban says');
  banned.nowNs += 61e9;
  t.ok(banned.gateway.query(banned.order(1), banned.nowNs));
  t.end();
});

t.test('a query tells every trade, then the state; reports wait for room in the ring', (t) => {
  const bench = new GatewayBench(new MemorySink(2));
  bench.gateway.query(bench.order(1), 1);
  const status = bench.sent.pop()!;
  t.match(status, { method: 'order.status', params: { origClientOrderId: 'r-1', symbol: 'BTCUSDT' } });
  bench.hear({ id: status.id, status: 200, result: { ...FILLED, fills: undefined, status: 'EXPIRED', updateTime: EPOCH_MS } });
  const trades = bench.sent.pop()!;
  t.match(trades, { method: 'myTrades', params: { orderId: 77 } });
  bench.hear({ id: trades.id, status: 200, result: FILLED.fills.map(({ tradeId, ...trade }) => ({ ...trade, id: tradeId, isMaker: false })) });
  t.same(bench.take(), FILLS);
  bench.gateway.onTimer(bench.nowNs);
  t.same(bench.take(), ['EXPIRED 1 NONE 200'], 'what the full ring did not take comes with the next turn');
  bench.gateway.query(bench.order(2), 1);
  bench.hear({ id: bench.sent.pop()!.id, status: 400, error: { code: -2013, msg: 'Order does not exist.' } });
  t.same(bench.take(), ['NOT_FOUND 2 UNKNOWN_ORDER 0']);
  t.end();
});
