/** The text of orders on their way out. Built from parts that never change; nothing is serialised. */
import type { Instrument } from '../../model/instrument.js';
import { decimalText } from '../amounts.js';
import type { OutgoingOrder } from '../contract.js';

/** TimeInForce → the venue's word. */
const TIMES = ['gtc', 'ioc', 'fok'] as const;

/** The matching engine refuses to match an order after this, ms: what is not matched by then never will be. */
export const DEADLINE_MS = 5000;
/** How stale the deadline's text may be, ms. */
const DEADLINE_STEP_MS = 250;

export class OrderText {
  /** By instrument index and side. */
  private readonly heads: string[] = [];
  private deadlineFromMs = -1;
  private deadline = '';

  constructor(instruments: readonly Instrument[]) {
    for (const { index, symbol } of instruments) {
      for (const side of ['buy', 'sell']) {
        this.heads[index * 2 + (side === 'sell' ? 1 : 0)] = `{"method":"add_order","params":{"order_type":"limit","side":"${side}","symbol":${JSON.stringify(symbol)},"order_qty":`;
      }
    }
  }

  add(order: OutgoingOrder, token: string, requestId: number, unixMs: number): string {
    const { instrument } = order;
    const { priceScale, qtyScale } = instrument.pair;
    return `${this.heads[instrument.index * 2 + order.side]}${decimalText(order.qty, qtyScale)},"limit_price":${decimalText(order.price, priceScale)},"time_in_force":"${TIMES[order.tif] ?? 'ioc'}","cl_ord_id":"${order.clientOrderId}","fee_preference":"quote","stp_type":"cancel_newest","deadline":"${this.deadlineText(unixMs)}","token":"${token}"},"req_id":${requestId}}`;
  }

  private deadlineText(unixMs: number): string {
    if (unixMs < this.deadlineFromMs || unixMs >= this.deadlineFromMs + DEADLINE_STEP_MS) {
      this.deadlineFromMs = unixMs;
      this.deadline = new Date(unixMs + DEADLINE_MS).toISOString();
    }
    return this.deadline;
  }
}

export function cancelText(ids: { readonly clientOrderIds: readonly string[] } | { readonly venueOrderIds: readonly string[] }, token: string, requestId: number): string {
  const params = 'clientOrderIds' in ids ? { cl_ord_id: ids.clientOrderIds, token } : { order_id: ids.venueOrderIds, token };
  return JSON.stringify({ method: 'cancel_order', params, req_id: requestId });
}

export function executionsText(method: 'subscribe' | 'unsubscribe', token: string, requestId: number): string {
  const snapshots = method === 'subscribe' ? { snap_orders: true, snap_trades: false, order_status: true, ratecounter: false } : {};
  return JSON.stringify({ method, params: { channel: 'executions', ...snapshots, token }, req_id: requestId });
}
