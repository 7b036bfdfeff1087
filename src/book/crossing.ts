/**
 * Two instruments of one pair, seen as "buy on the one, sell on the other": do they cross, and which levels do. Quotes
 * that the user mapped are compared at the mapped rate. Keeps what was last published, so that a frame that changes
 * nothing between the two says nothing.
 */
import { BUY, SELL } from '../model/instrument.js';
import { Flag } from '../record/codes.js';
import { CrossedLevel, CrossedMarket } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';
import type { VenueBook } from './venue-book.js';

/** Levels a side that are handed to strategies. */
const CROSSED_LEVELS_MAX = 16;

/** Outcomes of `Crossing.publish`, besides 1: one batch published. */
export const SINK_FULL = -1;
const UNCHANGED = 0;

/** Offsets in the arrays below: asks first, then bids. */
const BIDS = CROSSED_LEVELS_MAX;

const prices = new Float64Array(2 * CROSSED_LEVELS_MAX);
const quantities = new Float64Array(2 * CROSSED_LEVELS_MAX);

export class Crossing {
  /** A crossed market stands published. */
  isOpen = false;
  private asks = 0;
  private bids = 0;
  /** Published prices and quantities; made at the first crossing, as most instruments of most pairs never cross. */
  private last: Float64Array | undefined;
  private readonly askRate: number;
  private readonly bidRate: number;

  constructor(readonly buy: VenueBook, readonly sell: VenueBook) {
    // One quote, or two at one rate: the prices as they are, so that no rounding can make a crossing.
    const same = buy.instrument.quoteRatePpm === sell.instrument.quoteRatePpm;
    this.askRate = same ? 1 : buy.instrument.quoteRatePpm;
    this.bidRate = same ? 1 : sell.instrument.quoteRatePpm;
  }

  isCrossed(): boolean {
    const { buy, sell } = this;
    if (!buy.inSync || !sell.inSync) return false;
    const ask = buy.top[2];
    return ask > 0 && sell.top[0] * this.bidRate > ask * this.askRate;
  }

  /**
   * Publish what has changed since the last time, as one batch.
   * @param cause the book whose frame made us look
   * @returns 1 when something was published, UNCHANGED, or SINK_FULL: then the next call tries again
   */
  publish(sink: RecordSink, writer: CrossingWriter, cause: VenueBook): number {
    if (!this.isCrossed()) {
      if (!this.isOpen) return UNCHANGED;
      if (!writer.writeEnd(sink, this, cause)) return SINK_FULL;
      this.isOpen = false;
      return 1;
    }
    const asks = this.readAsks();
    const bids = this.readBids();
    if (this.isOpen && !this.differs(asks, bids)) return UNCHANGED;
    if (!writer.writeLevels(sink, this, asks, bids, cause)) return SINK_FULL;
    this.remember(asks, bids);
    this.isOpen = true;
    return 1;
  }

  /** Asks below the other's best bid, best first. */
  private readAsks(): number {
    const count = this.buy.book.read(SELL, CROSSED_LEVELS_MAX, prices, quantities, 0);
    const bid = this.sell.top[0] * this.bidRate;
    let n = 1;
    while (n < count && prices[n] * this.askRate < bid) n++;
    return n;
  }

  private readBids(): number {
    const count = this.sell.book.read(BUY, CROSSED_LEVELS_MAX, prices, quantities, BIDS);
    const ask = this.buy.top[2] * this.askRate;
    let n = 1;
    while (n < count && prices[BIDS + n] * this.bidRate > ask) n++;
    return n;
  }

  private differs(asks: number, bids: number): boolean {
    if (asks !== this.asks || bids !== this.bids) return true;
    const last = this.last!;
    for (let i = 0; i < asks; i++) if (last[2 * i] !== prices[i] || last[2 * i + 1] !== quantities[i]) return true;
    for (let i = BIDS; i < BIDS + bids; i++) if (last[2 * i] !== prices[i] || last[2 * i + 1] !== quantities[i]) return true;
    return false;
  }

  private remember(asks: number, bids: number): void {
    this.last ??= new Float64Array(4 * CROSSED_LEVELS_MAX);
    this.asks = asks;
    this.bids = bids;
    for (let i = 0; i < BIDS + bids; i++) {
      this.last[2 * i] = prices[i]!;
      this.last[2 * i + 1] = quantities[i]!;
    }
  }
}

/** Writes CrossedMarket and CrossedLevel records: one per merger, so that the flyweights are made once. */
export class CrossingWriter {
  private readonly market: CrossedMarket;
  private readonly level: CrossedLevel;

  constructor(sink: RecordSink) {
    this.market = new CrossedMarket(sink.views);
    this.level = new CrossedLevel(sink.views);
  }

  /** @returns false when the sink is full */
  writeEnd(sink: RecordSink, crossing: Crossing, cause: VenueBook): boolean {
    if (!this.writeMarket(sink, crossing, 0, Flag.FIRST | Flag.LAST, cause)) return false;
    sink.flush();
    return true;
  }

  /** Publish `asks` + `bids` levels out of the arrays above. @returns false when the sink is full */
  writeLevels(sink: RecordSink, crossing: Crossing, asks: number, bids: number, cause: VenueBook): boolean {
    if (!this.writeMarket(sink, crossing, asks + bids, Flag.FIRST, cause)) return false;
    for (let i = 0; i < asks; i++) if (!this.writeLevel(sink, crossing.buy, Flag.SELL, i, i, cause)) return false;
    for (let i = 0; i < bids; i++) {
      if (!this.writeLevel(sink, crossing.sell, i === bids - 1 ? Flag.LAST : 0, i, BIDS + i, cause)) return false;
    }
    sink.flush();
    return true;
  }

  private writeMarket(sink: RecordSink, crossing: Crossing, levels: number, flags: number, cause: VenueBook): boolean {
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      return false;
    }
    const market = this.market.begin(at, flags, crossing.buy.venue, crossing.buy.index);
    market.sellInstrument = crossing.sell.index;
    market.frame = cause.frame;
    market.askPrice = crossing.buy.top[2]!;
    market.bidPrice = crossing.sell.top[0]!;
    market.levels = levels;
    market.pair = crossing.buy.instrument.pair.index;
    market.tsRecvNs = cause.times[0]!;
    return true;
  }

  private writeLevel(sink: RecordSink, book: VenueBook, flags: number, depth: number, from: number, cause: VenueBook): boolean {
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      return false;
    }
    const level = this.level.begin(at, flags, book.venue, book.index);
    level.depth = depth;
    level.frame = cause.frame;
    level.price = prices[from]!;
    level.qty = quantities[from]!;
    level.tsRecvNs = cause.times[0]!;
    return true;
  }
}
