/** How long does a recorded Binance depth update take from bytes to book? */
import { figures, meanOf, median, percentilesOf } from './samples.js';
import { scaled, target, type Baseline, type Bench, type BenchOptions, type BenchResult, type Curve, type Percentiles } from './bench.js';
import { BookFeed } from './book-feed.js';
import { formatNs } from './table.js';
import { NO_CAPTURES, recordedDiffs, type RecordedDiffs, type RecordedFrame } from './recorded.js';

const NAME = 'book-decode-apply';

interface Depth {
  readonly lastUpdateId: number;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

interface Update {
  readonly data: { readonly b: Depth['bids']; readonly a: Depth['asks'] };
}

/** One way to keep the book. */
interface Keeper {
  /** Start from the snapshot. */
  reset(): void;
  onFrame(frame: RecordedFrame): void;
  /** Best bid and ask, where it knows them. */
  top?(): readonly [number, number];
}

/** What everybody writes first: JSON.parse, and a Map of prices a side. */
class MapBook implements Keeper {
  private readonly bids = new Map<string, number>();
  private readonly asks = new Map<string, number>();

  constructor(private readonly recorded: RecordedDiffs) {}

  reset(): void {
    const { bids, asks } = JSON.parse(this.recorded.snapshot.text) as Depth;
    this.bids.clear();
    this.asks.clear();
    this.apply(this.bids, bids);
    this.apply(this.asks, asks);
  }

  onFrame({ text }: RecordedFrame): void {
    const { data } = JSON.parse(text) as Update;
    this.apply(this.bids, data.b);
    this.apply(this.asks, data.a);
  }

  /** Best prices are not kept: found here, not on the way. */
  top(): readonly [number, number] {
    return [Math.max(...[...this.bids.keys()].map(Number)), Math.min(...[...this.asks.keys()].map(Number))];
  }

