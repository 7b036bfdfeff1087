import * as ccxt from 'ccxt';
import type { Order, Trade } from 'ccxt';
import t from 'tap';
import { RejectReason, TimeInForce } from '../../src/record/codes.js';
import { MemorySink } from '../../src/record/slot.js';
import { CallOrder } from '../../src/venue/ccxt/call-order.js';
import type { Client } from '../../src/venue/ccxt/client.js';
import { OrderCalls } from '../../src/venue/ccxt/order-calls.js';
import { OrderProgress, type ExchangeCalls } from '../../src/venue/ccxt/order-progress.js';
import { numberOf, tradeFacts, wireIdOf } from '../../src/venue/ccxt/order-words.js';
import type { OutgoingOrder } from '../../src/venue/contract.js';
import { OrderReports } from '../../src/venue/order-reports.js';
import { ReportWriter } from '../../src/venue/report-writer.js';
import { TrackedOrders, type TrackedOrder } from '../../src/venue/tracked-order.js';
import { libraryIndex, libraryMarket, NO_ENDPOINTS } from '../fixtures/ccxt.js';
import { ReportReader, until } from '../fixtures/live-session.js';

const index = libraryIndex([libraryMarket('BTC/USDT')]);
const [btc] = index.instruments;

function orderOf(orderId: number, own: Partial<OutgoingOrder> = {}): OutgoingOrder {
  return { orderId, clientOrderId: `rabc-${orderId}`, instrument: btc, side: 0, tif: TimeInForce.IOC, price: 6_400_000, qty: 10_000, ...own };
}

function told(own: Partial<Order>): Order {
  return { id: 'V1', clientOrderId: undefined, datetime: undefined, timestamp: undefined, lastTradeTimestamp: undefined, status: 'open', symbol: 'BTC/USDT', type: 'limit', side: 'buy', price: 64_000, amount: 1, filled: undefined, remaining: undefined, cost: undefined, trades: [], fee: undefined, reduceOnly: undefined, postOnly: undefined, info: {}, ...own };
}

function tradeOf(id: string, amount: number, own: Partial<Trade> = {}): Trade {
  return { info: {}, id, order: 'V1', amount, price: 64_000, cost: undefined, datetime: undefined, timestamp: 1000, type: 'limit', side: 'buy', symbol: 'BTC/USDT', takerOrMaker: 'taker', fee: { cost: 0.5, currency: 'USDT' }, ...own };
}

/** Of which the library's types do not know. */
const SEVERAL_FEES = { fees: [{ cost: 0, currency: 'X' }, { cost: 0.001, currency: 'BTC' }] };

/** An exchange that answers what it is told to, and the course of our orders there. */
class Rig {
  readonly sink = new MemorySink(1024);
  readonly reader = new ReportReader(this.sink);
  readonly alerts: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly cancelled: string[] = [];
  nowNs = 1e9;
  /** By the exchange's word; undefined: no such order. */
  found: Order | Error | undefined;
  trades: Trade[] = [];
  asked = 0;
  readonly orders = new TrackedOrders();
  readonly progress: OrderProgress;

  constructor({ streams = true, listsTrades = true } = {}) {
    const options = {
      instruments: index.instruments, venueIndex: 0, credentials: { apiKey: '', secret: '' }, sink: this.sink, epochUnixNs: 0n, settings: {}, endpoints: NO_ENDPOINTS,
      assetIndex: (code: string) => index.assets.find((asset) => asset.code === code)?.index,
      orderIdOf: () => undefined, clientOrderIdOf: String,
      host: {
        nowNs: () => this.nowNs, unixMs: () => this.nowNs / 1e6, onState: () => {}, onAnswered: () => {}, onReported: () => this.reader.drain(),
        count: (counter: string) => void (this.counts[counter] = (this.counts[counter] ?? 0) + 1),
        report: (_level: string, code: string) => void this.alerts.push(code),
      },
    };
    const calls: ExchangeCalls = {
      listsTrades,
      find: () => {
        this.asked++;
        return this.found instanceof Error ? Promise.reject(this.found) : Promise.resolve(this.found);
      },
      trades: () => Promise.resolve(this.trades),
      cancel: ({ venueOrderId }: TrackedOrder) => Promise.resolve(void this.cancelled.push(venueOrderId)),
    };
    this.progress = new OrderProgress(options, this.orders, new OrderReports(options, this.orders, new ReportWriter(this.sink, 0)), calls, streams);
  }

