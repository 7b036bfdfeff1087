/** The list of fills of some orders, page by page. Source: docs.cdp.coinbase.com, "List fills". */
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import type { OrderProgress } from './order-progress.js';
import { cursorOf, listOf, textOf } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';

const PATH = '/api/v3/brokerage/orders/historical/fills';
const FILLS_A_PAGE = 250;
const PAGES_MAX = 20;

export class FillList {
  constructor(private readonly orders: TrackedOrders, private readonly progress: OrderProgress, private readonly requests: PrivateRequests) {}

  /**
   * Tell those trades of these orders that were not told yet.
   * @param lacks whether more pages are worth asking for
   */
  read(asked: readonly TrackedOrder[], lacks: () => boolean, nowNs: number, onEnd: (nowNs: number) => void): void {
    this.readPage(asked, lacks, '', 0, nowNs, onEnd);
  }

  private readPage(asked: readonly TrackedOrder[], lacks: () => boolean, cursor: string, page: number, nowNs: number, onEnd: (nowNs: number) => void): void {
    const ids = asked.map(({ venueOrderId }) => `order_ids=${encodeURIComponent(venueOrderId)}`).join('&');
    const query = `${ids}&limit=${FILLS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (_status: number, answer: unknown, answeredNs: number): void => {
      const fills = listOf(answer, 'fills');
      for (const fill of fills) {
        const order = this.orders.byVenue(textOf(fill.order_id));
        if (order !== undefined && asked.includes(order)) this.progress.onFill(order, fill, answeredNs);
      }
      const next = cursorOf(answer);
      if (next !== '' && fills.length > 0 && page + 1 < PAGES_MAX && lacks()) this.readPage(asked, lacks, next, page + 1, answeredNs, onEnd);
      else onEnd(answeredNs);
    };
    this.requests.add({ method: 'GET', path: PATH, query, onAnswer }, nowNs);
  }
}
