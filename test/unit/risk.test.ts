import t from 'tap';
import { Flag, OrderState, RejectReason, ReportKind, nameOf } from '../../src/record/codes.js';
import { SLOT_BYTES } from '../../src/record/define.js';
import { OrderUpdate, typeAt } from '../../src/record/records.js';
import { compileLimits } from '../../src/risk/limits.js';
import { OrderRate } from '../../src/risk/rate.js';
import { BINANCE, Desk, KRAKEN, MARKETS, WIDE_LIMITS, selection, testIndex, type BasketSpec, type LegSpec } from '../fixtures/execution.js';

const BUY: LegSpec = { instrument: 0, side: 'buy', price: 100_10, qty: 1_000 };
const SELL: LegSpec = { instrument: 1, side: 'sell', price: 100_00, qty: 1_000 };

/** Kraken takes every second unit only. */
const COARSE = testIndex(MARKETS.map((market, i) => (i === 1 ? selection('kraken', 'BTC-USDT', 'BTC/USDT', '0.1', '0.00002') : market)));

/** Why a basket is refused; `NONE` when it is sent. Nothing of a refused basket is sent. */
function verdict(desk: Desk, legs: readonly LegSpec[], spec: BasketSpec = {}): string {
  const before = desk.executor.snapshot().refusals;
  const sent = desk.commands('NEW').length;
  desk.intent(legs, spec);
  const after = desk.executor.snapshot().refusals;
  const reason = Object.keys(after).find((name) => after[name] !== before[name]) ?? 'NONE';
  const left = desk.commands('NEW').length - sent;
  if ((reason === 'NONE') !== (left === legs.length) || (reason !== 'NONE' && left > 0)) return `${reason} but ${left} orders left`;
  return reason;
}

