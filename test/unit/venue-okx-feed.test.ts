import t from 'tap';
import { sourceOf } from '../../src/cli/replay-sources.js';
import { formatTrimmed } from '../../src/model/decimal.js';
import type { MarketMetadata } from '../../src/model/instrument.js';
import { BookState, Flag, ResyncReason, VenueReason, VenueState } from '../../src/record/codes.js';
import { BookDelta, BookStatus, typeAt, VenueStatus } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import type { FeedOptions, HttpRequest } from '../../src/venue/contract.js';
import { OkxFeed } from '../../src/venue/okx/feed.js';
import { okx } from '../../src/venue/okx/index.js';
import { FeedRig } from '../fixtures/feed-rig.js';
import { captureLines, EPOCH_UNIX_NS, feedOptions, RecordingHost, Replica, seeded } from '../fixtures/kraken.js';
import { BASE_MS, bookFrame, granted, indexOf, market, plainChecksum, restBook, tradeFrame, VenueBook, type BookFrame, type Level } from '../fixtures/okx.js';
import { OkxOracle } from '../fixtures/okx-oracle.js';
import { playRecording } from '../fixtures/recorded.js';

const encoder = new TextEncoder();

/** Also notes what each question is to be answered with. */
class TaggedHost extends RecordingHost {
  readonly tags: number[] = [];

  override request(tag: number, request: HttpRequest): void {
    this.tags.push(tag);
    super.request(tag, request);
  }
}

class Rig extends FeedRig<TaggedHost> {
  constructor(markets: readonly MarketMetadata[] = [market('BTC-USDT')], changes: Partial<FeedOptions> = {}, capacity = 8192) {
    super(new TaggedHost(), (options) => new OkxFeed(options), indexOf(...markets).instruments, changes, capacity);
  }

  book(frame: BookFrame): this {
    return this.frame(bookFrame(frame));
  }

  /** Answer the oldest REST question. */
  answer(body: string, status = 200): this {
    return this.respond(this.host.tags.shift() ?? -1, body, status);
  }

  get reason(): number {
    return this.replica.reasons[0];
  }

  /** Messages sent since the last call: `subscribe books BTC-USDT`. */
  takeSent(): string[] {
    return this.host.sent.splice(0).map((text) => {
      if (text === 'ping') return text;
      const { op, args } = JSON.parse(text) as { op: string; args: { channel: string; instId?: string }[] };
      return [op, args[0].channel, ...args.flatMap(({ instId }) => instId ?? [])].join(' ');
    });
  }
}

function equals(replica: Replica, venue: VenueBook, instrument = 0): boolean {
  return (['bids', 'asks'] as const).every((side) => replica.levels(side, instrument).join(' ') === venue.visible(side).join(' '));
}

/** The examples of the protocol sheet. */
const SNAPSHOT = '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"asks":[["64000.2","1.1","0","4"]],"bids":[["64000.1","0.5","0","2"]],"ts":"1795000000010","checksum":0,"seqId":9001,"prevSeqId":-1}]}';
const UPDATE = '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],"bids":[["64000.1","0","0","0"],["64000","0.25","0","1"]],"ts":"1795000000110","checksum":0,"seqId":9007,"prevSeqId":9001}]}';

t.test('a snapshot and an update are records with bounds, times and the sequence, before the state they lead to', (t) => {
  const sink = new MemorySink();
  const feed = new OkxFeed(feedOptions(indexOf(market('BTC-USDT')).instruments, new RecordingHost(), sink));
  feed.onOpen(5);
  sink.clear();
  for (const [frame, at] of [[SNAPSHOT, 1234], [UPDATE, 1300]] as const) feed.onFrame(encoder.encode(frame), frame.length, at);
  t.equal(sink.count, 5);
  const delta = new BookDelta(sink.views);
  t.same([0, 1, 3, 4].map((i) => delta.wrap(i * 64).flags), [Flag.FIRST | Flag.SNAPSHOT | Flag.SELL, Flag.SNAPSHOT | Flag.LAST, Flag.FIRST, Flag.LAST]);
  t.same([delta.venueSeq, delta.price, delta.qty, delta.tsRecvNs], [9007, 640_000, 25_000_000, 1300]);
  t.equal(delta.tsVenueNs, Number(BigInt(BASE_MS + 110) * 1_000_000n - EPOCH_UNIX_NS));
  t.equal(typeAt(sink.views, 2 * 64), BookStatus.TYPE);
  t.equal(new BookStatus(sink.views).wrap(2 * 64).state, BookState.IN_SYNC);
  t.end();
});

