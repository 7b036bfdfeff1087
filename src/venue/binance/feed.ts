/** Binance's public streams: depth updates, trades and quotes in, records out. */
import { RingsideError } from '../../model/errors.js';
import { Flag, VenueReason } from '../../record/codes.js';
import { Quote, Trade } from '../../record/records.js';
import type { FeedOptions, FeedSession } from '../contract.js';
import { bytesOf, findKey, MALFORMED, matches, OUT_OF_RANGE, scanBoolean, scanned, TOO_PRECISE } from '../scan.js';
import { scanInteger, scanScaled } from '../scan-number.js';
import { scanUnixMs, splitEpoch, type EpochParts } from '../scan-time.js';
import { SnapshotRequests } from '../snapshot-requests.js';
import { SymbolTable } from '../symbol-table.js';
import { BookSync } from './book-sync.js';
import { Kind, LETTER, StreamEvent } from './event.js';
import { baseQuantity, LevelWriter } from './level-writer.js';
import { snapshotsOf, type BinanceMarket } from './market.js';

const STREAMS_MAX = 1024;
/** More streams than this are subscribed by message: an address has a limit. */
const STREAMS_IN_PATH = 200;
const STREAMS_A_MESSAGE = 100;
/** The venue cuts connections after 24 h and takes five messages a second; we stay below both. */
const AGE_NS_MAX = 23.75 * 3600e9;
const MESSAGE_GAP_NS = 250e6;

const AT_SIGN = 0x40;
const DEPTH_STREAM = bytesOf('@depth');
const CODE = bytesOf('code');
const ERROR = bytesOf('error');
const RESULT = bytesOf('result');

export class BinanceFeed implements FeedSession {
  private readonly books: BookSync[];
  private readonly symbols: SymbolTable;
  /** Lower-case names, as streams have them. */
  private readonly streamSymbols: SymbolTable;
  private readonly streams: string[];
  private readonly event = new StreamEvent();
  private readonly requests: SnapshotRequests;
  private readonly epoch: EpochParts;
  private readonly trade: Trade;
  private readonly quote: Quote;
  /** A market whose single trades were seen: its aggregate trades say the same again. */
  private readonly hasTrades: Uint8Array;
  private readonly fields = new Float64Array(5);
  private epochNumber: number;
  private frameNumber = 0;
  private isOpen = false;
  private openedNs = 0;
  private lastFrameNs = 0;
  private probed = false;
  private unsent: string[] = [];
  private nextSendNs = 0;
  private messageId = 1;

  constructor(market: BinanceMarket, private readonly options: FeedOptions) {
    const { instruments, sink, host, venueIndex, stallNs, resyncOnDuplicate } = options;
    this.streams = instruments.flatMap(({ symbol }) => [`${symbol.toLowerCase()}@${market.depthStream}`, `${symbol.toLowerCase()}@${market.tradeStream}`]);
    if (this.streams.length > STREAMS_MAX) {
      throw new RingsideError('TOO_MANY_STREAMS', `${instruments.length} instruments need ${this.streams.length} streams, ${market.name} allows ${STREAMS_MAX} a connection`, { where: market.id, fix: `Configure at most ${STREAMS_MAX / 2} instruments.` });
    }
    this.epoch = splitEpoch(options.epochUnixNs);
    this.epochNumber = options.firstEpoch & 0xffff;
    this.requests = new SnapshotRequests(snapshotsOf(market, options.depth), host);
    this.trade = new Trade(sink.views);
    this.quote = new Quote(sink.views);
    this.hasTrades = new Uint8Array(instruments.length);
    const context = {
      venueIndex, sink, host, stallNs, resyncOnDuplicate, epoch: this.epoch, event: this.event, requests: this.requests, writer: new LevelWriter(sink),
      nextEpoch: () => (this.epochNumber = (this.epochNumber + 1) & 0xffff),
      nextFrame: () => (this.frameNumber = (this.frameNumber + 1) >>> 0),
    };
    this.books = instruments.map((instrument, number) => new BookSync(context, number, instrument));
    this.symbols = new SymbolTable(instruments.map(({ symbol }, number) => [symbol, number]));
    this.streamSymbols = new SymbolTable(instruments.map(({ symbol }, number) => [symbol.toLowerCase(), number]));
  }

  socketPath(): string {
    return this.streams.length > STREAMS_IN_PATH ? '/stream' : `/stream?streams=${this.streams.map(encodeURI).join('/')}`;
  }

