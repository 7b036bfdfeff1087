/**
 * Kraken spot, public WebSocket v2: books with checksums, trades, the venue's own status. Sans-I/O.
 * Sources: docs.kraken.com, "Spot websockets v2": book, trade, instrument, status, heartbeat, ping.
 */
import { BookState, ResyncReason, VenueReason, VenueState } from '../../record/codes.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { QuoteReader } from '../quote-reader.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, scanString, OUT_OF_RANGE, restIsSound, skipSpace, skipValue, textOf, TOO_PRECISE } from '../scan.js';
import { splitEpoch } from '../scan-time.js';
import { SymbolTable } from '../symbol-table.js';
import { VenueNotice } from '../venue-notice.js';
import { BookEntry, NO_SYMBOL, readTime } from './book-entry.js';
import { BookSync } from './book-sync.js';
import { isTradable } from './metadata.js';
import { Request, SubscriptionWire } from './subscription-wire.js';
import { depthAtLeast, SyncedBook } from './synced-book.js';
import { TradeReader } from './trade-entry.js';

const CHANNEL = bytesOf('channel');
const TYPE = bytesOf('type');
const DATA = bytesOf('data');
const BOOK = bytesOf('book');
const TRADE = bytesOf('trade');
const TICKER = bytesOf('ticker');
const HEARTBEAT = bytesOf('heartbeat');
const STATUS = bytesOf('status');
const INSTRUMENT = bytesOf('instrument');
const METHOD = bytesOf('method');
const ERROR = bytesOf('Error');
const ERROR_LOWER = bytesOf('error');
const SNAPSHOT = bytesOf('snapshot');
const UPDATE = bytesOf('update');

const QUOTE_NAMES = { symbol: 'symbol', time: 'timestamp', bid: 'bid', bidQty: 'bid_qty', ask: 'ask', askQty: 'ask_qty' };

/** What a frame turns out to be, by its keys. */
const Kind = { UNKNOWN: 0, BOOK: 1, TRADE: 2, QUIET: 3, STATUS: 4, INSTRUMENT: 5, ANSWER: 6, TICKER: 7 } as const;
const Type = { UNKNOWN: 0, SNAPSHOT: 1, UPDATE: 2 } as const;

/** After a complaint about the message rate nothing is subscribed for this long. */
const RATE_PAUSE_NS = 5e9;

export class KrakenFeed implements FeedSession {
  private readonly books: SyncedBook[];
  private readonly symbols: SymbolTable;
  private readonly entry: BookEntry;
  private readonly sync: BookSync;
  private readonly trades: TradeReader;
  private readonly quotes: QuoteReader;
  private readonly wire: SubscriptionWire;
  private readonly notice: VenueNotice;
  private frame = 0;
  private open = false;
  /** All book entries of the frame at hand were read. */
  private booksRead = false;
  private lastFrameNs = 0;
  private pinged = false;
  private online = true;

  constructor(private readonly options: FeedOptions) {
    const depth = depthAtLeast(options.depth);
    const epoch = splitEpoch(options.epochUnixNs);
    this.books = options.instruments.map((instrument) => new SyncedBook(instrument, depth));
    this.symbols = new SymbolTable(options.instruments.map((instrument, index) => [instrument.symbol, index] as const));
    this.entry = new BookEntry(this.symbols, this.books, epoch);
    this.trades = new TradeReader(options, this.symbols, this.books, epoch);
    this.quotes = new QuoteReader(options, QUOTE_NAMES, (symbol) => this.bookOf(symbol), (bytes, at, end, into) => readTime(bytes, at, end, epoch, into));
    this.wire = new SubscriptionWire((text) => options.host.send(text), depth);
    this.sync = new BookSync(options, this.books, this.wire);
    this.notice = new VenueNotice(options);
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.online = true;
    this.notice.forget();
    this.lastFrameNs = nowNs;
    this.pinged = false;
    this.wire.reset(nowNs);
    this.sync.onOpen(nowNs);
    this.wire.subscribeTrades(this.books.map((book) => book.instrument.symbol));
    this.wire.subscribeInstruments();
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.notice.forget();
    this.sync.onClose(nowNs);
  }

  onTimer(nowNs: number): void {
    this.notice.settle(nowNs);
    this.sync.onTimer(nowNs);
    if (!this.open) return;
    const silentNs = nowNs - this.lastFrameNs;
    if (silentNs > this.options.stallNs) {
      this.options.host.count('stalls');
      this.open = false;
      this.options.host.reconnect(VenueReason.STALL);
    } else if (silentNs > this.options.stallNs / 2 && !this.pinged) {
      this.pinged = true;
      this.wire.ping();
    }
  }

  /** Nothing is asked by REST. */
  onResponse(): void {}