t.test('a random market stays equal to the venue level by level, by sequence, by checksum and by both, over quiet minutes and maintenance', (t) => {
  for (const dialect of ['sequence', 'checksum', 'both'] as const) {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = seeded(seed);
    const venue = new VenueBook('BTC-USDT', dialect === 'sequence' ? 400 : 40, random, dialect);
    const rig = new Rig().open().frame(venue.snapshot());
    let equal = 0;
    for (let i = 0; i < 300; i++) {
      if (i === 150) venue.maintain();
      rig.frame(i % 37 === 36 ? venue.keepAlive() : venue.update(1 + Math.floor(random() * 6)));
      if (rig.state === BookState.IN_SYNC && equals(rig.replica, venue)) equal++;
    }
    t.equal(equal, 300, `seed ${seed}, ${dialect}`);
    t.same(rig.host.counts, { frames: 301 });
  }
  t.end();
});

t.test("the venue's own checksum example verifies, one that does not match costs the book, and zero is none", (t) => {
  const bids: Level[] = [['3366.1', '7'], ['3366', '6']];
  const asks: Level[] = [['3366.8', '9'], ['3368', '8'], ['3372', '8']];
  t.equal(plainChecksum(bids, asks), 1362239393);
  const rig = new Rig().open().book({ action: 'snapshot', bids, asks, checksum: 1362239393 });
  t.equal(rig.state, BookState.IN_SYNC);
  const wrong = new Rig().open().book({ action: 'snapshot', bids, asks, checksum: 1362239394 });
  t.same([wrong.state, wrong.reason, wrong.host.counts.checksumFailures], [BookState.OUT_OF_SYNC, ResyncReason.CHECKSUM, 1]);
  // Neither sequence nor checksum: nothing proves it.
  const bare = new Rig().open().book({ action: 'snapshot', bids, asks });
  t.equal(bare.state, BookState.SYNCING);
  bare.book({ action: 'update', bids: [['3366', '0']], checksum: plainChecksum(bids.slice(0, 1), asks) });
  t.equal(bare.state, BookState.IN_SYNC);
  bare.book({ action: 'update', bids: [['3366', '1']] });
  t.same([bare.state, bare.reason], [BookState.OUT_OF_SYNC, ResyncReason.MALFORMED]);
  t.end();
});

