/**
 * What is said of orders, whoever heard it: the private stream, the answer to the order, or a query. An order is
 * acknowledged once, a fill is told once, and its end is told once, in whichever order the messages come.
 */
import { AMOUNT_DECIMALS, rescale } from '../model/decimal.js';
import { RejectReason, ReportKind } from '../record/codes.js';
import { amountOf, scaledOf } from './amounts.js';
import type { GatewayHost, GatewayOptions } from './contract.js';
import type { ReportWriter } from './report-writer.js';
import type { TrackedOrder, TrackedOrders } from './tracked-order.js';

/** One trade of ours in the venue's words; numbers as text. */
export interface TradeFacts {
  /** What tells it from any other trade of its order. */
  readonly executionId: string;
  /** The same as a number of at most 53 bits. By it the executor knows what it has counted, whoever tells it and also after a gateway has died. */
  readonly number: number;
  readonly price: string;
  readonly qty: string;
  /** Quote amount; '' where it is not told: then price × quantity, rounded down. */
  readonly cost: string;
  readonly maker: boolean;
  /** Charged; negative = paid to us. */
  readonly fee: string;
  /** Canonical code; '' = the quote asset. */
  readonly feeAsset: string;
}

/** What it needs of a gateway's options. */
export interface ReportOptions extends Pick<GatewayOptions, 'assetIndex'> {
  readonly host: Pick<GatewayHost, 'count'>;
}

export class OrderReports {
  constructor(private readonly options: ReportOptions, private readonly orders: TrackedOrders, private readonly writer: ReportWriter) {}

  /** The venue has the order. */
  acknowledge(order: TrackedOrder, tsVenueNs: number, nowNs: number): void {
    order.unknown = false;
    if (order.acknowledged || order.done) return;
    order.acknowledged = true;
    this.options.host.count('acks');
    this.report(order, ReportKind.ACK, RejectReason.NONE, 0, tsVenueNs, nowNs);
  }

  fill(order: TrackedOrder, trade: TradeFacts, nowNs: number): void {
    const { host } = this.options;
    if (order.executions.has(trade.executionId)) {
      host.count('duplicateFills');
      return;
    }
    const { pair, index } = order.instrument;
    const price = scaledOf(trade.price, pair.priceScale);
    const qty = scaledOf(trade.qty, pair.qtyScale);
    const quoteAmount = trade.cost === '' ? rescale(BigInt(price) * BigInt(qty), pair.priceScale + pair.qtyScale, AMOUNT_DECIMALS) : amountOf(trade.cost);
    const { quote } = order.instrument;
    const feeAsset = trade.feeAsset === '' ? quote.index : this.options.assetIndex(trade.feeAsset);
    // A fee in an asset the engine keeps no account of (fee credits) cannot be booked; the trade is.
    const fee = trade.fee === '' || feeAsset === undefined ? 0n : amountOf(trade.fee);
    order.executions.add(trade.executionId);
    order.cumQty += qty;
    host.count('fills');
    this.writer.write({
      type: 'fill', instrument: index, orderId: order.orderId, sell: order.side === 1, maker: trade.maker, tradeId: trade.number, price, qty, quoteAmount,
      feeAsset: feeAsset ?? quote.index, fee, tsRecvNs: nowNs,
    });
  }

  /** The order's end. @param cumQty filled in total as the venue says */
  finish(order: TrackedOrder, kind: number, reason: number, cumQty: number, tsVenueNs: number, nowNs: number): void {
    if (order.done) return;
    this.orders.finish(order);
    this.report(order, kind, reason, cumQty, tsVenueNs, nowNs);
  }

  /** Cancelled: by us, or by the venue because the order was not to rest. */
  cancelled(order: TrackedOrder, why: string, cumQty: number, tsVenueNs: number, nowNs: number): void {
    const byItself = order.immediate && order.cancelSentNs < 0;
    const reason = /post only/i.test(why) ? RejectReason.WOULD_MATCH : RejectReason.NONE;
    this.finish(order, byItself ? ReportKind.EXPIRED : ReportKind.CANCELLED, reason, cumQty, tsVenueNs, nowNs);
  }

  /** Nobody can say what became of it; told once until something is heard. */
  unknown(order: TrackedOrder, nowNs: number): void {
    if (order.unknown || order.done) return;
    order.unknown = true;
    this.report(order, ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, nowNs);
  }

  /** Orders whose answers are overdue are unknown. */
  doubtOverdue(nowNs: number): void {
    for (const order of this.orders.live) {
      if (order.answerDueNs < 0 || nowNs < order.answerDueNs) continue;
      order.answerDueNs = -1;
      this.unknown(order, nowNs);
    }
  }

  report(order: TrackedOrder, kind: number, reason: number, cumQty: number, tsVenueNs: number, nowNs: number): void {
    if (kind === ReportKind.REJECTED) this.options.host.count('rejects');
    this.writer.write({
      type: 'report', instrument: order.instrument.index, orderId: order.orderId, kind, reason, cumQty, tsSentNs: order.sentNs, tsVenueNs, tsRecvNs: nowNs,
    });
  }
}
