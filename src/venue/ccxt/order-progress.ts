/**
 * What becomes of our orders, from whichever call or stream tells it first. All fills of an order are told before its end;
 * its end is told once. An order that was to trade at once or not at all and is found resting is cancelled: not every
 * exchange honours what it accepts.
 */
import type { Order, Trade } from 'ccxt';
import { formatTrimmed } from '../../model/decimal.js';
import { RejectReason, ReportKind } from '../../record/codes.js';
import type { OutgoingOrder } from '../contract.js';
import type { GatewayDriverOptions } from '../driven.js';
import type { OrderReports } from '../order-reports.js';
import { hashOf } from '../text-hash.js';
import { pick, type TrackedOrder, type TrackedOrders } from '../tracked-order.js';
import { isA, messageOf } from './errors.js';
import { roundedDown, textOf } from './exact.js';
import type { OrderCalls } from './order-calls.js';
import { carries, feeOf, hasEnded, isPlausible, REJECTED, tradeFacts, wireIdOf } from './order-words.js';

/** Polls of an order that should have ended, and of one that may rest, where no stream tells. */
const SOON_NS = 150e6;
const LATER_NS = 2e9;
/** An order that was not to rest may show as open for this long. */
const RESTING_NS = 1.5e9;
/** Longer than the library waits for an answer: an order that nobody knows of by then never arrived. */
const SETTLED_NS = 15e9;
/** Trades appear a little after the order they belong to. */
const TRADE_ATTEMPTS_MAX = 6;
const TRADE_PAUSE_MS = 150;
/** Orders of which trades came before their number was known. */
const STRAYS_MAX = 256;

/** What is asked of the exchange here. */
export type ExchangeCalls = Pick<OrderCalls, 'find' | 'trades' | 'cancel' | 'listsTrades'>;

interface Course {
  readonly qty: number;
  /** Given to the library then; 0: by a predecessor. */
  readonly handedNs: number;
  readonly handedUnixMs: number;
  /** The library has not answered yet. */
  pending: boolean;
  /** The executor waits for an answer. */
  asked: boolean;
  busy: boolean;
  collecting: boolean;
  seenNs: number;
  /** Look again then. */
  dueNs: number;
  polls: number;
  /** The operator knows that nobody can say what became of it. */
  givenUp: boolean;
}

export class OrderProgress {
  private readonly courses = new WeakMap<TrackedOrder, Course>();
  private readonly strays = new Map<string, Trade[]>();
  /** The exchange has shown an order's client id: only then what is not listed is not there. */
  private echoes = false;
  private readonly startedNs: number;

  /** @param streams whether orders and trades are streamed: polls are rarer then */
  constructor(private readonly options: GatewayDriverOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports, private readonly calls: ExchangeCalls, private readonly streams: boolean) {
    this.startedNs = options.host.nowNs();
  }

  /** An order is given to the library. */
  begin(outgoing: OutgoingOrder, nowNs: number): TrackedOrder {
    // When the library writes it to a socket it does not say: 0.
    const order = this.orders.add({ ...pick(outgoing), sentNs: 0 });
    this.courses.set(order, this.course(outgoing.qty, nowNs, true));
    return order;
  }

  /** The library has answered. */
  answered(order: TrackedOrder): void {
    this.courseOf(order).pending = false;
  }

  ask(outgoing: OutgoingOrder): void {
    let order = this.orders.get(outgoing.orderId);
    if (order === undefined) {
      order = this.orders.add({ ...pick(outgoing), sentNs: 0 });
      this.courses.set(order, this.course(outgoing.qty, 0, false));
    }
    this.askTracked(order);
  }

  askTracked(order: TrackedOrder): void {
    const course = this.courseOf(order);
    course.asked = true;
    if (!course.busy) void this.poll(order, course);
  }

  onTimer(nowNs: number): void {
    for (const order of this.orders.live) {
      const course = this.courseOf(order);
      if (nowNs >= course.dueNs && !course.busy && !course.pending) void this.poll(order, course);
    }
  }

  /** A stream broke: whatever it should have said is asked for. */
  lostSight(nowNs: number): void {
    for (const order of this.orders.live) this.courseOf(order).dueNs = nowNs;
  }

