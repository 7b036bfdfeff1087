/** What must be said of an order, whatever the venue does with it. The venue's ledger is the judge. */
import { RejectReason, TimeInForce } from '../../src/record/codes.js';
import type { OutgoingOrder } from '../../src/venue/contract.js';
import { until } from '../fixtures/live-session.js';
import type { Case } from './case.js';
import type { GatewayRun, Rig } from './rig.js';

const BUY = 0;
const TERMINAL = /(FILLED|CANCELLED|EXPIRED|REJECTED|NOT_FOUND)$/;

/** Steps that are worth about 600 units of quote: above every minimum, within every balance. */
async function usualQty({ market, double }: Rig): Promise<number> {
  const [[ask]] = (await double.book(market.symbol)).asks;
  return Math.max(1, Math.round((600 / Number(ask)) * 10 ** market.pair.qtyScale / market.step)) * market.step;
}

async function priceAt({ market, double }: Rig, factor: number): Promise<string> {
  const [[ask]] = (await double.book(market.symbol)).asks;
  return (Number(ask) * factor).toFixed(Math.min(market.pair.priceScale, market.metadata.priceDecimals));
}

async function aggressive(rig: Rig, gateway: GatewayRun, tif: number = TimeInForce.IOC): Promise<OutgoingOrder> {
  return gateway.order(BUY, tif, await priceAt(rig, 1.02), await usualQty(rig));
}

async function resting(rig: Rig, gateway: GatewayRun): Promise<OutgoingOrder> {
  return gateway.order(BUY, rig.fixture.waitingTif ?? TimeInForce.GTC, await priceAt(rig, 0.7), await usualQty(rig));
}

