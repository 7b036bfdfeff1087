import t from 'tap';
import { readFileSync } from 'node:fs';
import { BookState, Flag, ResyncReason, VenueState } from '../../src/record/codes.js';
import { BookDelta, BookStatus, Quote, typeAt, VenueStatus } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import type { FeedOptions } from '../../src/venue/contract.js';
import { KrakenFeed } from '../../src/venue/kraken/feed.js';
import type { MarketMetadata } from '../../src/model/instrument.js';
import { FeedRig } from '../fixtures/feed-rig.js';
import { captureLines, EPOCH_UNIX_NS, feedOptions, indexOf, market, parsePreserving, PlainBook, plainCrc, RecordingHost, Replica, seeded, VenueBook, type PlainLevel } from '../fixtures/kraken.js';

const encoder = new TextEncoder();

class Rig extends FeedRig {
  constructor(markets: readonly MarketMetadata[] = [market('BTC/USD')], changes: Partial<FeedOptions> = {}, capacity = 8192) {
    super(new RecordingHost(), (options) => new KrakenFeed(options), indexOf(...markets).instruments, changes, capacity);
  }
}

/** Whether the replica holds exactly the venue's visible book, the instrument's decimals being the pair's scales. */
function equals(replica: Replica, venue: PlainBook, instrument = 0): boolean {
  return (['bids', 'asks'] as const).every((side) => {
    const expected = venue.levels(side).map(([price, qty]) => `${price} ${qty}`).join();
    return replica.levels(side, instrument).map(([price, qty]) => `${price} ${qty}`).join() === expected;
  });
}

const SHEET_SNAPSHOT = '{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":64010.0,"qty":0.07500000},{"price":64009.9,"qty":2.00000000},{"price":64008.5,"qty":0.31000000}],"asks":[{"price":64010.1,"qty":0.50000000},{"price":64010.2,"qty":0.00120000},{"price":64012.0,"qty":1.25000000}],"checksum":2427285827,"timestamp":"2026-11-18T11:06:40.000000Z"}]}';
const SHEET_UPDATE = '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":64010.0,"qty":0.00500000},{"price":64009.9,"qty":0.00000000}],"asks":[],"checksum":821301915,"timestamp":"2026-11-18T11:06:40.100000Z"}]}';

function bookFrame(type: string, bids: readonly PlainLevel[], asks: readonly PlainLevel[], checksum: number | undefined, rest = ''): string {
  const side = (levels: readonly PlainLevel[]): string => `[${levels.map(({ price, qty }) => `{"price":${price},"qty":${qty}}`).join(',')}]`;
  return `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":${side(bids)},"asks":${side(asks)}${checksum === undefined ? '' : `,"checksum":${checksum}`}${rest}}]}`;
}

t.test("the venue's own worked examples verify", (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT).frame(SHEET_UPDATE);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0), [[640_100, 500_000], [640_085, 31_000_000]]);
  t.same(rig.replica.levels('asks', 0), [[640_101, 50_000_000], [640_102, 120_000], [640_120, 125_000_000]]);
  t.equal(rig.host.counts.checksumFailures, undefined);
  const asks = '45285.2 0.00100000, 45286.4 1.54571953, 45286.6 1.54571109, 45289.6 1.54560911, 45290.2 0.15890660, 45291.8 1.54553491, 45294.7 0.04454749, 45296.1 0.35380000, 45297.5 0.09945542, 45299.5 0.18772827';
  const bids = '45283.5 0.10000000, 45283.4 1.54582015, 45282.1 0.10000000, 45281.0 0.10000000, 45280.3 1.54592586, 45279.0 0.07990000, 45277.6 0.03310103, 45277.5 0.30000000, 45277.3 1.54602737, 45276.6 0.15445238';
  const levels = (text: string): PlainLevel[] => text.split(', ').map((level) => ({ price: level.split(' ')[0], qty: level.split(' ')[1] }));
  const ten = new Rig().open().frame(bookFrame('snapshot', levels(bids), levels(asks), 3310070434));
  t.equal(ten.state, BookState.IN_SYNC);
  t.end();
});