  resync(instrument: number, reason: number, nowNs: number): void {
    for (const book of this.books) if (book.instrument.index === instrument) this.sync.resync(book, reason, nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.frame = (this.frame + 1) >>> 0;
    this.lastFrameNs = tsRecvNs;
    this.pinged = false;
    let kind: number = Kind.UNKNOWN;
    let type: number = Type.UNKNOWN;
    let lateData = -1;
    this.booksRead = false;
    this.entry.book = NO_SYMBOL;
    let at = expect(bytes, 0, length, OPEN_BRACE);
    if (at >= 0) at = firstKey(bytes, at, length);
    for (; at >= 0; at = nextKey(bytes, at, length)) {
      if (boundsAre(bytes, CHANNEL)) {
        at = scanString(bytes, at, length);
        if (at >= 0) kind = kindOfChannel(bytes);
      } else if (boundsAre(bytes, TYPE)) {
        at = scanString(bytes, at, length);
        if (at >= 0) type = boundsAre(bytes, UPDATE) ? Type.UPDATE : boundsAre(bytes, SNAPSHOT) ? Type.SNAPSHOT : Type.UNKNOWN;
      } else if (boundsAre(bytes, DATA)) {
        if (kind === Kind.UNKNOWN || type === Type.UNKNOWN) {
          lateData = at;
          at = skipValue(bytes, at, length);
        } else at = this.onData(kind, type, bytes, at, length, tsRecvNs);
      } else {
        if (boundsAre(bytes, METHOD) || boundsAre(bytes, ERROR) || boundsAre(bytes, ERROR_LOWER)) kind = Kind.ANSWER;
        at = skipValue(bytes, at, length);
      }
      if (at < 0) break;
    }
    const whole = at === DONE && skipSpace(bytes, bounds[1], length) === length;
    if (whole && lateData >= 0 && type !== Type.UNKNOWN) at = this.onData(kind, type, bytes, lateData, length, tsRecvNs);
    const lacksBooks = whole && kind === Kind.BOOK && !this.booksRead;
    if (!whole || lacksBooks || (lateData >= 0 && at < 0 && at !== DONE)) this.onBroken(kind, at, tsRecvNs);
    else if (kind === Kind.ANSWER || kind === Kind.STATUS || kind === Kind.INSTRUMENT) this.onRare(kind, bytes, length, tsRecvNs);
    else if (kind === Kind.UNKNOWN) this.options.host.count('malformed');
  }

  /**
   * A frame that ended early or holds what no JSON holds. What it may have said of a book is lost: of the one it named, or
   * of any, where it was a book frame that did not get as far as naming one. What belongs to no channel costs nothing:
   * if it was a book frame after all, the next checksum tells.
   */
  private onBroken(kind: number, code: number, nowNs: number): void {
    const outOfRange = code === TOO_PRECISE || code === OUT_OF_RANGE;
    this.options.host.count(outOfRange ? 'outOfRange' : 'malformed');
    if (kind !== Kind.BOOK || this.booksRead) return;
    const reason = outOfRange ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED;
    for (let i = 0; i < this.books.length; i++) {
      const suspect = this.entry.book === i || this.entry.book === NO_SYMBOL;
      if (suspect && this.books[i].content !== BookState.OUT_OF_SYNC) this.sync.resync(this.books[i], reason, nowNs);
    }
  }

  /** `data` of a book, trade or ticker frame; of others, skipped (they are read whole, off the hot path). */
  private onData(kind: number, type: number, bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    if (kind === Kind.BOOK) return this.onBooks(type === Type.SNAPSHOT, bytes, at, length, tsRecvNs);
    // Snapshots of trades are history: they were published when they happened, or before this session.
    if (kind === Kind.TRADE && type === Type.UPDATE) return this.trades.read(bytes, at, length, this.frame, tsRecvNs);
    return kind === Kind.TICKER ? this.quotes.read(bytes, at, length, this.frame) : skipValue(bytes, at, length);
  }

  private onBooks(isSnapshot: boolean, bytes: Uint8Array, at: number, length: number, tsRecvNs: number): number {
    const { entry } = this;
    at = expect(bytes, at, length, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, length); at >= 0; at = nextElement(bytes, at, length)) {
      at = entry.read(bytes, at, length);
      if (at < 0) return at;
      if (!restIsSound(bytes, at, length)) return MALFORMED;
      if (entry.book >= 0) this.sync.onEntry(entry, isSnapshot, this.frame, tsRecvNs);
      else this.options.host.count('unknownSymbol');
      entry.book = NO_SYMBOL;
    }
    if (at !== DONE) return MALFORMED;
    this.booksRead = true;
    return bounds[1];
  }