  /** An order that the library was given and has answered. */
  placed(outgoing: OutgoingOrder, answer: Partial<Order> = {}): TrackedOrder {
    const order = this.progress.begin(outgoing, this.nowNs);
    this.progress.observe(order, told(answer));
    this.progress.answered(order);
    return order;
  }

  async ask(outgoing: OutgoingOrder): Promise<void> {
    this.progress.ask(outgoing);
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.reader.drain();
  }

  async pass(ms: number): Promise<void> {
    for (let i = 0; i < ms; i += 100) {
      this.nowNs += 100e6;
      this.progress.onTimer(this.nowNs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.reader.drain();
  }

  kinds(orderId: number): string {
    this.reader.drain();
    return this.reader.kinds(orderId);
  }
}

t.test('an order goes out as numbers that stand for exactly what was approved, and past everything that waits', async (t) => {
  t.equal(numberOf(6_401_012, 2), 64010.12);
  t.equal(numberOf(9_007_199_254_740_991, 8), undefined, 'more digits than a number holds');
  t.equal(numberOf(1, 8), 1e-8);
  t.equal(wireIdOf('rabc123-z9'), 'rabc123z9');
  const sent: unknown[][] = [];
  const throttled: number[] = [];
  let release: () => void = () => {};
  const client = {
    has: {}, features: { spot: { createOrder: { timeInForce: { IOC: true, FOK: false } } } },
    throttle: (cost: number) => {
      throttled.push(cost);
      return new Promise<void>((resolve) => (release = resolve));
    },
    nonce: () => 1000,
    async createOrder(...order: unknown[]) {
      await client.throttle(1);
      sent.push(order);
      return told({});
    },
  };
  const calls = new OrderCalls(client as unknown as Client);
  const question = calls.order.inTurn(() => client.throttle(5));
  await new Promise((resolve) => setImmediate(resolve));
  await calls.place(orderOf(1));
  t.same(sent, [['BTC/USDT', 'limit', 'buy', 1, 64_000, { clientOrderId: 'rabc1', timeInForce: 'IOC' }]]);
  t.same(throttled, [5], 'a question waits for its turn, the order did not');
  release();
  await question;
  t.same([client.nonce(), client.nonce(), client.nonce()], [1000, 1001, 1002], 'numbers that must grow do');
  t.same([TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTC].map((tif) => calls.takes(tif)), [true, false, true]);
  t.ok(new CallOrder(client as unknown as Client));
});

t.test('fills are told before the end, each once, whoever tells them first', async (t) => {
  const rig = new Rig();
  // The stream is faster than the answer, and does not know our number yet.
  const order = rig.progress.begin(orderOf(1), rig.nowNs);
  rig.progress.onStreamedTrade(tradeOf('T1', 0.4));
  rig.progress.onStreamedOrder(told({ clientOrderId: 't-rabc1', status: 'open', filled: 0.4 }));
  t.equal(rig.kinds(1), 'ACK');
  t.equal(rig.reader.fills.length, 1, 'what came before the number was kept');
  rig.progress.observe(order, told({ status: 'closed', filled: 1, trades: [tradeOf('T1', 0.4)] }));
  rig.progress.answered(order);
  t.equal(rig.kinds(1), 'ACK', 'it has ended, but not all of its fills are here');
  rig.trades = [tradeOf('T1', 0.4), tradeOf('T2', 0.6, { cost: 38_400, fee: undefined, ...SEVERAL_FEES })];
  t.ok(await until(() => rig.kinds(1) === 'ACK FILLED'));
  t.same(rig.reader.fills.map(({ qty, quoteAmount, fee }) => [qty, quoteAmount, fee]), [[4000, 2_560_000_000_000n, 50_000_000n], [6000, 3_840_000_000_000n, 100_000n]]);
  t.equal(rig.reader.fills[1].feeAsset, index.assets.find(({ code }) => code === 'BTC')!.index);
  rig.progress.onStreamedTrade(tradeOf('T2', 0.6));
  t.equal(rig.reader.fills.length, 2);
});

t.test("a streamed trade whose cost or fee cannot be is left to the exchange's list", async (t) => {
  const rig = new Rig();
  rig.placed(orderOf(1));
  rig.progress.onStreamedTrade(tradeOf('T1', 0.4, { fee: { cost: -0.5, currency: 'USDT' } })); // the exchange's own sign
  rig.progress.onStreamedTrade(tradeOf('T2', 0.6, { cost: 64_000 })); // of the whole order
  rig.progress.onStreamedTrade(tradeOf('T2', 0.6, { fee: { cost: undefined, currency: undefined } }));
  t.same([rig.kinds(1), rig.reader.fills.length], ['ACK', 0]);
  rig.trades = [tradeOf('T1', 0.4), tradeOf('T2', 0.6)];
  rig.progress.onStreamedOrder(told({ status: 'closed', filled: 1 }));
  t.ok(await until(() => rig.kinds(1) === 'ACK FILLED'));
  t.same(rig.reader.fills.map(({ quoteAmount, fee }) => [quoteAmount, fee]), [[2_560_000_000_000n, 50_000_000n], [3_840_000_000_000n, 50_000_000n]]);

  const cut = tradeFacts(tradeOf('T3', 0.0005, { price: 0.01, cost: 0.0000050000000099 }), btc);
  t.equal(cut.cost, '0.00000500', 'costs are cut at 10^-8');
  t.equal(tradeFacts(tradeOf('T4', 1, { cost: 63_999.99 }), btc).cost, '63999.99000000', 'what the exchange rounded is what it charged');
  t.equal(tradeFacts(tradeOf('T5', 0.5, { cost: 64_000 }), btc).cost, '32000.00000000');
  t.equal(tradeFacts(tradeOf('T6', 0.5, { fee: { cost: -0.2, currency: 'USDT' }, takerOrMaker: 'maker' }), btc).fee, '-0.2', 'a rebate');
});

t.test('what an exchange calls closed, cancelled or expired is read off its quantities', async (t) => {
  const rig = new Rig();
  rig.placed(orderOf(1), { id: 'A', status: 'closed', filled: 0.4, trades: [tradeOf('T1', 0.4, { order: 'A' })] });
  t.equal(rig.kinds(1), 'ACK EXPIRED', 'an immediate order that is done with a rest');
  rig.placed(orderOf(2), { id: 'B', status: 'expired', filled: 0 });
  t.equal(rig.kinds(2), 'ACK EXPIRED');
  rig.placed(orderOf(3, { tif: TimeInForce.GTC }), { id: 'C', status: 'canceled', filled: 0 });
  t.equal(rig.kinds(3), 'ACK CANCELLED');
  rig.placed(orderOf(4), { id: 'D', status: 'rejected' });
  t.equal(rig.kinds(4), 'REJECTED');
  rig.placed(orderOf(5), { id: 'E', status: 'closed' });
  t.equal(rig.kinds(5), '', 'without a quantity nothing is said');
  rig.found = told({ id: 'E', status: 'closed', filled: 0 });
  await rig.pass(300);
  t.equal(rig.kinds(5), 'ACK EXPIRED', 'it is asked for');
});

t.test('where the exchange tells no trades, the order itself is one', async (t) => {
  const rig = new Rig({ streams: false, listsTrades: false });
  rig.placed(orderOf(1), { status: 'closed', filled: 1, average: 63_999.5, cost: 63_999.5, fee: { cost: 12.8, currency: 'USDT' } });
  t.ok(await until(() => rig.kinds(1) === 'ACK FILLED'));
  t.match(rig.reader.fills, [{ price: 6_399_950, qty: 10_000, quoteAmount: 6_399_950_000_000n, fee: 1_280_000_000n }]);
});

t.test('an immediate order that rests is cancelled, and where nothing is streamed it is asked for until it has ended', async (t) => {
  const rig = new Rig({ streams: false });
  rig.placed(orderOf(1));
  rig.found = told({});
  await rig.pass(4000);
  t.ok(rig.asked > 2);
  t.same([...new Set(rig.cancelled)], ['V1']);
  t.ok(rig.alerts.includes('CCXT_ORDER_RESTS'));
  rig.found = told({ status: 'canceled', filled: 0 });
  await rig.pass(10_000);
  t.equal(rig.kinds(1), 'ACK EXPIRED');
});

t.test('an unanswered order is found by our id, and not found only after the exchange has shown that it keeps ids', async (t) => {
  const rig = new Rig();
  const lost = rig.progress.begin(orderOf(1), rig.nowNs);
  await rig.ask(orderOf(1));
  t.equal(rig.kinds(1), 'UNKNOWN', 'the library has not answered yet: it may still be on its way');
  rig.progress.answered(lost);
  rig.nowNs += 20e9;
  await rig.ask(orderOf(1));
  t.equal(rig.kinds(1), 'UNKNOWN UNKNOWN');
  t.same(rig.alerts, ['CCXT_ORDER_LOST']);
  rig.placed(orderOf(2), { id: 'V2', clientOrderId: 'rabc2', status: 'canceled', filled: 0 });
  await rig.ask(orderOf(1));
  t.equal(rig.kinds(1), 'UNKNOWN UNKNOWN NOT_FOUND');

  const other = rig.progress.begin(orderOf(3), rig.nowNs);
  rig.progress.answered(other);
  await rig.ask(orderOf(3));
  t.equal(rig.kinds(3), 'UNKNOWN', 'too young');
  rig.found = new ccxt.RequestTimeout('x');
  await rig.ask(orderOf(3));
  t.equal(rig.kinds(3), 'UNKNOWN UNKNOWN', 'a question that fails answers nothing');
  rig.found = told({ id: 'V3', clientOrderId: 'rabc3', status: 'closed', filled: 1, trades: [tradeOf('T9', 1, { order: 'V3' })] });
  await rig.ask(orderOf(3));
  t.equal(rig.kinds(3), 'UNKNOWN UNKNOWN ACK FILLED');
  await rig.ask(orderOf(3));
  t.equal(rig.kinds(3), 'UNKNOWN UNKNOWN ACK FILLED FILLED', 'asked again, it says so again');
  t.equal(rig.reader.fills.length, 1);
});

t.test("a predecessor's order is told with all its fills", async (t) => {
  const rig = new Rig();
  rig.found = told({ id: 'V7', clientOrderId: 'rabc7', status: 'canceled', filled: 0.5 });
  rig.trades = [tradeOf('T1', 0.25, { order: 'V7' }), tradeOf('T2', 0.25, { order: 'V7' })];
  rig.progress.ask(orderOf(7, { tif: TimeInForce.GTC }));
  t.ok(await until(() => rig.kinds(7) === 'ACK CANCELLED'));
  t.equal(rig.reader.fills.length, 2);
  t.equal(rig.reader.reports.at(-1)!.cumQty, 5000);
  t.equal(rig.reader.reports.at(-1)!.reason, RejectReason.NONE);
});

t.test('trades without ids are told apart by what they say', (t) => {
  const one = tradeFacts(tradeOf('', 0.5, { id: undefined }), btc);
  t.equal(one.executionId, tradeFacts(tradeOf('', 0.5, { id: undefined }), btc).executionId);
  t.not(one.number, tradeFacts(tradeOf('', 0.6, { id: undefined }), btc).number);
  t.ok(Number.isSafeInteger(one.number));
  t.equal(tradeFacts(tradeOf('123456', 1), btc).number, 123_456);
  t.end();
});
