import t from 'tap';
import { sourceOf } from '../../src/cli/replay-sources.js';
import type { MarketMetadata } from '../../src/model/instrument.js';
import { BookState, Flag, ResyncReason, VenueReason } from '../../src/record/codes.js';
import { BookDelta, BookStatus, Quote, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import { BybitFeed } from '../../src/venue/bybit/feed.js';
import { bybit } from '../../src/venue/bybit/index.js';
import type { FeedOptions } from '../../src/venue/contract.js';
import { FeedRig } from '../fixtures/feed-rig.js';
import { BASE_MS, bookFrame, indexOf, market, tradeFrame, VenueBook } from '../fixtures/bybit.js';
import { BybitOracle } from '../fixtures/bybit-oracle.js';
import { captureLines, EPOCH_UNIX_NS, feedOptions, RecordingHost, Replica, seeded } from '../fixtures/kraken.js';
import { playRecording } from '../fixtures/recorded.js';

const encoder = new TextEncoder();

class Rig extends FeedRig {
  constructor(markets: readonly MarketMetadata[] = [market('BTCUSDT')], changes: Partial<FeedOptions> = {}, capacity = 8192) {
    super(new RecordingHost(), (options) => new BybitFeed(options), indexOf(...markets).instruments, { depth: 50, ...changes }, capacity);
  }

  /** Requests sent since the last call: `subscribe orderbook.50.BTCUSDT`. */
  takeSent(): string[] {
    return this.host.sent.splice(0).map((text) => {
      const { op, args } = JSON.parse(text) as { op: string; args?: string[] };
      return [op, ...(args ?? [])].join(' ');
    });
  }
}

function equals(replica: Replica, venue: VenueBook, instrument = 0): boolean {
  return (['b', 'a'] as const).every((side) => replica.levels(side === 'b' ? 'bids' : 'asks', instrument).join(' ') === venue.visible(side).join(' '));
}

const SNAPSHOT = '{"topic":"orderbook.50.BTCUSDT","ts":1795000000010,"type":"snapshot","data":{"s":"BTCUSDT","b":[["64000.1","0.5"]],"a":[["64000.2","1.1"]],"u":501,"seq":90001},"cts":1795000000008}';
const DELTA = '{"topic":"orderbook.50.BTCUSDT","ts":1795000000030,"type":"delta","data":{"s":"BTCUSDT","b":[["64000.1","0"],["64000","0.25"]],"a":[],"u":502,"seq":90007},"cts":1795000000029}';

t.test('a snapshot and a change are records with bounds, times and the update id, before the state they lead to', (t) => {
  const sink = new MemorySink();
  const feed = new BybitFeed(feedOptions(indexOf(market('BTCUSDT')).instruments, new RecordingHost(), sink, { depth: 50 }));
  feed.onOpen(5);
  sink.clear();
  for (const [frame, at] of [[SNAPSHOT, 1234], [DELTA, 1300]] as const) feed.onFrame(encoder.encode(frame), frame.length, at);
  t.equal(sink.count, 5);
  const delta = new BookDelta(sink.views);
  t.same([0, 1, 3, 4].map((i) => delta.wrap(i * 64).flags), [Flag.FIRST | Flag.SNAPSHOT, Flag.SNAPSHOT | Flag.SELL | Flag.LAST, Flag.FIRST, Flag.LAST]);
  t.same([delta.venueSeq, delta.price, delta.qty, delta.tsRecvNs], [502, 640_000, 250_000, 1300]);
  t.equal(delta.tsVenueNs, Number(BigInt(BASE_MS + 29) * 1_000_000n - EPOCH_UNIX_NS), 'of the matching engine, where it is told');
  t.equal(typeAt(sink.views, 2 * 64), BookStatus.TYPE);
  t.equal(new BookStatus(sink.views).wrap(2 * 64).state, BookState.IN_SYNC);
  t.end();
});

t.test('a random market stays equal to the venue level by level, over snapshots that nobody asked for and restarts', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const venue = new VenueBook('BTCUSDT', 50, random);
  const rig = new Rig().open().frame(venue.snapshot());
  let equal = 0;
  for (let i = 0; i < 600; i++) {
    rig.frame(i % 97 === 96 ? venue.restarted() : i % 41 === 40 ? venue.snapshot() : venue.delta(1 + Math.floor(random() * 6)));
    if (rig.state === BookState.IN_SYNC && equals(rig.replica, venue)) equal++;
  }
  t.equal(equal, 600, `seed ${seed}`);
  t.same(rig.host.counts, { frames: 601 });
  t.same(rig.replica.history.filter((entry) => entry.startsWith(`0:${BookState.OUT_OF_SYNC}`)).length, 1, 'a snapshot replaces a book without putting it out of sync');
  t.end();
});

