/** What OKX's REST answers tell of one order: `trade/order` by our name for it, and `trade/fills`. */
import { RejectReason } from '../../record/codes.js';
import type { OrderArchive } from '../order-query.js';
import type { TrackedOrder } from '../tracked-order.js';
import type { OrderEvents } from './order-events.js';
import type { FillMessage, OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { Code, reasonOf } from './venue-error.js';

const FILLS_A_PAGE = 100;

export class OkxArchive implements OrderArchive<OrderMessage> {
  constructor(private readonly events: OrderEvents, private readonly requests: PrivateRequests) {}

  find(order: TrackedOrder, nowNs: number, onAnswer: (found: OrderMessage | undefined, answered: boolean, nowNs: number) => void): void {
    const path = `/api/v5/trade/order?instId=${order.instrument.symbol}&clOrdId=${order.clientOrderId}`;
    this.requests.askList(path, (list, code, answeredNs) => {
      onAnswer((list as readonly OrderMessage[]).find(({ clOrdId }) => clOrdId === order.clientOrderId), code === Code.OK || reasonOf(code) === RejectReason.UNKNOWN_ORDER, answeredNs);
    }, nowNs);
  }

  tellTrades(order: TrackedOrder, filled: number, nowNs: number, onTold: (nowNs: number) => void): void {
    this.readFills(order, filled, '', nowNs, onTold);
  }

  idOf({ ordId = '' }: OrderMessage): string {
    return ordId;
  }

  cumQty(order: TrackedOrder, found: OrderMessage): number {
    return this.events.cumQty(order, found);
  }

  kindOf(order: TrackedOrder, found: OrderMessage): number {
    return this.events.kindOf(order, found);
  }

  reasonOf(kind: number, found: OrderMessage): number {
    return this.events.reasonOf(kind, found);
  }

  /** Newest first, page by page. @param before bill id of the last one seen, '' at first */
  private readFills(order: TrackedOrder, filled: number, before: string, nowNs: number, onTold: (nowNs: number) => void): void {
    const path = `/api/v5/trade/fills?instType=SPOT&instId=${order.instrument.symbol}&ordId=${order.venueOrderId}&limit=${FILLS_A_PAGE}${before === '' ? '' : `&after=${before}`}`;
    this.requests.askList(path, (list, _code, answeredNs) => {
      for (const trade of list as readonly FillMessage[]) {
        if (trade.ordId === order.venueOrderId && trade.tradeId !== undefined && !order.executions.has(trade.tradeId)) this.events.fill(order, trade, answeredNs);
      }
      const next = list.length < FILLS_A_PAGE ? '' : ((list as readonly FillMessage[]).at(-1)?.billId ?? '');
      if (filled > order.cumQty && next !== '') this.readFills(order, filled, next, answeredNs, onTold);
      else onTold(answeredNs);
    }, nowNs);
  }
}
