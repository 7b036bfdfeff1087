/**
 * What Coinbase's REST answers tell of one order: by the venue's id where it is known; else, for there is no question by
 * ours, it is looked for among the orders since it was sent.
 * Sources: docs.cdp.coinbase.com, "Get order", "List orders".
 */
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { OrderArchive } from '../order-query.js';
import type { TrackedOrder } from '../tracked-order.js';
import type { FillList } from './fill-list.js';
import { reasonOf, type OrderProgress } from './order-progress.js';
import { cursorOf, isFields, listOf, textOf, type OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import type { VenueClock } from './venue-clock.js';

const ORDER_PATH = '/api/v3/brokerage/orders/historical';
const LIST_PATH = '/api/v3/brokerage/orders/historical/batch';
const ORDERS_A_PAGE = 100;
const PAGES_MAX = 50;
/** The venue's clock is known only roughly, and its creation time is not our sending. */
const BEFORE_NS = 30e9;
const GONE = 404;

type OnFound = (found: OrderMessage | undefined, answered: boolean, nowNs: number) => void;

export class CoinbaseArchive implements OrderArchive<OrderMessage> {
  constructor(private readonly clock: VenueClock, private readonly progress: OrderProgress, private readonly fills: FillList, private readonly requests: PrivateRequests) {}

  find(order: TrackedOrder, nowNs: number, onAnswer: OnFound): void {
    if (order.venueOrderId === '') return this.search(order, '', 0, nowNs, onAnswer);
    return this.requests.add({
      method: 'GET', path: `${ORDER_PATH}/${encodeURIComponent(order.venueOrderId)}`,
      onAnswer: (status, answer, answeredNs) => {
        const found = isFields(answer) && isFields(answer.order) ? (answer.order as OrderMessage) : undefined;
        onAnswer(found, found !== undefined || status === GONE, answeredNs);
      },
    }, nowNs);
  }

  tellTrades(order: TrackedOrder, filled: number, nowNs: number, onTold: (nowNs: number) => void): void {
    this.fills.read([order], () => filled > order.cumQty, nowNs, onTold);
  }

  idOf(found: OrderMessage): string {
    return textOf(found.order_id);
  }

  cumQty(order: TrackedOrder, found: OrderMessage): number {
    return this.progress.cumQty(order, found);
  }

  kindOf(order: TrackedOrder, found: OrderMessage): number {
    return this.progress.kindOf(order, found);
  }

  reasonOf(kind: number, found: OrderMessage): number {
    return kind === ReportKind.OPEN ? RejectReason.NONE : reasonOf(found);
  }

  /** Page by page, until one of them has it. */
  private search(order: TrackedOrder, cursor: string, page: number, nowNs: number, onAnswer: OnFound): void {
    const query = `product_ids=${encodeURIComponent(order.instrument.symbol)}&start_date=${this.startOf(order, nowNs)}&limit=${ORDERS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onPage = (status: number, answer: unknown, answeredNs: number): void => {
      if (status < 200 || status >= 300 || !isFields(answer) || !Array.isArray(answer.orders)) return onAnswer(undefined, false, answeredNs);
      const list = listOf(answer, 'orders') as OrderMessage[];
      const found = list.find(({ client_order_id: id }) => id === order.clientOrderId);
      const next = cursorOf(answer);
      const isLast = next === '' || list.length === 0;
      if (found === undefined && !isLast && page + 1 < PAGES_MAX) return this.search(order, next, page + 1, answeredNs, onAnswer);
      // What was not looked through to its end does not say that there is none.
      return onAnswer(found, found !== undefined || isLast, answeredNs);
    };
    this.requests.add({ method: 'GET', path: LIST_PATH, query, onAnswer: onPage }, nowNs);
  }

  /** Since it was sent, where this gateway sent it; else since the session began; by the venue's clock. RFC 3339, percent-encoded. */
  private startOf({ sentNs }: TrackedOrder, nowNs: number): string {
    const unixMs = this.clock.nowMs() - (nowNs - Math.max(0, sentNs) + BEFORE_NS) / 1e6;
    return encodeURIComponent(new Date(unixMs).toISOString());
  }
}
