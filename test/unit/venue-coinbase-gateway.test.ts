import t from 'tap';
import { RejectReason, TimeInForce, VenueReason } from '../../src/record/codes.js';
import { MemorySink } from '../../src/record/slot.js';
import { reasonOfNames } from '../../src/venue/coinbase/venue-error.js';
import { EPOCH_MS, fill, GatewayBench, heartbeat, message, readToken } from '../fixtures/coinbase.js';

const refused = (error: string, more: object = {}) => ({ success: false, error_response: { error, message: 'x', error_details: '', ...more } });

t.test('it logs on with a fresh token a channel, and is ready when the user channel is granted', (t) => {
  const bench = new GatewayBench();
  bench.gateway.onOpen(0);
  t.same(bench.sent.map(({ type, channel }) => `${String(type)} ${String(channel)}`), ['subscribe user', 'subscribe heartbeats']);
  const [user, heartbeats] = bench.sent.map(({ jwt }) => readToken(jwt as string));
  t.match(user, { header: { alg: 'EdDSA', kid: 'organizations/sim-org/apiKeys/sim-key' }, claims: { iss: 'cdp', nbf: EPOCH_MS / 1000, exp: EPOCH_MS / 1000 + 120 } });
  t.equal('uri' in user.claims, false, 'a socket’s token names no address');
  t.not(user.header.nonce, heartbeats.header.nonce);
  t.notOk(bench.gateway.ready);
  t.notOk(bench.gateway.place(bench.order(), 1));
  bench.frame(message('subscriptions', 0, [{ subscriptions: { heartbeats: ['heartbeats'] } }]));
  t.notOk(bench.gateway.ready);
  bench.frame(message('subscriptions', 1, [{ subscriptions: { heartbeats: ['heartbeats'], user: ['id'] } }]));
  t.ok(bench.gateway.ready);
  bench.frame({ type: 'error', message: 'authentication failure' });
  t.same(bench.reconnects, [VenueReason.AUTH]);
  t.notOk(bench.gateway.ready);
  t.match(bench.counts, { authFailures: 1 });
  t.end();
});

t.test('an order is sent once, acknowledged once, filled trade by trade, and ends when all its trades are told', (t) => {
  const bench = new GatewayBench().open();
  bench.wait(100).place();
  t.match(bench.asked[0], { method: 'POST', path: 'orders', body: { product_id: 'BTC-USD', side: 'BUY', client_order_id: 'r-1', order_configuration: { sor_limit_ioc: { base_size: '0.00200000', limit_price: '64000.00' } } } });
  const { nbf, exp, uri } = bench.asked[0].claims as { nbf: number; exp: number; uri: string };
  t.equal(uri, 'POST api.coinbase.com/api/v3/brokerage/orders');
  t.equal(exp - nbf, 5, 'what is on its way for longer is refused');
  bench.user({ status: 'PENDING', cumulative_quantity: '0' }).accept();
  t.same(bench.records(), ['1 ACK'], 'the channel was faster than the answer');
  bench.user({ status: 'OPEN', cumulative_quantity: '0.0005' }).user({ status: 'FILLED', cumulative_quantity: '0.002', leaves_quantity: '0' });
  t.same(bench.records(), [], 'its trades are not known yet');
  t.match(bench.asked.map(({ path, query }) => [path, query.getAll('order_ids')]), [['orders/historical/fills', ['v-1']]], 'asked for once');
  bench.answer('orders/historical/fills', { fills: [fill('a', '0.0005', '63999.99')], cursor: '' });
  t.same(bench.records(), ['1 fill 50000×6399999 = 3199999500 fee 5000000 USD']);
  bench.wait(150).answer('orders/historical/fills', { fills: [fill('b', '0.0015', '64000', { liquidity_indicator: 'MAKER', commission: '0.057600004' }), fill('a', '0.0005', '63999.99'), fill('c', '1', '1', { trade_type: 'CORRECTION' })], cursor: '' });
  t.same(bench.records(), ['1 fill 150000×6400000 = 9600000000 fee 5760000 USD maker', '1 FILLED 200000']);
  bench.user({ status: 'FILLED', cumulative_quantity: '0.002' }).wait(1000);
  t.same(bench.records(), [], 'what is repeated says nothing');
  t.same(bench.asked, []);
  t.match(bench.counts, { acks: 1, fills: 2 });
  t.end();
});

