/** Records as normalized events: one JSON object a line, prices and quantities as exact decimal text. */
import { formatTrimmed } from '../model/decimal.js';
import type { Instrument, InstrumentIndex } from '../model/instrument.js';
import { BookState, Flag, nameOf, ResyncReason } from '../record/codes.js';
import { BookDelta, BookStatus, Quote, Trade, typeAt } from '../record/records.js';
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews, type RecordSink } from '../record/slot.js';

type Level = [price: string, qty: string];

/** One venue frame's changes of one book, complete. */
export interface BookFrame {
  readonly instrument: number;
  readonly snapshot: boolean;
  /** Side, price, quantity in turn, scaled. */
  readonly changes: readonly number[];
}

export interface NormalizedReader {
  /** One line, without its end. */
  onEvent(line: string): void;
  onBookFrame(frame: BookFrame): void;
  onStatus(status: BookStatus): void;
}

/** A snapshot of everything that Coinbase has of a market fits. */
const CAPACITY = 1 << 18;

/** A sink that turns every batch into events as soon as it is flushed. */
export class NormalizingSink implements RecordSink {
  readonly views = new SlotViews(new ArrayBuffer(CAPACITY * SLOT_BYTES));
  private taken = 0;
  private readonly delta = new BookDelta(this.views);
  private readonly trade = new Trade(this.views);
  private readonly quote = new Quote(this.views);
  private readonly status = new BookStatus(this.views);
  private changes: number[] = [];

  /** @param hasRecvTimes false: the recording kept none, and none is made up */
  constructor(private readonly index: InstrumentIndex, private readonly epochUnixNs: bigint, private readonly hasRecvTimes: boolean, private readonly reader: NormalizedReader) {}

  next(): number {
    return this.taken === CAPACITY ? -1 : this.taken++ * SLOT_BYTES;
  }

  abandon(): void {
    this.taken = 0;
  }

  flush(): void {
    const { taken } = this;
    this.taken = 0;
    for (let at = 0; at < taken * SLOT_BYTES; at += SLOT_BYTES) {
      const type = typeAt(this.views, at);
      if (type === BookDelta.TYPE) this.onDelta(this.delta.wrap(at));
      else if (type === Trade.TYPE) this.onTrade(this.trade.wrap(at));
      else if (type === Quote.TYPE) this.onQuote(this.quote.wrap(at));
      else if (type === BookStatus.TYPE) this.onStatus(this.status.wrap(at));
    }
  }

  private onDelta(delta: BookDelta): void {
    const { flags } = delta;
    if ((flags & Flag.FIRST) !== 0) this.changes = [];
    this.changes.push((flags & Flag.SELL) !== 0 ? 1 : 0, delta.price, delta.qty);
    if ((flags & Flag.LAST) === 0) return;
    const instrument = this.index.instruments[delta.instrument];
    const { priceScale, qtyScale } = instrument.pair;
    const sides: [Level[], Level[]] = [[], []];
    for (let i = 0; i < this.changes.length; i += 3) {
      sides[this.changes[i]].push([formatTrimmed(this.changes[i + 1], priceScale), formatTrimmed(this.changes[i + 2], qtyScale)]);
    }
    const snapshot = (flags & Flag.SNAPSHOT) !== 0;
    this.emit('delta', instrument, {
      tsVenueNs: this.venueNs(delta.tsVenueNs), seq: delta.venueSeq, snapshot, bids: sides[0], asks: sides[1], tsRecvNs: this.recvNs(delta.tsRecvNs),
    });
    this.reader.onBookFrame({ instrument: instrument.index, snapshot, changes: this.changes });
  }

  private onTrade(trade: Trade): void {
    const instrument = this.index.instruments[trade.instrument];
    const { priceScale, qtyScale } = instrument.pair;
    this.emit('trade', instrument, {
      tsVenueNs: this.venueNs(trade.tsVenueNs), seq: trade.tradeId, side: (trade.flags & Flag.SELL) !== 0 ? 'sell' : 'buy',
      price: formatTrimmed(trade.price, priceScale), qty: formatTrimmed(trade.qty, qtyScale), tsRecvNs: this.recvNs(trade.tsRecvNs),
    });
  }

  private onQuote(quote: Quote): void {
    const instrument = this.index.instruments[quote.instrument];
    const { priceScale, qtyScale } = instrument.pair;
    this.emit('bbo', instrument, {
      tsVenueNs: this.venueNs(quote.tsVenueNs), seq: quote.venueSeq,
      bid: [formatTrimmed(quote.bidPrice, priceScale), formatTrimmed(quote.bidQty, qtyScale)],
      ask: [formatTrimmed(quote.askPrice, priceScale), formatTrimmed(quote.askQty, qtyScale)],
    });
  }

  private onStatus(status: BookStatus): void {
    this.reader.onStatus(status);
    this.emit('status', this.index.instruments[status.instrument], {
      tsVenueNs: null, seq: status.actualSeq, state: nameOf(BookState, status.state), reason: nameOf(ResyncReason, status.reason),
      expectedSeq: status.expectedSeq, epoch: status.epoch, resyncs: status.resyncs, applied: status.frames, tsRecvNs: this.recvNs(status.tsRecvNs),
    });
  }

  private emit(type: string, instrument: Instrument, fields: Record<string, unknown>): void {
    this.reader.onEvent(JSON.stringify({ type, venue: instrument.venue.id, symbol: instrument.symbol, ...fields }));
  }

  /** 0: the venue sent none. */
  private venueNs(ns: number): string | null {
    return ns === 0 ? null : this.unixNs(ns);
  }

  private recvNs(ns: number): string | null {
    return this.hasRecvTimes ? this.unixNs(ns) : null;
  }

  private unixNs(ns: number): string {
    return (this.epochUnixNs + BigInt(ns)).toString();
  }
}
