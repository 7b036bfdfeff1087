/**
 * Kraken's book checksum: CRC-32 over the digits of the best ten asks, then of the best ten bids, each level its price
 * and its quantity at the instrument's decimals with the point and leading zeros removed. That is the plain decimal
 * text of the scaled integers, so no text is ever formatted.
 * Source: docs.kraken.com, "Spot websockets v2, book checksum".
 */
import { CRC_START, crcAdvance, crcFinish } from '../crc32.js';
import { writeDigits } from '../digits.js';
import type { LevelSide } from '../level-side.js';

export const CHECKSUM_LEVELS = 10;

/** Ten levels of two numbers of at most 16 digits. */
const scratch = new Uint8Array(CHECKSUM_LEVELS * 2 * 16);

function advanceSide(crc: number, side: LevelSide): number {
  const levels = Math.min(CHECKSUM_LEVELS, side.count);
  let end = 0;
  for (let rank = 0; rank < levels; rank++) {
    end = writeDigits(scratch, side.priceAt(rank), end);
    end = writeDigits(scratch, side.qtyAt(rank), end);
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
