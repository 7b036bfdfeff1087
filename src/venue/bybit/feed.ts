/**
 * Bybit v5 spot, public stream: books by update ids, trades, and the best bid and ask where a stream has them. Sans-I/O.
 * Sources: bybit-exchange.github.io/docs, "v5/ws/connect", "v5/websocket/public/orderbook", "…/trade".
 */
import { BookState, ResyncReason, VenueReason } from '../../record/codes.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { bytesOf, DONE, OUT_OF_RANGE, textOf, TOO_PRECISE } from '../scan.js';
import { splitEpoch } from '../scan-time.js';
import { TradeReader } from '../trade-reader.js';
import { BookSync, SequencedBook } from './book-sync.js';
import { OlderFrames } from './older-frames.js';
import { QuoteWriter } from './quote-writer.js';
import { Kind, NO_SYMBOL, StreamFrame, Type } from './stream-frame.js';
import { SubscriptionWire } from './subscription-wire.js';
import { scanTradeNumber } from './trade-number.js';

/** The venue cuts connections that send nothing; it asks for a ping this often. */
const PING_NS = 20e9;
const TRADE_NAMES = { id: 'i', time: 'T', price: 'p', qty: 'v', side: 'S', buy: 'Buy', sell: 'Sell' };
/** Depth of the topic that holds the best prices only. */
const TOP = 1;

/** Answers to requests; nothing of it is taken on trust. */
interface Answer {
  readonly op?: unknown;
  readonly success?: unknown;
  readonly ret_msg?: unknown;
  readonly req_id?: unknown;
}

export class BybitFeed implements FeedSession {
  private readonly books: SequencedBook[];
  private readonly frame: StreamFrame;
  private readonly sync: BookSync;
  private readonly trades: TradeReader;
  private readonly quotes: QuoteWriter;
  private readonly wire: SubscriptionWire;
  private readonly older = new OlderFrames();
  private frameNumber = 0;
  private open = false;
  private lastFrameNs = 0;
  private pingedNs = 0;
  private probed = false;

  /** @throws RingsideError TOO_MANY_STREAMS */
  constructor(private readonly options: FeedOptions) {
    const { instruments, host } = options;
    const epoch = splitEpoch(options.epochUnixNs);
    this.books = instruments.map((instrument) => new SequencedBook(instrument));
    this.frame = new StreamFrame(instruments, epoch);
    this.wire = new SubscriptionWire((text) => host.send(text), instruments.map(({ symbol }) => symbol), options.depth);
    this.sync = new BookSync(options, this.books, this.wire);
    this.trades = new TradeReader(options, epoch, TRADE_NAMES, scanTradeNumber);
    this.quotes = new QuoteWriter(options);
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.lastFrameNs = nowNs;
    this.pingedNs = nowNs;
    this.probed = false;
    this.wire.reset(nowNs);
    this.sync.onOpen(nowNs);
    this.wire.subscribeTrades();
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
    const silentNs = nowNs - this.lastFrameNs;
    if (silentNs > this.options.stallNs) {
      this.options.host.count('stalls');
      this.open = false;
      this.options.host.reconnect(VenueReason.STALL);
    } else if (nowNs - this.pingedNs > PING_NS || (silentNs > this.options.stallNs / 2 && !this.probed)) {
      this.probed = true;
      this.pingedNs = nowNs;
      this.wire.ping();
    }
  }

  /** Nothing is asked by REST. */
  onResponse(): void {}