t.test('each limit refuses by itself, and what is just within it passes', (t) => {
  const cases: readonly { name: string; limits?: object; prepare?: (desk: Desk) => void; legs: readonly LegSpec[]; spec?: BasketSpec; reason: string }[] = [
    { name: 'everything in order', legs: [BUY, SELL], reason: 'NONE' },
    { name: 'quantity off the step', legs: [{ ...SELL, qty: 1_001 }], reason: 'RISK_STEP' },
    { name: 'quantity below the least', legs: [{ ...BUY, qty: 9 }], reason: 'RISK_STEP' },
    { name: 'no quantity', legs: [{ ...BUY, qty: 0 }], reason: 'RISK_STEP' },
    { name: 'a quantity that is no integer', legs: [{ ...BUY, qty: 10.5 }], reason: 'RISK_STEP' },
    { name: 'price off the tick', legs: [{ ...SELL, price: 100_05 }], reason: 'RISK_TICK' },
    { name: 'price on the tick', legs: [{ ...SELL, price: 100_10 }], reason: 'NONE' },
    { name: 'no price', legs: [{ ...BUY, price: 0 }], reason: 'RISK_TICK' },
    { name: 'below the least notional', legs: [{ ...BUY, qty: 499, price: 100_00 }], reason: 'RISK_MIN_NOTIONAL' },
    { name: 'at the least notional', legs: [{ ...BUY, qty: 500, price: 100_00 }], reason: 'NONE' },
    { name: 'above the largest notional', limits: { maxOrderNotional: '1.0009' }, legs: [BUY], reason: 'RISK_MAX_ORDER' },
    { name: 'at the largest notional', limits: { maxOrderNotional: '1.001' }, legs: [BUY], reason: 'NONE' },
    { name: 'above the largest quantity', limits: { maxOrderQty: { BTC: '0.00999' } }, legs: [BUY], reason: 'RISK_MAX_ORDER' },
    { name: 'at the largest quantity', limits: { maxOrderQty: { BTC: '0.01' } }, legs: [BUY], reason: 'NONE' },
    { name: 'above the largest change of position', limits: { maxPositionNotional: '1' }, legs: [BUY], reason: 'RISK_MAX_POSITION' },
    { name: 'a sell above it', limits: { maxPositionNotional: '0.9999' }, legs: [SELL], reason: 'RISK_MAX_POSITION' },
    { name: 'at the largest change of position', limits: { maxPositionNotional: '1.001' }, legs: [BUY, SELL], reason: 'NONE' },
    { name: 'above the largest holding', limits: { maxPosition: { binance: { BTC: '10.00999' } } }, legs: [BUY], reason: 'RISK_MAX_POSITION' },
    { name: 'at the largest holding', limits: { maxPosition: { binance: { BTC: '10.01' } } }, legs: [BUY], reason: 'NONE' },
    { name: 'above the largest holding of quote', limits: { maxPosition: { kraken: { USDT: '100000.9' } } }, legs: [SELL], reason: 'RISK_MAX_POSITION' },
    { name: 'more base than there is', legs: [{ ...SELL, qty: 1_000_002 }], reason: 'RISK_BALANCE' },
    { name: 'all the base there is', legs: [{ ...SELL, qty: 1_000_000 }], reason: 'NONE' },
    { name: 'quote for the price and not for the fee', prepare: (desk) => desk.market.set(0, 9_989_00, 9_990_10, true, desk.nowNs), legs: [{ ...BUY, price: 9_990_02, qty: 1_000_000 }], reason: 'RISK_BALANCE' },
    { name: 'quote for both', prepare: (desk) => desk.market.set(0, 9_989_00, 9_990_00, true, desk.nowNs), legs: [{ ...BUY, price: 9_990_00, qty: 1_000_000 }], reason: 'NONE' },
    { name: 'two legs that together want more than there is', legs: [{ ...SELL, qty: 600_000 }, { ...SELL, qty: 600_000 }], reason: 'RISK_BALANCE' },
    { name: 'a book out of sync', prepare: (desk) => desk.market.set(1, 100_00, 100_10, false, desk.nowNs), legs: [BUY, SELL], reason: 'RISK_NOT_IN_SYNC' },
    { name: 'a stale book', prepare: (desk) => desk.market.set(1, 100_00, 100_10, true, desk.nowNs - 2_001e6), legs: [BUY, SELL], reason: 'RISK_STALE' },
    { name: 'a book that is just not stale', prepare: (desk) => desk.market.set(1, 100_00, 100_10, true, desk.nowNs - 2_000e6), legs: [BUY, SELL], reason: 'NONE' },
    { name: 'an intent that has waited too long', legs: [BUY, SELL], spec: { tsCauseNs: 1e9 - 501e6 }, reason: 'RISK_STALE' },
    { name: 'a buy too far above the best ask', legs: [{ ...BUY, price: 102_11 }], reason: 'RISK_PRICE_COLLAR' },
    { name: 'a buy just within', legs: [{ ...BUY, price: 102_10 }], reason: 'NONE' },
    { name: 'a sell too far below the best bid', legs: [{ ...SELL, price: 97_90 }], reason: 'RISK_PRICE_COLLAR' },
    { name: 'a sell just within', legs: [{ ...SELL, price: 98_00 }], reason: 'NONE' },
    { name: 'an empty other side', prepare: (desk) => desk.market.set(0, 100_00, 0, true, desk.nowNs), legs: [BUY], reason: 'RISK_PRICE_COLLAR' },
    { name: 'more orders than a second allows', limits: { maxOrdersPerSecond: 1 }, legs: [BUY, { ...SELL, instrument: 0 }], reason: 'RISK_RATE' },
    { name: 'as many as a second allows', limits: { maxOrdersPerSecond: 1 }, legs: [BUY, SELL], reason: 'NONE' },
    { name: 'too many open orders', limits: { maxOpenOrders: 1 }, legs: [BUY, { ...SELL, instrument: 0 }], reason: 'RISK_OPEN_ORDERS' },
    { name: 'the kill switch', prepare: (desk) => desk.executor.kill(desk.nowNs), legs: [BUY, SELL], reason: 'RISK_KILLED' },
    { name: 'the kill switch released', prepare: (desk) => desk.executor.kill(desk.nowNs) && desk.executor.unkill(desk.nowNs), legs: [BUY, SELL], reason: 'NONE' },
    { name: 'a gateway down', prepare: (desk) => desk.gateway(KRAKEN, false), legs: [BUY, SELL], reason: 'RISK_GATEWAY_DOWN' },
    { name: 'the journal down', prepare: (desk) => desk.executor.setJournal(false), legs: [BUY, SELL], reason: 'RISK_JOURNAL_DOWN' },
    { name: 'a basket in flight on the pair', prepare: (desk) => desk.arbitrage(), legs: [BUY, SELL], reason: 'RISK_LEG_IN_FLIGHT' },
    { name: 'another pair meanwhile', prepare: (desk) => desk.arbitrage(), legs: [{ instrument: 2, side: 'buy', price: 10_00, qty: 10_000 }], reason: 'NONE' },
    { name: 'after stop', prepare: (desk) => desk.executor.stop(desk.nowNs), legs: [BUY, SELL], reason: 'RISK_NOT_READY' },
    { name: 'fewer legs than announced', legs: [BUY, SELL], spec: { announced: 3 }, reason: 'RISK_MALFORMED' },
    { name: 'an instrument that is not there', legs: [{ ...BUY, instrument: 77 }], reason: 'RISK_MALFORMED' },
    { name: 'more legs than anybody has', legs: Array.from({ length: 9 }, () => BUY), reason: 'RISK_MALFORMED' },
  ];
  for (const { name, limits, prepare, legs, spec, reason } of cases) {
    const desk = new Desk({ index: COARSE, limits: { ...WIDE_LIMITS, ...limits } }).open();
    prepare?.(desk);
    t.equal(verdict(desk, legs, spec), reason, name);
  }
  t.end();
});

