/**
 * Bybit's public topics as a function of the books: no sockets here, and a topic nobody listens to is not encoded.
 * `orderbook.DEPTH.SYMBOL`, each depth at its own pace, `publicTrade.SYMBOL`, `tickers.SYMBOL`.
 */
import { trimmedText } from '../text.js';
import { TopWatch } from '../matching/book.js';
import type { PublicTrade } from '../matching/exchange.js';
import type { Frame } from '../topics.js';
import { publicTradeId } from './render.js';
import type { BybitSymbol, BybitSymbols } from './symbols.js';
import { BookView } from './view.js';

/** Depth → how often it is sent, ms. Depth 1 is snapshots only. */
const PACES: readonly (readonly [depth: number, everyMs: number])[] = [[1, 10], [50, 20], [200, 100], [1000, 200]];
const TOP_DEPTH = 1;
/** An unchanged top is sent again after this, with the same id. */
const REPEAT_MS = 3_000;
const TICKER_MS = 50;

interface Book {
  readonly depth: number;
  readonly everyMs: number;
  readonly topic: string;
  view: BookView | null;
  /** Ids go on over the views. */
  updateId: number;
  sentMs: number;
}

interface Channels {
  readonly symbol: BybitSymbol;
  readonly books: readonly Book[];
  readonly trade: string;
  readonly ticker: string;
  readonly top: TopWatch;
  tickerMs: number;
}

export class BybitFeed {
  readonly #channels: readonly Channels[];
  readonly #wanted: (topic: string) => boolean;
  /** Whose topic it is, and which of its books it is of, if any. */
  readonly #topics = new Map<string, { channels: Channels; book: Book | null }>();
  /** Asked once a step; true sends every book anew, as after a restart of the service. */
  restarts: () => boolean = () => false;

  constructor(symbols: BybitSymbols, private readonly stepMs: number, wanted: (topic: string) => boolean) {
    this.#wanted = wanted;
    this.#channels = symbols.all.map((symbol) => ({
      symbol, trade: `publicTrade.${symbol.name}`, ticker: `tickers.${symbol.name}`, top: new TopWatch(), tickerMs: 0,
      books: PACES.map(([depth, everyMs]) => ({ depth, everyMs, topic: `orderbook.${depth}.${symbol.name}`, view: null, updateId: 1_000 + symbol.market.spec.index * 37, sentMs: 0 })),
    }));
    for (const channels of this.#channels) {
      for (const topic of [channels.trade, channels.ticker]) this.#topics.set(topic, { channels, book: null });
      for (const book of channels.books) this.#topics.set(book.topic, { channels, book });
    }
  }

  step(step: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    const restart = this.restarts();
    for (const channels of this.#channels) this.#emit(channels, (everyMs) => (step * this.stepMs) % everyMs < this.stepMs, restart, timeMs, frames);
    return frames;
  }

  /** Send what is pending of one market at once (after a forced crossing). */
  flush(marketIndex: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    this.#emit(this.#channels[marketIndex], () => true, false, timeMs, frames);
    return frames;
  }

  isTopic(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** What a new subscriber of a topic gets at once; null: nothing. */
  join(topic: string, timeMs: number): string | null {
    const found = this.#topics.get(topic);
    if (found === undefined || topic === found.channels.trade) return null;
    const { channels, book } = found;
    return book === null ? tickerText(channels.symbol, timeMs) : this.#viewOf(channels.symbol, book).snapshotText(timeMs);
  }

  #viewOf({ market, name }: BybitSymbol, book: Book): BookView {
    if (book.view === null || !this.#wanted(book.topic)) book.view = new BookView(market, name, book.depth, book.updateId + 1);
    return book.view;
  }

  #emit(channels: Channels, isDue: (everyMs: number) => boolean, restart: boolean, timeMs: number, frames: Frame[]): void {
    const { symbol } = channels;
    const { market } = symbol;
    for (const book of channels.books) {
      if (book.view === null) continue;
      if (!this.#wanted(book.topic)) {
        book.updateId = book.view.updateId;
        book.view = null;
        continue;
      }
      const text = this.#bookText(book, book.view, isDue, restart, timeMs);
      if (text === null) continue;
      book.sentMs = timeMs;
      frames.push({ topic: book.topic, text, book: true });
    }
    if (market.freshTrades.length > 0) {
      if (this.#wanted(channels.trade)) frames.push({ topic: channels.trade, text: tradesText(symbol, market.freshTrades, timeMs), book: false });
      market.freshTrades = [];
    }
    if (timeMs - channels.tickerMs >= TICKER_MS && this.#wanted(channels.ticker) && channels.top.changed(market.book)) {
      channels.tickerMs = timeMs;
      frames.push({ topic: channels.ticker, text: tickerText(symbol, timeMs), book: false });
    }
    market.book.bids.touched.clear();
    market.book.asks.touched.clear();
  }

  #bookText(book: Book, view: BookView, isDue: (everyMs: number) => boolean, restart: boolean, timeMs: number): string | null {
    if (restart) return view.restartText(timeMs);
    const isTop = book.depth === TOP_DEPTH;
    const text = isDue(book.everyMs) ? view.updateText(timeMs, isTop) : null;
    return text === null && isTop && timeMs - book.sentMs >= REPEAT_MS ? view.snapshotText(timeMs) : text;
  }
}

function tradesText({ name, market }: BybitSymbol, trades: readonly PublicTrade[], timeMs: number): string {
  const { priceDecimals, qtyDecimals } = market.spec;
  const data = trades.map(({ tradeId, price, qty, takerSide, timeMs: tradedMs }) =>
    `{"i":"${publicTradeId(tradeId)}","T":${Math.floor(tradedMs)},"p":"${trimmedText(price, priceDecimals)}","v":"${trimmedText(qty, qtyDecimals)}",` +
    `"S":"${takerSide === 'buy' ? 'Buy' : 'Sell'}","s":"${name}","BT":false,"RPI":false,"seq":${market.book.updateId}}`).join(',');
  return `{"topic":"publicTrade.${name}","ts":${Math.floor(timeMs)},"type":"snapshot","data":[${data}]}`;
}

/** Spot tickers have no bid and ask. */
function tickerText(symbol: BybitSymbol, timeMs: number): string {
  return `{"topic":"tickers.${symbol.name}","ts":${Math.floor(timeMs)},"type":"snapshot","cs":${symbol.market.book.updateId},"data":${JSON.stringify(dayOf(symbol))}}`;
}

/** The figures of a ticker: of the last trades, which are all there is. */
export function dayOf({ name, market }: BybitSymbol): Record<string, string> {
  const { spec, book, recentTrades } = market;
  const last = recentTrades.at(-1)?.price ?? book.bids.best()?.price ?? 0;
  const price = (units: number): string => trimmedText(units, spec.priceDecimals);
  const volume = recentTrades.reduce((sum, { qty }) => sum + qty, 0);
  return {
    symbol: name, lastPrice: price(last), prevPrice24h: price(recentTrades[0]?.price ?? last), highPrice24h: price(recentTrades.reduce((most, trade) => Math.max(most, trade.price), last)),
    lowPrice24h: price(recentTrades.reduce((least, trade) => Math.min(least, trade.price), last)), volume24h: trimmedText(volume, spec.qtyDecimals), turnover24h: '0', price24hPcnt: '0', usdIndexPrice: '',
  };
}