  /** Whoever's order it is. */
  onStreamedOrder(told: Order): void {
    const order = this.orders.byVenue(told.id ?? '') ?? [...this.orders.live].find(({ clientOrderId }) => carries(told, wireIdOf(clientOrderId)));
    if (order === undefined) this.options.host.count('unknownOrder');
    else this.observe(order, told);
  }

  onStreamedTrade(trade: Trade): void {
    const id = trade.order ?? '';
    const order = this.orders.byVenue(id);
    if (order !== undefined) this.onHint(order, trade);
    else if (id !== '') {
      this.strays.set(id, [...(this.strays.get(id) ?? []), trade]);
      if (this.strays.size > STRAYS_MAX) this.strays.delete(this.strays.keys().next().value!);
    }
  }

  /** An order as some call or stream gives it; what it leaves out says nothing. */
  observe(order: TrackedOrder, told: Order): void {
    const nowNs = this.options.host.nowNs();
    const course = this.courseOf(order);
    this.name(order, told);
    for (const trade of told.trades ?? []) this.onHint(order, trade);
    if (!hasEnded(told)) {
      if (told.status === 'open') this.onOpen(order, course, nowNs);
      return;
    }
    const filled = told.filled === undefined && told.status === REJECTED ? 0 : roundedDown(Number(told.filled), order.instrument.pair.qtyScale);
    if (Number.isNaN(filled)) course.dueNs = nowNs;
    else if (filled <= order.cumQty) this.end(order, course, told, filled);
    else void this.collect(order, course, told, filled);
  }

  /** Nobody can say what became of it; the executor asks. */
  doubt(order: TrackedOrder): void {
    order.unknown = false;
    this.reports.unknown(order, this.options.host.nowNs());
    this.options.host.onReported();
  }

  private name(order: TrackedOrder, told: Order): void {
    if (carries(told, wireIdOf(order.clientOrderId))) this.echoes = true;
    if (told.id === undefined) return;
    this.orders.name(order, told.id);
    const strays = this.strays.get(told.id) ?? [];
    this.strays.delete(told.id);
    for (const trade of strays) this.onHint(order, trade);
  }

  private onOpen(order: TrackedOrder, course: Course, nowNs: number): void {
    if (order.done) return;
    if (course.seenNs === 0) course.seenNs = nowNs;
    this.reports.acknowledge(order, 0, nowNs);
    if (course.asked) {
      course.asked = false;
      this.reports.report(order, ReportKind.OPEN, RejectReason.NONE, order.cumQty, 0, nowNs);
    }
    if (order.immediate && nowNs - course.seenNs > RESTING_NS) this.takeBack(order);
    this.options.host.onReported();
  }

  /** It rests though it was not to. */
  private takeBack(order: TrackedOrder): void {
    this.options.host.report('warn', 'CCXT_ORDER_RESTS', `${order.instrument.venue.id} lets order ${order.clientOrderId} rest though it was to trade at once; it is cancelled`);
    this.calls.cancel(order).catch(() => this.options.host.count('requestErrors'));
  }

  /** A trade that did not come from the exchange's list of them: where that would tell better, it is left to the list. */
  private onHint(order: TrackedOrder, trade: Trade): void {
    if (!this.calls.listsTrades || isPlausible(trade, order.instrument)) this.onTrade(order, trade);
  }

  private onTrade(order: TrackedOrder, trade: Trade): void {
    const { host } = this.options;
    try {
      const facts = tradeFacts(trade, order.instrument);
      if (order.done || order.executions.has(facts.executionId)) return;
      this.reports.acknowledge(order, 0, host.nowNs());
      this.reports.fill(order, facts, host.nowNs());
    } catch {
      host.count('malformed');
    }
    host.onReported();
  }

  private async poll(order: TrackedOrder, course: Course): Promise<void> {
    const { host } = this.options;
    course.busy = true;
    course.polls++;
    try {
      const told = await this.calls.find(order, course.handedUnixMs);
      if (told === undefined) this.onMissing(order, course);
      else this.observe(order, told);
    } catch (error) {
      host.count('requestErrors');
      host.report('warn', 'CCXT_CALL', `${order.instrument.venue.id} order ${order.clientOrderId}: ${messageOf(error)}`);
      this.unanswered(order, course);
    } finally {
      course.busy = false;
      const pauseNs = order.immediate && !this.streams ? SOON_NS : LATER_NS;
      course.dueNs = host.nowNs() + Math.min(LATER_NS * 8, pauseNs * 2 ** Math.min(course.polls - 1, 8));
    }
  }

