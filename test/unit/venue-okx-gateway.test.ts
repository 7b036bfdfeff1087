import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { RejectReason, TimeInForce, VenueReason } from '../../src/record/codes.js';
import { MemorySink } from '../../src/record/slot.js';
import type { GatewayHost, HttpRequest, OutgoingOrder } from '../../src/venue/contract.js';
import { OkxGateway } from '../../src/venue/okx/gateway.js';
import { OrderLimits } from '../../src/venue/okx/order-limits.js';
import { EPOCH_UNIX_NS } from '../fixtures/kraken.js';
import { ReportReader } from '../fixtures/live-session.js';
import { BASE_MS, fill, indexOf, market, operationAnswer, order, ordersFrame } from '../fixtures/okx.js';

const encoder = new TextEncoder();
const LOGGED_ON = '{"event":"login","code":"0","msg":"","connId":"a2"}';
const SUBSCRIBED = '{"event":"subscribe","arg":{"channel":"orders","instType":"SPOT"},"connId":"a2"}';

class Rig implements GatewayHost {
  readonly index = indexOf(market('BTC-USDT'), market('ETH-USDT', { tickSize: '0.01', priceDecimals: 2, stepSize: '0.000001', qtyDecimals: 6, venueNumber: undefined }));
  readonly sink: MemorySink;
  readonly reader: ReportReader;
  readonly gateway: OkxGateway;
  readonly sent: string[] = [];
  requests: { tag: number; request: HttpRequest }[] = [];
  readonly counts: Record<string, number> = {};
  readonly reconnects: number[] = [];
  nowNs = 1e9;

  constructor(capacity = 256) {
    this.sink = new MemorySink(capacity);
    this.reader = new ReportReader(this.sink);
    this.gateway = new OkxGateway({
      instruments: this.index.instruments, venueIndex: 0, credentials: { apiKey: 'sim-key-okx', secret: 'sim-secret-okx', passphrase: 'sim-pass' }, sink: this.sink, host: this,
      epochUnixNs: EPOCH_UNIX_NS, settings: {},
      assetIndex: (code) => this.index.assets.find((asset) => asset.code === code)?.index,
      orderIdOf: (id) => (id.startsWith('ok') ? Number(id.slice(2)) : undefined),
      clientOrderIdOf: (id) => `ok${id}`,
    });
  }

  send(text: string): void { this.sent.push(text); }
  request(tag: number, request: HttpRequest): void { this.requests.push({ tag, request }); }
  reconnect(reason: number): void { this.reconnects.push(reason); }
  unixMs(): number { return BASE_MS - 1000 + this.nowNs / 1e6; }
  count(counter: string): void { this.counts[counter] = (this.counts[counter] ?? 0) + 1; }

  /** Answer the oldest request. @returns its path */
  answer(data: unknown, code = '0', status = 200): string {
    const { tag, request } = this.requests.shift()!;
    this.gateway.onResponse(tag, status, encoder.encode(JSON.stringify({ code, msg: '', data })), this.nowNs);
    this.reader.drain();
    return request.path;
  }

  frame(text: string): this {
    const bytes = encoder.encode(text);
    this.gateway.onFrame(bytes, bytes.length, this.nowNs++);
    this.reader.drain();
    return this;
  }

  wait(ns: number): this {
    this.nowNs += ns;
    this.gateway.onTimer(this.nowNs);
    this.reader.drain();
    return this;
  }

  open(): this {
    this.gateway.onOpen(this.nowNs);
    this.answer([{ ts: String(BASE_MS) }]);
    return this.frame(LOGGED_ON).frame(SUBSCRIBED);
  }

  order(orderId: number, changes: Partial<OutgoingOrder> = {}): OutgoingOrder {
    return { instrument: this.index.instruments[0], orderId, clientOrderId: `ok${orderId}`, side: 0, tif: TimeInForce.IOC, price: 640_000, qty: 200_000, ...changes };
  }

  place(orderId: number, changes: Partial<OutgoingOrder> = {}): number {
    t.ok(this.gateway.place(this.order(orderId, changes), this.nowNs));
    return this.lastId();
  }

