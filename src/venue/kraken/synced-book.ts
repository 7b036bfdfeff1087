/** One instrument's book as Kraken's rule needs it: both sides at the venue's own decimals, and the checksum over them. */
import { POW10 } from '../../model/decimal.js';
import type { Instrument } from '../../model/instrument.js';
import type { LevelChanges } from '../level-changes.js';
import { LevelSide } from '../level-side.js';
import { StreamedBook } from '../streamed-book.js';
import { asksChecksum, bookChecksum, CHECKSUM_LEVELS } from './checksum.js';

/** Depths the venue offers. */
const DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];

/** The smallest depth the venue offers that shows at least `levels` a side. */
export function depthAtLeast(levels: number): number {
  return DEPTHS.find((depth) => depth >= levels) ?? 1000;
}

export class SyncedBook extends StreamedBook {
  readonly asks: LevelSide;
  readonly bids: LevelSide;
  priceDecimals = 0;
  qtyDecimals = 0;
  actualChecksum = 0;

  /** Checksum of the last verified frame, and the unfinished one over the asks while they stand. */
  private checksum = -1;
  private asksCrc = 0;
  private asksTouched = true;

  /** Levels a side, as subscribed; the venue's acknowledgement has the last word. */
  depth: number;
  depthConfirmed = false;

  constructor(instrument: Instrument, depth: number) {
    super(instrument);
    this.depth = depth;
    this.asks = new LevelSide(true, depth);
    this.bids = new LevelSide(false, depth);
    this.setDecimals(instrument.metadata.priceDecimals, instrument.metadata.qtyDecimals);
  }

  setDecimals(priceDecimals: number, qtyDecimals: number): void {
    const { priceScale, qtyScale } = this.instrument.pair;
    this.priceDecimals = priceDecimals;
    this.qtyDecimals = qtyDecimals;
    this.priceUp = POW10[Math.max(0, priceScale - priceDecimals)]!;
    this.priceDown = POW10[Math.max(0, priceDecimals - priceScale)]!;
    this.qtyUp = POW10[Math.max(0, qtyScale - qtyDecimals)]!;
    this.qtyDown = POW10[Math.max(0, qtyDecimals - qtyScale)]!;
  }

  override clear(): void {
    this.asks.clear();
    this.bids.clear();
    this.checksum = -1;
    this.asksTouched = true;
  }

  /**
   * Apply one frame's changes in their order, then drop what fell below the subscribed depth: the venue sends no word
   * about those, so a deletion of each is appended to `changes`.
   * @returns whether one of the levels that the checksum covers changed
   */
  apply(changes: LevelChanges): boolean {
    let touched = false;
    const sent = changes.count;
    for (let i = 0; i < sent; i++) {
      const isAsk = changes.sells[i] === 1;
      const rank = (isAsk ? this.asks : this.bids).set(changes.prices, changes.qtys, i);
      if (rank < 0 || rank >= CHECKSUM_LEVELS) continue;
      touched = true;
      if (isAsk) this.asksTouched = true;
    }
    this.truncate(this.bids, changes, 0);
    this.truncate(this.asks, changes, 1);
    return touched;
  }

  private truncate(side: LevelSide, changes: LevelChanges, isAsk: 0 | 1): void {
    const excess = side.count - this.depth;
    if (excess <= 0) return;
    for (let n = 0; n < excess; n++) changes.push(isAsk, side.worstPrice(n), 0);
    side.dropWorst(excess);
  }

  /**
   * A recorded stream may lack the acknowledgement, and its depth need not be ours. A snapshot whose sides both have as
   * many levels as one of the venue's depths was most likely cut there; if not, the checksum will say so.
   */
  inferDepth(snapshot: LevelChanges): void {
    let asks = 0;
    for (let i = 0; i < snapshot.count; i++) asks += snapshot.sells[i];
    const levels = Math.max(asks, snapshot.count - asks);
    if (levels > this.depth || (asks * 2 === snapshot.count && DEPTHS.includes(levels))) this.depth = depthAtLeast(levels);
  }

  /** Whether the venue's checksum is that of this book. Where no covered level changed it must be the one before. */
  verify(checksum: number, touched: boolean): boolean {
    if (!touched && this.checksum >= 0) {
      this.actualChecksum = this.checksum;
      return checksum === this.checksum;
    }
    if (this.asksTouched) {
      this.asksCrc = asksChecksum(this.asks);
      this.asksTouched = false;
    }
    this.actualChecksum = bookChecksum(this.asksCrc, this.bids);
    this.checksum = this.actualChecksum;
    return checksum === this.actualChecksum;
  }

  override isCrossed(): boolean {
    return this.asks.count > 0 && this.bids.count > 0 && this.bids.best() >= this.asks.best();
  }
}
