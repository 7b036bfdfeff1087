/**
 * One frame of the public stream, read without allocation: which topic and symbol it is of, its times, and of a book its
 * levels and update id:
 * `{"topic":"orderbook.50.BTCUSDT","ts":1795000000010,"type":"delta","data":{"s":"BTCUSDT","b":[["64000.1","0"]],"a":[],"u":502,"seq":9},"cts":1795000000009}`.
 * Keys come in any order (spot puts `ts` before `type`), times bare or in quotes. A key that comes twice is refused: which
 * of the two counts is nowhere said.
 */
import type { Instrument } from '../../model/instrument.js';
import { LevelChanges } from '../level-changes.js';
import { LoadedFrame } from '../loaded-frame.js';
import { scanLevels } from '../level-array.js';
import { bounds, boundsAre, bytesOf, CLOSE_BRACE, DONE, expect, firstKey, MALFORMED, matches, nextKey, OPEN_BRACE, POINT, QUOTE, scanned, scanString, skipSpace, skipValue, ZERO } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { scanUnixMs, type EpochParts } from '../scan-time.js';
import * as words from '../scan-words.js';
import { SymbolTable } from '../symbol-table.js';

export const Kind = { UNKNOWN: 0, BOOK: 1, TRADES: 2, QUIET: 3, ANSWER: 4, OLDER: 5 } as const;
export const Type = { UNKNOWN: 0, SNAPSHOT: 1, DELTA: 2 } as const;

/** No symbol of ours. */
export const NO_SYMBOL = -1;

const TOPIC = bytesOf('topic');
const TYPE = bytesOf('type');
const DATA = bytesOf('data');
const TS = bytesOf('ts');
const CTS = bytesOf('cts');
const OP = bytesOf('op');
const SUCCESS = bytesOf('success');
const SNAPSHOT = bytesOf('snapshot');
const DELTA = bytesOf('delta');
const ORDERBOOK = bytesOf('orderbook.');
const PUBLIC_TRADE = bytesOf('publicTrade.');
/** Topics before v5, which older-frames.ts puts into the words of v5. */
const OLDER_NAMES = ['depth', 'trade', 'bookTicker'].map(bytesOf);
const OLDER_PREFIXES = ['orderBookL2_25.', 'trade.'].map(bytesOf);
const SYMBOL = bytesOf('s');
const BIDS = bytesOf('b');
const ASKS = bytesOf('a');
const UPDATE_ID = bytesOf('u');

// Constants of its own for what every frame goes through: see scan-words.ts.
const { digitWord, fourDigits, Literal, strays } = words;
/** Digits of a time. */
const MS_DIGITS = 13;

/** Bits of the keys that were seen. */
const SEEN = { topic: 1, type: 2, data: 4, ts: 8, cts: 16, symbol: 32, bids: 64, asks: 128, updateId: 256 } as const;
const WHOLE_BOOK = SEEN.symbol | SEEN.bids | SEEN.asks | SEEN.updateId;

/** What stands between the parts that vary, in a book frame as spot writes it. */
const HEAD = new Literal('{"topic":"orderbook.');
const TS_NEXT = new Literal('","ts":');
const TYPE_NEXT = new Literal(',"type":"');
const SNAPSHOT_NEXT = new Literal('snapshot","data":{"s":"');
const DELTA_NEXT = new Literal('delta","data":{"s":"');
const BIDS_NEXT = new Literal('","b":');
const ASKS_NEXT = new Literal(',"a":');
const ID_NEXT = new Literal(',"u":');
const SEQ_NEXT = new Literal(',"seq":');
const CTS_NEXT = new Literal('},"cts":');

export class StreamFrame extends LoadedFrame {
  kind: number = Kind.UNKNOWN;
  type: number = Type.UNKNOWN;
  /** Number of the topic's symbol, or NO_SYMBOL. */
  symbol = NO_SYMBOL;
  /** Levels a side of a book topic. */
  depth = 0;
  /** Position of `data`, for kinds that are read by others. */
  data = -1;
  /** Levels of a book at the pair's scales. */
  readonly changes = new LevelChanges();
  /** [0] update id, [1] when the venue sent it, [2] when its matching engine made it (0 = not told): ns since the epoch. */
  readonly numbers = new Float64Array(3);
  private readonly symbols: SymbolTable;
  private readonly priceScales: Uint8Array;
  private readonly qtyScales: Uint8Array;
  private seen = 0;
  /** `data` was read as a book. */
  private bookRead = false;

  constructor(instruments: readonly Instrument[], private readonly epoch: EpochParts) {
    super();
    this.symbols = new SymbolTable(instruments.map(({ symbol }, number) => [symbol, number]));
    this.priceScales = Uint8Array.from(instruments, ({ pair }) => pair.priceScale);
    this.qtyScales = Uint8Array.from(instruments, ({ pair }) => pair.qtyScale);
  }

