/**
 * The price cache: the top levels of every book in shared memory, read by anybody without asking anybody. One seqlock
 * per instrument:
 *
 *   byte 0   i32  version: odd while being written           (writer: the merger)
 *        4   i32  flags: bit 0 = in sync
 *        8   u32  frame
 *       12   u32  number of bid levels | number of ask levels << 16
 *       16   f64  tsRecvNs, tsVenueNs
 *       64   f64  bid prices[depth], bid quantities[depth], ask prices[depth], ask quantities[depth]
 *
 * The version is stored odd and loaded back before the payload (a load no later store may pass), and stored even after
 * it. Readers load every word with Atomics, so that none of them moves past the second look at the version on ARM.
 */
import { BUY, SELL } from '../model/instrument.js';
import type { OrderBook } from './order-book.js';

export const SHARED_DEPTH = 20;
const HEADER_BYTES = 64;
const TIMES_BYTE = 16;
const LINE_BYTES = 64;
/** Reads of a slot that is always being written before giving up: its writer is dead. */
const READ_ATTEMPTS_MAX = 1000;

/** Where the price cache is: structured-cloneable. */
export interface SharedBookDescriptor {
  readonly buffer: ArrayBufferLike;
  /** Multiple of 64. */
  readonly byteOffset: number;
  readonly instruments: number;
  /** Levels a side. */
  readonly depth: number;
}

function strideBytes(depth: number): number {
  return Math.ceil((HEADER_BYTES + 4 * 8 * depth) / LINE_BYTES) * LINE_BYTES;
}

/** Bytes of zeroed shared memory that the cache needs. */
export function sharedBookBytes(instruments: number, depth = SHARED_DEPTH): number {
  return instruments * strideBytes(depth);
}

function words(shared: SharedBookDescriptor): Int32Array {
  return new Int32Array(shared.buffer, shared.byteOffset, sharedBookBytes(shared.instruments, shared.depth) >> 2);
}

export class SharedBookWriter {
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  /** The same memory twice: quantities stand `depth` doubles behind their prices. */
  private readonly prices: Float64Array;
  private readonly qtys: Float64Array;
  private readonly stride: number;
  private readonly depth: number;

  constructor(shared: SharedBookDescriptor) {
    this.i32 = words(shared);
    this.f64 = new Float64Array(shared.buffer, shared.byteOffset, this.i32.length >> 1);
    this.prices = this.f64;
    this.qtys = this.f64.subarray(shared.depth);
    this.stride = strideBytes(shared.depth);
    this.depth = shared.depth;
  }

  /** @param times tsRecvNs, tsVenueNs */
  publish(instrument: number, book: OrderBook, inSync: boolean, frame: number, times: Float64Array): void {
    const { i32, f64, depth } = this;
    const at = instrument * this.stride;
    const word = at >> 2;
    const odd = Atomics.load(i32, word) | 1; // a predecessor may have died while it was odd
    Atomics.store(i32, word, odd);
    Atomics.load(i32, word); // the stores below stay behind this
    const levels = (at + HEADER_BYTES) >> 3;
    const bids = book.read(BUY, depth, this.prices, this.qtys, levels);
    const asks = book.read(SELL, depth, this.prices, this.qtys, levels + 2 * depth);
    i32[word + 1] = inSync ? 1 : 0;
    i32[word + 2] = frame;
    i32[word + 3] = bids | (asks << 16);
    f64[(at >> 3) + 2] = times[0]!;
    f64[(at >> 3) + 3] = times[1]!;
    Atomics.store(i32, word, (odd + 1) | 0); // releases the payload
  }
}

/** A consistent copy of one instrument's levels. Arrays hold `bids` and `asks` levels, best first. */
export class BookView {
  inSync = false;
  frame = 0;
  bids = 0;
  asks = 0;
  tsRecvNs = 0;
  tsVenueNs = 0;
  readonly bidPrices: Float64Array;
  readonly bidQtys: Float64Array;
  readonly askPrices: Float64Array;
  readonly askQtys: Float64Array;
  /** The raw copy under the arrays, and the two times in it. */
  readonly raw: Int32Array;
  readonly times: Float64Array;

  constructor(depth = SHARED_DEPTH) {
    const buffer = new ArrayBuffer(strideBytes(depth));
    const array = (k: number): Float64Array => new Float64Array(buffer, HEADER_BYTES + 8 * depth * k, depth);
    this.raw = new Int32Array(buffer);
    this.times = new Float64Array(buffer, TIMES_BYTE, 2);
    this.bidPrices = array(0);
    this.bidQtys = array(1);
    this.askPrices = array(2);
    this.askQtys = array(3);
  }
}

export class SharedBookReader {
  private readonly i32: Int32Array;
  private readonly stride: number;
  /** Words of an instrument's slot that `readTop` wants: its time, then price and quantity of the best bid and ask. */
  private readonly topWords: readonly number[];
  private readonly topRaw = new Int32Array(10);
  private readonly topValues = new Float64Array(this.topRaw.buffer);

  constructor(readonly shared: SharedBookDescriptor) {
    this.i32 = words(shared);
    this.stride = strideBytes(shared.depth);
    const column = (k: number): number => (HEADER_BYTES + 8 * shared.depth * k) >> 2;
    this.topWords = [TIMES_BYTE >> 2, column(0), column(1), column(2), column(3)].flatMap((word) => [word, word + 1]);
  }

  /**
   * Best bid price and quantity, best ask price and quantity, tsRecvNs, and 1 for in sync or 0, to out[0 … 5]; a missing
   * side is 0 × 0. For hot paths: copies no depth, makes nothing.
   * @returns false when the writer died in the middle of an update
   */
  readTop(instrument: number, out: Float64Array): boolean {
    const { i32, topWords, topRaw, topValues } = this;
    const from = (instrument * this.stride) >> 2;
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const version = Atomics.load(i32, from);
      if ((version & 1) === 1) continue;
      const flags = Atomics.load(i32, from + 1);
      const levels = Atomics.load(i32, from + 3);
      for (let k = 0; k < topWords.length; k++) topRaw[k] = Atomics.load(i32, from + topWords[k]);
      if (Atomics.load(i32, from) !== version) continue;
      const hasBid = (levels & 0xffff) !== 0;
      const hasAsk = levels >>> 16 !== 0;
      out[0] = hasBid ? topValues[1] : 0;
      out[1] = hasBid ? topValues[2] : 0;
      out[2] = hasAsk ? topValues[3] : 0;
      out[3] = hasAsk ? topValues[4] : 0;
      out[4] = topValues[0];
      out[5] = flags & 1;
      return true;
    }
    return false;
  }

  /**
   * Copy an instrument's levels into `view`, which must be of this cache's depth.
   * @returns false when the writer died in the middle of an update: `view` holds nothing of use then
   */
  read(instrument: number, view: BookView): boolean {
    if (!this.copy(instrument, view.raw)) return false;
    const { raw, times } = view;
    view.inSync = (raw[1] & 1) === 1;
    view.frame = raw[2] >>> 0;
    view.bids = raw[3] & 0xffff;
    view.asks = raw[3] >>> 16;
    view.tsRecvNs = times[0]!;
    view.tsVenueNs = times[1]!;
    return true;
  }

  private copy(instrument: number, into: Int32Array): boolean {
    const { i32 } = this;
    const from = (instrument * this.stride) >> 2;
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const version = Atomics.load(i32, from);
      if ((version & 1) === 1) continue;
      for (let i = 1; i < into.length; i++) into[i] = Atomics.load(i32, from + i);
      if (Atomics.load(i32, from) === version) return true;
    }
    return false;
  }
}
