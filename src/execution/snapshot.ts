/** The executor as screens and the control API see it: plain, structured-cloneable, amounts as exact decimal text. */
import { AMOUNT_DECIMALS, formatScaled, formatTrimmed } from '../model/decimal.js';
import type { InstrumentIndex } from '../model/instrument.js';
import { OrderState, RejectReason, TimeInForce, nameOf } from '../record/codes.js';
import type { Reconciliation } from '../position/reconcile.js';
import type { DeskCounters } from './desk.js';
import { stateName } from './order-state.js';
import type { Order } from './orders.js';
import type { Profit } from './profit.js';
import { Count, type ExecutionState } from './state.js';

export interface OrderSnapshot {
  readonly orderId: number;
  readonly basketId: number;
  readonly leg: number;
  readonly venue: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly tif: string;
  readonly state: string;
  readonly reason: string;
  readonly price: string;
  readonly qty: string;
  readonly filled: string;
  readonly cumQuote: string;
  readonly fills: number;
  readonly tsSentNs: number;
}

export interface ReconciliationSnapshot {
  readonly reconciled: boolean;
  /** Venues that have not answered. */
  readonly missing: readonly string[];
  readonly differences: readonly { readonly venue: string; readonly asset: string; readonly engine: string; readonly atVenue: string }[];
}

export interface ExecutorSnapshot {
  readonly phase: 'starting' | 'recovering' | 'trading' | 'stopping';
  /** Why the kill switch is on; `NONE` = off. */
  readonly killedBy: string;
  readonly gateways: Readonly<Record<string, boolean>>;
  readonly ordersSent: number;
  readonly ordersOpen: number;
  /** Open orders by their state, finished ones by how they ended. */
  readonly ordersByState: Readonly<Record<string, number>>;
  readonly fills: number;
  readonly baskets: { readonly sent: number; readonly refused: number; readonly open: number; readonly finished: number; readonly residual: number };
  readonly refusals: Readonly<Record<string, number>>;
  readonly positions: readonly { readonly venue: string; readonly asset: string; readonly opening: string; readonly total: string; readonly held: string }[];
  readonly pnl: readonly { readonly pair: string; readonly quote: string; readonly baskets: number; readonly fills: number; readonly realised: string; readonly unrealised: string; readonly fees: string; readonly expected: string; readonly inventory: string; readonly unvaluedFees: number }[];
  readonly counters: Readonly<DeskCounters>;
  readonly ledger: { readonly facts: number; readonly capacity: number; readonly compactions: number; readonly recovered: boolean; readonly unpublished: boolean };
  readonly reconciliation: ReconciliationSnapshot;
  /** Newest first, at most 50. */
  readonly lastOrders: readonly OrderSnapshot[];
}

const amount = (value: bigint): string => formatTrimmed(value, AMOUNT_DECIMALS);

function orderSnapshot(order: Order, index: InstrumentIndex): OrderSnapshot {
  const instrument = index.instruments[order.instrument];
  const { priceScale, qtyScale } = instrument.pair;
  return {
    orderId: order.orderId, basketId: order.basketId, leg: order.leg, venue: instrument.venue.id, symbol: instrument.symbol,
    side: order.sell ? 'sell' : 'buy', tif: nameOf(TimeInForce, order.tif), state: stateName(order.state), reason: nameOf(RejectReason, order.reason),
    price: formatScaled(order.price, priceScale), qty: formatScaled(order.qty, qtyScale), filled: formatScaled(order.cumQty, qtyScale), cumQuote: amount(order.cumQuote),
    fills: order.tradeIds.length, tsSentNs: order.tsSentNs,
  };
}

export function reconciliationSnapshot(result: Reconciliation, index: InstrumentIndex): ReconciliationSnapshot {
  return {
    reconciled: result.reconciled,
    missing: result.missing.map((venue) => index.venues[venue].id),
    differences: result.differences.map(({ venue, asset, engine, atVenue }) => ({ venue: index.venues[venue].id, asset: index.assets[asset].code, engine: amount(engine), atVenue: amount(atVenue) })),
  };
}

/** The parts that follow from the state alone: the same in a successor. */
export function stateSnapshot(state: ExecutionState, index: InstrumentIndex, profit: Profit): Pick<ExecutorSnapshot, 'ordersSent' | 'ordersOpen' | 'ordersByState' | 'fills' | 'baskets' | 'refusals' | 'positions' | 'pnl' | 'lastOrders'> {
  const { counts, positions, pnl } = state;
  const ordersByState: Record<string, number> = {};
  for (const [name, code] of Object.entries(OrderState)) {
    const open = state.orders.open.filter((order) => order.state === code).length;
    const count = open + counts[Count.FINISHED + code];
    if (count > 0) ordersByState[name] = count;
  }
  const refusals: Record<string, number> = {};
  for (let reason = 0; reason < Count.FINISHED; reason++) if (counts[Count.REFUSED + reason] > 0) refusals[nameOf(RejectReason, reason)] = counts[Count.REFUSED + reason];
  return {
    ordersSent: counts[Count.ORDERS_SENT],
    ordersOpen: state.orders.open.length,
    ordersByState,
    fills: counts[Count.FILLS],
    baskets: {
      sent: counts[Count.BASKETS_SENT], refused: counts[Count.BASKETS_REFUSED], open: state.baskets.openByPair.reduce((sum, open) => sum + open, 0),
      finished: pnl.reduce((sum, { baskets }) => sum + baskets, 0), residual: counts[Count.RESIDUALS],
    },
    refusals,
    positions: index.venues.flatMap((venue) => index.assets.flatMap((asset) => {
      const at = positions.at(venue.index, asset.index);
      if (positions.total[at] === 0n && positions.opening[at] === 0n) return [];
      return [{ venue: venue.id, asset: asset.code, opening: amount(positions.opening[at]), total: amount(positions.total[at]), held: amount(positions.held[at]) }];
    })),
    pnl: index.pairs.map((pair) => {
      const of = pnl[pair.index];
      return {
        pair: pair.name, quote: pair.quote.code, baskets: of.baskets, fills: of.fills, realised: amount(of.realised), unrealised: amount(profit.unrealised(pair.index)),
        fees: amount(of.fees), expected: amount(of.expected), inventory: amount(of.inventory), unvaluedFees: of.unvaluedFees,
      };
    }),
    lastOrders: state.orders.latest(state.nextOrderId, 50).map((order) => orderSnapshot(order, index)),
  };
}