t.test('a gap, a step back and a doubled frame take one book out of sync, and only that one is subscribed anew', (t) => {
  for (const [seqId, prevSeqId, reason, counter] of [[9020, 9010, ResyncReason.GAP, 'gaps'], [8000, 7990, ResyncReason.GAP, 'gaps'], [9007, 9001, ResyncReason.DUPLICATE, 'duplicates']] as const) {
    const rig = new Rig([market('BTC-USDT'), market('ETH-USDT')]).open();
    t.same(rig.takeSent(), ['subscribe books BTC-USDT ETH-USDT', 'subscribe trades BTC-USDT ETH-USDT', 'subscribe instruments']);
    rig.frame(granted('books', 'BTC-USDT')).frame(SNAPSHOT).book({ symbol: 'ETH-USDT', action: 'snapshot', bids: [['3000', '1']], seqId: 7, prevSeqId: -1 }).frame(UPDATE);
    t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC]);
    const before = rig.replica.deltas;
    rig.book({ action: 'update', bids: [['64000', '9']], seqId, prevSeqId });
    t.same(rig.replica.states, [BookState.OUT_OF_SYNC, BookState.IN_SYNC]);
    t.equal(rig.reason, reason);
    t.equal(rig.host.counts[counter], 1);
    t.same(rig.takeSent(), ['unsubscribe books BTC-USDT', 'subscribe books BTC-USDT']);
    rig.book({ action: 'update', bids: [['64000', '8']], seqId: seqId + 1, prevSeqId: seqId });
    t.equal(rig.replica.deltas, before, 'updates of the former subscription do not count');
    t.same(rig.host.requests, [], 'and are no reason to ask by REST');
    rig.frame(granted('books', 'BTC-USDT', 'unsubscribe')).frame(granted('books', 'BTC-USDT')).book({ action: 'snapshot', bids: [['64001', '1']], seqId: 9900, prevSeqId: -1 });
    t.same(rig.replica.states, [BookState.IN_SYNC, BookState.IN_SYNC]);
    t.same(rig.replica.levels('bids', 0), [[640_010, 100_000_000]]);
  }
  const transcript = new Rig([market('BTC-USDT')], { resyncOnDuplicate: false }).open().frame(SNAPSHOT).frame(UPDATE).frame(UPDATE);
  t.equal(transcript.state, BookState.IN_SYNC, 'a recording is not asked anew for a frame that it holds twice');
  t.end();
});

t.test('after maintenance a sequence may fall, but only behind the one last seen', (t) => {
  const rig = new Rig().open().frame(SNAPSHOT).book({ action: 'update', bids: [['64000', '1']], seqId: 3, prevSeqId: 9001 }).book({ action: 'update', bids: [['63999', '1']], seqId: 5, prevSeqId: 3 });
  t.equal(rig.state, BookState.IN_SYNC);
  t.equal(rig.replica.levels('bids', 0).length, 3);
  t.equal(rig.book({ action: 'update', seqId: 4, prevSeqId: 2 }).state, BookState.OUT_OF_SYNC);
  t.end();
});

t.test('updates without a snapshot wait while it is asked for by REST, and go on from its sequence', (t) => {
  const start = (): Rig => new Rig().open().frame(granted('books', 'BTC-USDT'))
    .book({ action: 'update', bids: [['64000', '1']], seqId: 110, prevSeqId: 100 })
    .book({ action: 'update', bids: [['64000', '2']], seqId: 120, prevSeqId: 110 })
    .book({ action: 'update', bids: [['64000', '3']], seqId: 130, prevSeqId: 120 });
  const rig = start();
  t.same(rig.host.requests, [{ method: 'GET', path: '/api/v5/market/books?instId=BTC-USDT&sz=400' }]);
  t.equal(rig.state, BookState.OUT_OF_SYNC);
  rig.answer(restBook(115, [['64001', '5']], [['64000', '1.5'], ['63999', '4']]));
  t.equal(rig.state, BookState.IN_SYNC);
  t.same(rig.replica.levels('bids', 0), [[640_000, 300_000_000], [639_990, 400_000_000]], 'the update that spans the sequence of the snapshot counts, the one before does not');
  rig.book({ action: 'update', asks: [['64001', '0']], seqId: 140, prevSeqId: 130 });
  t.same([rig.state, rig.replica.levels('asks', 0)], [BookState.IN_SYNC, []]);

  const late = start().answer(restBook(400, [], [['1', '1']]));
  t.equal(late.state, BookState.IN_SYNC, 'a snapshot newer than all that waits');
  late.book({ action: 'update', seqId: 150, prevSeqId: 130 }).book({ action: 'update', bids: [['1', '2']], seqId: 410, prevSeqId: 390 });
  t.same([late.state, late.replica.levels('bids', 0)], [BookState.IN_SYNC, [[10, 200_000_000]]]);
  late.book({ action: 'update', seqId: 420, prevSeqId: 411 });
  t.equal(late.reason, ResyncReason.GAP, 'from then on the chain is strict');

  const old = start().answer(restBook(90, [], [['1', '1']]));
  t.equal(old.state, BookState.OUT_OF_SYNC, 'older than all that waits');
  old.wait(600e6);
  t.equal(old.host.requests.length, 2, 'it is asked for again');
  old.answer('{"code":"50013","msg":"busy","data":[]}').wait(600e6).answer('', 503).wait(600e6).answer(restBook(120, [], [['1', '1']]));
  t.equal(old.state, BookState.IN_SYNC);
  t.match(old.host.counts, { malformed: 1, requestErrors: 1 });

  const snapshotAfterAll = start().frame(SNAPSHOT).answer(restBook(115, [], [['1', '1']]));
  t.same(snapshotAfterAll.replica.levels('bids', 0), [[640_001, 50_000_000]], 'the one on the channel has the last word');

  const recording = start().answer('', 410).book({ action: 'update', bids: [['64000', '4']], seqId: 140, prevSeqId: 130 });
  t.equal(recording.state, BookState.OUT_OF_SYNC);
  t.equal(recording.replica.deltas, 4, 'what a recording holds is published all the same');
  t.end();
});

