/**
 * Coinbase Advanced Trade, public WebSocket: level2, market trades, the state of products; and, for transcripts, frames
 * of the older Exchange feed. Sans-I/O.
 * Sources: docs.cdp.coinbase.com, "Advanced Trade WebSocket channels".
 */
import { ResyncReason, VenueReason } from '../../record/codes.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, restIsSound, scanned, scanString, skipSpace, skipValue, textOf } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { splitEpoch, type EpochParts } from '../scan-time.js';
import { BookEvent, NO_PRODUCT } from './book-event.js';
import { BookSync } from './book-sync.js';
import { ConnectionSequence, Relation } from './connection-sequence.js';
import { ExchangeFrames } from './exchange-frames.js';
import { Level2, Level2Frame } from './level2-frame.js';
import { isTradable, productStates } from './metadata.js';
import { Products } from './products.js';
import { SubscriptionWire } from './subscription-wire.js';
import { TickerEvents } from './ticker-events.js';
import { TradeReader } from './trade-reader.js';
import { readTime } from './venue-time.js';

const CHANNEL = bytesOf('channel');
const TIMESTAMP = bytesOf('timestamp');
const SEQUENCE = bytesOf('sequence_num');
const EVENTS = bytesOf('events');
const L2_DATA = bytesOf('l2_data');
const MARKET_TRADES = bytesOf('market_trades');
const TICKER = bytesOf('ticker');
const STATUS = bytesOf('status');

/** What a frame turns out to be, by its channel. */
const Kind = { NONE: 0, BOOK: 1, TRADES: 2, TICKER: 3, STATUS: 4, QUIET: 5 } as const;

export class CoinbaseFeed implements FeedSession {
  private readonly products: Products;
  private readonly sync: BookSync;
  private readonly wire: SubscriptionWire;
  private readonly level2: Level2Frame;
  private readonly event: BookEvent;
  private readonly trades: TradeReader;
  private readonly tickers: TickerEvents;
  private readonly exchange: ExchangeFrames;
  private readonly sequence = new ConnectionSequence();
  private readonly epoch: EpochParts;
  private open = false;
  private lastFrameNs = 0;
  /** Number of the frame at hand in this session. */
  private frame = 0;
  /** Of the frame at hand: its kind, where its events start, whether its number was read and taken, and whether they may be used. */
  private kind: number = Kind.NONE;
  private eventsAt = -1;
  private numbered = false;
  private taken = false;
  private usable = false;
  /** Its number; its time, ns since the epoch. */
  private readonly number = new Float64Array(1);
  private readonly time = new Float64Array(1);

