/**
 * The order desk: what fills, reports, silence and lost connections do to orders, and what is asked of the venues.
 *
 * * A fill counts once per (order, trade id), in whatever state its order is.
 * * A terminal report whose quantity exceeds the fills seen waits for them; if they do not come the venue is asked.
 * * Silence, a lost connection and an unclear answer make an order UNKNOWN: it is asked for, with growing pauses, until
 *   the venue says what became of it. It is never sent again.
 * * "Not found" is believed only after a grace period and not at the first time: a query can overtake its order.
 */
import { NO_INSTRUMENT, Flag, OrderAction, OrderState, RejectReason, ReportKind, TimeInForce, VenueState } from '../record/codes.js';
import { OrderCommand, type ExecutionReport, type Fill, type VenueStatus } from '../record/records.js';
import type { RecordSink, SlotViews } from '../record/slot.js';
import type { InstrumentAmounts } from '../position/amounts.js';
import type { FactWriter } from './fact-writer.js';
import { nextState, OrderEvent } from './order-state.js';
import type { Order } from './orders.js';
import type { Outbox } from './outbox.js';
import type { ExecutionState } from './state.js';

export interface DeskTimings {
  /** Silence that makes an order UNKNOWN. */
  readonly answerNs: number;
  /** Wait for fills that a report has announced. */
  readonly fillGraceNs: number;
  /** "Not found" is not believed while the order, or the connection, is younger: longer than a venue takes an order for (5 s at most; a swap has a deadline of its own). */
  readonly notFoundGraceNs: number;
  /** First pause between two queries of one order; doubles up to the last. */
  readonly queryNs: number;
  readonly queryMaxNs: number;
}

export const DESK_TIMINGS: DeskTimings = { answerNs: 2e9, fillGraceNs: 100e6, notFoundGraceNs: 6e9, queryNs: 200e6, queryMaxNs: 5e9 };

/** Answers "not found" it takes: for an order the venue has never mentioned, for one it once had. */
const NOT_FOUND_NEW = 2;
const NOT_FOUND_SEEN = 5;

/** What the desk has met; stable names. */
export interface DeskCounters {
  duplicateFills: number;
  orphanFills: number;
  overfills: number;
  malformedFills: number;
  orphanReports: number;
  timeouts: number;
  queries: number;
  contradictions: number;
  lateFills: number;
}

export class OrderDesk {
  readonly counters: DeskCounters = { duplicateFills: 0, orphanFills: 0, overfills: 0, malformedFills: 0, orphanReports: 0, timeouts: 0, queries: 0, contradictions: 0, lateFills: 0 };
  private readonly command: OrderCommand;
  private readonly upSinceNs: Float64Array;

  constructor(
    private readonly state: ExecutionState,
    private readonly facts: FactWriter,
    private readonly outbox: Outbox,
    sink: RecordSink,
    private readonly amounts: readonly InstrumentAmounts[],
    /** Value in the instrument's pair quote of a fee in an asset that is neither its base nor its quote; 0 = unknown. */
    private readonly feeValue: (instrument: number, asset: number, fee: bigint) => bigint,
    private readonly timings: DeskTimings,
  ) {
    this.command = new OrderCommand(sink.views);
    this.upSinceNs = new Float64Array(state.gatewayUp.length);
  }

  /** The order is recorded and leaves with the next flush. */
  onSend(order: Order, nowNs: number): void {
    this.move(order, OrderEvent.SEND, RejectReason.NONE, nowNs);
    order.checkAtNs = nowNs + this.timings.answerNs;
  }

  onFill(fill: Fill, views: SlotViews, nowNs: number): void {
    const { counters } = this;
    const order = this.state.orders.find(fill.orderId);
    if (order === undefined) {
      counters.orphanFills++;
      return;
    }
    if (fill.venue !== order.venue || !Number.isSafeInteger(fill.qty) || fill.qty <= 0 || !Number.isSafeInteger(fill.price) || fill.price <= 0 || (fill.fee !== 0n && fill.feeAsset >= this.state.positions.assets)) {
      counters.malformedFills++;
      return;
    }
    if (order.tradeIds.includes(fill.tradeId)) {
      counters.duplicateFills++;
      return;
    }
    if (order.cumQty + fill.qty > order.qty) {
      counters.overfills++; // a limit order cannot overfill: the same trade under another id
      return;
    }
    const amounts = this.amounts[order.instrument];
    if (order.finished) counters.lateFills++;
    if (fill.fee !== 0n && fill.feeAsset !== amounts.base && fill.feeAsset !== amounts.quote) this.facts.feeValued(this.feeValue(order.instrument, fill.feeAsset, fill.fee));
    this.facts.filled(views, fill.at, order, amounts);
    const event = order.cumQty === order.qty ? OrderEvent.FILL_ALL : OrderEvent.FILL;
    const next = nextState(order.state, event);
    this.enter(order, next, next === order.state ? order.reason : RejectReason.NONE, nowNs);
    if (order.pendingEvent >= 0 && order.cumQty >= order.pendingCumQty) this.move(order, order.pendingEvent, order.pendingReason, nowNs);
  }

