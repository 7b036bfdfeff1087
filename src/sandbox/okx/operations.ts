/** Orders and cancels, one or several, as REST and the private socket take them, with the faults that can be armed. */
import type { VenueCore } from '../venue-core.js';
import { OkxError, refusals } from './errors.js';
import type { Fields, OkxOrders } from './orders.js';
import { clientIdOf, orderIdText } from './render.js';
import type { Order } from '../matching/order.js';

/** What is said of one order. */
export interface OperationItem {
  readonly ordId: string;
  readonly clOrdId: string;
  readonly tag: string;
  readonly ts: string;
  readonly sCode: string;
  readonly sMsg: string;
}

/** `null` is never answered, `delayMs` later. */
export interface Outcome {
  readonly items: readonly OperationItem[] | null;
  readonly delayMs: number;
}

const BATCH_MAX = 20;

export class Operations {
  constructor(private readonly core: VenueCore, private readonly orders: OkxOrders, private readonly flushEvents: () => void) {}

  /** @throws OkxError for what refuses the whole request */
  place(list: readonly Fields[], byCode: boolean, arrivedNs: number): Outcome {
    const { faults, latency } = this.core;
    this.#checkBatch(list);
    for (const { clOrdId } of list) latency.orderIn(arrivedNs, typeof clOrdId === 'string' ? clOrdId : '');
    if (faults.take('rate-limit') !== null) throw refusals.rate();
    const items = list.map((fields) => this.#item(fields, () => this.orders.place(fields, byCode)));
    if (items.every(({ sCode }) => sCode !== '0')) return { items, delayMs: 0 };
    if (faults.take('events-first') !== null) this.flushEvents();
    if (faults.take('lose-ack') !== null) return { items: null, delayMs: 0 };
    if (faults.take('error-after-accept') !== null) throw refusals.timeout();
    return { items, delayMs: faults.take('delay-acks') ?? 0 };
  }

  /** @throws OkxError for what refuses the whole request */
  cancel(list: readonly Fields[], byCode: boolean): readonly OperationItem[] {
    this.#checkBatch(list);
    return list.map((fields) => this.#item(fields, () => this.orders.cancel(fields, byCode)));
  }

  #checkBatch(list: readonly Fields[]): void {
    if (list.length === 0 || list.length > BATCH_MAX) throw refusals.param('args');
  }

  #item(fields: Fields, run: () => Order): OperationItem {
    const ts = String(Math.floor(this.core.virtualMs()));
    try {
      const order = run();
      return { ordId: orderIdText(order.id), clOrdId: clientIdOf(order), tag: '', ts, sCode: '0', sMsg: '' };
    } catch (error) {
      const { code, message } = error instanceof OkxError ? error : refusals.system();
      return { ordId: '', clOrdId: typeof fields['clOrdId'] === 'string' ? fields['clOrdId'] : '', tag: '', ts, sCode: code, sMsg: message };
    }
  }
}

/** The code of the whole: all done, none, or some. */
export function codeOf(items: readonly OperationItem[]): string {
  const failed = items.filter(({ sCode }) => sCode !== '0').length;
  return failed === 0 ? '0' : failed === items.length ? '1' : '2';
}
