import t from 'tap';
import { RejectReason, TimeInForce, VenueReason } from '../../src/record/codes.js';
import { MemorySink } from '../../src/record/slot.js';
import { BybitGateway } from '../../src/venue/bybit/gateway.js';
import { scanTradeNumber, tradeNumber } from '../../src/venue/bybit/trade-number.js';
import type { GatewayHost, HttpRequest, OutgoingOrder } from '../../src/venue/contract.js';
import { scanned } from '../../src/venue/scan.js';
import { BASE_MS, execution, executionMessage, indexOf, market, orderAnswer, orderMessage } from '../fixtures/bybit.js';
import { EPOCH_UNIX_NS } from '../fixtures/kraken.js';
import { ReportReader } from '../fixtures/live-session.js';

const encoder = new TextEncoder();

class Rig implements GatewayHost {
  readonly index = indexOf(market('BTCUSDT'), market('ETHUSDT', { tickSize: '0.01', priceDecimals: 2 }));
  readonly sink: MemorySink;
  readonly reader: ReportReader;
  readonly gateway: BybitGateway;
  readonly sent: string[] = [];
  readonly ordered: string[] = [];
  requests: { tag: number; request: HttpRequest }[] = [];
  readonly counts: Record<string, number> = {};
  readonly reconnects: string[] = [];
  readonly orderEntry = { send: (text: string): void => void this.ordered.push(text), reconnect: (reason: number): void => void this.reconnects.push(`orders ${reason}`) };
  nowNs = 1e9;

  constructor(capacity = 256) {
    this.sink = new MemorySink(capacity);
    this.reader = new ReportReader(this.sink);
    this.gateway = new BybitGateway({
      instruments: this.index.instruments, venueIndex: 0, credentials: { apiKey: 'sim-key-bybit', secret: 'sim-secret-bybit' }, sink: this.sink, host: this, epochUnixNs: EPOCH_UNIX_NS, settings: {},
      assetIndex: (code) => this.index.assets.find((asset) => asset.code === code)?.index,
      orderIdOf: (id) => (id.startsWith('bb-') ? Number(id.slice(3)) : undefined),
      clientOrderIdOf: (id) => `bb-${id}`,
    });
  }

  send(text: string): void { this.sent.push(text); }
  request(tag: number, request: HttpRequest): void { this.requests.push({ tag, request }); }
  reconnect(reason: number): void { this.reconnects.push(`stream ${reason}`); }
  unixMs(): number { return BASE_MS - 1000 + this.nowNs / 1e6; }
  count(counter: string): void { this.counts[counter] = (this.counts[counter] ?? 0) + 1; }

  /** Answer the oldest request. @returns its path */
  answer(result: unknown, retCode = 0, status = 200): string {
    const { tag, request } = this.requests.shift()!;
    this.gateway.onResponse(tag, status, encoder.encode(JSON.stringify({ retCode, retMsg: '', result, retExtInfo: {}, time: BASE_MS })), this.nowNs);
    this.reader.drain();
    return request.path;
  }

  frame(text: string): this {
    const bytes = encoder.encode(text);
    this.gateway.onFrame(bytes, bytes.length, this.nowNs++);
    this.reader.drain();
    return this;
  }

  orderFrame(text: string): this {
    const bytes = encoder.encode(text);
    this.gateway.orderEntry.onFrame(bytes, bytes.length, this.nowNs++);
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
    this.gateway.orderEntry.onOpen(this.nowNs);
    this.answer({ timeSecond: String(BASE_MS / 1000), timeNano: `${BASE_MS}000000` });
    this.frame('{"success":true,"ret_msg":"","op":"auth","conn_id":"c-2"}').frame('{"success":true,"ret_msg":"","op":"subscribe","conn_id":"c-2","req_id":"topics"}');
    return this.orderFrame('{"retCode":0,"retMsg":"OK","op":"auth","connId":"c-3"}');
  }

