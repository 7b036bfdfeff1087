/** The text of orders on their way out. What does not change between two orders of one market, side and time in force is joined once. */
import { formatTrimmed } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import type { OutgoingOrder } from '../contract.js';

/** TimeInForce → the order type: the venue has no field of its own for it. */
const TYPES = ['limit', 'ioc', 'fok'] as const;
const SIDES = ['buy', 'sell'] as const;

/** The venue drops a request that comes later than this after it was sent, ms. A late order is worse than none. */
export const DEADLINE_MS = 5000;

/** Orders in one message. */
export const BATCH_MAX = 20;

/** How operations name a market: by its number, since March 2026; by its symbol where the venue told none. */
export function marketName({ symbol, metadata: { venueNumber } }: Instrument): { readonly instIdCode: number } | { readonly instId: string } {
  return venueNumber === undefined ? { instId: symbol } : { instIdCode: venueNumber };
}

export class OrderText {
  /** By instrument index × 6 + side × 3 + tif. */
  private readonly heads: string[] = [];

  constructor(instruments: readonly Instrument[]) {
    for (const instrument of instruments) {
      const name = JSON.stringify(marketName(instrument)).slice(1, -1);
      SIDES.forEach((side, sell) => TYPES.forEach((type, tif) => {
        this.heads[instrument.index * 6 + sell * 3 + tif] = `","args":[{${name},"tdMode":"cash","side":"${side}","ordType":"${type}","sz":"`;
      }));
    }
  }

  /** @param unixMs by the venue's clock */
  place(requestId: number, { instrument, side, tif, price, qty, clientOrderId }: OutgoingOrder, unixMs: number): string {
    const { index, pair } = instrument;
    return `{"id":"${requestId}","op":"order","expTime":"${unixMs + DEADLINE_MS}${this.heads[index * 6 + side * 3 + tif]}${formatTrimmed(qty, pair.qtyScale)}","px":"${formatTrimmed(price, pair.priceScale)}","clOrdId":"${clientOrderId}"}]}`;
  }
}

export function cancelText(requestId: number, instrument: Instrument, clientOrderId: string): string {
  return JSON.stringify({ id: String(requestId), op: 'cancel-order', args: [{ ...marketName(instrument), clOrdId: clientOrderId }] });
}

/** @param orders at most BATCH_MAX, by the venue's own names */
export function batchCancelText(requestId: number, orders: readonly { readonly instrument: Instrument; readonly venueOrderId: string }[]): string {
  return JSON.stringify({ id: String(requestId), op: 'batch-cancel-orders', args: orders.map(({ instrument, venueOrderId }) => ({ ...marketName(instrument), ordId: venueOrderId })) });
}
