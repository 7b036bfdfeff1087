import t from 'tap';
import { MergerCore, type MergerOptions } from '../../src/book/merger.js';
import { BookView, sharedBookBytes, SharedBookReader, SharedBookWriter } from '../../src/book/shared-book.js';
import type { InstrumentIndex } from '../../src/model/instrument.js';
import { BookState, Flag } from '../../src/record/codes.js';
import { CrossedLevel, CrossedMarket, TopOfBook, typeAt } from '../../src/record/records.js';
import { MemorySink, type RecordSink } from '../../src/record/slot.js';
import { FeedWriter, indexOf, seeded, type Level } from '../fixtures/market.js';

/** What was published, as plain lines: `top i bid×qty ask×qty [sync]`, `cross buy→sell`, `ask p×q`, `bid p×q`, `end buy→sell`. */
function drain(sink: MemorySink): string[] {
  const lines: string[] = [];
  const top = new TopOfBook(sink.views);
  const market = new CrossedMarket(sink.views);
  const level = new CrossedLevel(sink.views);
  for (let i = 0; i < sink.count; i++) {
    const at = i * 64;
    if (typeAt(sink.views, at) === TopOfBook.TYPE) {
      top.wrap(at);
      lines.push(`top ${top.instrument} ${top.bidPrice}×${top.bidQty} ${top.askPrice}×${top.askQty}${(top.flags & Flag.IN_SYNC) === 0 ? '' : ' sync'}`);
    } else if (typeAt(sink.views, at) === CrossedMarket.TYPE) {
      market.wrap(at);
      lines.push(`${market.levels === 0 ? 'end' : 'cross'} ${market.instrument}→${market.sellInstrument}`);
    } else {
      level.wrap(at);
      lines.push(`${(level.flags & Flag.SELL) === 0 ? 'bid' : 'ask'} ${level.price}×${level.qty}${(level.flags & Flag.LAST) === 0 ? '' : ' last'}`);
    }
  }
  sink.clear();
  return lines;
}

function setUp(index: InstrumentIndex, options: Partial<MergerOptions> = {}) {
  const sink = new MemorySink(4096);
  const merger = new MergerCore({ index, sink, ...options });
  const feeds = index.instruments.map((instrument) => new FeedWriter(instrument.index, instrument.venue.index));
  /** Hand over what the feeds wrote and return what came of it. */
  const pump = (): string[] => {
    for (const { sink: feed } of feeds) {
      for (let i = 0; i < feed.count; i++) merger.onRecord(feed.views, i * 64);
      feed.clear();
    }
    return drain(sink);
  };
  return { merger, sink, feeds, pump, a: feeds[0], b: feeds[1] };
}

const BOOK: Level[] = [[false, 10_000, 5], [false, 9_990, 6], [true, 10_010, 7], [true, 10_020, 8]];

t.test('a book is in sync after a whole snapshot and the feed’s word of the same epoch, in either order', (t) => {
  const { a, b, pump } = setUp(indexOf([{}, {}]));
  a.state(1, BookState.SYNCING, 1);
  t.strictSame(pump(), []);
  a.snapshot(1, BOOK, 2);
  t.strictSame(pump(), ['top 0 10000×5 10010×7']);
  a.inSync(1, 3);
  t.strictSame(pump(), ['top 0 10000×5 10010×7 sync']);
  b.inSync(9, 3);
  t.strictSame(pump(), []);
  b.snapshot(9, BOOK, 4);
  t.strictSame(pump(), ['top 1 10000×5 10010×7 sync']);
  a.state(1, BookState.HALTED, 5);
  t.strictSame(pump(), ['top 0 10000×5 10010×7'], 'a halted market keeps its book');
  a.inSync(1, 6);
  t.strictSame(pump(), ['top 0 10000×5 10010×7 sync']);
  a.levels(1, [[false, 9_500, 1]], 7);
  t.strictSame(pump(), [], 'a change below the top says nothing');
  b.venueDown(8);
  t.strictSame(pump(), ['top 1 0×0 0×0']);
  b.levels(9, [[false, 9_999, 1]], 9);
  t.strictSame(pump(), [], 'no delta revives it');
  t.end();
});