  order(orderId: number, changes: Partial<OutgoingOrder> = {}): OutgoingOrder {
    return { instrument: this.index.instruments[0], orderId, clientOrderId: `bb-${orderId}`, side: 0, tif: TimeInForce.IOC, price: 640_000, qty: 2000, ...changes };
  }

  place(orderId: number, changes: Partial<OutgoingOrder> = {}): string {
    t.ok(this.gateway.place(this.order(orderId, changes), this.nowNs));
    return this.lastRequestId();
  }

  lastRequestId(): string {
    return (JSON.parse(this.ordered.at(-1)!) as { reqId: string }).reqId;
  }
}

const SECOND_FILL = execution({ execId: '2290000000007764264', execPrice: '64000', execValue: '64', leavesQty: '0' });
const FILLED = orderMessage({ orderStatus: 'Filled', cumExecQty: '0.002', leavesQty: '0', avgPrice: '63997.5' });

t.test('both sockets log on with the time of the venue, and orders leave once both are through, as the venue documents them', (t) => {
  const rig = new Rig();
  rig.gateway.orderEntry.onOpen(1e9);
  rig.gateway.onOpen(1e9);
  t.same([rig.sent, rig.ordered], [[], []], 'nothing is signed before the time is known');
  rig.answer({ timeSecond: '1795000000', timeNano: '1795000000000000000' });
  t.same([rig.sent, rig.ordered].map((texts) => JSON.parse(texts[0]) as unknown), Array.from({ length: 2 }, () => (
    { req_id: 'logon', op: 'auth', args: ['sim-key-bybit', 1_795_000_010_000, 'e4ae1e0c7892eccaaecb921848f4a33a40957a36b9a179b3b954ad3fce31d54c'] })));
  rig.frame('{"success":true,"ret_msg":"","op":"auth","conn_id":"c-2"}');
  t.same(JSON.parse(rig.sent[1]), { req_id: 'topics', op: 'subscribe', args: ['order.spot', 'execution.spot'] });
  rig.orderFrame('{"retCode":0,"retMsg":"OK","op":"auth","connId":"c-3"}');
  t.equal(rig.gateway.ready, false);
  t.equal(rig.gateway.place(rig.order(1), 1e9), false);
  rig.frame('{"success":true,"ret_msg":"","op":"subscribe","conn_id":"c-2"}');
  t.ok(rig.gateway.ready);
  rig.nowNs = 1e9;
  const requestId = rig.place(1);
  t.equal(rig.ordered.at(-1), `{"reqId":"${requestId}","header":{"X-BAPI-TIMESTAMP":"1795000000000","X-BAPI-RECV-WINDOW":"5000"},"op":"order.create","args":[{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","timeInForce":"IOC","qty":"0.002","price":"64000","orderLinkId":"bb-1"}]}`);
  t.ok(requestId.length <= 36);
  rig.place(2, { side: 1, tif: TimeInForce.FOK, instrument: rig.index.instruments[1], price: 350_012, qty: 1 });
  t.match(rig.ordered.at(-1), /"symbol":"ETHUSDT","side":"Sell","orderType":"Limit","timeInForce":"FOK","qty":"0.000001","price":"3500.12"/);
  t.end();
});

t.test('the time counts from when it was asked for last', (t) => {
  const rig = new Rig();
  rig.gateway.orderEntry.onOpen(rig.nowNs);
  rig.gateway.onOpen(rig.nowNs);
  rig.answer(undefined, 10016);
  rig.wait(3e9);
  rig.answer({ timeSecond: '1795000000', timeNano: `${BASE_MS}000000000`.slice(0, 19) });
  t.equal((JSON.parse(rig.sent[0]) as { args: unknown[] }).args[1], BASE_MS + 10_000);
  t.end();
});