t.test('kinds of orders, and numbers with the decimals that the venue takes', (t) => {
  const bench = new GatewayBench().open();
  bench.place(1, { tif: TimeInForce.GTC, side: 1 }).place(2, { tif: TimeInForce.FOK, instrument: bench.index.instruments[1], price: 1, qty: 1 });
  t.match(bench.take('orders').body, { side: 'SELL', order_configuration: { limit_limit_gtc: { base_size: '0.00200000', limit_price: '64000.00', post_only: false } } });
  t.match(bench.take('orders').body, { product_id: 'ETH-USDC', order_configuration: { limit_limit_fok: { base_size: '0.00000001', limit_price: '0.01' } } });
  t.end();
});

t.test('what was to be immediate and is cancelled has expired; FILLED with less than was ordered is no fill of the rest', (t) => {
  for (const [status, tif, cum, records] of [
    ['CANCELLED', TimeInForce.IOC, '0', ['1 ACK', '1 EXPIRED']], ['EXPIRED', TimeInForce.FOK, '0', ['1 ACK', '1 EXPIRED']], ['CANCELLED', TimeInForce.GTC, '0', ['1 ACK', '1 CANCELLED']],
    ['FAILED', TimeInForce.IOC, '0', ['1 REJECTED BAD_PRICE']], ['FILLED', TimeInForce.IOC, '0.001', ['1 ACK', '1 fill 100000×6400000 = 6400000000 fee 5000000 USD', '1 EXPIRED 100000']],
  ] as const) {
    const bench = new GatewayBench().open().place(1, { tif });
    bench.user({ status, cumulative_quantity: cum, leaves_quantity: '0', reject_reason: status === 'FAILED' ? 'INVALID_LIMIT_PRICE' : '' });
    if (cum !== '0') bench.answer('orders/historical/fills', { fills: [fill('a', cum)] });
    t.same(bench.records(), records, `${status} ${tif}`);
  }
  t.end();
});

