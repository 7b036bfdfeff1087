/** Cancelling everything of ours: the venue is asked what is open, page by page, and what is on the engine's markets is cancelled in batches. It has no word for "all" on spot. */
import type { Instrument } from '../../model/instrument.js';
import type { GatewayOptions } from '../contract.js';
import { BATCH_MAX } from './order-text.js';
import type { OrderMessage } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';
import { Code } from './venue-error.js';

const ORDERS_A_PAGE = 100;
/** The venue lets an account have 500 open orders a market; beyond this many pages somebody else is trading. */
const PAGES_MAX = 50;

export interface OpenOrder {
  readonly instrument: Instrument;
  readonly venueOrderId: string;
}

export class OpenOrders {
  private readonly bySymbol: ReadonlyMap<string, Instrument>;

  /** @param cancel sends one batch */
  constructor(options: GatewayOptions, private readonly requests: PrivateRequests, private readonly cancel: (batch: readonly OpenOrder[]) => void) {
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  cancelAll(nowNs: number): void {
    this.readPage('', 0, nowNs);
  }

  private readPage(after: string, page: number, nowNs: number): void {
    const path = `/api/v5/trade/orders-pending?instType=SPOT&limit=${ORDERS_A_PAGE}${after === '' ? '' : `&after=${after}`}`;
    this.requests.askList(path, (list, code, answeredNs) => {
      if (code !== Code.OK) return;
      const orders = list as readonly OrderMessage[];
      const ours = orders.flatMap(({ instId = '', ordId = '' }) => {
        const instrument = this.bySymbol.get(instId);
        return instrument === undefined || ordId === '' ? [] : [{ instrument, venueOrderId: ordId }];
      });
      for (let i = 0; i < ours.length; i += BATCH_MAX) this.cancel(ours.slice(i, i + BATCH_MAX));
      const next = orders.at(-1)?.ordId ?? '';
      if (orders.length === ORDERS_A_PAGE && next !== '' && page + 1 < PAGES_MAX) this.readPage(next, page + 1, answeredNs);
    }, nowNs);
  }
}
