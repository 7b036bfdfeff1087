import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { RejectReason, TimeInForce, VenueReason } from '../../src/record/codes.js';
import { MemorySink } from '../../src/record/slot.js';
import type { GatewayHost, HttpRequest, OutgoingOrder } from '../../src/venue/contract.js';
import { amountOf, balanceOf, decimalText } from '../../src/venue/amounts.js';
import { KrakenGateway } from '../../src/venue/kraken/gateway.js';
import { cancelCost, RateCounters } from '../../src/venue/kraken/rate-counter.js';
import { isUnclear, rejectReasonOf } from '../../src/venue/kraken/venue-error.js';
import { EPOCH_UNIX_NS, indexOf, market, seeded } from '../fixtures/kraken.js';
import { ReportReader } from '../fixtures/live-session.js';

const encoder = new TextEncoder();

class Rig implements GatewayHost {
  readonly index = indexOf(market('BTC/USD'), market('ETH/USD', { priceDecimals: 2, tickSize: '0.01' }));
  readonly sink: MemorySink;
  readonly reader: ReportReader;
  readonly gateway: KrakenGateway;
  readonly sent: string[] = [];
  readonly requests: { tag: number; request: HttpRequest }[] = [];
  readonly counts: Record<string, number> = {};
  readonly reconnects: number[] = [];
  nowNs = 1e9;

  constructor(capacity = 256) {
    this.sink = new MemorySink(capacity);
    this.reader = new ReportReader(this.sink);
    this.gateway = new KrakenGateway({
      instruments: this.index.instruments, venueIndex: 0, credentials: { apiKey: 'key', secret: 'c2VjcmV0' }, sink: this.sink, host: this, epochUnixNs: EPOCH_UNIX_NS, settings: {},
      assetIndex: (code) => this.index.assets.find((asset) => asset.code === code)?.index,
      orderIdOf: (id) => (id.startsWith('rs-') ? Number(id.slice(3)) : undefined),
      clientOrderIdOf: (id) => `rs-${id}`,
    });
  }

  send(text: string): void { this.sent.push(text); }
  request(tag: number, request: HttpRequest): void { this.requests.push({ tag, request }); }
  reconnect(reason: number): void { this.reconnects.push(reason); }
  unixMs(): number { return 1_795_000_000_000 + this.nowNs / 1e6; }
  count(counter: string): void { this.counts[counter] = (this.counts[counter] ?? 0) + 1; }

  /** Answer the request under way. @returns its path */
  answer(result: unknown, error?: string, status = 200): string {
    const { tag, request } = this.requests.shift()!;
    this.gateway.onResponse(tag, status, encoder.encode(JSON.stringify(error === undefined ? { error: [], result } : { error: [error] })), this.nowNs);
    this.reader.drain();
    return `${request.path.split('/').at(-1)} ${request.body!.replace(/&?nonce=\d+&?/, '')}`.trim();
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
    this.answer({ token: 'tok', expires: 900 });
    const { req_id: id } = JSON.parse(this.sent.at(-1)!) as { req_id: number };
    this.frame(`{"method":"subscribe","req_id":${id},"result":{"channel":"executions","maxratecount":125,"snapshot":true},"success":true}`);
    return this.frame('{"channel":"executions","type":"snapshot","data":[],"sequence":1}');
  }

  order(orderId: number, changes: Partial<OutgoingOrder> = {}): OutgoingOrder {
    return { instrument: this.index.instruments[0], orderId, clientOrderId: `rs-${orderId}`, side: 0, tif: TimeInForce.IOC, price: 640_000, qty: 200_000, ...changes };
  }

  place(orderId: number, changes: Partial<OutgoingOrder> = {}): number {
    t.ok(this.gateway.place(this.order(orderId, changes), this.nowNs));
    return (JSON.parse(this.sent.at(-1)!) as { req_id: number }).req_id;
  }

  event(sequence: number, data: Record<string, unknown> | string): this {
    return this.frame(`{"channel":"executions","type":"update","data":[${typeof data === 'string' ? data : JSON.stringify(data)}],"sequence":${sequence}}`);
  }
}

