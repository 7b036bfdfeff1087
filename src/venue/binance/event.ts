/**
 * One stream frame as bytes: the wrapper of a combined stream, then the one-letter keys of the event, by position.
 * A depth update in the venue's own key order is read in one pass: reading stops at its levels, which the caller
 * scans and writes at once. Any other order is walked to the end first.
 */
import { LoadedFrame } from '../loaded-frame.js';
import { bounds, boundsAre, bytesOf, CLOSE_BRACE, DONE, expect, firstKey, MALFORMED, matches, nextKey, OPEN_BRACE, OPEN_BRACKET, QUOTE, scanned, scanString, skipSpace, skipValue } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { DepthHead, Head } from './depth-head.js';

export const Kind = { OTHER: 0, DEPTH: 1, TRADE: 2, AGG_TRADE: 3, QUOTE: 4, SHUTDOWN: 5 } as const;

/** Index in `at` of the key `pu`; the others are indexed by their letter. */
export const PU = 0;
const LETTERS = 128;
export const LETTER = { A: 0x41, B: 0x42, E: 0x45, T: 0x54, U: 0x55, a: 0x61, b: 0x62, e: 0x65, m: 0x6d, p: 0x70, q: 0x71, s: 0x73, t: 0x74, u: 0x75 } as const;

const STREAM_FIRST = bytesOf('{"stream":"');
const DATA_NEXT = bytesOf(',"data":');
const STREAM = bytesOf('stream');
const DATA = bytesOf('data');
const PU_KEY = bytesOf('pu');
const DEPTH_UPDATE = bytesOf('"depthUpdate"');
const TRADE = bytesOf('"trade"');
const AGG_TRADE = bytesOf('"aggTrade"');
const BOOK_TICKER = bytesOf('"bookTicker"');
const SERVER_SHUTDOWN = bytesOf('"serverShutdown"');

export class StreamEvent extends LoadedFrame {
  /** Position of the value of each one-letter key (by its character code; PU for `pu`), -1 = not there. Of walked events. */
  readonly at = new Int32Array(LETTERS);
  /** The event's symbol, where `findSymbol` found one. */
  symbolFrom = 0;
  symbolTo = 0;
  /** The stream's name in the wrapper; -1 = bare event. */
  streamFrom = -1;
  streamTo = -1;
  /** What must follow the event: nothing (0), the wrapper's brace (1), or the whole frame was checked already (2). */
  private tail = 0;
  /** Where the walk stopped: at the levels of a depth update in the venue's key order, or after the event. */
  stop = 0;
  stoppedAtLevels = false;
  private readonly head = new DepthHead();
  /** Of a depth update, after `readNumbers`: U, u, pu and its time, by Head. */
  readonly numbers = this.head.numbers;
  /** The head was read in one pass: there are no positions. */
  private hasHead = false;

  /**
   * Copy a frame in and read it up to its levels, or whole.
   * @returns Kind, or a negative code
   */
  read(frame: Uint8Array, length: number): number {
    this.load(frame, length);
    const { bytes, end } = this;
    if (this.readHead()) return Kind.DEPTH;
    const data = this.unwrap(bytes, end);
    if (data < 0) return MALFORMED;
    this.stop = this.walk(bytes, data, end, true);
    return this.stop < 0 ? MALFORMED : this.kind(bytes, end);
  }

  private readHead(): boolean {
    const { head } = this;
    const levels = head.read(this.bytes, this.view, this.end);
    this.hasHead = levels >= 0;
    if (levels < 0) return false;
    this.streamFrom = head.streamFrom;
    this.streamTo = head.streamTo;
    this.tail = 1;
    this.stop = levels;
    this.stoppedAtLevels = true;
    return true;
  }

  /** Read the loaded frame to its end whatever the order of its keys. @returns Kind, or a negative code */
  readWhole(): number {
    const { bytes, end } = this;
    this.hasHead = false;
    const data = this.unwrap(bytes, end);
    if (data < 0) return MALFORMED;
    this.stop = this.walk(bytes, data, end, false);
    if (this.stop < 0 || !this.endsAt(this.stop)) return MALFORMED;
    return this.kind(bytes, end);
  }

  /** Whether nothing but the wrapper's end follows the event. */
  endsAt(at: number): boolean {
    const { bytes, end } = this;
    if (this.tail === 2) return at > 0;
    if (this.tail === 1) at = expect(bytes, at, end, CLOSE_BRACE);
    return at === end || (at > 0 && skipSpace(bytes, at, end) === end);
  }

