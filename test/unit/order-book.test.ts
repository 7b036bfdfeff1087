import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { OrderBook } from '../../src/book/order-book.js';
import { BookView, sharedBookBytes, SharedBookReader, SharedBookWriter } from '../../src/book/shared-book.js';
import { parseScaled } from '../../src/model/decimal.js';
import { BUY, SELL, type Side } from '../../src/model/instrument.js';
import { seeded } from '../fixtures/market.js';

const root = join(import.meta.dirname, '..', '..', '..');

/** The oracle: a Map a side, sorted when somebody looks. */
class PlainBook {
  private readonly sides = [new Map<number, number>(), new Map<number, number>()] as const;

  set(side: Side, price: number, qty: number): void {
    if (qty === 0) this.sides[side].delete(price);
    else this.sides[side].set(price, qty);
  }

  levels(side: Side): [number, number][] {
    return [...this.sides[side]].sort((x, y) => (side === SELL ? x[0] - y[0] : y[0] - x[0]));
  }

  clear(): void {
    for (const side of this.sides) side.clear();
  }
}

const prices = new Float64Array(20_000);
const quantities = new Float64Array(20_000);

function levelsOf(book: OrderBook, side: Side, n = 20_000): [number, number][] {
  return Array.from({ length: book.read(side, n, prices, quantities) }, (_, i) => [prices[i], quantities[i]]);
}

function differs(book: OrderBook, plain: PlainBook): string | undefined {
  const top = new Float64Array(4);
  book.readTop(top, 0);
  for (const side of [BUY, SELL] as const) {
    const wanted = plain.levels(side);
    if (book.levels(side) !== wanted.length) return `side ${side}: ${book.levels(side)} levels, not ${wanted.length}`;
    if (JSON.stringify([top[2 * side], top[2 * side + 1]]) !== JSON.stringify(wanted[0] ?? [0, 0])) return `side ${side}: top ${top.join(' ')}, not ${String(wanted[0])}`;
    if (JSON.stringify(levelsOf(book, side, 20)) !== JSON.stringify(wanted.slice(0, 20))) return `side ${side}: the best 20 differ`;
    if (JSON.stringify(levelsOf(book, side)) !== JSON.stringify(wanted)) return `side ${side}: the levels differ`;
  }
  return undefined;
}

t.test('a random walk with jumps, far levels, clears and odd ticks equals a plain book', (t) => {
  const seed = 20260 + (Date.now() % 1000);
  const random = seeded(seed);
  let failed: string | undefined;
  for (const windowTicks of [64, 256]) {
    for (const tick of [1, 5, 250]) {
      const book = new OrderBook(tick, { windowTicks, windowTicksMax: windowTicks * 4 });
      const plain = new PlainBook();
      let middle = 1_000_000;
      for (let step = 0; step < 6000 && failed === undefined; step++) {
        const dice = random();
        if (dice < 0.001) {
          book.clear();
          plain.clear();
        }
        // Drift, and now and then a jump far beyond the window.
        middle = Math.max(2000, middle + Math.floor((random() - 0.5) * 8) + (dice > 0.997 ? Math.floor((random() - 0.5) * 40 * windowTicks) : 0));
        const side: Side = random() < 0.5 ? BUY : SELL;
        const reach = random() < 0.5 ? 20 : random() < 0.7 ? 2 * windowTicks : 1900;
        const away = Math.floor(random() * reach) * (side === SELL ? 1 : -1);
        const price = (middle + away) * tick;
        const qty = random() < 0.45 ? 0 : 1 + Math.floor(random() * 2 ** 40);
        book.set(side, price, qty);
        plain.set(side, price, qty);
        if (step % 50 === 0 || step > 5990) {
          const difference = differs(book, plain);
          if (difference !== undefined) failed ??= `seed ${seed}, window ${windowTicks}, tick ${tick}, step ${step}: ${difference}`;
        }
      }
    }
  }
  t.equal(failed, undefined);
  t.end();
});

t.test('a side that is emptied from the top falls back on levels outside the window', (t) => {
  const book = new OrderBook(1, { windowTicks: 64, windowTicksMax: 64 });
  const plain = new PlainBook();
  const change = (side: Side, price: number, qty: number): void => {
    book.set(side, price, qty);
    plain.set(side, price, qty);
  };
  for (let i = 0; i < 300; i++) {
    change(BUY, 1_000_000 - i * 37, i + 1);
    change(SELL, 1_000_001 + i * 41, i + 1);
  }
  for (let i = 0; i < 300; i++) {
    change(BUY, 1_000_000 - i * 37, 0);
    change(SELL, 1_000_001 + i * 41, 0);
    t.equal(differs(book, plain), undefined);
  }
  t.equal(book.levels(BUY), 0);
  change(BUY, 7, 1);
  change(BUY, 9, 2);
  change(BUY, 123_456_789_012, 3);
  t.equal(differs(book, plain), undefined);
  t.end();
});

t.test('a price between two ticks makes the tick finer and loses nothing', (t) => {
  const book = new OrderBook(100);
  const plain = new PlainBook();
  for (const [price, qty] of [[5000, 1], [4900, 2], [4850, 3], [100, 4], [4875, 5], [4851, 0]] as const) {
    book.set(BUY, price, qty);
    plain.set(BUY, price, qty);
    t.equal(differs(book, plain), undefined);
  }
  t.end();
});

t.test('a book knows when it crosses or locks itself', (t) => {
  const book = new OrderBook(1);
  book.set(BUY, 100, 1);
  t.notOk(book.isCrossed(), 'one side alone');
  book.set(SELL, 101, 1);
  t.notOk(book.isCrossed());
  book.set(BUY, 101, 1);
  t.ok(book.isCrossed(), 'locked');
  book.set(BUY, 101, 0);
  t.notOk(book.isCrossed());
  t.end();
});

