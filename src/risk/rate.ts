/** At most `limit` orders in any second, per venue: the times of the last `limit` orders, oldest first. */
const SECOND_NS = 1e9;

export class OrderRate {
  private readonly times: Float64Array;
  private next = 0;

  constructor(readonly limit: number) {
    this.times = new Float64Array(limit).fill(-Infinity);
  }

  /** Whether `orders` more may leave now. */
  allows(orders: number, nowNs: number): boolean {
    if (orders > this.limit) return false;
    if (orders === 0) return true;
    return nowNs - this.times[(this.next + orders - 1) % this.limit] >= SECOND_NS;
  }

  take(nowNs: number): void {
    this.times[this.next] = nowNs;
    this.next = (this.next + 1) % this.limit;
  }
}