t.test('a gap, a step back and a doubled frame take one book out of sync, and only that one is subscribed anew', (t) => {
  for (const [u, reason, counter] of [[504, ResyncReason.GAP, 'gaps'], [400, ResyncReason.GAP, 'gaps'], [502, ResyncReason.DUPLICATE, 'duplicates']] as const) {
    const rig = new Rig([market('BTCUSDT'), market('ETHUSDT')]).open();
    t.same(rig.takeSent(), ['subscribe orderbook.50.BTCUSDT orderbook.50.ETHUSDT', 'subscribe publicTrade.BTCUSDT publicTrade.ETHUSDT']);
    rig.frame(SNAPSHOT).frame(bookFrame({ symbol: 'ETHUSDT', type: 'snapshot', u: 7, b: [['3000', '1']] })).frame(DELTA);
    t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC]);
    const before = rig.replica.deltas;
    rig.frame(bookFrame({ type: 'delta', u, b: [['64000', '9']] }));
    t.same(rig.replica.states, [BookState.OUT_OF_SYNC, BookState.IN_SYNC]);
    t.equal(rig.replica.reasons[0], reason);
    t.equal(rig.host.counts[counter], 1);
    t.same(rig.takeSent(), ['unsubscribe orderbook.50.BTCUSDT', 'subscribe orderbook.50.BTCUSDT']);
    rig.frame(bookFrame({ type: 'delta', u: u + 1, b: [['64000', '8']] }));
    t.equal(rig.replica.deltas, before, 'changes in flight do not count');
    rig.frame(bookFrame({ type: 'snapshot', u: 900, b: [['64001', '1']] }));
    t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC]);
    t.same(rig.replica.levels('bids', 0), [[640_010, 1_000_000]]);
  }
  const transcript = new Rig([market('BTCUSDT')], { resyncOnDuplicate: false }).open().frame(SNAPSHOT).frame(DELTA).frame(DELTA);
  t.equal(transcript.state, BookState.IN_SYNC, 'a recording is not asked anew for a frame that it holds twice');
  t.end();
});

t.test('update id 1 is a snapshot whatever it calls itself, and an empty one leaves nothing to trade on', (t) => {
  const rig = new Rig().open().frame(SNAPSHOT).frame(DELTA).frame(bookFrame({ type: 'delta', u: 1, b: [['5', '1']], a: [['6', '2']] }));
  t.equal(rig.state, BookState.IN_SYNC);
  t.same([rig.replica.levels('bids', 0), rig.replica.levels('asks', 0)], [[[50, 1_000_000]], [[60, 2_000_000]]]);
  rig.frame(bookFrame({ type: 'delta', u: 2, b: [['4', '1']] })).frame(bookFrame({ type: 'snapshot', u: 1 }));
  t.same([rig.replica.levels('bids', 0), rig.replica.levels('asks', 0)], [[], []]);
  t.end();
});

t.test('the best prices are quotes and never touch the book, even when they come again with the same id', (t) => {
  const rig = new Rig().open().frame(SNAPSHOT);
  const top = bookFrame({ depth: 1, type: 'snapshot', u: 4000, b: [['64000.1', '0.5']], a: [['64000.2', '1']] });
  const sink = rig.sink;
  rig.feed.onFrame(encoder.encode(top), top.length, 5);
  const { bidPrice, bidQty, askPrice, askQty, venueSeq } = new Quote(sink.views).wrap(0);
  t.same([bidPrice, bidQty, askPrice, askQty, venueSeq], [640_001, 500_000, 640_002, 1_000_000, 4000]);
  rig.frame(top).frame(bookFrame({ depth: 200, type: 'delta', u: 3, b: [['1', '1']] })).frame(DELTA);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.host.counts, { frames: 5 });
  t.end();
});

