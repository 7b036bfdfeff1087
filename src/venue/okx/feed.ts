/**
 * OKX spot, public WebSocket v5: books, trades, states of markets, announced maintenance. Sans-I/O.
 * Sources: okx.com/docs-v5: "WebSocket connect", "Order book channel", "Trades channel", "Instruments channel", "Status channel", "Notification".
 */
import { VenueReason, VenueState } from '../../record/codes.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { QuoteReader } from '../quote-reader.js';
import { bytesOf, DONE, matches, OUT_OF_RANGE, scanned, textOf, TOO_PRECISE } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import { scanUnixMs, splitEpoch } from '../scan-time.js';
import { TradeReader } from '../trade-reader.js';
import { VenueNotice } from '../venue-notice.js';
import { BookSync } from './book-sync.js';
import { isTradable } from './metadata.js';
import { readNews, type News } from './news.js';
import { Kind, NOT_OURS, StreamFrame } from './stream-frame.js';
import { SubscriptionWire } from './subscription-wire.js';
import { SyncedBook } from './synced-book.js';

const PONG = bytesOf('pong');
/** `count` matches may be one trade here; it has the id of the last of them. */
const TRADE_NAMES = { id: 'tradeId', time: 'ts', price: 'px', qty: 'sz', side: 'side', buy: 'buy', sell: 'sell' };
const QUOTE_NAMES = { symbol: 'instId', time: 'ts', bid: 'bidPx', bidQty: 'bidSz', ask: 'askPx', askQty: 'askSz' };
/** The venue closes what was silent for 30 s. */
const PING_NS_MAX = 20e9;
/** After a complaint about the message rate nothing is subscribed for this long. */
const RATE_PAUSE_NS = 5e9;
/** `{"event":"notice"}`: the connection will be cut for an upgrade within a minute. */
const UPGRADE = '64008';
const TOO_MANY_REQUESTS = '60014';

export class OkxFeed implements FeedSession {
  private readonly books: SyncedBook[];
  private readonly frame: StreamFrame;
  private readonly sync: BookSync;
  private readonly trades: TradeReader;
  private readonly quotes: QuoteReader;
  private readonly wire: SubscriptionWire;
  private readonly notice: VenueNotice;
  private open = false;
  private online = true;
  private lastFrameNs = 0;
  private pinged = false;

  constructor(private readonly options: FeedOptions) {
    const epoch = splitEpoch(options.epochUnixNs);
    this.books = options.instruments.map((instrument, number) => new SyncedBook(instrument, number));
    this.frame = new StreamFrame(options.instruments, epoch);
    this.trades = new TradeReader(options, epoch, TRADE_NAMES, scanInteger);
    this.quotes = new QuoteReader(options, QUOTE_NAMES, (symbol) => this.bookOf(symbol), (bytes, at, end, into) => {
      if (scanUnixMs(bytes, at, end, epoch) >= 0) into[0] = scanned[0];
    });
    this.wire = new SubscriptionWire((text) => options.host.send(text));
    this.sync = new BookSync(options, this.books, this.wire, this.frame);
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
    this.wire.subscribeNews();
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
    const { stallNs, host } = this.options;
    const silentNs = nowNs - this.lastFrameNs;
    if (silentNs > stallNs) {
      host.count('stalls');
      this.open = false;
      host.reconnect(VenueReason.STALL);
    } else if (silentNs > Math.min(stallNs / 2, PING_NS_MAX) && !this.pinged) {
      this.pinged = true;
      this.wire.ping();
    }
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs = 0): void {
    this.sync.onSnapshot(tag, status, body, nowNs, retryAfterNs);
  }

