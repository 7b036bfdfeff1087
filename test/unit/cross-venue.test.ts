import t from 'tap';
import { MergerCore } from '../../src/book/merger.js';
import { formatTrimmed, POW10 } from '../../src/model/decimal.js';
import type { Instrument, InstrumentIndex } from '../../src/model/instrument.js';
import { Flag, nameOf, OpportunityKind, TimeInForce } from '../../src/record/codes.js';
import { Opportunity, OrderIntent, typeAt } from '../../src/record/records.js';
import { MemorySink, type RecordSink } from '../../src/record/slot.js';
import { createStrategy, STRATEGIES } from '../../src/strategy/registry.js';
import { FeedWriter, indexOf, seeded, type Level, type MarketOptions } from '../fixtures/market.js';

/** `OPENED #1 0→1 qty@buy/sell +profit` and `buy 0 qty@limit #1`. */
function drain(sink: MemorySink): string[] {
  const lines: string[] = [];
  const opportunity = new Opportunity(sink.views);
  const intent = new OrderIntent(sink.views);
  for (let at = 0; at < sink.count * 64; at += 64) {
    if (typeAt(sink.views, at) === Opportunity.TYPE) {
      opportunity.wrap(at);
      lines.push(`${nameOf(OpportunityKind, opportunity.kind)} #${opportunity.opportunityId} ${opportunity.instrument}→${opportunity.sellInstrument} ${opportunity.qty}@${opportunity.buyPrice}/${opportunity.sellPrice} +${formatTrimmed(opportunity.expectedProfit, 8)}`);
    } else {
      intent.wrap(at);
      if (intent.tif !== TimeInForce.IOC || intent.legs !== 2) throw new Error('not an IOC basket of two');
      const bounds = `${(intent.flags & Flag.FIRST) === 0 ? '' : '<'}${(intent.flags & Flag.LAST) === 0 ? '' : '>'}`;
      lines.push(`${(intent.flags & Flag.SELL) === 0 ? 'buy' : 'sell'} ${intent.instrument} ${intent.qty}@${intent.price} #${intent.opportunityId}.${intent.leg}${bounds}`);
    }
  }
  sink.clear();
  return lines;
}

interface Options { config?: object; sink?: (inner: MemorySink) => RecordSink }

function setUp(markets: readonly MarketOptions[], { config = {}, sink }: Options = {}) {
  const index = indexOf(markets);
  const market = new MemorySink(4096);
  const out = new MemorySink(4096);
  const merger = new MergerCore({ index, sink: market });
  const strategy = createStrategy('cross-venue', config, { index, sink: sink?.(out) ?? out, strategyIndex: 3 });
  const feeds = index.instruments.map(({ index }) => new FeedWriter(index));
  const epochs = feeds.map(() => 0);
  const pump = (feed: FeedWriter): string[] => {
    for (let i = 0; i < feed.sink.count; i++) merger.onRecord(feed.sink.views, i * 64);
    feed.sink.clear();
    for (let i = 0; i < market.count; i++) strategy.onRecord(market.views, i * 64);
    market.clear();
    return drain(out);
  };
  /** Replace an instrument's book. Each level is [price, quantity]. */
  const book = (i: number, bids: readonly [number, number][], asks: readonly [number, number][], ns: number): string[] => {
    feeds[i].snapshot(++epochs[i], [...bids.map(([p, q]): Level => [false, p, q]), ...asks.map(([p, q]): Level => [true, p, q])], ns);
    feeds[i].inSync(epochs[i], ns);
    return pump(feeds[i]);
  };
  const change = (i: number, levels: readonly Level[], ns: number): string[] => {
    feeds[i].levels(epochs[i], levels, ns);
    return pump(feeds[i]);
  };
  return { index, strategy, book, change };
}

const LOOSE = { minProfitBps: 0, minProfitQuote: '0', maxNotionalQuote: '1000000', coolDownMs: 0 };

t.test('it buys and sells what the two books give, net of fees, and says so in one batch', (t) => {
  // 0.1 % a side: what costs 3000 + 5005 costs 8013.005; what brings 8024.80 brings 8016.7752.
  const { strategy, book, change } = setUp([{ takerFeePpm: 1000 }, { takerFeePpm: 1000 }], { config: { ...LOOSE, coolDownMs: 1 } });
  t.strictSame(book(0, [[999_000, 100]], [[1_000_000, 300], [1_001_000, 500], [1_002_000, 900]], 1), []);
  t.strictSame(book(1, [[1_001_900, 1000]], [[1_100_000, 1]], 2), [], 'crossed, but not by the fees');
  const batch = [
    'OPENED #1 0→1 800@1001000/1003100 +3.7702',
    'buy 0 800@1001000 #1.0<', 'sell 1 800@1003100 #1.1>',
    'TAKEN #1 0→1 800@1001000/1003100 +3.7702',
  ];
  t.strictSame(change(1, [[false, 1_003_100, 1000]], 3), batch);
  t.strictSame(change(1, [[false, 1_003_100, 700]], 4), [], 'in the cool-down the direction that was taken is quiet');
  t.strictSame(change(1, [[false, 1_003_100, 400]], 1e6 + 4), [
    'OPENED #2 0→1 400@1001000/1003100 +3.3866',
    'buy 0 400@1001000 #2.0<', 'sell 1 400@1003100 #2.1>',
    'TAKEN #2 0→1 400@1001000/1003100 +3.3866',
  ]);
  t.match(strategy.stats(), { found: 2, taken: 2, closed: 0 });
  t.end();
});

