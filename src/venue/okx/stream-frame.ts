/**
 * One frame of the public socket, read whole and without allocation before any of it counts:
 * `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["64000.2","1.1","0","4"]],"bids":[],"ts":"1795000000110","checksum":0,"seqId":9007,"prevSeqId":9001}]}`.
 * Keys come in any order. A key that comes twice is refused: which of the two counts is nowhere said.
 */
import type { Instrument } from '../../model/instrument.js';
import { scanLevels } from '../level-array.js';
import { LevelChanges } from '../level-changes.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, scanned, scanString, skipSpace, skipValue } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { scanUnixMs, type EpochParts } from '../scan-time.js';
import { SymbolTable } from '../symbol-table.js';

/** QUIET: a channel nobody here reads. ANSWER: to a message of ours, or a notice. */
export const Kind = { UNKNOWN: 0, BOOK: 1, TRADES: 2, QUOTES: 3, INSTRUMENTS: 4, STATUS: 5, QUIET: 6, ANSWER: 7 } as const;
export const Action = { UNKNOWN: 0, SNAPSHOT: 1, UPDATE: 2 } as const;

/** Values of `market` that are no number of an instrument: none was named; it is none of ours. */
export const NO_MARKET = -1;
export const NOT_OURS = -2;
/** The venue's own word for "nothing before this"; also where a frame has no sequence at all. */
export const NO_SEQ = -1;

const ARG = bytesOf('arg');
const ACTION = bytesOf('action');
const DATA = bytesOf('data');
const EVENT = bytesOf('event');
const CHANNEL = bytesOf('channel');
const INST_ID = bytesOf('instId');
const SNAPSHOT = bytesOf('snapshot');
const UPDATE = bytesOf('update');
const ASKS = bytesOf('asks');
const BIDS = bytesOf('bids');
const TIME = bytesOf('ts');
const CHECKSUM = bytesOf('checksum');
const SEQ_ID = bytesOf('seqId');
const PREV_SEQ_ID = bytesOf('prevSeqId');

const CHANNELS: readonly (readonly [Uint8Array, number])[] = [
  [bytesOf('books'), Kind.BOOK], [bytesOf('trades'), Kind.TRADES], [bytesOf('tickers'), Kind.QUOTES], [bytesOf('instruments'), Kind.INSTRUMENTS], [bytesOf('status'), Kind.STATUS],
];

/** Bits of the keys that were seen: of the frame, then of the book. */
const SEEN = { arg: 1, action: 2, data: 4, asks: 8, bids: 16, time: 32, checksum: 64, seq: 128, previous: 256 } as const;
const BOTH_SIDES = SEEN.asks | SEEN.bids;
/** Slots of `numbers`: doubles kept out of object fields. */
const N = { seq: 0, previous: 1, checksum: 2, time: 3 } as const;

export class StreamFrame {
  kind: number = Kind.UNKNOWN;
  action: number = Action.UNKNOWN;
  /** Number of the instrument that `arg` names, NO_MARKET or NOT_OURS. */
  market: number = NO_MARKET;
  /** Position of `data`, for kinds that are read by others. */
  data = -1;
  /** Levels of a book at the pair's scales, in the venue's order. */
  readonly changes = new LevelChanges();
  private readonly numbers = new Float64Array(4);
  private readonly symbols: SymbolTable;
  private readonly priceScales: Uint8Array;
  private readonly qtyScales: Uint8Array;
  private seen = 0;
  private bookRead = false;

  constructor(instruments: readonly Instrument[], private readonly epoch: EpochParts) {
    this.symbols = new SymbolTable(instruments.map(({ symbol }, number) => [symbol, number]));
    this.priceScales = Uint8Array.from(instruments, ({ pair }) => pair.priceScale);
    this.qtyScales = Uint8Array.from(instruments, ({ pair }) => pair.qtyScale);
  }

  /** Sequence of a book, and the one it follows; NO_SEQ where the frame has none (recordings of 2022). */
  get seq(): number {
    return this.numbers[N.seq];
  }

  get previousSeq(): number {
    return this.numbers[N.previous];
  }

  /** Signed CRC-32; 0 = none, which is what the venue sends since 2026. */
  get checksum(): number {
    return this.numbers[N.checksum];
  }

  /** Venue's event time, ns since the epoch. */
  get tsVenueNs(): number {
    return this.numbers[N.time];
  }