  onOpen(nowNs: number): void {
    this.isOpen = true;
    this.openedNs = nowNs;
    this.lastFrameNs = nowNs;
    this.probed = false;
    this.nextSendNs = nowNs;
    this.unsent = [];
    if (this.streams.length > STREAMS_IN_PATH) {
      for (let i = 0; i < this.streams.length; i += STREAMS_A_MESSAGE) {
        this.unsent.push(JSON.stringify({ method: 'SUBSCRIBE', params: this.streams.slice(i, i + STREAMS_A_MESSAGE), id: this.messageId++ }));
      }
    }
    for (const book of this.books) book.open(nowNs);
    this.sendNext(nowNs);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.lastFrameNs = tsRecvNs;
    this.probed = false;
    const kind = this.event.read(bytes, length);
    if (kind === Kind.DEPTH) {
      const number = this.bookOfEvent();
      if (number >= 0) this.books[number].onDiff(tsRecvNs);
      return;
    }
    // Only a depth update may stop half-way.
    if (kind < 0 || this.event.stoppedAtLevels || !this.event.endsAt(this.event.stop)) return this.onMalformed(tsRecvNs);
    if (kind === Kind.TRADE || kind === Kind.AGG_TRADE) this.onTrade(tsRecvNs, kind);
    else if (kind === Kind.QUOTE) this.onQuote();
    else if (kind === Kind.SHUTDOWN) this.options.host.reconnect(VenueReason.SHUTDOWN_ANNOUNCED);
    else this.onOther();
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs = 0): void {
    const number = this.requests.answered(tag, status, nowNs, retryAfterNs);
    if (number >= 0) this.books[number].onSnapshot(status, body, nowNs);
    this.requests.pump(nowNs);
  }

  onClose(nowNs: number): void {
    this.isOpen = false;
    this.requests.clear();
    for (const book of this.books) book.close(nowNs);
  }

