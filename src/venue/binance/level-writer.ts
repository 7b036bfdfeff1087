/**
 * Scans an array of levels (`[["price","qty"],…]`) and writes each as a BookDelta while it is scanned. The batch is
 * the caller's to flush or abandon; a snapshot is flushed in chunks, because it may be longer than a ring.
 */
import { Flag } from '../../record/codes.js';
import { BookDelta } from '../../record/records.js';
import type { RecordSink } from '../../record/slot.js';
import { bounds, CLOSE_BRACKET, COMMA, DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, OUT_OF_RANGE, scanned, scanScaled, skipSpace, skipValue } from '../scan.js';

/** The sink has no slot: its reader is too far behind. */
export const SINK_FULL = -16;
const CHUNK = 1024;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** What all levels of one frame have in common. */
export interface LevelTarget {
  readonly venue: number;
  readonly instrument: number;
  readonly priceScale: number;
  readonly qtyScale: number;
  /** Inverse futures: quote units a contract is worth; 0 = quantities are base quantities. */
  readonly contractSize: number;
  /** Decimals of quantities on the wire: 0 for contracts, else the scale. */
  readonly qtyDecimals: number;
}

export class LevelWriter {
  private readonly delta: BookDelta;
  /** [0] venueSeq, [1] tsVenueNs, [2] tsRecvNs: kept out of object fields so that no number is boxed. */
  private readonly common = new Float64Array(3);
  private epoch = 0;
  private frame = 0;
  private flags = 0;
  /** Slots since the last flush, and in this frame. */
  private unflushed = 0;
  private written = 0;
  private lastSlot = 0;

  constructor(private readonly sink: RecordSink) {
    this.delta = new BookDelta(sink.views);
  }

  /** @param flags Flag.SNAPSHOT or 0 */
  begin(flags: number, epoch: number, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): void {
    this.flags = flags;
    this.epoch = epoch;
    this.frame = frame;
    this.common[0] = venueSeq;
    this.common[1] = tsVenueNs;
    this.common[2] = tsRecvNs;
    this.unflushed = 0;
    this.written = 0;
  }

  /** Publish the frame: its last record is flagged LAST. @returns records written */
  commit(): number {
    if (this.written > 0) {
      this.sink.views.u8[this.lastSlot + 5] |= Flag.LAST;
      this.sink.flush();
    }
    return this.written;
  }

  /**
   * One side, `at` its opening bracket.
   * @returns the position after the array, or a negative code: then the caller abandons the batch
   */
  side(bytes: Uint8Array, at: number, end: number, target: LevelTarget, sideFlag: number): number {
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at < 0) return MALFORMED;
    const { priceScale, qtyScale, qtyDecimals, contractSize } = target;
    for (at = firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = expect(bytes, at, end, OPEN_BRACKET);
      if (at < 0) return MALFORMED;
      at = scanScaled(bytes, skipSpace(bytes, at, end), end, priceScale);
      if (at < 0) return at;
      const price = scanned[0];
      at = expect(bytes, at, end, COMMA);
      if (at < 0) return MALFORMED;
      at = scanScaled(bytes, skipSpace(bytes, at, end), end, qtyDecimals);
      if (at < 0) return at;
      let qty = scanned[0];
      if (price <= 0 || qty < 0) return MALFORMED;
      if (contractSize > 0) {
        qty = baseQuantity(qty * contractSize, price, priceScale + qtyScale);
        if (qty > MAX_SAFE) return OUT_OF_RANGE;
      }
      at = endOfLevel(bytes, at, end);
      if (at < 0) return MALFORMED;
      const slot = this.slot();
      if (slot < 0) return SINK_FULL;
      const delta = this.delta.begin(slot, this.written === 1 ? this.flags | sideFlag | Flag.FIRST : this.flags | sideFlag, target.venue, target.instrument);
      delta.epoch = this.epoch;
      delta.frame = this.frame;
      delta.price = price;
      delta.qty = qty;
      delta.venueSeq = this.common[0];
      delta.tsVenueNs = this.common[1];
      delta.tsRecvNs = this.common[2];
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  private slot(): number {
    if (this.unflushed === CHUNK && this.flags !== 0) {
      this.sink.flush();
      this.unflushed = 0;
    }
    const slot = this.sink.next();
    if (slot < 0) return slot;
    this.lastSlot = slot;
    this.unflushed++;
    this.written++;
    return slot;
  }
}

/** `]`, or a third element as old frames have, then `]`. */
function endOfLevel(bytes: Uint8Array, at: number, end: number): number {
  const closed = expect(bytes, at, end, CLOSE_BRACKET);
  if (closed >= 0) return closed;
  at = expect(bytes, at, end, COMMA);
  if (at < 0) return MALFORMED;
  at = skipValue(bytes, skipSpace(bytes, at, end), end);
  return at < 0 ? MALFORMED : expect(bytes, at, end, CLOSE_BRACKET);
}

/**
 * floor(quoteUnits × 10^decimals / price), exactly, by long division: the product itself would not fit 2^53.
 * @param quoteUnits contracts × quote units a contract @param price scaled @param decimals price scale + quantity scale
 */
export function baseQuantity(quoteUnits: number, price: number, decimals: number): number {
  let quotient = Math.floor(quoteUnits / price);
  let rest = quoteUnits - quotient * price;
  for (let left = decimals; left > 0; left--) {
    rest *= 10;
    const digit = Math.floor(rest / price);
    quotient = quotient * 10 + digit;
    rest -= digit * price;
  }
  return quotient;
}