export const ORDER_CASES: readonly Case[] = [
  {
    id: 'O1', title: 'a resting order is acknowledged, and open when asked for',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await resting(rig, gateway);
      t.ok(gateway.place(order));
      t.ok(await gateway.said(order, /^ACK$/));
      gateway.query(order);
      t.ok(await gateway.said(order, /OPEN$/));
      gateway.cancel(order);
      t.ok(await gateway.said(order, /CANCELLED$/));
    },
  },
  {
    id: 'O2', title: 'an order beyond the balance is rejected, with that reason',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = { ...(await resting(rig, gateway)) };
      order.qty *= 1e5;
      gateway.place(order);
      t.ok(await gateway.said(order, /REJECTED$/));
      t.ok([RejectReason.INSUFFICIENT_FUNDS, RejectReason.BAD_QTY].includes(gateway.reason(order) as 1), `reason ${gateway.reason(order)}`);
      t.equal(gateway.filled(order), 0);
    },
  },
  {
    id: 'O3', title: 'an order that takes everything it asked for is filled, each fill told once',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, /FILLED$/));
      t.ok(await until(() => gateway.filled(order) >= order.qty));
      t.equal(gateway.filled(order), order.qty);
      const trades = gateway.live.reader.fills.map(({ tradeId }) => tradeId);
      t.equal(new Set(trades).size, trades.length);
      t.equal(gateway.arrived(order), 1);
    },
  },
  {
    id: 'O4', title: 'a partial fill is told as one, and what was left is cancelled',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const { market } = rig;
      const offered = (await usualQty(rig)) / 10 ** market.pair.qtyScale;
      const price = rig.double.offer(market.pair.name, offered.toFixed(market.metadata.qtyDecimals), 5_000);
      const order = gateway.order(BUY, TimeInForce.GTC, price, (await usualQty(rig)) * 2);
      gateway.place(order);
      t.ok(await until(() => gateway.filled(order) > 0, 10_000), 'part of it fills');
      gateway.cancel(order);
      t.ok(await gateway.said(order, /CANCELLED$/));
      t.ok(gateway.filled(order) > 0 && gateway.filled(order) < order.qty, `${gateway.filled(order)} of ${order.qty}`);
    },
  },
  {
    id: 'O5', title: 'a cancelled order is cancelled, without a fill',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await resting(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, /^ACK/));
      t.ok(gateway.cancel(order));
      t.ok(await gateway.said(order, /CANCELLED$/));
      t.equal(gateway.filled(order), 0);
    },
  },
  {
    id: 'O6', title: 'an immediate order that finds nothing has ended without a fill',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = gateway.order(BUY, TimeInForce.IOC, await priceAt(rig, 0.7), await usualQty(rig));
      gateway.place(order);
      t.ok(await gateway.said(order, /(EXPIRED|CANCELLED)$/));
      t.equal(gateway.filled(order), 0);
    },
  },
  {
    id: 'O7', title: 'a cancellation that loses to a fill changes nothing',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      await gateway.matched(order);
      gateway.cancel(order);
      t.ok(await gateway.said(order, /FILLED/));
      await until(() => gateway.kinds(order).includes('CANCEL_REJECTED'), 1_000);
      t.equal(gateway.filled(order), order.qty);
      t.notMatch(gateway.kinds(order), /FILLED.* (CANCELLED|EXPIRED|REJECTED)/);
    },
  },
  {
    id: 'O8', title: 'an acknowledgement that never comes is found out, and the order is not sent again',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      rig.double.fault({ kind: 'lose-ack', count: 1 });
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      if (!(await gateway.said(order, /FILLED/, 3_000))) {
        gateway.query(order);
        t.ok(await gateway.said(order, /FILLED$/), gateway.kinds(order));
      }
      t.notMatch(gateway.kinds(order), /REJECTED/);
      t.equal(gateway.filled(order), order.qty);
      t.equal(gateway.arrived(order), 1);
    },
  },
  {
    id: 'O9', title: 'a server error is no rejection',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      rig.double.fault({ kind: 'error-after-accept', count: 1 });
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, /UNKNOWN|FILLED/));
      gateway.query(order);
      t.ok(await until(() => gateway.filled(order) === order.qty, 10_000));
      t.notMatch(gateway.kinds(order), /REJECTED/);
    },
  },
  {
    id: 'O10', title: 'a connection lost with an order on its way leaves it unknown until it is asked for',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      gateway.live.line.lose();
      t.match(gateway.kinds(order), /UNKNOWN|FILLED|^$/);
      t.ok(await until(() => gateway.live.gateway.ready, 10_000), 'it comes back by itself');
      gateway.query(order);
      t.ok(await until(() => TERMINAL.test(gateway.kinds(order)), 15_000), gateway.kinds(order));
      t.equal(gateway.filled(order), gateway.arrived(order) === 0 ? 0 : order.qty, 'in favour of what really happened');
    },
  },
  {
    id: 'O11', title: 'a venue that says "too many" is obeyed',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      rig.double.fault({ kind: 'rate-limit', count: 1 });
      const order = await resting(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, /REJECTED$/));
      t.equal(gateway.reason(order), RejectReason.RATE_LIMITED);
    },
  },
  {
    id: 'O12', title: 'a clock that is a minute wrong does not keep orders from being settled',
    async run(t, rig) {
      const gateway = await rig.gateway(t, -60_000);
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, TERMINAL), gateway.kinds(order));
      if (gateway.kinds(order).endsWith('REJECTED')) t.equal(gateway.reason(order), RejectReason.CLOCK);
      const again = await aggressive(rig, gateway);
      gateway.place(again);
      t.ok(await gateway.said(again, /FILLED$/), `the next one is right: ${gateway.kinds(again)}`);
    },
  },
  {
    id: 'O13', title: 'maintenance refuses orders, and is no doubt',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      rig.double.fault({ kind: 'maintenance', ms: 1_000 });
      const order = await resting(rig, gateway);
      if (gateway.place(order)) t.ok(await gateway.said(order, /REJECTED|UNKNOWN/), gateway.kinds(order));
      t.equal(gateway.arrived(order), 0);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      t.ok(await until(() => gateway.live.gateway.ready, 10_000));
      const after = await aggressive(rig, gateway);
      gateway.place(after);
      t.ok(await gateway.said(after, /FILLED$/), `and afterwards it trades: ${gateway.kinds(after)}`);
    },
  },
  {
    id: 'O14', title: 'balances move by fills and fees, to the last unit',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const { pair } = rig.market;
      const before = await gateway.balances();
      const order = await aggressive(rig, gateway);
      gateway.place(order);
      t.ok(await gateway.said(order, /FILLED$/));
      await until(() => gateway.filled(order) === order.qty);
      const fills = gateway.live.reader.fills.filter(({ orderId }) => orderId === order.orderId);
      const after = await gateway.balances();
      const fee = (asset: number): bigint => fills.filter(({ feeAsset }) => feeAsset === asset).reduce((sum, fill) => sum + fill.fee, 0n);
      const base = pair.base.index;
      const quote = rig.market.quote.index;
      const bought = fills.reduce((sum, { qty }) => sum + BigInt(qty) * 10n ** BigInt(8 - pair.qtyScale), 0n);
      const paid = fills.reduce((sum, { quoteAmount }) => sum + quoteAmount, 0n);
      t.equal(after.get(base)!.total - before.get(base)!.total, bought - fee(base));
      t.equal(before.get(quote)!.total - after.get(quote)!.total, paid + fee(quote));
    },
  },
  {
    id: 'O15', title: 'an order that never was is not found',
    async run(t, rig) {
      const gateway = await rig.gateway(t);
      const order = await resting(rig, gateway);
      gateway.query(order);
      t.ok(await gateway.said(order, /NOT_FOUND$/, 15_000), gateway.kinds(order));
    },
  },
  {
    id: 'O16', title: 'keys that are wrong never become ready, and are counted',
    async run(t, rig) {
      const live = rig.strangers(t);
      t.ok(await until(() => (live.line.counts.authFailures ?? 0) > 0, 10_000));
      t.equal(live.gateway.ready, false);
    },
  },
];