t.test('a half-applied frame is never visible', (t) => {
  const { merger, a, b, pump } = setUp(indexOf([{}, {}]));
  for (const feed of [a, b]) {
    feed.snapshot(1, BOOK, 1);
    feed.inSync(1, 1);
  }
  pump();
  // The first half would cross b's book, and a's own.
  a.levels(1, [[false, 10_050, 1], [false, 10_040, 1]], 2, 0, Flag.LAST);
  t.strictSame(pump(), []);
  b.levels(1, [[true, 10_009, 3]], 3);
  t.strictSame(pump(), ['top 1 10000×5 10009×3'.concat(' sync')], 'others go on meanwhile, and are not compared with half a frame');
  a.levels(1, [[false, 10_050, 0], [false, 10_040, 0], [false, 10_001, 9]], 4, 0, Flag.FIRST);
  t.strictSame(pump(), ['top 0 10001×9 10010×7 sync']);

  a.levels(1, [[false, 10_002, 1], [false, 10_003, 1]], 5, 0, Flag.LAST);
  a.state(2, BookState.SYNCING, 6);
  t.strictSame(pump(), ['top 0 0×0 0×0'], 'a new epoch throws the unfinished frame and the book away');
  a.snapshot(2, BOOK, 7);
  a.inSync(2, 7);
  t.match(pump().at(-1), 'top 0 10000×5 10010×7 sync');

  a.levels(2, [[false, 10_002, 1], [false, 10_003, 1]], 8, 0, Flag.LAST);
  a.levels(2, [[false, 10_004, 1]], 9);
  t.strictSame(pump(), ['top 0 0×0 0×0'], 'a frame that never ended, within one epoch');
  t.equal(merger.counters.torn, 1);
  t.equal(merger.takeResync(), 0);
  t.equal(merger.takeResync(), -1);
  b.levels(1, [[false, 9_000, 1], [false, 9_001, 1]], 10, 0, Flag.FIRST);
  t.strictSame(pump(), ['top 1 0×0 0×0'], 'a frame that never began');
  t.equal(merger.takeResync(), 1);
  t.end();
});

t.test('crossed markets carry every level between the two, and end', (t) => {
  const { a, b, pump } = setUp(indexOf([{}, {}]));
  a.snapshot(1, [[false, 9_000, 1], [true, 10_010, 7], [true, 10_020, 8], [true, 10_030, 9]], 1);
  a.inSync(1, 1);
  b.snapshot(1, [[false, 10_025, 2], [false, 10_015, 3], [false, 10_010, 4], [true, 11_000, 1]], 1);
  pump();
  b.inSync(1, 2);
  const batch = ['cross 0→1', 'ask 10010×7', 'ask 10020×8', 'bid 10025×2', 'bid 10015×3 last'];
  t.strictSame(pump(), ['top 1 10025×2 11000×1 sync', ...batch]);
  a.levels(1, [[true, 10_030, 1]], 3);
  t.strictSame(pump(), [], 'a change outside the crossing says nothing');
  a.levels(1, [[true, 10_020, 1]], 4);
  t.strictSame(pump(), ['cross 0→1', 'ask 10010×7', 'ask 10020×1', 'bid 10025×2', 'bid 10015×3 last']);
  b.levels(1, [[false, 10_025, 0], [false, 10_015, 0]], 5);
  t.strictSame(pump(), ['top 1 10010×4 11000×1 sync', 'end 0→1'], 'a lock is no crossing');
  b.levels(1, [[false, 10_011, 1]], 6);
  t.strictSame(pump(), ['top 1 10011×1 11000×1 sync', 'cross 0→1', 'ask 10010×7', 'bid 10011×1 last']);
  a.state(1, BookState.OUT_OF_SYNC, 7);
  t.strictSame(pump(), ['top 0 0×0 0×0', 'end 0→1'], 'so does a book that loses sync');
  t.end();
});

t.test('quotes that the user mapped are compared at the mapped rate; quotes that are not mapped never', (t) => {
  const at = (quoteRatePpm: number, pair: string): string[] => {
    const { a, b, pump } = setUp(indexOf([{}, { quote: 'USD', pair, quoteRatePpm }]));
    a.snapshot(1, [[false, 100_000, 1], [true, 100_010, 1]], 1);
    a.inSync(1, 1);
    b.snapshot(1, [[false, 100_110, 1], [true, 100_120, 1]], 1);
    pump();
    b.inSync(1, 1);
    return pump().filter((line) => line.startsWith('cross'));
  };
  t.strictSame(at(1_000_000, 'BTC-USDT'), ['cross 0→1']);
  t.strictSame(at(999_000, 'BTC-USDT'), [], 'a dollar at 0.999 of a tether: the books touch');
  t.strictSame(at(998_000, 'BTC-USDT'), ['cross 1→0'], 'below that it crosses the other way');
  t.strictSame(at(1_000_000, 'BTC-USD'), []);
  t.end();
});

