/**
 * The head of a depth update in the venue's own spelling, read in one pass up to its levels:
 *
 *   {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":5,"u":7,"b":
 *
 * Futures have `"T"` before the symbol and `"pu"` behind `u`. Whatever is spelled otherwise is refused here, right or
 * wrong, and walked key by key by StreamEvent.
 */
import * as words from '../scan-words.js';

const { digitWord, fourDigits, Literal, strays } = words;

/** Slots of `numbers`: U, u, pu (-1 = spot) and the event's time in Unix ms. */
export const Head = { first: 0, last: 1, previous: 2, unixMs: 3, skipped: 4 } as const;

const STREAM = new Literal('{"stream":"');
const EVENT = new Literal('","data":{"e":"depthUpdate","E":');
const TRANSACTION = new Literal(',"T":');
const SYMBOL = new Literal(',"s":"');
const FIRST = new Literal('","U":');
const LAST = new Literal(',"u":');
const PREVIOUS = new Literal(',"pu":');
const BIDS = new Literal(',"b":[');

/** Integers of so many digits are exact in a double. */
const DIGITS_MAX = 15;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const SPACE = 0x20;

export class DepthHead {
  readonly numbers = new Float64Array(5);
  streamFrom = 0;
  streamTo = 0;
  symbolFrom = 0;
  symbolTo = 0;

  /** @returns where the bids' opening bracket stands, or -1 */
  read(bytes: Uint8Array, view: DataView, end: number): number {
    if (!STREAM.isAt(view, 0, end)) return -1;
    this.streamFrom = STREAM.length;
    this.streamTo = textEnd(bytes, STREAM.length, end);
    if (!EVENT.isAt(view, this.streamTo, end)) return -1;
    let at = this.number(bytes, view, this.streamTo + EVENT.length, Head.unixMs);
    if (TRANSACTION.isAt(view, at, end)) at = this.number(bytes, view, at + TRANSACTION.length, Head.skipped);
    if (!SYMBOL.isAt(view, at, end)) return -1;
    this.symbolFrom = at + SYMBOL.length;
    this.symbolTo = textEnd(bytes, this.symbolFrom, end);
    if (!FIRST.isAt(view, this.symbolTo, end)) return -1;
    at = this.number(bytes, view, this.symbolTo + FIRST.length, Head.first);
    if (!LAST.isAt(view, at, end)) return -1;
    at = this.number(bytes, view, at + LAST.length, Head.last);
    this.numbers[Head.previous] = -1;
    if (PREVIOUS.isAt(view, at, end)) at = this.number(bytes, view, at + PREVIOUS.length, Head.previous);
    return BIDS.isAt(view, at, end) ? at + BIDS.length - 1 : -1;
  }

  /** An integer without a sign to `numbers[slot]`. @returns the position after it; 0, where no constant stands, when there is none */
  private number(bytes: Uint8Array, view: DataView, at: number, slot: number): number {
    const from = at;
    let value = 0;
    for (let word = digitWord(view, at); strays(word) === 0 && at - from < DIGITS_MAX; word = digitWord(view, at)) {
      value = value * 10_000 + fourDigits(word);
      at += 4;
    }
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[at] - ZERO) {
      value = value * 10 + digit;
      at++;
    }
    if (at === from || at - from > DIGITS_MAX || bytes[from] === ZERO) return 0;
    this.numbers[slot] = value;
    return at;
  }
}

/** Position of the quote that ends a text without escapes, or of whatever may not stand in one. */
function textEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH && bytes[at] >= SPACE) at++;
  return at;
}