const TRADE = '{"exec_type":"trade","order_id":"OAAAAA-BBBBB-CCCCCC","exec_id":"TXXXXX-YYYYY-ZZZZZZ","trade_id":4665907,"symbol":"BTC/USD","side":"buy","last_qty":0.00200000,"last_price":63995.0,"cost":127.990000,"liquidity_ind":"t","fees":[{"asset":"USD","qty":0.511960}],"fee_usd_equiv":0.511960,"order_status":"partially_filled","cum_qty":0.00200000,"timestamp":"2026-11-18T11:06:40.1Z"}';
const PENDING = '{"exec_type":"pending_new","order_id":"OAAAAA-BBBBB-CCCCCC","cl_ord_id":"rs-1","symbol":"BTC/USD","side":"buy","order_type":"limit","order_qty":0.00200000,"limit_price":64000.0,"time_in_force":"IOC","order_status":"pending_new","cum_cost":0.0,"timestamp":"2026-11-18T11:06:40.1Z"}';
const NEW = '{"exec_type":"new","order_id":"OAAAAA-BBBBB-CCCCCC","order_status":"new","timestamp":"2026-11-18T11:06:40.1Z"}';
const FILLED = '{"exec_type":"filled","order_id":"OAAAAA-BBBBB-CCCCCC","order_status":"filled","cum_qty":0.00200000,"cum_cost":127.990000,"avg_price":63995.0,"timestamp":"2026-11-18T11:06:40.1Z"}';
const accepted = (id: number): string => `{"method":"add_order","req_id":${id},"result":{"order_id":"OAAAAA-BBBBB-CCCCCC","cl_ord_id":"rs-1"},"success":true,"time_in":"2026-11-18T11:06:40.1Z","time_out":"2026-11-18T11:06:40.2Z"}`;

t.test('an order leaves as the venue documents it, once the session has a token and its channel', (t) => {
  const rig = new Rig();
  rig.gateway.onOpen(1e9);
  t.equal(rig.gateway.ready, false);
  t.equal(rig.gateway.place(rig.order(1), 1e9), false);
  const ready = new Rig().open();
  t.ok(ready.gateway.ready);
  t.same(JSON.parse(ready.sent[0]), { method: 'subscribe', params: { channel: 'executions', snap_orders: true, snap_trades: false, order_status: true, ratecounter: false, token: 'tok' }, req_id: 1 });
  ready.place(1);
  t.equal(ready.sent.at(-1), '{"method":"add_order","params":{"order_type":"limit","side":"buy","symbol":"BTC/USD","order_qty":0.00200000,"limit_price":64000.0,"time_in_force":"ioc","cl_ord_id":"rs-1","fee_preference":"quote","stp_type":"cancel_newest","deadline":"2026-11-18T11:06:46.000Z","token":"tok"},"req_id":2}');
  const sent = ready.sent.length;
  t.equal(ready.gateway.rehearse(ready.order(1)), ready.sent.at(-1)!.replace('"req_id":2', '"req_id":0'), 'rehearsed is what would be sent');
  t.equal(ready.sent.length, sent);
  ready.place(2, { side: 1, tif: TimeInForce.FOK, instrument: ready.index.instruments[1], price: 350_012, qty: 1 });
  t.match(ready.sent.at(-1), /"side":"sell","symbol":"ETH\/USD","order_qty":0.00000001,"limit_price":3500.12,"time_in_force":"fok"/);
  t.end();
});

t.test('acknowledgement, fill and end are told once, whichever message comes first', (t) => {
  const stories: Record<string, (rig: Rig, id: number) => void> = {
    'answer first': (rig, id) => void rig.frame(accepted(id)).event(2, PENDING).event(3, NEW).event(4, TRADE).event(5, FILLED),
    'events first': (rig, id) => void rig.event(2, PENDING).event(3, NEW).event(4, TRADE).event(5, FILLED).frame(accepted(id)),
    'sparse events before the name is known': (rig, id) => void rig.event(2, NEW).event(3, TRADE).event(4, FILLED).frame(accepted(id)),
    'a repeated trade': (rig, id) => void rig.frame(accepted(id)).event(2, PENDING).event(3, TRADE).event(4, TRADE).event(5, FILLED).event(6, FILLED),
    'no answer at all': (rig) => void rig.event(2, PENDING).event(3, TRADE).event(4, FILLED),
    'an unclear error after the events': (rig, id) => void rig.event(2, PENDING).frame(`{"method":"add_order","req_id":${id},"error":"EService:Timeout","success":false}`).event(3, TRADE).event(4, FILLED),
  };
  for (const [name, tell] of Object.entries(stories)) {
    const rig = new Rig().open();
    tell(rig, rig.place(1));
    t.equal(rig.reader.kinds(1), 'ACK FILLED', name);
    t.match(rig.reader.fills, [{ orderId: 1, tradeId: Number, price: 639_950, qty: 200_000, quoteAmount: 12_799_000_000n, fee: 51_196_000n, feeAsset: 1, sell: false, maker: false }], name);
    t.equal(rig.reader.reports.at(-1)!.cumQty, 200_000, name);
    t.equal(rig.counts.gaps, undefined, name);
  }
  t.end();
});