interface Recorded { dir: string; raw: string }
interface Diff { e: string; u: number; b: [string, string][]; a: [string, string][] }

for (const [name, file, priceScale, qtyScale, top] of [
  ['spot', 'binance-spot/btcusdt', 2, 8, [6168599, 6168600]], ['USD-M', 'binance-usdm/btcusdt', 1, 3, [616597, 616598]], ['COIN-M', 'binance-coinm/btcusd_perp', 1, 0, [616686, 616687]],
] as const) {
  const capture = join(root, '..', 'shared', 'captures', 'hftbacktest', `${file}_20240808.frames.jsonl.gz`);
  t.test(`the recorded ${name} book equals a plain book level by level`, { skip: existsSync(capture) ? false : 'captures folder is absent' }, (t) => {
    const book = new OrderBook(1);
    const plain = new PlainBook();
    const early: Diff[] = [];
    let snapshot = Infinity;
    let applied = 0;
    let difference: string | undefined;
    const set = (side: Side, levels: [string, string][]): void => {
      for (const [price, qty] of levels) {
        book.set(side, parseScaled(price, priceScale), parseScaled(qty, qtyScale));
        plain.set(side, parseScaled(price, priceScale), parseScaled(qty, qtyScale));
      }
    };
    const apply = (diff: Diff): void => {
      if (diff.u <= snapshot) return;
      set(BUY, diff.b);
      set(SELL, diff.a);
      if (++applied % 500 === 0) difference ??= differs(book, plain);
    };
    for (const line of gunzipSync(readFileSync(capture)).toString().trimEnd().split('\n')) {
      if (!line.includes('depthUpdate') && !line.includes('"rest"')) continue;
      const { dir, raw } = JSON.parse(line) as Recorded;
      if (dir === 'rest') {
        const rest = JSON.parse(raw) as { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] };
        set(BUY, rest.bids);
        set(SELL, rest.asks);
        snapshot = rest.lastUpdateId;
        early.forEach(apply);
        continue;
      }
      const { data } = JSON.parse(raw) as { data: Diff };
      if (snapshot === Infinity) early.push(data);
      else apply(data);
    }
    t.equal(difference ?? differs(book, plain), undefined);
    t.strictSame([levelsOf(book, BUY, 1)[0][0], levelsOf(book, SELL, 1)[0][0]], top);
    t.end();
  });
}

t.test('readers of the price cache see whole updates, never parts of two', async (t) => {
  const shared = { buffer: new SharedArrayBuffer(sharedBookBytes(3, 20)), byteOffset: 0, instruments: 3, depth: 20 };
  const writer = new SharedBookWriter(shared);
  const book = new OrderBook(1);
  const times = new Float64Array(2);
  // Every quantity, the frame and both times carry the number of the update.
  const source = `
    import { workerData, parentPort } from 'node:worker_threads';
    const { SharedBookReader, BookView } = await import(workerData.module);
    const reader = new SharedBookReader(workerData.shared);
    const view = new BookView(20);
    const top = new Float64Array(6);
    let reads = 0, torn = 0, last = 0;
    while (last < workerData.updates) {
      if (!reader.read(1, view)) continue;
      reads++;
      const n = view.frame;
      if (n < last || (n > 0 && (view.bids !== 20 || view.asks !== 20))) torn++;
      for (let i = 0; i < view.bids; i++) if (view.bidQtys[i] !== n || view.askQtys[i] !== n) torn++;
      if (view.tsRecvNs !== n || view.tsVenueNs !== n) torn++;
      last = n;
      if (reader.readTop(1, top) && (top[1] !== top[3] || top[1] !== top[4] || (top[5] === 1) !== (top[1] % 2 === 0 && top[1] > 0))) torn++;
    }
    parentPort.postMessage({ reads, torn });`;
  const updates = 20_000;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: { shared, updates, module: new URL('../../src/book/shared-book.js', import.meta.url).href },
  });
  const answer = new Promise<{ reads: number; torn: number }>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await new Promise((resolve) => worker.once('online', resolve));
  for (let n = 1; n <= updates; n++) {
    for (let i = 0; i < 20; i++) {
      book.set(BUY, 1000 - i, n);
      book.set(SELL, 1001 + i, n);
    }
    times.fill(n);
    writer.publish(1, book, n % 2 === 0, n, times);
  }
  const { reads, torn } = await answer;
  t.ok(reads > 0);
  t.equal(torn, 0);
  const view = new BookView(20);
  t.ok(new SharedBookReader(shared).read(1, view));
  t.strictSame([view.frame, view.inSync, view.bids, view.bidPrices[0], view.askPrices[19], view.askQtys[19]], [updates, true, 20, 1000, 1020, updates]);
  const top = new Float64Array(6);
  t.ok(new SharedBookReader(shared).readTop(1, top));
  t.strictSame([...top], [1000, updates, 1001, updates, updates, 1]);
  t.ok(new SharedBookReader(shared).readTop(2, top));
  t.strictSame([...top], [0, 0, 0, 0, 0, 0]);
  t.ok(new SharedBookReader(shared).read(0, view), 'a book that never was is empty');
  t.strictSame([view.bids, view.asks, view.inSync], [0, 0, false]);
  const words = new Int32Array(shared.buffer);
  Atomics.store(words, 0, 1);
  t.notOk(new SharedBookReader(shared).read(0, view), 'a writer that died in the middle is given up on');
  writer.publish(0, book, true, 7, times);
  t.ok(new SharedBookReader(shared).read(0, view), 'its successor heals it');
  t.equal(view.frame, 7);
});
