/** Levels that are searched one by one before the rest is halved. */
const NEAR_TOP = 12;
/** Levels that are moved one by one; more of them by a copy. */
const MOVED_SINGLY_MAX = 48;

/**
 * One side of one book, limited to the subscribed depth: what the venue's checksum is computed over and what tells which
 * levels fall out of scope without a word from the venue. Numbers are integers at the venue's own decimals.
 *
 * Sorted worst first, best last: most changes are near the top, so most moves are short. Keys are prices for bids and
 * negated prices for asks, so that both sides sort the same way.
 */
export class LevelSide {
  keys: Float64Array;
  qtys: Float64Array;
  count = 0;
  private readonly sign: number;

  constructor(isAsk: boolean, depth: number) {
    this.sign = isAsk ? -1 : 1;
    this.keys = new Float64Array(depth * 2 + 16);
    this.qtys = new Float64Array(depth * 2 + 16);
  }

  clear(): void {
    this.count = 0;
  }

  /** Price of the level `rank` steps behind the best one (0 = best). */
  priceAt(rank: number): number {
    return this.sign * this.keys[this.count - 1 - rank];
  }

  qtyAt(rank: number): number {
    return this.qtys[this.count - 1 - rank];
  }

  /** Best price, or 0 when the side is empty. */
  best(): number {
    return this.count === 0 ? 0 : this.sign * this.keys[this.count - 1];
  }

  /**
   * Set the level prices[i] to the absolute quantity qtys[i]; 0 deletes it. (Taken from arrays because doubles that are
   * passed between functions may be boxed.)
   * @returns rank of the level that was set, inserted or deleted (0 = best), or -1 when nothing changed
   */
  set(prices: Float64Array, qtys: Float64Array, i: number): number {
    const keys = this.keys;
    const count = this.count;
    const key = this.sign * prices[i];
    const qty = qtys[i];
    // Last index whose key is at most `key`: walk down from the best level, then halve what is left.
    let at = count - 1;
    const near = at - NEAR_TOP;
    while (at >= 0 && at > near && keys[at] > key) at--;
    if (at >= 0 && at === near) {
      let low = -1;
      let high = at;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (keys[middle] <= key) low = middle;
        else high = middle - 1;
      }
      at = low;
    }
    if (at >= 0 && keys[at] === key) {
      if (qty === 0) {
        this.remove(at, count);
        this.count = count - 1;
      } else if (this.qtys[at] === qty) return -1;
      else this.qtys[at] = qty;
      return count - 1 - at;
    }
    if (qty === 0) return -1;
    if (count === keys.length) this.grow();
    this.makeRoom(at + 1, count);
    this.keys[at + 1] = key;
    this.qtys[at + 1] = qty;
    this.count = count + 1;
    return count - 1 - at;
  }

  /** Close the gap at `at`. A short move is quicker element by element than by a call. */
  private remove(at: number, count: number): void {
    const { keys, qtys } = this;
    if (count - at > MOVED_SINGLY_MAX) {
      keys.copyWithin(at, at + 1, count);
      qtys.copyWithin(at, at + 1, count);
      return;
    }
    for (let i = at + 1; i < count; i++) {
      keys[i - 1] = keys[i];
      qtys[i - 1] = qtys[i];
    }
  }

  private makeRoom(at: number, count: number): void {
    const { keys, qtys } = this;
    if (count - at > MOVED_SINGLY_MAX) {
      keys.copyWithin(at + 1, at, count);
      qtys.copyWithin(at + 1, at, count);
      return;
    }
    for (let i = count; i > at; i--) {
      keys[i] = keys[i - 1];
      qtys[i] = qtys[i - 1];
    }
  }

  /** Price of the `n`-th level from the worst end; the ones to drop when the side is too deep. */
  worstPrice(n: number): number {
    return this.sign * this.keys[n];
  }

  dropWorst(n: number): void {
    this.keys.copyWithin(0, n, this.count);
    this.qtys.copyWithin(0, n, this.count);
    this.count -= n;
  }

  /** One message may bring more levels than the depth before it is truncated; a venue that does so repeatedly pays once. */
  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    const qtys = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    qtys.set(this.qtys);
    this.keys = keys;
    this.qtys = qtys;
  }
}
