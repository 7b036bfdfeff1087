/** Orders this connection has seen, bounded: what was said of each already, so that nothing is said twice. */
import type { Instrument } from '../../model/instrument.js';

/** Finished orders are forgotten beyond this many; a late word on one makes it known again. */
const ORDERS_MAX = 1 << 14;

export interface TrackedOrder {
  readonly orderId: number;
  readonly instrument: Instrument;
  readonly sell: boolean;
  tsSentNs: number;
  venueOrderId: number;
  acked: boolean;
  finished: boolean;
  /** Trades reported. */
  readonly trades: Set<number>;
}

export class TrackedOrders {
  private readonly orders = new Map<number, TrackedOrder>();

  get(orderId: number): TrackedOrder | undefined {
    return this.orders.get(orderId);
  }

  track(orderId: number, instrument: Instrument, sell: boolean): TrackedOrder {
    let order = this.orders.get(orderId);
    if (order !== undefined) return order;
    if (this.orders.size >= ORDERS_MAX) this.forgetOne();
    order = { orderId, instrument, sell, tsSentNs: 0, venueOrderId: 0, acked: false, finished: false, trades: new Set() };
    this.orders.set(orderId, order);
    return order;
  }

  /** The oldest finished one among the oldest few, else the oldest. */
  private forgetOne(): void {
    let oldest = -1;
    let seen = 0;
    for (const [orderId, { finished }] of this.orders) {
      if (oldest < 0) oldest = orderId;
      if (finished || ++seen > 64) {
        if (finished) oldest = orderId;
        break;
      }
    }
    this.orders.delete(oldest);
  }
}