  onReport(report: ExecutionReport, nowNs: number): void {
    const order = this.state.orders.find(report.orderId);
    if (order === undefined || order.venue !== report.venue) {
      this.counters.orphanReports++;
      return;
    }
    if (report.venueOrderId !== 0) order.venueOrderId = report.venueOrderId;
    switch (report.kind) {
      case ReportKind.ACK:
      case ReportKind.OPEN:
      case ReportKind.PARTIAL:
        return this.onAlive(order, report.cumQty, nowNs);
      case ReportKind.REJECTED:
        if (report.reason === RejectReason.DUPLICATE_ID) return this.move(order, OrderEvent.UNKNOWN, report.reason, nowNs); // then it is there
        if (order.cumQty > 0) return this.contradicted(order, nowNs);
        return this.move(order, OrderEvent.REJECTED, report.reason, nowNs);
      case ReportKind.CANCELLED: return this.onTerminal(order, OrderEvent.CANCELLED, report.reason, report.cumQty, nowNs);
      case ReportKind.EXPIRED: return this.onTerminal(order, OrderEvent.EXPIRED, report.reason, report.cumQty, nowNs);
      case ReportKind.FILLED: return this.onTerminal(order, OrderEvent.FILL_ALL, report.reason, order.qty, nowNs);
      case ReportKind.UNKNOWN: return this.move(order, OrderEvent.UNKNOWN, report.reason, nowNs);
      case ReportKind.NOT_FOUND: return this.onNotFound(order, nowNs);
      case ReportKind.CANCEL_REJECTED: return this.move(order, OrderEvent.CANCEL_REJECTED, report.reason, nowNs);
      default:
        this.counters.orphanReports++;
    }
  }

  /** A gateway came or went: what was under way on it has to be asked for. */
  onGateway(status: VenueStatus, views: SlotViews, nowNs: number): void {
    const up = status.state === VenueState.UP;
    this.facts.gateway(views, status.at);
    if (up) this.upSinceNs[status.venue] = nowNs;
    this.doubtAll(status.venue, nowNs);
  }

  /** Every unfinished order of a venue (-1 = of all) is UNKNOWN from now on, and asked for where the gateway is up. */
  doubtAll(venue: number, nowNs: number): void {
    const { open } = this.state.orders;
    for (let i = open.length - 1; i >= 0; i--) {
      const order = open[i];
      if (venue >= 0 && order.venue !== venue) continue;
      order.pendingEvent = -1;
      if (order.state === OrderState.UNKNOWN) this.ask(order, nowNs, true);
      else this.move(order, OrderEvent.UNKNOWN, RejectReason.NONE, nowNs);
    }
  }

  onTimer(nowNs: number): void {
    const { open } = this.state.orders;
    for (let i = open.length - 1; i >= 0; i--) {
      const order = open[i];
      if (nowNs < order.checkAtNs) continue;
      if (order.state === OrderState.UNKNOWN) this.ask(order, nowNs, false);
      else {
        this.counters.timeouts++;
        this.move(order, OrderEvent.UNKNOWN, order.reason, nowNs);
      }
    }
  }

  cancelAll(nowNs: number): void {
    const { open } = this.state.orders;
    for (let i = open.length - 1; i >= 0; i--) this.cancel(open[i], nowNs);
  }

  private cancel(order: Order, nowNs: number): void {
    order.cancelWanted = true;
    if (order.state === OrderState.UNKNOWN || order.state === OrderState.CANCEL_SENT) return; // the answer decides what then
    if (this.state.gatewayUp[order.venue] === 0 || !this.tell(order, OrderAction.CANCEL, nowNs)) return;
    this.move(order, OrderEvent.CANCEL, RejectReason.NONE, nowNs);
    order.checkAtNs = nowNs + this.timings.answerNs;
  }

