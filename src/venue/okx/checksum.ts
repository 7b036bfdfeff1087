/**
 * OKX's book checksum as it was sent until 2026: CRC-32 over `bid price:bid size:ask price:ask size:…` of the best 25 levels,
 * going on with the longer side where one is shorter, as a signed int32. Numbers are the texts on the wire; those never had
 * trailing zeros, so they are what a scaled integer is when its zeros are left out.
 * Source: okx.com/docs-v5, "Checksum" (as of 2022).
 */
import { CRC_START, crcAdvance, crcFinish } from '../crc32.js';
import { writeDigits, writePadded } from '../digits.js';
import type { LevelSide } from '../level-side.js';
import { TEN } from '../scan-number.js';

const LEVELS = 25;
const COLON = 0x3a;
const POINT = 0x2e;
const ZERO = 0x30;
/** A number has at most 16 digits before its point, 18 behind, the point and a colon. */
const scratch = new Uint8Array(LEVELS * 4 * 36);

/** Write a scaled integer as the venue writes decimals, and a colon; return where it ends. */
function writeDecimal(value: number, decimals: number, at: number): number {
  const unit = TEN[decimals];
  let whole = Math.floor(value / unit);
  let rest = value - whole * unit;
  // The quotient may have been rounded up to the next integer.
  if (rest < 0) {
    whole--;
    rest += unit;
  }
  if (whole === 0) scratch[at++] = ZERO;
  else at = writeDigits(scratch, whole, at);
  if (rest > 0) {
    scratch[at++] = POINT;
    at = writeFraction(rest, decimals, at);
    while (scratch[at - 1] === ZERO) at--;
  }
  scratch[at] = COLON;
  return at + 1;
}

function writeFraction(value: number, digits: number, at: number): number {
  if (digits <= 9) return writePadded(scratch, value | 0, digits, at);
  const high = Math.floor(value / 1e9);
  return writePadded(scratch, (value - high * 1e9) | 0, 9, writePadded(scratch, high | 0, digits - 9, at));
}

export function bookChecksum(bids: LevelSide, asks: LevelSide, priceScale: number, qtyScale: number): number {
  const levels = Math.min(LEVELS, Math.max(bids.count, asks.count));
  let end = 0;
  for (let rank = 0; rank < levels; rank++) {
    if (rank < bids.count) end = writeDecimal(bids.qtyAt(rank), qtyScale, writeDecimal(bids.priceAt(rank), priceScale, end));
    if (rank < asks.count) end = writeDecimal(asks.qtyAt(rank), qtyScale, writeDecimal(asks.priceAt(rank), priceScale, end));
  }
  return crcFinish(crcAdvance(CRC_START, scratch, 0, Math.max(0, end - 1))) | 0;
}
