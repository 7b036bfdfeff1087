/** What answers and events say of an order, told once: the placement's answer and the execution reports say the same in either order. */
import { parseScaled } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import { splitEpoch, type EpochParts } from '../scan-time.js';
import type { OrderReports } from './order-reports.js';
import { isFinal, STATUS_KIND, type ExecutionEvent, type OrderResult, type TradeResult } from './private-messages.js';
import { TrackedOrders, type TrackedOrder } from './tracked-order.js';
import { rejectReasonOf } from './venue-error.js';

export class OrderProgress {
  readonly orders = new TrackedOrders();
  private readonly bySymbol: Map<string, Instrument>;
  private readonly epoch: EpochParts;

  constructor(private readonly options: GatewayOptions, private readonly reports: OrderReports) {
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.epoch = splitEpoch(options.epochUnixNs);
  }

  onPlaced(order: TrackedOrder, result: OrderResult, nowNs: number): void {
    this.ack(order, result.orderId ?? 0, result.transactTime ?? 0, nowNs);
    for (const trade of result.fills ?? []) this.fill(order, trade, nowNs);
    this.onStatus(order, result, nowNs, false);
  }

  /** What is known already is not said again, unless it was asked for. */
  onStatus(order: TrackedOrder, result: OrderResult, nowNs: number, asked: boolean): void {
    const kind = STATUS_KIND[result.status ?? ''];
    if (kind === undefined) {
      // ACK-type answers tell no status.
      if (asked) this.say(order, ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, nowNs);
      return;
    }
    if (!asked && (order.finished || kind === ReportKind.OPEN)) return;
    const cumQty = this.qty(order, result.executedQty);
    if (isFinal(kind)) order.finished = true;
    order.venueOrderId = result.orderId ?? order.venueOrderId;
    this.say(order, kind, RejectReason.NONE, cumQty, result.transactTime ?? result.updateTime ?? 0, nowNs);
  }

  /** All trades are told again: the one who asks has lost track, and knows duplicates by their id. */
  onTrades(order: TrackedOrder, status: OrderResult, trades: unknown, nowNs: number): void {
    for (const trade of Array.isArray(trades) ? (trades as TradeResult[]) : []) {
      const id = trade.id ?? trade.tradeId;
      if (id !== undefined) order.trades.delete(id);
      this.fill(order, trade, nowNs);
    }
    this.onStatus(order, status, nowNs, true);
  }

  onExecution(event: ExecutionEvent, nowNs: number): void {
    const orderId = this.options.orderIdOf((event.C === undefined || event.C === '' ? event.c : event.C) ?? '');
    const instrument = this.bySymbol.get(event.s ?? '');
    if (orderId === undefined || instrument === undefined) return this.options.host.count('unknownOrder');
    const order = this.orders.track(orderId, instrument, event.S === 'SELL');
    try {
      this.onEvent(order, event, nowNs);
    } catch {
      // A number in it is none, or too precise to be booked: what has become of the order is not known.
      this.options.host.count('malformed');
      this.say(order, ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, nowNs);
    }
  }

  private onEvent(order: TrackedOrder, event: ExecutionEvent, nowNs: number): void {
    const timeMs = event.T ?? 0;
    if (event.x === 'NEW') return this.ack(order, event.i ?? 0, timeMs, nowNs);
    if (event.x === 'TRADE') {
      this.ack(order, event.i ?? 0, timeMs, nowNs);
      this.fill(order, { tradeId: event.t, price: event.L, qty: event.l, commission: event.n ?? '0', commissionAsset: event.N ?? '', isMaker: event.m }, nowNs);
    }
    if (event.x === 'REPLACED' || order.finished) return;
    const kind = STATUS_KIND[event.X ?? ''];
    if (kind === undefined || kind === ReportKind.OPEN) return;
    const cumQty = this.qty(order, event.z);
    if (isFinal(kind)) order.finished = true;
    order.venueOrderId = event.i ?? order.venueOrderId;
    this.say(order, kind, kind === ReportKind.REJECTED ? rejectReasonOf(event.r ?? '') : RejectReason.NONE, cumQty, timeMs, nowNs);
  }

  private ack(order: TrackedOrder, venueOrderId: number, timeMs: number, nowNs: number): void {
    if (order.acked) return;
    order.acked = true;
    order.venueOrderId = venueOrderId;
    this.options.host.count('acks');
    this.say(order, ReportKind.ACK, RejectReason.NONE, 0, timeMs, nowNs);
  }

  private fill(order: TrackedOrder, trade: TradeResult, nowNs: number): void {
    const { host } = this.options;
    const tradeId = trade.tradeId ?? trade.id;
    if (typeof tradeId !== 'number' || trade.price === undefined || trade.qty === undefined) return host.count('malformed');
    if (order.trades.has(tradeId)) return host.count('duplicateFills');
    this.reports.filled({
      instrument: order.instrument, orderId: order.orderId, tradeId, sell: order.sell, maker: trade.isMaker === true, price: trade.price, qty: trade.qty,
      commission: trade.commission ?? '0', commissionAsset: trade.commissionAsset ?? '', tsRecvNs: nowNs,
    });
    order.trades.add(tradeId);
    host.count('fills');
  }

  qty(order: TrackedOrder, text: string | undefined): number {
    return text === undefined ? 0 : parseScaled(text, order.instrument.pair.qtyScale);
  }

  say(order: TrackedOrder, kind: number, reason: number, cumQty: number, timeMs: number, nowNs: number): void {
    this.reports.say({
      instrument: order.instrument.index, orderId: order.orderId, kind, reason, cumQty, venueOrderId: order.venueOrderId, tsSentNs: order.tsSentNs,
      tsVenueNs: timeMs === 0 ? 0 : (timeMs - this.epoch.seconds * 1000) * 1e6 - this.epoch.nanos, tsRecvNs: nowNs,
    });
  }
}