t.test('acknowledgement, fills and end are told once, whichever of answer, order and execution comes first', (t) => {
  const both = executionMessage(execution(), SECOND_FILL);
  const stories: Record<string, (rig: Rig, id: string) => void> = {
    'the answer first': (rig, id) => void rig.orderFrame(orderAnswer(id, 'order.create')).frame(orderMessage()).frame(both).frame(FILLED),
    'the topics first': (rig, id) => void rig.frame(orderMessage()).frame(both).frame(FILLED).orderFrame(orderAnswer(id, 'order.create')),
    'trades before the order': (rig, id) => void rig.orderFrame(orderAnswer(id, 'order.create')).frame(executionMessage(execution())).frame(executionMessage(SECOND_FILL)).frame(FILLED),
    'trades twice': (rig, id) => void rig.orderFrame(orderAnswer(id, 'order.create')).frame(both).frame(both).frame(FILLED),
    'no answer at all': (rig) => void rig.frame(orderMessage()).frame(both).frame(FILLED),
    'an unclear answer after the topics': (rig, id) => void rig.frame(orderMessage()).orderFrame(orderAnswer(id, 'order.create', 10000)).frame(both).frame(FILLED),
    'a cancel that lost: Filled twice': (rig, id) => {
      rig.orderFrame(orderAnswer(id, 'order.create')).frame(both).frame(FILLED);
      rig.gateway.cancel(rig.order(1), rig.nowNs);
      rig.orderFrame(orderAnswer(rig.lastRequestId(), 'order.cancel')).frame(orderMessage({ orderStatus: 'Filled', cancelType: 'CancelByUser', rejectReason: 'EC_OrigClOrdIDDoesNotExist', cumExecQty: '0.002' }));
    },
  };
  for (const [name, tell] of Object.entries(stories)) {
    const rig = new Rig().open();
    tell(rig, rig.place(1));
    rig.wait(4e9);
    t.equal(rig.reader.kinds(1), 'ACK FILLED', name);
    t.match(rig.reader.fills, [
      { orderId: 1, tradeId: 7_764_263, price: 639_950, qty: 1000, quoteAmount: 6_399_500_000n, fee: 100n, feeAsset: 0, sell: false, maker: false },
      { orderId: 1, tradeId: 7_764_264, price: 640_000, qty: 1000, quoteAmount: 6_400_000_000n, fee: 100n, feeAsset: 0 },
    ], name);
    t.equal(rig.reader.reports.at(-1)!.cumQty, 2000, name);
  }
  t.end();
});

t.test('taken for processing is not accepted: refusals come by the answer or by the topic, and silence is not knowing', (t) => {
  const codes: readonly [number, number][] = [
    [170131, RejectReason.INSUFFICIENT_FUNDS], [170134, RejectReason.BAD_PRICE], [170137, RejectReason.BAD_QTY], [170140, RejectReason.BAD_NOTIONAL], [170121, RejectReason.UNKNOWN_SYMBOL],
    [170141, RejectReason.DUPLICATE_ID], [170218, RejectReason.WOULD_MATCH], [10002, RejectReason.CLOCK], [10005, RejectReason.AUTH], [10006, RejectReason.RATE_LIMITED], [170210, RejectReason.VENUE_OTHER],
  ];
  for (const [code, reason] of codes) {
    const rig = new Rig().open();
    rig.orderFrame(orderAnswer(rig.place(1), 'order.create', code));
    t.same(rig.reader.reports, [{ orderId: 1, kind: 'REJECTED', reason, cumQty: 0 }], String(code));
  }
  for (const code of [10000, 10016, 10019, 170146, 170147]) {
    const rig = new Rig().open();
    rig.orderFrame(orderAnswer(rig.place(1), 'order.create', code));
    t.equal(rig.reader.kinds(1), 'UNKNOWN', String(code));
  }
  const later = new Rig().open();
  later.orderFrame(orderAnswer(later.place(1), 'order.create')).frame(orderMessage({ orderStatus: 'Rejected', rejectReason: 'EC_PostOnlyWillTakeLiquidity' }));
  t.same(later.reader.reports, [{ orderId: 1, kind: 'REJECTED', reason: RejectReason.WOULD_MATCH, cumQty: 0 }]);
  const silent = new Rig().open();
  silent.orderFrame(orderAnswer(silent.place(1), 'order.create')).wait(2e9);
  t.equal(silent.reader.kinds(1), '', 'not yet');
  silent.wait(2e9);
  t.equal(silent.reader.kinds(1), 'UNKNOWN');
  silent.frame(orderMessage());
  t.equal(silent.reader.kinds(1), 'UNKNOWN ACK OPEN', 'a late word ends the doubt');
  const unanswered = new Rig().open();
  unanswered.place(1);
  unanswered.wait(7e9);
  t.equal(unanswered.reader.kinds(1), 'UNKNOWN');
  t.end();
});

