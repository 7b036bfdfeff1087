/**
 * The trades of orders whose quantity grew: asked for by order, several at a time, until as many are told as the venue has
 * said were filled. They appear a little after the order they belong to.
 */
import type { TrackedOrder } from '../tracked-order.js';
import type { FillList } from './fill-list.js';
import type { OrderProgress } from './order-progress.js';

const ORDERS_MAX = 20;
const RETRY_NS = 100e6;
/** The wait doubles: about 25 s in all. */
const ATTEMPTS_MAX = 8;

interface Wanted {
  attempts: number;
  /** Ask then; -1: asked. */
  dueNs: number;
}

export class FillRequests {
  private readonly wanted = new Map<TrackedOrder, Wanted>();

  /** @param onMissing the trades of this order do not appear */
  constructor(private readonly progress: OrderProgress, private readonly list: FillList, private readonly onMissing: (order: TrackedOrder, nowNs: number) => void) {}

  want(order: TrackedOrder, nowNs: number): void {
    const wanted = this.wanted.get(order);
    if (wanted === undefined) this.wanted.set(order, { attempts: 0, dueNs: nowNs });
    else if (wanted.dueNs >= 0) wanted.dueNs = nowNs;
    this.pump(nowNs);
  }

  pump(nowNs: number): void {
    const due = [...this.wanted].filter(([{ venueOrderId }, { dueNs }]) => venueOrderId !== '' && dueNs >= 0 && nowNs >= dueNs).slice(0, ORDERS_MAX);
    if (due.length === 0) return;
    for (const [, wanted] of due) {
      wanted.dueNs = -1;
      wanted.attempts++;
    }
    const orders = due.map(([order]) => order);
    this.list.read(orders, () => orders.some((order) => this.progress.lacksTrades(order)), nowNs, (endedNs) => {
      for (const order of orders) this.conclude(order, endedNs);
    });
  }

  private conclude(order: TrackedOrder, nowNs: number): void {
    const wanted = this.wanted.get(order);
    if (!this.progress.lacksTrades(order)) {
      this.wanted.delete(order);
      this.progress.settle(order, nowNs);
    } else if (wanted !== undefined && wanted.attempts < ATTEMPTS_MAX) wanted.dueNs = nowNs + RETRY_NS * 2 ** (wanted.attempts - 1);
    else {
      this.wanted.delete(order);
      this.onMissing(order, nowNs);
    }
  }
}
