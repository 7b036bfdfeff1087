/**
 * Cancelling, by the venue's ids alone. "Accepted" is not "cancelled": that is told as the order's state. For all orders
 * there is no word of the venue's: they are listed, and cancelled a hundred at a time.
 * Sources: docs.cdp.coinbase.com, "Cancel orders", "List orders".
 */
import { ReportKind } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import type { OrderProgress } from './order-progress.js';
import { cursorOf, listOf, textOf, type OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { isRefusal, reasonOfNames, reasonOfStatus } from './venue-error.js';

const CANCEL_PATH = '/api/v3/brokerage/orders/batch_cancel';
const LIST_PATH = '/api/v3/brokerage/orders/historical/batch';
const IDS_MAX = 100;
const ORDERS_A_PAGE = 250;
const PAGES_MAX = 20;

export class Cancels {
  private readonly symbols: ReadonlySet<string>;

  constructor(
    options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports,
    private readonly progress: OrderProgress, private readonly requests: PrivateRequests,
  ) {
    this.symbols = new Set(options.instruments.map(({ symbol }) => symbol));
  }

  cancel(order: TrackedOrder, nowNs: number): void {
    order.cancelSentNs = nowNs;
    this.send([order.venueOrderId], nowNs);
  }

  all(nowNs: number): void {
    const own = [...this.orders.live].filter(({ venueOrderId }) => venueOrderId !== '');
    for (const order of own) order.cancelSentNs = nowNs;
    this.sendAll(own.map(({ venueOrderId }) => venueOrderId), nowNs);
    this.readPage('', 0, nowNs);
  }

  /** Of orders that are open: PENDING and QUEUED ones, which the list leaves out, are our own and were in the first batch. */
  private readPage(cursor: string, page: number, nowNs: number): void {
    const query = `order_status=OPEN&product_type=SPOT&limit=${ORDERS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (_status: number, answer: unknown, answeredNs: number): void => {
      const list = listOf(answer, 'orders') as OrderMessage[];
      const ours = list.filter(({ product_id: product }) => this.symbols.has(textOf(product)));
      for (const message of ours) {
        const order = this.progress.find(message);
        if (order !== undefined) order.cancelSentNs = answeredNs;
      }
      this.sendAll(ours.map(({ order_id: id }) => textOf(id)).filter((id) => id !== ''), answeredNs);
      const next = cursorOf(answer);
      if (next !== '' && list.length > 0 && page + 1 < PAGES_MAX) this.readPage(next, page + 1, answeredNs);
    };
    this.requests.add({ method: 'GET', path: LIST_PATH, query, onAnswer }, nowNs);
  }

  private sendAll(ids: readonly string[], nowNs: number): void {
    for (let i = 0; i < ids.length; i += IDS_MAX) this.send(ids.slice(i, i + IDS_MAX), nowNs);
  }

  private send(ids: readonly string[], nowNs: number): void {
    const onAnswer = (status: number, answer: unknown, answeredNs: number): void => {
      const results = listOf(answer, 'results');
      for (const id of ids) {
        const order = this.orders.byVenue(id);
        if (order === undefined || order.done) continue;
        const result = results.find(({ order_id: of }) => of === id);
        if (result?.success === true) continue;
        if (result !== undefined) this.refused(order, reasonOfNames([textOf(result.failure_reason)]), answeredNs);
        else if (isRefusal(status)) this.refused(order, reasonOfStatus(status, answer), answeredNs);
        else this.reports.unknown(order, answeredNs);
      }
    };
    this.requests.add({ method: 'POST', path: CANCEL_PATH, body: JSON.stringify({ order_ids: ids }), onAnswer }, nowNs);
  }

  private refused(order: TrackedOrder, reason: number, nowNs: number): void {
    order.cancelSentNs = -1;
    this.reports.report(order, ReportKind.CANCEL_REJECTED, reason, order.cumQty, 0, nowNs);
  }
}