t.test('keys in another order, blanks, exponents and extra members are the same frame', (t) => {
  const odd = `{ "data" : [ { "prevSeqId":-1, "seqId" : 9001, "x": [1,{"y":null}], "checksum" : 0, "ts" : "1795000000010",
    "bids" : [ [ "6.40001e4" , "0.50000000" , "0" ] ], "asks" : [["64000.20","11e-1"]] } ],
    "action" : "snapshot", "arg" : { "instId" : "BTC-USDT" , "channel" : "books" } }`;
  const rig = new Rig().open().frame(odd);
  t.equal(rig.state, BookState.IN_SYNC);
  t.same([rig.replica.levels('bids', 0), rig.replica.levels('asks', 0)], [[[640_001, 50_000_000]], [[640_002, 110_000_000]]]);
  t.end();
});

t.test('what cannot be read costs the book it names, named for what it is; what names none costs nothing yet', (t) => {
  const broken: readonly [string, number][] = [
    [UPDATE.slice(0, -20), ResyncReason.MALFORMED],
    [UPDATE.replace('"seqId":9007,', ''), ResyncReason.MALFORMED],
    [UPDATE.replace('"seqId":9007', '"seqId":9007,"seqId":9008'), ResyncReason.MALFORMED],
    [UPDATE.replace('"asks":[]', '"asks":[],"bids":[["1","1"]]'), ResyncReason.MALFORMED],
    [UPDATE.replace('"asks":[],', ''), ResyncReason.MALFORMED],
    [UPDATE.replace('"action":"update"', '"action":"change"'), ResyncReason.MALFORMED],
    [UPDATE.replace('"0.25"', '"-1"'), ResyncReason.MALFORMED],
    [UPDATE.replace('"0.25"', '"x"'), ResyncReason.MALFORMED],
    [UPDATE.replace('}]}', '},{}]}'), ResyncReason.MALFORMED],
    [`${UPDATE}}`, ResyncReason.MALFORMED],
    [UPDATE.replace('"64000"', '"64000.05"'), ResyncReason.OUT_OF_RANGE],
    [UPDATE.replace('0.25', '99999999999'), ResyncReason.OUT_OF_RANGE],
    [UPDATE.replace(':9007', ':99999999999999999999'), ResyncReason.OUT_OF_RANGE],
  ];
  for (const [frame, reason] of broken) {
    const rig = new Rig().open().frame(SNAPSHOT).frame(frame);
    t.equal(rig.state, BookState.OUT_OF_SYNC, frame);
    t.equal(rig.reason, reason, frame);
  }
  const rig = new Rig().open().frame(SNAPSHOT);
  for (const nothing of ['', 'null', '[1]', '{"arg":{"cha', '\u0000', 'pong', '{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{}]}', '{}', '{"event":1}', UPDATE.replaceAll('BTC-USDT', 'XYZ-USDT')]) rig.frame(nothing);
  t.equal(rig.state, BookState.IN_SYNC);
  t.match(rig.host.counts, { malformed: 6, unknownSymbol: 1 });
  t.end();
});