  /** @returns DONE, or a negative code; kind and market then stand as far as they were read */
  read(bytes: Uint8Array, end: number): number {
    this.kind = Kind.UNKNOWN;
    this.action = Action.UNKNOWN;
    this.market = NO_MARKET;
    this.data = -1;
    this.seen = 0;
    this.bookRead = false;
    let at = expect(bytes, 0, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      at = this.member(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || skipSpace(bytes, bounds[1], end) !== end) return MALFORMED;
    if (this.kind !== Kind.BOOK || this.market < 0) return DONE;
    if (!this.bookRead && this.data >= 0) {
      at = this.book(bytes, this.data, end);
      if (at < 0) return at;
    }
    return this.bookRead && this.action !== Action.UNKNOWN ? DONE : MALFORMED;
  }

  private member(bytes: Uint8Array, at: number, end: number): number {
    if (boundsAre(bytes, ARG)) return this.isFirst(SEEN.arg) ? this.arg(bytes, at, end) : MALFORMED;
    if (boundsAre(bytes, ACTION)) {
      if (!this.isFirst(SEEN.action)) return MALFORMED;
      at = scanString(bytes, at, end);
      if (at >= 0) this.action = boundsAre(bytes, UPDATE) ? Action.UPDATE : boundsAre(bytes, SNAPSHOT) ? Action.SNAPSHOT : Action.UNKNOWN;
      return at;
    }
    if (boundsAre(bytes, DATA)) {
      if (!this.isFirst(SEEN.data)) return MALFORMED;
      this.data = at;
      return this.kind === Kind.BOOK && this.market >= 0 ? this.book(bytes, at, end) : skipValue(bytes, at, end);
    }
    if (boundsAre(bytes, EVENT)) this.kind = Kind.ANSWER;
    return skipValue(bytes, at, end);
  }

  private arg(bytes: Uint8Array, at: number, end: number): number {
    at = expect(bytes, at, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, CHANNEL)) {
        at = scanString(bytes, at, end);
        // An answer names the channel it is about.
        if (at >= 0 && this.kind !== Kind.ANSWER) this.kind = kindOf(bytes);
      } else if (boundsAre(bytes, INST_ID)) {
        at = scanString(bytes, at, end);
        if (at < 0) return MALFORMED;
        this.market = this.symbols.find(bytes, bounds[0], bounds[1]);
        if (this.market < 0) this.market = NOT_OURS;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return MALFORMED;
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  /** `data` of a book, at its bracket: the venue puts exactly one element there. */
  private book(bytes: Uint8Array, at: number, end: number): number {
    this.changes.clear();
    this.numbers[N.seq] = this.numbers[N.previous] = NO_SEQ;
    this.numbers[N.checksum] = this.numbers[N.time] = 0;
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at >= 0) at = firstElement(bytes, at, end);
    if (at < 0) return MALFORMED;
    at = this.element(bytes, at, end);
    if (at < 0) return at;
    if (nextElement(bytes, at, end) !== DONE) return MALFORMED;
    this.bookRead = true;
    return bounds[1];
  }

  /** A book as the stream and the REST snapshot write it, at its brace. @returns position after it, or a negative code */
  private element(bytes: Uint8Array, at: number, end: number): number {
    const { market, changes, numbers } = this;
    const priceScale = this.priceScales[market];
    const qtyScale = this.qtyScales[market];
    at = expect(bytes, at, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, ASKS)) at = this.isFirst(SEEN.asks) ? scanLevels(bytes, at, end, priceScale, qtyScale, 1, changes) : MALFORMED;
      else if (boundsAre(bytes, BIDS)) at = this.isFirst(SEEN.bids) ? scanLevels(bytes, at, end, priceScale, qtyScale, 0, changes) : MALFORMED;
      else if (boundsAre(bytes, TIME)) {
        at = this.isFirst(SEEN.time) ? scanUnixMs(bytes, at, end, this.epoch) : MALFORMED;
        numbers[N.time] = scanned[0];
      } else if (boundsAre(bytes, CHECKSUM)) at = this.integer(bytes, at, end, SEEN.checksum, N.checksum);
      else if (boundsAre(bytes, SEQ_ID)) at = this.integer(bytes, at, end, SEEN.seq, N.seq);
      else if (boundsAre(bytes, PREV_SEQ_ID)) at = this.integer(bytes, at, end, SEEN.previous, N.previous);
      else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    return at === DONE && (this.seen & BOTH_SIDES) === BOTH_SIDES ? bounds[1] : MALFORMED;
  }

  private integer(bytes: Uint8Array, at: number, end: number, bit: number, slot: number): number {
    at = this.isFirst(bit) ? scanInteger(bytes, at, end) : MALFORMED;
    this.numbers[slot] = scanned[0];
    return at;
  }

  /** A REST snapshot of the instrument: `{"code":"0","msg":"","data":[{"asks":[…],"bids":[…],"ts":"…","seqId":9001}]}`. @returns DONE, or a negative code */
  readSnapshot(market: number, bytes: Uint8Array, end: number): number {
    this.kind = Kind.BOOK;
    this.action = Action.SNAPSHOT;
    this.market = market;
    this.seen = 0;
    this.bookRead = false;
    let at = expect(bytes, 0, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      const isData = boundsAre(bytes, DATA);
      if (isData && !this.isFirst(SEEN.data)) return MALFORMED;
      at = isData ? this.book(bytes, at, end) : skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    return at === DONE && this.bookRead && this.seq !== NO_SEQ ? DONE : MALFORMED;
  }

  private isFirst(bit: number): boolean {
    const first = (this.seen & bit) === 0;
    this.seen |= bit;
    return first;
  }
}

function kindOf(bytes: Uint8Array): number {
  for (const [name, kind] of CHANNELS) if (boundsAre(bytes, name)) return kind;
  return Kind.QUIET;
}
