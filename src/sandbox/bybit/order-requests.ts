/** Orders and cancels as both doors take them, with the faults that can be armed, and the headers that tell the limits. */
import type { VenueCore } from '../venue-core.js';
import { BybitError, refusals } from './errors.js';
import type { BybitLimits, LimitKind, LimitState } from './limits.js';
import type { BybitOrders, Fields } from './orders.js';
import { orderIdText } from './render.js';

export interface OrderReply {
  readonly code: number;
  readonly message: string;
  readonly result: Record<string, unknown>;
  readonly limit: LimitState;
}

/** `null` is never answered, `delayMs` later. */
export interface Outcome {
  readonly reply: OrderReply | null;
  readonly delayMs: number;
}

export class OrderRequests {
  constructor(private readonly core: VenueCore, private readonly limits: BybitLimits, private readonly orders: BybitOrders, private readonly flushEvents: () => void) {}

  create(fields: Fields, arrivedNs: number): Outcome {
    const { faults, latency } = this.core;
    const { orderLinkId } = fields;
    latency.orderIn(arrivedNs, typeof orderLinkId === 'string' ? orderLinkId : '');
    const reply = this.#reply('create', () => {
      if (faults.take('rate-limit') !== null) throw refusals.rate();
      const order = this.orders.place(fields);
      return { orderId: orderIdText(order.id), orderLinkId: order.clientIdGiven ? order.clientOrderId : '' };
    });
    if (reply.code !== 0) return { reply, delayMs: 0 };
    if (faults.take('events-first') !== null) this.flushEvents();
    if (faults.take('lose-ack') !== null) return { reply: null, delayMs: 0 };
    if (faults.take('error-after-accept') !== null) return { reply: { ...reply, ...wordsOf(refusals.timeout()) }, delayMs: 0 };
    return { reply, delayMs: faults.take('delay-acks') ?? 0 };
  }

  cancel(fields: Fields): OrderReply {
    return this.#reply('cancel', () => {
      const order = this.orders.cancel(fields);
      return { orderId: orderIdText(order.id), orderLinkId: order.clientIdGiven ? order.clientOrderId : '' };
    });
  }

  cancelAll(fields: Fields): OrderReply {
    return this.#reply('cancel', () => ({
      list: this.orders.cancelAll(fields).map((order) => ({ orderId: orderIdText(order.id), orderLinkId: order.clientIdGiven ? order.clientOrderId : '' })), success: '1',
    }));
  }

  query(run: () => Record<string, unknown>): OrderReply {
    return this.#reply('query', run);
  }

  #reply(kind: LimitKind, run: () => Record<string, unknown>): OrderReply {
    const limit = this.limits.take(kind);
    try {
      if (!limit.allowed) throw refusals.rate();
      return { code: 0, message: 'OK', result: run(), limit };
    } catch (error) {
      return { ...wordsOf(error), limit };
    }
  }
}

export function wordsOf(error: unknown): { code: number; message: string; result: Record<string, unknown> } {
  const { code, message } = error instanceof BybitError ? error : refusals.server();
  return { code, message, result: {} };
}

export function limitHeaders({ limit, left, resetMs }: LimitState): Record<string, string> {
  return { 'X-Bapi-Limit': String(limit), 'X-Bapi-Limit-Status': String(left), 'X-Bapi-Limit-Reset-Timestamp': String(resetMs) };
}
