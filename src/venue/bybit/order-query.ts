/**
 * What became of an order, by REST: among the open and recent ones (realtime), then in the history; then the trades it
 * had. All its fills are told before its state.
 *
 * "Not found" is final only once the venue would no longer take the order: until then it may still be on its way.
 */
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { GatewayOptions, OutgoingOrder } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import { pick, type TrackedOrder, type TrackedOrders } from '../tracked-order.js';
import type { OrderEvents } from './order-events.js';
import type { ExecutionMessage, OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { RECV_WINDOW_MS } from './signer.js';
import { Code, reasonOf } from './venue-error.js';

/** How long after it was sent an order that nobody knows of will never be known. */
const SETTLED_NS = RECV_WINDOW_MS * 1e6 + 1e9;
const RETRY_NS = 500e6;
/** Trades appear a little after the order they belong to. */
const TRADE_ATTEMPTS_MAX = 8;
const TRADES_A_PAGE = 100;

/** Where an order is looked for, in turn. `openOnly=1` adds what ended lately to what is open. */
const PLACES = [['/v5/order/realtime', '&openOnly=1'], ['/v5/order/history', '']] as const;

interface Query {
  readonly order: TrackedOrder;
  attempts: number;
  /** Ask again then; -1: asked, or waiting to be. */
  dueNs: number;
}

export class OrderQuery {
  private readonly queries = new Map<number, Query>();

  constructor(
    private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports,
    private readonly events: OrderEvents, private readonly requests: PrivateRequests,
  ) {}

  ask(outgoing: OutgoingOrder, nowNs: number): void {
    if (this.queries.has(outgoing.orderId)) return;
    const order = this.orders.get(outgoing.orderId) ?? this.orders.add({ ...pick(outgoing), sentNs: 0 });
    const query: Query = { order, attempts: 0, dueNs: -1 };
    this.queries.set(order.orderId, query);
    this.look(query, 0, nowNs);
  }

  onTimer(nowNs: number): void {
    for (const query of this.queries.values()) {
      if (query.dueNs < 0 || nowNs < query.dueNs) continue;
      query.dueNs = -1;
      this.look(query, 0, nowNs);
    }
  }

  private look(query: Query, place: number, nowNs: number): void {
    const { order } = query;
    const [path, rest] = PLACES[place];
    this.get(path, `orderLinkId=${order.clientOrderId}${rest}`, nowNs, (list, code, answeredNs) => {
      if (code !== Code.OK && reasonOf(code) !== RejectReason.UNKNOWN_ORDER) return this.failed(query, answeredNs);
      const found = (list as OrderMessage[]).find(({ orderLinkId }) => orderLinkId === order.clientOrderId);
      if (found !== undefined) return this.onFound(query, found, answeredNs);
      return place + 1 < PLACES.length ? this.look(query, place + 1, answeredNs) : this.onMissing(query, answeredNs);
    });
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

  private onFound(query: Query, found: OrderMessage, nowNs: number): void {
    const { order } = query;
    const { orderId = '' } = found;
    this.orders.name(order, orderId);
    const filled = this.events.cumQty(order, found);
    if (filled <= order.cumQty) return this.conclude(query, found, filled, nowNs);
    if (++query.attempts > TRADE_ATTEMPTS_MAX) return this.failed(query, nowNs);
    return this.askTrades(query, found, filled, '', nowNs);
  }

  private askTrades(query: Query, found: OrderMessage, filled: number, cursor: string, nowNs: number): void {
    const { order } = query;
    const page = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    this.get('/v5/execution/list', `orderId=${order.venueOrderId}&limit=${TRADES_A_PAGE}${page}`, nowNs, (list, code, answeredNs, next) => {
      for (const trade of list as ExecutionMessage[]) {
        const isNew = trade.orderId === order.venueOrderId && trade.execId !== undefined && !order.executions.has(trade.execId);
        if (isNew) this.events.fill(order, trade, answeredNs);
      }
      if (filled <= order.cumQty) return this.conclude(query, found, filled, answeredNs);
      if (code === Code.OK && next !== '') return this.askTrades(query, found, filled, next, answeredNs);
      query.dueNs = answeredNs + RETRY_NS;
    });
  }

  private conclude(query: Query, found: OrderMessage, filled: number, nowNs: number): void {
    const { order } = query;
    this.queries.delete(order.orderId);
    order.unknown = false;
    order.answerDueNs = -1;
    const kind = this.events.kindOf(order, found);
    this.reports.report(order, kind, this.events.reasonOf(kind, found), filled, 0, nowNs);
    if (kind === ReportKind.OPEN) order.acknowledged = true;
    else this.orders.finish(order);
  }

  /** A signed GET of a list on spot. */
  private get(path: string, query: string, nowNs: number, onList: (list: readonly unknown[], code: number, nowNs: number, cursor: string) => void): void {
    const onAnswer = (result: unknown, code: number, answeredNs: number): void => {
      const { list, nextPageCursor } = (result ?? {}) as { list?: unknown; nextPageCursor?: unknown };
      const isList = Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null);
      if (code === Code.OK && !isList) this.options.host.count('malformed');
      onList(isList ? (list as unknown[]) : [], isList || code !== Code.OK ? code : Code.NO_ANSWER, answeredNs, typeof nextPageCursor === 'string' ? nextPageCursor : '');
    };
    this.requests.ask({ method: 'GET', path, payload: `category=spot&${query}`, onAnswer }, nowNs);
  }
}