t.test('records of a frame carry its bounds, times and checksum, and come before the state they lead to', (t) => {
  const sink = new MemorySink();
  const host = new RecordingHost();
  const feed = new KrakenFeed(feedOptions(indexOf(market('BTC/USD')).instruments, host, sink));
  feed.onOpen(5);
  sink.clear();
  const bytes = encoder.encode(SHEET_SNAPSHOT);
  feed.onFrame(bytes, bytes.length, 1234);
  t.equal(sink.count, 7);
  const delta = new BookDelta(sink.views);
  const flags = Array.from({ length: 6 }, (_, i) => delta.wrap(i * 64).flags);
  t.same(flags, [Flag.FIRST | Flag.SNAPSHOT, Flag.SNAPSHOT, Flag.SNAPSHOT, Flag.SNAPSHOT | Flag.SELL, Flag.SNAPSHOT | Flag.SELL, Flag.SNAPSHOT | Flag.SELL | Flag.LAST]);
  t.equal(delta.tsVenueNs, Number(1_795_000_000_000_000_000n - EPOCH_UNIX_NS) + (Date.UTC(2026, 10, 18, 11, 6, 40) - 1_795_000_000_000) * 1e6);
  t.equal(delta.tsRecvNs, 1234);
  t.equal(delta.venueSeq, 2427285827);
  t.equal(typeAt(sink.views, 6 * 64), BookStatus.TYPE);
  t.equal(new BookStatus(sink.views).wrap(6 * 64).state, BookState.IN_SYNC);
  t.end();
});

t.test('every checksum of a recorded stream verifies and the book ends where an independent program saw it', { skip: captureLines('k2/kraken-v2/book25_instrument_BTC-USD.frames.jsonl') === undefined ? 'captures folder is absent' : false }, (t) => {
  const lines = captureLines('k2/kraken-v2/book25_instrument_BTC-USD.frames.jsonl');
  if (lines === undefined) throw new Error('not skipped');
  const rig = new Rig().open();
  let oracle = new PlainBook(1, 8, 25);
  let verified = 0;
  for (const { dir, raw } of lines) {
    if (dir !== 'in') continue;
    rig.frame(raw);
    const message = parsePreserving(raw) as { channel?: string; type?: string; data: { bids: PlainLevel[]; asks: PlainLevel[]; checksum: string }[] };
    if (message.channel !== 'book') continue;
    if (message.type === 'snapshot') oracle = new PlainBook(1, 8, 25);
    oracle.apply('bids', message.data[0].bids);
    oracle.apply('asks', message.data[0].asks);
    oracle.truncate();
    if (oracle.checksum() === Number(message.data[0].checksum) && rig.state === BookState.IN_SYNC && equals(rig.replica, oracle)) verified++;
  }
  t.equal(verified, 43);
  t.same(rig.host.counts, { frames: lines.length });
  t.same([oracle.texts('bids')[0], oracle.texts('asks')[0]], [['78500.6', '0.11565097'], ['78500.7', '0.05733533']]);
  t.same(rig.replica.levels('bids', 0)[0], [785_006, 11_565_097]);
  t.same(rig.replica.levels('asks', 0)[0], [785_007, 5_733_533]);
  t.end();
});

t.test('a random market stays equal to the venue level by level at every depth, whatever falls out of scope', (t) => {
  for (const depth of [10, 25, 100]) {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const venue = new VenueBook('BTC/USD', depth, seeded(seed));
    const rig = new Rig([market('BTC/USD')], { depth }).open().frame(venue.snapshot());
    let equal = 0;
    const random = seeded(seed + 1);
    for (let i = 0; i < 400; i++) {
      rig.frame(venue.update(1 + Math.floor(random() * 6)));
      if (rig.state === BookState.IN_SYNC && equals(rig.replica, venue.visible())) equal++;
    }
    t.equal(equal, 400, `seed ${seed}, depth ${depth}`);
    t.equal(rig.host.counts.checksumFailures, undefined);
  }
  t.end();
});

