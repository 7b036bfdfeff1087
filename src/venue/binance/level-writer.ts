/**
 * Scans an array of levels (`[["price","qty"],…]`) and writes each as a BookDelta while it is scanned. The batch is
 * the caller's to flush or abandon; a snapshot is flushed in chunks, because it may be longer than a ring.
 */
import { Flag } from '../../record/codes.js';
import { BookDelta } from '../../record/records.js';
import type { RecordSink } from '../../record/slot.js';
import { bounds, CLOSE_BRACKET, COMMA, DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, OUT_OF_RANGE, QUOTE, scanned, skipSpace, skipValue } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import type { StreamEvent } from './event.js';

/** The sink has no slot: its reader is too far behind. */
export const SINK_FULL = -16;
const CHUNK = 1024;
/** 10^0 … 10^8. */
const TEN = Float64Array.from({ length: 9 }, (_, i) => 10 ** i);
const ZERO = 0x30;
const POINT = 0x2e;
/** `","` and `"]` as little-endian words. */
const QUOTE_COMMA_QUOTE = 0x222c22;
const QUOTE_BRACKET = 0x5d22;
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
   * One side of a loaded frame, `at` its opening bracket: the common form `["61737.63000000","0.00000000"]` is read
   * four digits at a time; anything else goes through the general scanner.
   * @returns the position after the array, or a negative code: then the caller abandons the batch
   */
  sideOf(event: StreamEvent, at: number, target: LevelTarget, sideFlag: number): number {
    const { bytes, view, end } = event;
    const { priceScale, qtyScale, contractSize } = target;
    if (bytes[at] !== OPEN_BRACKET || priceScale > 8 || qtyScale > 8 || contractSize > 0) return this.side(bytes, at, end, target, sideFlag);
    if (bytes[at + 1] === CLOSE_BRACKET) return at + 2;
    const priceUnits = TEN[priceScale];
    const priceDivisor = TEN[8 - priceScale];
    const qtyUnits = TEN[qtyScale];
    const qtyDivisor = TEN[8 - qtyScale];
    for (;;) {
      const level = ++at;
      if (bytes[level] !== OPEN_BRACKET || bytes[level + 1] !== QUOTE) return this.rest(bytes, level, end, target, sideFlag);
      at = level + 2;
      let digit = bytes[at] - ZERO;
      let whole = 0;
      while (digit >= 0 && digit <= 9) {
        whole = (whole * 10 + digit) | 0;
        digit = bytes[++at] - ZERO;
      }
      const wholeDigits = at - level - 2;
      // Eight decimals, then `","`.
      const high = fourDigits(view, at + 1);
      const low = fourDigits(view, at + 5);
      if (bytes[at] !== POINT || wholeDigits === 0 || wholeDigits > 9 || (high | low) < 0 || (view.getInt32(at + 9, true) & 0xffffff) !== QUOTE_COMMA_QUOTE) {
        return this.rest(bytes, level, end, target, sideFlag);
      }
      const priceFraction = high * 10_000 + low;
      const priceScaled = Math.floor(priceFraction / priceDivisor);
      const price = whole * priceUnits + priceScaled;
      at += 12;
      const qtyFrom = at;
      digit = bytes[at] - ZERO;
      whole = 0;
      while (digit >= 0 && digit <= 9) {
        whole = (whole * 10 + digit) | 0;
        digit = bytes[++at] - ZERO;
      }
      const qtyDigits = at - qtyFrom;
      const qtyHigh = fourDigits(view, at + 1);
      const qtyLow = fourDigits(view, at + 5);
      const tail = view.getInt32(at + 9, true);
      if (bytes[at] !== POINT || qtyDigits === 0 || qtyDigits > 9 || (qtyHigh | qtyLow) < 0 || (tail & 0xffff) !== QUOTE_BRACKET) {
        return this.rest(bytes, level, end, target, sideFlag);
      }
      const qtyFraction = qtyHigh * 10_000 + qtyLow;
      const qtyScaled = Math.floor(qtyFraction / qtyDivisor);
      const qty = whole * qtyUnits + qtyScaled;
      // Out of range, too precise or zero: the general scanner names it.
      if (priceScaled * priceDivisor !== priceFraction || qtyScaled * qtyDivisor !== qtyFraction || price > MAX_SAFE || qty > MAX_SAFE || price === 0) {
        return this.rest(bytes, level, end, target, sideFlag);
      }
      const slot = this.slot();
      if (slot < 0) return SINK_FULL;
      this.write(slot, target, sideFlag, price, qty);
      at += 11;
      const next = (tail >> 16) & 0xff;
      if (next === COMMA) continue;
      if (next === CLOSE_BRACKET) return at + 1;
      return this.rest(bytes, at, end, target, sideFlag);
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
      this.write(slot, target, sideFlag, price, qty);
    }
    return arrayEnd(at);
  }

  private write(slot: number, target: LevelTarget, sideFlag: number, price: number, qty: number): void {
    const delta = this.delta.begin(slot, this.written === 1 ? this.flags | sideFlag | Flag.FIRST : this.flags | sideFlag, target.venue, target.instrument);
    delta.epoch = this.epoch;
    delta.frame = this.frame;
    delta.price = price;
    delta.qty = qty;
    delta.venueSeq = this.common[0];
    delta.tsVenueNs = this.common[1];
    delta.tsRecvNs = this.common[2];
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

/** Four digits at `at` as an int, or -1. Little-endian: the first digit is the lowest byte. */
function fourDigits(view: DataView, at: number): number {
  const word = view.getInt32(at, true);
  const isDigits = (((word & 0xf0f0f0f0) ^ 0x30303030) | (((word + 0x06060606) & 0xf0f0f0f0) ^ 0x30303030)) === 0;
  if (!isDigits) return -1;
  const digits = word & 0x0f0f0f0f;
  const pairs = Math.imul(digits, 10) + (digits >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
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
