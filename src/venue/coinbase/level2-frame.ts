/**
 * A level2 message in the venue's own spelling, read in one pass, its levels into `changes`:
 *
 *   {"channel":"l2_data","client_id":"","timestamp":"2026-08-26T12:14:02.093585833Z","sequence_num":139,"events":[{"type":"update",
 *   "product_id":"ATOM-USD","updates":[{"side":"bid","event_time":"…Z","price_level":"1.5568","new_quantity":"92.81"},…]}]}
 *
 * `client_id` may be absent. Whatever is spelled otherwise is refused here, right or wrong, and walked key by key by the feed.
 */
import { LevelChanges } from '../level-changes.js';
import { LoadedFrame } from '../loaded-frame.js';
import { bytesOf } from '../scan.js';
import { TEN as UNITS } from '../scan-number.js';
import type { EpochParts } from '../scan-time.js';
import { MinuteTime } from './minute-time.js';
import type { CoinbaseBook, Products } from './products.js';

// Constants of its own for the loop over levels: see scan-words.ts.
const TEN = UNITS;

/**
 * Eight characters as a double: bytes of ASCII are never one that is not a number, so that two are equal where their
 * bytes are. Half as many comparisons as by words.
 */
function eight(text: string): number {
  return new DataView(bytesOf(text).buffer).getFloat64(0, true);
}

/** `{"channel":"l2_data","timestamp":"`, and with `"client_id":"",` between. */
const CHANNEL_1 = eight('{"channe');
const CHANNEL_2 = eight('l":"l2_d');
const BARE_3 = eight('ata","ti');
const BARE_4 = eight('mestamp"');
const CLIENT_3 = eight('ata","cl');
const CLIENT_4 = eight('ient_id"');
const CLIENT_5 = eight(':"","tim');
const STAMP = eight('stamp":"');
const BARE_LENGTH = 34;
const CLIENT_LENGTH = 49;
/** `","sequence_num":` */
const SEQUENCE_1 = eight('","seque');
const SEQUENCE_2 = eight('nce_num"');
const SEQUENCE_LENGTH = 17;
/** `,"events":[{"type":"update","product_id":"`, or snapshot. */
const EVENTS_1 = eight(',"events');
const EVENTS_2 = eight('":[{"typ');
const UPDATE_3 = eight('e":"upda');
const UPDATE_4 = eight('te","pro');
const UPDATE_5 = eight('duct_id"');
const SNAPSHOT_3 = eight('e":"snap');
const SNAPSHOT_4 = eight('shot","p');
const SNAPSHOT_5 = eight('roduct_i');
const PRODUCT = eight('ct_id":"');
const UPDATE_LENGTH = 42;
const SNAPSHOT_LENGTH = 44;
/** `","updates":[` */
const UPDATES_1 = eight('","updat');
const UPDATES_2 = eight('dates":[');
const UPDATES_LENGTH = 13;
/** `{"side":"bid","event_time":"`, or offer. */
const SIDE = eight('{"side":');
const BID_2 = eight('"bid","e');
const BID_3 = eight('vent_tim');
const OFFER_2 = eight('"offer",');
const OFFER_3 = eight('"event_t');
const TIME = eight('_time":"');
const BID_LENGTH = 28;
const OFFER_LENGTH = 30;
/** `","price_level":"` */
const PRICE_1 = eight('","price');
const PRICE_2 = eight('_level":');
const PRICE_LENGTH = 17;
/** `","new_quantity":"` */
const QUANTITY_1 = eight('","new_q');
const QUANTITY_2 = eight('uantity"');
const QUANTITY_LENGTH = 18;

const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LETTER_E = 0x65;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;
/** Integers of so many digits are exact in a double; so many fit an int32. */
const SEQUENCE_DIGITS_MAX = 15;
const DIGITS_MAX = 9;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** No message of one level is shorter, and no level: what is read ahead of them is there. */
const FRAME_BYTES_MIN = 192;
const LEVEL_BYTES_MIN = 64;

/** Slots of `numbers`. */
export const Level2 = { sequence: 0, tsVenueNs: 1 } as const;