t.test("a pair whose other venue is finer gets the same numbers at the pair's scale", (t) => {
  const rig = new Rig([market('BTC/USD', { tickSize: '0.01', priceDecimals: 1 })]).open().frame(SHEET_SNAPSHOT);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0)[0], [6_401_000, 7_500_000]);
  t.end();
});

t.test('a lost frame is found by the next checksum, and only that symbol is subscribed anew', (t) => {
  const random = seeded(11);
  const btc = new VenueBook('BTC/USD', 25, random);
  const eth = new VenueBook('ETH/USD', 25, random);
  const rig = new Rig([market('BTC/USD'), market('ETH/USD')]).open();
  t.same(rig.host.takeSent(), ['subscribe book BTC/USD,ETH/USD', 'subscribe trade BTC/USD,ETH/USD', 'subscribe instrument']);
  rig.frame(btc.snapshot()).frame(eth.snapshot());
  t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC]);
  btc.update(30);
  const before = rig.replica.deltas;
  for (let i = 0; i < 20 && rig.replica.states[0] === BookState.IN_SYNC; i++) rig.frame(btc.update(3));
  t.same(rig.replica.states, [BookState.OUT_OF_SYNC, BookState.IN_SYNC]);
  t.equal(rig.replica.reasons[0], ResyncReason.CHECKSUM);
  t.equal(rig.replica.deltas, before, 'nothing of the wrong frame was published');
  t.same(rig.host.takeSent(), ['unsubscribe book BTC/USD', 'subscribe book BTC/USD']);
  rig.frame(btc.update(2)).frame(eth.update(2));
  t.equal(rig.replica.states[0], BookState.OUT_OF_SYNC, 'updates in flight do not bring it back');
  rig.frame(btc.snapshot());
  t.equal(rig.replica.states[0], BookState.IN_SYNC);
  t.ok(equals(rig.replica, btc.visible(), 0));
  t.ok(equals(rig.replica, eth.visible(), 1));
  t.match(rig.host.counts, { checksumFailures: 1, resyncs: 1 });
  t.end();
});

t.test('an unchanged top ten must repeat the checksum', (t) => {
  const venue = new VenueBook('BTC/USD', 25, seeded(5));
  venue.update(500);
  const snapshot = venue.snapshot();
  const deep = venue.visible().levels('bids')[20][0];
  const checksum = venue.visible().checksum();
  const update = (sum: number): string => bookFrame('update', [{ price: `${deep / 10n}.${deep % 10n}`, qty: '7.00000000' }], [], sum);
  t.equal(new Rig().open().frame(snapshot).frame(update(checksum)).state, BookState.IN_SYNC);
  t.equal(new Rig().open().frame(snapshot).frame(update(checksum ^ 1)).state, BookState.OUT_OF_SYNC);
  t.end();
});

t.test('of the same price twice in one update the last wins, and a duplicate frame changes nothing', (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT);
  const twice = SHEET_UPDATE.replace('{"price":64010.0,"qty":0.00500000}', '{"price":64010.0,"qty":9.00000000},{"price":64010.0,"qty":0.00500000}');
  rig.frame(twice).frame(twice);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0), [[640_100, 500_000], [640_085, 31_000_000]]);
  t.end();
});

t.test('keys in another order, blanks, quoted numbers and exponents are the same frame', (t) => {
  const odd = `{ "data" : [ { "timestamp" : null, "checksum" : "2427285827",
    "asks" : [ { "qty" : 5e-1, "price" : "64010.1" } , {"price":64010.20,"qty":1.2E-3,"x":{"y":[1,2]}}, {"price":6.4012e4,"qty":1.25} ],
    "bids" : [ {"price":64010,"qty":0.075}, {"price":64009.9,"qty":2}, {"price":64008.5,"qty":0.31} ], "symbol" : "BTC/USD" } ],
    "type" : "snapshot", "channel" : "book" }`;
  const rig = new Rig().open().frame(odd);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('asks', 0), [[640_101, 50_000_000], [640_102, 120_000], [640_120, 125_000_000]]);
  t.end();
});