  lastId(): number {
    return Number((JSON.parse(this.sent.at(-1)!) as { id: string }).id);
  }
}

t.test('a session logs on with the time of the venue, in seconds, and orders leave as the venue documents them', (t) => {
  const rig = new Rig();
  rig.gateway.onOpen(1e9);
  t.same(rig.sent, [], 'nothing is signed before the time is known');
  rig.answer([{ ts: '1795000000000' }]);
  t.same(JSON.parse(rig.sent[0]), { op: 'login', args: [{ apiKey: 'sim-key-okx', passphrase: 'sim-pass', timestamp: '1795000000', sign: 'pRgYq+hmd76IRvmGCDW8aeY7ULpYT8OwP6ViIaki708=' }] });
  rig.frame(LOGGED_ON);
  t.same(JSON.parse(rig.sent[1]), { op: 'subscribe', args: [{ channel: 'orders', instType: 'SPOT' }] });
  t.equal(rig.gateway.ready, false);
  t.equal(rig.gateway.place(rig.order(1), 1e9), false);
  rig.frame(SUBSCRIBED);
  t.ok(rig.gateway.ready);
  rig.nowNs = 1e9;
  rig.place(1);
  t.equal(rig.sent.at(-1), '{"id":"1","op":"order","expTime":"1795000005000","args":[{"instIdCode":10459,"tdMode":"cash","side":"buy","ordType":"ioc","sz":"0.002","px":"64000","clOrdId":"ok1"}]}');
  rig.place(2, { side: 1, tif: TimeInForce.FOK, instrument: rig.index.instruments[1], price: 350_012, qty: 1 });
  t.equal(rig.sent.at(-1), '{"id":"2","op":"order","expTime":"1795000005000","args":[{"instId":"ETH-USDT","tdMode":"cash","side":"sell","ordType":"fok","sz":"0.000001","px":"3500.12","clOrdId":"ok2"}]}', 'a market without a number goes by its symbol');
  rig.place(3, { tif: TimeInForce.GTC });
  t.match(rig.sent.at(-1), /"ordType":"limit"/);
  t.end();
});

