/**
 * Scans an array of levels (`[["price","qty"],…]`) and writes each as a BookDelta while it is scanned. The batch is
 * the caller's to flush or abandon; a snapshot is flushed in chunks, because it may be longer than a ring.
 */
import { Flag } from '../../record/codes.js';
import { fieldOffset, SLOT_BYTES } from '../../record/define.js';
import { BookDelta } from '../../record/records.js';
import { BookDeltaDef } from '../../record/schema.js';
import { SlotViews, type RecordSink } from '../../record/slot.js';
import { bounds, CLOSE_BRACKET, COMMA, DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, OUT_OF_RANGE, scanned, skipSpace, skipValue } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import * as words from '../scan-words.js';
import { EIGHT_DECIMALS } from './eight-decimals.js';
import type { StreamEvent } from './event.js';

/** The sink has no slot: its reader is too far behind. */
export const SINK_FULL = -16;
const CHUNK = 1024;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** Where a BookDelta has what differs from level to level, in doubles. Before it are words, behind it doubles. */
const PRICE = fieldOffset(BookDeltaDef, 'price') >> 3;
const QTY = fieldOffset(BookDeltaDef, 'qty') >> 3;
if (PRICE !== 2 || QTY !== 3) throw new Error("a BookDelta's price and quantity must be its third and fourth double");