  private apply(side: Map<string, number>, levels: Depth['bids']): void {
    for (const [price, qty] of levels) {
      const amount = Number(qty);
      if (amount === 0) side.delete(price);
      else side.set(price, amount);
    }
  }
}

/** ccxt pro's own handler, offline: the message parsed, then handed to it as its client does. */
async function ccxtPro(recorded: RecordedDiffs): Promise<Keeper | string> {
  const ccxt = await import('ccxt').catch(() => undefined);
  if (ccxt === undefined) return 'ccxt is not installed';
  const exchange = new ccxt.pro.binance({ enableRateLimit: false });
  const { instruments } = recorded.index;
  exchange.setMarkets(instruments.map(({ metadata: { symbol, base, quote } }) => ({
    id: symbol, lowercaseId: symbol.toLowerCase(), symbol: `${base}/${quote}`, base, quote, baseId: base, quoteId: quote, active: true,
    type: 'spot', spot: true, margin: false, swap: false, future: false, option: false, contract: false, settle: undefined, settleId: undefined, contractSize: undefined,
    linear: undefined, inverse: undefined, expiry: undefined, expiryDatetime: undefined, strike: undefined, optionType: undefined, taker: 0.001, maker: 0.001,
    precision: { price: 0.01, amount: 0.00001 }, limits: {}, info: {},
  })) as never);
  const symbol = `${instruments[0].metadata.base}/${instruments[0].metadata.quote}`;
  const client = { url: 'wss://stream.binance.com:9443/stream', subscriptions: {}, futures: {}, resolve: () => undefined, reject: (error: unknown) => {
    throw error instanceof Error ? error : new Error(String(error));
  } };
  let book = exchange.orderBook({}, DEPTH_LIMIT);
  const handle = (frame: RecordedFrame): void => {
    exchange.handleMessage(client as never, JSON.parse(frame.text) as never);
  };
  return {
    reset(): void {
      const snapshot = JSON.parse(recorded.snapshot.text) as Depth;
      book = exchange.orderBook({}, DEPTH_LIMIT);
      const parsed = exchange.parseOrderBook(snapshot, symbol) as unknown as { nonce: number };
      parsed.nonce = snapshot.lastUpdateId;
      book.reset(parsed);
      exchange.orderbooks[symbol] = book;
      for (const frame of recorded.before) handle(frame);
    },
    onFrame: handle,
    top: () => [Number(book.bids[0]?.[0]), Number(book.asks[0]?.[0])],
  };
}

/** As ccxt pro asks for by default. */
const DEPTH_LIMIT = 1000;

type Sampled = Percentiles & { readonly meanNs: number; readonly curve: Curve };

/**
 * Updates differ in size, so it is the mean that a stream of them costs: of each update the median of its passes, lest
 * whatever else the machine did in one of them decide.
 */
function meanOfMedians(ns: Float64Array, length: number): number {
  const passes = ns.length / length;
  const medians = Float64Array.from({ length }, (_, i) => median(Array.from({ length: passes }, (__, pass) => ns[pass * length + i])));
  return meanOf(medians);
}

/** Every diff timed singly, over `passes` passes after one to warm up. */
function sample(keeper: Keeper, { diffs }: RecordedDiffs, passes: number): Sampled {
  const ns = new Float64Array(passes * diffs.length);
  for (let pass = -1; pass < passes; pass++) {
    keeper.reset();
    for (let i = 0; i < diffs.length; i++) {
      const before = performance.now();
      keeper.onFrame(diffs[i]);
      if (pass >= 0) ns[pass * diffs.length + i] = (performance.now() - before) * 1e6;
    }
  }
  return { meanNs: meanOfMedians(ns, diffs.length), ...percentilesOf(ns) };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  options.progress('reading the recorded frames');
  const recorded = await recordedDiffs();
  if (recorded === undefined) {
    yield { bench: NAME, name: 'decode and apply', measured: { skipped: NO_CAPTURES }, baselines: {} };
    return;
  }
  const { diffs } = recorded;
  const few = options.scale < 0.05 ? { ...recorded, diffs: diffs.slice(0, 300) } : recorded;
  options.progress('ringside');
  const feed = new BookFeed(recorded);
  const ours: Keeper = { reset: () => feed.synchronise(), onFrame: (frame) => feed.onFrame(frame), top: () => feed.top() };
  sample(ours, few, scaled(3, options, 1));
  const changesBefore = feed.changes;
  const passes = scaled(11, options, 1);
  const own = sample(ours, few, passes);
  const levels = Math.round((feed.changes - changesBefore) / ((passes + 1) * few.diffs.length));
  options.progress('JSON.parse');
  const parsed = sample({ reset: () => undefined, onFrame: ({ text }) => void JSON.parse(text) }, few, scaled(5, options, 1));
  const mapBook = new MapBook(recorded);
  options.progress('JSON.parse and a Map');
  const mapped = sample(mapBook, few, scaled(5, options, 1));
  options.progress('ccxt pro');
  const ccxt = await ccxtPro(recorded);
  const curves: Record<string, Curve> = { ringside: own.curve, 'JSON.parse alone': parsed.curve, 'JSON.parse + Map': mapped.curve };
  const baselines: Record<string, Baseline> = { jsonParseAlone: figures(parsed), jsonParseAndMap: figures(mapped) };
  const targets = [target(`at most 4 µs each (mean ${formatNs(own.meanNs)}, p50 ${formatNs(own.p50Ns)})`, own.meanNs <= 4000)];
  const tops = [feed.top(), mapBook.top()];
  if (typeof ccxt === 'string') baselines.ccxtPro = { skipped: ccxt };
  else {
    const theirs = sample(ccxt, few, scaled(5, options, 1));
    baselines.ccxtPro = figures(theirs);
    curves['ccxt pro'] = theirs.curve;
    targets.push(target(`at least 20 times as fast as ccxt pro's handler (mean ${(theirs.meanNs / own.meanNs).toFixed(1)} times, p50 ${(theirs.p50Ns / own.p50Ns).toFixed(1)} times)`, theirs.meanNs >= 20 * own.meanNs));
    tops.push(ccxt.top!());
  }
  if (feed.problems > 0 || tops.some(([bid, ask]) => bid !== tops[0][0] || ask !== tops[0][1])) throw new Error(`the books differ: ${JSON.stringify(tops)}, ${feed.problems} problems`);
  yield {
    bench: NAME, name: 'decode and apply', measured: figures(own), baselines, targets, curves,
    notes: [`${few.diffs.length} recorded updates of ${Math.round(few.diffs.reduce((sum, { bytes }) => sum + bytes.length, 0) / few.diffs.length)} bytes and ${levels} levels on average; means: ringside ${formatNs(own.meanNs)}, JSON.parse ${formatNs(parsed.meanNs)}, JSON.parse and Map ${formatNs(mapped.meanNs)}; all books end at ${tops[0].join(' / ')}. Only ours and ccxt pro's check the sequence and know the best price.`],
  };
}

export const bookDecodeApply: Bench = {
  name: NAME,
  question: 'How long does a recorded Binance depth update take from bytes to book?',
  topology: "one thread; the venue's feed session writes records, the order book reads them",
  run,
};
