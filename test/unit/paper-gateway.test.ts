import t from 'tap';
import { Executor } from '../../src/execution/executor.js';
import { ledgerBytes } from '../../src/execution/ledger.js';
import { PaperGateway } from '../../src/execution/paper-gateway.js';
import type { DepthView } from '../../src/execution/paper-book.js';
import { Flag, NO_INSTRUMENT, OrderAction, RejectReason, ReportKind, TimeInForce, VenueChannel, VenueState, nameOf } from '../../src/record/codes.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { Balance, ExecutionReport, Fill, OrderCommand, VenueStatus, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import { TopMarketView } from '../fixtures/top-market-view.js';
import type { GatewaySession, OutgoingOrder } from '../../src/venue/contract.js';
import { EPOCH_UNIX_NS, WIDE_LIMITS, testIndex, writeIntent } from '../fixtures/execution.js';
import { Chance } from '../fixtures/model-exchange.js';

const LATENCY_NS = 10e6;
type Levels = readonly (readonly [price: number, qty: number])[];

function view(bids: Levels, asks: Levels, inSync = true): DepthView {
  const column = (levels: Levels, k: 0 | 1): Float64Array => Float64Array.from(levels, (level) => level[k]);
  return { inSync, bids: bids.length, asks: asks.length, bidPrices: column(bids, 0), bidQtys: column(bids, 1), askPrices: column(asks, 0), askQtys: column(asks, 1) };
}

class Paper {
  readonly index = testIndex();
  readonly sink = new MemorySink(4096);
  depth: DepthView | undefined = view([[100_00, 1_000], [99_90, 2_000]], [[100_10, 500], [100_20, 700], [100_30, 900]]);
  nowNs = 0;
  readonly session: PaperGateway;
  private told = 0;

  constructor(readonly venue = 0) {
    const assets = this.index.assets;
    this.session = new PaperGateway({
      venueIndex: venue, instruments: this.index.instruments.filter((instrument) => instrument.venue.index === venue), sink: this.sink, depth: () => this.depth,
      latencyNs: LATENCY_NS, feeInReceived: venue === 0, balances: assets.map(({ code }) => (code === 'USDT' ? 100n * 10n ** 8n : 1n * 10n ** 8n)),
      assetIndex: (code) => assets.find((asset) => asset.code === code)?.index,
    });
    const contract: GatewaySession = this.session; // it stands where a venue's session stands
    contract.onOpen(0);
  }

  order(orderId: number, side: 0 | 1, price: number, qty: number, tif: number = TimeInForce.IOC): OutgoingOrder {
    return { instrument: this.index.instruments[this.venue], orderId, clientOrderId: `c${orderId}`, side, tif, price, qty };
  }

  wait(ms: number): void {
    this.nowNs += ms * 1e6;
    this.session.turn(this.nowNs);
  }

  /** What was told since the last call, in short. */
  said(): string[] {
    const lines: string[] = [];
    for (; this.told < this.sink.count; this.told++) {
      const at = this.told * SLOT_BYTES;
      const type = typeAt(this.sink.views, at);
      if (type === ExecutionReport.TYPE) {
        const report = new ExecutionReport(this.sink.views).wrap(at);
        lines.push(`${report.orderId} ${nameOf(ReportKind, report.kind)}${report.reason === 0 ? '' : ` ${nameOf(RejectReason, report.reason)}`} ${report.cumQty}`);
      } else if (type === Fill.TYPE) {
        const fill = new Fill(this.sink.views).wrap(at);
        lines.push(`${fill.orderId} fill ${fill.qty}@${fill.price} fee ${fill.fee} ${this.index.assets[fill.feeAsset].code}${(fill.flags & Flag.MAKER) === 0 ? '' : ' maker'}`);
      } else if (type === Balance.TYPE) {
        const balance = new Balance(this.sink.views).wrap(at);
        lines.push(`${this.index.assets[balance.asset].code} ${balance.venueTotal} held ${balance.held}${(balance.flags & Flag.LAST) === 0 ? '' : ' last'}`);
      }
    }
    return lines;
  }
}

t.test('an order walks the book it finds when it arrives, and hears of it a latency after it was placed', (t) => {
  const paper = new Paper();
  t.equal(paper.session.place(paper.order(1, 0, 100_20, 1_500), 0), true);
  paper.wait(4);
  paper.depth = view([], [[100_10, 400], [100_20, 700], [100_30, 900]]);
  paper.wait(1);
  t.same(paper.said(), [], 'it has arrived and nobody knows yet');
  paper.depth = view([], []);
  paper.wait(5);
  t.same(paper.said(), ['1 ACK 0', '1 fill 400@10010 fee 400 BTC', '1 fill 700@10020 fee 700 BTC', '1 EXPIRED 1100'], 'as it was on arrival; the rest expires');
  t.end();
});

