/** What Bybit's REST answers tell of one order: it is among the open and recent ones (realtime), then in the history. */
import { RejectReason } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderArchive } from '../order-query.js';
import type { TrackedOrder } from '../tracked-order.js';
import type { OrderEvents } from './order-events.js';
import type { ExecutionMessage, OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { Code, reasonOf } from './venue-error.js';

const TRADES_A_PAGE = 100;

/** Where an order is looked for, in turn. `openOnly=1` adds what ended lately to what is open. */
const PLACES = [['/v5/order/realtime', '&openOnly=1'], ['/v5/order/history', '']] as const;

type OnFound = (found: OrderMessage | undefined, answered: boolean, nowNs: number) => void;

export class BybitArchive implements OrderArchive<OrderMessage> {
  constructor(private readonly options: GatewayOptions, private readonly events: OrderEvents, private readonly requests: PrivateRequests) {}

  find(order: TrackedOrder, nowNs: number, onAnswer: OnFound): void {
    this.look(order, 0, nowNs, onAnswer);
  }

  tellTrades(order: TrackedOrder, filled: number, nowNs: number, onTold: (nowNs: number) => void): void {
    this.readTrades(order, filled, '', nowNs, onTold);
  }

  idOf({ orderId = '' }: OrderMessage): string {
    return orderId;
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

  private look(order: TrackedOrder, place: number, nowNs: number, onAnswer: OnFound): void {
    const [path, rest] = PLACES[place];
    this.get(path, `orderLinkId=${order.clientOrderId}${rest}`, nowNs, (list, code, answeredNs) => {
      if (code !== Code.OK && reasonOf(code) !== RejectReason.UNKNOWN_ORDER) return onAnswer(undefined, false, answeredNs);
      const found = (list as OrderMessage[]).find(({ orderLinkId }) => orderLinkId === order.clientOrderId);
      if (found !== undefined || place + 1 === PLACES.length) return onAnswer(found, true, answeredNs);
      this.look(order, place + 1, answeredNs, onAnswer);
    });
  }

  private readTrades(order: TrackedOrder, filled: number, cursor: string, nowNs: number, onTold: (nowNs: number) => void): void {
    const page = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    this.get('/v5/execution/list', `orderId=${order.venueOrderId}&limit=${TRADES_A_PAGE}${page}`, nowNs, (list, code, answeredNs, next) => {
      for (const trade of list as ExecutionMessage[]) {
        const isNew = trade.orderId === order.venueOrderId && trade.execId !== undefined && !order.executions.has(trade.execId);
        if (isNew) this.events.fill(order, trade, answeredNs);
      }
      if (filled > order.cumQty && code === Code.OK && next !== '') this.readTrades(order, filled, next, answeredNs, onTold);
      else onTold(answeredNs);
    });
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
