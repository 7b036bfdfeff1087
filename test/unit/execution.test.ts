import t from 'tap';
import { OrderState, RejectReason, ReportKind, TimeInForce } from '../../src/record/codes.js';
import { ClientOrderIds } from '../../src/execution/client-order-id.js';
import { isTerminal, nextState, OrderEvent } from '../../src/execution/order-state.js';
import { BINANCE, Desk, KRAKEN } from '../fixtures/execution.js';

const S = OrderState;
const E = OrderEvent;

t.test('the state table: what each event does to an order in each state', (t) => {
  const cases: readonly (readonly [state: number, event: number, next: number])[] = [
    [S.NEW, E.SEND, S.SENT],
    [S.SENT, E.ALIVE, S.ACKED], [S.SENT, E.FILL, S.PARTIALLY_FILLED], [S.SENT, E.FILL_ALL, S.FILLED], [S.SENT, E.REJECTED, S.REJECTED],
    [S.SENT, E.EXPIRED, S.EXPIRED], [S.SENT, E.CANCELLED, S.CANCELLED], [S.SENT, E.UNKNOWN, S.UNKNOWN], [S.SENT, E.NEVER_ARRIVED, S.REJECTED],
    [S.ACKED, E.ALIVE, S.ACKED], [S.ACKED, E.FILL, S.PARTIALLY_FILLED], [S.ACKED, E.CANCEL, S.CANCEL_SENT], [S.ACKED, E.NEVER_ARRIVED, S.UNKNOWN],
    [S.PARTIALLY_FILLED, E.ALIVE, S.PARTIALLY_FILLED], [S.PARTIALLY_FILLED, E.FILL, S.PARTIALLY_FILLED], [S.PARTIALLY_FILLED, E.FILL_ALL, S.FILLED],
    [S.PARTIALLY_FILLED, E.REJECTED, S.UNKNOWN], [S.PARTIALLY_FILLED, E.EXPIRED, S.EXPIRED],
    [S.CANCEL_SENT, E.ALIVE, S.CANCEL_SENT], [S.CANCEL_SENT, E.FILL, S.CANCEL_SENT], [S.CANCEL_SENT, E.FILL_ALL, S.FILLED], [S.CANCEL_SENT, E.CANCEL_REJECTED, S.UNKNOWN], [S.CANCEL_SENT, E.CANCELLED, S.CANCELLED],
    [S.UNKNOWN, E.ALIVE, S.ACKED], [S.UNKNOWN, E.ALIVE_FILLED, S.PARTIALLY_FILLED], [S.UNKNOWN, E.FILL, S.UNKNOWN], [S.UNKNOWN, E.FILL_ALL, S.FILLED], [S.UNKNOWN, E.EXPIRED, S.EXPIRED], [S.UNKNOWN, E.NEVER_ARRIVED, S.REJECTED],
    [S.CANCELLED, E.FILL, S.CANCELLED], [S.CANCELLED, E.FILL_ALL, S.FILLED], [S.CANCELLED, E.ALIVE, S.CANCELLED], [S.CANCELLED, E.CONTRADICTION, S.UNKNOWN],
    [S.REJECTED, E.ALIVE, S.UNKNOWN], [S.REJECTED, E.FILL, S.UNKNOWN], [S.REJECTED, E.FILL_ALL, S.FILLED],
  ];
  for (const [state, event, next] of cases) t.equal(nextState(state, event), next, `${state} --${event}--> ${next}`);
  for (const event of Object.values(E)) {
    t.equal(nextState(S.FILLED, event), S.FILLED, 'nothing moves a filled order');
    t.equal(nextState(S.REFUSED, event), S.REFUSED, 'nothing moves a refused one');
    for (const state of Object.values(S)) t.ok(nextState(state, event) <= 10);
  }
  for (const terminal of [S.FILLED, S.CANCELLED, S.EXPIRED, S.REJECTED, S.REFUSED]) {
    t.ok(isTerminal(terminal));
    for (const harmless of [E.UNKNOWN, E.CANCEL, E.CANCEL_REJECTED, E.CANCELLED, E.EXPIRED, E.REJECTED, E.NEVER_ARRIVED, E.SEND]) t.equal(nextState(terminal, harmless), terminal, `${harmless} late in ${terminal} is harmless`);
  }
  t.end();
});

