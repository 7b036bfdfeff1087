/**
 * The trades of orders whose quantity grew: asked for by order, several at a time, until as many are told as the venue has
 * said were filled. They appear a little after the order they belong to.
 * Source: docs.cdp.coinbase.com, "List fills".
 */
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import type { OrderProgress } from './order-progress.js';
import { cursorOf, listOf, textOf } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';

const PATH = '/api/v3/brokerage/orders/historical/fills';
const ORDERS_MAX = 20;
const FILLS_A_PAGE = 250;
const PAGES_MAX = 20;
const RETRY_NS = 100e6;
/** The wait doubles: about 25 s in all. */
const ATTEMPTS_MAX = 8;

interface Wanted {
  attempts: number;
  /** Ask then; -1: asked. */
  dueNs: number;
}

export class FillRequests {
  private readonly wanted = new Map<TrackedOrder, Wanted>();

  /** @param onMissing the trades of this order do not appear */
  constructor(private readonly orders: TrackedOrders, private readonly requests: PrivateRequests, private readonly onMissing: (order: TrackedOrder, nowNs: number) => void) {}

  want(order: TrackedOrder, progress: OrderProgress, nowNs: number): void {
    const wanted = this.wanted.get(order);
    if (wanted === undefined) this.wanted.set(order, { attempts: 0, dueNs: nowNs });
    else if (wanted.dueNs >= 0) wanted.dueNs = nowNs;
    this.pump(progress, nowNs);
  }

  pump(progress: OrderProgress, nowNs: number): void {
    const due = [...this.wanted].filter(([{ venueOrderId }, { dueNs }]) => venueOrderId !== '' && dueNs >= 0 && nowNs >= dueNs).slice(0, ORDERS_MAX);
    if (due.length === 0) return;
    for (const [, wanted] of due) {
      wanted.dueNs = -1;
      wanted.attempts++;
    }
    this.ask(due.map(([order]) => order), '', 0, progress, nowNs);
  }

  private ask(asked: readonly TrackedOrder[], cursor: string, page: number, progress: OrderProgress, nowNs: number): void {
    const ids = asked.map(({ venueOrderId }) => `order_ids=${encodeURIComponent(venueOrderId)}`).join('&');
    const query = `${ids}&limit=${FILLS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (_status: number, answer: unknown, answeredNs: number): void => {
      const fills = listOf(answer, 'fills');
      for (const fill of fills) {
        const order = this.orders.byVenue(textOf(fill.order_id));
        if (order !== undefined && asked.includes(order)) progress.onFill(order, fill, answeredNs);
      }
      const next = cursorOf(answer);
      if (next !== '' && fills.length > 0 && page + 1 < PAGES_MAX && asked.some((order) => progress.lacksTrades(order))) this.ask(asked, next, page + 1, progress, answeredNs);
      else for (const order of asked) this.conclude(order, progress, answeredNs);
    };
    this.requests.add({ method: 'GET', path: PATH, query, onAnswer }, nowNs);
  }

  private conclude(order: TrackedOrder, progress: OrderProgress, nowNs: number): void {
    const wanted = this.wanted.get(order);
    if (!progress.lacksTrades(order)) {
      this.wanted.delete(order);
      progress.settle(order, nowNs);
    } else if (wanted !== undefined && wanted.attempts < ATTEMPTS_MAX) wanted.dueNs = nowNs + RETRY_NS * 2 ** (wanted.attempts - 1);
    else {
      this.wanted.delete(order);
      this.onMissing(order, nowNs);
    }
  }
}