t.test('a snapshot without a checksum is not traded on until an update verifies; an update without one costs a resync', (t) => {
  const bare = SHEET_SNAPSHOT.replace('"checksum":2427285827,', '');
  const rig = new Rig().open().frame(bare);
  t.equal(rig.state, BookState.SYNCING);
  t.equal(rig.replica.levels('bids', 0).length, 3);
  rig.frame(SHEET_UPDATE);
  t.equal(rig.state, BookState.IN_SYNC);
  rig.frame(SHEET_UPDATE.replace('"checksum":821301915,', ''));
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  t.equal(rig.replica.reasons[0], ResyncReason.MALFORMED);
  t.end();
});

t.test('a book that crosses itself or is empty never counts as tradable, though it equals the venue', (t) => {
  const asks = [{ price: '10.0', qty: '1.0' }];
  const bids = [{ price: '11.0', qty: '1.0' }];
  const sum = plainCrc('100100000000110100000000');
  const rig = new Rig().open().frame(bookFrame('snapshot', bids, asks, sum));
  t.equal(rig.state, BookState.HALTED);
  t.equal(rig.replica.reasons[0], ResyncReason.CROSSED);
  rig.frame(bookFrame('update', [{ price: '11.0', qty: '0.0' }], [], plainCrc('100100000000')));
  t.equal(rig.state, BookState.IN_SYNC);
  const empty = new Rig().open().frame(bookFrame('snapshot', [], [], 0));
  t.equal(empty.state, BookState.IN_SYNC);
  t.equal(empty.replica.deltas, 0);
  t.end();
});

t.test('zero prices are no levels, and times of 1970 are no times', (t) => {
  const rig = new Rig().open().frame(bookFrame('snapshot', [{ price: '0', qty: '1.0' }, { price: '5.0', qty: '1.0' }], [], plainCrc('50100000000'), ',"timestamp":"1970-01-01T00:00:00.000000Z"'));
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0), [[50, 100_000_000]]);
  t.end();
});

t.test('numbers the engine cannot hold exactly take the book out of sync, named as such', (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT).frame(bookFrame('update', [{ price: '64010.05', qty: '1.0' }], [], 1));
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  t.equal(rig.replica.reasons[0], ResyncReason.OUT_OF_RANGE);
  const large = new Rig().open().frame(SHEET_SNAPSHOT).frame(bookFrame('update', [{ price: '64010.0', qty: '999999999.0' }], [], 1));
  t.equal(large.replica.reasons[0], ResyncReason.OUT_OF_RANGE);
  t.equal(large.host.counts.outOfRange, 1);
  t.end();
});

t.test('a truncated frame is counted and costs the book it named, or every book it may have meant', (t) => {
  const named = SHEET_UPDATE.slice(0, SHEET_UPDATE.indexOf('"asks"'));
  const nameless = SHEET_UPDATE.slice(0, SHEET_UPDATE.indexOf('"BTC'));
  const start = (): Rig => {
    const eth = new VenueBook('ETH/USD', 25, seeded(3));
    return new Rig([market('BTC/USD'), market('ETH/USD')]).open().frame(SHEET_SNAPSHOT).frame(eth.snapshot());
  };
  t.same(start().frame(named).replica.states, [BookState.OUT_OF_SYNC, BookState.IN_SYNC]);
  t.same(start().frame(nameless).replica.states, [BookState.OUT_OF_SYNC, BookState.OUT_OF_SYNC]);
  const rig = start().frame('{"chan').frame('').frame('null').frame('[1,2]').frame('\u0000\u0001');
  t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC], 'what belongs to no channel costs nothing');
  const deltas = rig.replica.deltas;
  rig.frame(SHEET_UPDATE.slice(0, -1));
  t.same(rig.replica.states, [BookState.OUT_OF_SYNC, BookState.IN_SYNC], 'without its last brace a frame is none, though its checksum matches');
  t.equal(rig.replica.deltas, deltas, 'and nothing of it is published');
  t.equal(rig.host.counts.malformed, 6);
  t.end();
});