t.test('client order ids are short, plain, unique over sessions and read back', (t) => {
  const ids = new ClientOrderIds(1_795_000_000_123);
  for (const orderId of [1, 35, 36, 8192, 0xffff_ffff]) {
    t.match(ids.text(orderId), /^[A-Za-z0-9]{1,18}$/);
    t.equal(ids.parse(ids.text(orderId)), orderId);
  }
  t.not(ids.text(1), new ClientOrderIds(1_795_000_000_124).text(1));
  t.equal(ids.parse(new ClientOrderIds(1_795_000_000_124).text(1)), undefined, 'another session');
  for (const foreign of ['', 'web_123', `${ids.text(1)}!`, ids.text(1).slice(0, -1), `${ids.text(1)}zzzzzzz`]) t.equal(ids.parse(foreign), undefined, foreign);
  t.end();
});

t.test('starting: leftovers are cancelled, balances asked for, and nothing is traded before both venues have answered', (t) => {
  const desk = new Desk();
  desk.gateway(BINANCE, true);
  t.same(desk.commands().map(({ action, venue }) => [action, venue]), [['CANCEL_ALL', BINANCE], ['BALANCES', BINANCE]]);
  desk.balances(BINANCE, { BTC: 5n, USDT: 7n });
  t.same(desk.arbitrage(), []);
  t.same(desk.executor.snapshot().refusals, { RISK_NOT_READY: 1 });
  desk.gateway(KRAKEN, true);
  desk.tick(1000);
  t.equal(desk.commands('BALANCES').length, 2);
  desk.tick(2000);
  t.equal(desk.commands('BALANCES').length, 3, 'asked again when no answer comes');
  desk.balances(KRAKEN, { BTC: 10n ** 9n });
  t.equal(desk.executor.trading, true);
  t.equal(desk.executor.snapshot().phase, 'trading');
  t.equal(desk.total('binance', 'BTC'), '0.00000005');
  t.equal(desk.total('kraken', 'BTC'), '10');
  t.end();
});

t.test('a basket leaves as one batch for both venues, and its fills become positions and profit', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage(1_000, 100_10, 100_00); // 0.01 BTC
  t.same(desk.commands('NEW').map(({ venue, sell: isSell, price, qty }) => [venue, isSell, price, qty]), [[BINANCE, false, 100_10, 1_000], [KRAKEN, true, 100_00, 1_000]]);
  t.equal(desk.held('binance', 'USDT'), '1.002001', '0.01 × 100.10 and the fee');
  t.equal(desk.held('kraken', 'BTC'), '0.01');
  desk.report(buy, ReportKind.ACK);
  desk.fill(buy, 1, 100_00, 400, { fee: 400n, feeAsset: 'BTC' });
  desk.fill(buy, 2, 100_10, 600, { fee: 600n, feeAsset: 'BTC' });
  desk.fill(sell, 7, 100_50, 1_000, { fee: 100_500n });
  desk.report(buy, ReportKind.FILLED, { cumQty: 1_000 });
  desk.report(sell, ReportKind.FILLED, { cumQty: 1_000 });
  t.same(desk.states(buy), ['SENT', 'ACKED', 'PARTIALLY_FILLED', 'FILLED']);
  t.same(desk.states(sell), ['SENT', 'FILLED']);
  t.equal(desk.total('binance', 'BTC'), '10.00999');
  t.equal(desk.total('binance', 'USDT'), '99998.9994', '0.004 × 100 + 0.006 × 100.1');
  t.equal(desk.total('kraken', 'BTC'), '9.99');
  t.equal(desk.total('kraken', 'USDT'), '100001.003995');
  t.equal(desk.held('binance', 'USDT'), '0');
  const snapshot = desk.executor.snapshot();
  t.match(snapshot.baskets, { sent: 1, open: 0, finished: 1, residual: 0, refused: 0 });
  t.equal(snapshot.pnl[0].inventory, '-0.00001', 'the fee in base');
  t.equal(snapshot.pnl[0].expected, '0.00000005');
  t.end();
});

