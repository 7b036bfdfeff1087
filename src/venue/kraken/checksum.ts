/**
 * Kraken's book checksum: CRC-32 over the digits of the best ten asks, then of the best ten bids, each level its price
 * and its quantity at the instrument's decimals with the point and leading zeros removed. That is the plain decimal
 * text of the scaled integers, so no text is ever formatted.
 * Source: docs.kraken.com, "Spot websockets v2, book checksum".
 */
import { CRC_START, crcAdvance, crcFinish } from '../crc32.js';
import type { LevelSide } from '../level-side.js';

export const CHECKSUM_LEVELS = 10;

/** Ten levels of two numbers of at most 16 digits. */
const scratch = new Uint8Array(CHECKSUM_LEVELS * 2 * 16);

/** `00` … `99`. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => 48 + ((i & 1) === 0 ? Math.floor(i / 20) : (i >> 1) % 10));

/** Write the digits of an integer in 1 … 2^31-1 (0 writes nothing) and return where they end. */
function writeSmall(value: number, at: number): number {
  let digits = 0;
  for (let bound = 1; bound <= value && digits < 10; bound *= 10) digits++;
  return writePadded(value, digits, at);
}

function writePadded(value: number, digits: number, at: number): number {
  let end = at + digits;
  while (end - at >= 2) {
    const rest = (value / 100) | 0;
    const pair = (value - rest * 100) << 1;
    scratch[--end] = PAIRS[pair + 1]!;
    scratch[--end] = PAIRS[pair]!;
    value = rest;
  }
  if (end > at) scratch[at] = 48 + value;
  return at + digits;
}

/** Write the digits of an integer in 0 … 2^53 (0 writes nothing: all its zeros are leading) and return where they end. */
function writeDigits(value: number, at: number): number {
  if (value < 1e9) return writeSmall(value | 0, at);
  let high = Math.floor(value / 1e9);
  let low = value - high * 1e9;
  // Above 2^52 the quotient may have been rounded up to the next integer.
  if (low < 0) {
    high--;
    low += 1e9;
  }
  return writePadded(low | 0, 9, writeSmall(high | 0, at));
}

function advanceSide(crc: number, side: LevelSide): number {
  const levels = Math.min(CHECKSUM_LEVELS, side.count);
  let end = 0;
  for (let rank = 0; rank < levels; rank++) {
    end = writeDigits(side.priceAt(rank), end);
    end = writeDigits(side.qtyAt(rank), end);
  }
  return crcAdvance(crc, scratch, 0, end);
}

/** The unfinished checksum over the asks; kept by the caller while only bids change. */
export function asksChecksum(asks: LevelSide): number {
  return advanceSide(CRC_START, asks);
}

export function bookChecksum(asksCrc: number, bids: LevelSide): number {
  return crcFinish(advanceSide(asksCrc, bids));
}