  has(key: number): boolean {
    return this.at[key] >= 0;
  }

  /** Leaves the bounds of the event's symbol. */
  findSymbol(): boolean {
    if (this.hasHead) {
      this.symbolFrom = this.head.symbolFrom;
      this.symbolTo = this.head.symbolTo;
      return true;
    }
    const at = this.at[LETTER.s];
    if (at < 0 || scanString(this.bytes, at, this.end) < 0) return false;
    this.symbolFrom = bounds[0];
    this.symbolTo = bounds[1];
    return true;
  }

  /** U, u, pu (-1 = spot) and the time of a depth update into `numbers`; false when one is missing or none. */
  readNumbers(): boolean {
    if (this.hasHead) return true;
    this.numbers[Head.previous] = -1;
    return this.number(LETTER.U, Head.first) && this.number(LETTER.u, Head.last) && this.number(LETTER.E, Head.unixMs) && (!this.has(PU) || this.number(PU, Head.previous));
  }

  private number(key: number, slot: number): boolean {
    const at = this.at[key];
    if (at < 0 || scanInteger(this.bytes, at, this.end) < 0) return false;
    this.numbers[slot] = scanned[0];
    return true;
  }

  private unwrap(bytes: Uint8Array, end: number): number {
    this.streamFrom = -1;
    this.streamTo = -1;
    this.tail = 0;
    if (matches(bytes, 0, end, STREAM_FIRST)) {
      const next = scanString(bytes, STREAM_FIRST.length - 1, end);
      if (next < 0) return MALFORMED;
      this.streamFrom = bounds[0];
      this.streamTo = bounds[1];
      if (matches(bytes, next, end, DATA_NEXT)) {
        this.tail = 1;
        return next + DATA_NEXT.length;
      }
    }
    return this.unwrapAnyOrder(bytes, end);
  }

  /** Other keys may stand before and behind the data: the whole frame is walked now. */
  private unwrapAnyOrder(bytes: Uint8Array, end: number): number {
    let data = -1;
    let at = expect(bytes, 0, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, DATA)) data = at;
      else if (boundsAre(bytes, STREAM) && scanString(bytes, at, end) >= 0) {
        this.streamFrom = bounds[0];
        this.streamTo = bounds[1];
      }
      at = skipValue(bytes, at, end);
      if (at < 0) return MALFORMED;
    }
    if (at !== DONE || skipSpace(bytes, bounds[1], end) !== end) return MALFORMED;
    this.tail = 2;
    return data >= 0 ? data : skipSpace(bytes, 0, end);
  }

  private walk(bytes: Uint8Array, at: number, end: number, stopAtLevels: boolean): number {
    const positions = this.at;
    positions.fill(-1);
    this.stoppedAtLevels = false;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      const length = bounds[1] - bounds[0];
      if (length === 1) {
        const letter = bytes[bounds[0]];
        if (letter < LETTERS) positions[letter] = at;
        if (stopAtLevels && letter === LETTER.b && bytes[at] === OPEN_BRACKET && positions[LETTER.u] >= 0 && positions[LETTER.U] >= 0 && positions[LETTER.s] >= 0) {
          this.stoppedAtLevels = true;
          return at;
        }
      } else if (length === 2 && boundsAre(bytes, PU_KEY)) positions[PU] = at;
      at = skipValue(bytes, at, end);
      if (at < 0) return MALFORMED;
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  private kind(bytes: Uint8Array, end: number): number {
    const event = this.at[LETTER.e];
    if (event >= 0) {
      if (matches(bytes, event, end, DEPTH_UPDATE)) return Kind.DEPTH;
      if (matches(bytes, event, end, TRADE)) return Kind.TRADE;
      if (matches(bytes, event, end, BOOK_TICKER)) return Kind.QUOTE;
      if (matches(bytes, event, end, AGG_TRADE)) return Kind.AGG_TRADE;
      return matches(bytes, event, end, SERVER_SHUTDOWN) ? Kind.SHUTDOWN : Kind.OTHER;
    }
    // Spot's bookTicker names neither itself nor a time.
    const quote = this.has(LETTER.u) && this.has(LETTER.s) && this.isText(bytes, LETTER.b) && this.isText(bytes, LETTER.B) && this.isText(bytes, LETTER.a) && this.isText(bytes, LETTER.A);
    return quote ? Kind.QUOTE : Kind.OTHER;
  }

  private isText(bytes: Uint8Array, key: number): boolean {
    return this.at[key] >= 0 && bytes[this.at[key]] === QUOTE;
  }
}