  resync(instrument: number, reason: number, nowNs: number): void {
    for (const book of this.books) if (book.instrument.index === instrument) this.sync.resync(book, reason, nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { frame } = this;
    this.options.host.count('frames');
    this.lastFrameNs = tsRecvNs;
    this.pinged = false;
    if (length === PONG.length && matches(bytes, 0, length, PONG)) return;
    const code = frame.read(bytes, length);
    if (code !== DONE) this.onBroken(code, tsRecvNs);
    else if (frame.kind === Kind.BOOK || frame.kind === Kind.TRADES) this.onMarketData(bytes, length, tsRecvNs);
    else if (frame.kind === Kind.QUOTES) this.onQuotes(bytes, length);
    else if (frame.kind === Kind.UNKNOWN) this.options.host.count('malformed');
    else if (frame.kind !== Kind.QUIET) this.onRare(frame.kind, textOf(bytes, 0, length), tsRecvNs);
  }

  private onMarketData(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { frame } = this;
    const { host } = this.options;
    if (frame.market === NOT_OURS) return host.count('unknownSymbol');
    if (frame.market < 0) return host.count('malformed');
    if (frame.kind === Kind.BOOK) return this.sync.onBook(bytes, length, tsRecvNs);
    const { instrument, epoch } = this.books[frame.market];
    if (frame.data < 0) host.count('malformed');
    else this.trades.read(bytes, frame.data, length, instrument, epoch, this.sync.nextFrame(), tsRecvNs);
  }

  private onQuotes(bytes: Uint8Array, length: number): void {
    const at = this.frame.data;
    if (at < 0 || this.quotes.read(bytes, at, length, this.sync.nextFrame()) < 0) this.options.host.count('malformed');
  }

  /**
   * A frame that ended early or holds what no JSON holds. What it may have said of the book it named is lost. One that did
   * not get as far as naming a book costs none: if it was a book frame after all, the next sequence tells.
   */
  private onBroken(code: number, nowNs: number): void {
    const { kind, market } = this.frame;
    this.options.host.count(code === TOO_PRECISE || code === OUT_OF_RANGE ? 'outOfRange' : 'malformed');
    if (kind === Kind.BOOK && market >= 0) this.sync.onBroken(this.books[market], code, nowNs);
  }

  /** Answers, states of markets, maintenance: few, so they are read as text. */
  private onRare(kind: number, text: string, nowNs: number): void {
    const news = readNews(text);
    if (news === undefined) this.options.host.count('malformed');
    else if (kind === Kind.INSTRUMENTS) this.onMarkets(news);
    else if (kind === Kind.STATUS) this.onStatus(news, nowNs);
    else this.onAnswer(news, nowNs);
  }

  private onAnswer(news: News, nowNs: number): void {
    if (news.event === 'subscribe') {
      const book = news.channel === 'books' ? this.bookOf(news.symbol) : undefined;
      if (book !== undefined) this.sync.onGranted(book);
    } else if (news.event === 'notice') {
      if (news.code === UPGRADE) this.options.host.reconnect(VenueReason.SHUTDOWN_ANNOUNCED);
    } else if (news.event === 'error') this.onRefused(news, nowNs);
  }

  /** One symbol where the text names one; else it is not known which message was refused, and its subscriptions run into their timeout. */
  private onRefused({ code, refusedSymbol }: News, nowNs: number): void {
    if (code === TOO_MANY_REQUESTS) {
      this.wire.pause(nowNs, RATE_PAUSE_NS);
      this.notice.say(this.online ? VenueState.UP : VenueState.MAINTENANCE, VenueReason.RATE_LIMITED, nowNs);
    }
    const book = this.bookOf(refusedSymbol);
    if (book === undefined) this.options.host.count('rejected');
    else this.sync.onRejected(book, false, nowNs);
  }

  private onMarkets({ markets }: News): void {
    for (const { symbol, state } of markets) {
      const book = this.bookOf(symbol);
      if (book !== undefined) this.sync.setHalted(book, !isTradable(state), this.lastFrameNs);
    }
  }

  private onStatus({ maintenance }: News, nowNs: number): void {
    if (maintenance === undefined || maintenance !== this.online) return;
    this.online = !maintenance;
    this.notice.say(this.online ? VenueState.UP : VenueState.MAINTENANCE, VenueReason.NONE, nowNs);
    this.sync.setVenueHalted(!this.online, nowNs);
  }

  private bookOf(symbol: string): SyncedBook | undefined {
    return this.books.find((book) => book.instrument.symbol === symbol);
  }
}
