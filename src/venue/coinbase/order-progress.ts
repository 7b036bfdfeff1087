/**
 * What is known of each order's progress. The venue tells states and cumulative quantities (user channel, REST), and
 * trades only where it is asked: an order whose quantity grew waits until its trades have been told, and its end waits
 * with it. The same may be said any number of times and in any order.
 */
import { AMOUNT_DECIMALS, formatScaled, rescale } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import { scaledOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import { hashOf } from '../text-hash.js';
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import { ENDS, textOf, type FillMessage, type OrderMessage } from './private-messages.js';
import { reasonOfNames } from './venue-error.js';

/** What the venue has said of an order beyond what was reported. */
interface Told {
  /** Filled in total. */
  cumQty: number;
  /** The message of its end, where it has one. */
  end: OrderMessage | undefined;
  tsVenueNs: number;
  /** Its state was in doubt: it is reported though the order lives. */
  doubted: boolean;
}

export class OrderProgress {
  private readonly told = new WeakMap<TrackedOrder, Told>();
  private readonly quantities = new WeakMap<TrackedOrder, number>();
  private readonly bySymbol: ReadonlyMap<string, Instrument>;

  /** @param onTrades the trades of this order are wanted */
  constructor(
    private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports,
    private readonly onTrades: (order: TrackedOrder, nowNs: number) => void,
  ) {
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  /** What was ordered: FILLED is said of orders that ended with less, too. */
  ordered(order: TrackedOrder, qty: number): void {
    this.quantities.set(order, qty);
  }

  /** The order that a message is about; one that a former gateway of this session sent is remembered from now on. */
  find(message: OrderMessage): TrackedOrder | undefined {
    const known = this.orders.byVenue(textOf(message.order_id));
    if (known !== undefined) return known;
    const clientOrderId = textOf(message.client_order_id);
    const orderId = this.options.orderIdOf(clientOrderId);
    if (orderId === undefined) return undefined;
    const tracked = this.orders.get(orderId);
    if (tracked !== undefined) return tracked;
    const instrument = this.bySymbol.get(textOf(message.product_id));
    if (instrument === undefined) return undefined;
    const side = (textOf(message.side) || textOf(message.order_side)) === 'SELL' ? 1 : 0;
    return this.orders.add({ orderId, clientOrderId, instrument, side, immediate: /IMMEDIATE|KILL/.test(textOf(message.time_in_force)), sentNs: 0 });
  }

  /** The user channel's word on an order of ours. */
  onMessage(order: TrackedOrder, message: OrderMessage, tsVenueNs: number, nowNs: number): void {
    this.orders.name(order, textOf(message.order_id));
    order.answerDueNs = -1;
    const told = this.toldOf(order);
    told.cumQty = Math.max(told.cumQty, this.cumQty(order, message));
    told.tsVenueNs = tsVenueNs;
    told.doubted ||= order.unknown;
    if (endOf(message) >= 0) told.end ??= message;
    if (endOf(message) !== ReportKind.REJECTED) this.reports.acknowledge(order, tsVenueNs, nowNs);
    if (told.cumQty > order.cumQty) this.onTrades(order, nowNs);
    else this.settle(order, nowNs);
  }

  /** One trade of the list. A number that is none: it happened all the same, so the order has to be asked about. */
  onFill(order: TrackedOrder, fill: FillMessage, nowNs: number): void {
    const id = textOf(fill.trade_id) || textOf(fill.entry_id);
    const type = textOf(fill.trade_type);
    if ((type !== '' && type !== 'FILL') || order.executions.has(id)) return;
    try {
      if (id === '' || fill.size_in_quote === true) throw new Error('no trade by quantity');
      const [price, qty] = [textOf(fill.price), textOf(fill.size)];
      this.reports.fill(order, {
        executionId: id, number: hashOf(id), price, qty, cost: costText(price, qty, order.instrument), maker: fill.liquidity_indicator === 'MAKER', fee: textOf(fill.commission), feeAsset: '',
      }, nowNs);
    } catch {
      this.options.host.count('malformed');
      this.reports.unknown(order, nowNs);
    }
  }

  /** Trades of this order are still to be told. */
  lacksTrades(order: TrackedOrder): boolean {
    return this.toldOf(order).cumQty > order.cumQty;
  }

  /** All its trades are told: now its state may be. */
  settle(order: TrackedOrder, nowNs: number): void {
    const told = this.toldOf(order);
    const { doubted, end, cumQty, tsVenueNs } = told;
    told.doubted = false;
    order.unknown = false;
    if (end !== undefined) this.reports.finish(order, this.kindOf(order, end), reasonOf(end), cumQty, tsVenueNs, nowNs);
    else if (doubted && !order.done) this.reports.report(order, ReportKind.OPEN, RejectReason.NONE, cumQty, tsVenueNs, nowNs);
  }

  /**
   * ReportKind of an order's state. What was to be immediate and ended without our doing has expired; FILLED with less than
   * was ordered is no fill of the rest.
   */
  kindOf(order: TrackedOrder, message: OrderMessage): number {
    const end = endOf(message);
    if (end < 0) return ReportKind.OPEN;
    const isShort = end === ReportKind.FILLED && this.cumQty(order, message) < (this.quantities.get(order) ?? 0);
    if (end !== ReportKind.CANCELLED && !isShort) return end;
    return order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : ReportKind.CANCELLED;
  }

  /** Filled in total. A text that is no number tells nothing. */
  cumQty(order: TrackedOrder, message: OrderMessage): number {
    const text = textOf(message.cumulative_quantity) || textOf(message.filled_size);
    if (text === '') return 0;
    try {
      return scaledOf(text, order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return 0;
    }
  }

  private toldOf(order: TrackedOrder): Told {
    let told = this.told.get(order);
    if (told === undefined) this.told.set(order, (told = { cumQty: 0, end: undefined, tsVenueNs: 0, doubted: false }));
    return told;
  }
}

/** Price × size, which the list does not tell, cut at 10^-8. @throws RingsideError where one is no number */
function costText(price: string, qty: string, { pair: { priceScale, qtyScale } }: Instrument): string {
  return formatScaled(rescale(BigInt(scaledOf(price, priceScale)) * BigInt(scaledOf(qty, qtyScale)), priceScale + qtyScale, AMOUNT_DECIMALS), AMOUNT_DECIMALS);
}

/** ReportKind of its end, or -1 while it lives. */
function endOf(message: OrderMessage): number {
  return ENDS[textOf(message.status)] ?? -1;
}

/** RejectReason of an order's end. */
export function reasonOf(end: OrderMessage): number {
  if (endOf(end) === ReportKind.REJECTED) return reasonOfNames([textOf(end.reject_reason), textOf(end.reject_message)]);
  const why = `${textOf(end.cancel_reason)} ${textOf(end.cancel_message)} ${textOf(end.reject_reason)}`;
  return /post.?only/i.test(why) ? RejectReason.WOULD_MATCH : RejectReason.NONE;
}