t.test('a trade has one number, whoever tells it, and a fee in an asset of no account costs no fill', (t) => {
  const byChannel = new Rig().open();
  byChannel.frame(accepted(byChannel.place(1))).event(2, TRADE);
  const byRest = new Rig().open();
  byRest.frame(accepted(byRest.place(1)));
  byRest.gateway.query(byRest.order(1), byRest.nowNs);
  byRest.answer({ 'OAAAAA-BBBBB-CCCCCC': { status: 'closed', vol_exec: '0.00200000', trades: ['TXXXXX-YYYYY-ZZZZZZ'] } });
  byRest.answer({ 'TXXXXX-YYYYY-ZZZZZZ': { ordertxid: 'OAAAAA-BBBBB-CCCCCC', price: '63995.0', vol: '0.00200000', cost: '127.990000', fee: '0.511960' } });
  t.equal(byRest.reader.fills[0].tradeId, byChannel.reader.fills[0].tradeId);
  t.ok(Number.isSafeInteger(byRest.reader.fills[0].tradeId));

  const credits = new Rig().open();
  credits.frame(accepted(credits.place(1))).event(2, TRADE.replace('"asset":"USD"', '"asset":"KFEE"'));
  t.match(credits.reader.fills, [{ qty: 200_000, quoteAmount: 12_799_000_000n, fee: 0n, feeAsset: 1 }]);
  t.end();
});

t.test('what remains of an IOC expires; what we cancel is cancelled; a refused post-only order would have matched', (t) => {
  const cancelled = (reason: string): string => `{"exec_type":"canceled","order_id":"OAAAAA-BBBBB-CCCCCC","order_status":"canceled","reason":"${reason}","cum_qty":0.00100000,"timestamp":"2026-11-18T11:06:40.1Z"}`;
  const ioc = new Rig().open();
  ioc.frame(accepted(ioc.place(1))).event(2, cancelled('whatever'));
  t.equal(ioc.reader.kinds(1), 'ACK EXPIRED');
  t.equal(ioc.reader.reports.at(-1)!.cumQty, 100_000);
  const gtc = new Rig().open();
  gtc.frame(accepted(gtc.place(1, { tif: TimeInForce.GTC })));
  t.ok(gtc.gateway.cancel(gtc.order(1), gtc.nowNs));
  t.match(gtc.sent.at(-1), /"cancel_order","params":\{"cl_ord_id":\["rs-1"\],"token":"tok"\}/);
  gtc.frame(`{"method":"cancel_order","req_id":3,"result":{"cl_ord_id":"rs-1"},"success":true}`).event(2, cancelled('User requested'));
  t.equal(gtc.reader.kinds(1), 'ACK CANCELLED');
  const late = new Rig().open();
  late.frame(accepted(late.place(1, { tif: TimeInForce.GTC })));
  late.gateway.cancel(late.order(1), late.nowNs);
  late.frame('{"method":"cancel_order","req_id":3,"error":"EOrder:Unknown order","success":false}');
  t.equal(late.reader.kinds(1), 'ACK CANCEL_REJECTED');
  t.equal(late.reader.reports.at(-1)!.reason, RejectReason.UNKNOWN_ORDER);
  t.end();
});