t.test('late, repeated and reordered reports change nothing that is not new', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  desk.fill(buy, 1, 100_10, 400);
  desk.fill(buy, 1, 100_10, 400);
  desk.report(buy, ReportKind.EXPIRED, { cumQty: 400 });
  desk.report(buy, ReportKind.ACK);
  desk.report(buy, ReportKind.EXPIRED, { cumQty: 400 });
  desk.fill(buy, 1, 100_10, 400);
  t.same(desk.states(buy), ['SENT', 'PARTIALLY_FILLED', 'EXPIRED']);
  t.equal(desk.executor.snapshot().counters.duplicateFills, 2);
  t.equal(desk.total('binance', 'BTC'), '10.004');

  desk.report(sell, ReportKind.CANCELLED);
  desk.fill(sell, 9, 100_00, 250);
  t.equal(desk.total('kraken', 'BTC'), '9.9975', 'a fill after the end is counted all the same');
  t.match(desk.order(sell), { state: 'CANCELLED', filled: '0.00250' });
  desk.fill(sell, 10, 100_00, 750);
  t.match(desk.order(sell), { state: 'FILLED' });
  desk.fill(sell, 11, 100_00, 1);
  t.equal(desk.executor.snapshot().counters.overfills, 1, 'more than was ordered cannot be true');
  desk.fill(99, 1, 100_00, 1);
  desk.report(99, ReportKind.ACK);
  t.match(desk.executor.snapshot().counters, { orphanFills: 1, orphanReports: 1, lateFills: 2 });
  const [other] = desk.arbitrage();
  desk.report(other, ReportKind.REJECTED, { venue: KRAKEN });
  desk.fill(other, 20, 100_00, 1, { venue: KRAKEN });
  for (const [price, qty] of [[100.5, 1], [100_00, 0], [100_00, 1.5], [NaN, 1], [-1, 1]]) desk.fill(other, 21, price, qty);
  desk.fill(other, 22, 100_00, 1, { fee: 1n, feeAsset: 'DOGE' });
  t.match(desk.executor.snapshot().counters, { orphanReports: 2, malformedFills: 7 }, 'nor can what no venue of the order could say');
  t.match(desk.order(other), { state: 'SENT', filled: '0.00000' });
  desk.fill(other, 23, 100_10, 1_000);
  desk.fill(other + 1, 24, 100_00, 1_000);
  t.equal(desk.executor.idle, true);
  t.match(desk.executor.snapshot().baskets, { finished: 2, open: 0 });
  t.end();
});

t.test('an end that reports more than the fills seen waits for them, then asks', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  desk.report(buy, ReportKind.FILLED);
  desk.report(sell, ReportKind.EXPIRED, { cumQty: 500 });
  t.match([desk.order(buy)?.state, desk.order(sell)?.state], ['SENT', 'SENT']);
  desk.fill(sell, 1, 100_00, 500);
  t.same(desk.states(sell), ['SENT', 'PARTIALLY_FILLED', 'EXPIRED'], 'the fill came: no question needed');
  desk.tick(150);
  t.same(desk.states(buy), ['SENT', 'UNKNOWN']);
  t.same(desk.commands('QUERY').map(({ orderId }) => orderId), [buy]);
  desk.report(buy, ReportKind.FILLED, { cumQty: 1000 });
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'still no fill');
  desk.tick(250);
  t.equal(desk.commands('QUERY').length, 2);
  desk.fill(buy, 3, 100_10, 1_000);
  desk.report(buy, ReportKind.FILLED, { cumQty: 1000 });
  t.match(desk.order(buy), { state: 'FILLED' });
  t.equal(desk.executor.idle, true);
  t.end();
});