t.test('what was not to rest expires, what was cancelled is cancelled, and a cancel that is refused says so', (t) => {
  const ends = (tif: number, status: string, cancelFirst: boolean, cum = '0'): string => {
    const rig = new Rig().open();
    rig.orderFrame(orderAnswer(rig.place(1, { tif }), 'order.create')).frame(orderMessage());
    if (cancelFirst) {
      rig.gateway.cancel(rig.order(1), rig.nowNs);
      t.match(JSON.parse(rig.ordered.at(-1)!), { op: 'order.cancel', args: [{ category: 'spot', symbol: 'BTCUSDT', orderLinkId: 'bb-1' }] });
      rig.orderFrame(orderAnswer(rig.lastRequestId(), 'order.cancel'));
    }
    if (cum !== '0') rig.frame(executionMessage(execution()));
    rig.frame(orderMessage({ orderStatus: status, cumExecQty: cum, rejectReason: cancelFirst ? 'EC_PerCancelRequest' : 'EC_NoImmediateQtyToFill' }));
    const { cumQty } = rig.reader.reports.at(-1)!;
    return `${rig.reader.kinds(1)} ${cumQty}`;
  };
  t.equal(ends(TimeInForce.IOC, 'Cancelled', false), 'ACK EXPIRED 0');
  t.equal(ends(TimeInForce.IOC, 'PartiallyFilledCanceled', false, '0.001'), 'ACK EXPIRED 1000');
  t.equal(ends(TimeInForce.FOK, 'Cancelled', false), 'ACK EXPIRED 0');
  t.equal(ends(TimeInForce.GTC, 'Cancelled', true), 'ACK CANCELLED 0');
  t.equal(ends(TimeInForce.GTC, 'PartiallyFilledCanceled', true, '0.001'), 'ACK CANCELLED 1000');
  t.equal(ends(TimeInForce.GTC, 'Deactivated', false), 'ACK CANCELLED 0');
  for (const [code, kind] of [[170213, 'CANCEL_REJECTED'], [170139, 'CANCEL_REJECTED'], [170147, 'UNKNOWN']] as const) {
    const rig = new Rig().open();
    rig.orderFrame(orderAnswer(rig.place(1, { tif: TimeInForce.GTC }), 'order.create')).frame(orderMessage());
    rig.gateway.cancel(rig.order(1), rig.nowNs);
    rig.orderFrame(orderAnswer(rig.lastRequestId(), 'order.cancel', code));
    t.equal(rig.reader.kinds(1), `ACK ${kind}`, String(code));
  }
  t.end();
});