  private onAlive(order: Order, cumQty: number, nowNs: number): void {
    if (order.finished && cumQty > order.cumQty) return this.contradicted(order, nowNs);
    this.move(order, order.cumQty > 0 ? OrderEvent.ALIVE_FILLED : OrderEvent.ALIVE, RejectReason.NONE, nowNs);
    if (order.finished || order.state === OrderState.UNKNOWN || order.state === OrderState.CANCEL_SENT) return;
    if (cumQty > order.cumQty) order.checkAtNs = nowNs + this.timings.fillGraceNs;
    else order.checkAtNs = order.tif === TimeInForce.GTC ? Infinity : nowNs + this.timings.answerNs;
    if (order.cancelWanted) this.cancel(order, nowNs);
  }

  private onTerminal(order: Order, event: number, reason: number, cumQty: number, nowNs: number): void {
    if (cumQty <= order.cumQty) return this.move(order, event, reason, nowNs);
    if (order.finished) return this.contradicted(order, nowNs);
    order.pendingEvent = event;
    order.pendingReason = reason;
    order.pendingCumQty = cumQty;
    if (order.state !== OrderState.UNKNOWN) order.checkAtNs = nowNs + this.timings.fillGraceNs;
  }

  private onNotFound(order: Order, nowNs: number): void {
    if (order.state !== OrderState.UNKNOWN) return; // answers an older question
    const youngest = Math.max(order.tsSentNs, this.upSinceNs[order.venue]);
    if (nowNs - youngest < this.timings.notFoundGraceNs) return;
    order.notFounds++;
    const wasThere = order.seenAlive || order.cumQty > 0;
    if (order.notFounds < (wasThere ? NOT_FOUND_SEEN : NOT_FOUND_NEW)) return;
    if (wasThere) this.move(order, OrderEvent.CANCELLED, RejectReason.UNKNOWN_ORDER, nowNs);
    else this.move(order, OrderEvent.NEVER_ARRIVED, RejectReason.NEVER_ARRIVED, nowNs);
  }

  private contradicted(order: Order, nowNs: number): void {
    this.counters.contradictions++;
    this.move(order, OrderEvent.CONTRADICTION, RejectReason.NONE, nowNs);
  }

  private move(order: Order, event: number, reason: number, nowNs: number): void {
    const next = nextState(order.state, event);
    if (next !== order.state) this.enter(order, next, reason, nowNs);
  }

  private enter(order: Order, state: number, reason: number, nowNs: number): void {
    const was = order.state;
    this.facts.moved(order, state, reason, nowNs);
    if (order.finished) order.pendingEvent = -1;
    if (state === OrderState.UNKNOWN && was !== OrderState.UNKNOWN) this.ask(order, nowNs, true);
  }

  /** Ask the venue what became of an order. @param afresh the pauses start anew */
  private ask(order: Order, nowNs: number, afresh: boolean): void {
    if (afresh) {
      order.queries = 0;
      order.notFounds = 0;
    }
    order.checkAtNs = nowNs + Math.min(this.timings.queryNs * 2 ** Math.min(order.queries, 20), this.timings.queryMaxNs);
    if (this.state.gatewayUp[order.venue] === 0 || !this.tell(order, OrderAction.QUERY, nowNs)) return;
    order.queries++;
    this.counters.queries++;
  }

  private tell(order: Order, action: number, nowNs: number): boolean {
    const at = this.outbox.slot();
    if (at < 0) return false;
    const command = this.command.begin(at, order.sell ? Flag.SELL : 0, order.venue, order.instrument);
    command.action = action;
    command.tif = order.tif;
    command.orderId = order.orderId;
    command.basketId = order.basketId;
    command.frame = order.frame;
    command.price = order.price;
    command.qty = order.qty;
    command.tsCauseNs = order.tsCauseNs;
    command.tsDecidedNs = nowNs;
    command.venueOrderId = order.venueOrderId;
    return true;
  }

  /** Ask something of a venue as a whole: CANCEL_ALL, BALANCES. */
  tellVenue(venue: number, action: number, nowNs: number): boolean {
    const at = this.outbox.slot();
    if (at < 0) return false;
    const command = this.command.begin(at, 0, venue, NO_INSTRUMENT);
    command.action = action;
    command.tif = 0;
    command.orderId = 0;
    command.basketId = 0;
    command.frame = 0;
    command.price = 0;
    command.qty = 0;
    command.tsCauseNs = nowNs;
    command.tsDecidedNs = nowNs;
    command.venueOrderId = 0;
    return true;
  }
}