t.test('a definite error rejects, an unclear one and silence leave the order unknown', (t) => {
  const refuse = (error: string): Rig => {
    const rig = new Rig().open();
    return rig.frame(`{"method":"add_order","req_id":${rig.place(1)},"error":"${error}","success":false}`);
  };
  const reasons: Record<string, number> = {
    'EOrder:Insufficient funds': RejectReason.INSUFFICIENT_FUNDS, 'EOrder:Order minimum not met': RejectReason.BAD_QTY, 'EOrder:Cost minimum not met': RejectReason.BAD_NOTIONAL,
    'EOrder:Tick size check failed': RejectReason.BAD_PRICE, 'EOrder:Rate limit exceeded': RejectReason.RATE_LIMITED, 'EQuery:Unknown asset pair': RejectReason.UNKNOWN_SYMBOL,
    'EService:Market in cancel_only mode': RejectReason.MARKET_CLOSED, 'EService:Deadline elapsed': RejectReason.CLOCK, 'EAPI:Invalid key': RejectReason.AUTH,
    'EOrder:Something new': RejectReason.VENUE_OTHER, 'EOrder:Invalid order:Duplicate cl_ord_id': RejectReason.DUPLICATE_ID, 'EGeneral:Permission denied': RejectReason.AUTH,
  };
  for (const [error, reason] of Object.entries(reasons)) {
    const rig = refuse(error);
    t.same(rig.reader.reports.map(({ kind, reason: why }) => [kind, why]), [['REJECTED', reason]], error);
    t.equal(rejectReasonOf(error), reason);
  }
  for (const error of ['EService:Unavailable', 'EService:Timeout', 'EService:Busy', 'EGeneral:Internal error']) {
    t.ok(isUnclear(error));
    t.equal(refuse(error).reader.kinds(1), 'UNKNOWN', error);
  }
  const silent = new Rig().open();
  silent.place(1);
  for (let i = 0; i < 100; i++) silent.frame('{"channel":"heartbeat"}').wait(100e6);
  t.equal(silent.reader.kinds(1), 'UNKNOWN', 'said once');
  silent.event(2, PENDING);
  t.equal(silent.reader.kinds(1), 'UNKNOWN ACK OPEN');
  const lost = new Rig().open();
  lost.place(1);
  lost.gateway.onClose(lost.nowNs);
  lost.reader.drain();
  t.equal(lost.reader.kinds(1), 'UNKNOWN');
  t.equal(lost.gateway.ready, false);
  t.end();
});

t.test('a missing message on the channel starts it anew and makes everything under way unknown', (t) => {
  const rig = new Rig().open();
  rig.frame(accepted(rig.place(1, { tif: TimeInForce.GTC })));
  const sent = rig.sent.length;
  rig.event(2, PENDING).event(4, NEW);
  t.equal(rig.counts.gaps, 1);
  t.equal(rig.reader.kinds(1), 'ACK UNKNOWN');
  t.equal(rig.gateway.ready, false);
  t.same(rig.sent.slice(sent).map((text) => (JSON.parse(text) as { method: string }).method), ['unsubscribe', 'subscribe']);
  rig.event(5, NEW);
  t.equal(rig.counts.gaps, 1, 'what still comes of the old numbers is no further gap');
  rig.frame('{"method":"subscribe","req_id":4,"result":{"channel":"executions","maxratecount":125},"success":true}');
  rig.frame(`{"channel":"executions","type":"snapshot","data":[${NEW}],"sequence":1}`);
  t.ok(rig.gateway.ready);
  t.match(rig.reader.kinds(1), /^ACK UNKNOWN .*OPEN$/);
  rig.event(2, TRADE);
  t.equal(rig.counts.gaps, 1);
  t.equal(rig.reader.fills.length, 1);
  rig.frame('{"channel":"executions","type":"upd');
  t.equal(rig.counts.malformed, 1);
  t.equal(rig.gateway.ready, false, 'a broken frame may have been one of the channel');
  t.end();
});

t.test('a query tells every fill before the state, and not found only once the deadline has passed', (t) => {
  const rig = new Rig().open();
  rig.place(1);
  rig.gateway.query(rig.order(1), rig.nowNs);
  t.equal(rig.answer({ open: {} }), 'OpenOrders cl_ord_id=rs-1&trades=true');
  t.equal(rig.answer({ closed: { 'OOTHER-AAAAA-AAAAAA': { cl_ord_id: 'rs-2', status: 'closed', vol_exec: '9' } }, count: 1 }), 'ClosedOrders cl_ord_id=rs-1&trades=true');
  t.equal(rig.reader.kinds(1), '', 'it may still be on its way');
  rig.wait(2.5e9);
  rig.answer({ open: {} });
  const info = { cl_ord_id: 'rs-1', status: 'canceled', vol_exec: '0.00150000', opentm: 1_795_000_000.5, trades: ['T1', 'T2'] };
  rig.answer({ closed: { 'OAAAAA-BBBBB-CCCCCC': info } });
  const trade = (id: number, vol: string): Record<string, unknown> => ({ ordertxid: 'OAAAAA-BBBBB-CCCCCC', price: '63995.00000', vol, cost: '31.99750', fee: '0.127990', trade_id: id, maker: false });
  t.equal(rig.answer({ T1: trade(7, '0.00050000') }), 'QueryTrades txid=T1%2CT2');
  t.equal(rig.reader.kinds(1), '', 'the second trade has not appeared yet');
  rig.wait(600e6);
  t.equal(rig.answer({ 'OAAAAA-BBBBB-CCCCCC': info }), 'QueryOrders txid=OAAAAA-BBBBB-CCCCCC&trades=true');
  t.equal(rig.answer({ T2: trade(8, '0.00100000') }), 'QueryTrades txid=T2');
  t.equal(rig.reader.kinds(1), 'EXPIRED');
  t.same(rig.reader.fills.map(({ qty, fee }) => [qty, fee]), [[50_000, 12_799_000n], [100_000, 12_799_000n]]);
  rig.event(2, TRADE.replace('TXXXXX-YYYYY-ZZZZZZ', 'T2'));
  t.equal(rig.reader.fills.length, 2, 'the channel may tell it again');

  const never = new Rig().open();
  never.place(1);
  never.gateway.query(never.order(1), never.nowNs);
  for (let i = 0; i < 200 && !never.reader.kinds(1).includes('NOT_FOUND'); i++) {
    while (never.requests.length > 0) never.answer(never.requests[0].request.path.includes('Open') ? { open: {} } : { closed: {} });
    never.frame('{"channel":"heartbeat"}').wait(100e6);
  }
  t.match(never.reader.kinds(1), /NOT_FOUND/);
  t.ok(never.nowNs > 6e9);
  t.end();
});

