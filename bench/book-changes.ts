/** How many level changes a second does the order book take? */
import { OrderBook } from '../src/book/order-book.js';
import { BUY, SELL } from '../src/model/instrument.js';
import { Flag } from '../src/record/codes.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { BookDelta, typeAt } from '../src/record/records.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { BookFeed } from './book-feed.js';
import { NO_CAPTURES, recordedDiffs, type RecordedDiffs } from './recorded.js';

const NAME = 'book-changes';

/** Level changes in the order they came: price and quantity side by side, and whose side. */
interface Changes {
  readonly levels: Float64Array;
  readonly isAsk: Uint8Array;
  /** The first so many are the snapshot's. */
  readonly snapshot: number;
}

function changesOf(recorded: RecordedDiffs): Changes {
  const feed = new BookFeed(recorded);
  const levels: number[] = [];
  const isAsk: number[] = [];
  const record = new BookDelta(feed.sink.views);
  const book = feed.book;
  const setAt = book.setAt.bind(book);
  book.setAt = (side, f64, at) => {
    levels.push(f64[at], f64[at + 1]);
    isAsk.push(side);
    setAt(side, f64, at);
  };
  feed.synchronise();
  const snapshot = isAsk.length;
  for (const frame of recorded.diffs) {
    feed.decode(frame);
    for (let at = 0; at < feed.sink.published * SLOT_BYTES; at += SLOT_BYTES) {
      if (typeAt(feed.sink.views, at) !== BookDelta.TYPE) continue;
      record.wrap(at);
      levels.push(record.price, record.qty);
      isAsk.push((record.flags & Flag.SELL) !== 0 ? SELL : BUY);
    }
    feed.sink.clear();
  }
  return { levels: Float64Array.from(levels), isAsk: Uint8Array.from(isAsk), snapshot };
}

interface Book {
  clear(): void;
  set(isAsk: number, levels: Float64Array, at: number): void;
}

/** A second of changes a second, the best of some passes; the snapshot is put in before the clock starts. */
function ratePerSecond(book: Book, { levels, isAsk, snapshot }: Changes, passes: number): number {
  let best = 0;
  for (let pass = 0; pass < passes; pass++) {
    book.clear();
    for (let i = 0; i < snapshot; i++) book.set(isAsk[i], levels, 2 * i);
    const before = performance.now();
    for (let i = snapshot; i < isAsk.length; i++) book.set(isAsk[i], levels, 2 * i);
    best = Math.max(best, (isAsk.length - snapshot) / ((performance.now() - before) / 1000));
  }
  return Math.round(best);
}

function ours(tick: number): Book {
  const book = new OrderBook(tick);
  return { clear: () => book.clear(), set: (isAsk, levels, at) => book.setAt(isAsk === SELL ? SELL : BUY, levels, at) };
}

function maps(): Book {
  const sides = [new Map<number, number>(), new Map<number, number>()];
  return {
    clear: () => sides.forEach((side) => side.clear()),
    set(isAsk, levels, at) {
      if (levels[at + 1] === 0) sides[isAsk].delete(levels[at]);
      else sides[isAsk].set(levels[at], levels[at + 1]);
    },
  };
}

/** Prices sorted, best last, found by bisection. */
class SortedSide {
  private readonly prices: number[] = [];
  private readonly quantities: number[] = [];

  constructor(private readonly sign: number) {}

  clear(): void {
    this.prices.length = this.quantities.length = 0;
  }

  set(price: number, qty: number): void {
    const key = this.sign * price;
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.prices[middle] < key) low = middle + 1;
      else high = middle;
    }
    const found = this.prices[low] === key;
    if (qty !== 0 && found) this.quantities[low] = qty;
    else if (qty !== 0) {
      this.prices.splice(low, 0, key);
      this.quantities.splice(low, 0, qty);
    } else if (found) {
      this.prices.splice(low, 1);
      this.quantities.splice(low, 1);
    }
  }
}

function sortedArrays(): Book {
  const sides = [new SortedSide(1), new SortedSide(-1)];
  return { clear: () => sides.forEach((side) => side.clear()), set: (isAsk, levels, at) => sides[isAsk].set(levels[at], levels[at + 1]) };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  options.progress('reading the recorded frames');
  const recorded = await recordedDiffs();
  if (recorded === undefined) {
    yield { bench: NAME, name: 'level changes', measured: { skipped: NO_CAPTURES }, baselines: {} };
    return;
  }
  const changes = changesOf(recorded);
  options.progress('books');
  const perSecond = ratePerSecond(ours(recorded.index.instruments[0].tick), changes, scaled(40, options, 2));
  yield {
    bench: NAME, name: 'level changes', measured: { perSecond },
    baselines: {
      sortedArrays: { perSecond: ratePerSecond(sortedArrays(), changes, scaled(10, options, 2)) },
      maps: { perSecond: ratePerSecond(maps(), changes, scaled(10, options, 2)) },
    },
    targets: [target('at least 15 million a second', perSecond >= 15e6)],
    notes: [`${changes.isAsk.length - changes.snapshot} recorded changes after a snapshot of ${changes.snapshot} levels; best pass. Maps do not know the best price.`],
  };
}

export const bookChanges: Bench = {
  name: NAME,
  question: 'How many level changes a second does the order book take?',
  topology: 'one thread, one book, recorded Binance BTC-USDT changes already decoded',
  run,
};
