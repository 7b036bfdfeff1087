/** The text of orders on their way out. What does not change between two orders of one market, side and time in force is joined once. */
import { formatTrimmed } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import type { OutgoingOrder } from '../contract.js';
import { RECV_WINDOW_MS } from './signer.js';

/** TimeInForce → the venue's word. */
const TIMES = ['GTC', 'IOC', 'FOK'] as const;
const SIDES = ['Buy', 'Sell'] as const;

export class OrderText {
  /** By instrument index × 6 + side × 3 + tif. */
  private readonly heads: string[] = [];

  constructor(instruments: readonly Instrument[]) {
    for (const { index, symbol } of instruments) {
      SIDES.forEach((side, sell) => TIMES.forEach((time, tif) => {
        this.heads[index * 6 + sell * 3 + tif] = `"X-BAPI-RECV-WINDOW":"${RECV_WINDOW_MS}"},"op":"order.create","args":[{"category":"spot","symbol":${JSON.stringify(symbol)},"side":"${side}","orderType":"Limit","timeInForce":"${time}","qty":"`;
      }));
    }
  }

  /** Decimals beyond the market's own are refused, even zeros: none are written. @param unixMs by the venue's clock */
  create(requestId: string, { instrument, side, tif, price, qty, clientOrderId }: OutgoingOrder, unixMs: number): string {
    const { index, pair } = instrument;
    return `{"reqId":"${requestId}","header":{"X-BAPI-TIMESTAMP":"${unixMs}",${this.heads[index * 6 + side * 3 + tif]}${formatTrimmed(qty, pair.qtyScale)}","price":"${formatTrimmed(price, pair.priceScale)}","orderLinkId":"${clientOrderId}"}]}`;
  }
}

export function cancelText(requestId: string, symbol: string, clientOrderId: string, unixMs: number): string {
  return JSON.stringify({
    reqId: requestId, header: { 'X-BAPI-TIMESTAMP': String(unixMs), 'X-BAPI-RECV-WINDOW': String(RECV_WINDOW_MS) },
    op: 'order.cancel', args: [{ category: 'spot', symbol, orderLinkId: clientOrderId }],
  });
}
