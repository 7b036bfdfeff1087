/**
 * What became of an order, by REST: by the venue's id where it is known; else, for there is no question by ours, among the
 * orders since it was sent. "Not found" is final only once its token has run out: until then it may still be on its way.
 * Sources: docs.cdp.coinbase.com, "Get order", "List orders".
 */
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { GatewayOptions, OutgoingOrder } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import { pick, type TrackedOrder, type TrackedOrders } from '../tracked-order.js';
import type { OrderProgress } from './order-progress.js';
import { ORDER_LIFETIME_S } from './order-text.js';
import { cursorOf, isFields, listOf, type OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';

const ORDER_PATH = '/api/v3/brokerage/orders/historical';
const LIST_PATH = '/api/v3/brokerage/orders/historical/batch';
const ORDERS_A_PAGE = 100;
const PAGES_MAX = 50;
/** How long after it was sent an order that nobody knows of will never be known. */
const SETTLED_NS = ORDER_LIFETIME_S * 1e9 + 1e9;
const RETRY_NS = 1e9;
/** The venue's clock and ours differ; so may its creation time and our sending. */
const BEFORE_NS = 30e9;
const GONE = 404;

interface Query {
  readonly order: TrackedOrder;
  /** Ask again then; -1: asked, or waiting to be. */
  dueNs: number;
}

export class OrderQuery {
  private readonly queries = new Map<number, Query>();

  constructor(
    private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports,
    private readonly progress: OrderProgress, private readonly requests: PrivateRequests,
  ) {}

  ask(outgoing: OutgoingOrder, nowNs: number): void {
    if (this.queries.has(outgoing.orderId)) return;
    const order = this.orders.get(outgoing.orderId) ?? this.orders.add({ ...pick(outgoing), sentNs: 0 });
    this.progress.ordered(order, outgoing.qty);
    const query: Query = { order, dueNs: -1 };
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
    if (query.order.venueOrderId === '') return this.search(query, '', 0, nowNs);
    const onAnswer = (status: number, answer: unknown, answeredNs: number): void => {
      const found = isFields(answer) && isFields(answer.order) ? (answer.order as OrderMessage) : undefined;
      if (status === GONE) this.onMissing(query, answeredNs);
      else if (found === undefined) this.failed(query, answeredNs);
      else this.onFound(query, found, answeredNs);
    };
    this.requests.add({ method: 'GET', path: `${ORDER_PATH}/${encodeURIComponent(query.order.venueOrderId)}`, onAnswer }, nowNs);
  }

  /** Page by page, until one of them has it. */
  private search(query: Query, cursor: string, page: number, nowNs: number): void {
    const { order } = query;
    const text = `product_ids=${encodeURIComponent(order.instrument.symbol)}&start_date=${this.startOf(order)}&limit=${ORDERS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (status: number, answer: unknown, answeredNs: number): void => {
      if (status < 200 || status >= 300 || !isFields(answer) || !Array.isArray(answer.orders)) return this.failed(query, answeredNs);
      const list = listOf(answer, 'orders') as OrderMessage[];
      const found = list.find(({ client_order_id: id }) => id === order.clientOrderId);
      const next = cursorOf(answer);
      if (found !== undefined) return this.onFound(query, found, answeredNs);
      if (next !== '' && list.length > 0 && page + 1 < PAGES_MAX) return this.search(query, next, page + 1, answeredNs);
      return this.onMissing(query, answeredNs);
    };
    this.requests.add({ method: 'GET', path: LIST_PATH, query: text, onAnswer }, nowNs);
  }

  private onFound(query: Query, found: OrderMessage, nowNs: number): void {
    this.queries.delete(query.order.orderId);
    this.progress.onMessage(query.order, found, true, 0, nowNs);
  }

  private onMissing(query: Query, nowNs: number): void {
    const { order } = query;
    if (order.sentNs > 0 && nowNs - order.sentNs < SETTLED_NS && !order.done) {
      query.dueNs = Math.min(order.sentNs + SETTLED_NS, nowNs + RETRY_NS);
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

  /** Orders of this session, and of them those since it was sent where this gateway sent it: RFC 3339, percent-encoded. */
  private startOf({ sentNs }: TrackedOrder): string {
    const unixMs = Number(this.options.epochUnixNs / 1_000_000n) + (Math.max(0, sentNs) - BEFORE_NS) / 1e6;
    return encodeURIComponent(new Date(unixMs).toISOString());
  }
}
