/** What the gateway remembers of an order: enough to merge sparse updates, to tell a fill once, and to notice silence. */
import type { Instrument } from '../model/instrument.js';
import type { OutgoingOrder } from './contract.js';

export interface TrackedOrder {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly instrument: Instrument;
  readonly side: 0 | 1;
  /** IOC and FOK: what remains is expected to be cancelled by the venue. */
  readonly immediate: boolean;
  /** '' until the venue told it. */
  venueOrderId: string;
  sentNs: number;
  /** The venue was heard of it. */
  acknowledged: boolean;
  /** Reported as UNKNOWN and not heard of since. */
  unknown: boolean;
  /** We asked to cancel it; -1: no. */
  cancelSentNs: number;
  /** An answer is due by then; -1: none is. */
  answerDueNs: number;
  done: boolean;
  /** Sum of the fills told so far. */
  cumQty: number;
  /** Executions told. */
  readonly executions: Set<string>;
}

/** Finished orders that are remembered, so that late messages about them are recognised. */
const FINISHED_MAX = 4096;

export class TrackedOrders {
  /** Orders whose end has not been heard of. */
  readonly live = new Set<TrackedOrder>();
  private readonly byOrderId = new Map<number, TrackedOrder>();
  private readonly byVenueId = new Map<string, TrackedOrder>();
  private readonly finished: TrackedOrder[] = [];

  add(order: Pick<TrackedOrder, 'orderId' | 'clientOrderId' | 'instrument' | 'side' | 'immediate' | 'sentNs'>): TrackedOrder {
    const tracked: TrackedOrder = { ...order, venueOrderId: '', acknowledged: false, unknown: false, cancelSentNs: -1, answerDueNs: -1, done: false, cumQty: 0, executions: new Set() };
    this.byOrderId.set(order.orderId, tracked);
    this.live.add(tracked);
    return tracked;
  }

  get(orderId: number): TrackedOrder | undefined {
    return this.byOrderId.get(orderId);
  }

  byVenue(venueOrderId: string): TrackedOrder | undefined {
    return this.byVenueId.get(venueOrderId);
  }

  name(order: TrackedOrder, venueOrderId: string): void {
    if (venueOrderId === '' || order.venueOrderId === venueOrderId) return;
    order.venueOrderId = venueOrderId;
    this.byVenueId.set(venueOrderId, order);
  }

  finish(order: TrackedOrder): void {
    if (order.done) return;
    order.done = true;
    this.live.delete(order);
    this.finished.push(order);
    if (this.finished.length < FINISHED_MAX * 2) return;
    for (const old of this.finished.splice(0, FINISHED_MAX)) {
      this.byOrderId.delete(old.orderId);
      this.byVenueId.delete(old.venueOrderId);
    }
  }
}

/** What an order on its way out is tracked by. */
export function pick(order: OutgoingOrder): Pick<TrackedOrder, 'orderId' | 'clientOrderId' | 'instrument' | 'side' | 'immediate'> {
  const { orderId, clientOrderId, instrument, side, tif } = order;
  return { orderId, clientOrderId, instrument, side, immediate: tif !== 0 };
}
