/**
 * What became of an order, by REST: QueryOrders by the venue's id where it is known, else OpenOrders and then ClosedOrders
 * by ours; then the trades it had (QueryTrades, TradesHistory). All its fills are told before its state.
 *
 * "Not found" is final only once the order's deadline has passed: until then it may still be on its way.
 */
import { RejectReason, ReportKind } from '../../record/codes.js';
import { scaledOf } from '../amounts.js';
import type { GatewayOptions, OutgoingOrder } from '../contract.js';
import type { OrderReports, TradeFacts } from '../order-reports.js';
import { pick, type TrackedOrder, type TrackedOrders } from '../tracked-order.js';
import { DEADLINE_MS } from './order-text.js';
import type { PrivateRequests } from './private-requests.js';
import { tradeNumber } from './trade-number.js';

/** How long after its deadline an order that nobody knows of will never be known. */
const SETTLED_NS = DEADLINE_MS * 1e6 + 1e9;
const RETRY_NS = 500e6;
/** Trades appear a little after the order they belong to. */
const TRADE_ATTEMPTS_MAX = 6;
/** Trades the venue answers for at once. */
const TRADES_MAX = 20;

type Fields = Readonly<Record<string, unknown>>;

interface Query {
  readonly order: TrackedOrder;
  attempts: number;
  /** Ask again then; -1: asked, or waiting to be. */
  dueNs: number;
}

export class OrderQuery {
  private readonly queries = new Map<number, Query>();

  constructor(private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports, private readonly requests: PrivateRequests) {}

  ask(outgoing: OutgoingOrder, nowNs: number): void {
    if (this.queries.has(outgoing.orderId)) return;
    const order = this.orders.get(outgoing.orderId) ?? this.orders.add({ ...pick(outgoing), sentNs: 0 });
    const query: Query = { order, attempts: 0, dueNs: -1 };
    this.queries.set(order.orderId, query);
    this.start(query, nowNs);
  }

  onTimer(nowNs: number): void {
    for (const query of this.queries.values()) {
      if (query.dueNs >= 0 && nowNs >= query.dueNs) this.start(query, nowNs);
    }
  }

  private start(query: Query, nowNs: number): void {
    query.dueNs = -1;
    const { venueOrderId, clientOrderId } = query.order;
    if (venueOrderId === '') this.look(query, 'OpenOrders', 'open', { cl_ord_id: clientOrderId, trades: 'true' }, nowNs);
    else this.look(query, 'QueryOrders', undefined, { txid: venueOrderId, trades: 'true' }, nowNs);
  }

  /** Ask one of the three for the order, and the next one where it is not there. */
  private look(query: Query, name: string, member: string | undefined, fields: Record<string, string>, nowNs: number): void {
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      if (error !== undefined && !error.startsWith('EOrder:Unknown order')) return this.failed(query, answeredNs);
      const list = isFields(result) ? (member === undefined ? result : result[member]) : undefined;
      const found = isFields(list) ? findOrder(list, query.order) : undefined;
      if (found !== undefined) return this.onFound(query, found[0], found[1], answeredNs);
      if (member === 'open') return this.look(query, 'ClosedOrders', 'closed', fields, answeredNs);
      return this.onMissing(query, answeredNs);
    };
    this.requests.add({ path: `/0/private/${name}`, fields, points: 1, onAnswer }, nowNs);
  }

  private onMissing(query: Query, nowNs: number): void {
    const { order } = query;
    if (order.sentNs > 0 && nowNs - order.sentNs < SETTLED_NS && !order.done) {
      query.dueNs = Math.min(order.sentNs + SETTLED_NS, nowNs + RETRY_NS * 4);
      return;
    }
    this.queries.delete(order.orderId);
    this.reports.report(order, ReportKind.NOT_FOUND, RejectReason.NONE, 0, 0, nowNs);
    if (order.executions.size === 0) this.orders.finish(order);
  }

  private failed(query: Query, nowNs: number): void {
    this.queries.delete(query.order.orderId);
    query.order.unknown = false;
    this.reports.unknown(query.order, nowNs);
  }

  private onFound(query: Query, venueOrderId: string, info: Fields, nowNs: number): void {
    const { order } = query;
    this.orders.name(order, venueOrderId);
    const filled = this.scaled(info.vol_exec, order);
    if (filled <= order.cumQty) return this.conclude(query, info, filled, nowNs);
    if (++query.attempts > TRADE_ATTEMPTS_MAX) return this.failed(query, nowNs);
    const ids = Array.isArray(info.trades) ? (info.trades as unknown[]).map(String).filter((id) => !order.executions.has(id)) : [];
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      if (error === undefined && isFields(result)) this.tellTrades(order, isFields(result.trades) ? result.trades : result, answeredNs);
      if (filled <= order.cumQty) this.conclude(query, info, filled, answeredNs);
      else query.dueNs = answeredNs + (ids.length > TRADES_MAX ? 0 : RETRY_NS);
    };
    // The list of trades may lack: then the history since the order was opened holds them.
    if (ids.length > 0) this.requests.add({ path: '/0/private/QueryTrades', fields: { txid: ids.slice(0, TRADES_MAX).join(',') }, points: 2, onAnswer }, nowNs);
    else this.requests.add({ path: '/0/private/TradesHistory', fields: { start: String(Math.floor(Number(info.opentm) || 0) - 1) }, points: 2, onAnswer }, nowNs);
  }

  private tellTrades(order: TrackedOrder, trades: Fields, nowNs: number): void {
    for (const [executionId, trade] of Object.entries(trades)) {
      if (!isFields(trade) || trade.ordertxid !== order.venueOrderId || order.executions.has(executionId)) continue;
      try {
        this.reports.fill(order, tradeFacts(executionId, trade), nowNs);
      } catch {
        this.options.host.count('malformed');
      }
    }
  }

  private conclude(query: Query, info: Fields, filled: number, nowNs: number): void {
    const { order } = query;
    this.queries.delete(order.orderId);
    order.unknown = false;
    const kind = this.kindOf(order, info);
    this.reports.report(order, kind, RejectReason.NONE, filled, 0, nowNs);
    if (kind === ReportKind.OPEN) order.acknowledged = true;
    else this.orders.finish(order);
  }

  private kindOf(order: TrackedOrder, info: Fields): number {
    if (info.status === 'closed') return ReportKind.FILLED;
    if (info.status === 'expired') return ReportKind.EXPIRED;
    if (info.status === 'canceled') return order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : ReportKind.CANCELLED;
    return ReportKind.OPEN;
  }

  private scaled(value: unknown, order: TrackedOrder): number {
    try {
      return scaledOf(String(value), order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return 0;
    }
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever filter the venue applied: only the order that carries our id, or that was asked for by the venue's. */
function findOrder(list: Fields, order: TrackedOrder): [string, Fields] | undefined {
  for (const [venueOrderId, info] of Object.entries(list)) {
    if (isFields(info) && (venueOrderId === order.venueOrderId || info.cl_ord_id === order.clientOrderId)) return [venueOrderId, info];
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function tradeFacts(executionId: string, trade: Fields): TradeFacts {
  return {
    executionId, number: tradeNumber(executionId, textOf(trade.trade_id)), price: textOf(trade.price), qty: textOf(trade.vol), cost: textOf(trade.cost), maker: trade.maker === true,
    fee: textOf(trade.fee), feeAsset: '',
  };
}