t.test('a book that crosses itself is out, and a resync is asked for', (t) => {
  const { merger, a, b, pump } = setUp(indexOf([{}, {}]));
  for (const feed of [a, b]) {
    feed.snapshot(1, BOOK, 1);
    feed.inSync(1, 1);
  }
  pump();
  a.levels(1, [[false, 10_010, 1]], 2);
  t.strictSame(pump(), ['top 0 0×0 0×0']);
  t.equal(merger.counters.selfCrossed, 1);
  t.equal(merger.takeResync(), 0);
  a.levels(1, [[false, 9_000, 1]], 3);
  t.equal(merger.takeResync(), -1, 'once');
  a.levels(1, [[false, 9_000, 1]], 2e9);
  pump();
  t.equal(merger.takeResync(), 0, 'and again when nothing came of it');
  a.snapshot(2, BOOK, 3e9);
  a.inSync(2, 3e9);
  t.match(pump().at(-1), 'top 0 10000×5 10010×7 sync');
  t.end();
});

t.test('a merger that takes over takes back what its predecessor said, and asks for every book', (t) => {
  const { merger, a, sink, pump } = setUp(indexOf([{}, {}]));
  merger.resyncAll(5);
  t.strictSame(drain(sink), ['top 0 0×0 0×0', 'end 0→1', 'end 1→0', 'top 1 0×0 0×0']);
  t.strictSame([merger.takeResync(), merger.takeResync(), merger.takeResync()], [0, 1, -1]);
  a.levels(7, [[false, 10_000, 1]], 6);
  t.strictSame(pump(), [], 'what comes before the new snapshot is of no use');
  a.snapshot(8, BOOK, 7);
  a.inSync(8, 7);
  t.strictSame(pump(), ['top 0 10000×5 10010×7', 'top 0 10000×5 10010×7 sync']);
  t.end();
});

t.test('records of strangers are counted and hurt nobody', (t) => {
  const { merger, a, pump } = setUp(indexOf([{}]));
  const stranger = new FeedWriter(77);
  stranger.snapshot(1, BOOK, 1);
  stranger.inSync(1, 1);
  for (let i = 0; i < stranger.sink.count; i++) merger.onRecord(stranger.sink.views, i * 64);
  merger.onRecord(new MemorySink(1).views, 0);
  t.equal(merger.counters.unknown, BOOK.length + 2);
  a.snapshot(1, [...BOOK, [false, 0, 5]], 1);
  a.inSync(1, 1);
  t.match(pump().at(-1), 'top 0 10000×5 10010×7 sync', 'a price of 0 is no level');
  t.end();
});

/** A sink that now and then has no room, as a ring with a slow reader. */
class TightSink implements RecordSink {
  room = Infinity;
  constructor(private readonly inner: MemorySink) {}
  get views() { return this.inner.views; }
  next(): number { return this.room-- > 0 ? this.inner.next() : -1; }
  flush(): void { this.inner.flush(); }
  abandon(): void { this.inner.abandon(); }
}

