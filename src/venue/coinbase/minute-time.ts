/** Times of a running stream, `2026-08-26T12:14:02.093585833Z`: the minute is worked out once and then recognised. */
import { scanned } from '../scan.js';
import { scanIsoTime, type EpochParts } from '../scan-time.js';
import { FIRST_PLAUSIBLE_SECOND } from './venue-time.js';

const ZERO = 0x30;
const POINT = 0x2e;
const ZULU = 0x5a;
const COLON = 0x3a;
const FRACTION_DIGITS_MAX = 9;
const UNITS = Int32Array.from({ length: 10 }, (_, i) => 10 ** (9 - i));

export class MinuteTime {
  /** ns since the epoch, of the last time read. */
  readonly value = new Float64Array(1);
  /** Of the minute that was worked out last. */
  private readonly minuteNs = new Float64Array(1);
  /** Its text, `2026-08-26T12:14`, as words. */
  private readonly minute = new Int32Array(4);

  constructor(private readonly epoch: EpochParts) {}

  /** A time with a fraction in Zulu, at its first digit behind the quote. @returns position of the quote behind it, or -1 */
  read(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    const { minute } = this;
    if (at + 24 > end) return -1;
    const isKnown = view.getInt32(at, true) === minute[0] && view.getInt32(at + 4, true) === minute[1] && view.getInt32(at + 8, true) === minute[2] && view.getInt32(at + 12, true) === minute[3];
    if (!isKnown && !this.learn(bytes, view, at, end)) return -1;
    const tens = bytes[at + 17] - ZERO;
    const ones = bytes[at + 18] - ZERO;
    if (bytes[at + 16] !== COLON || tens < 0 || tens > 5 || ones < 0 || ones > 9 || bytes[at + 19] !== POINT) return -1;
    at += 20;
    const from = at;
    let fraction = 0;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9 && at - from < FRACTION_DIGITS_MAX; digit = bytes[at] - ZERO) {
      fraction = (fraction * 10 + digit) | 0;
      at++;
    }
    if (at === from || bytes[at] !== ZULU) return -1;
    this.value[0] = this.minuteNs[0] + (tens * 10 + ones) * 1e9 + fraction * UNITS[at - from];
    return at + 1;
  }

  private learn(bytes: Uint8Array, view: DataView, at: number, end: number): boolean {
    const seconds = (bytes[at + 17] - ZERO) * 10 + (bytes[at + 18] - ZERO);
    if (scanIsoTime(bytes, at - 1, end, this.epoch) < 0 || scanned[0] / 1e9 + this.epoch.seconds < FIRST_PLAUSIBLE_SECOND || !(seconds < 60)) return false;
    // Down to the minute: what is left is whole, as are the epoch's nanoseconds.
    this.minuteNs[0] = scanned[0] - seconds * 1e9 - this.nanosOf(bytes, at + 20);
    for (let i = 0; i < 4; i++) this.minute[i] = view.getInt32(at + 4 * i, true);
    return true;
  }

  /** The fraction behind the point, ns; 0 where there is none. */
  private nanosOf(bytes: Uint8Array, at: number): number {
    const from = at;
    let nanos = 0;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9 && at - from < FRACTION_DIGITS_MAX; digit = bytes[at] - ZERO) {
      nanos = nanos * 10 + digit;
      at++;
    }
    return nanos * UNITS[at - from];
  }
}
