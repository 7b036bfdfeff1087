/**
 * What became of an order, by REST: the order itself, then the trades it had. All its fills are told before its state.
 *
 * "Not found" is final only once the venue would no longer take the order: until then it may still be on its way.
 */
import { RejectReason, ReportKind } from '../record/codes.js';
import type { OutgoingOrder } from './contract.js';
import type { OrderReports } from './order-reports.js';
import { pick, type TrackedOrder, type TrackedOrders } from './tracked-order.js';

/** A venue's REST answers about orders; F is an order in its words. */
export interface OrderArchive<F> {
  /**
   * Look an order up by our name for it. `onAnswer` is told what was found, undefined where the venue knows none of that
   * name; `answered` is false where nothing clear came back.
   */
  find(order: TrackedOrder, nowNs: number, onAnswer: (found: F | undefined, answered: boolean, nowNs: number) => void): void;
  /** Tell those of the order's trades that were not told yet, until its fills come to `filled` or there are no more. */
  tellTrades(order: TrackedOrder, filled: number, nowNs: number, onTold: (nowNs: number) => void, found: F): void;
  /** The venue's name for it. */
  idOf(found: F): string;
  /** Filled in total, at the pair's scale. */
  cumQty(order: TrackedOrder, found: F): number;
  /** ReportKind of its state. */
  kindOf(order: TrackedOrder, found: F): number;
  /** RejectReason of its end. */
  reasonOf(kind: number, found: F): number;
}

const RETRY_NS = 500e6;
/** Trades appear a little after the order they belong to. */
const TRADE_ATTEMPTS_MAX = 8;

interface Query {
  readonly order: TrackedOrder;
  attempts: number;
  /** Ask again then; -1: asked, or waiting to be. */
  dueNs: number;
}

export class OrderQuery<F> {
  private readonly queries = new Map<number, Query>();

  /**
   * @param settledNs how long after it was sent an order that nobody knows of will never be known, ns
   * @param attemptsMax how often the trades of an order are asked for
   */
  constructor(
    private readonly orders: TrackedOrders, private readonly reports: OrderReports, private readonly archive: OrderArchive<F>, private readonly settledNs: number,
    private readonly attemptsMax = TRADE_ATTEMPTS_MAX,
  ) {}

  ask(outgoing: OutgoingOrder, nowNs: number): void {
    this.askTracked(this.orders.get(outgoing.orderId) ?? this.orders.add({ ...pick(outgoing), sentNs: 0 }), nowNs);
  }

  askTracked(order: TrackedOrder, nowNs: number): void {
    if (this.queries.has(order.orderId)) return;
    const query: Query = { order, attempts: 0, dueNs: -1 };
    this.queries.set(order.orderId, query);
    this.look(query, nowNs);
  }

  onTimer(nowNs: number): void {
    for (const query of this.queries.values()) {
      if (query.dueNs < 0 || nowNs < query.dueNs) continue;
      query.dueNs = -1;
      this.look(query, nowNs);
    }
  }

  private look(query: Query, nowNs: number): void {
    this.archive.find(query.order, nowNs, (found, answered, answeredNs) => {
      if (found !== undefined) this.onFound(query, found, answeredNs);
      else if (answered) this.onMissing(query, answeredNs);
      else this.failed(query, answeredNs);
    });
  }

  private onMissing(query: Query, nowNs: number): void {
    const { order } = query;
    if (order.sentNs > 0 && nowNs - order.sentNs < this.settledNs && !order.done) {
      query.dueNs = Math.min(order.sentNs + this.settledNs, nowNs + RETRY_NS * 4);
      return;
    }
    this.queries.delete(order.orderId);
    this.reports.report(order, ReportKind.NOT_FOUND, RejectReason.NONE, 0, 0, nowNs);
    if (order.executions.size === 0) this.orders.finish(order);
  }

  private failed(query: Query, nowNs: number): void {
    this.queries.delete(query.order.orderId);
    query.order.unknown = false;
    this.reports.unknown(query.order, nowNs);
  }

  private onFound(query: Query, found: F, nowNs: number): void {
    const { order } = query;
    this.orders.name(order, this.archive.idOf(found));
    const filled = this.archive.cumQty(order, found);
    if (filled <= order.cumQty) return this.conclude(query, found, filled, nowNs);
    if (++query.attempts > this.attemptsMax) return this.failed(query, nowNs);
    this.archive.tellTrades(order, filled, nowNs, (toldNs) => {
      if (filled <= order.cumQty) this.conclude(query, found, filled, toldNs);
      else query.dueNs = toldNs + RETRY_NS;
    }, found);
  }

  private conclude(query: Query, found: F, filled: number, nowNs: number): void {
    const { order } = query;
    this.queries.delete(order.orderId);
    order.unknown = false;
    order.answerDueNs = -1;
    const kind = this.archive.kindOf(order, found);
    this.reports.report(order, kind, this.archive.reasonOf(kind, found), filled, 0, nowNs);
    if (kind === ReportKind.OPEN) order.acknowledged = true;
    else this.orders.finish(order);
  }
}