t.test('silence, a lost connection and an unclear answer make an order UNKNOWN; it is asked for, never sent again', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  desk.report(buy, ReportKind.UNKNOWN);
  t.same(desk.commands('QUERY').map(({ orderId }) => orderId), [buy], 'an unclear answer is asked about at once');
  desk.gateway(KRAKEN, false);
  t.match(desk.order(sell), { state: 'UNKNOWN' });
  desk.tick(3000);
  t.notOk(desk.commands('QUERY').some(({ orderId }) => orderId === sell), 'no question while the gateway is down');
  desk.gateway(KRAKEN, true);
  t.ok(desk.commands('QUERY').some(({ orderId }) => orderId === sell));
  t.equal(desk.commands('CANCEL_ALL').length, 0, 'a reconnect cancels nothing');
  desk.report(buy, ReportKind.OPEN);
  t.match(desk.order(buy), { state: 'ACKED' });
  desk.tick(501);
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'an IOC order does not rest: silence after the answer is doubted again');
  t.same(desk.arbitrage(), [], 'the pair waits');
  t.equal(desk.executor.snapshot().refusals.RISK_LEG_IN_FLIGHT, 1);
  t.equal(desk.commands('NEW').length, 2);
  t.end();
});

t.test('questions are repeated with growing pauses', (t) => {
  const desk = new Desk().open();
  const [buy] = desk.arbitrage();
  desk.report(buy, ReportKind.UNKNOWN);
  const asked: number[] = [];
  let before = desk.commands('QUERY').filter(({ orderId }) => orderId === buy).length;
  for (let ms = 0; ms < 20_000; ms += 50) {
    desk.tick(50);
    const now = desk.commands('QUERY').filter(({ orderId }) => orderId === buy).length;
    if (now > before) asked.push(ms + 50);
    before = now;
  }
  const pauses = asked.map((at, i) => at - (asked[i - 1] ?? 0));
  t.same(pauses.slice(0, 7), [200, 400, 800, 1600, 3200, 5000, 5000]);
  t.end();
});

t.test('"not found" is believed neither early nor at the first time', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  for (const orderId of [buy, sell]) desk.report(orderId, ReportKind.UNKNOWN);
  for (let i = 0; i < 5; i++) desk.report(buy, ReportKind.NOT_FOUND);
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'the order is young: the question may have overtaken it');
  desk.tick(6100);
  desk.report(buy, ReportKind.NOT_FOUND);
  t.match(desk.order(buy), { state: 'UNKNOWN' });
  desk.report(buy, ReportKind.NOT_FOUND);
  t.match(desk.order(buy), { state: 'REJECTED', reason: 'NEVER_ARRIVED' });
  desk.report(buy, ReportKind.ACK);
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'it did arrive after all');
  t.match(desk.executor.snapshot().baskets, { open: 1, finished: 0 });
  desk.fill(buy, 1, 100_00, 1_000);
  t.match(desk.order(buy), { state: 'FILLED' });

  desk.fill(sell, 1, 100_00, 300);
  for (let i = 0; i < 4; i++) desk.report(sell, ReportKind.NOT_FOUND);
  t.match(desk.order(sell), { state: 'UNKNOWN' }, 'the venue had it: longer doubt');
  desk.report(sell, ReportKind.NOT_FOUND);
  t.match(desk.order(sell), { state: 'CANCELLED', filled: '0.00300' });
  t.match(desk.executor.snapshot().baskets, { open: 0, finished: 1, residual: 1 });
  t.equal(desk.executor.snapshot().pnl[0].inventory, '0.007', 'the residual is open inventory');
  t.end();
});