t.test('trades keep side, time and the last digits of their ids; a frame that cannot be read publishes none of its trades', (t) => {
  const rig = new Rig().open().frame(tradeFrame('BTCUSDT', [{ i: '2290000000055467889', p: '64000.2', v: '0.01', S: 'Buy' }, { i: '2290000000055467890', p: '64000', v: '1', S: 'Sell' }]));
  const tsVenueNs = Number(BigInt(BASE_MS + 7) * 1_000_000n - EPOCH_UNIX_NS);
  t.same(rig.replica.trades, [
    { price: 640_002, qty: 10_000, sell: false, id: 55_467_889, tsVenueNs },
    { price: 640_000, qty: 1_000_000, sell: true, id: 55_467_890, tsVenueNs: tsVenueNs + 1e6 },
  ]);
  rig.frame(tradeFrame('BTCUSDT', [{ i: '1', p: '1', v: '1', S: 'Buy' }, { i: '2', p: '-1', v: '1', S: 'Buy' }]))
    .frame(tradeFrame('BTCUSDT', [{ i: '3', p: '1.55', v: '1', S: 'Buy' }]))
    .frame(tradeFrame('DOGEUSDT', [{ i: '3', p: '1', v: '1', S: 'Buy' }]))
    .frame(tradeFrame('BTCUSDT', [{ i: '9dc75fca-4bdd-4773-9f78-6f5d7ab2a110', p: '1', v: '1', S: 'Buy' }]));
  t.equal(rig.replica.trades.length, 3);
  t.ok(Number.isSafeInteger(rig.replica.trades[2].id));
  t.match(rig.host.counts, { malformed: 1, outOfRange: 1, unknownSymbol: 1 });
  t.end();
});

t.test('keys in another order, blanks, quoted times and exponents are the same frame', (t) => {
  const odd = `{ "data" : { "u" : "501", "a" : [ [ "64000.20" , "11e-1" ] ], "x": [1,{"y":null}], "b" : [["6.40001e4","0.50000000","2"]], "s" : "BTCUSDT" },
    "ts" : "1795000000010", "type" : "snapshot", "topic" : "orderbook.50.BTCUSDT" }`;
  const rig = new Rig().open().frame(odd);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same([rig.replica.levels('bids', 0), rig.replica.levels('asks', 0)], [[[640_001, 500_000]], [[640_002, 1_100_000]]]);
  t.end();
});

t.test('what cannot be read costs the book it names, named for what it is; what names none costs nothing yet', (t) => {
  const broken: readonly [string, number][] = [
    [DELTA.slice(0, -20), ResyncReason.MALFORMED],
    [DELTA.replace('"u":502,', ''), ResyncReason.MALFORMED],
    [DELTA.replace('"u":502', '"u":502,"u":503'), ResyncReason.MALFORMED],
    [DELTA.replace('"a":[]', '"a":[],"b":[["1","1"]]'), ResyncReason.MALFORMED],
    [DELTA.replace('"s":"BTCUSDT"', '"s":"ETHUSDT"'), ResyncReason.MALFORMED],
    [DELTA.replace('"type":"delta"', '"type":"diff"'), ResyncReason.MALFORMED],
    [DELTA.replace('"0.25"', '"-1"'), ResyncReason.MALFORMED],
    [DELTA.replace('"seq":', '"seq":0'), ResyncReason.MALFORMED],
    [DELTA.replace('"cts":1', '"cts":0'), ResyncReason.MALFORMED],
    [DELTA.replace('64000"', '64000.05"'), ResyncReason.OUT_OF_RANGE],
    [DELTA.replace('0.25', '99999999999'), ResyncReason.OUT_OF_RANGE],
    [DELTA.replace(':502', ':99999999999999999999'), ResyncReason.OUT_OF_RANGE],
  ];
  for (const [frame, reason] of broken) {
    const rig = new Rig().open().frame(SNAPSHOT).frame(frame);
    t.equal(rig.state, BookState.OUT_OF_SYNC, frame);
    t.equal(rig.replica.reasons[0], reason, frame);
  }
  const rig = new Rig().open().frame(SNAPSHOT);
  for (const nothing of ['', 'null', '[1]', '{"topic":"order', '\u0000', '{"topic":"tickers.BTCUSDT","data":{}}', '{}', DELTA.replaceAll('BTCUSDT', 'XYZUSDT')]) rig.frame(nothing);
  t.equal(rig.state, BookState.IN_SYNC);
  t.match(rig.host.counts, { malformed: 6, unknownSymbol: 1 });
  t.end();
});

