/** How long from a basket of intents to its orders in the ring, and what does a fill cost? */
import { Executor } from '../src/execution/executor.js';
import { ledgerBytes } from '../src/execution/ledger.js';
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { InstrumentIndex, MarketSelection } from '../src/model/instrument.js';
import { BalanceKind, Flag, NO_INSTRUMENT, TimeInForce, VenueChannel, VenueState } from '../src/record/codes.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { Balance, Fill, OrderIntent, VenueStatus } from '../src/record/records.js';
import { MemorySink, SlotViews, type RecordSink } from '../src/record/slot.js';
import { ringBytes } from '../src/ring/layout.js';
import { RingProducer } from '../src/ring/producer.js';
import type { MarketView } from '../src/risk/market.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { newRing, pageAligned } from './memory.js';
import { clockCostNs, figures, percentilesOf } from './samples.js';

const NAME = 'intent-order';
const FACTS = 262_144;
const PRICE = 100_00;
const QTY = 1_000;
const STEP_NS = 1e6;
/** Baskets at the end without a timer, so that a successor finds a ledger as long as it gets. */
const UNCOMPACTED = 1_600;

const market: MarketView = { bestBid: () => PRICE, bestAsk: () => PRICE + 10, inSync: () => true, tsRecvNs: () => Infinity };

function selection(venue: string): MarketSelection {
  return {
    venue, pair: 'BTC-USDT', quoteRatePpm: 1_000_000, takerFeePpm: 1000, makerFeePpm: 1000,
    metadata: { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.01', stepSize: '0.00001', minQty: '0.00001', minNotional: '0.1', priceDecimals: 2, qtyDecimals: 5 },
  };
}

/** An executor that trades, writing to a ring of the engine's kind that nobody holds back. */
class Rig {
  readonly index: InstrumentIndex = buildInstrumentIndex({ venues: ['a', 'b'], markets: [selection('a'), selection('b')] });
  readonly input = new MemorySink(16);
  readonly memory = pageAligned(ledgerBytes(FACTS));
  readonly sink: RecordSink;
  executor: Executor;
  nowNs = 1e9;
  private readonly intent = new OrderIntent(this.input.views);
  private readonly fill = new Fill(this.input.views);
  private nextTrade = 1;

  constructor() {
    const ring = newRing(1 << 14, []);
    const producer = new RingProducer(ring);
    this.sink = { views: new SlotViews(ring.buffer, ring.byteOffset, ringBytes(ring.capacity)), next: () => producer.next(), flush: () => void producer.flush(), abandon: () => producer.abandon() };
    this.executor = this.start();
    for (const venue of [0, 1]) this.open(venue);
  }

  start(): Executor {
    return new Executor({
      index: this.index, venues: [0, 1], ledger: { buffer: this.memory, byteOffset: 0, byteLength: ledgerBytes(FACTS) }, sink: this.sink, published: 0, market, epochUnixNs: 0n, nowNs: this.nowNs,
      limits: { maxOrderNotional: '1000000', maxPositionNotional: '10000000000', maxLoss: '10000000000', maxOrdersPerSecond: 10_000, maxOpenOrders: 100, staleBookMs: 2000, collarBps: 200, legTimeoutMs: 2000 },
    });
  }

  private open(venue: number): void {
    this.input.clear();
    const status = new VenueStatus(this.input.views).begin(this.input.next(), 0, venue, NO_INSTRUMENT);
    status.channel = VenueChannel.GATEWAY;
    status.state = VenueState.UP;
    for (const asset of [0, 1]) {
      const balance = new Balance(this.input.views).begin(this.input.next(), asset === 0 ? Flag.FIRST : Flag.LAST, venue, NO_INSTRUMENT);
      balance.asset = asset;
      balance.kind = BalanceKind.VENUE;
      balance.venueTotal = 10n ** 17n;
    }
    for (let i = 0; i < 3; i++) this.executor.onRecord(this.input.views, i * SLOT_BYTES, this.nowNs);
  }

  /** Two legs of one basket, in slots 0 and 1 of the input. */
  writeBasket(frame: number): void {
    this.input.clear();
    this.nowNs += STEP_NS;
    for (const leg of [0, 1]) {
      const intent = this.intent.begin(this.input.next(), leg === 0 ? Flag.FIRST : Flag.LAST | Flag.SELL, leg, leg);
      intent.leg = leg;
      intent.legs = 2;
      intent.opportunityId = frame;
      intent.frame = frame;
      intent.tif = TimeInForce.IOC;
      intent.price = PRICE;
      intent.qty = QTY;
      intent.expectedProfit = 1n;
      intent.tsCauseNs = this.nowNs;
    }
  }

  writeFill(orderId: number, venue: number): void {
    this.input.clear();
    const fill = this.fill.begin(this.input.next(), 0, venue, venue);
    fill.orderId = orderId;
    fill.tradeId = this.nextTrade++;
    fill.price = PRICE;
    fill.qty = QTY;
    fill.quoteAmount = 100_000_000n;
    fill.fee = 100_000n;
    fill.feeAsset = 1;
  }
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  options.progress('baskets and fills');
  const rig = new Rig();
  const baskets = scaled(40_000, options, 2_000);
  const warmUp = baskets >> 1;
  const order = new Float64Array(baskets - warmUp);
  const fill = new Float64Array(2 * (baskets - warmUp));
  const { input: { views }, executor } = rig;
  for (let i = 0; i < baskets; i++) {
    rig.writeBasket(i + 1);
    const before = performance.now();
    executor.onRecord(views, 0, rig.nowNs);
    executor.onRecord(views, SLOT_BYTES, rig.nowNs);
    const orderNs = (performance.now() - before) * 1e6;
    if (i >= warmUp) order[i - warmUp] = orderNs;
    for (const leg of [0, 1]) {
      rig.writeFill(2 * i + 1 + leg, leg);
      const start = performance.now();
      executor.onRecord(views, 0, rig.nowNs);
      if (i >= warmUp) fill[2 * (i - warmUp) + leg] = (performance.now() - start) * 1e6;
    }
    if (i % 100 === 0 && i < baskets - UNCOMPACTED) executor.onTimer(rig.nowNs);
  }
  const { ordersSent, fills, ledger } = executor.snapshot();
  if (ordersSent !== 2 * baskets || fills !== 2 * baskets) throw new Error(`${2 * baskets} orders wanted, ${ordersSent} sent, ${fills} filled`);
  const notes = [`one reading of the clock, ${clockCostNs()} ns, is in every sample`];
  const { curve, ...ordered } = percentilesOf(order);
  yield {
    bench: NAME, name: 'two legs: last intent → both orders published', measured: figures(ordered), baselines: {}, notes, curves: { 'intent → orders': curve },
    targets: [target('p50 at most 3 µs', ordered.p50Ns <= 3000)],
  };
  yield { bench: NAME, name: 'a fill: order, positions, P&L, update published', measured: figures(percentilesOf(fill)), baselines: {}, notes };
  options.progress('a successor');
  const recoveries = Float64Array.from({ length: 5 }, () => {
    const start = performance.now();
    rig.start();
    return performance.now() - start;
  }).sort();
  yield { bench: NAME, name: `a successor folds ${ledger.facts} facts`, measured: { value: Math.round(recoveries[2] * 10) / 10, unit: 'ms' }, baselines: {} };
}

export const intentOrder: Bench = {
  name: NAME,
  question: 'How long from a basket of intents to its orders in the ring, and what does a fill cost?',
  topology: 'one thread: risk, ledger commit and ring flush included',
  run,
};