t.test('“no” comes with HTTP 200; a refusal is a rejection, silence and failures of the venue are not', (t) => {
  for (const [status, body, record] of [
    [200, refused('INSUFFICIENT_FUND', { preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND' }), '1 REJECTED INSUFFICIENT_FUNDS'], [200, refused('UNKNOWN_FAILURE_REASON', { preview_failure_reason: 'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL' }), '1 REJECTED BAD_QTY'],
    [200, refused('INVALID_LIMIT_PRICE_POST_ONLY'), '1 REJECTED WOULD_MATCH'], [200, refused('UNSUPPORTED_ORDER_CONFIGURATION'), '1 REJECTED VENUE_OTHER'], [200, refused('UNKNOWN_FAILURE_REASON'), '1 UNKNOWN'],
    [200, 'no JSON', '1 UNKNOWN'], [200, {}, '1 UNKNOWN'], [200, { success: true }, '1 UNKNOWN'], [500, '', '1 UNKNOWN'], [503, { error: 'x' }, '1 UNKNOWN'], [0, '', '1 UNKNOWN'], [408, '', '1 UNKNOWN'],
    [401, 'Unauthorized', '1 REJECTED AUTH'], [400, { error: 'INVALID_ARGUMENT', error_details: 'INVALID_PRODUCT_ID', message: 'x' }, '1 REJECTED UNKNOWN_SYMBOL'], [429, { errors: [{ id: 'rate_limit_exceeded' }] }, '1 REJECTED RATE_LIMITED'],
  ] as const) {
    const bench = new GatewayBench().open().place().answer('orders', body, status);
    t.same(bench.records(), [record], `${status} ${JSON.stringify(body)}`);
    t.equal(bench.asked.filter(({ path }) => path === 'orders').length, 0, 'an order is never sent again');
  }
  const alive = new GatewayBench().open().place().user({ status: 'OPEN', cumulative_quantity: '0' }).answer('orders', '', 500);
  t.same(alive.records(), ['1 ACK'], 'the channel had told that it lives');
  for (const [name, reason] of [
    ['PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL', RejectReason.BAD_NOTIONAL], ['PREVIEW_INVALID_LIMIT_PRICE_POSTONLY', RejectReason.WOULD_MATCH], ['PREVIEW_INVALID_PRICE_PRECISION', RejectReason.BAD_PRICE], ['ORDER_ENTRY_DISABLED', RejectReason.MARKET_CLOSED],
    ['UNKNOWN_CANCEL_ORDER', RejectReason.UNKNOWN_ORDER], ['ANYTHING', RejectReason.VENUE_OTHER],
  ] as const) t.equal(reasonOfNames([name]), reason, name);
  t.end();
});

t.test('a lost answer is found by listing what was ordered since, page by page; nobody knows of it only once its token has run out', (t) => {
  const bench = new GatewayBench().open().place().answer('orders', '', 0);
  t.same(bench.records(), ['1 UNKNOWN']);
  t.ok(bench.gateway.query(bench.order(), ++bench.nowNs));
  const asked = bench.asked[0];
  t.match([asked.path, asked.query.get('product_ids')], ['orders/historical/batch', 'BTC-USD']);
  t.equal(Date.parse(asked.query.get('start_date')!), EPOCH_MS - 30_000);
  const behind = new GatewayBench();
  behind.gateway.onOpen(behind.nowNs);
  behind.answer('time', '', 503).wait(4_000).answer('time', { epochMillis: String(EPOCH_MS + 4_000 - 600_000) });
  behind.gateway.query(behind.order(), ++behind.nowNs);
  t.equal(Date.parse(behind.take('orders/historical/batch').query.get('start_date')!), EPOCH_MS - 630_000, 'by the clock of the venue, which is asked twice here and told once');
  bench.answer('orders/historical/batch', { orders: [{ order_id: 'v-9', client_order_id: 'r-9' }], has_next: true, cursor: 'next' });
  t.equal(bench.asked[0].query.get('cursor'), 'next');
  bench.answer('orders/historical/batch', { orders: [{ order_id: 'v-1', client_order_id: 'r-1', product_id: 'BTC-USD', side: 'BUY', status: 'CANCELLED', filled_size: '0.001', time_in_force: 'IMMEDIATE_OR_CANCEL' }], has_next: false, cursor: '' });
  bench.answer('orders/historical/fills', { fills: [fill('a', '0.001')] });
  t.same(bench.records(), ['1 fill 100000×6400000 = 6400000000 fee 5000000 USD', '1 EXPIRED 100000']);
  bench.gateway.query(bench.order(), ++bench.nowNs);
  bench.answer('orders/historical/v-1', { order: { order_id: 'v-1', client_order_id: 'r-1', status: 'CANCELLED', filled_size: '0.001' } });
  t.same(bench.records(), ['1 EXPIRED 100000'], 'whoever asks is answered again; no trade is told twice');

  const lost = new GatewayBench().open().place().answer('orders', '', 0);
  lost.records();
  lost.gateway.query(lost.order(), ++lost.nowNs);
  for (let second = 0; second < 6; second += 2) {
    lost.answer('orders/historical/batch', { orders: [], has_next: false });
    t.same(lost.records(), [], `after ${second} s it may still arrive`);
    lost.wait(2000);
  }
  lost.answer('orders/historical/batch', { orders: [] });
  t.same(lost.records(), ['1 NOT_FOUND']);
  const stranger = new GatewayBench().open();
  stranger.gateway.query(stranger.order(7), ++stranger.nowNs);
  stranger.answer('orders/historical/batch', { orders: [] });
  t.same(stranger.records(), ['7 NOT_FOUND'], 'one that this gateway did not send');
  const failing = new GatewayBench().open();
  failing.gateway.query(failing.order(7), ++failing.nowNs);
  for (let attempt = 0; attempt < 5; attempt++) failing.answer('orders/historical/batch', '', 502).wait(600);
  t.same(failing.records(), ['7 UNKNOWN'], 'asked five times');
  t.end();
});

t.test('silence is unknown; so is everything under way when the connection or a message is lost', (t) => {
  const bench = new GatewayBench().open().place(1).place(2, { tif: TimeInForce.GTC });
  bench.accept(1);
  for (let second = 0; second < 7; second++) bench.hear('heartbeats', [{ heartbeat_counter: second }]).wait(1000);
  t.same(bench.records(), ['1 ACK', '2 UNKNOWN'], 'the second was never answered');
  bench.frame(heartbeat(99));
  t.same(bench.reconnects, [VenueReason.PROTOCOL]);
  t.match(bench.counts, { gaps: 1 });
  t.same(bench.records(), ['1 UNKNOWN']);
  bench.open();
  bench.hear('user', [{ type: 'snapshot', orders: [{ order_id: 'v-2', client_order_id: 'r-2', product_id: 'BTC-USD', order_side: 'BUY', status: 'OPEN', cumulative_quantity: '0' }, { order_id: 'x', client_order_id: 'somebody else’s' }] }]);
  t.same(bench.records(), ['2 ACK', '2 OPEN', '2 UNKNOWN'].slice(0, 2), 'what is open is told when the channel opens');
  t.match(bench.counts, { unknownOrder: 1 });
  bench.frame('garbage');
  t.equal(bench.reconnects.at(-1), VenueReason.PROTOCOL, 'it may have been a word on an order');
  const silent = new GatewayBench().open();
  for (let second = 0; second < 11; second++) silent.wait(1000);
  t.same(silent.reconnects, [VenueReason.STALL]);
  t.end();
});

t.test('an order is cancelled by the venue’s id, waits for it, and is cancelled only when its state says so', (t) => {
  const bench = new GatewayBench().open().place(1, { tif: TimeInForce.GTC });
  t.ok(bench.gateway.cancel(bench.order(), ++bench.nowNs));
  t.same(bench.asked.map(({ path }) => path), ['orders'], 'its id comes with the answer');
  bench.accept();
  t.same(bench.asked[0].body, { order_ids: ['v-1'] });
  bench.answer('orders/batch_cancel', { results: [{ success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id: 'v-1' }] });
  t.same(bench.records(), ['1 ACK']);
  bench.user({ status: 'CANCEL_QUEUED', cumulative_quantity: '0' }).user({ status: 'CANCELLED', cumulative_quantity: '0', leaves_quantity: '0' });
  t.same(bench.records(), ['1 CANCELLED']);

  const race = new GatewayBench().open().place(1, { tif: TimeInForce.GTC }).accept();
  race.gateway.cancel(race.order(), ++race.nowNs);
  race.answer('orders/batch_cancel', { results: [{ success: false, failure_reason: 'UNKNOWN_CANCEL_ORDER', order_id: 'v-1' }] });
  t.same(race.records(), ['1 ACK', '1 CANCEL_REJECTED UNKNOWN_ORDER']);
  race.user({ status: 'FILLED', cumulative_quantity: '0.002' }).answer('orders/historical/fills', { fills: [fill('a', '0.002')] });
  t.same(race.records().at(-1), '1 FILLED 200000');
  race.gateway.cancel(race.order(2), ++race.nowNs);
  t.equal(race.asked[0].path, 'orders/historical/batch', 'one that a former gateway sent is looked for first');
  race.answer('orders/historical/batch', { orders: [{ order_id: 'v-2', client_order_id: 'r-2', product_id: 'BTC-USD', status: 'OPEN', filled_size: '0' }] });
  race.answer('orders/batch_cancel', '', 500).wait(600).answer('orders/batch_cancel', 'Unauthorized', 401);
  t.same(race.records(), ['2 OPEN', '2 CANCEL_REJECTED AUTH']);
  t.end();
});

t.test('everything is cancelled on the engine’s markets and no others', (t) => {
  const bench = new GatewayBench().open();
  t.ok(bench.gateway.cancelAll(++bench.nowNs));
  t.equal(bench.asked[0].query.get('order_status'), 'OPEN');
  const row = (id: number, product: string) => ({ order_id: `v-${id}`, client_order_id: `other-${id}`, product_id: product });
  bench.answer('orders/historical/batch', { orders: [...Array.from({ length: 130 }, (_, i) => row(i, 'BTC-USD')), row(1000, 'DOGE-USD')], has_next: true, cursor: 'c' });
  bench.answer('orders/historical/batch', { orders: [row(131, 'ETH-USDC')], has_next: false, cursor: 'c' });
  t.same(bench.asked.map(({ body }) => (body!.order_ids as string[]).length), [100, 30, 1]);
  t.same(bench.asked[2].body, { order_ids: ['v-131'] });
  t.end();
});

t.test('balances are read to the last page; half a list says nothing', (t) => {
  const bench = new GatewayBench().open();
  t.ok(bench.gateway.requestBalances(++bench.nowNs));
  const account = (currency: string, value: string, hold: string) => ({ currency, available_balance: { value, currency }, hold: { value: hold, currency } });
  bench.answer('accounts', { accounts: [account('BTC', '1.23456789', '0.005'), account('DOGE', '5', '0'), account('USD', '10.505', '0.000000001')], has_next: true, cursor: 'c' });
  t.same(bench.records(), []);
  bench.answer('accounts', { accounts: [account('USD', '1', '0'), account('USDC', 'x', '0')], has_next: false, cursor: '' });
  t.same(bench.records(), ['BTC 123956789 held 500000', 'USD 1150500000 held 0', 'ETH 0 held 0', 'USDC 0 held 0]']);
  t.match(bench.counts, { malformed: 1 });
  bench.gateway.requestBalances(++bench.nowNs);
  bench.answer('accounts', { error: 'x' }, 403);
  t.same(bench.records(), []);
  t.end();
});

t.test('the venue’s limits are kept: orders go first, and after a refusal nothing is asked for a while', (t) => {
  const bench = new GatewayBench(new MemorySink(2048)).open();
  bench.wait(1000);
  let sent = 0;
  while (bench.gateway.place(bench.order(sent + 1), bench.nowNs)) sent++;
  t.ok(sent >= 20 && sent <= 25, `${sent} orders at once`);
  t.match(bench.counts, { rateLimited: 1 });
  bench.wait(200);
  t.ok(bench.gateway.place(bench.order(100), bench.nowNs));
  const asking = new GatewayBench().open().wait(1000);
  for (let i = 1; i <= 40; i++) asking.gateway.query(asking.order(i), asking.nowNs);
  t.ok(asking.asked.length <= 16, 'questions leave room');
  t.ok(asking.gateway.place(asking.order(50), asking.nowNs));
  const limited = new GatewayBench().open();
  limited.gateway.requestBalances(++limited.nowNs);
  limited.answer('accounts', {}, 429, 2e9).wait(1500);
  t.notOk(limited.gateway.place(limited.order(), limited.nowNs));
  t.equal(limited.asked.length, 0);
  limited.wait(600);
  t.equal(limited.asked.length, 1, 'asked again when the time is over');
  t.end();
});

t.test('trades that do not appear leave the order unknown; what a full ring does not take is told later', (t) => {
  const bench = new GatewayBench().open().place().accept().user({ status: 'FILLED', cumulative_quantity: '0.002' });
  bench.records();
  for (let attempt = 0; attempt < 8; attempt++) {
    bench.answer('orders/historical/fills', { fills: [fill('a', 'x')] });
    for (let second = 0; second < 15 && bench.asked.length === 0; second++) bench.hear('heartbeats', []).wait(1000);
    bench.asked.splice(0, bench.asked.length, ...bench.asked.filter(({ path }) => path !== 'time'));
  }
  t.same(bench.records(), ['1 UNKNOWN']);
  t.match(bench.counts, { malformed: 8 });
  const small = new GatewayBench(new MemorySink(1)).open().place(1).place(2).accept(1).accept(2);
  t.same([...small.records(), ...small.wait(100).records()], ['1 ACK', '2 ACK']);
  t.end();
});
