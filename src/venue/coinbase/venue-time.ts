/** Times of both dialects: up to nine fraction digits are kept; what cannot be a time (1970, year 1) is none. */
import { skipValue, scanned } from '../scan.js';
import { scanIsoTime, type EpochParts } from '../scan-time.js';

/** The exchange opened in 2015. */
export const FIRST_PLAUSIBLE_SECOND = 1_420_070_400;

/** A timestamp into `into[0]`, ns since the epoch, where it is one and plausible; else `into` stays as it is. */
export function readTime(bytes: Uint8Array, at: number, end: number, epoch: EpochParts, into: Float64Array): number {
  const after = scanIsoTime(bytes, at, end, epoch);
  if (after < 0) return skipValue(bytes, at, end);
  if (scanned[0] / 1e9 + epoch.seconds >= FIRST_PLAUSIBLE_SECOND) into[0] = scanned[0];
  return after;
}