  resync(instrument: number, reason: number, nowNs: number): void {
    for (const book of this.books) if (book.instrument.index === instrument) this.sync.resync(book, reason, nowNs);
    this.wire.pump(nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.frameNumber = (this.frameNumber + 1) >>> 0;
    this.lastFrameNs = tsRecvNs;
    this.probed = false;
    this.read(bytes, length, tsRecvNs);
  }

  private read(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { frame } = this;
    const { host } = this.options;
    const code = frame.read(bytes, length);
    if (code !== DONE) this.onBroken(code, tsRecvNs);
    else if (frame.kind === Kind.ANSWER) this.onAnswer(bytes, length, tsRecvNs);
    else if (frame.kind === Kind.UNKNOWN) host.count('malformed');
    else if (frame.kind === Kind.QUIET) return;
    else if (frame.kind === Kind.OLDER) this.onOlder(bytes, length, tsRecvNs);
    else if (frame.symbol === NO_SYMBOL) host.count('unknownSymbol');
    else if (frame.kind === Kind.TRADES) this.onTrades(bytes, length, tsRecvNs);
    else if (frame.depth === TOP) this.onTop();
    else {
      this.sync.onBook(frame, this.frameNumber, tsRecvNs);
      this.wire.pump(tsRecvNs);
    }
  }

  /** Only recordings hold such frames. */
  private onOlder(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const current = this.older.translate(textOf(bytes, 0, length));
    if (current === undefined) return;
    const translated = bytesOf(current);
    this.read(translated, translated.length, tsRecvNs);
  }

  private onTrades(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { data, symbol } = this.frame;
    const { instrument, epoch } = this.books[symbol];
    if (data < 0) this.options.host.count('malformed');
    else this.trades.read(bytes, data, length, instrument, epoch, this.frameNumber, tsRecvNs);
  }

  /** Derivatives sent changes of it once; what they leave out is not known here. */
  private onTop(): void {
    const { frame } = this;
    if (frame.type === Type.SNAPSHOT) this.quotes.write(frame, this.books[frame.symbol], this.frameNumber);
  }

  /**
   * A frame that ended early or holds what no JSON holds. A book it names is lost; where it did not get as far as naming
   * one, the next update id tells.
   */
  private onBroken(code: number, nowNs: number): void {
    const { kind, symbol, depth } = this.frame;
    const outOfRange = code === TOO_PRECISE || code === OUT_OF_RANGE;
    this.options.host.count(outOfRange ? 'outOfRange' : 'malformed');
    const book = kind === Kind.BOOK ? this.books[symbol] : undefined;
    if (book === undefined || book.content === BookState.OUT_OF_SYNC || depth !== book.depth) return;
    this.sync.resync(book, outOfRange ? ResyncReason.OUT_OF_RANGE : ResyncReason.MALFORMED, nowNs);
    this.wire.pump(nowNs);
  }

  /** Acknowledgements and pongs say nothing new; a refusal is of the whole message, and may name the topic at fault. */
  private onAnswer(bytes: Uint8Array, length: number, nowNs: number): void {
    let answer: Answer;
    try {
      answer = JSON.parse(textOf(bytes, 0, length)) as Answer;
    } catch {
      this.options.host.count('malformed');
      return;
    }
    const asked = this.wire.answered(answer.req_id);
    if (answer.success !== false) return;
    const why = typeof answer.ret_msg === 'string' ? answer.ret_msg : '';
    const named = asked?.symbols.filter((symbol) => new RegExp(`\\.${symbol}(?![A-Za-z0-9])`).test(why)) ?? [];
    const passing = /already|rate|limit|frequent|busy|timeout|internal/i.test(why);
    if (asked === undefined || (!asked.isBook && named.length === 0)) {
      this.options.host.count('rejected');
      return;
    }
    if (asked.isBook) {
      if (named.length === 0 && asked.symbols.length > 1) this.wire.askSingly();
      const alone = asked.symbols.length === 1;
      for (const book of this.books) {
        const { symbol } = book.instrument;
        if (asked.symbols.includes(symbol)) this.sync.onRejected(book, passing || !(alone || named.includes(symbol)), nowNs);
      }
    } else {
      this.options.host.count('rejected');
      this.wire.subscribeTrades(asked.symbols.filter((symbol) => !named.includes(symbol)));
    }
    this.wire.pump(nowNs);
  }
}
