/**
 * What the `orders` channel says of the account's orders: one element a change, with the fill that caused it. It begins
 * without a snapshot and has no sequence, so a total that its fills do not come to means that some were missed.
 * Source: okx.com/docs-v5, "Order channel".
 */
import type { Instrument } from '../../model/instrument.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import { scaledOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import { splitEpoch, type EpochParts } from '../scan-time.js';
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import type { FillMessage, OrderMessage } from './private-messages.js';

/** state → what it means; what is not here is alive. */
const ENDS: Readonly<Record<string, number>> = { filled: ReportKind.FILLED, canceled: ReportKind.CANCELLED, mmp_canceled: ReportKind.CANCELLED };
/** cancelSource of a post-only order that would have taken. */
const WOULD_TAKE = '31';

export class OrderEvents {
  private readonly epoch: EpochParts;
  private readonly bySymbol: ReadonlyMap<string, Instrument>;

  /** @param onMissed fills of this order were missed: it has to be asked about */
  constructor(
    private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports,
    private readonly onMissed: (order: TrackedOrder, nowNs: number) => void,
  ) {
    this.epoch = splitEpoch(options.epochUnixNs);
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  onOrder(message: OrderMessage, nowNs: number): void {
    const order = this.find(message);
    if (order === undefined) return this.options.host.count('unknownOrder');
    const wasUnknown = order.unknown;
    const tsVenueNs = this.timeOf(message.uTime);
    order.answerDueNs = -1;
    this.reports.acknowledge(order, tsVenueNs, nowNs);
    const { tradeId = '', fillPx = '', fillSz = '', fillFee = '', fillFeeCcy = '', execType = '' } = message;
    if (tradeId !== '' && Number(fillSz) !== 0) this.fill(order, { tradeId, fillPx, fillSz, fee: fillFee, feeCcy: fillFeeCcy, execType }, nowNs);
    const cumQty = this.cumQty(order, message);
    if (cumQty > order.cumQty) {
      this.options.host.count('gaps');
      this.onMissed(order, nowNs);
      return;
    }
    const kind = this.kindOf(order, message);
    if (kind !== ReportKind.OPEN) this.reports.finish(order, kind, this.reasonOf(kind, message), cumQty, tsVenueNs, nowNs);
    else if (wasUnknown) this.reports.report(order, ReportKind.OPEN, RejectReason.NONE, cumQty, tsVenueNs, nowNs);
  }

  /** A trade, whoever tells it. A number that is none: it happened all the same, so the order has to be asked about. */
  fill(order: TrackedOrder, { tradeId = '', fillPx = '', fillSz = '', fee = '', feeCcy = '', execType }: FillMessage, nowNs: number): void {
    const number = Number(tradeId);
    try {
      if (tradeId === '' || !Number.isSafeInteger(number)) throw new Error('no id');
      this.reports.fill(order, { executionId: tradeId, number, price: fillPx, qty: fillSz, cost: '', maker: execType === 'M', fee: negated(fee), feeAsset: feeCcy }, nowNs);
    } catch {
      this.options.host.count('malformed');
      this.reports.unknown(order, nowNs);
    }
  }

  /** ReportKind of an order's state. What was to be immediate and is cancelled without our doing has expired. */
  kindOf(order: TrackedOrder, { state = '' }: OrderMessage): number {
    const kind = ENDS[state] ?? ReportKind.OPEN;
    return kind === ReportKind.CANCELLED && order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : kind;
  }

  reasonOf(kind: number, { cancelSource }: OrderMessage): number {
    return kind === ReportKind.CANCELLED && cancelSource === WOULD_TAKE ? RejectReason.WOULD_MATCH : RejectReason.NONE;
  }

  /** Filled in total. A text that is no number tells nothing. */
  cumQty(order: TrackedOrder, { accFillSz = '' }: OrderMessage): number {
    if (accFillSz === '') return order.cumQty;
    try {
      return scaledOf(accFillSz, order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return order.cumQty;
    }
  }

  /** Unix ms as ns since the epoch; 0 = not told. */
  timeOf(text: string | undefined): number {
    const ms = Number(text ?? 0);
    return ms > 0 ? (ms - this.epoch.seconds * 1000) * 1e6 - this.epoch.nanos : 0;
  }

  /** The order a message is about; one that a former gateway of this session sent is remembered from now on. */
  private find({ ordId = '', clOrdId = '', instId = '', side, ordType }: OrderMessage): TrackedOrder | undefined {
    const known = this.orders.byVenue(ordId);
    if (known !== undefined) return known;
    const number = this.options.orderIdOf(clOrdId);
    const instrument = this.bySymbol.get(instId);
    if (number === undefined || instrument === undefined) return undefined;
    const order = this.orders.get(number)
      ?? this.orders.add({ orderId: number, clientOrderId: clOrdId, instrument, side: side === 'sell' ? 1 : 0, immediate: ordType === 'ioc' || ordType === 'fok', sentNs: 0 });
    this.orders.name(order, ordId);
    return order;
  }
}

/** The venue writes what it charges as negative. */
function negated(fee: string): string {
  return fee.startsWith('-') ? fee.slice(1) : fee === '' ? '' : `-${fee}`;
}