t.test('an opportunity opens, changes and closes while the pair cools down', (t) => {
  const { book, change } = setUp([{}, {}, {}], { config: { ...LOOSE, coolDownMs: 1000 } });
  book(0, [[900_000, 1]], [[1_000_000, 10]], 1);
  t.match(book(1, [[1_000_100, 10]], [[1_200_000, 1]], 1).at(-1), /^TAKEN #1 0→1/);
  t.strictSame(book(2, [[1_000_200, 5]], [[1_200_000, 1]], 2), ['OPENED #2 0→2 5@1000000/1000200 +0.01']);
  t.strictSame(change(2, [[false, 1_000_200, 6]], 3), ['CHANGED #2 0→2 6@1000000/1000200 +0.012']);
  t.strictSame(change(2, [[false, 1_000_150, 1]], 4), ['CHANGED #2 0→2 7@1000000/1000150 +0.0135']);
  t.strictSame(change(2, [[false, 1_000_200, 0], [false, 1_000_150, 0]], 5), ['CLOSED #2 0→2 7@1000000/1000150 +0.0135']);
  t.strictSame(change(2, [[false, 1_000_200, 6]], 999e6), ['OPENED #3 0→2 6@1000000/1000200 +0.012']);
  t.strictSame(change(2, [[false, 1_000_200, 7]], 1001e6), ['buy 0 7@1000000 #3.0<', 'sell 2 7@1000200 #3.1>', 'TAKEN #3 0→2 7@1000000/1000200 +0.014'], 'after it, what is open is taken');
  t.end();
});

t.test('steps, least quantities and notionals, limits and slippage hold', (t) => {
  const outcome = (markets: readonly MarketOptions[], config: object, qty = 1237): string[] => {
    const { book } = setUp(markets, { config: { ...LOOSE, ...config } });
    book(0, [[900_000, 1]], [[1_000_000, qty]], 1);
    return book(1, [[1_000_100, qty]], [[1_200_000, 1]], 1).filter((line) => line.startsWith('buy') || line.startsWith('sell'));
  };
  const basket = (qty: number, buy = 1_000_000, sell = 1_000_100): string[] => [`buy 0 ${qty}@${buy} #1.0<`, `sell 1 ${qty}@${sell} #1.1>`];
  t.strictSame(outcome([{}, {}], {}), basket(1237));
  t.strictSame(outcome([{ stepSize: '0.01' }, {}], {}), basket(1230), 'the coarser step');
  t.strictSame(outcome([{ stepSize: '0.004' }, { stepSize: '0.006' }], {}), basket(1236), 'a common multiple of steps that do not divide one another');
  t.strictSame(outcome([{}, { minQty: '1.238' }], {}), []);
  t.strictSame(outcome([{ minNotional: '12370' }, {}], {}), basket(1237));
  t.strictSame(outcome([{ minNotional: '12370.01' }, {}], {}), []);
  t.strictSame(outcome([{}, {}], { maxQtyBase: '0.5' }), basket(500));
  t.strictSame(outcome([{}, {}], { maxNotionalQuote: '5000.5' }), basket(500), 'of the dearer leg at its limit');
  t.strictSame(outcome([{}, {}], { maxNotionalQuote: '5000.4' }), basket(499));
  t.strictSame(outcome([{}, {}], { minProfitQuote: '1.237' }), basket(1237));
  t.strictSame(outcome([{}, {}], { minProfitQuote: '1.23700001' }), []);
  t.strictSame(outcome([{}, {}], { minProfitBps: 1 }), basket(1237));
  t.strictSame(outcome([{}, {}], { minProfitBps: 1.01 }), []);
  t.strictSame(outcome([{ tickSize: '0.05' }, {}], { slippageBps: 0.13 }), basket(1237, 1_000_010, 1_000_087), 'slippage ends on the grid of each venue, never beyond what is allowed');
  t.strictSame(outcome([{}, { quote: 'USD', pair: 'BTC-USDT', quoteRatePpm: 999_900 }], {}), [], 'what the books cross by, the rate takes away');
  t.strictSame(outcome([{}, { quote: 'USD', pair: 'BTC-USDT', quoteRatePpm: 1_010_000 }], {}), basket(1237));
  t.strictSame(outcome([{}, { quote: 'USD', pair: 'BTC-USD' }], {}), [], 'quotes are never mixed silently');
  t.end();
});

/** Profit of `qty`, exact, as a fraction of 10^(scales + 12). */
function exactProfit(buy: Instrument, sell: Instrument, asks: readonly [number, number][], bids: readonly [number, number][], qty: number): bigint {
  const sum = (levels: readonly [number, number][]): bigint => {
    let left = qty;
    let total = 0n;
    for (const [price, size] of levels) {
      const take = Math.min(left, size);
      total += BigInt(price) * BigInt(take);
      left -= take;
    }
    return total;
  };
  return sum(bids) * BigInt(sell.quoteRatePpm) * BigInt(1_000_000 - sell.takerFeePpm) - sum(asks) * BigInt(buy.quoteRatePpm) * BigInt(1_000_000 + buy.takerFeePpm);
}

t.test('of random books it takes the most profitable quantity there is, and counts its profit exactly', (t) => {
  const seed = 300 + (Date.now() % 1000);
  const random = seeded(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  let failed: string | undefined;
  let taken = 0;
  for (let round = 0; round < 400 && failed === undefined; round++) {
    // Of the fine instruments price × quantity does not fit 2^53.
    const fine = random() < 0.5;
    const magnitude = fine ? 1009 : 1;
    const markets: MarketOptions[] = [0, 1].map(() => ({ takerFeePpm: upTo(3000), quoteRatePpm: 1_000_000 + upTo(2000) - 1000, minNotional: '0', minQty: '0', ...(fine ? { tickSize: '0.0001', stepSize: '0.00001' } : {}) }));
    const ladder = (from: number, step: number): [number, number][] => {
      let price = from;
      return Array.from({ length: 1 + upTo(6) }, () => [(price += step * (1 + upTo(300))), (1 + upTo(40)) * magnitude ** 2]);
    };
    const middle = 1_000_000 * magnitude;
    const asks = ladder(middle, magnitude);
    const bids = ladder(middle + upTo(12_000) * magnitude, -magnitude);
    const { index, book }: { index: InstrumentIndex; book: ReturnType<typeof setUp>['book'] } = setUp(markets, { config: { ...LOOSE, maxNotionalQuote: '9999999999' } });
    book(0, [[1, 1]], asks, 1);
    const lines = book(1, bids, [[middle * 3, 1]], 1);
    const [buy, sell] = index.instruments;
    const total = (levels: readonly [number, number][]): number => levels.reduce((sum, [, qty]) => sum + qty, 0);
    // The best quantity ends where a level does.
    const ends = (levels: readonly [number, number][]): number[] => levels.map((_, i) => total(levels.slice(0, i + 1)));
    const most = Math.min(total(asks), total(bids));
    const candidates = [...ends(asks), ...ends(bids)].filter((qty) => qty <= most);
    let best = 0n;
    for (const qty of candidates) {
      const profit = exactProfit(buy, sell, asks, bids, qty);
      if (profit > best) best = profit;
    }
    const wanted = (best * BigInt(POW10[8])) / 10n ** BigInt(buy.pair.priceScale + buy.pair.qtyScale + 12);
    const told = lines.find((line) => line.startsWith('TAKEN'));
    if (told !== undefined) taken++;
    const profit = told === undefined ? '0' : told.split('+')[1];
    if (profit !== formatTrimmed(wanted, 8)) failed = `seed ${seed} round ${round}: ${profit}, not ${formatTrimmed(wanted, 8)}`;
  }
  t.equal(failed, undefined);
  t.ok(taken > 50, `${taken} taken`);
  t.end();
});

t.test('a full ring takes nothing of a basket, and the next look finds it again', (t) => {
  let room = 3;
  const tight = (inner: MemorySink): RecordSink => ({ views: inner.views, next: () => (room-- > 0 ? inner.next() : -1), flush: () => inner.flush(), abandon: () => inner.abandon() });
  const { strategy, book, change } = setUp([{}, {}], { config: LOOSE, sink: tight });
  book(0, [[900_000, 1]], [[1_000_000, 10]], 1);
  t.strictSame(book(1, [[1_000_100, 10]], [[1_200_000, 1]], 1), []);
  t.match(strategy.stats(), { found: 0, taken: 0, sinkFull: 1 });
  room = Infinity;
  t.strictSame(change(1, [[false, 1_000_100, 9]], 2).map((line) => line.split(' ')[0]), ['OPENED', 'buy', 'sell', 'TAKEN']);
  t.end();
});

t.test('what a strategy does not accept is told by field', (t) => {
  const context = { index: indexOf([{}]), sink: new MemorySink(1), strategyIndex: 0 };
  t.throws(() => createStrategy('no-such', {}, context), { code: 'UNKNOWN_STRATEGY', fix: /cross-venue/ });
  t.throws(() => createStrategy('cross-venue', { maxNotionalQuote: 5 }, context), { code: 'STRATEGY_CONFIG', where: /maxNotionalQuote/ });
  t.throws(() => createStrategy('cross-venue', { maxNotional: '5' }, context), { code: 'STRATEGY_CONFIG' });
  for (const { configSchema } of STRATEGIES) t.ok(configSchema.safeParse({}).success, 'every field has a default');
  t.end();
});
