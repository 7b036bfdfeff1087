/**
 * What the topics `order` and `execution` say of the account's orders; either may come first. An order's state is told by
 * `order` alone; its trades by `execution`, several a message, each with its own fee currency. A cancel that loses against
 * a fill is told as a second `Filled`.
 * Source: bybit-exchange.github.io/docs/v5/websocket/private/order, "…/execution".
 */
import type { Instrument } from '../../model/instrument.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import { scaledOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderReports } from '../order-reports.js';
import { splitEpoch, type EpochParts } from '../scan-time.js';
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import type { ExecutionMessage, OrderMessage } from './private-messages.js';
import { tradeNumber } from './trade-number.js';
import { reasonOfText } from './venue-error.js';

/** orderStatus → what it means; what is not here is alive. `PartiallyFilledCanceled` is spot's word for a remainder that was cancelled. */
const ENDS: Readonly<Record<string, number>> = {
  Filled: ReportKind.FILLED, Cancelled: ReportKind.CANCELLED, PartiallyFilledCanceled: ReportKind.CANCELLED, Deactivated: ReportKind.CANCELLED, Rejected: ReportKind.REJECTED,
};

export class OrderEvents {
  private readonly epoch: EpochParts;
  private readonly bySymbol: ReadonlyMap<string, Instrument>;

  constructor(private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports) {
    this.epoch = splitEpoch(options.epochUnixNs);
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  onOrder(message: OrderMessage, nowNs: number): void {
    const order = this.find(message);
    if (order === undefined) return;
    const wasUnknown = order.unknown;
    const tsVenueNs = this.timeOf(message.updatedTime);
    const kind = this.kindOf(order, message);
    order.answerDueNs = -1;
    if (kind === ReportKind.REJECTED && !order.acknowledged) return this.reports.finish(order, kind, reasonOfText(message.rejectReason ?? ''), 0, tsVenueNs, nowNs);
    this.reports.acknowledge(order, tsVenueNs, nowNs);
    const cumQty = this.cumQty(order, message);
    if (kind !== ReportKind.OPEN) this.reports.finish(order, kind, this.reasonOf(kind, message), cumQty, tsVenueNs, nowNs);
    else if (wasUnknown) this.reports.report(order, ReportKind.OPEN, RejectReason.NONE, cumQty, tsVenueNs, nowNs);
  }

  onExecution(message: ExecutionMessage, nowNs: number): void {
    if (message.execType !== undefined && message.execType !== 'Trade') return;
    const order = this.find(message);
    if (order === undefined) return;
    order.answerDueNs = -1;
    this.reports.acknowledge(order, this.timeOf(message.execTime), nowNs);
    this.fill(order, message, nowNs);
  }

  /** A trade, whoever tells it. A number that is none: it happened all the same, so the order has to be asked about. */
  fill(order: TrackedOrder, message: ExecutionMessage, nowNs: number): void {
    const { execId = '', execPrice = '', execQty = '', execValue = '', execFee = '', isMaker } = message;
    try {
      if (execId === '') throw new Error('no id');
      this.reports.fill(order, {
        executionId: execId, number: tradeNumber(execId), price: execPrice, qty: execQty, cost: execValue, maker: isMaker === true, fee: execFee, feeAsset: this.feeAsset(order, message),
      }, nowNs);
    } catch {
      this.options.host.count('malformed');
      this.reports.unknown(order, nowNs);
    }
  }

  /** ReportKind of an order's state. What was to be immediate and is cancelled without our doing has expired. */
  kindOf(order: TrackedOrder, { orderStatus = '' }: OrderMessage): number {
    const kind = ENDS[orderStatus] ?? ReportKind.OPEN;
    return kind === ReportKind.CANCELLED && order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : kind;
  }

  reasonOf(kind: number, { rejectReason = '' }: OrderMessage): number {
    if (kind === ReportKind.REJECTED) return reasonOfText(rejectReason);
    return /PostOnly/.test(rejectReason) ? RejectReason.WOULD_MATCH : RejectReason.NONE;
  }

  /** Filled in total. A text that is no number tells nothing. */
  cumQty(order: TrackedOrder, { cumExecQty = '' }: OrderMessage): number {
    if (cumExecQty === '') return order.cumQty;
    try {
      return scaledOf(cumExecQty, order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return order.cumQty;
    }
  }

  /** The order a message is about; one that a former gateway of this session sent is remembered from now on. */
  private find({ orderId = '', orderLinkId = '', symbol = '', side, timeInForce = '' }: OrderMessage & ExecutionMessage): TrackedOrder | undefined {
    const known = this.orders.byVenue(orderId);
    if (known !== undefined) return known;
    const number = this.options.orderIdOf(orderLinkId);
    const instrument = this.bySymbol.get(symbol);
    if (number === undefined || instrument === undefined) {
      this.options.host.count('unknownOrder');
      return undefined;
    }
    // A trade does not say for how long its order is good: this engine's rest only when they are told to.
    const order = this.orders.get(number) ?? this.orders.add({ orderId: number, clientOrderId: orderLinkId, instrument, side: side === 'Sell' ? 1 : 0, immediate: timeInForce !== 'GTC', sentNs: 0 });
    this.orders.name(order, orderId);
    return order;
  }

  /** Spot fees are taken from what is received; a maker's rebate is paid in what is given. */
  private feeAsset({ instrument, side }: TrackedOrder, { feeCurrency = '', execFee = '', isMaker }: ExecutionMessage): string {
    if (feeCurrency !== '') return feeCurrency;
    const swapped = isMaker === true && execFee.startsWith('-');
    return (side === 0) !== swapped ? instrument.metadata.base : instrument.metadata.quote;
  }

  /** Unix ms as ns since the epoch; 0 = not told. */
  private timeOf(text: string | undefined): number {
    const ms = Number(text ?? 0);
    return ms > 0 ? (ms - this.epoch.seconds * 1000) * 1e6 - this.epoch.nanos : 0;
  }
}