t.test('any mutation of a frame leaves the book either equal to the venue or out of sync', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const venue = new VenueBook('BTC/USD', 25, random);
  const rig = new Rig([market('BTC/USD')], { stallNs: 1e15 }).open().frame(venue.snapshot());
  let wrong = 0;
  let threw = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = encoder.encode(venue.update(2));
    const mutations = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    for (let m = 0; m < mutations; m++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const length = mutations > 0 && random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
    const before = rig.replica.deltas;
    try {
      rig.feed.onFrame(bytes, length, rig.nowNs++);
    } catch {
      threw++;
    }
    rig.replica.drain();
    // A frame that can be told to be of no channel or symbol is passed over; the next checksum finds what it lacked.
    const passedOver = mutations > 0 && rig.replica.deltas === before;
    if (rig.state === BookState.IN_SYNC && !passedOver && !topEquals(rig.replica, venue)) wrong++;
    if (rig.state !== BookState.IN_SYNC) rig.frame(venue.snapshot());
  }
  t.equal(threw, 0, `seed ${seed}`);
  t.equal(wrong, 0, `seed ${seed}`);
  t.end();
});

function topEquals(replica: Replica, venue: VenueBook): boolean {
  const top = (levels: readonly (readonly [number | bigint, number | bigint])[]): string => levels.slice(0, 10).map(([price, qty]) => `${price} ${qty}`).join();
  return (['bids', 'asks'] as const).every((side) => top(replica.levels(side, 0)) === top(venue.visible().levels(side)));
}

t.test('a full ring publishes nothing of a frame and costs a resync that is announced when there is room', (t) => {
  const host = new RecordingHost();
  const sink = new MemorySink(8);
  const feed = new KrakenFeed(feedOptions(indexOf(market('BTC/USD')).instruments, host, sink));
  const replica = new Replica(sink, 1);
  const frame = (text: string): void => feed.onFrame(encoder.encode(text), text.length, 1e9);
  feed.onOpen(1e9);
  frame(SHEET_SNAPSHOT);
  t.equal(sink.count, 8);
  frame(SHEET_UPDATE);
  t.equal(sink.count, 8);
  t.equal(host.counts.ringFull, 1);
  replica.drain();
  t.equal(replica.states[0], BookState.IN_SYNC);
  feed.onTimer(1e9);
  replica.drain();
  t.equal(replica.states[0], BookState.OUT_OF_SYNC);
  t.equal(replica.reasons[0], ResyncReason.RING_FULL);
  frame(SHEET_SNAPSHOT);
  replica.drain();
  t.equal(replica.states[0], BookState.IN_SYNC);
  t.end();
});

t.test('maintenance halts every book and says so; the return of the venue starts them anew', (t) => {
  const status = (system: string): string => `{"channel":"status","type":"update","data":[{"system":"${system}","api_version":"v2","connection_id":17408390984690501469,"version":"2.0.10"}]}`;
  const sink = new MemorySink();
  const host = new RecordingHost();
  const feed = new KrakenFeed(feedOptions(indexOf(market('BTC/USD')).instruments, host, sink));
  const frame = (text: string): void => feed.onFrame(encoder.encode(text), text.length, 1e9);
  feed.onOpen(1e9);
  frame(status('online'));
  frame(SHEET_SNAPSHOT);
  for (const system of ['maintenance', 'cancel_only', 'post_only']) {
    frame(status('online'));
    frame(SHEET_SNAPSHOT);
    sink.clear();
    frame(status(system));
    t.equal(typeAt(sink.views, 0), VenueStatus.TYPE);
    t.equal(new VenueStatus(sink.views).wrap(0).state, VenueState.MAINTENANCE);
    t.equal(new BookStatus(sink.views).wrap(64).state, BookState.HALTED);
  }
  sink.clear();
  frame(status('online'));
  t.equal(new VenueStatus(sink.views).wrap(0).state, VenueState.UP);
  t.equal(new BookStatus(sink.views).wrap(64).state, BookState.OUT_OF_SYNC);
  frame(SHEET_SNAPSHOT);
  t.end();
});