  onTimer(nowNs: number): void {
    if (!this.isOpen) return;
    this.sendNext(nowNs);
    this.requests.pump(nowNs);
    for (const book of this.books) book.onTimer(nowNs);
    const silentNs = nowNs - this.lastFrameNs;
    if (nowNs - this.openedNs > AGE_NS_MAX) this.options.host.reconnect(VenueReason.AGE);
    else if (silentNs > this.options.stallNs) {
      this.options.host.count('stalls');
      this.options.host.reconnect(VenueReason.STALL);
    } else if (silentNs > this.options.stallNs / 2 && !this.probed) {
      // Quiet markets send nothing at all: a question the venue always answers tells silence from a dead connection.
      this.probed = true;
      this.unsent.push(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id: this.messageId++ }));
    }
  }

  resync(instrument: number, reason: number, nowNs: number): void {
    this.books.find((book) => book.instrument === instrument)?.resync(reason, nowNs);
  }

  private sendNext(nowNs: number): void {
    if (this.unsent.length === 0 || nowNs < this.nextSendNs) return;
    this.nextSendNs = nowNs + MESSAGE_GAP_NS;
    this.options.host.send(this.unsent.shift() ?? '');
  }

  /** The book whose symbol the event names, or -1 (counted). */
  private bookOfEvent(): number {
    const { event } = this;
    const known = event.findSymbol() ? this.symbols.find(event.bytes, event.symbolFrom, event.symbolTo) : -1;
    if (known < 0) this.options.host.count('unknownSymbol');
    return known;
  }

  /** What cannot be read may have been a depth update: the stream's name tells whose. */
  private onMalformed(nowNs: number): void {
    const { bytes, end, streamFrom, streamTo } = this.event;
    let at = streamFrom;
    while (at >= 0 && at < streamTo && bytes[at] !== AT_SIGN) at++;
    const number = at > 0 && matches(bytes, at, end, DEPTH_STREAM) ? this.streamSymbols.find(bytes, streamFrom, at) : -1;
    if (number >= 0) this.books[number].broken(MALFORMED, nowNs);
    else this.options.host.count('malformed');
  }

  private onTrade(tsRecvNs: number, kind: number): void {
    const { event, fields } = this;
    const { bytes, end } = event;
    const number = this.bookOfEvent();
    if (number < 0) return;
    if (kind === Kind.TRADE) this.hasTrades[number] = 1;
    else if (this.hasTrades[number] === 1) return;
    const book = this.books[number];
    const id = kind === Kind.TRADE ? LETTER.t : LETTER.a;
    if (!event.has(LETTER.p) || !event.has(LETTER.q) || !event.has(LETTER.T) || !event.has(LETTER.m) || !event.has(id)) return this.options.host.count('malformed');
    let next = this.number(0, scanInteger(bytes, event.at[id], end));
    if (next >= 0) next = this.number(1, scanScaled(bytes, event.at[LETTER.p], end, book.priceScale));
    if (next >= 0) next = this.number(2, scanScaled(bytes, event.at[LETTER.q], end, book.qtyDecimals));
    if (next >= 0) next = this.number(3, scanUnixMs(bytes, event.at[LETTER.T], end, this.epoch));
    if (next >= 0) next = this.number(4, scanBoolean(bytes, event.at[LETTER.m], end));
    if (next < 0 || fields[1] <= 0 || fields[2] < 0) return this.refuse(next);
    const at = this.slot();
    if (at < 0) return;
    const trade = this.trade.begin(at, Flag.FIRST | Flag.LAST | (fields[4] === 1 ? Flag.SELL : 0), book.venue, book.instrument);
    trade.epoch = this.epochNumber;
    trade.frame = this.frameNumber = (this.frameNumber + 1) >>> 0;
    trade.tradeId = fields[0];
    trade.price = fields[1];
    trade.qty = book.contractSize > 0 ? baseQuantity(fields[2] * book.contractSize, fields[1], book.priceScale + book.qtyScale) : fields[2];
    trade.tsVenueNs = fields[3];
    trade.tsRecvNs = tsRecvNs;
    this.options.sink.flush();
  }

  private onQuote(): void {
    const { event, fields } = this;
    const { bytes, end } = event;
    const number = this.bookOfEvent();
    if (number < 0) return;
    const book = this.books[number];
    const { at: positions } = event;
    for (const key of [LETTER.u, LETTER.b, LETTER.B, LETTER.a, LETTER.A]) {
      if (positions[key] < 0) return this.options.host.count('malformed');
    }
    let next = this.number(0, scanInteger(bytes, positions[LETTER.u], end));
    if (next >= 0) next = this.number(1, scanScaled(bytes, positions[LETTER.b], end, book.priceScale));
    if (next >= 0) next = this.number(2, scanScaled(bytes, positions[LETTER.B], end, book.qtyDecimals));
    if (next >= 0) next = this.number(3, scanScaled(bytes, positions[LETTER.a], end, book.priceScale));
    if (next >= 0) next = this.number(4, scanScaled(bytes, positions[LETTER.A], end, book.qtyDecimals));
    if (next < 0 || fields[1] < 0 || fields[2] < 0 || fields[3] < 0 || fields[4] < 0) return this.refuse(next);
    const hasTime = event.has(LETTER.E) && scanUnixMs(bytes, positions[LETTER.E], end, this.epoch) >= 0;
    const tsVenueNs = hasTime ? scanned[0] : 0;
    const at = this.slot();
    if (at < 0) return;
    const quote = this.quote.begin(at, Flag.FIRST | Flag.LAST, book.venue, book.instrument);
    quote.epoch = this.epochNumber;
    quote.frame = this.frameNumber = (this.frameNumber + 1) >>> 0;
    quote.venueSeq = fields[0];
    quote.bidPrice = fields[1];
    quote.bidQty = book.contractSize > 0 && fields[1] > 0 ? baseQuantity(fields[2] * book.contractSize, fields[1], book.priceScale + book.qtyScale) : fields[2];
    quote.askPrice = fields[3];
    quote.askQty = book.contractSize > 0 && fields[3] > 0 ? baseQuantity(fields[4] * book.contractSize, fields[3], book.priceScale + book.qtyScale) : fields[4];
    quote.tsVenueNs = tsVenueNs;
    this.options.sink.flush();
  }

  private number(field: number, next: number): number {
    this.fields[field] = scanned[0];
    return next;
  }

  private refuse(code: number): void {
    this.options.host.count(code === TOO_PRECISE || code === OUT_OF_RANGE ? 'outOfRange' : 'malformed');
  }

  private slot(): number {
    const at = this.options.sink.next();
    if (at < 0) {
      this.options.sink.abandon();
      this.options.host.count('ringFull');
    }
    return at;
  }

  /** Answers to our own messages; streams nobody asked for are ignored. */
  private onOther(): void {
    const { bytes, end, streamFrom } = this.event;
    if (streamFrom >= 0 || findKey(bytes, 0, end, RESULT) >= 0) return;
    if (findKey(bytes, 0, end, CODE) >= 0 || findKey(bytes, 0, end, ERROR) >= 0) this.options.host.count('rejected');
  }
}
