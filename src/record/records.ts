/* Generated from src/record/schema.ts by `npm run generate`. Do not edit. */
import type { SlotViews } from './slot.js';

/** Record type at a slot: its `type` byte. */
export function typeAt(views: SlotViews, at: number): number {
  return views.u8[at + 4];
}

/** One price level of one venue set to an absolute quantity. Flags: SELL = ask side, SNAPSHOT = part of a full book, FIRST/LAST = bounds of one venue frame. */
export class BookDelta {
  static readonly TYPE = 1;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 1 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Level. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 2]; }
  set price(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** New absolute quantity; 0 deletes the level. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 3]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Last update id of the frame (Binance u), checksum (Kraken) or 0. f64, venue's sequence. */
  get venueSeq(): number { return this.f64[(this.at >> 3) + 4]; }
  set venueSeq(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Venue's event time; may precede the epoch or follow tsRecvNs: venue clocks differ. f64, ns since the session's epoch. */
  get tsVenueNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsVenueNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
}

/** A public trade. Flag SELL = the taker sold. */
export class Trade {
  static readonly TYPE = 2;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 2 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Traded at. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 2]; }
  set price(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** Traded. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 3]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Trade id. f64, venue's id. */
  get tradeId(): number { return this.f64[(this.at >> 3) + 4]; }
  set tradeId(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Venue's trade time. f64, ns since the session's epoch. */
  get tsVenueNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsVenueNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
}

