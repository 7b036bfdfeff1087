/** Times in venue frames, as ns since the session's epoch: read into `scanned[0]` without allocation. The rules are scan.ts's. */
import { MALFORMED, scanned, QUOTE, COLON, MINUS, PLUS, POINT, ZERO } from './scan.js';
import { scanInteger, TEN } from './scan-number.js';

/** Unix time split so that differences to it are exact in Float64. */
export interface EpochParts {
  readonly seconds: number;
  /** Nanoseconds within the second. */
  readonly nanos: number;
}

export function splitEpoch(epochUnixNs: bigint): EpochParts {
  const nanos = ((epochUnixNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((epochUnixNs - nanos) / 1_000_000_000n), nanos: Number(nanos) };
}

/** An integer of Unix milliseconds as ns since the epoch. */
export function scanUnixMs(bytes: Uint8Array, at: number, end: number, epoch: EpochParts): number {
  at = scanInteger(bytes, at, end);
  if (at >= 0) scanned[0] = (scanned[0] - epoch.seconds * 1000) * 1e6 - epoch.nanos;
  return at;
}

const DAYS_BEFORE_MONTH = Int32Array.of(0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);
const DAYS_OF_MONTH = Int32Array.of(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** `count` digits as a small integer, or -1. */
function digitsAt(bytes: Uint8Array, at: number, end: number, count: number): number {
  if (at + count > end) return -1;
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = bytes[at + i] - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01, or MALFORMED for a date that is none. */
function daysFrom(year: number, month: number, day: number): number {
  if (year < 1970 || month < 1 || month > 12 || day < 1) return MALFORMED;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > DAYS_OF_MONTH[month - 1] + (leap && month === 2 ? 1 : 0)) return MALFORMED;
  const before = year - 1;
  const leaps = ((before / 4) | 0) - ((before / 100) | 0) + ((before / 400) | 0) - 477;
  return (year - 1970) * 365 + leaps + DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
}

/**
 * `"2026-11-18T11:06:40.000000Z"` (quoted; 0 to 9 fraction digits; Z or an offset) as ns since the epoch. Exact within
 * 104 days of it. Years before 1970 are MALFORMED.
 */
export function scanIsoTime(bytes: Uint8Array, at: number, end: number, epoch: EpochParts): number {
  if (at + 20 > end || bytes[at] !== QUOTE) return MALFORMED;
  const separated = bytes[at + 5] === MINUS && bytes[at + 8] === MINUS && (bytes[at + 11] === 0x54 || bytes[at + 11] === 0x20)
    && bytes[at + 14] === COLON && bytes[at + 17] === COLON;
  if (!separated) return MALFORMED;
  const days = daysFrom(digitsAt(bytes, at + 1, end, 4), digitsAt(bytes, at + 6, end, 2), digitsAt(bytes, at + 9, end, 2));
  const hour = digitsAt(bytes, at + 12, end, 2);
  const minute = digitsAt(bytes, at + 15, end, 2);
  const second = digitsAt(bytes, at + 18, end, 2);
  if (days < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return MALFORMED;
  at += 20;
  let nanos = 0;
  if (at < end && bytes[at] === POINT) {
    const from = ++at;
    for (; at < end && at < from + 9; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      nanos = nanos * 10 + digit;
    }
    if (at === from) return MALFORMED;
    nanos *= TEN[9 - (at - from)];
  }
  const offset = scanOffset(bytes, at, end);
  if (offset < 0) return MALFORMED;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - scanned[0];
  scanned[0] = (seconds - epoch.seconds) * 1e9 + (nanos - epoch.nanos);
  return offset;
}

/** `Z"` or `+02:00"`; leaves the offset in seconds. */
function scanOffset(bytes: Uint8Array, at: number, end: number): number {
  scanned[0] = 0;
  if (at >= end) return MALFORMED;
  const sign = bytes[at];
  if (sign === 0x5a || sign === 0x7a) at++;
  else {
    const hour = digitsAt(bytes, at + 1, end, 2);
    const minute = digitsAt(bytes, at + 4, end, 2);
    if ((sign !== PLUS && sign !== MINUS) || bytes[at + 3] !== COLON || hour < 0 || hour > 23 || minute < 0 || minute > 59) return MALFORMED;
    scanned[0] = (hour * 3600 + minute * 60) * (sign === PLUS ? 1 : -1);
    at += 6;
  }
  return at < end && bytes[at] === QUOTE ? at + 1 : MALFORMED;
}