// Constants of its own for the loop over levels: see scan-words.ts.
const { digitWord, fourDigits, strays } = words;
const { FIRST } = Flag;
const ZERO = 0x30;
const POINT = 0x2e;
/** `["`, `","`, `"],[` and `"]]` as little-endian words. */
const BRACKET_QUOTE = 0x225b;
const QUOTE_COMMA_QUOTE = 0x222c22;
const QUOTE_BRACKET_NEXT = 0x5b2c5d22;
const QUOTE_BRACKET_BRACKET = 0x5d5d22;

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
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  /** What all levels of the frame have in common: a slot of its own, written once and copied word by word. */
  private readonly same = new SlotViews(new ArrayBuffer(SLOT_BYTES));
  private readonly sameI32 = this.same.i32;
  private readonly sameF64 = this.same.f64;
  private readonly common = new BookDelta(this.same);
  private isSnapshot = false;
  /** Slots taken in this frame, and the last one. */
  private written = 0;
  private lastSlot = 0;

  constructor(private readonly sink: RecordSink) {
    this.i32 = sink.views.i32;
    this.f64 = sink.views.f64;
  }

  /** @param flags Flag.SNAPSHOT or 0 */
  begin(target: LevelTarget, flags: number, epoch: number, frame: number, venueSeq: number, tsVenueNs: number, tsRecvNs: number): void {
    const common = this.common.begin(0, flags, target.venue, target.instrument);
    common.epoch = epoch;
    common.frame = frame;
    common.venueSeq = venueSeq;
    common.tsVenueNs = tsVenueNs;
    common.tsRecvNs = tsRecvNs;
    this.isSnapshot = flags !== 0;
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
   * One side of a loaded frame, `at` its opening bracket: the common form `["61737.63000000","0.00000000"]` is read
   * four digits at a time; anything else goes through the general scanner.
   * @returns the position after the array, or a negative code: then the caller abandons the batch
   */
  sideOf(event: StreamEvent, at: number, target: LevelTarget, sideFlag: number): number {
    const { bytes, view, end } = event;
    const { priceScale, qtyScale, contractSize } = target;
    if (bytes[at] !== OPEN_BRACKET || priceScale > 8 || qtyScale > 8 || contractSize > 0) return this.side(bytes, at, end, target, sideFlag);
    // Added up on every call: a sum that was never computed makes V8 leave the optimized code at the first empty side, and
    // with bad luck it enters the loop by on-stack replacement at every call from then on (0.5 µs each).
    const emptyEnd = at + 2;
    if (bytes[at + 1] === CLOSE_BRACKET) return emptyEnd;
    const { units: priceUnits, highRest: priceHighRest, lowRest: priceLowRest, highShift: priceHighShift, lowShift: priceLowShift, lowUnits: priceLowUnits, wholeDigitsMax: priceDigitsMax } = EIGHT_DECIMALS[priceScale];
    const { units: qtyUnits, highRest: qtyHighRest, lowRest: qtyLowRest, highShift: qtyHighShift, lowShift: qtyLowShift, lowUnits: qtyLowUnits, wholeDigitsMax: qtyDigitsMax } = EIGHT_DECIMALS[qtyScale];
    for (at++; ;) {
      const level = at;
      const priceFrom = level + 2;
      at = priceFrom;
      let whole = 0;
      const word = digitWord(view, at);
      if (strays(word) === 0) {
        whole = fourDigits(word);
        at += 4;
      }
      for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[at] - ZERO) {
        whole = (whole * 10 + digit) | 0;
        at++;
      }
      const digits = at - priceFrom;
      let high = digitWord(view, at + 1);
      let low = digitWord(view, at + 5);
      if (((view.getUint16(level, true) ^ BRACKET_QUOTE) | (bytes[at] ^ POINT) | strays(high) | strays(low) | (high & priceHighRest) | (low & priceLowRest)
        | ((view.getInt32(at + 9, true) & 0xffffff) ^ QUOTE_COMMA_QUOTE)) !== 0 || digits === 0 || digits > priceDigitsMax || (whole | high | low) === 0) {
        return this.rest(bytes, level, end, target, sideFlag);
      }
      const price = whole * priceUnits + (Math.imul(fourDigits(high << priceHighShift), priceLowUnits) + fourDigits(low << priceLowShift));
      const qtyFrom = at + 12;
      at = qtyFrom;
      whole = 0;
      for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[at] - ZERO) {
        whole = (whole * 10 + digit) | 0;
        at++;
      }
      const qtyDigits = at - qtyFrom;
      high = digitWord(view, at + 1);
      low = digitWord(view, at + 5);
      const tail = view.getInt32(at + 9, true);
      if (((bytes[at] ^ POINT) | strays(high) | strays(low) | (high & qtyHighRest) | (low & qtyLowRest) | ((tail ^ QUOTE_BRACKET_NEXT) & 0xffff)) !== 0
        || qtyDigits === 0 || qtyDigits > qtyDigitsMax) {
        return this.rest(bytes, level, end, target, sideFlag);
      }
      const qty = whole * qtyUnits + (Math.imul(fourDigits(high << qtyHighShift), qtyLowUnits) + fourDigits(low << qtyLowShift));
      const slot = this.slot();
      if (slot < 0) return SINK_FULL;
      this.write(slot, sideFlag, price, qty);
      at += 12;
      if (tail === QUOTE_BRACKET_NEXT) continue;
      if ((tail & 0xffffff) === QUOTE_BRACKET_BRACKET) return at;
      return this.rest(bytes, at - 1, end, target, sideFlag);
    }
  }

  /** One side in any valid form, `at` its opening bracket. @returns as sideOf */
  side(bytes: Uint8Array, at: number, end: number, target: LevelTarget, sideFlag: number): number {
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at < 0) return MALFORMED;
    at = firstElement(bytes, at, end);
    return at < 0 ? arrayEnd(at) : this.levels(bytes, at, end, target, sideFlag);
  }

  /** Go on with the general scanner: `at` is at a level, or behind one. */
  private rest(bytes: Uint8Array, at: number, end: number, target: LevelTarget, sideFlag: number): number {
    if (at >= end) return MALFORMED;
    const previous = bytes[at - 1];
    if (previous === CLOSE_BRACKET) at = nextElement(bytes, at, end);
    else at = skipSpace(bytes, at, end);
    return at < 0 ? arrayEnd(at) : this.levels(bytes, at, end, target, sideFlag);
  }

  /** Levels from the one at `at` to the end of the array. */
  private levels(bytes: Uint8Array, at: number, end: number, target: LevelTarget, sideFlag: number): number {
    const { priceScale, qtyScale, qtyDecimals, contractSize } = target;
    for (; at >= 0; at = nextElement(bytes, at, end)) {
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
      this.write(slot, sideFlag, price, qty);
    }
    return arrayEnd(at);
  }

  private write(slot: number, sideFlag: number, price: number, qty: number): void {
    const { i32, f64, sameI32, sameF64 } = this;
    const word = slot >> 2;
    i32[word + 1] = sameI32[1] | ((this.written === 1 ? sideFlag | FIRST : sideFlag) << 8);
    i32[word + 2] = sameI32[2];
    i32[word + 3] = sameI32[3];
    const double = slot >> 3;
    f64[double + PRICE] = price;
    f64[double + QTY] = qty;
    f64[double + 4] = sameF64[4];
    f64[double + 5] = sameF64[5];
    f64[double + 6] = sameF64[6];
    f64[double + 7] = sameF64[7];
  }

  private slot(): number {
    if (this.isSnapshot && this.written > 0 && this.written % CHUNK === 0) this.sink.flush();
    const slot = this.sink.next();
    if (slot < 0) return slot;
    this.lastSlot = slot;
    this.written++;
    return slot;
  }
}

/** What a walk over an array ended with: DONE gives the position after its bracket. */
function arrayEnd(code: number): number {
  return code === DONE ? bounds[1] : MALFORMED;
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