t.test('a symbol the venue refuses is reported and does not stop the others', (t) => {
  const rig = new Rig([market('BTC/USD'), market('FOO/BAR')]).open();
  const { req_id: id } = JSON.parse(rig.host.sent[0]) as { req_id: number };
  rig.frame(`{"method":"subscribe","req_id":${id},"error":"Currency pair not supported FOO/BAR","symbol":"FOO/BAR","success":false,"time_in":"2026-11-18T11:06:40.000001Z"}`);
  rig.frame(SHEET_SNAPSHOT);
  t.same(rig.replica.states, [BookState.IN_SYNC, BookState.OUT_OF_SYNC]);
  t.equal(rig.replica.reasons[1], ResyncReason.REJECTED);
  t.equal(rig.host.counts.rejected, 1);
  rig.host.takeSent();
  rig.wait(8e9).frame(SHEET_UPDATE).wait(1e9);
  t.same(rig.host.takeSent().filter((text) => text.includes('FOO')), [], 'and is not asked for again soon');
  t.end();
});

t.test('an answer that never comes is asked for again, ever more patiently', (t) => {
  const rig = new Rig([market('BTC/USD')], { stallNs: 1e15 }).open();
  rig.host.takeSent();
  let asked = 0;
  for (let i = 0; i < 600; i++) {
    rig.wait(100e6);
    asked += rig.host.takeSent().filter((text) => text.startsWith('subscribe book')).length;
  }
  t.ok(asked >= 3 && asked <= 12, `${asked} times in a minute`);
  t.end();
});

t.test('a complaint about the message rate pauses subscriptions', (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT).frame('{"Error":"Exceeded msg rate"}');
  rig.host.takeSent();
  rig.feed.resync(0, ResyncReason.GAP, rig.nowNs);
  t.same(rig.host.takeSent(), []);
  rig.wait(6e9);
  t.same(rig.host.takeSent().filter((text) => text !== 'ping'), ['unsubscribe book BTC/USD', 'subscribe book BTC/USD']);
  t.end();
});

t.test('a silent connection is pinged, then made anew; a quiet book is asked for again ever less often', (t) => {
  const rig = new Rig([market('BTC/USD')], { stallNs: 4e9 }).open().frame(SHEET_SNAPSHOT);
  rig.host.takeSent();
  rig.wait(2.1e9);
  t.same(rig.host.takeSent(), ['ping']);
  rig.wait(2e9);
  t.equal(rig.host.reconnects.length, 1);
  const quiet = new Rig([market('BTC/USD')], { stallNs: 4e9 }).open().frame(SHEET_SNAPSHOT);
  const stalls: number[] = [];
  for (let second = 0; second < 60; second++) {
    quiet.wait(1e9).frame('{"channel":"heartbeat"}');
    if (quiet.state !== BookState.IN_SYNC) {
      stalls.push(second);
      t.equal(quiet.replica.reasons[0], ResyncReason.STALL);
      quiet.frame(SHEET_SNAPSHOT);
    }
  }
  t.ok(stalls.length >= 2 && stalls.length <= 5, `at ${stalls.join()}`);
  t.same(quiet.host.reconnects, []);
  t.end();
});

t.test('a lost connection takes every book out of sync, and the next one starts a new life', (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT);
  rig.feed.onClose(rig.nowNs);
  rig.replica.drain();
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  t.equal(rig.replica.reasons[0], ResyncReason.RECONNECT);
  rig.host.takeSent();
  rig.open();
  t.ok(rig.host.takeSent().includes('subscribe book BTC/USD'));
  t.equal(rig.frame(SHEET_SNAPSHOT).state, BookState.IN_SYNC);
  t.end();
});

t.test('a change of precision or status on the instrument channel is heeded', (t) => {
  const instrument = (status: string, precision: number): string => `{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","status":"${status}","qty_precision":8,"price_precision":${precision},"qty_increment":1e-08}]}}`;
  const rig = new Rig([market('BTC/USD', { tickSize: '0.01', priceDecimals: 1 })]).open().frame(SHEET_SNAPSHOT).frame(instrument('online', 1));
  t.equal(rig.state, BookState.IN_SYNC);
  t.equal(rig.frame(instrument('cancel_only', 1)).state, BookState.HALTED);
  t.equal(rig.frame(instrument('online', 1)).state, BookState.IN_SYNC);
  t.equal(rig.frame(instrument('online', 2)).state, BookState.OUT_OF_SYNC);
  rig.frame(bookFrame('snapshot', [{ price: '64010.05', qty: '1.00000000' }], [], plainCrc('6401005100000000')));
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0), [[6_401_005, 100_000_000]]);
  t.end();
});