t.test('any mutation of a frame leaves the book either equal to what a plain decoder makes of the same bytes or out of sync', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const venue = new VenueBook('BTC-USDT', 50, random);
  const rig = new Rig([market('BTC-USDT')], { stallNs: 1e15, resyncOnDuplicate: false }).open();
  const oracle = new OkxOracle();
  const same = (): boolean => (['bids', 'asks'] as const).every((side) =>
    rig.replica.levels(side, 0).map(([price, qty]) => `${formatTrimmed(price, 1)},${formatTrimmed(qty, 8)}`).join(' ') === oracle.levels('BTC-USDT', side).join(' '));
  const restart = (): void => {
    const snapshot = venue.snapshot();
    oracle.play({ raw: snapshot, recvNs: null });
    rig.frame(snapshot);
  };
  /** False for what is no JSON: neither of the two can make anything of it. */
  const plays = (raw: string): boolean => {
    try {
      oracle.play({ raw, recvNs: null });
      return true;
    } catch {
      return false;
    }
  };
  restart();
  let wrong = 0;
  let applied = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = encoder.encode(venue.update(2));
    const mutations = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    for (let m = 0; m < mutations; m++) bytes[Math.floor(random() * bytes.length)] = 32 + Math.floor(random() * 95);
    const length = mutations > 0 && random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
    rig.feed.onFrame(bytes, length, rig.nowNs++);
    rig.replica.drain();
    if (rig.state === BookState.IN_SYNC && plays(new TextDecoder().decode(bytes.subarray(0, length)))) applied++;
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
  const feed = new OkxFeed(feedOptions(indexOf(market('BTC-USDT')).instruments, host, sink));
  const replica = new Replica(sink, 1);
  const frame = (text: string): void => feed.onFrame(encoder.encode(text), text.length, 1e9);
  feed.onOpen(1e9);
  frame(SNAPSHOT);
  t.equal(sink.count, 4);
  frame(UPDATE);
  t.equal(sink.count, 5, 'one slot was left for the news');
  t.equal(host.counts.ringFull, 1);
  replica.drain();
  t.same([replica.states[0], replica.reasons[0]], [BookState.OUT_OF_SYNC, ResyncReason.RING_FULL]);
  frame(SNAPSHOT);
  replica.drain();
  t.equal(replica.states[0], BookState.IN_SYNC);
  t.end();
});

t.test('trades keep side, time and id; a frame that cannot be read publishes none of its trades', (t) => {
  const rig = new Rig().open().frame(tradeFrame('BTC-USDT', [{ tradeId: '130639474', px: '64000.2', sz: '0.12', side: 'buy' }, { tradeId: '130639475', px: '64000', sz: '1', side: 'sell' }]));
  t.same(rig.replica.trades, [
    { price: 640_002, qty: 12_000_000, sell: false, id: 130_639_474, tsVenueNs: 0 },
    { price: 640_000, qty: 100_000_000, sell: true, id: 130_639_475, tsVenueNs: 1e6 },
  ]);
  rig.frame(tradeFrame('BTC-USDT', [{ tradeId: '1', px: '1', sz: '1', side: 'buy' }, { tradeId: '2', px: '-1', sz: '1', side: 'buy' }]))
    .frame(tradeFrame('BTC-USDT', [{ tradeId: '3', px: '1.55', sz: '1', side: 'buy' }]))
    .frame(tradeFrame('DOGE-USDT', [{ tradeId: '4', px: '1', sz: '1', side: 'buy' }]));
  t.equal(rig.replica.trades.length, 2);
  t.match(rig.host.counts, { malformed: 1, outOfRange: 1, unknownSymbol: 1 });
  t.end();
});

