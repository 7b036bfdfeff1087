/**
 * OKX's public channels as a function of the books: no sockets here, and a channel nobody listens to is not encoded.
 * A topic is `CHANNEL INSTRUMENT`.
 */
import { TopWatch } from '../matching/book.js';
import type { PublicTrade } from '../matching/exchange.js';
import { trimmedText } from '../text.js';
import type { Frame } from '../topics.js';
import type { OkxSymbol, OkxSymbols } from './symbols.js';
import { BookView } from './view.js';

/** Channel → levels, and how often it is sent, ms. */
const BOOKS: readonly (readonly [channel: string, depth: number, everyMs: number])[] = [['bbo-tbt', 1, 10], ['books5', 5, 100], ['books', 400, 20]];
const FULL = 'books';
const KEEP_ALIVE_MS = 60_000;
const TICKER_MS = 100;

interface Book {
  readonly channel: string;
  readonly depth: number;
  readonly everyMs: number;
  readonly topic: string;
  view: BookView | null;
  /** Sequences go on over the views. */
  seq: number;
  sentMs: number;
}

interface Channels {
  readonly symbol: OkxSymbol;
  readonly books: readonly Book[];
  readonly trades: string;
  readonly ticker: string;
  readonly top: TopWatch;
  tickerMs: number;
}

/** What is done to a book's messages where it was asked for. */
export interface BookFaults {
  readonly falls: () => boolean;
  readonly damagesChecksum: (symbol: string) => boolean;
}

export class OkxFeed {
  readonly #channels: readonly Channels[];
  readonly #topics = new Map<string, { channels: Channels; book: Book | null }>();

  /** @param sendsSnapshots else they are to be had by REST alone, as announced for 2026 */
  constructor(
    symbols: OkxSymbols, private readonly stepMs: number, private readonly wanted: (topic: string) => boolean, private readonly faults: BookFaults,
    private readonly sendsSnapshots: boolean, private readonly hasChecksums: boolean,
  ) {
    this.#channels = symbols.all.map((symbol) => ({
      symbol, trades: `trades ${symbol.name}`, ticker: `tickers ${symbol.name}`, top: new TopWatch(), tickerMs: 0,
      books: BOOKS.map(([channel, depth, everyMs]) => ({ channel, depth, everyMs, topic: `${channel} ${symbol.name}`, view: null, seq: 9_000 + symbol.code * 37, sentMs: 0 })),
    }));
    for (const channels of this.#channels) {
      for (const topic of [channels.trades, channels.ticker]) this.#topics.set(topic, { channels, book: null });
      for (const book of channels.books) this.#topics.set(book.topic, { channels, book });
    }
  }

  step(step: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    if (this.faults.falls()) for (const { books } of this.#channels) for (const { view } of books) view?.fall();
    for (const channels of this.#channels) this.#emit(channels, (everyMs) => (step * this.stepMs) % everyMs < this.stepMs, timeMs, frames);
    return frames;
  }

  /** Send what is pending of one market at once (after a forced crossing). */
  flush(marketIndex: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    this.#emit(this.#channels[marketIndex], () => true, timeMs, frames);
    return frames;
  }

  isTopic(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** What a new subscriber of a topic gets at once; null: nothing. */
  join(topic: string, timeMs: number): string | null {
    const found = this.#topics.get(topic);
    if (found === undefined || topic === found.channels.trades) return null;
    const { channels, book } = found;
    if (book === null) return tickerText(channels.symbol, timeMs);
    const view = this.#viewOf(channels.symbol, book);
    if (book.channel !== FULL) return view.wholeText(book.channel, timeMs);
    return this.sendsSnapshots ? view.snapshotText(timeMs) : null;
  }

  /** The book as REST tells it: up to the last message of the channel, where somebody listens. */
  restBook(symbol: OkxSymbol, levels: number, timeMs: number): Record<string, unknown> {
    const book = this.#channels[symbol.market.spec.index].books.find(({ channel }) => channel === FULL)!;
    return this.#viewOf(symbol, book).restObject(levels, timeMs);
  }

  /** A view that nobody listened to is behind: whoever joins begins a new one. */
  #viewOf(symbol: OkxSymbol, book: Book): BookView {
    if (book.view === null || !this.wanted(book.topic)) book.view = new BookView(symbol, book.depth, (book.seq += 1), this.hasChecksums);
    return book.view;
  }

  #emit(channels: Channels, isDue: (everyMs: number) => boolean, timeMs: number, frames: Frame[]): void {
    const { symbol } = channels;
    const { market } = symbol;
    for (const book of channels.books) {
      if (book.view === null) continue;
      if (!this.wanted(book.topic)) {
        book.seq = Math.max(book.seq, book.view.seq);
        book.view = null;
        continue;
      }
      const text = this.#bookText(symbol, book, book.view, isDue(book.everyMs), timeMs);
      if (text === null) continue;
      book.sentMs = timeMs;
      frames.push({ topic: book.topic, text, book: book.channel === FULL });
    }
    if (market.freshTrades.length > 0) {
      if (this.wanted(channels.trades)) frames.push(...tradeTexts(symbol, market.freshTrades).map((text) => ({ topic: channels.trades, text, book: false })));
      market.freshTrades = [];
    }
    if (timeMs - channels.tickerMs >= TICKER_MS && this.wanted(channels.ticker) && channels.top.changed(market.book)) {
      channels.tickerMs = timeMs;
      frames.push({ topic: channels.ticker, text: tickerText(symbol, timeMs), book: false });
    }
    market.book.bids.touched.clear();
    market.book.asks.touched.clear();
  }

  #bookText({ name }: OkxSymbol, book: Book, view: BookView, due: boolean, timeMs: number): string | null {
    if (!due) return null;
    if (this.hasChecksums && book.channel === FULL && this.faults.damagesChecksum(name)) view.damageChecksum();
    const update = view.updateText(timeMs);
    if (book.channel !== FULL) return update === null ? null : view.wholeText(book.channel, timeMs);
    if (update === null && book.sentMs > 0 && timeMs - book.sentMs >= KEEP_ALIVE_MS) return view.keepAliveText(timeMs);
    return update;
  }
}

