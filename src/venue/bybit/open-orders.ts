/**
 * Cancelling everything of ours: the venue is asked what is open, and every market of the engine's on which something is
 * gets a cancel-all. Not one for the whole account: it may have orders on markets that are none of the engine's.
 */
import type { GatewayOptions } from '../contract.js';
import type { OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { Code } from './venue-error.js';

const REALTIME = '/v5/order/realtime';
const ORDERS_A_PAGE = 50;
/** The venue lets an account have 500 open orders. */
const PAGES_MAX = 12;

export class OpenOrders {
  private readonly symbols: ReadonlySet<string>;

  constructor(options: GatewayOptions, private readonly requests: PrivateRequests) {
    this.symbols = new Set(options.instruments.map(({ symbol }) => symbol));
  }

  cancelAll(nowNs: number): void {
    this.readPage('', 0, new Set(), nowNs);
  }

  private readPage(cursor: string, page: number, cancelled: Set<string>, nowNs: number): void {
    const payload = `category=spot&openOnly=0&limit=${ORDERS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (result: unknown, code: number, answeredNs: number): void => {
      const { list, nextPageCursor } = (result ?? {}) as { list?: unknown; nextPageCursor?: unknown };
      if (code !== Code.OK || !Array.isArray(list)) return;
      for (const order of list as (OrderMessage | null)[]) {
        const symbol = order?.symbol ?? '';
        if (!this.symbols.has(symbol) || cancelled.has(symbol)) continue;
        cancelled.add(symbol);
        this.requests.ask({ method: 'POST', path: '/v5/order/cancel-all', payload: JSON.stringify({ category: 'spot', symbol }), onAnswer: () => {} }, answeredNs);
      }
      if (typeof nextPageCursor === 'string' && nextPageCursor !== '' && list.length > 0 && page + 1 < PAGES_MAX) this.readPage(nextPageCursor, page + 1, cancelled, answeredNs);
    };
    this.requests.ask({ method: 'GET', path: REALTIME, payload, onAnswer }, nowNs);
  }
}