t.test('any mutation of a frame leaves the book either equal to what a plain decoder makes of the same bytes or out of sync', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const venue = new VenueBook('BTCUSDT', 50, random);
  const rig = new Rig([market('BTCUSDT')], { stallNs: 1e15, resyncOnDuplicate: false }).open();
  const plain = { b: new Map<number, number>(), a: new Map<number, number>() };
  const apply = (text: string): void => {
    const { type, data } = JSON.parse(text) as { type: string; data: { b: [string, string][]; a: [string, string][]; u: number } };
    for (const side of ['b', 'a'] as const) {
      if (type === 'snapshot' || data.u === 1) plain[side].clear();
      for (const [price, qty] of data[side]) {
        if (Number(qty) === 0) plain[side].delete(Math.round(Number(price) * 10));
        else plain[side].set(Math.round(Number(price) * 10), Math.round(Number(qty) * 1e6));
      }
    }
  };
  const same = (): boolean => (['b', 'a'] as const).every((side) =>
    rig.replica.levels(side === 'b' ? 'bids' : 'asks', 0).join(' ') === [...plain[side]].sort(([x], [y]) => (side === 'a' ? x - y : y - x)).join(' '));
  const restart = (): void => {
    const snapshot = venue.snapshot();
    apply(snapshot);
    rig.frame(snapshot);
  };
  restart();
  let wrong = 0;
  let applied = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = encoder.encode(venue.delta(2));
    const mutations = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    for (let m = 0; m < mutations; m++) bytes[Math.floor(random() * bytes.length)] = 32 + Math.floor(random() * 95);
    const length = mutations > 0 && random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
    const before = rig.replica.deltas;
    rig.feed.onFrame(bytes, length, rig.nowNs++);
    rig.replica.drain();
    if (rig.state === BookState.IN_SYNC && rig.replica.deltas > before) {
      applied++;
      apply(new TextDecoder().decode(bytes.subarray(0, length)));
    }
    if (rig.state === BookState.IN_SYNC && !same()) wrong++;
    if (rig.state !== BookState.IN_SYNC) restart();
  }
  t.equal(wrong, 0, `seed ${seed}`);
  t.ok(applied > 1000);
  t.end();
});

t.test('a full ring publishes nothing of a frame and costs a resync that is announced when there is room', (t) => {
  const host = new RecordingHost();
  const sink = new MemorySink(5);
  const feed = new BybitFeed(feedOptions(indexOf(market('BTCUSDT')).instruments, host, sink, { depth: 50 }));
  const replica = new Replica(sink, 1);
  const frame = (text: string): void => feed.onFrame(encoder.encode(text), text.length, 1e9);
  feed.onOpen(1e9);
  frame(SNAPSHOT);
  t.equal(sink.count, 4);
  frame(DELTA);
  t.equal(sink.count, 5, 'one slot was left for the news');
  t.equal(host.counts.ringFull, 1);
  replica.drain();
  t.equal(replica.states[0], BookState.OUT_OF_SYNC);
  t.equal(replica.reasons[0], ResyncReason.RING_FULL);
  frame(SNAPSHOT);
  replica.drain();
  t.equal(replica.states[0], BookState.IN_SYNC);
  frame(tradeFrame('BTCUSDT', Array.from({ length: 6 }, (_, n) => ({ i: String(n), p: '1', v: '1', S: 'Buy' as const }))));
  t.equal(host.counts.ringFull, 2);
  t.equal(sink.count, 0);
  t.end();
});

