/** Orders and cancels that were sent and not answered yet, by the id of their request. */
import type { TrackedOrder } from './tracked-order.js';

export interface PendingAnswer {
  readonly isCancel: boolean;
  readonly order: TrackedOrder;
}

/** Beyond this the oldest are given up: their orders have been reported UNKNOWN long before. */
const PENDING_MAX = 8192;

export class PendingAnswers<Id> {
  private readonly pending = new Map<Id, PendingAnswer>();

  /** @param dueNs when the order's state is unknown if nothing came */
  expect(id: Id, order: TrackedOrder, isCancel: boolean, dueNs: number): void {
    order.answerDueNs = dueNs;
    this.pending.set(id, { isCancel, order });
    if (this.pending.size <= PENDING_MAX) return;
    for (const oldest of this.pending.keys()) {
      this.pending.delete(oldest);
      break;
    }
  }

  /** The answer came. */
  take(id: Id): PendingAnswer | undefined {
    const answered = this.pending.get(id);
    if (answered === undefined) return undefined;
    this.pending.delete(id);
    answered.order.answerDueNs = -1;
    return answered;
  }

  /** No answer will come any more. @returns the orders that wait for one */
  giveUp(): TrackedOrder[] {
    const orders = [...this.pending.values()].map(({ order }) => order);
    this.pending.clear();
    for (const order of orders) order.answerDueNs = -1;
    return orders;
  }
}