t.test('silence is answered with a text ping, and a dead connection is given up; a book that was merely quiet is left alone ever longer', (t) => {
  const rig = new Rig([market('BTC-USDT')], { stallNs: 10e9 }).open().frame(SNAPSHOT);
  rig.takeSent();
  t.same(rig.wait(6e9).takeSent(), ['ping']);
  rig.frame('pong');
  const stalls: number[] = [];
  for (let second = 6; second < 600; second += 5) {
    rig.wait(5e9).frame('pong');
    if (rig.state === BookState.IN_SYNC) continue;
    t.equal(rig.reason, ResyncReason.STALL);
    stalls.push(second);
    rig.frame(SNAPSHOT);
  }
  t.same(stalls.map((second, i) => Math.round((second - (stalls[i - 1] ?? 0)) / 10) * 10), [10, 40, 110, 130, 130, 130], 'at most until two keep-alives were missed');
  t.equal(rig.host.counts.malformed, undefined);
  rig.wait(10.1e9);
  t.same(rig.host.reconnects, [VenueReason.STALL]);
  const missed = new Rig([market('BTC-USDT')], { stallNs: 10e9 }).open().frame(SNAPSHOT);
  for (let seqId = 9100, stalled = 0; stalled < 3; seqId++) {
    missed.wait(6e9).frame('pong').wait(6e9).frame('pong');
    t.equal(missed.state, BookState.OUT_OF_SYNC, 'where something was missed, patience does not grow');
    stalled++;
    missed.frame(SNAPSHOT.replace(':9001', `:${seqId}`));
  }
  const patient = new Rig([market('BTC-USDT')], { stallNs: 300e9 }).open().frame(SNAPSHOT);
  patient.takeSent();
  t.same(patient.wait(20.1e9).takeSent(), ['ping'], 'the venue closes what is silent for thirty seconds, however patient we are');
  t.end();
});

t.test('five hundred books fit a connection: messages far below 64 KB, and as many an hour as the venue takes', (t) => {
  const rig = new Rig(Array.from({ length: 500 }, (_, i) => market(`C${i}-USDT`)), {}, 65_536).open();
  const sizes = rig.host.sent.map((text) => text.length);
  t.ok(sizes.every((size) => size < 16_384) && sizes.length <= 11, `${sizes.length} messages`);
  t.same(rig.takeSent().filter((text) => text.startsWith('subscribe books')).flatMap((text) => text.split(' ').slice(2)).length, 500);
  // A stormy hour: every book is lost over and over.
  for (let second = 0; second < 3600; second++) {
    rig.frame('pong').wait(1e9);
    if (second % 5 === 0) rig.feed.resync(second % 500, ResyncReason.GAP, rig.nowNs);
  }
  t.ok(rig.host.sent.filter((text) => text !== 'ping').length <= 2 * 480, `${rig.host.sent.length} messages in an hour`);
  t.end();
});

t.test('a symbol the venue refuses is reported and does not stop the others; too many messages pause them', (t) => {
  const rig = new Rig([market('BTC-USDT'), market('FOO-BAR')]).open().frame('{"event":"error","code":"60018","msg":"Wrong URL or channel:books,instId:FOO-BAR doesn\'t exist. Please use the correct URL, channel and parameters.","connId":"a1"}').frame(SNAPSHOT);
  t.same(rig.replica.states, [BookState.IN_SYNC, BookState.OUT_OF_SYNC]);
  t.equal(rig.replica.reasons[1], ResyncReason.REJECTED);
  rig.takeSent();
  rig.wait(8e9).frame(UPDATE).wait(1e9);
  t.same(rig.takeSent().filter((text) => text.includes('FOO')), [], 'and is not asked for again soon');
  rig.frame('{"event":"error","code":"60014","msg":"Requests too frequent","connId":"a1"}');
  rig.takeSent();
  rig.feed.resync(0, ResyncReason.GAP, rig.nowNs);
  t.same(rig.takeSent(), []);
  rig.wait(6e9);
  t.ok(rig.takeSent().includes('subscribe books BTC-USDT'));
  t.equal(rig.host.counts.rejected, 2);
  t.end();
});