t.test('REST goes one at a time with growing nonces; passing failures are tried again, others reported', (t) => {
  const rig = new Rig().open();
  rig.gateway.requestBalances(rig.nowNs);
  for (const id of [1, 2, 3]) rig.gateway.query(rig.order(id), rig.nowNs);
  t.equal(rig.requests.length, 1);
  const nonces: number[] = [];
  const nonce = (): void => void nonces.push(Number(/nonce=(\d+)/.exec(rig.requests[0].request.body!)![1]));
  nonce();
  rig.answer(undefined, 'EAPI:Invalid nonce');
  nonce();
  rig.answer(undefined, 'EService:Unavailable');
  t.equal(rig.requests.length, 0, 'and waits a moment');
  rig.wait(1.1e9);
  nonce();
  rig.answer({ XXBT: { balance: '1.2345678999', hold_trade: '0.5' }, ZUSD: { balance: '100.0000', hold_trade: '0.0000' }, 'XBT.F': { balance: '9', hold_trade: '0' }, KFEE: { balance: '5', hold_trade: '0' } });
  nonce();
  t.same(rig.reader.balances, [{ asset: 0, total: 123_456_789n, held: 50_000_000n, last: false }, { asset: 1, total: 10_000_000_000n, held: 0n, last: false }, { asset: 2, total: 0n, held: 0n, last: true }]);
  t.same(nonces, [...new Set(nonces)].sort((a, b) => a - b));
  rig.answer(undefined, 'EGeneral:Permission denied');
  t.equal(rig.reader.kinds(1), 'UNKNOWN');
  rig.gateway.onClose(rig.nowNs);
  const stale = rig.requests.shift()!;
  rig.gateway.onOpen(rig.nowNs);
  t.match(rig.requests[0].request.path, /GetWebSocketsToken/, 'a new connection asks for a new token first');
  rig.gateway.onResponse(stale.tag, 200, encoder.encode('{"error":[],"result":{"token":"old"}}'), rig.nowNs);
  t.equal(rig.sent.filter((text) => text.includes('"old"')).length, 0);
  t.end();
});

t.test("the matching engine's rate counter is honoured: an order that would be refused is not sent", (t) => {
  const rig = new Rig().open();
  let placed = 0;
  while (placed < 500 && rig.gateway.place(rig.order(placed + 1), rig.nowNs)) placed++;
  t.equal(placed, 125);
  t.equal(rig.counts.rateLimited, 1);
  t.ok(rig.gateway.place(rig.order(1000, { instrument: rig.index.instruments[1] }), rig.nowNs), 'markets count apart');
  rig.nowNs += 1e9;
  t.ok(rig.gateway.place(rig.order(1001), rig.nowNs));
  t.ok(rig.gateway.place(rig.order(1002), rig.nowNs));
  t.notOk(rig.gateway.place(rig.order(1003), rig.nowNs), '2.34 a second');
  t.same([0, 6e9, 12e9, 20e9, 60e9, 200e9, 400e9].map(cancelCost), [8, 6, 5, 4, 2, 1, 0]);
  const counters = new RateCounters(1);
  counters.exceeded(0, 0);
  t.notOk(counters.tryOrder(0, 0.5e9));
  t.ok(counters.tryOrder(0, 1.5e9), 'the lowest tier until told otherwise');
  t.end();
});