  private onMissing(order: TrackedOrder, course: Course): void {
    if (!course.asked) return;
    const { host } = this.options;
    const nowNs = host.nowNs();
    const settled = !course.pending && nowNs - Math.max(course.handedNs, this.startedNs) > SETTLED_NS;
    if (!settled) {
      this.unanswered(order, course);
      return;
    }
    if (order.venueOrderId === '' && !this.echoes) {
      if (!course.givenUp) host.report('error', 'CCXT_ORDER_LOST', `${order.instrument.venue.id} order ${order.clientOrderId} was not answered, and the exchange does not show the ids it is given: look at the account`);
      course.givenUp = true;
      this.unanswered(order, course);
      return;
    }
    course.asked = false;
    this.reports.report(order, ReportKind.NOT_FOUND, RejectReason.NONE, 0, 0, nowNs);
    if (order.executions.size === 0) this.orders.finish(order);
    host.onReported();
  }

  private unanswered(order: TrackedOrder, course: Course): void {
    if (!course.asked) return;
    course.asked = false;
    this.doubt(order);
  }

  /** It has ended with more filled than was told of: its trades come by the stream, or are asked for. */
  private async collect(order: TrackedOrder, course: Course, told: Order, filled: number): Promise<void> {
    if (course.collecting) return;
    course.collecting = true;
    try {
      const { listsTrades } = this.calls;
      for (let attempt = this.streams ? 1 : 0; attempt <= TRADE_ATTEMPTS_MAX && order.cumQty < filled; attempt++) {
        if (attempt > 0) await new Promise<void>((resolve) => void setTimeout(resolve, TRADE_PAUSE_MS * attempt));
        if (order.cumQty >= filled || !listsTrades) continue;
        for (const trade of await this.calls.trades(order, course.handedUnixMs)) this.onTrade(order, trade);
      }
      if (order.cumQty < filled && !listsTrades) this.derive(order, told, filled);
    } catch (error) {
      this.options.host.count(isA(error, 'BaseError') ? 'requestErrors' : 'malformed');
    } finally {
      course.collecting = false;
    }
    if (order.cumQty >= filled) this.end(order, course, told, filled);
    else {
      course.asked = false;
      this.doubt(order);
    }
  }

  /** The exchange tells no trades: what the order says of itself is one. */
  private derive(order: TrackedOrder, told: Order, filled: number): void {
    const { host } = this.options;
    const first = order.cumQty === 0;
    const fee = first ? feeOf(told) : undefined;
    const executionId = `${told.id ?? order.clientOrderId} ${filled}`;
    this.reports.fill(order, {
      executionId, number: hashOf(executionId), price: textOf(told.average ?? told.price), qty: formatTrimmed(filled - order.cumQty, order.instrument.pair.qtyScale),
      cost: first ? textOf(told.cost) : '', maker: false, fee: textOf(fee?.cost), feeAsset: fee?.currency ?? '',
    }, host.nowNs());
  }

  private end(order: TrackedOrder, course: Course, told: Order, filled: number): void {
    const nowNs = this.options.host.nowNs();
    const rejected = told.status === REJECTED && filled === 0;
    if (!rejected) this.reports.acknowledge(order, 0, nowNs);
    const kind = rejected ? ReportKind.REJECTED : filled >= course.qty ? ReportKind.FILLED : order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : ReportKind.CANCELLED;
    const reason = rejected ? RejectReason.VENUE_OTHER : RejectReason.NONE;
    order.unknown = false;
    if (!order.done) this.reports.finish(order, kind, reason, filled, 0, nowNs);
    else if (course.asked) this.reports.report(order, kind, reason, filled, 0, nowNs);
    course.asked = false;
    this.options.host.onReported();
  }

  private course(qty: number, handedNs: number, pending: boolean): Course {
    const { host } = this.options;
    const dueNs = handedNs + (this.streams ? LATER_NS : SOON_NS);
    return { qty, handedNs, handedUnixMs: handedNs === 0 ? Number(this.options.epochUnixNs / 1_000_000n) : host.unixMs(), pending, asked: false, busy: false, collecting: false, seenNs: 0, dueNs, polls: 0, givenUp: false };
  }

  private courseOf(order: TrackedOrder): Course {
    return this.courses.get(order)!;
  }
}