t.test('an announced upgrade is a reason to connect anew; suspended markets and maintenance stop trading until they end', (t) => {
  const rig = new Rig().open().frame(SNAPSHOT).frame('{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a1"}');
  t.same(rig.host.reconnects, [VenueReason.SHUTDOWN_ANNOUNCED]);
  const state = (text: string): string => `{"arg":{"channel":"instruments","instType":"SPOT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","state":"${text}","tickSz":"0.1"},{"instId":"XYZ-USDT","state":"suspend"}]}`;
  for (const halted of ['suspend', 'preopen', 'post_only']) {
    t.equal(rig.frame(state(halted)).state, BookState.HALTED, halted);
    t.equal(rig.frame(state('live')).state, BookState.IN_SYNC);
  }
  const status = (text: string, serviceType: string): string => `{"arg":{"channel":"status"},"data":[{"title":"Spot System Upgrade","state":"${text}","serviceType":"${serviceType}","begin":"1795000000000","end":"1795000600000","ts":"1795000000000"}]}`;
  t.equal(rig.frame(status('scheduled', '5')).state, BookState.IN_SYNC);
  t.equal(rig.frame(status('ongoing', '7')).state, BookState.IN_SYNC, 'of trading bots');
  rig.sink.clear();
  const ongoing = encoder.encode(status('ongoing', '5'));
  rig.feed.onFrame(ongoing, ongoing.length, rig.nowNs++);
  t.equal(new VenueStatus(rig.sink.views).wrap(0).state, VenueState.MAINTENANCE);
  rig.replica.drain();
  t.equal(rig.state, BookState.HALTED);
  rig.frame(status('completed', '5'));
  t.equal(rig.state, BookState.OUT_OF_SYNC, 'what happened meanwhile is not trusted');
  rig.frame(SNAPSHOT);
  t.equal(rig.state, BookState.IN_SYNC);
  rig.feed.onClose(rig.nowNs);
  rig.replica.drain();
  t.same([rig.state, rig.reason], [BookState.OUT_OF_SYNC, ResyncReason.RECONNECT]);
  t.end();
});

const captures = ['cryptofeed/okx/books_tickers_trades.frames.jsonl.gz', 'tickvault/okx/books_BTC-USDT.FORMAT-SAMPLE-reduced.frames.jsonl'];
t.test('recorded frames are what the plain decoder reads, every checksum verifies, and the books end the same', { skip: captureLines(captures[1]) === undefined ? 'captures folder is absent' : false }, async (t) => {
  const verified: number[] = [];
  for (const capture of captures) {
    const path = `../shared/captures/${capture}`;
    t.equal((await sourceOf(path)).venue.id, 'okx');
    const oracle = new OkxOracle();
    const { emitted, expected, symbols, counts, levels } = await playRecording(okx, path, oracle);
    t.same(emitted, expected);
    verified.push(oracle.verified);
    t.equal(oracle.failed, 0);
    t.equal(counts.get('checksumFailures'), undefined);
    for (const symbol of symbols) for (const side of ['bids', 'asks'] as const) t.same(levels(symbol, side), oracle.levels(symbol, side).map(String), `${symbol} ${side}`);
    if (capture.startsWith('cryptofeed')) t.same([oracle.levels('BTC-USDT', 'bids')[0][0], oracle.levels('BTC-USDT', 'asks')[0][0]], ['30236.1', '30236.2'], 'as an independent program saw it');
  }
  t.same(verified, [197, 0]);
});

t.test('odd messages of other libraries and of the venue before v5 are survived', { skip: captureLines('tardis-node/okex-v3/messages.frames.jsonl') === undefined ? 'captures folder is absent' : false }, (t) => {
  const rig = new Rig().open().frame(SNAPSHOT);
  for (const { raw } of captureLines('tardis-node/okex-v3/messages.frames.jsonl') ?? []) rig.frame(raw);
  t.equal(rig.state, BookState.IN_SYNC);
  t.equal(rig.host.counts.malformed, 5);
  t.end();
});