t.test('acknowledgement, fills and end are told once, whichever of answer and channel comes first', (t) => {
  const stories: Record<string, (rig: Rig, id: number) => void> = {
    'the answer first': (rig, id) => void rig.frame(operationAnswer(id, 'order')).frame(ordersFrame(order())).frame(ordersFrame(fill('1', '0.001', 'partially_filled'))).frame(ordersFrame(fill('2', '0.002', 'filled'))),
    'the channel first': (rig, id) => void rig.frame(ordersFrame(order(), fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled'))).frame(operationAnswer(id, 'order')),
    'no live order before its fills': (rig, id) => void rig.frame(operationAnswer(id, 'order')).frame(ordersFrame(fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled'))),
    'everything twice': (rig, id) => {
      for (let i = 0; i < 2; i++) rig.frame(operationAnswer(id, 'order')).frame(ordersFrame(order(), fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled')));
    },
    'no answer at all': (rig) => void rig.frame(ordersFrame(order())).frame(ordersFrame(fill('1', '0.001', 'partially_filled'))).frame(ordersFrame(fill('2', '0.002', 'filled'))),
    'an unclear answer after the channel': (rig, id) => void rig.frame(ordersFrame(order())).frame(operationAnswer(id, 'order', '50004')).frame(ordersFrame(fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled'))),
  };
  for (const [name, tell] of Object.entries(stories)) {
    const rig = new Rig().open();
    tell(rig, rig.place(1));
    t.equal(rig.reader.kinds(1), 'ACK FILLED', name);
    t.match(rig.reader.fills, [1, 2].map((tradeId) => ({ orderId: 1, tradeId, price: 639_950, qty: 100_000, quoteAmount: 6_399_500_000n, fee: 100n, feeAsset: 0, sell: false, maker: false })), name);
    t.equal(rig.reader.fills.length, 2);
    t.equal(rig.reader.reports.at(-1)!.cumQty, 200_000, name);
  }
  t.end();
});

t.test('fees keep their asset and their sign: a rebate is a fee paid to us, a fee in an asset of no account costs no fill', (t) => {
  const rig = new Rig().open();
  rig.frame(operationAnswer(rig.place(1, { tif: TimeInForce.GTC }), 'order'))
    .frame(ordersFrame(fill('1', '0.001', 'partially_filled', { execType: 'M', fillFee: '0.0005', fillFeeCcy: 'USDT' }), fill('2', '0.002', 'filled', { fillFee: '-0.1', fillFeeCcy: 'OKB' })));
  t.match(rig.reader.fills, [{ fee: -50_000n, feeAsset: 1, maker: true }, { fee: 0n, feeAsset: 1, maker: false }]);
  t.end();
});

t.test('what remains of an IOC expires, what we cancel is cancelled, a post-only order that would have taken says so', (t) => {
  const ioc = new Rig().open();
  ioc.frame(operationAnswer(ioc.place(1), 'order')).frame(ordersFrame(fill('1', '0.001', 'partially_filled'), order({ state: 'canceled', accFillSz: '0.001', cancelSource: '14' })));
  t.equal(ioc.reader.kinds(1), 'ACK EXPIRED');
  t.equal(ioc.reader.reports.at(-1)!.cumQty, 100_000);
  const gtc = new Rig().open();
  gtc.frame(operationAnswer(gtc.place(1, { tif: TimeInForce.GTC }), 'order'));
  t.ok(gtc.gateway.cancel(gtc.order(1), gtc.nowNs));
  t.same(JSON.parse(gtc.sent.at(-1)!), { id: '2', op: 'cancel-order', args: [{ instIdCode: 10459, clOrdId: 'ok1' }] });
  gtc.frame(operationAnswer(2, 'cancel-order'));
  t.equal(gtc.reader.kinds(1), 'ACK', 'taken is not done');
  gtc.frame(ordersFrame(order({ state: 'canceled', cancelSource: '1' })));
  t.equal(gtc.reader.kinds(1), 'ACK CANCELLED');
  const postOnly = new Rig().open();
  postOnly.frame(operationAnswer(postOnly.place(1, { tif: TimeInForce.GTC }), 'order')).frame(ordersFrame(order({ state: 'canceled', cancelSource: '31' })));
  t.equal(postOnly.reader.reports.at(-1)!.reason, RejectReason.WOULD_MATCH);
  t.end();
});

t.test('a cancel that loses against a fill is refused, and the fill stands', (t) => {
  const rig = new Rig().open();
  rig.frame(operationAnswer(rig.place(1, { tif: TimeInForce.GTC }), 'order'));
  rig.gateway.cancel(rig.order(1), rig.nowNs);
  rig.frame(operationAnswer(rig.lastId(), 'cancel-order', '51402')).frame(ordersFrame(fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled')));
  t.equal(rig.reader.kinds(1), 'ACK CANCEL_REJECTED FILLED');
  t.equal(rig.reader.reports[1].reason, RejectReason.UNKNOWN_ORDER);
  const after = new Rig().open();
  const id = after.place(1, { tif: TimeInForce.GTC });
  after.gateway.cancel(after.order(1), after.nowNs);
  after.frame(operationAnswer(id, 'order')).frame(ordersFrame(fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled'))).frame(operationAnswer(2, 'cancel-order', '51402'));
  t.equal(after.reader.kinds(1), 'ACK FILLED');
  t.end();
});

t.test('a definite code rejects, an unclear one and silence leave the order unknown', (t) => {
  const refuse = (code: string): Rig => {
    const rig = new Rig().open();
    return rig.frame(operationAnswer(rig.place(1), 'order', code));
  };
  const reasons: Record<string, number> = {
    51008: RejectReason.INSUFFICIENT_FUNDS, 51020: RejectReason.BAD_QTY, 51121: RejectReason.BAD_QTY, 51006: RejectReason.BAD_PRICE, 51137: RejectReason.BAD_PRICE, 51016: RejectReason.DUPLICATE_ID,
    51001: RejectReason.UNKNOWN_SYMBOL, 50011: RejectReason.RATE_LIMITED, 50061: RejectReason.RATE_LIMITED, 51174: RejectReason.RATE_LIMITED, 51022: RejectReason.MARKET_CLOSED,
    50102: RejectReason.CLOCK, 50113: RejectReason.AUTH, 51185: RejectReason.BAD_NOTIONAL, 51000: RejectReason.VENUE_OTHER, 59999: RejectReason.VENUE_OTHER,
  };
  for (const [code, reason] of Object.entries(reasons)) {
    t.same(refuse(code).reader.reports.map(({ kind, reason: why }) => [kind, why]), [['REJECTED', reason]], code);
  }
  for (const code of ['50001', '50004', '50005', '50013', '50026', '51149', 'nonsense', '']) t.equal(refuse(code).reader.kinds(1), 'UNKNOWN', code);
  const whole = new Rig().open();
  whole.frame(JSON.stringify({ id: String(whole.place(1)), op: 'order', code: '50026', msg: 'System error', data: [] }));
  t.equal(whole.reader.kinds(1), 'UNKNOWN', 'the code of the whole counts where no order has one of its own');
  const malformed = new Rig().open();
  malformed.frame(`{"id":"${malformed.place(1)}","event":"error","code":"60013","msg":"Invalid args","connId":"a2"}`);
  t.equal(malformed.reader.kinds(1), 'REJECTED', 'an error names the operation by its id');
  const silent = new Rig().open();
  silent.place(1);
  for (let i = 0; i < 100; i++) silent.frame('pong').wait(100e6);
  t.equal(silent.reader.kinds(1), 'UNKNOWN', 'said once');
  silent.frame(ordersFrame(order()));
  t.equal(silent.reader.kinds(1), 'UNKNOWN ACK OPEN');
  const acked = new Rig().open();
  acked.frame(operationAnswer(acked.place(1), 'order'));
  for (let i = 0; i < 40; i++) acked.frame('pong').wait(100e6);
  t.equal(acked.reader.kinds(1), 'ACK UNKNOWN', 'an immediate order that was taken and not heard of again');
  const lost = new Rig().open();
  lost.place(1);
  lost.gateway.onClose(lost.nowNs);
  lost.reader.drain();
  t.equal(lost.reader.kinds(1), 'UNKNOWN');
  t.equal(lost.gateway.ready, false);
  const garbage = new Rig().open();
  garbage.place(1);
  garbage.frame('{"arg":{"channel":"orders"},"da');
  t.equal(garbage.reader.kinds(1), 'UNKNOWN', 'a frame that cannot be read may have told of any order');
  t.end();
});

t.test('a total that its fills do not come to means that some were missed: they are asked for before the end is told', (t) => {
  const rig = new Rig().open();
  rig.frame(operationAnswer(rig.place(1), 'order')).frame(ordersFrame(fill('2', '0.002', 'filled')));
  t.equal(rig.reader.kinds(1), 'ACK');
  t.equal(rig.counts.gaps, 1);
  t.equal(rig.answer([order({ state: 'filled', accFillSz: '0.002' })]), '/api/v5/trade/order?instId=BTC-USDT&clOrdId=ok1');
  const fills = [['2', '0.001'], ['1', '0.001']].map(([tradeId, fillSz]) => ({ instId: 'BTC-USDT', ordId: '3000000000000000001', clOrdId: 'ok1', billId: `9${tradeId}`, tradeId, fillPx: '63995', fillSz, side: 'buy', execType: 'T', fee: '-0.000001', feeCcy: 'BTC', ts: String(BASE_MS) }));
  t.equal(rig.answer(fills), '/api/v5/trade/fills?instType=SPOT&instId=BTC-USDT&ordId=3000000000000000001&limit=100');
  t.equal(rig.reader.kinds(1), 'ACK FILLED');
  t.same(rig.reader.fills.map(({ tradeId, fee }) => [tradeId, fee]), [[2, 100n], [1, 100n]]);
  t.end();
});

t.test('a query tells fills before the state; not found is final only when the venue would no longer take the order', (t) => {
  const rig = new Rig().open();
  rig.place(1);
  rig.gateway.query(rig.order(1), rig.nowNs);
  t.match(rig.requests[0].request, { method: 'GET', headers: { 'ok-access-key': 'sim-key-okx', 'ok-access-passphrase': 'sim-pass' } });
  rig.answer([], '51603');
  t.equal(rig.reader.kinds(1), '', 'it may still be on its way');
  rig.wait(2.1e9);
  rig.answer([order({ state: 'partially_filled', accFillSz: '0.001', ordType: 'limit' })]);
  rig.answer([]);
  t.equal(rig.reader.kinds(1), '', 'its trades appear later');
  rig.wait(600e6);
  rig.answer([order({ state: 'partially_filled', accFillSz: '0.001', ordType: 'limit' })]);
  rig.answer([{ ordId: '3000000000000000001', tradeId: '1', fillPx: '63995', fillSz: '0.001', execType: 'M', fee: '-0.0000008', feeCcy: 'BTC' }]);
  t.equal(rig.reader.kinds(1), 'OPEN');
  t.match(rig.reader.fills, [{ tradeId: 1, maker: true, fee: 80n }]);

  const missing = new Rig().open();
  missing.place(1);
  missing.wait(6.1e9).gateway.query(missing.order(1), missing.nowNs);
  missing.requests = missing.requests.filter(({ request }) => request.path.includes('trade/order'));
  missing.answer([], '51603');
  t.equal(missing.reader.kinds(1), 'UNKNOWN NOT_FOUND');

  const failing = new Rig().open();
  failing.place(1);
  failing.gateway.query(failing.order(1), failing.nowNs);
  for (let i = 0; i < 5; i++) {
    failing.answer([], '50013', 503);
    failing.wait(600e6);
  }
  t.equal(failing.reader.kinds(1), 'UNKNOWN', 'a venue that does not answer has not said that there is none');
  const denied = new Rig().open();
  denied.place(1);
  denied.gateway.query(denied.order(1), denied.nowNs);
  denied.answer([], '50111', 401);
  t.equal(denied.reader.kinds(1), 'UNKNOWN');
  t.end();
});

t.test('cancelling everything asks what is open, page by page, and cancels what is on our markets in batches', (t) => {
  const rig = new Rig().open();
  rig.frame(operationAnswer(rig.place(1, { tif: TimeInForce.GTC }), 'order'));
  rig.sent.length = 0;
  t.ok(rig.gateway.cancelAll(rig.nowNs));
  t.same(JSON.parse(rig.sent[0]), { id: '2', op: 'cancel-order', args: [{ instIdCode: 10459, clOrdId: 'ok1' }] });
  const page = Array.from({ length: 100 }, (_, i) => order({ ordId: String(900 - i), instId: i % 4 === 0 ? 'DOGE-USDT' : i % 4 === 1 ? 'ETH-USDT' : 'BTC-USDT' }));
  t.equal(rig.answer(page), '/api/v5/trade/orders-pending?instType=SPOT&limit=100');
  t.equal(rig.answer([order({ ordId: '7' })]), '/api/v5/trade/orders-pending?instType=SPOT&limit=100&after=801');
  const batches = rig.sent.slice(1).map((text) => JSON.parse(text) as { op: string; args: { ordId: string; instId?: string; instIdCode?: number }[] });
  t.same(batches.map(({ op, args }) => [op, args.length]), [['batch-cancel-orders', 20], ['batch-cancel-orders', 20], ['batch-cancel-orders', 20], ['batch-cancel-orders', 15], ['batch-cancel-orders', 1]]);
  t.same(batches[0].args.slice(0, 2), [{ instId: 'ETH-USDT', ordId: '899' }, { instIdCode: 10459, ordId: '898' }]);
  t.end();
});

t.test('balances are all told, what is not listed as zero', (t) => {
  const rig = new Rig().open();
  rig.gateway.requestBalances(rig.nowNs);
  t.equal(rig.answer([{ uTime: '1', totalEq: '1', details: [{ ccy: 'USDT', cashBal: '1000.123456789', availBal: '900', frozenBal: '100.5' }, { ccy: 'XYZ', cashBal: '5' }, { ccy: 'BTC', cashBal: '0.5', frozenBal: '' }] }]), '/api/v5/account/balance');
  t.same(rig.reader.balances, [
    { asset: 0, total: 50_000_000n, held: 0n, last: false }, { asset: 1, total: 100_012_345_678n, held: 10_050_000_000n, last: false }, { asset: 2, total: 0n, held: 0n, last: true },
  ]);
  t.end();
});

t.test('a refused login is counted and tried again on a new connection; an upgrade that is announced is heeded', (t) => {
  const refuse = (code: string): Rig => {
    const rig = new Rig();
    rig.gateway.onOpen(1e9);
    rig.answer([{ ts: '1795000000000' }]);
    return rig.frame(`{"event":"error","code":"${code}","msg":"Login failed.","connId":"a2"}`);
  };
  const wrong = refuse('60009');
  t.same([wrong.reconnects, wrong.counts.authFailures], [[VenueReason.AUTH], 1]);
  t.same(refuse('60006').reconnects, [VenueReason.PROTOCOL], 'the clock is asked for anew');
  const rig = new Rig().open().frame('{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a2"}');
  t.same(rig.reconnects, [VenueReason.SHUTDOWN_ANNOUNCED]);
  const counted = new Rig().open().frame('{"event":"channel-conn-count","channel":"orders","connCount":"2","connId":"a1"}').frame('{"event":"error","code":"60012","msg":"Invalid request","connId":"a2"}');
  t.same([counted.reconnects, counted.gateway.ready, counted.counts.requestErrors], [[], true, 1]);
  const pinged = new Rig().open();
  pinged.sent.length = 0;
  pinged.wait(20.1e9);
  t.equal(pinged.sent[0], 'ping');
  pinged.wait(30e9);
  t.same(pinged.reconnects, [VenueReason.STALL]);
  t.end();
});

t.test('no more orders leave than the venue takes in two seconds, and none after it complained', (t) => {
  const rig = new Rig().open();
  let left = 0;
  for (let i = 0; i < 100; i++) if (rig.gateway.place(rig.order(i + 1), rig.nowNs)) left++;
  t.equal(left, 60);
  t.equal(rig.counts.rateLimited, 40);
  t.ok(rig.gateway.place(rig.order(200, { instrument: rig.index.instruments[1] }), rig.nowNs), 'of another market');
  t.ok(rig.gateway.place(rig.order(201), rig.nowNs + 2.1e9));
  rig.frame(operationAnswer(rig.lastId(), 'order', '50061'));
  t.notOk(rig.gateway.place(rig.order(202), rig.nowNs + 1e9));
  const limits = new OrderLimits();
  let taken = 0;
  for (let market = 0; market < 30; market++) for (let i = 0; i < 60; i++) if (limits.take(market, 1e9)) taken++;
  t.equal(taken, 1000, 'of all markets together');
  t.end();
});

t.test('what a full ring does not take waits, in order', (t) => {
  const rig = new Rig(2).open();
  const id = rig.place(1);
  rig.sink.next();
  rig.sink.next();
  rig.sink.flush();
  const bytes = encoder.encode(operationAnswer(id, 'order'));
  rig.gateway.onFrame(bytes, bytes.length, rig.nowNs);
  rig.sink.clear();
  rig.frame(ordersFrame(fill('1', '0.001', 'partially_filled'), fill('2', '0.002', 'filled'))).wait(100e6).wait(100e6);
  t.equal(rig.reader.kinds(1), 'ACK FILLED');
  t.equal(rig.reader.fills.length, 2);
  t.end();
});

t.test('orders of others and messages of other libraries are survived', { skip: existsSync('../shared/captures/nautilus/okx') ? false : 'captures folder is absent' }, (t) => {
  const rig = new Rig().open().frame(readFileSync('../shared/captures/nautilus/okx/ws_orders.json', 'utf8')).frame(ordersFrame(order({ clOrdId: 'somebody1' }))).frame('{"arg":{"channel":"orders"},"data":[null]}').frame('null').frame('{"op":"amend-order","id":"99"}');
  t.match(rig.counts, { unknownOrder: 2, malformed: 2 });
  t.same(rig.reader.reports, []);
  t.end();
});
