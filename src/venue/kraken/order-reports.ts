/**
 * What is said of orders, whoever heard it: the executions channel, the answer to the order, or a query. An order is
 * acknowledged once, a fill is told once, and its end is told once, in whichever order the messages come.
 */
import { formatScaled } from '../../model/decimal.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import { amountOf, scaledOf } from './amounts.js';
import { canonicalAsset } from './asset-names.js';
import type { ReportWriter } from './report-writer.js';
import type { TrackedOrder, TrackedOrders } from './tracked-order.js';

/** One trade of ours in the venue's words; numbers as text. */
export interface TradeFacts {
  /** `TXXXXX-YYYYY-ZZZZZZ`. */
  readonly executionId: string;
  /** Number of the public trade, '' where it is not told. */
  readonly tradeId: string;
  readonly price: string;
  readonly qty: string;
  /** Quote amount, '' where it is not told. */
  readonly cost: string;
  readonly maker: boolean;
  readonly fee: string;
  /** '' = the quote asset, which is the venue's default. */
  readonly feeAsset: string;
}

export class OrderReports {
  constructor(private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly writer: ReportWriter) {}

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
    const key = trade.executionId === '' ? `#${trade.tradeId}` : trade.executionId;
    if (order.executions.has(key)) {
      host.count('duplicateFills');
      return;
    }
    const { pair, index } = order.instrument;
    const price = scaledOf(trade.price, pair.priceScale);
    const qty = scaledOf(trade.qty, pair.qtyScale);
    const quoteAmount = trade.cost === '' ? costOf(price, qty, pair.priceScale + pair.qtyScale) : amountOf(trade.cost);
    const { quote } = order.instrument;
    const feeAsset = trade.feeAsset === '' ? quote.index : this.options.assetIndex(canonicalAsset(trade.feeAsset));
    // A fee in an asset the engine keeps no account of (fee credits) cannot be booked; the trade is.
    const fee = trade.fee === '' || feeAsset === undefined ? 0n : amountOf(trade.fee);
    order.executions.add(key);
    order.cumQty += qty;
    host.count('fills');
    this.writer.write({
      type: 'fill', instrument: index, orderId: order.orderId, sell: order.side === 1, maker: trade.maker, tradeId: tradeNumber(trade), price, qty, quoteAmount,
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

  report(order: TrackedOrder, kind: number, reason: number, cumQty: number, tsVenueNs: number, nowNs: number): void {
    if (kind === ReportKind.REJECTED) this.options.host.count('rejects');
    this.writer.write({
      type: 'report', instrument: order.instrument.index, orderId: order.orderId, kind, reason, cumQty, tsSentNs: order.sentNs, tsVenueNs, tsRecvNs: nowNs,
    });
  }
}

function costOf(price: number, qty: number, decimals: number): bigint {
  return amountOf(formatScaled(BigInt(price) * BigInt(qty), decimals));
}

/**
 * What tells a fill from another one of its order: 52 bits of the execution's id, which channel and REST both tell; the
 * public trade's number only where that is missing. One trade must have one number, whoever tells it: by it the executor
 * knows what it has counted, also after this gateway has died.
 */
function tradeNumber({ tradeId, executionId }: TradeFacts): number {
  if (executionId === '') return Number(tradeId);
  let high = 0x811c9dc5;
  let low = 0x1b873593;
  for (let i = 0; i < executionId.length; i++) {
    high = Math.imul(high ^ executionId.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ executionId.charCodeAt(i), 0x85ebca6b);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