t.test('a fee is booked in the currency the trade names; where it names none, in what is received, and a rebate in what is given', (t) => {
  const feeOf = (changes: Record<string, unknown>, side: 0 | 1 = 0): string => {
    const rig = new Rig().open();
    rig.orderFrame(orderAnswer(rig.place(1, { side }), 'order.create')).frame(executionMessage(execution(changes)));
    const [{ fee, feeAsset }] = rig.reader.fills;
    return `${fee} ${rig.index.assets[feeAsset].code}`;
  };
  t.equal(feeOf({ feeCurrency: 'USDT', execFee: '0.06' }), '6000000 USDT');
  t.equal(feeOf({ feeCurrency: '' }), '100 BTC');
  t.equal(feeOf({ feeCurrency: undefined, execFee: '0.06' }, 1), '6000000 USDT');
  t.equal(feeOf({ feeCurrency: '', isMaker: true, execFee: '-0.01' }), '-1000000 USDT');
  t.equal(feeOf({ feeCurrency: 'MNT', execFee: '5' }), '0 USDT', 'a fee in an asset of no account costs no fill');
  t.end();
});

t.test('a query tells all fills before the state, each once, and "not found" only when the venue would no longer take the order', (t) => {
  const rig = new Rig().open();
  rig.orderFrame(orderAnswer(rig.place(1), 'order.create')).frame(executionMessage(execution()));
  rig.gateway.query(rig.order(1), rig.nowNs);
  rig.gateway.query(rig.order(1), rig.nowNs);
  t.equal(rig.requests.length, 1, 'one question at a time');
  t.match(rig.requests[0].request.headers, { 'X-BAPI-API-KEY': 'sim-key-bybit', 'X-BAPI-SIGN': /^[0-9a-f]{64}$/ });
  const found = (JSON.parse(FILLED) as { data: unknown[] }).data;
  t.equal(rig.answer({ list: found, nextPageCursor: '' }), '/v5/order/realtime?category=spot&orderLinkId=bb-1&openOnly=1');
  t.equal(rig.answer({ list: [], nextPageCursor: '' }), '/v5/execution/list?category=spot&orderId=1700000000000000001&limit=100');
  rig.wait(600e6);
  rig.answer({ list: found });
  rig.answer({ list: [execution(), execution({ orderId: 'another', execId: '5' })], nextPageCursor: 'more' });
  t.match(rig.requests[0].request.path, /cursor=more$/);
  rig.answer({ list: [SECOND_FILL], nextPageCursor: '' });
  t.equal(rig.reader.kinds(1), 'ACK FILLED');
  t.same(rig.reader.fills.map(({ tradeId }) => tradeId), [7_764_263, 7_764_264]);

  const lost = new Rig().open();
  lost.place(2);
  lost.gateway.query(lost.order(2), lost.nowNs);
  t.match(lost.answer({ list: [], nextPageCursor: '' }), /realtime/);
  t.match(lost.answer({ list: [] }), /history/);
  t.equal(lost.reader.kinds(2), '', 'it may still be on its way');
  for (let i = 0; i < 8; i++) {
    lost.wait(2e9);
    while (lost.requests.length > 0) lost.answer({ list: [] });
  }
  t.equal(lost.reader.kinds(2), 'UNKNOWN NOT_FOUND');

  const failing = new Rig().open();
  failing.place(3);
  failing.gateway.query(failing.order(3), failing.nowNs);
  for (let i = 0; i < 5; i++) {
    failing.answer({}, 10000);
    failing.wait(600e6);
  }
  t.equal(failing.reader.kinds(3), 'UNKNOWN', 'nobody can say');
  t.equal(failing.requests.length, 0);
  t.end();
});

t.test('what a restarted gateway hears of an order of its predecessor is told; of other orders nothing is', (t) => {
  const rig = new Rig().open().frame(orderMessage({ orderLinkId: 'bb-77', orderId: '9' })).frame(executionMessage(execution({ orderLinkId: 'bb-77', orderId: '9' })));
  t.equal(rig.reader.kinds(77), 'ACK');
  t.equal(rig.reader.fills.length, 1);
  rig.frame(orderMessage({ orderLinkId: 'somebody', orderId: '10' })).frame(orderMessage({ orderLinkId: 'bb-78', orderId: '11', symbol: 'DOGEUSDT' })).frame(orderMessage({ orderLinkId: 'bb-79', orderId: '12', category: 'linear' }));
  t.equal(rig.counts.unknownOrder, 2);
  t.equal(rig.reader.reports.length, 1);
  t.end();
});

