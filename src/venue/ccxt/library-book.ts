/** One instrument's book: the library's, which changes whenever the library turns, and what was published of it. */
import type { Instrument } from '../../model/instrument.js';
import type { LevelChanges } from '../level-changes.js';
import { StreamedBook } from '../streamed-book.js';
import { SideDiff, Taken, type LevelList } from './side-diff.js';

/** The parts of the library's book that are looked at. */
export interface BookSource {
  readonly bids: LevelList;
  readonly asks: LevelList;
  readonly nonce?: number | undefined;
  /** Unix ms. */
  readonly timestamp?: number | undefined;
}

export class LibraryBook extends StreamedBook {
  /** Changes with every stream that is begun: a former one says nothing any more. */
  stream = 0;
  /** What the stream at hand last gave. */
  source: BookSource | undefined;
  private readonly bids: SideDiff;
  private readonly asks: SideDiff;

  constructor(instrument: Instrument, depth: number) {
    super(instrument);
    const { priceScale, qtyScale } = instrument.pair;
    this.bids = new SideDiff(0, depth, priceScale, qtyScale);
    this.asks = new SideDiff(1, depth, priceScale, qtyScale);
  }

  /** What turns the published book into this one. @returns Taken; only if OK it counts as published */
  take({ bids, asks }: BookSource, changes: LevelChanges): number {
    changes.clear();
    const code = this.bids.take(bids, changes) || this.asks.take(asks, changes);
    if (code !== Taken.OK) return code;
    this.bids.keep();
    this.asks.keep();
    return code;
  }

  override clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  override isCrossed(): boolean {
    return this.bids.best >= this.asks.best;
  }
}
