/** The changes of one frame as BookDelta records: what they share is written once, into a slot of its own, and copied word by word. */
import { Flag } from '../record/codes.js';
import { fieldOffset, SLOT_BYTES } from '../record/define.js';
import { BookDelta } from '../record/records.js';
import { BookDeltaDef } from '../record/schema.js';
import { SlotViews, type RecordSink } from '../record/slot.js';
import type { LevelChanges } from './level-changes.js';

/** Where a BookDelta has what differs from level to level, in doubles. Before it are words, behind it doubles. */
const PRICE = fieldOffset(BookDeltaDef, 'price') >> 3;
const QTY = fieldOffset(BookDeltaDef, 'qty') >> 3;
if (PRICE !== 2 || QTY !== 3) throw new Error("a BookDelta's price and quantity must be its third and fourth double");

// A constant of its own for the loop: see scan-words.ts.
const { FIRST, LAST, SELL } = Flag;

/** Venue's integers × up ÷ down = integers at the pair's scales; one of two is 1. */
export interface Scales {
  readonly priceUp: number;
  readonly priceDown: number;
  readonly qtyUp: number;
  readonly qtyDown: number;
}

export class DeltaBatch {
  private readonly same = new SlotViews(new ArrayBuffer(SLOT_BYTES));
  private readonly sameI32 = this.same.i32;
  private readonly sameF64 = this.same.f64;
  private readonly common = new BookDelta(this.same);

  constructor(private readonly sink: RecordSink) {}

  /** @param flags Flag.SNAPSHOT or 0 */
  begin(flags: number, venue: number, instrument: number, epoch: number, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): void {
    const common = this.common.begin(0, flags, venue, instrument);
    common.epoch = epoch;
    common.frame = frame;
    common.venueSeq = venueSeq;
    common.tsVenueNs = tsVenueNs;
    common.tsRecvNs = tsRecvNs;
  }

  /** Take a slot for each change. False: no room for all of them; the batch is the caller's to flush or abandon. */
  write({ prices, qtys, sells, count }: LevelChanges, { priceUp, priceDown, qtyUp, qtyDown }: Scales): boolean {
    const { sink, sameI32, sameF64 } = this;
    const { i32, f64 } = sink.views;
    const isScaled = priceUp === 1 && priceDown === 1 && qtyUp === 1 && qtyDown === 1;
    for (let i = 0; i < count; i++) {
      const at = sink.next();
      if (at < 0) return false;
      const word = at >> 2;
      i32[word + 1] = sameI32[1] | (((i === 0 ? FIRST : 0) | (i === count - 1 ? LAST : 0) | (sells[i] === 1 ? SELL : 0)) << 8);
      i32[word + 2] = sameI32[2];
      i32[word + 3] = sameI32[3];
      const double = at >> 3;
      f64[double + PRICE] = isScaled ? prices[i] : (prices[i] * priceUp) / priceDown;
      f64[double + QTY] = isScaled ? qtys[i] : (qtys[i] * qtyUp) / qtyDown;
      f64[double + 4] = sameF64[4];
      f64[double + 5] = sameF64[5];
      f64[double + 6] = sameF64[6];
      f64[double + 7] = sameF64[7];
    }
    return true;
  }
}