export class Level2Frame extends LoadedFrame {
  readonly changes = new LevelChanges();
  readonly numbers = new Float64Array(2);
  book: CoinbaseBook | undefined;
  isSnapshot = false;
  private readonly time: MinuteTime;

  constructor(private readonly products: Products, epoch: EpochParts) {
    super();
    this.time = new MinuteTime(epoch);
  }

  /** Copy a frame in and read it whole. @returns false where it is spelled otherwise, or is nobody's or several books' */
  read(frame: Uint8Array, length: number): boolean {
    // Other channels are not copied.
    if (length < FRAME_BYTES_MIN || frame[12] !== 0x6c || frame[13] !== 0x32) return false;
    this.load(frame, length);
    const at = this.readHead();
    if (at < 0) return false;
    const { pair } = this.book!.instrument;
    if (pair.priceScale > DIGITS_MAX || pair.qtyScale > DIGITS_MAX) return false;
    return this.readLevels(at, pair.priceScale, pair.qtyScale) === this.end;
  }

  /** Everything before the first level. @returns its position, or -1 */
  private readHead(): number {
    const { bytes, view, end } = this;
    if (view.getFloat64(0, true) !== CHANNEL_1 || view.getFloat64(8, true) !== CHANNEL_2) return -1;
    let at = BARE_LENGTH;
    if (view.getFloat64(16, true) !== BARE_3 || view.getFloat64(24, true) !== BARE_4) {
      if (view.getFloat64(16, true) !== CLIENT_3 || view.getFloat64(24, true) !== CLIENT_4 || view.getFloat64(32, true) !== CLIENT_5 || bytes[40] !== LETTER_E) return -1;
      at = CLIENT_LENGTH;
    }
    if (view.getFloat64(at - 8, true) !== STAMP) return -1;
    at = this.time.read(bytes, view, at, end);
    if (at < 0 || view.getFloat64(at, true) !== SEQUENCE_1 || view.getFloat64(at + 8, true) !== SEQUENCE_2 || bytes[at + 16] !== COLON) return -1;
    this.numbers[Level2.tsVenueNs] = this.time.value[0];
    const from = at + SEQUENCE_LENGTH;
    at = from;
    let sequence = 0;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[at] - ZERO) {
      sequence = sequence * 10 + digit;
      at++;
    }
    if (at === from || at - from > SEQUENCE_DIGITS_MAX || (bytes[from] === ZERO && at > from + 1)) return -1;
    this.numbers[Level2.sequence] = sequence;
    return this.readProduct(at);
  }

  /** From behind the number to the first level. */
  private readProduct(at: number): number {
    const { bytes, view, end } = this;
    if (view.getFloat64(at, true) !== EVENTS_1 || view.getFloat64(at + 8, true) !== EVENTS_2) return -1;
    this.isSnapshot = view.getFloat64(at + 16, true) !== UPDATE_3;
    if (!this.isSnapshot) {
      if (view.getFloat64(at + 24, true) !== UPDATE_4 || view.getFloat64(at + 32, true) !== UPDATE_5) return -1;
      at += UPDATE_LENGTH;
    } else {
      if (view.getFloat64(at + 16, true) !== SNAPSHOT_3 || view.getFloat64(at + 24, true) !== SNAPSHOT_4 || view.getFloat64(at + 32, true) !== SNAPSHOT_5) return -1;
      at += SNAPSHOT_LENGTH;
    }
    if (view.getFloat64(at - 8, true) !== PRODUCT) return -1;
    const from = at;
    while (at < end && bytes[at] !== QUOTE) at++;
    if (view.getFloat64(at, true) !== UPDATES_1 || view.getFloat64(at + 5, true) !== UPDATES_2) return -1;
    const product = this.products.find(bytes, from, at);
    if (product < 0) return -1;
    const books = this.products.booksOf(product);
    if (books.length > 1) return -1;
    this.book = books[0];
    return at + UPDATES_LENGTH;
  }

  /** From the first level to the end. @returns the position after the message, or -1 */
  private readLevels(at: number, priceScale: number, qtyScale: number): number {
    const { bytes, view, changes, end } = this;
    const priceUnits = TEN[priceScale];
    const qtyUnits = TEN[qtyScale];
    let timeFrom = 0;
    let timeLength = 0;
    changes.clear();
    for (;;) {
      if (at + LEVEL_BYTES_MIN > end || view.getFloat64(at, true) !== SIDE) return -1;
      let isAsk: 0 | 1 = 0;
      if (view.getFloat64(at + 8, true) === BID_2) {
        if (view.getFloat64(at + 16, true) !== BID_3) return -1;
        at += BID_LENGTH;
      } else {
        if (view.getFloat64(at + 8, true) !== OFFER_2 || view.getFloat64(at + 16, true) !== OFFER_3) return -1;
        isAsk = 1;
        at += OFFER_LENGTH;
      }
      if (view.getFloat64(at - 8, true) !== TIME) return -1;
      // All levels of one event have one time, most often.
      if (timeLength < 8 || at + timeLength >= end || !isSame(view, timeFrom, at, timeLength)) {
        timeFrom = at;
        while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH && bytes[at] >= SPACE) at++;
        timeLength = at - timeFrom;
      } else at += timeLength;
      if (view.getFloat64(at, true) !== PRICE_1 || view.getFloat64(at + 8, true) !== PRICE_2 || bytes[at + 16] !== QUOTE) return -1;
      at += PRICE_LENGTH;
      let from = at;
      let whole = 0;
      let digit = bytes[at] - ZERO;
      for (; digit >= 0 && digit <= 9; digit = bytes[++at] - ZERO) whole = (whole * 10 + digit) | 0;
      let digits = at - from;
      let fraction = 0;
      let missing = priceScale;
      if (bytes[at] === POINT) {
        digit = bytes[++at] - ZERO;
        for (; digit >= 0 && digit <= 9 && missing > 0; digit = bytes[++at] - ZERO) {
          fraction = (fraction * 10 + digit) | 0;
          missing--;
        }
        if (bytes[at - 1] === POINT) return -1;
      }
      const price = whole * priceUnits + fraction * TEN[missing];
      if (digits === 0 || digits > DIGITS_MAX || price === 0 || price > MAX_SAFE) return -1;
      if (view.getFloat64(at, true) !== QUANTITY_1 || view.getFloat64(at + 8, true) !== QUANTITY_2 || bytes[at + 16] !== COLON || bytes[at + 17] !== QUOTE) return -1;
      at += QUANTITY_LENGTH;
      from = at;
      whole = 0;
      digit = bytes[at] - ZERO;
      for (; digit >= 0 && digit <= 9; digit = bytes[++at] - ZERO) whole = (whole * 10 + digit) | 0;
      digits = at - from;
      fraction = 0;
      missing = qtyScale;
      if (bytes[at] === POINT) {
        digit = bytes[++at] - ZERO;
        for (; digit >= 0 && digit <= 9 && missing > 0; digit = bytes[++at] - ZERO) {
          fraction = (fraction * 10 + digit) | 0;
          missing--;
        }
        if (bytes[at - 1] === POINT) return -1;
      }
      const qty = whole * qtyUnits + fraction * TEN[missing];
      if (digits === 0 || digits > DIGITS_MAX || qty > MAX_SAFE || bytes[at] !== QUOTE || bytes[at + 1] !== CLOSE_BRACE) return -1;
      changes.push(isAsk, price, qty);
      at += 2;
      if (bytes[at] === COMMA) at++;
      else return bytes[at] === CLOSE_BRACKET && bytes[at + 1] === CLOSE_BRACE && bytes[at + 2] === CLOSE_BRACKET && bytes[at + 3] === CLOSE_BRACE ? at + 4 : -1;
    }
  }
}

/** Whether the same `length` bytes, at least eight, stand at both places, and a quote behind the second. */
function isSame(view: DataView, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length - 8; i += 8) if (view.getFloat64(one + i, true) !== view.getFloat64(other + i, true)) return false;
  return view.getFloat64(one + length - 8, true) === view.getFloat64(other + length - 8, true) && view.getUint8(other + length) === QUOTE;
}