t.test('what was taken is not there again until the venue shows another quantity', (t) => {
  const paper = new Paper(1);
  const buy = (orderId: number, qty: number): string[] => {
    paper.session.place(paper.order(orderId, 0, 100_20, qty), paper.nowNs);
    paper.wait(10);
    return paper.said().filter((line) => !line.includes('ACK'));
  };
  t.same(buy(1, 800), ['1 fill 500@10010 fee 50050 USDT', '1 fill 300@10020 fee 30060 USDT', '1 FILLED 800']);
  t.same(buy(2, 800), ['2 fill 400@10020 fee 40080 USDT', '2 EXPIRED 400']);
  t.same(buy(3, 10), ['3 EXPIRED 0']);
  paper.depth = view([], [[100_10, 500], [100_20, 650]]);
  t.same(buy(4, 800), ['4 fill 650@10020 fee 65130 USDT', '4 EXPIRED 650'], 'one level is new, the other the same as before');
  t.end();
});

t.test('FOK is all or nothing, a book out of sync fills nothing, and limits are limits', (t) => {
  const paper = new Paper();
  const last = (orderId: number, side: 0 | 1, price: number, qty: number, tif: number): string => {
    paper.session.place(paper.order(orderId, side, price, qty, tif), paper.nowNs);
    paper.wait(10);
    return paper.said().at(-1)!;
  };
  t.equal(last(1, 0, 100_20, 1_201, TimeInForce.FOK), '1 EXPIRED 0');
  t.equal(last(2, 0, 100_20, 1_200, TimeInForce.FOK), '2 FILLED 1200');
  t.equal(last(3, 1, 100_01, 100, TimeInForce.IOC), '3 EXPIRED 0');
  t.equal(last(4, 1, 100_00, 100, TimeInForce.IOC), '4 FILLED 100');
  paper.depth = { ...paper.depth!, inSync: false };
  t.equal(last(5, 1, 1, 100, TimeInForce.IOC), '5 EXPIRED 0');
  paper.depth = undefined;
  t.equal(last(6, 1, 1, 100, TimeInForce.IOC), '6 EXPIRED 0');
  t.end();
});

t.test('a resting order holds its funds, fills at its own price when the book crosses it, and can be cancelled', (t) => {
  const paper = new Paper(1);
  paper.session.place(paper.order(1, 0, 100_00, 1_000, TimeInForce.GTC), 0);
  paper.wait(10);
  t.same(paper.said(), ['1 ACK 0']);
  paper.depth = view([[99_00, 1]], [[99_50, 300], [100_00, 200], [100_10, 9_000]]);
  paper.wait(1);
  paper.wait(1);
  paper.wait(10);
  t.same(paper.said(), ['1 fill 300@10000 fee 30000 USDT maker', '1 fill 200@10000 fee 20000 USDT maker'], 'once, although the book was looked at twice');
  paper.session.requestBalances(paper.nowNs);
  paper.wait(10);
  t.same(paper.said(), ['BTC 100500000 held 0', 'USDT 9949950000 held 50050000', 'ETH 100000000 held 0 last']);
  paper.session.query(paper.order(1, 0, 0, 0), paper.nowNs);
  paper.session.cancel(paper.order(1, 0, 0, 0), paper.nowNs);
  paper.session.cancel(paper.order(1, 0, 0, 0), paper.nowNs);
  paper.session.query(paper.order(9, 0, 0, 0), paper.nowNs);
  paper.wait(10);
  t.same(paper.said().slice(2), ['1 OPEN 500', '1 CANCELLED 500', '1 CANCEL_REJECTED UNKNOWN_ORDER 0', '9 NOT_FOUND UNKNOWN_ORDER 0']);
  paper.session.place(paper.order(2, 0, 99_00, 100, TimeInForce.GTC), paper.nowNs);
  paper.wait(10);
  paper.session.cancelAll(paper.nowNs);
  paper.wait(10);
  t.equal(paper.said().at(-1), '2 CANCELLED 0');
  t.end();
});

t.test('what cannot be paid is rejected, and nothing is taken before the session is open', (t) => {
  const paper = new Paper();
  paper.session.place(paper.order(1, 1, 100_00, 100_001), 0);
  paper.session.place(paper.order(2, 0, 100_10, 100_000), 0);
  paper.wait(10);
  t.same(paper.said(), ['1 REJECTED INSUFFICIENT_FUNDS 0', '2 REJECTED INSUFFICIENT_FUNDS 0']);
  paper.session.onClose();
  t.equal(paper.session.place(paper.order(3, 0, 100_10, 1), 0), false);
  t.end();
});

