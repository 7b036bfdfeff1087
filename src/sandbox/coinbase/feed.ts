/**
 * Coinbase's market channels as a function of the books: no sockets here, and a channel nobody listens to is not encoded.
 * Topics are `level2:PRODUCT`, `market_trades:PRODUCT` and `ticker:PRODUCT`. What leaves is the `events` of a message: its
 * number is the connection's.
 */
import { formatTrimmed } from '../../model/decimal.js';
import type { BookSide } from '../matching/book.js';
import type { PublicTrade } from '../matching/exchange.js';
import { timeText } from './render.js';
import type { CoinbaseProduct, CoinbaseProducts } from './symbols.js';

/** One message of market data before it gets a connection's number. */
export interface CoinbaseFrame {
  readonly topic: string;
  readonly channel: string;
  /** JSON text of the list. */
  readonly events: string;
  readonly timeMs: number;
  /** A frame of level2: what the depth faults act on. */
  readonly product: CoinbaseProduct;
  readonly book: boolean;
}

interface ProductChannels {
  readonly product: CoinbaseProduct;
  readonly level2: string;
  readonly trades: string;
  readonly ticker: string;
  /** Where the book stood when it was last looked at. */
  seenId: number;
}

export class CoinbaseFeed {
  readonly #channels: ProductChannels[];
  readonly #wanted: (topic: string) => boolean;

  constructor(products: CoinbaseProducts, wanted: (topic: string) => boolean) {
    this.#wanted = wanted;
    this.#channels = products.all.map((product) => ({ product, level2: `level2:${product.id}`, trades: `market_trades:${product.id}`, ticker: `ticker:${product.id}`, seenId: -1 }));
  }

  step(timeMs: number): CoinbaseFrame[] {
    const frames: CoinbaseFrame[] = [];
    for (const channels of this.#channels) this.#emit(channels, timeMs, frames);
    return frames;
  }

  /** Send what is pending of one market at once (after a forced crossing). */
  flush(marketIndex: number, timeMs: number): CoinbaseFrame[] {
    const frames: CoinbaseFrame[] = [];
    this.#emit(this.#channels[marketIndex], timeMs, frames);
    return frames;
  }

  #emit(channels: ProductChannels, timeMs: number, frames: CoinbaseFrame[]): void {
    const { product, level2, trades, ticker } = channels;
    const { market } = product;
    const { book, freshTrades } = market;
    if (book.updateId === channels.seenId && freshTrades.length === 0) return;
    channels.seenId = book.updateId;
    const frame = (topic: string, channel: string, events: string, isBook: boolean): void => void frames.push({ topic, channel, events, timeMs, product, book: isBook });
    if (book.bids.touched.size + book.asks.touched.size > 0 && this.#wanted(level2)) {
      const time = timeText(timeMs);
      const updates = [changes(product, book.bids, 'bid', time), changes(product, book.asks, 'offer', time)].filter((text) => text !== '').join(',');
      frame(level2, 'l2_data', `[{"type":"update","product_id":"${product.id}","updates":[${updates}]}]`, true);
    }
    if (freshTrades.length > 0) {
      if (this.#wanted(trades)) frame(trades, 'market_trades', tradesEvent('update', product, freshTrades), false);
      if (this.#wanted(ticker)) frame(ticker, 'ticker', tickerEvent('update', product), false);
      market.freshTrades = [];
    }
    book.bids.touched.clear();
    book.asks.touched.clear();
  }
}

function levelText({ market }: CoinbaseProduct, side: string, time: string, price: number, qty: number): string {
  const { priceDecimals, qtyDecimals } = market.spec;
  return `{"side":"${side}","event_time":"${time}","price_level":"${formatTrimmed(price, priceDecimals)}","new_quantity":"${formatTrimmed(qty, qtyDecimals)}"}`;
}

function changes(product: CoinbaseProduct, half: BookSide, side: string, time: string): string {
  const rows: string[] = [];
  for (const price of half.touched) rows.push(levelText(product, side, time, price, half.levelAt(price)?.qty ?? 0));
  return rows.join(',');
}

/** The whole book, best first. What is pending comes again with the next update: quantities are absolute. */
export function bookSnapshot(product: CoinbaseProduct): string {
  const { bids, asks } = product.market.book;
  const side = (half: BookSide, name: string): string[] => half.levels.map(({ price, qty }) => levelText(product, name, '1970-01-01T00:00:00Z', price, qty));
  return `[{"type":"snapshot","product_id":"${product.id}","updates":[${[...side(bids, 'bid'), ...side(asks, 'offer')].join(',')}]}]`;
}

/** `side` is the maker's. */
export function tradesEvent(type: string, product: CoinbaseProduct, trades: readonly PublicTrade[]): string {
  const { priceDecimals, qtyDecimals } = product.market.spec;
  const rows = trades.map(({ tradeId, price, qty, takerSide, timeMs }) =>
    `{"trade_id":"${tradeId}","product_id":"${product.id}","price":"${formatTrimmed(price, priceDecimals)}","size":"${formatTrimmed(qty, qtyDecimals)}","side":"${takerSide === 'buy' ? 'SELL' : 'BUY'}","time":"${timeText(timeMs)}"}`);
  return `[{"type":"${type}","trades":[${rows.join(',')}]}]`;
}

export function tickerEvent(type: string, product: CoinbaseProduct): string {
  const { spec, book, recentTrades } = product.market;
  const price = (units: number | undefined): string => formatTrimmed(units ?? 0, spec.priceDecimals);
  const qty = (units: number | undefined): string => formatTrimmed(units ?? 0, spec.qtyDecimals);
  const bid = book.bids.best();
  const ask = book.asks.best();
  const last = recentTrades.at(-1)?.price ?? bid?.price ?? 0;
  const low = recentTrades.reduce((least, trade) => Math.min(least, trade.price), last);
  const high = recentTrades.reduce((most, trade) => Math.max(most, trade.price), last);
  const volume = recentTrades.reduce((sum, trade) => sum + trade.qty, 0);
  return `[{"type":"${type}","tickers":[{"type":"ticker","product_id":"${product.id}","price":"${price(last)}","volume_24_h":"${qty(volume)}","low_24_h":"${price(low)}","high_24_h":"${price(high)}",` +
    `"low_52_w":"${price(low)}","high_52_w":"${price(high)}","price_percent_chg_24_h":"0","best_bid":"${price(bid?.price)}","best_bid_quantity":"${qty(bid?.qty)}","best_ask":"${price(ask?.price)}","best_ask_quantity":"${qty(ask?.qty)}"}]}]`;
}