  /** Answers, status and reference data: few, so they are read as text. */
  private onRare(kind: number, bytes: Uint8Array, length: number, nowNs: number): void {
    let message: RareMessage;
    try {
      message = JSON.parse(textOf(bytes, 0, length)) as RareMessage;
    } catch {
      this.options.host.count('malformed');
      return;
    }
    if (kind === Kind.STATUS) this.onSystem(message, nowNs);
    else if (kind === Kind.INSTRUMENT) this.onMarkets(message, nowNs);
    else if (message.method === 'subscribe') this.onAnswer(message, nowNs);
    else if (typeof message.Error === 'string') this.onComplaint(message.Error, nowNs);
  }

  /** One acknowledgement or refusal a symbol; a refusal without a symbol is one of the whole message. */
  private onAnswer({ success, error, symbol, result, req_id: requestId }: RareMessage, nowNs: number): void {
    const kind = typeof requestId === 'number' ? this.wire.kindOf(requestId) : result?.channel === 'trade' ? Request.TRADE : Request.BOOK;
    if (kind !== Request.BOOK) {
      if (success === false && kind === Request.TRADE) this.options.host.count('rejected');
      return;
    }
    if (success === true) {
      const book = this.bookOf(result?.symbol);
      if (book !== undefined && result?.channel === 'book' && typeof result.depth === 'number') this.sync.onSubscribed(book, depthAtLeast(result.depth));
      return;
    }
    const retry = typeof error === 'string' && /already|rate|limit|unavailable|busy|timeout|internal/i.test(error);
    const book = this.bookOf(symbol);
    if (book !== undefined) this.sync.onRejected(book, retry, nowNs);
    else if (symbol === undefined) for (const each of this.books) this.sync.onRejected(each, retry, nowNs);
  }

  /** `{"Error":"Exceeded msg rate"}`: which message was refused is not said; unanswered subscriptions run into their timeout. */
  private onComplaint(error: string, nowNs: number): void {
    this.options.host.count('rejected');
    if (!/rate/i.test(error)) return;
    this.wire.pause(nowNs, RATE_PAUSE_NS);
    this.notice.say(this.online ? VenueState.UP : VenueState.MAINTENANCE, VenueReason.RATE_LIMITED, nowNs);
  }

  /** online, maintenance, cancel_only, post_only: only the first one matches the orders of a taker. */
  private onSystem(message: RareMessage, nowNs: number): void {
    const system = (Array.isArray(message.data) ? (message.data[0] as { system?: unknown } | undefined) : undefined)?.system;
    if (typeof system !== 'string') return;
    const online = system === 'online';
    if (online === this.online) return;
    this.online = online;
    this.notice.say(online ? VenueState.UP : VenueState.MAINTENANCE, VenueReason.NONE, nowNs);
    this.sync.setVenueHalted(!online, nowNs);
  }

  private onMarkets(message: RareMessage, nowNs: number): void {
    const pairs = (message.data as { pairs?: unknown } | undefined)?.pairs;
    if (!Array.isArray(pairs)) return;
    for (const pair of pairs as Record<string, unknown>[]) {
      const book = this.bookOf(pair.symbol);
      if (book === undefined) continue;
      const priceDecimals = isDecimals(pair.price_precision) ? pair.price_precision : book.priceDecimals;
      const qtyDecimals = isDecimals(pair.qty_precision) ? pair.qty_precision : book.qtyDecimals;
      const tradable = typeof pair.status === 'string' ? isTradable(pair.status) : !book.halted;
      this.sync.onMarket(book, tradable, priceDecimals, qtyDecimals, nowNs);
    }
  }

  private bookOf(symbol: unknown): SyncedBook | undefined {
    return typeof symbol === 'string' ? this.books.find((book) => book.instrument.symbol === symbol) : undefined;
  }
}

/** What the rare messages may hold; nothing of it is taken on trust. */
interface RareMessage {
  readonly method?: unknown;
  readonly success?: unknown;
  readonly error?: unknown;
  readonly Error?: unknown;
  readonly symbol?: unknown;
  readonly req_id?: unknown;
  readonly result?: { readonly channel?: unknown; readonly symbol?: unknown; readonly depth?: unknown };
  readonly data?: unknown;
}

function isDecimals(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 18;
}

function kindOfChannel(bytes: Uint8Array): number {
  if (boundsAre(bytes, BOOK)) return Kind.BOOK;
  if (boundsAre(bytes, TRADE)) return Kind.TRADE;
  if (boundsAre(bytes, TICKER)) return Kind.TICKER;
  if (boundsAre(bytes, HEARTBEAT)) return Kind.QUIET;
  if (boundsAre(bytes, STATUS)) return Kind.STATUS;
  return boundsAre(bytes, INSTRUMENT) ? Kind.INSTRUMENT : Kind.QUIET;
}