t.test('the engine on paper: executor and two paper venues agree to the last unit', (t) => {
  for (let seed = 1; seed <= 6; seed++) {
    const chance = new Chance(seed);
    const index = testIndex();
    const orders = new MemorySink(1 << 14);
    const intents = new MemorySink(1 << 11);
    const market = new TopMarketView(4);
    const books: (DepthView | undefined)[] = [];
    const balances = index.assets.map(({ code }) => (code === 'USDT' ? 100_000n : 50n) * 10n ** 8n);
    const venues = [0, 1].map((venueIndex) => {
      const sink = new MemorySink(1 << 13);
      const status = new VenueStatus(sink.views).begin(sink.next(), 0, venueIndex, NO_INSTRUMENT);
      status.channel = VenueChannel.GATEWAY;
      status.state = VenueState.UP;
      sink.flush();
      const session = new PaperGateway({
        venueIndex, instruments: index.instruments.filter(({ venue }) => venue.index === venueIndex), sink, depth: (instrument) => books[instrument], latencyNs: 4e6,
        feeInReceived: venueIndex === 0, balances, assetIndex: (code) => index.assets.find((asset) => asset.code === code)?.index,
      });
      session.onOpen();
      return { session, sink, fed: 0, read: 0 };
    });
    const ledger = new SharedArrayBuffer(ledgerBytes(32_768));
    const executor = new Executor({
      index, venues: [0, 1], ledger: { buffer: ledger, byteOffset: 0, byteLength: ledger.byteLength }, sink: orders, published: 0, market, limits: WIDE_LIMITS, epochUnixNs: EPOCH_UNIX_NS, nowNs: 0,
    });
    let nowNs = 1e9;
    let fed = 0;
    const step = (): void => {
      nowNs += 1e6;
      for (let i = 0; i < 4; i++) {
        const mid = (i < 2 ? 100_00 : 10_00) + chance.int(-30, 30) * 10;
        books[i] = view([[mid, chance.int(1, 3_000)], [mid - 10, chance.int(1, 3_000)]], [[mid + 10, chance.int(1, 3_000)], [mid + 20, chance.int(1, 3_000)]]);
        market.set(i, mid, mid + 10, true, nowNs);
      }
      for (const venue of venues) {
        const command = new OrderCommand(orders.views);
        for (; venue.read < orders.count; venue.read++) {
          if (typeAt(orders.views, venue.read * SLOT_BYTES) !== OrderCommand.TYPE) continue;
          command.wrap(venue.read * SLOT_BYTES);
          if (command.venue !== venues.indexOf(venue)) continue;
          const order = { instrument: index.instruments[command.instrument], orderId: command.orderId, side: (command.flags & Flag.SELL) === 0 ? 0 : 1, tif: command.tif, price: command.price, qty: command.qty } as const;
          if (command.action === OrderAction.NEW) venue.session.place(order, nowNs);
          else if (command.action === OrderAction.CANCEL) venue.session.cancel(order, nowNs);
          else if (command.action === OrderAction.QUERY) venue.session.query(order, nowNs);
          else if (command.action === OrderAction.BALANCES) venue.session.requestBalances(nowNs);
          else venue.session.cancelAll(nowNs);
        }
        venue.session.turn(nowNs);
        for (; venue.fed < venue.sink.count; venue.fed++) executor.onRecord(venue.sink.views, venue.fed * SLOT_BYTES, nowNs);
      }
      for (; fed < intents.count; fed++) executor.onRecord(intents.views, fed * SLOT_BYTES, nowNs);
      if (nowNs % 100e6 === 0) executor.onTimer(nowNs);
    };
    for (let i = 0; i < 2_000; i++) {
      if (chance.happens(0.2)) {
        const pair = chance.int(0, 1);
        const price = (pair === 0 ? 100_00 : 10_00) + chance.int(-20, 20) * 10;
        const tif = chance.happens(0.2) ? TimeInForce.GTC : TimeInForce.IOC;
        writeIntent(intents, index, [{ instrument: pair * 2, side: 'buy', price, qty: 2_000, tif }, { instrument: pair * 2 + 1, side: 'sell', price, qty: 2_000 }], { frame: i, tsCauseNs: nowNs });
        intents.flush();
      }
      step();
    }
    executor.stop(nowNs);
    for (let i = 0; i < 1_000 && !executor.idle; i++) step();
    executor.requestBalances(nowNs);
    for (let i = 0; i < 50; i++) step();
    const { reconciliation, fills, counters } = executor.snapshot();
    if (!executor.idle || !reconciliation.reconciled || fills < 20) t.fail(`seed ${seed}: idle ${executor.idle}, ${fills} fills, ${JSON.stringify(reconciliation)}`);
    t.match(counters, { timeouts: 0, orphanFills: 0, overfills: 0 }, `seed ${seed}`);
  }
  t.end();
});
