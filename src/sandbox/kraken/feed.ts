/**
 * Kraken's public WebSocket v2 channels as a function of the books: no sockets here, and a channel nobody listens to is
 * not encoded. Topics are `book:DEPTH:SYMBOL`, `ticker:TRIGGER:SYMBOL` and `trade:SYMBOL`.
 */
import { decimalText, rfc3339 } from '../text.js';
import { TopWatch } from '../matching/book.js';
import { BookView } from './view.js';
import type { Frame } from '../topics.js';
import type { PublicTrade } from '../matching/exchange.js';
import type { KrakenSymbol, KrakenSymbols } from './symbols.js';

export const BOOK_DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];

interface SymbolChannels {
  symbol: KrakenSymbol;
  books: { depth: number; topic: string; view: BookView | null }[];
  tickerBbo: string;
  tickerTrades: string;
  trade: string;
  top: TopWatch;
  /** Where the book stood when it was last looked at. */
  seenId: number;
}

export class KrakenFeed {
  readonly #channels: SymbolChannels[];
  readonly #wanted: (topic: string) => boolean;
  /** Asked for every book update; true corrupts its checksum. */
  corrupt: (symbol: string) => boolean = () => false;

  constructor(symbols: KrakenSymbols, wanted: (topic: string) => boolean) {
    this.#wanted = wanted;
    this.#channels = symbols.all.map((symbol) => ({
      symbol, tickerBbo: `ticker:bbo:${symbol.name}`, tickerTrades: `ticker:trades:${symbol.name}`, trade: `trade:${symbol.name}`, top: new TopWatch(), seenId: -1,
      books: BOOK_DEPTHS.map((depth) => ({ depth, topic: `book:${depth}:${symbol.name}`, view: null })),
    }));
  }

  step(timeMs: number): Frame[] {
    const frames: Frame[] = [];
    for (const channels of this.#channels) this.#emit(channels, timeMs, frames);
    return frames;
  }

  /** Send what is pending of one market at once (after a forced crossing). */
  flush(marketIndex: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    this.#emit(this.#channels[marketIndex], timeMs, frames);
    return frames;
  }

  /** The book snapshot a new subscriber gets; from then on the updates of this depth continue it. */
  bookSnapshot(marketIndex: number, depth: number, timeMs: number): string {
    const channels = this.#channels[marketIndex];
    const book = channels.books.find((candidate) => candidate.depth === depth)!;
    if (book.view === null || !this.#wanted(book.topic)) book.view = new BookView(channels.symbol.market, channels.symbol.name, depth);
    return book.view.snapshotText(timeMs);
  }

  tickerSnapshot(marketIndex: number, timeMs: number): string {
    return tickerText('snapshot', this.#channels[marketIndex].symbol, timeMs);
  }

  tradeSnapshot(marketIndex: number): string {
    const { symbol } = this.#channels[marketIndex];
    return tradesText('snapshot', symbol, symbol.market.recentTrades.slice(-50));
  }

  #emit(channels: SymbolChannels, timeMs: number, frames: Frame[]): void {
    const { symbol } = channels;
    const { market } = symbol;
    if (market.book.updateId === channels.seenId && market.freshTrades.length === 0) return;
    channels.seenId = market.book.updateId;
    for (const book of channels.books) {
      if (book.view === null) continue;
      if (!this.#wanted(book.topic)) {
        book.view = null;
        continue;
      }
      const text = book.view.updateText(timeMs, this.corrupt(symbol.name));
      if (text !== null) frames.push({ topic: book.topic, text, book: true });
    }
    if (channels.top.changed(market.book) && this.#wanted(channels.tickerBbo)) {
      frames.push({ topic: channels.tickerBbo, text: tickerText('update', symbol, timeMs), book: false });
    }
    if (market.freshTrades.length > 0) {
      if (this.#wanted(channels.trade)) frames.push({ topic: channels.trade, text: tradesText('update', symbol, market.freshTrades), book: false });
      if (this.#wanted(channels.tickerTrades)) frames.push({ topic: channels.tickerTrades, text: tickerText('update', symbol, timeMs), book: false });
      market.freshTrades = [];
    }
    market.book.bids.touched.clear();
    market.book.asks.touched.clear();
  }
}

function tickerText(type: string, symbol: KrakenSymbol, timeMs: number): string {
  const { spec, book, recentTrades } = symbol.market;
  const price = (units: number): string => decimalText(units, spec.priceDecimals);
  const bid = book.bids.best();
  const ask = book.asks.best();
  const lastUnits = recentTrades.at(-1)?.price ?? bid?.price ?? 0;
  const last = price(lastUnits);
  const qty = (units: number | undefined): string => decimalText(units ?? 0, spec.qtyDecimals);
  const low = price(recentTrades.reduce((least, trade) => Math.min(least, trade.price), lastUnits));
  const high = price(recentTrades.reduce((most, trade) => Math.max(most, trade.price), lastUnits));
  const volume = qty(recentTrades.reduce((sum, trade) => sum + trade.qty, 0));
  return `{"channel":"ticker","type":"${type}","data":[{"symbol":"${symbol.name}","bid":${price(bid?.price ?? 0)},"bid_qty":${qty(bid?.qty)},` +
    `"ask":${price(ask?.price ?? 0)},"ask_qty":${qty(ask?.qty)},"last":${last},"volume":${volume},"vwap":${last},"low":${low},"high":${high},` +
    `"change":${price(0)},"change_pct":0.00,"timestamp":"${rfc3339(timeMs)}"}]}`;
}

function tradesText(type: string, symbol: KrakenSymbol, trades: readonly PublicTrade[]): string {
  const { priceDecimals, qtyDecimals } = symbol.market.spec;
  const data = trades.map((trade) =>
    `{"symbol":"${symbol.name}","side":"${trade.takerSide}","price":${decimalText(trade.price, priceDecimals)},"qty":${decimalText(trade.qty, qtyDecimals)},` +
    `"ord_type":"limit","trade_id":${trade.tradeId},"timestamp":"${rfc3339(trade.timeMs)}"}`).join(',');
  return `{"channel":"trade","type":"${type}","data":[${data}]}`;
}