  get updateId(): number {
    return this.numbers[0];
  }

  /** When the matching engine made it, else when it was sent; 0 = neither is told. */
  get tsVenueNs(): number {
    return this.numbers[2] !== 0 ? this.numbers[2] : this.numbers[1];
  }

  /** @returns DONE, or a negative code; kind and symbol then stand as far as they were read */
  read(frame: Uint8Array, length: number): number {
    this.load(frame, length);
    return this.readInOrder() ? DONE : this.readInAnyOrder();
  }

  /** A book frame exactly as spot writes it, in one pass. False: it is of another form, or broken. */
  private readInOrder(): boolean {
    const { bytes, view, end, numbers } = this;
    if (!HEAD.isAt(view, 0, end)) return false;
    const symbolFrom = this.depthAt(HEAD.length);
    if (symbolFrom < 0) return false;
    let at = symbolFrom;
    while (bytes[at] !== QUOTE && at < end) at++;
    const symbolLength = at - symbolFrom;
    const symbol = this.symbols.find(bytes, symbolFrom, at);
    if (symbol < 0 || !TS_NEXT.isAt(view, at, end) || !this.readTime(at + TS_NEXT.length, 1)) return false;
    at += TS_NEXT.length + MS_DIGITS;
    if (!TYPE_NEXT.isAt(view, at, end)) return false;
    at += TYPE_NEXT.length;
    const isDelta = DELTA_NEXT.isAt(view, at, end);
    if (!isDelta && !SNAPSHOT_NEXT.isAt(view, at, end)) return false;
    at += isDelta ? DELTA_NEXT.length : SNAPSHOT_NEXT.length;
    for (let i = 0; i < symbolLength; i++) if (bytes[at + i] !== bytes[symbolFrom + i]) return false;
    at += symbolLength;
    if (!BIDS_NEXT.isAt(view, at, end)) return false;
    const { changes } = this;
    changes.clear();
    at = scanLevels(bytes, at + BIDS_NEXT.length, end, this.priceScales[symbol], this.qtyScales[symbol], 0, changes);
    if (at < 0 || !ASKS_NEXT.isAt(view, at, end)) return false;
    at = scanLevels(bytes, at + ASKS_NEXT.length, end, this.priceScales[symbol], this.qtyScales[symbol], 1, changes);
    if (at < 0 || !ID_NEXT.isAt(view, at, end)) return false;
    at = scanInteger(bytes, at + ID_NEXT.length, end);
    numbers[0] = scanned[0];
    if (at < 0 || !SEQ_NEXT.isAt(view, at, end)) return false;
    at += SEQ_NEXT.length;
    const seqFrom = at;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[at] - ZERO) at++;
    const isInteger = at === seqFrom + 1 || (at > seqFrom && bytes[seqFrom] !== ZERO);
    if (!isInteger || !CTS_NEXT.isAt(view, at, end) || !this.readTime(at + CTS_NEXT.length, 2)) return false;
    at += CTS_NEXT.length + MS_DIGITS;
    if (bytes[at] !== CLOSE_BRACE || at + 1 !== end) return false;
    this.kind = Kind.BOOK;
    this.type = isDelta ? Type.DELTA : Type.SNAPSHOT;
    this.symbol = symbol;
    return true;
  }

  /** Thirteen digits of Unix milliseconds, as they are from 2001 to 2286 (none begins with a zero). False: something else. */
  private readTime(at: number, slot: number): boolean {
    const { view } = this;
    const high = digitWord(view, at);
    const middle = digitWord(view, at + 4);
    const low = digitWord(view, at + 8);
    const last = this.bytes[at + 12] - ZERO;
    if ((strays(high) | strays(middle) | strays(low)) !== 0 || (high & 0xff) === 0 || last < 0 || last > 9) return false;
    const ms = fourDigits(high) * 1e9 + Math.imul(fourDigits(middle), 100_000) + Math.imul(fourDigits(low), 10) + last;
    this.numbers[slot] = (ms - this.epoch.seconds * 1000) * 1e6 - this.epoch.nanos;
    return true;
  }

  /** The depth of a book topic, and a point. @returns the position after it, or -1 */
  private depthAt(at: number): number {
    const { bytes } = this;
    let depth = 0;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at] - ZERO) depth = (depth * 10 + digit) | 0;
    this.depth = depth;
    return bytes[at] === POINT ? at + 1 : -1;
  }

  private readInAnyOrder(): number {
    const { bytes, end } = this;
    this.kind = Kind.UNKNOWN;
    this.type = Type.UNKNOWN;
    this.symbol = NO_SYMBOL;
    this.data = -1;
    this.seen = 0;
    this.bookRead = false;
    this.numbers.fill(0);
    let at = expect(bytes, 0, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      at = this.member(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || skipSpace(bytes, bounds[1], end) !== end) return MALFORMED;
    if (this.kind !== Kind.BOOK || this.symbol === NO_SYMBOL) return DONE;
    if (!this.bookRead && this.data >= 0) {
      at = this.book(bytes, this.data, end);
      if (at < 0) return at;
    }
    return this.bookRead && this.type !== Type.UNKNOWN ? DONE : MALFORMED;
  }

  private member(bytes: Uint8Array, at: number, end: number): number {
    if (boundsAre(bytes, TOPIC)) {
      if (!this.isFirst(SEEN.topic)) return MALFORMED;
      at = scanString(bytes, at, end);
      if (at >= 0) this.readTopic(bytes, bounds[0], bounds[1]);
      return at;
    }
    if (boundsAre(bytes, TYPE)) {
      if (!this.isFirst(SEEN.type)) return MALFORMED;
      at = scanString(bytes, at, end);
      if (at >= 0) this.type = boundsAre(bytes, DELTA) ? Type.DELTA : boundsAre(bytes, SNAPSHOT) ? Type.SNAPSHOT : Type.UNKNOWN;
      return at;
    }
    if (boundsAre(bytes, DATA)) {
      if (!this.isFirst(SEEN.data)) return MALFORMED;
      this.data = at;
      return this.kind === Kind.BOOK && this.symbol !== NO_SYMBOL ? this.book(bytes, at, end) : skipValue(bytes, at, end);
    }
    if (boundsAre(bytes, TS)) return this.isFirst(SEEN.ts) ? this.time(bytes, at, end, 1) : MALFORMED;
    if (boundsAre(bytes, CTS)) return this.isFirst(SEEN.cts) ? this.time(bytes, at, end, 2) : MALFORMED;
    if (this.kind === Kind.UNKNOWN && (boundsAre(bytes, OP) || boundsAre(bytes, SUCCESS))) this.kind = Kind.ANSWER;
    return skipValue(bytes, at, end);
  }

  /** `orderbook.50.BTCUSDT`, `publicTrade.BTCUSDT`; other topics and books of retail price improvement (`orderbook.rpi.…`) are nothing of ours. */
  private readTopic(bytes: Uint8Array, from: number, to: number): void {
    this.kind = Kind.QUIET;
    if (matches(bytes, from, to, ORDERBOOK)) {
      const name = this.depthAt(from + ORDERBOOK.length);
      if (name < 0 || name > to) return;
      this.kind = Kind.BOOK;
      this.symbol = this.symbols.find(bytes, name, to);
    } else if (matches(bytes, from, to, PUBLIC_TRADE)) {
      this.kind = Kind.TRADES;
      this.symbol = this.symbols.find(bytes, from + PUBLIC_TRADE.length, to);
    } else if (OLDER_NAMES.some((name) => name.length === to - from && matches(bytes, from, to, name)) || OLDER_PREFIXES.some((prefix) => matches(bytes, from, to, prefix))) {
      this.kind = Kind.OLDER;
    }
  }

  private book(bytes: Uint8Array, at: number, end: number): number {
    const { changes, symbol } = this;
    const priceScale = this.priceScales[symbol];
    const qtyScale = this.qtyScales[symbol];
    changes.clear();
    at = expect(bytes, at, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, BIDS)) at = this.isFirst(SEEN.bids) ? scanLevels(bytes, at, end, priceScale, qtyScale, 0, changes) : MALFORMED;
      else if (boundsAre(bytes, ASKS)) at = this.isFirst(SEEN.asks) ? scanLevels(bytes, at, end, priceScale, qtyScale, 1, changes) : MALFORMED;
      else if (boundsAre(bytes, UPDATE_ID)) {
        at = this.isFirst(SEEN.updateId) ? scanInteger(bytes, at, end) : MALFORMED;
        this.numbers[0] = scanned[0];
      } else if (boundsAre(bytes, SYMBOL)) {
        at = this.isFirst(SEEN.symbol) ? scanString(bytes, at, end) : MALFORMED;
        // What says two symbols may be of either.
        if (at >= 0 && this.symbols.find(bytes, bounds[0], bounds[1]) !== symbol) return MALFORMED;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || (this.seen & WHOLE_BOOK) !== WHOLE_BOOK) return MALFORMED;
    this.bookRead = true;
    return bounds[1];
  }

  private time(bytes: Uint8Array, at: number, end: number, slot: number): number {
    at = scanUnixMs(bytes, at, end, this.epoch);
    if (at >= 0) this.numbers[slot] = scanned[0];
    return at;
  }

  private isFirst(bit: number): boolean {
    const first = (this.seen & bit) === 0;
    this.seen |= bit;
    return first;
  }
}
