/** Baskets in flight, and the keys of the latest ones: an intent that is seen again (after a crash) is told by its key. */
import type { Basket } from '../risk/basket.js';

const ENTRIES = 4096;
/** More than the intents of one turn, because only those can be seen again. */
const REMEMBERED_KEYS = 512;

export class BasketEntry {
  basketId = 0;
  strategy = 0;
  opportunityId = 0;
  pair = 0;
  legs = 0;
  openLegs = 0;
  /** Orders made for it so far: the next one's leg number. */
  orders = 0;
  expected = 0n;
  frame = 0;
  hash = 0;
  tsCauseNs = 0;
  /** Signed base quantity bought over all legs, at the pair's scale: not 0 when finished = a residual. */
  residualQty = 0;
  /** All legs have been finished, and it is counted. */
  finished = false;
}

export class BasketTable {
  private readonly entries: (BasketEntry | undefined)[] = Array.from({ length: ENTRIES }, () => undefined);
  /** Unfinished baskets, by pair. */
  readonly openByPair: Int32Array;

  private readonly keyCause = new Float64Array(REMEMBERED_KEYS).fill(NaN);
  private readonly keyHash = new Uint32Array(REMEMBERED_KEYS);
  private readonly keyFrame = new Uint32Array(REMEMBERED_KEYS);
  private readonly keyStrategy = new Uint8Array(REMEMBERED_KEYS);
  private nextKey = 0;
  /** Nothing with a later cause was ever seen: spares the search, except right after a crash. */
  private latestCauseNs = -Infinity;

  constructor(pairs: number) {
    this.openByPair = new Int32Array(pairs);
  }

  find(basketId: number): BasketEntry | undefined {
    const entry = this.entries[basketId % ENTRIES];
    return entry?.basketId === basketId ? entry : undefined;
  }

  freeId(candidate: number): number {
    let id = candidate;
    while ((this.entries[id % ENTRIES]?.openLegs ?? 0) > 0) id++;
    return id;
  }

  create(basketId: number): BasketEntry {
    const entry = (this.entries[basketId % ENTRIES] ??= new BasketEntry());
    entry.basketId = basketId;
    entry.openLegs = 0;
    entry.orders = 0;
    entry.residualQty = 0;
    entry.finished = false;
    return entry;
  }

  remember(strategy: number, tsCauseNs: number, frame: number, hash: number): void {
    const at = this.nextKey;
    this.nextKey = (at + 1) % REMEMBERED_KEYS;
    this.keyCause[at] = tsCauseNs;
    if (tsCauseNs > this.latestCauseNs) this.latestCauseNs = tsCauseNs;
    this.keyHash[at] = hash;
    this.keyFrame[at] = frame;
    this.keyStrategy[at] = strategy;
  }

  /** Decided already: the same strategy, cause and legs. */
  seen(basket: Basket): boolean {
    if (basket.tsCauseNs > this.latestCauseNs) return false;
    for (let at = this.keyCause.indexOf(basket.tsCauseNs); at >= 0; at = this.keyCause.indexOf(basket.tsCauseNs, at + 1)) {
      if (this.keyHash[at] === basket.hash && this.keyFrame[at] === basket.frame && this.keyStrategy[at] === basket.strategy) return true;
    }
    return false;
  }

  /** Remembered keys, oldest first. */
  keys(each: (strategy: number, tsCauseNs: number, frame: number, hash: number) => void): void {
    for (let i = 0; i < REMEMBERED_KEYS; i++) {
      const at = (this.nextKey + i) % REMEMBERED_KEYS;
      if (!Number.isNaN(this.keyCause[at])) each(this.keyStrategy[at], this.keyCause[at], this.keyFrame[at], this.keyHash[at]);
    }
  }

  /** Unfinished baskets, by ascending id. */
  unfinished(): BasketEntry[] {
    return this.entries.filter((entry) => entry !== undefined).filter(({ openLegs }) => openLegs > 0).sort((a, b) => a.basketId - b.basketId);
  }
}