t.test('pings leave every twenty seconds, silence is probed, and a dead connection is given up', (t) => {
  const rig = new Rig().open().frame(SNAPSHOT);
  rig.takeSent();
  rig.wait(6e9);
  t.same(rig.takeSent(), ['ping']);
  for (const pong of ['{"success":true,"ret_msg":"pong","conn_id":"c-1","op":"ping"}', '{"req_id":"p1","op":"pong","args":["1795000000000"],"conn_id":"c-2"}', '{"retCode":0,"retMsg":"OK","op":"pong","data":["1795000000000"],"connId":"c-3"}']) rig.frame(pong);
  t.same(rig.host.counts, { frames: 4 }, 'pongs come in three forms');
  for (let i = 0; i < 15; i++) rig.wait(2e9).frame(DELTA.replace(':502', `:${502 + i}`));
  t.same(rig.takeSent(), ['ping']);
  rig.wait(10.1e9);
  t.same(rig.host.reconnects, [VenueReason.STALL]);
  t.end();
});

t.test('five hundred books fit a connection, ten topics a message, paced; trades are left out beyond the limit of characters', (t) => {
  const rig = new Rig(Array.from({ length: 500 }, (_, i) => market(`C${String(i).padStart(3, '0')}XUSDT`, { base: `C${i}` })), {}, 65_536).open();
  t.equal(rig.host.sent.length, 20, 'a burst');
  for (let i = 0; i < 30; i++) rig.wait(100e6);
  const requests = rig.host.sent.map((text) => JSON.parse(text) as { op: string; args: string[] });
  t.ok(requests.every(({ op, args }) => op === 'subscribe' && args.length <= 10));
  const topics = requests.flatMap(({ args }) => args);
  t.equal(topics.filter((topic) => topic.startsWith('orderbook.50.')).length, 500);
  const trades = topics.filter((topic) => topic.startsWith('publicTrade.')).length;
  t.ok(trades > 350 && trades < 500, `${trades} of 500 trade topics`);
  t.ok(topics.reduce((sum, topic) => sum + topic.length, 0) <= 21_000);
  t.throws(() => new Rig(Array.from({ length: 1000 }, (_, i) => market(`C${i}USDT`, { base: `C${i}` }))), { code: 'TOO_MANY_STREAMS' });
  t.end();
});

t.test('of a refused list the topic that is named waits, the others are asked for again; an unnamed one is found by asking singly', (t) => {
  const three = ['BTCUSDT', 'ETHUSDT', 'BADUSDT'].map((symbol) => market(symbol));
  const refuse = (rig: Rig, why: string): Rig => {
    const { req_id: requestId } = JSON.parse(rig.host.sent[0]) as { req_id: string };
    rig.takeSent();
    return rig.frame(JSON.stringify({ success: false, ret_msg: why, conn_id: 'c-1', req_id: requestId, op: 'subscribe' })).wait(100e6);
  };
  const named = refuse(new Rig(three).open(), 'error:handler not found,topic:orderbook.50.BADUSDT');
  t.same(named.takeSent(), ['unsubscribe orderbook.50.BTCUSDT orderbook.50.ETHUSDT', 'subscribe orderbook.50.BTCUSDT orderbook.50.ETHUSDT']);
  t.equal(named.replica.reasons[2], ResyncReason.REJECTED);
  const unnamed = refuse(new Rig(three).open(), 'error:bad request');
  t.same(unnamed.takeSent().filter((request) => request.startsWith('subscribe')), ['BTC', 'ETH', 'BAD'].map((base) => `subscribe orderbook.50.${base}USDT`));
  t.end();
});