t.test('trades are published once, history and strangers are not', (t) => {
  const trade = (type: string, ...ids: number[]): string => `{"channel":"trade","type":"${type}","data":[${ids.map((id) => `{"symbol":"BTC/USD","side":"${id % 2 === 0 ? 'buy' : 'sell'}","price":62370.5,"qty":2.5e-05,"ord_type":"limit","trade_id":${id},"timestamp":"2026-11-18T11:06:40.5Z"}`).join(',')}]}`;
  const rig = new Rig().open().frame(trade('snapshot', 1, 2)).frame(trade('update', 3, 4)).frame(trade('update', 4, 5)).frame(trade('update', 6).replace('BTC', 'XYZ')).frame(trade('update', 7, 8).replace('62370.5', '-1'));
  t.same(rig.replica.trades.map(({ id, sell, price, qty }) => [id, sell, price, qty]), [[3, true, 623_705, 2500], [4, false, 623_705, 2500], [5, true, 623_705, 2500]]);
  t.match(rig.host.counts, { duplicates: 1, unknownSymbol: 1, malformed: 1 });
  t.end();
});

t.test("the venue's own best bid and ask become quotes; what is zero or absent is a missing side", (t) => {
  const sink = new MemorySink();
  const feed = new KrakenFeed(feedOptions(indexOf(market('BTC/USD')).instruments, new RecordingHost(), sink));
  feed.onOpen(1e9);
  const quoteOf = (fields: string): number[] => {
    sink.clear();
    const text = `{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD",${fields}}]}`;
    feed.onFrame(encoder.encode(text), text.length, 1e9);
    const quote = new Quote(sink.views).wrap(0);
    return [sink.count, quote.bidPrice, quote.bidQty, quote.askPrice, quote.askQty, quote.tsVenueNs];
  };
  t.same(quoteOf('"bid":64010.0,"bid_qty":0.5,"ask":64010.1,"ask_qty":1e-08,"last":1'), [1, 640_100, 50_000_000, 640_101, 1, 0]);
  t.same(quoteOf('"bid":0,"bid_qty":0,"ask":64010.1,"ask_qty":0,"timestamp":"1970-01-01T00:00:00.000000Z"'), [1, 0, 0, 0, 0, 0]);
  t.equal(quoteOf('"bid":-1,"bid_qty":1')[0], 0);
  t.end();
});

t.test('a book frame that does not say whether it is a snapshot or an update costs the books it may have meant', (t) => {
  const rig = new Rig().open().frame(SHEET_SNAPSHOT).frame(SHEET_UPDATE.replace('"type":"update",', ''));
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  t.equal(rig.host.counts.malformed, 1);
  t.end();
});

t.test('odd messages of other libraries are survived', { skip: captureLines('tardis-node/kraken-v2/messages.frames.jsonl') === undefined ? 'captures folder is absent' : false }, (t) => {
  const rig = new Rig().open();
  for (const { raw } of captureLines('tardis-node/kraken-v2/messages.frames.jsonl') ?? []) rig.frame(raw);
  for (const name of ['ws_book_snapshot', 'ws_book_update', 'ws_trade_update', 'ws_ticker_snapshot', 'ws_subscribe_response', 'ws_add_order_response_failure']) {
    rig.frame(readFileSync(`../shared/captures/nautilus/kraken/${name}.json`, 'utf8'));
  }
  t.equal(rig.host.counts.malformed, undefined);
  t.equal(rig.host.counts.checksumFailures, 1, 'a book cut to three levels by its author cannot match');
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  t.equal(rig.replica.trades.length, 3);
  t.end();
});