t.test('whichever socket is lost, what was under way on it is unknown, nothing is sent twice, and the session is not ready', (t) => {
  const rig = new Rig().open();
  rig.orderFrame(orderAnswer(rig.place(1, { tif: TimeInForce.GTC }), 'order.create')).frame(orderMessage());
  rig.place(2);
  rig.gateway.orderEntry.onClose(rig.nowNs);
  rig.reader.drain();
  t.equal(rig.gateway.ready, false);
  t.same([rig.reader.kinds(1), rig.reader.kinds(2)], ['ACK', 'UNKNOWN'], 'the stream still tells of the one that rests');
  const sent = rig.ordered.length;
  rig.gateway.orderEntry.onOpen(rig.nowNs);
  rig.orderFrame('{"retCode":20001,"retMsg":"Repeat auth","op":"auth","connId":"c-4"}');
  t.ok(rig.gateway.ready);
  t.equal(rig.ordered.length, sent + 1, 'nothing but the logon');
  rig.gateway.onClose(rig.nowNs);
  rig.reader.drain();
  t.equal(rig.gateway.ready, false);
  t.same([rig.reader.kinds(1), rig.reader.kinds(2)], ['ACK UNKNOWN', 'UNKNOWN']);

  const garbled = new Rig().open();
  garbled.orderFrame(orderAnswer(garbled.place(1), 'order.create')).frame(orderMessage().slice(0, -5));
  t.equal(garbled.reader.kinds(1), 'UNKNOWN', 'a message that cannot be read may have been about any order');
  const number = new Rig().open();
  number.orderFrame(orderAnswer(number.place(1), 'order.create')).frame(executionMessage(execution({ execQty: 'x' })));
  t.equal(number.reader.kinds(1), 'ACK UNKNOWN');
  for (const frame of ['[]', '{}', '{"topic":"order.spot"}', '{"topic":"order.spot","data":[null,5]}', '{"topic":"wallet","data":[]}', '{"op":7}']) number.frame(frame).orderFrame(frame);
  t.end();
});

t.test('a refused logon or subscription is counted and connects anew, socket by socket', (t) => {
  const rig = new Rig();
  rig.gateway.onOpen(1e9);
  rig.gateway.orderEntry.onOpen(1e9);
  rig.answer({}, 10016);
  for (let i = 0; i < 4; i++) {
    rig.wait(600e6);
    rig.answer({}, 10016);
  }
  t.equal(rig.sent.length, 1, 'without an answer our own time has to do');
  rig.frame('{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"c-2"}').orderFrame('{"retCode":10004,"retMsg":"Invalid sign","op":"auth","connId":"c-3"}');
  t.same(rig.reconnects, [`stream ${VenueReason.AUTH}`, `orders ${VenueReason.AUTH}`]);
  t.equal(rig.counts.authFailures, 2);
  t.equal(rig.gateway.ready, false);
  t.end();
});

t.test('orders stop at the rate of the account, and for as long as a refusal asks', (t) => {
  const rig = new Rig().open();
  for (let i = 1; i <= 20; i++) rig.place(i);
  t.equal(rig.gateway.place(rig.order(21), rig.nowNs), false);
  t.equal(rig.counts.rateLimited, 1);
  rig.wait(1e9);
  const refused = rig.place(22);
  rig.orderFrame(orderAnswer(refused, 'order.create', 10006, { 'X-Bapi-Limit': '5', 'X-Bapi-Limit-Reset-Timestamp': String(Math.trunc(rig.unixMs()) + 1500) }));
  t.equal(rig.gateway.place(rig.order(23), rig.nowNs), false);
  rig.wait(1.6e9);
  for (let i = 24; i < 29; i++) rig.place(i);
  t.equal(rig.gateway.place(rig.order(30), rig.nowNs), false, 'the limit that the venue told');
  t.end();
});