t.test('a refusal is recorded leg by leg with its reason, and counted', (t) => {
  const desk = new Desk().open();
  desk.market.set(1, 0, 0, false, 0);
  desk.arbitrage();
  desk.arbitrage();
  const update = new OrderUpdate(desk.orders.views);
  const told: unknown[] = [];
  for (let i = 0; i < desk.orders.count; i++) {
    if (typeAt(desk.orders.views, i * SLOT_BYTES) !== OrderUpdate.TYPE) continue;
    update.wrap(i * SLOT_BYTES);
    told.push([nameOf(OrderState, update.state), nameOf(RejectReason, update.reason), update.orderId, update.leg, update.venue, (update.flags & Flag.SELL) !== 0, update.qty]);
  }
  t.same(told.slice(0, 2), [['REFUSED', 'RISK_NOT_IN_SYNC', 0, 0, BINANCE, false, 1_000], ['REFUSED', 'RISK_NOT_IN_SYNC', 0, 1, KRAKEN, true, 1_000]]);
  t.equal(told.length, 4);
  t.match(desk.executor.snapshot(), { refusals: { RISK_NOT_IN_SYNC: 2 }, baskets: { refused: 2, sent: 0 }, ordersSent: 0 });
  t.end();
});

t.test('open orders count: what they hold cannot be spent twice, what they bring counts against the position', (t) => {
  const desk = new Desk({ limits: { ...WIDE_LIMITS, maxPositionNotional: '700000' } }).open();
  const leg: LegSpec = { instrument: 1, side: 'sell', price: 100_00, qty: 600_000 };
  t.equal(verdict(desk, [leg]), 'NONE');
  t.equal(desk.held('kraken', 'BTC'), '6');
  const [{ orderId }] = desk.commands('NEW');
  desk.report(orderId, ReportKind.EXPIRED);
  t.equal(desk.held('kraken', 'BTC'), '0', 'what ends holds nothing');
  t.equal(verdict(desk, [leg]), 'NONE');
  desk.fill(2, 1, 100_00, 600_000);
  t.equal(verdict(desk, [leg]), 'RISK_BALANCE', '4 are left');
  t.end();
});

t.test('a day\'s loss beyond the limit turns the kill switch on, with the reason kept', (t) => {
  const desk = new Desk({ limits: { ...WIDE_LIMITS, maxLoss: '0.5' } }).open();
  const [buy, sell] = desk.arbitrage(1_000);
  desk.fill(buy, 1, 100_10, 1_000, { fee: 100_100n });
  desk.report(sell, ReportKind.EXPIRED);
  desk.tick(100);
  t.equal(desk.executor.snapshot().killedBy, 'NONE', 'a cent of loss');
  desk.market.set(0, 10_00, 10_10, true, desk.nowNs);
  desk.market.set(1, 10_00, 10_10, true, desk.nowNs);
  desk.tick(100);
  t.equal(desk.executor.snapshot().killedBy, 'RISK_MAX_LOSS', 'the open inventory fell by 0.9');
  t.same(desk.arbitrage(), []);
  t.equal(desk.executor.snapshot().refusals.RISK_MAX_LOSS, 1);
  desk.restart();
  t.equal(desk.executor.snapshot().killedBy, 'RISK_MAX_LOSS');
  desk.executor.unkill(desk.nowNs);
  desk.tick(100);
  t.equal(desk.executor.snapshot().killedBy, 'NONE', 'losses count anew from the release');
  desk.tick(24 * 3600 * 1000);
  t.equal(desk.executor.snapshot().killedBy, 'NONE');
  t.end();
});

t.test('the order rate is counted over any second', (t) => {
  const rate = new OrderRate(2);
  t.ok(rate.allows(2, 0));
  t.notOk(rate.allows(3, 0));
  rate.take(0);
  rate.take(0.5e9);
  t.notOk(rate.allows(1, 0.9e9));
  t.ok(rate.allows(1, 1e9));
  t.notOk(rate.allows(2, 1e9));
  t.ok(rate.allows(2, 1.5e9));
  t.end();
});

t.test('a limit that cannot be read names its field', (t) => {
  const index = testIndex();
  for (const [limits, field] of [
    [{ maxLoss: 'much' }, 'risk.maxLoss'], [{ maxOrderNotional: '1.123456789' }, 'risk.maxOrderNotional'],
    [{ maxOrderQty: { XMR: '1' } }, 'risk.maxOrderQty'], [{ maxPosition: { mtgox: {} } }, 'risk.maxPosition'],
  ] as const) {
    t.throws(() => compileLimits({ ...WIDE_LIMITS, ...limits }, index), { code: 'RISK_LIMIT', where: field });
  }
  t.end();
});
