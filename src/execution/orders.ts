/**
 * The orders the executor remembers: every unfinished one, and the latest finished ones, so that late and repeated
 * reports find their order. A fixed number of places, whose objects are made once and reused: an order stands at
 * `orderId mod places`. An id whose place is still taken by an unfinished order is skipped, so an unfinished order is
 * never forgotten.
 */
import { OrderState } from '../record/codes.js';
import { isTerminal } from './order-state.js';

const ORDER_ENTRIES = 8192;

export class Order {
  orderId = 0;
  basketId = 0;
  leg = 0;
  strategy = 0;
  instrument = 0;
  venue = 0;
  sell = false;
  tif = 0;
  price = 0;
  qty = 0;
  frame = 0;
  tsCauseNs = 0;
  tsSentNs = 0;
  /** OrderState */
  state = 0;
  /** RejectReason of the last move. */
  reason = 0;
  /** From fills alone. */
  cumQty = 0;
  cumQuote = 0n;
  /** The venue has once said that it has this order. */
  seenAlive = false;
  /** Trade ids of the fills counted. */
  readonly tradeIds: number[] = [];
  /** What it may still take away and bring in; kept in Positions too. */
  held = 0n;
  incoming = 0n;
  /** Place among the open ones; -1 = finished. */
  openAt = -1;

  // What follows is not in the ledger: a successor asks the venue anyway.
  /** A terminal state the venue reported while fills are still missing; -1 = none. */
  pendingEvent = -1;
  pendingReason = 0;
  pendingCumQty = 0;
  /** When to look at it again, engine time. */
  checkAtNs = 0;
  queries = 0;
  notFounds = 0;
  cancelWanted = false;
  /** Where numeric; 0 = not known. */
  venueOrderId = 0;

  reset(orderId: number): void {
    this.orderId = orderId;
    this.reason = 0;
    this.cumQty = 0;
    this.cumQuote = 0n;
    this.seenAlive = false;
    this.tradeIds.length = 0;
    this.held = 0n;
    this.incoming = 0n;
    this.frame = 0;
    this.tsCauseNs = 0;
    this.state = OrderState.NEW;
    this.pendingEvent = -1;
    this.pendingReason = 0;
    this.pendingCumQty = 0;
    this.checkAtNs = Infinity;
    this.queries = 0;
    this.notFounds = 0;
    this.cancelWanted = false;
    this.venueOrderId = 0;
  }

  get finished(): boolean {
    return isTerminal(this.state);
  }
}

export class OrderTable {
  private readonly entries: (Order | undefined)[] = Array.from({ length: ORDER_ENTRIES }, () => undefined);
  /** Unfinished orders, in no order. */
  readonly open: Order[] = [];
  readonly openByVenue: Int32Array;

  constructor(venues: number) {
    this.openByVenue = new Int32Array(venues);
  }

  find(orderId: number): Order | undefined {
    const order = this.entries[orderId % ORDER_ENTRIES];
    return order?.orderId === orderId ? order : undefined;
  }

  /** The first id from `candidate` on whose place is free. */
  freeId(candidate: number): number {
    let id = candidate;
    while ((this.entries[id % ORDER_ENTRIES]?.openAt ?? -1) >= 0) id++;
    return id;
  }

  /** A fresh entry, not yet open. */
  create(orderId: number): Order {
    const order = (this.entries[orderId % ORDER_ENTRIES] ??= new Order());
    order.reset(orderId);
    return order;
  }

  setOpen(order: Order): void {
    if (order.openAt >= 0) return;
    order.openAt = this.open.length;
    this.open.push(order);
    this.openByVenue[order.venue]++;
  }

  setFinished(order: Order): void {
    if (order.openAt < 0) return;
    const last = this.open.pop()!;
    if (last !== order) {
      this.open[order.openAt] = last;
      last.openAt = order.openAt;
    }
    order.openAt = -1;
    this.openByVenue[order.venue]--;
  }

  /** The newest `count` remembered orders below id `next`, newest first. */
  latest(next: number, count: number): Order[] {
    const found: Order[] = [];
    for (let id = next - 1; id > 0 && id > next - ORDER_ENTRIES && found.length < count; id--) {
      const order = this.find(id);
      if (order !== undefined) found.push(order);
    }
    return found;
  }
}