/** A feed's word on one book: in sync or not, and why. A book that is not in sync never produces an opportunity. */
export class BookStatus {
  static readonly TYPE = 3;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 3 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 3] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** BookState. u8, code. */
  get state(): number { return this.u8[(this.at >> 0) + 12]; }
  set state(value: number) { this.u8[(this.at >> 0) + 12] = value; }
  /** ResyncReason. u8, code. */
  get reason(): number { return this.u8[(this.at >> 0) + 13]; }
  set reason(value: number) { this.u8[(this.at >> 0) + 13] = value; }
  /** Noticed. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 2]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** What should have come. f64, venue's sequence. */
  get expectedSeq(): number { return this.f64[(this.at >> 3) + 3]; }
  set expectedSeq(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** What came. f64, venue's sequence. */
  get actualSeq(): number { return this.f64[(this.at >> 3) + 4]; }
  set actualSeq(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Resyncs of this book in this session so far. f64, count. */
  get resyncs(): number { return this.f64[(this.at >> 3) + 5]; }
  set resyncs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Frames applied to this book in this session so far. f64, count. */
  get frames(): number { return this.f64[(this.at >> 3) + 6]; }
  set frames(value: number) { this.f64[(this.at >> 3) + 6] = value; }
}

/** A feed's or gateway's connection changed state. */
export class VenueStatus {
  static readonly TYPE = 4;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 4 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 10] = 0;
    this.u32[(at >> 2) + 11] = 0;
    this.u32[(at >> 2) + 12] = 0;
    this.u32[(at >> 2) + 13] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** VenueState. u8, code. */
  get state(): number { return this.u8[(this.at >> 0) + 12]; }
  set state(value: number) { this.u8[(this.at >> 0) + 12] = value; }
  /** VenueChannel. u8, code. */
  get channel(): number { return this.u8[(this.at >> 0) + 13]; }
  set channel(value: number) { this.u8[(this.at >> 0) + 13] = value; }
  /** VenueReason. u16, index. */
  get reason(): number { return this.u16[(this.at >> 1) + 7]; }
  set reason(value: number) { this.u16[(this.at >> 1) + 7] = value; }
  /** Noticed. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 2]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** Connection attempts in a row. f64, count. */
  get attempts(): number { return this.f64[(this.at >> 3) + 3]; }
  set attempts(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Wait before the next attempt. f64, ns. */
  get backoffNs(): number { return this.f64[(this.at >> 3) + 4]; }
  set backoffNs(value: number) { this.f64[(this.at >> 3) + 4] = value; }
}

/** Best bid and ask of one venue changed. A missing side has price and quantity 0. Flag IN_SYNC = the book may be traded on. */
export class TopOfBook {
  static readonly TYPE = 5;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 5 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Best bid. f64, price, integer at the pair's price scale. */
  get bidPrice(): number { return this.f64[(this.at >> 3) + 2]; }
  set bidPrice(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** At the best bid. f64, base quantity, integer at the pair's quantity scale. */
  get bidQty(): number { return this.f64[(this.at >> 3) + 3]; }
  set bidQty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Best ask. f64, price, integer at the pair's price scale. */
  get askPrice(): number { return this.f64[(this.at >> 3) + 4]; }
  set askPrice(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** At the best ask. f64, base quantity, integer at the pair's quantity scale. */
  get askQty(): number { return this.f64[(this.at >> 3) + 5]; }
  set askQty(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Venue's event time. f64, ns since the session's epoch. */
  get tsVenueNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsVenueNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** Two venues of one pair cross (bid of one above ask of the other) or have just stopped to (levels = 0). Header instrument = where to buy. Followed by `levels` CrossedLevel records, the last one flagged LAST. */
export class CrossedMarket {
  static readonly TYPE = 6;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 6 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 9] = 0;
    this.u32[(at >> 2) + 12] = 0;
    this.u32[(at >> 2) + 13] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Instrument to sell on. u16, index. */
  get sellInstrument(): number { return this.u16[(this.at >> 1) + 3]; }
  set sellInstrument(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Best ask where to buy. f64, price, integer at the pair's price scale. */
  get askPrice(): number { return this.f64[(this.at >> 3) + 2]; }
  set askPrice(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** Best bid where to sell. f64, price, integer at the pair's price scale. */
  get bidPrice(): number { return this.f64[(this.at >> 3) + 3]; }
  set bidPrice(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Number of CrossedLevel records that follow. u16, index. */
  get levels(): number { return this.u16[(this.at >> 1) + 16]; }
  set levels(value: number) { this.u16[(this.at >> 1) + 16] = value; }
  /** Pair. u16, index. */
  get pair(): number { return this.u16[(this.at >> 1) + 17]; }
  set pair(value: number) { this.u16[(this.at >> 1) + 17] = value; }
  /** Received: the frame that caused it. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
}

/** One level of a crossed market, best first. Flag SELL = an ask (to buy from), else a bid (to sell to). */
export class CrossedLevel {
  static readonly TYPE = 7;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 7 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 10] = 0;
    this.u32[(at >> 2) + 11] = 0;
    this.u32[(at >> 2) + 12] = 0;
    this.u32[(at >> 2) + 13] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** 0 = best. u16, index. */
  get depth(): number { return this.u16[(this.at >> 1) + 3]; }
  set depth(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Level. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 2]; }
  set price(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** At the level. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 3]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 4]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 4] = value; }
}

/** A strategy saw a profit net of fees open, change or close. Header instrument = where to buy. */
export class Opportunity {
  static readonly TYPE = 8;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
    this.i64 = views.i64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 8 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Instrument to sell on. u16, index. */
  get sellInstrument(): number { return this.u16[(this.at >> 1) + 3]; }
  set sellInstrument(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Counts up per strategy and session. u32, id. */
  get opportunityId(): number { return this.u32[(this.at >> 2) + 3]; }
  set opportunityId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** OpportunityKind. u8, code. */
  get kind(): number { return this.u8[(this.at >> 0) + 16]; }
  set kind(value: number) { this.u8[(this.at >> 0) + 16] = value; }
  /** Strategy index. u8, code. */
  get strategy(): number { return this.u8[(this.at >> 0) + 17]; }
  set strategy(value: number) { this.u8[(this.at >> 0) + 17] = value; }
  /** Pair. u16, index. */
  get pair(): number { return this.u16[(this.at >> 1) + 9]; }
  set pair(value: number) { this.u16[(this.at >> 1) + 9] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 5]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 5] = value; }
  /** Best size. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 3]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Worst price to buy at. f64, price, integer at the pair's price scale. */
  get buyPrice(): number { return this.f64[(this.at >> 3) + 4]; }
  set buyPrice(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Worst price to sell at. f64, price, integer at the pair's price scale. */
  get sellPrice(): number { return this.f64[(this.at >> 3) + 5]; }
  set sellPrice(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Expected profit in quote, net of fees. i64, 10^-8 of the asset. */
  get expectedProfit(): bigint { return this.i64[(this.at >> 3) + 6]; }
  set expectedProfit(value: bigint) { this.i64[(this.at >> 3) + 6] = value; }
  /** Received: the frame that caused it. f64, ns since the session's epoch. */
  get tsCauseNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsCauseNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** One leg that a strategy wants. Legs of a basket are bounded by FIRST/LAST. Flag SELL = sell. Not an order: risk has not seen it. */
export class OrderIntent {
  static readonly TYPE = 9;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
    this.i64 = views.i64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 9 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Strategy index. u8, code. */
  get strategy(): number { return this.u8[(this.at >> 0) + 6]; }
  set strategy(value: number) { this.u8[(this.at >> 0) + 6] = value; }
  /** 0, 1, …. u8, code. */
  get leg(): number { return this.u8[(this.at >> 0) + 7]; }
  set leg(value: number) { this.u8[(this.at >> 0) + 7] = value; }
  /** Why. u32, id. */
  get opportunityId(): number { return this.u32[(this.at >> 2) + 3]; }
  set opportunityId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Legs in the basket. u8, code. */
  get legs(): number { return this.u8[(this.at >> 0) + 16]; }
  set legs(value: number) { this.u8[(this.at >> 0) + 16] = value; }
  /** TimeInForce. u8, code. */
  get tif(): number { return this.u8[(this.at >> 0) + 17]; }
  set tif(value: number) { this.u8[(this.at >> 0) + 17] = value; }
  /** Pair. u16, index. */
  get pair(): number { return this.u16[(this.at >> 1) + 9]; }
  set pair(value: number) { this.u16[(this.at >> 1) + 9] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 5]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 5] = value; }
  /** Limit. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 3]; }
  set price(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Quantity. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 4]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Of the whole basket, in quote. i64, 10^-8 of the asset. */
  get expectedProfit(): bigint { return this.i64[(this.at >> 3) + 5]; }
  set expectedProfit(value: bigint) { this.i64[(this.at >> 3) + 5] = value; }
  /** Received: the frame that caused it. f64, ns since the session's epoch. */
  get tsCauseNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsCauseNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
}

/** What the executor tells a gateway: it passed risk. Flag SELL = sell. */
export class OrderCommand {
  static readonly TYPE = 10;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 10 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** OrderAction. u8, code. */
  get action(): number { return this.u8[(this.at >> 0) + 6]; }
  set action(value: number) { this.u8[(this.at >> 0) + 6] = value; }
  /** TimeInForce. u8, code. */
  get tif(): number { return this.u8[(this.at >> 0) + 7]; }
  set tif(value: number) { this.u8[(this.at >> 0) + 7] = value; }
  /** Engine order id, counts up per session. u32, id. */
  get orderId(): number { return this.u32[(this.at >> 2) + 3]; }
  set orderId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Basket. u32, id. */
  get basketId(): number { return this.u32[(this.at >> 2) + 4]; }
  set basketId(value: number) { this.u32[(this.at >> 2) + 4] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 5]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 5] = value; }
  /** Limit. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 3]; }
  set price(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Quantity. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 4]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Received: the frame that caused it. f64, ns since the session's epoch. */
  get tsCauseNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsCauseNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Approved by risk. f64, ns since the session's epoch. */
  get tsDecidedNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsDecidedNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
  /** For cancel and query, where numeric; else 0. f64, venue's id. */
  get venueOrderId(): number { return this.f64[(this.at >> 3) + 7]; }
  set venueOrderId(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** What a venue said of an order. Fills come as Fill records. A timeout or a disconnect is kind UNKNOWN, never a rejection. */
export class ExecutionReport {
  static readonly TYPE = 11;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 11 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 4] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** RejectReason. u16, index. */
  get reason(): number { return this.u16[(this.at >> 1) + 3]; }
  set reason(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Engine order id. u32, id. */
  get orderId(): number { return this.u32[(this.at >> 2) + 3]; }
  set orderId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** ReportKind. u8, code. */
  get kind(): number { return this.u8[(this.at >> 0) + 16]; }
  set kind(value: number) { this.u8[(this.at >> 0) + 16] = value; }
  /** Send attempts. u32, id. */
  get attempt(): number { return this.u32[(this.at >> 2) + 5]; }
  set attempt(value: number) { this.u32[(this.at >> 2) + 5] = value; }
  /** Filled in total as the venue says; 0 where it does not say. f64, base quantity, integer at the pair's quantity scale. */
  get cumQty(): number { return this.f64[(this.at >> 3) + 3]; }
  set cumQty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** 0 where the venue uses text ids. f64, venue's id. */
  get venueOrderId(): number { return this.f64[(this.at >> 3) + 4]; }
  set venueOrderId(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Written to the socket (acks) or 0. f64, ns since the session's epoch. */
  get tsSentNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsSentNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Venue's time. f64, ns since the session's epoch. */
  get tsVenueNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsVenueNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** A trade of ours, told by the gateway and, once it is booked, by the executor: (venue, tradeId, orderId) names it. Flags: SELL, MAKER. */
export class Fill {
  static readonly TYPE = 12;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
    this.i64 = views.i64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 12 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Asset. u16, index. */
  get feeAsset(): number { return this.u16[(this.at >> 1) + 3]; }
  set feeAsset(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Engine order id. u32, id. */
  get orderId(): number { return this.u32[(this.at >> 2) + 3]; }
  set orderId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Trade id. f64, venue's id. */
  get tradeId(): number { return this.f64[(this.at >> 3) + 2]; }
  set tradeId(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** Traded at. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 3]; }
  set price(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Traded. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 4]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Quote paid or received, before fees. i64, 10^-8 of the asset. */
  get quoteAmount(): bigint { return this.i64[(this.at >> 3) + 5]; }
  set quoteAmount(value: bigint) { this.i64[(this.at >> 3) + 5] = value; }
  /** Fee in feeAsset; negative = rebate. i64, 10^-8 of the asset. */
  get fee(): bigint { return this.i64[(this.at >> 3) + 6]; }
  set fee(value: bigint) { this.i64[(this.at >> 3) + 6] = value; }
  /** Received. f64, ns since the session's epoch. */
  get tsRecvNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsRecvNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** The order state machine moved. Flag SELL = sell. */
export class OrderUpdate {
  static readonly TYPE = 13;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
    this.i64 = views.i64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 13 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** RejectReason. u16, index. */
  get reason(): number { return this.u16[(this.at >> 1) + 3]; }
  set reason(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Engine order id. u32, id. */
  get orderId(): number { return this.u32[(this.at >> 2) + 3]; }
  set orderId(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Basket. u32, id. */
  get basketId(): number { return this.u32[(this.at >> 2) + 4]; }
  set basketId(value: number) { this.u32[(this.at >> 2) + 4] = value; }
  /** OrderState. u8, code. */
  get state(): number { return this.u8[(this.at >> 0) + 20]; }
  set state(value: number) { this.u8[(this.at >> 0) + 20] = value; }
  /** TimeInForce. u8, code. */
  get tif(): number { return this.u8[(this.at >> 0) + 21]; }
  set tif(value: number) { this.u8[(this.at >> 0) + 21] = value; }
  /** 0, 1, …. u8, code. */
  get leg(): number { return this.u8[(this.at >> 0) + 22]; }
  set leg(value: number) { this.u8[(this.at >> 0) + 22] = value; }
  /** Strategy index. u8, code. */
  get strategy(): number { return this.u8[(this.at >> 0) + 23]; }
  set strategy(value: number) { this.u8[(this.at >> 0) + 23] = value; }
  /** Limit. f64, price, integer at the pair's price scale. */
  get price(): number { return this.f64[(this.at >> 3) + 3]; }
  set price(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Ordered. f64, base quantity, integer at the pair's quantity scale. */
  get qty(): number { return this.f64[(this.at >> 3) + 4]; }
  set qty(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** Filled. f64, base quantity, integer at the pair's quantity scale. */
  get cumQty(): number { return this.f64[(this.at >> 3) + 5]; }
  set cumQty(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Quote of the fills. i64, 10^-8 of the asset. */
  get cumQuote(): bigint { return this.i64[(this.at >> 3) + 6]; }
  set cumQuote(value: bigint) { this.i64[(this.at >> 3) + 6] = value; }
  /** Moved. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** A position: what the engine holds of an asset on a venue, and what the venue says where it was asked. */
export class Balance {
  static readonly TYPE = 14;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly i64: BigInt64Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.i64 = views.i64;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 14 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 3] = 0;
    this.u32[(at >> 2) + 12] = 0;
    this.u32[(at >> 2) + 13] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Asset. u16, index. */
  get asset(): number { return this.u16[(this.at >> 1) + 3]; }
  set asset(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** BalanceKind. u8, code. */
  get kind(): number { return this.u8[(this.at >> 0) + 12]; }
  set kind(value: number) { this.u8[(this.at >> 0) + 12] = value; }
  /** By the engine: opening balance plus fills. i64, 10^-8 of the asset. */
  get total(): bigint { return this.i64[(this.at >> 3) + 2]; }
  set total(value: bigint) { this.i64[(this.at >> 3) + 2] = value; }
  /** By the venue, where kind is VENUE. i64, 10^-8 of the asset. */
  get venueTotal(): bigint { return this.i64[(this.at >> 3) + 3]; }
  set venueTotal(value: bigint) { this.i64[(this.at >> 3) + 3] = value; }
  /** In open orders. i64, 10^-8 of the asset. */
  get held(): bigint { return this.i64[(this.at >> 3) + 4]; }
  set held(value: bigint) { this.i64[(this.at >> 3) + 4] = value; }
  /** As of. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 5]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 5] = value; }
}

/** Profit and loss of a pair since the start of the session, in its quote asset. */
export class Pnl {
  static readonly TYPE = 15;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly i64: BigInt64Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.i64 = views.i64;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 15 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Pair. u16, index. */
  get pair(): number { return this.u16[(this.at >> 1) + 3]; }
  set pair(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Baskets finished. u32, id. */
  get baskets(): number { return this.u32[(this.at >> 2) + 3]; }
  set baskets(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Realised, net of fees. i64, 10^-8 of the asset. */
  get realised(): bigint { return this.i64[(this.at >> 3) + 2]; }
  set realised(value: bigint) { this.i64[(this.at >> 3) + 2] = value; }
  /** Open base inventory change at the mid, net of cost. i64, 10^-8 of the asset. */
  get unrealised(): bigint { return this.i64[(this.at >> 3) + 3]; }
  set unrealised(value: bigint) { this.i64[(this.at >> 3) + 3] = value; }
  /** Fees paid, in quote. i64, 10^-8 of the asset. */
  get fees(): bigint { return this.i64[(this.at >> 3) + 4]; }
  set fees(value: bigint) { this.i64[(this.at >> 3) + 4] = value; }
  /** What the strategies expected of those baskets. i64, 10^-8 of the asset. */
  get expected(): bigint { return this.i64[(this.at >> 3) + 5]; }
  set expected(value: bigint) { this.i64[(this.at >> 3) + 5] = value; }
  /** As of. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
}

/** Percentiles of one hop over the last interval. */
export class HopLatency {
  static readonly TYPE = 16;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 16 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** Hop. u16, index. */
  get hop(): number { return this.u16[(this.at >> 1) + 3]; }
  set hop(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Samples. u32, id. */
  get count(): number { return this.u32[(this.at >> 2) + 3]; }
  set count(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** 50th percentile. f64, ns. */
  get p50Ns(): number { return this.f64[(this.at >> 3) + 2]; }
  set p50Ns(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** 90th percentile. f64, ns. */
  get p90Ns(): number { return this.f64[(this.at >> 3) + 3]; }
  set p90Ns(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** 99th percentile. f64, ns. */
  get p99Ns(): number { return this.f64[(this.at >> 3) + 4]; }
  set p99Ns(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** 99.9th percentile. f64, ns. */
  get p999Ns(): number { return this.f64[(this.at >> 3) + 5]; }
  set p999Ns(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Largest. f64, ns. */
  get maxNs(): number { return this.f64[(this.at >> 3) + 6]; }
  set maxNs(value: number) { this.f64[(this.at >> 3) + 6] = value; }
  /** End of the interval. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}

/** Something happened to the engine itself. */
export class SessionEvent {
  static readonly TYPE = 17;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 17 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    this.u32[(at >> 2) + 8] = 0;
    this.u32[(at >> 2) + 9] = 0;
    this.u32[(at >> 2) + 10] = 0;
    this.u32[(at >> 2) + 11] = 0;
    this.u32[(at >> 2) + 12] = 0;
    this.u32[(at >> 2) + 13] = 0;
    this.u32[(at >> 2) + 14] = 0;
    this.u32[(at >> 2) + 15] = 0;
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** SessionEventKind. u16, index. */
  get kind(): number { return this.u16[(this.at >> 1) + 3]; }
  set kind(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Actor index. u32, id. */
  get actor(): number { return this.u32[(this.at >> 2) + 3]; }
  set actor(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Depends on kind. f64, count. */
  get detail(): number { return this.f64[(this.at >> 3) + 2]; }
  set detail(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** When. f64, ns since the session's epoch. */
  get tsNs(): number { return this.f64[(this.at >> 3) + 3]; }
  set tsNs(value: number) { this.f64[(this.at >> 3) + 3] = value; }
}

/** A venue's own word on its best bid and ask (Binance bookTicker, Kraken ticker), beside its book. A missing side has price and quantity 0. The book's TopOfBook is the merger's. */
export class Quote {
  static readonly TYPE = 18;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** Byte offset of the slot in the views. */
  at = 0;

  constructor(views: SlotViews) {
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.f64 = views.f64;
  }

  /** Point at a slot. */
  wrap(at: number): this {
    this.at = at;
    return this;
  }

  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */
  begin(at: number, flags: number, venue: number, instrument: number): this {
    this.at = at;
    this.u32[(at >> 2) + 1] = 18 | (flags << 8);
    this.u32[(at >> 2) + 2] = venue | (instrument << 16);
    return this;
  }

  /** Flag bits. u8, bits. */
  get flags(): number { return this.u8[(this.at >> 0) + 5]; }
  set flags(value: number) { this.u8[(this.at >> 0) + 5] = value; }
  /** Venue. u16, index. */
  get venue(): number { return this.u16[(this.at >> 1) + 4]; }
  set venue(value: number) { this.u16[(this.at >> 1) + 4] = value; }
  /** Instrument, or NO_INSTRUMENT. u16, index. */
  get instrument(): number { return this.u16[(this.at >> 1) + 5]; }
  set instrument(value: number) { this.u16[(this.at >> 1) + 5] = value; }
  /** The feed's life: changes with every reconnect, restart or resync; a reader that sees a new one throws an unfinished update away. u16, count, wraps. */
  get epoch(): number { return this.u16[(this.at >> 1) + 3]; }
  set epoch(value: number) { this.u16[(this.at >> 1) + 3] = value; }
  /** Number of the venue frame that caused this, per feed and session. u32, id. */
  get frame(): number { return this.u32[(this.at >> 2) + 3]; }
  set frame(value: number) { this.u32[(this.at >> 2) + 3] = value; }
  /** Best bid. f64, price, integer at the pair's price scale. */
  get bidPrice(): number { return this.f64[(this.at >> 3) + 2]; }
  set bidPrice(value: number) { this.f64[(this.at >> 3) + 2] = value; }
  /** At the best bid. f64, base quantity, integer at the pair's quantity scale. */
  get bidQty(): number { return this.f64[(this.at >> 3) + 3]; }
  set bidQty(value: number) { this.f64[(this.at >> 3) + 3] = value; }
  /** Best ask. f64, price, integer at the pair's price scale. */
  get askPrice(): number { return this.f64[(this.at >> 3) + 4]; }
  set askPrice(value: number) { this.f64[(this.at >> 3) + 4] = value; }
  /** At the best ask. f64, base quantity, integer at the pair's quantity scale. */
  get askQty(): number { return this.f64[(this.at >> 3) + 5]; }
  set askQty(value: number) { this.f64[(this.at >> 3) + 5] = value; }
  /** Update id (Binance u) or 0. f64, venue's sequence. */
  get venueSeq(): number { return this.f64[(this.at >> 3) + 6]; }
  set venueSeq(value: number) { this.f64[(this.at >> 3) + 6] = value; }
  /** Venue's event time; 0 where it sends none. f64, ns since the session's epoch. */
  get tsVenueNs(): number { return this.f64[(this.at >> 3) + 7]; }
  set tsVenueNs(value: number) { this.f64[(this.at >> 3) + 7] = value; }
}