t.test('recordings from before v5 are read in the words of v5', (t) => {
  const rig = new Rig([market('BTCUSDT')], { resyncOnDuplicate: false }).open();
  rig.frame('{"topic":"depth","event":"sub","params":{"symbol":"BTCUSDT"},"code":"0","msg":"Success"}')
    .frame('{"topic":"depth","params":{"symbol":"BTCUSDT"},"data":{"s":"BTCUSDT","t":1659312000113,"v":"13_2","b":[["23293.1","0.05"]],"a":[["23293.3","0.1"]]}}')
    .frame('{"topic":"trade","params":{"symbol":"BTCUSDT"},"data":{"v":"2280000000007453966","t":1659312000103,"p":"23293.1","q":"1.4","m":true}}');
  t.same([rig.replica.levels('bids', 0), rig.replica.levels('asks', 0)], [[[232_931, 50_000]], [[232_933, 100_000]]]);
  t.match(rig.replica.trades, [{ price: 232_931, qty: 1_400_000, sell: false, id: 7_453_966 }]);

  const level = (price: string, side: string, size?: number): string => JSON.stringify({ price, symbol: 'BTCUSDT', id: 1, side, size });
  const change = (parts: string): string => `{"topic":"orderBookL2_25.BTCUSDT","type":"delta","data":{${parts},"transactTimeE6":0},"cross_seq":9,"timestamp_e6":1590683460293107}`;
  const older = new Rig().open().frame(change(`"delete":[],"update":[${level('9466', 'Buy', 1)}],"insert":[]`));
  t.equal(older.state, BookState.OUT_OF_SYNC, 'a change that no snapshot precedes says nothing');
  older.frame(`{"topic":"orderBookL2_25.BTCUSDT","type":"snapshot","data":{"order_book":[${level('9483.5', 'Sell', 9.16)},${level('9460', 'Buy', 2)}]},"cross_seq":"8","timestamp_e6":"1590683460193107"}`)
    .frame(change(`"delete":[${level('9460', 'Buy')}],"update":[${level('9483.5', 'Sell', 1)}],"insert":[${level('9461', 'Buy', 0.5)}]`))
    .frame('{"topic":"trade.BTCUSDT","data":[{"symbol":"BTCUSDT","price":9461,"size":0.25,"side":"Sell","timestamp":"2020-05-28T16:31:02.000Z","trade_id":"bfbbb893-0971-5733-8eb2-aab164d0a552"}]}');
  t.equal(older.state, BookState.IN_SYNC);
  t.same([older.replica.levels('bids', 0), older.replica.levels('asks', 0)], [[[94_610, 500_000]], [[94_835, 1_000_000]]]);
  t.match(older.replica.trades, [{ price: 94_610, qty: 250_000, sell: true }]);
  for (const odd of ['{"topic":"depth","data":5}', '{"topic":"trade","params":{"symbol":7},"data":{}}', '{"topic":"orderBookL2_25.BTCUSDT","data":{"order_book":[null,3]},"type":"snapshot"}', '{"topic":"trade.BTCUSDT","data":{}}', '{"success":true,"request":{"op":"subscribe"}}']) older.frame(odd);
  t.end();
});

const captures = ['gocryptotrader/bybit-v5/orderbook50_publicTrade.frames.jsonl', 'tickvault/bybit-v5/orderbook50_BTCUSDT.FORMAT-SAMPLE-reduced.frames.jsonl'];
t.test('recorded frames are what the plain decoder reads, and their books end the same', { skip: captureLines(captures[0]) === undefined ? 'captures folder is absent' : false }, async (t) => {
  for (const capture of captures) {
    const path = `../shared/captures/${capture}`;
    t.equal((await sourceOf(path)).venue.id, 'bybit');
    const oracle = new BybitOracle();
    const { emitted, expected, symbols: [symbol], levels } = await playRecording(bybit, path, oracle);
    // The trade is older than the book by more than a Float64 of nanoseconds is exact over.
    const inMs = (lines: readonly string[]): string[] => lines.map((text) => text.replace(/"tsVenueNs":"(\d+)"/, (_, ns: string) => `"tsVenueMs":${Math.round(Number(ns) / 1e6)}`));
    t.same(inMs(emitted), inMs(expected));
    t.ok(oracle.applied > 0);
    const [book] = oracle.books.values();
    t.same([levels(symbol, 'bids').length, levels(symbol, 'asks').length], [book.bids.size, book.asks.size]);
    const depth = capture.startsWith('gocrypto') ? 50 : 5;
    t.same([book.bids.size, book.asks.size], [depth, depth], 'what leaves the depth is deleted by name');
  }
});