  constructor(private readonly options: FeedOptions) {
    const { instruments, host } = options;
    this.epoch = splitEpoch(options.epochUnixNs);
    this.products = new Products(instruments);
    const names = new Map(this.products.books.map(({ instrument, product }) => [instrument.symbol, product]));
    this.wire = new SubscriptionWire((text) => host.send(text), (symbol) => names.get(symbol) ?? symbol);
    this.sync = new BookSync(options, this.products.books, this.wire);
    this.level2 = new Level2Frame(this.products, this.epoch);
    this.event = new BookEvent(this.products);
    this.trades = new TradeReader(options, this.products, this.epoch);
    this.tickers = new TickerEvents(options, this.products);
    this.exchange = new ExchangeFrames(options, this.products, this.sync, this.trades, this.epoch);
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  onOpen(nowNs: number): void {
    const symbols = this.options.instruments.map(({ symbol }) => symbol);
    this.open = true;
    this.lastFrameNs = nowNs;
    this.sequence.reset();
    this.wire.reset(nowNs);
    this.wire.subscribeHeartbeats();
    this.sync.onOpen(nowNs);
    this.wire.subscribe('market_trades', symbols);
    this.wire.subscribe('status', symbols);
    this.wire.pump(nowNs);
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.sync.onClose(nowNs);
  }

  onTimer(nowNs: number): void {
    this.sync.onTimer(nowNs);
    if (!this.open) return;
    this.wire.pump(nowNs);
    // Heartbeats come every second: there is nothing to ask for a sign.
    if (nowNs - this.lastFrameNs <= this.options.stallNs) return;
    this.options.host.count('stalls');
    this.reconnect(VenueReason.STALL);
  }

  /** Nothing is asked by REST. */
  onResponse(): void {}

  resync(instrument: number, reason: number, nowNs: number): void {
    for (const book of this.products.books) if (book.instrument.index === instrument) this.sync.resync(book, reason, nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.frame = (this.frame + 1) >>> 0;
    this.lastFrameNs = tsRecvNs;
    if (this.level2.read(bytes, length)) return this.onLevel2(tsRecvNs);
    this.kind = Kind.NONE;
    this.eventsAt = -1;
    this.numbered = this.taken = false;
    this.time[0] = 0;
    let at = expect(bytes, 0, length, OPEN_BRACE);
    if (at >= 0) at = firstKey(bytes, at, length);
    for (; at >= 0; at = nextKey(bytes, at, length)) {
      at = this.onMember(bytes, at, length, tsRecvNs);
      if (at < 0) break;
    }
    let whole = at === DONE && skipSpace(bytes, bounds[1], length) === length;
    if (whole && this.kind !== Kind.NONE && !this.taken) {
      // Its parts came in another order than the venue's.
      whole = this.numbered && this.eventsAt >= 0 && this.onEvents(bytes, this.eventsAt, length, tsRecvNs) >= 0;
    }
    if (!whole) this.onBroken(tsRecvNs);
    else if (this.kind === Kind.NONE) this.onNameless(bytes, length, tsRecvNs);
  }

  /** The message that `level2` has just read. */
  private onLevel2(tsRecvNs: number): void {
    const { book, isSnapshot, changes, numbers } = this.level2;
    this.number[0] = numbers[Level2.sequence];
    if (this.follows(tsRecvNs)) this.sync.onEvent(book!, isSnapshot, changes, this.frame, numbers[Level2.sequence], numbers[Level2.tsVenueNs], tsRecvNs);
  }

  /** One member of the frame, its name in `bounds`, its value at `at`. @returns position after it, or a negative code */
  private onMember(bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    if (boundsAre(bytes, EVENTS)) {
      // Which ones count would depend on the reader.
      if (this.eventsAt >= 0) return MALFORMED;
      this.eventsAt = at;
      return this.kind !== Kind.NONE && this.numbered ? this.onEvents(bytes, at, length, tsRecvNs) : skipValue(bytes, at, length);
    }
    if (boundsAre(bytes, SEQUENCE)) {
      if (this.numbered) return MALFORMED;
      this.numbered = true;
      at = scanInteger(bytes, at, length);
      this.number[0] = scanned[0];
      return at;
    }
    if (boundsAre(bytes, CHANNEL)) {
      if (this.kind !== Kind.NONE) return MALFORMED;
      at = scanString(bytes, at, length);
      if (at >= 0) this.kind = kindOf(bytes);
      return at;
    }
    return boundsAre(bytes, TIMESTAMP) && !this.taken ? readTime(bytes, at, length, this.epoch, this.time) : skipValue(bytes, at, length);
  }

  /** The events of a frame whose channel and number are known. @returns position after them or a negative code */
  private onEvents(bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    this.taken = true;
    this.usable = this.follows(tsRecvNs);
    if (!this.usable) return skipValue(bytes, at, length);
    if (this.kind === Kind.BOOK) return this.onBooks(bytes, at, length, tsRecvNs);
    if (this.kind === Kind.TRADES) return this.onTrades(bytes, at, length, tsRecvNs);
    const after = skipValue(bytes, at, length);
    if (after < 0) return MALFORMED;
    if (this.kind === Kind.TICKER) this.tickers.read(bytes, at, after, this.frame, this.number[0], this.time[0]);
    else if (this.kind === Kind.STATUS) this.onStatus(textOf(bytes, at, after), tsRecvNs);
    return after;
  }

  /** Whether the frame is the one after the last; if not, what follows from it. */
  private follows(nowNs: number): boolean {
    const { host, resyncOnDuplicate } = this.options;
    const { expected } = this.sequence;
    const relation = this.sequence.take(this.number[0]);
    if (relation === Relation.NEXT) return true;
    const isGap = relation === Relation.GAP;
    if (relation === Relation.RESTART && !resyncOnDuplicate) {
      // A recording that kept no word of its new connection.
      this.sync.loseAll(ResyncReason.RECONNECT, 0, 0, nowNs);
      return true;
    }
    host.count(isGap ? 'gaps' : 'duplicates');
    // An old message changes nothing, but one connection does not repeat itself: whatever did may have lost something too.
    if (!isGap && !resyncOnDuplicate) return false;
    this.sync.loseAll(isGap ? ResyncReason.GAP : ResyncReason.DUPLICATE, expected, this.number[0], nowNs);
    this.reconnect(VenueReason.PROTOCOL);
    // Of a transcript the rest is read on; a connection is gone by now.
    return isGap && this.open;
  }

  private onBooks(bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    const { event, sync, products } = this;
    at = expect(bytes, at, length, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, length); at >= 0; at = nextElement(bytes, at, length)) {
      const start = at;
      at = event.read(bytes, start, length);
      if (event.product === NO_PRODUCT) return MALFORMED;
      if (at < 0) {
        const after = skipValue(bytes, start, length);
        if (after < 0) return MALFORMED;
        if (event.product >= 0) sync.onBroken(products.booksOf(event.product), at, tsRecvNs);
        else this.options.host.count('malformed');
        at = after;
      } else if (!restIsSound(bytes, at, length)) return MALFORMED;
      else if (event.product < 0) this.options.host.count('unknownSymbol');
      else this.publish(bytes, length, tsRecvNs);
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  /** The event just read, for every book that its product stands for. */
  private publish(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { event, sync } = this;
    const books = this.products.booksOf(event.product);
    for (let i = 0; i < books.length; i++) {
      const code = i === 0 ? 0 : event.readFor(bytes, length, books[i]);
      if (code < 0) sync.onBroken([books[i]], code, tsRecvNs);
      else sync.onEvent(books[i], event.isSnapshot, event.changes, this.frame, this.number[0], this.time[0], tsRecvNs);
    }
  }

  private onTrades(bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    at = expect(bytes, at, length, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, length); at >= 0; at = nextElement(bytes, at, length)) {
      const start = at;
      at = this.trades.readEvent(bytes, start, length, this.frame, tsRecvNs);
      if (at >= 0) continue;
      this.options.host.count(at === MALFORMED ? 'malformed' : 'outOfRange');
      at = skipValue(bytes, start, length);
      if (at < 0) return MALFORMED;
    }
    return at === DONE ? bounds[1] : MALFORMED;
  }

  /** Which products match orders now. */
  private onStatus(events: string, nowNs: number): void {
    for (const { id, status } of productStates(events)) {
      for (const book of this.products.named(id)) this.sync.setHalted(book, !isTradable(status), nowNs);
    }
  }

  /** A frame that ended early or is no JSON. Where it did not get as far as saying that it is about something else, it may have been of any book. */
  private onBroken(nowNs: number): void {
    this.options.host.count('malformed');
    if (this.taken && this.kind !== Kind.BOOK) return;
    this.sync.loseAll(ResyncReason.MALFORMED, 0, 0, nowNs);
    this.reconnect(VenueReason.PROTOCOL);
  }

  /** A frame without a channel: a complaint, or the Exchange's. */
  private onNameless(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    if (this.exchange.onFrame(bytes, length, this.frame, tsRecvNs)) return;
    // {"type":"error","message":"…"}: what was refused is not said; subscriptions without a snapshot are asked for again.
    this.options.host.count(/"type"\s*:\s*"error"/.test(textOf(bytes, 0, length)) ? 'rejected' : 'malformed');
  }

  /** @param reason VenueReason */
  private reconnect(reason: number): void {
    const answered = this.options.resyncOnDuplicate;
    if (!this.open) return;
    if (answered) this.open = false;
    this.options.host.reconnect(reason);
  }
}

function kindOf(bytes: Uint8Array): number {
  if (boundsAre(bytes, L2_DATA)) return Kind.BOOK;
  if (boundsAre(bytes, MARKET_TRADES)) return Kind.TRADES;
  if (boundsAre(bytes, TICKER)) return Kind.TICKER;
  return boundsAre(bytes, STATUS) ? Kind.STATUS : Kind.QUIET;
}