t.test('contradictions are asked about', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  desk.report(buy, ReportKind.REJECTED, { reason: RejectReason.DUPLICATE_ID });
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'a duplicate id means that the venue has it');
  desk.fill(buy, 1, 100_00, 100);
  desk.report(buy, ReportKind.REJECTED, { reason: RejectReason.VENUE_OTHER });
  t.match(desk.order(buy), { state: 'UNKNOWN' }, 'what has fills was not rejected');
  desk.report(sell, ReportKind.CANCELLED, { cumQty: 0 });
  desk.report(sell, ReportKind.FILLED, { cumQty: 1_000 });
  t.match(desk.order(sell), { state: 'UNKNOWN' });
  t.ok(desk.commands('QUERY').some(({ orderId }) => orderId === sell));
  desk.fill(sell, 1, 100_00, 1_000);
  t.match(desk.order(sell), { state: 'FILLED' });
  desk.report(buy, ReportKind.EXPIRED, { cumQty: 100 });
  t.equal(desk.executor.idle, true);
  t.end();
});

t.test('a resting order is cancelled on command, and the cancel is repeated until the order is gone', (t) => {
  const desk = new Desk().open();
  desk.intent([{ instrument: 0, side: 'buy', price: 90_00, qty: 10_000, tif: TimeInForce.GTC }]);
  const [{ orderId }] = desk.commands('NEW');
  desk.report(orderId, ReportKind.ACK);
  desk.tick(60_000);
  t.match(desk.order(orderId), { state: 'ACKED' }, 'it may rest for ever');
  desk.executor.kill(desk.nowNs);
  t.match(desk.order(orderId), { state: 'CANCEL_SENT' });
  t.equal(desk.commands('CANCEL').length, 1);
  t.equal(desk.commands('CANCEL_ALL').length, 2, 'whatever else is open there goes too');
  desk.fill(orderId, 1, 90_00, 1_000);
  desk.report(orderId, ReportKind.CANCEL_REJECTED);
  t.match(desk.order(orderId), { state: 'UNKNOWN' });
  desk.report(orderId, ReportKind.OPEN, { cumQty: 1_000 });
  t.match(desk.order(orderId), { state: 'CANCEL_SENT' }, 'still there: cancelled again');
  desk.report(orderId, ReportKind.CANCELLED, { cumQty: 1_000 });
  t.match(desk.order(orderId), { state: 'CANCELLED', filled: '0.01000' });
  desk.quoteAll();
  t.same(desk.arbitrage(), []);
  t.equal(desk.executor.snapshot().refusals.RISK_KILLED, 1);
  desk.restart();
  t.same(desk.arbitrage(), [], 'the kill switch survives a restart');
  desk.executor.unkill(desk.nowNs);
  t.equal(desk.arbitrage().length, 2);
  t.end();
});

t.test('stopping: nothing new leaves, open orders are cancelled, balances are compared to the last unit', (t) => {
  const desk = new Desk().open();
  const [buy, sell] = desk.arbitrage();
  desk.fill(buy, 1, 100_10, 1_000, { fee: 1n, feeAsset: 'BTC' });
  desk.report(sell, ReportKind.ACK);
  desk.executor.stop(desk.nowNs);
  t.equal(desk.executor.idle, false);
  desk.report(sell, ReportKind.CANCELLED);
  t.equal(desk.executor.idle, true);
  t.same(desk.arbitrage(), []);
  desk.executor.requestBalances(desk.nowNs);
  t.match(desk.executor.snapshot().reconciliation, { reconciled: false, missing: ['binance', 'kraken'], differences: [] });
  desk.balances(BINANCE, { BTC: 1_000_999_999n, ETH: 100n * 10n ** 8n, USDT: 9_999_899_900_000n });
  desk.balances(KRAKEN, { BTC: 1_000_000_000n, ETH: 100n * 10n ** 8n, USDT: 10_000_000_000_001n });
  t.same(desk.executor.snapshot().reconciliation, { reconciled: false, missing: [], differences: [{ venue: 'kraken', asset: 'USDT', engine: '100000', atVenue: '100000.00000001' }] });
  desk.balances(KRAKEN, { BTC: 1_000_000_000n, ETH: 100n * 10n ** 8n, USDT: 10_000_000_000_000n });
  t.equal(desk.executor.snapshot().reconciliation.reconciled, true);
  t.end();
});