t.test('reports wait for room in the ring, in order, and none is lost', (t) => {
  const rig = new Rig(2);
  rig.open();
  const id = rig.place(1);
  const frames = [accepted(id), ...[PENDING, NEW, TRADE, FILLED].map((event, i) => `{"channel":"executions","type":"update","data":[${event}],"sequence":${i + 2}}`)];
  for (const text of frames) rig.gateway.onFrame(encoder.encode(text), encoder.encode(text).length, rig.nowNs);
  t.equal(rig.sink.count, 2);
  rig.reader.drain();
  rig.wait(1);
  t.equal(rig.reader.kinds(1), 'ACK FILLED');
  t.equal(rig.reader.fills.length, 1);
  t.end();
});

t.test('maintenance, silence and refused keys make the session not ready', (t) => {
  const rig = new Rig().open().frame('{"channel":"status","type":"update","data":[{"system":"cancel_only","connection_id":17408390984690501469}]}');
  t.equal(rig.gateway.ready, false);
  t.ok(rig.gateway.cancelAll(rig.nowNs), 'cancelling still works');
  t.ok(rig.frame('{"channel":"status","type":"update","data":[{"system":"online"}]}').gateway.ready);
  rig.wait(6e9);
  t.match(rig.sent.at(-1), /"ping"/);
  rig.wait(5e9);
  t.same(rig.reconnects, [VenueReason.STALL]);
  const refused = new Rig();
  refused.gateway.onOpen(refused.nowNs);
  refused.answer(undefined, 'EAPI:Invalid key');
  t.equal(refused.counts.authFailures, 1);
  refused.frame('{"channel":"heartbeat"}').wait(6e9);
  t.equal(refused.requests.length, 1, 'and it is tried again later');
  t.end();
});

t.test('cancel all touches only orders on our markets, ours or not', (t) => {
  const rig = new Rig().open();
  const open = (id: string, symbol: string): string => `{"exec_type":"new","order_id":"${id}","symbol":"${symbol}","order_status":"new"}`;
  rig.event(2, open('OMINE0-AAAAA-AAAAAA', 'BTC/USD')).event(3, open('OOTHER-AAAAA-AAAAAA', 'XRP/USD')).event(4, open('OETH00-AAAAA-AAAAAA', 'ETH/USD')).event(5, '{"exec_type":"filled","order_id":"OETH00-AAAAA-AAAAAA","order_status":"filled"}');
  rig.gateway.cancelAll(rig.nowNs);
  t.match(rig.sent.at(-1), /"order_id":\["OMINE0-AAAAA-AAAAAA"\]/);
  t.end();
});

t.test('frames of other libraries and mutated ones are survived', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const rig = new Rig(4096).open();
  const texts = [accepted(2), PENDING, NEW, TRADE, FILLED].map((event, i) => (i === 0 ? event : `{"channel":"executions","type":"update","data":[${event}],"sequence":${i + 1}}`));
  for (const name of ['ws_add_order_response_failure', 'ws_add_order_response_success', 'ws_batch_add_response_partial', 'ws_subscribe_response']) {
    const path = `../shared/captures/nautilus/kraken/${name}.json`;
    if (existsSync(path)) texts.push(readFileSync(path, 'utf8'));
  }
  let threw = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = encoder.encode(texts[Math.floor(random() * texts.length)]);
    for (let m = Math.floor(random() * 3); m >= 0; m--) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    try {
      rig.gateway.onFrame(bytes, random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length, rig.nowNs++);
    } catch {
      threw++;
    }
    rig.reader.drain();
    rig.sent.length = 0;
  }
  t.equal(threw, 0, `seed ${seed}`);
  t.end();
});

t.test('amounts are exact to the last unit, and decimals are written exactly', (t) => {
  t.same(['0.511960', '1e-8', '0.123456785', '0.000000004', '-0.000000006', '90071992547.40993'].map(amountOf), [51_196_000n, 1n, 12_345_679n, 0n, -1n, 9_007_199_254_740_993_000n]);
  t.equal(balanceOf('1.2345678999'), 123_456_789n);
  for (let i = 0; i < 2000; i++) {
    const value = Math.floor(Math.random() * 2 ** 53);
    const decimals = Math.floor(Math.random() * 11);
    const digits = String(value).padStart(decimals + 1, '0');
    if (decimalText(value, decimals) !== (decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)) t.fail(`${value} at ${decimals}`);
  }
  t.end();
});