/** Matches of one taker at one price are told as one. */
function tradeTexts({ name, market }: OkxSymbol, trades: readonly PublicTrade[]): string[] {
  const { priceDecimals, qtyDecimals } = market.spec;
  const texts: string[] = [];
  for (let i = 0; i < trades.length; i++) {
    const { price, takerSide } = trades[i];
    let { qty } = trades[i];
    let count = 1;
    for (; trades[i + 1]?.price === price && trades[i + 1].takerSide === takerSide; i++, count++) qty += trades[i + 1].qty;
    texts.push(`{"arg":{"channel":"trades","instId":"${name}"},"data":[{"instId":"${name}","tradeId":"${trades[i].tradeId}","px":"${trimmedText(price, priceDecimals)}","sz":"${trimmedText(qty, qtyDecimals)}",` +
      `"side":"${takerSide}","ts":"${Math.floor(trades[i].timeMs)}","count":"${count}","seqId":${market.book.updateId}}]}`);
  }
  return texts;
}

function tickerText(symbol: OkxSymbol, timeMs: number): string {
  return JSON.stringify({ arg: { channel: 'tickers', instId: symbol.name }, data: [tickerObject(symbol, timeMs)] });
}

/** The figures of a ticker: of the last trades, which are all there is. */
export function tickerObject({ name, market }: OkxSymbol, timeMs: number): Record<string, string> {
  const { spec, book, recentTrades } = market;
  const [bid, ask] = [book.bids.best(), book.asks.best()];
  const last = recentTrades.at(-1)?.price ?? bid?.price ?? 0;
  const price = (units: number): string => trimmedText(units, spec.priceDecimals);
  const size = (units: number): string => trimmedText(units, spec.qtyDecimals);
  return {
    instType: 'SPOT', instId: name, last: price(last), lastSz: size(recentTrades.at(-1)?.qty ?? 0), askPx: price(ask?.price ?? 0), askSz: size(ask?.qty ?? 0), bidPx: price(bid?.price ?? 0), bidSz: size(bid?.qty ?? 0),
    open24h: price(recentTrades[0]?.price ?? last), high24h: price(recentTrades.reduce((most, trade) => Math.max(most, trade.price), last)),
    low24h: price(recentTrades.reduce((least, trade) => Math.min(least, trade.price), last)), volCcy24h: '0', vol24h: size(recentTrades.reduce((sum, { qty }) => sum + qty, 0)),
    sodUtc0: price(last), sodUtc8: price(last), ts: String(Math.floor(timeMs)),
  };
}