t.test('after any frames, torn ones, resyncs and full sinks, what was published equals a plain merger’s state', (t) => {
  const seed = 7000 + (Date.now() % 1000);
  const random = seeded(seed);
  const index = indexOf([{}, {}, { quote: 'USD', pair: 'BTC-USDT', quoteRatePpm: 1_001_000 }]);
  const memory = new MemorySink(8192);
  const sink = new TightSink(memory);
  const shared = { buffer: new SharedArrayBuffer(sharedBookBytes(3, 5)), byteOffset: 0, instruments: 3, depth: 5 };
  const merger = new MergerCore({ index, sink, shared: new SharedBookWriter(shared), ladder: { windowTicks: 64, windowTicksMax: 128 } });
  const feeds = index.instruments.map(({ index }) => new FeedWriter(index));
  const plain = feeds.map(() => ({ bids: new Map<number, number>(), asks: new Map<number, number>(), epoch: 0, ok: false }));
  const published = new Map<number, string>();
  const crossed = new Map<string, string>();
  let last = '';
  const follow = (): void => {
    for (const line of drain(memory)) {
      if (line.startsWith('top')) published.set(Number(line.split(' ')[1]), line);
      else if (line.startsWith('end')) crossed.delete(line.slice(4));
      else if (line.startsWith('cross')) crossed.set((last = line.slice(6)), '');
      else crossed.set(last, `${crossed.get(last)!} ${line}`);
    }
  };
  const sorted = (side: Map<number, number>, sign: number): [number, number][] => [...side].sort((x, y) => sign * (x[0] - y[0]));
  let failed: string | undefined;
  const check = (step: number): void => {
    const rates = index.instruments.map(({ quoteRatePpm }) => quoteRatePpm);
    const wanted = new Map<string, string>();
    plain.forEach((book, i) => {
      const bid = book.ok ? sorted(book.bids, -1)[0] ?? [0, 0] : [0, 0];
      const ask = book.ok ? sorted(book.asks, 1)[0] ?? [0, 0] : [0, 0];
      const line = `top ${i} ${bid.join('×')} ${ask.join('×')}${book.ok ? ' sync' : ''}`;
      if ((published.get(i) ?? `top ${i} 0×0 0×0`) !== line) failed ??= `seed ${seed} step ${step}: ${published.get(i)}, not ${line}`;
      plain.forEach((other, j) => {
        if (i === j || !book.ok || !other.ok) return;
        const asks = sorted(book.asks, 1).filter(([price]) => [...other.bids.keys()].some((bidPrice) => bidPrice * rates[j] > price * rates[i])).slice(0, 16);
        const bids = sorted(other.bids, -1).filter(([price]) => [...book.asks.keys()].some((askPrice) => price * rates[j] > askPrice * rates[i])).slice(0, 16);
        if (asks.length === 0) return;
        wanted.set(`${i}→${j}`, ` ${[...asks.map((level) => `ask ${level.join('×')}`), ...bids.map((level) => `bid ${level.join('×')}`)].join(' ')} last`);
      });
    });
    const text = (map: Map<string, string>): string => JSON.stringify([...map].map(([key, value]) => key + value).sort());
    if (text(crossed) !== text(wanted)) failed ??= `seed ${seed} step ${step}: crossed ${text(crossed)}, not ${text(wanted)}`;
    const view = new BookView(5);
    const reader = new SharedBookReader(shared);
    plain.forEach((book, i) => {
      const best = book.ok ? sorted(book.bids, -1).slice(0, 5) : [];
      if (!reader.read(i, view) || view.inSync !== book.ok || (book.ok && JSON.stringify(best) !== JSON.stringify(best.map((_, k) => [view.bidPrices[k], view.bidQtys[k]])))) failed ??= `seed ${seed} step ${step}: price cache of ${i}`;
    });
  };
  for (let step = 1; step <= 4000 && failed === undefined; step++) {
    const k = Math.floor(random() * 3);
    const feed = feeds[k];
    const book = plain[k];
    const middle = 10_000 + Math.round(30 * Math.sin(step / 150 + k));
    const dice = random();
    if (random() < 0.1) sink.room = Math.floor(random() * 6);
    if (!book.ok || dice < 0.01) {
      book.epoch++;
      book.bids.clear();
      book.asks.clear();
      for (let i = 1; i <= 5; i++) {
        book.bids.set(middle - 3 * i, i);
        book.asks.set(middle + 3 * i, i);
      }
      feed.snapshot(book.epoch, [...sorted(book.bids, -1).map(([p, q]) => [false, p, q] as const), ...sorted(book.asks, 1).map(([p, q]) => [true, p, q] as const)], step);
      feed.inSync(book.epoch, step);
      book.ok = true;
    } else if (dice < 0.015) {
      feed.venueDown(step);
      book.ok = false;
    } else if (dice < 0.02) {
      feed.levels(book.epoch, [[false, 5, 5], [true, 20_000, 5]], step, 0, random() < 0.5 ? Flag.FIRST : Flag.LAST);
      feed.levels(book.epoch, [[false, 5, 5]], step);
      book.ok = false;
    } else {
      // What the market has left behind goes, then a few levels change.
      const levels: Level[] = [];
      for (const price of book.bids.keys()) if (price >= middle) levels.push([false, price, 0]);
      for (const price of book.asks.keys()) if (price <= middle) levels.push([true, price, 0]);
      for (let i = 0; i < 3; i++) {
        const ask = random() < 0.5;
        levels.push([ask, middle + (ask ? 1 : -1) * (1 + Math.floor(random() ** 2 * 200)), random() < 0.4 ? 0 : 1 + Math.floor(random() * 50)]);
      }
      for (const [ask, price, qty] of levels) {
        const side = ask ? book.asks : book.bids;
        if (qty === 0) side.delete(price);
        else side.set(price, qty);
      }
      feed.levels(book.epoch, levels, step);
    }
    for (let i = 0; i < feed.sink.count; i++) merger.onRecord(feed.sink.views, i * 64);
    feed.sink.clear();
    while (merger.takeResync() >= 0);
    follow();
    if (random() < 0.2) {
      sink.room = Infinity;
      if (merger.heal() !== 0) failed = `seed ${seed} step ${step}: not healed`;
      follow();
      check(step);
    }
  }
  t.equal(failed, undefined);
  t.ok(merger.counters.sinkFull > 50 && merger.counters.torn > 5 && merger.counters.crossings > 100, JSON.stringify(merger.counters));
  t.end();
});