t.test('both sockets are pinged every twenty seconds and given up in silence', (t) => {
  const rig = new Rig().open();
  const [sent, ordered] = [rig.sent.length, rig.ordered.length];
  rig.wait(21e9);
  t.same([rig.sent.slice(sent), rig.ordered.slice(ordered)], [['{"op":"ping"}'], ['{"op":"ping"}']]);
  rig.frame('{"req_id":"p1","op":"pong","args":["1795000000000"],"conn_id":"c-2"}').wait(26e9);
  t.same(rig.reconnects, [`orders ${VenueReason.STALL}`]);
  t.end();
});

t.test('cancel all concerns the markets of the engine, page by page, and what is not listed yet by its own id', (t) => {
  const rig = new Rig().open();
  rig.place(1, { tif: TimeInForce.GTC });
  rig.gateway.cancelAll(rig.nowNs);
  t.match(JSON.parse(rig.ordered.at(-1)!), { op: 'order.cancel', args: [{ orderLinkId: 'bb-1' }] });
  t.equal(rig.answer({ list: [{ symbol: 'BTCUSDT' }, { symbol: 'DOGEUSDT' }, { symbol: 'BTCUSDT' }], nextPageCursor: 'p2' }), '/v5/order/realtime?category=spot&openOnly=0&limit=50');
  const [cancel, page] = rig.requests.map(({ request }) => request);
  t.match(cancel, { method: 'POST', path: '/v5/order/cancel-all', body: '{"category":"spot","symbol":"BTCUSDT"}', headers: { 'content-type': 'application/json' } });
  t.match(page.path, /cursor=p2/);
  t.equal(rig.requests.length, 2);
  t.end();
});

t.test('balances are those of the unified account; coins that it does not list are not held', (t) => {
  const rig = new Rig().open();
  rig.gateway.requestBalances(rig.nowNs);
  const path = rig.answer({ list: [{ accountType: 'UNIFIED', coin: [{ coin: 'BTC', walletBalance: '1.234567891', locked: '0.2' }, { coin: 'USDT', walletBalance: '100', locked: '' }, { coin: 'DOGE', walletBalance: '5' }, { coin: 'ETH', walletBalance: 'x' }, null] }] });
  t.equal(path, '/v5/account/wallet-balance?accountType=UNIFIED');
  const told = new Map(rig.reader.balances.map(({ asset, total, held }) => [rig.index.assets[asset].code, [total, held]]));
  t.same(told, new Map([['BTC', [123_456_789n, 20_000_000n]], ['USDT', [10_000_000_000n, 0n]], ['ETH', [0n, 0n]]]));
  t.same(rig.reader.balances.map(({ last }) => last), [false, false, true]);
  t.end();
});

t.test('reports wait for room in the ring, in their order', (t) => {
  const rig = new Rig(2).open();
  rig.orderFrame(orderAnswer(rig.place(1), 'order.create'));
  const frames = [orderMessage(), executionMessage(execution(), SECOND_FILL), FILLED];
  for (const text of frames) rig.gateway.onFrame(encoder.encode(text), text.length, rig.nowNs);
  rig.reader.drain();
  t.equal(rig.reader.kinds(1), 'ACK');
  rig.wait(1e6);
  rig.wait(1e6);
  t.equal(rig.reader.kinds(1), 'ACK FILLED');
  t.equal(rig.reader.fills.length, 2);
  t.end();
});

t.test('an id has one number, as text and as bytes', (t) => {
  for (const id of ['1', '2290000000007764263', '000000000000000000', '9dc75fca-4bdd-4773-9f78-6f5d7ab2a110', 'x', '123456789012345']) {
    t.equal(scanTradeNumber(encoder.encode(`"${id}"`), 0, 2 + id.length), 2 + id.length);
    t.equal(scanned[0], tradeNumber(id), id);
    t.ok(Number.isSafeInteger(tradeNumber(id)));
  }
  t.end();
});
