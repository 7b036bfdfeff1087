/**
 * Binance's market streams as a function of the books: what each stream carries at a step, whoever listens. No sockets
 * here; a stream nobody listens to is not encoded. Diff depth covers every update id once: `U` is the last `u` plus one.
 */
import { decimalText } from '../text.js';
import type { Frame } from '../topics.js';
import { TopWatch } from '../matching/book.js';
import type { BookSide } from '../matching/book.js';
import type { Market, PublicTrade } from '../matching/exchange.js';
import type { BinanceSymbols } from './symbols.js';

/** One diff stream of one symbol: what changed since its last frame. */
interface Diff {
  topic: string;
  everySteps: number;
  bids: Set<number>;
  asks: Set<number>;
  /** `u` of the last frame, sent or not. */
  lastId: number;
}

interface Partial {
  topic: string;
  everySteps: number;
  levels: number;
}

interface SymbolStreams {
  name: string;
  market: Market;
  diffs: Diff[];
  partials: Partial[];
  bookTicker: string;
  trade: string;
  aggTrade: string;
  top: TopWatch;
  /** Where the book stood when it was last looked at. */
  seenId: number;
}

export interface BinanceFeedOptions {
  stepMs: number;
  /** Period of `@depth@100ms`, in ms of virtual time. */
  depthMs: number;
}

export class BinanceFeed {
  readonly #streams: SymbolStreams[];
  readonly #wanted: (topic: string) => boolean;

  constructor(symbols: BinanceSymbols, options: BinanceFeedOptions, wanted: (topic: string) => boolean) {
    this.#wanted = wanted;
    const fast = Math.max(1, Math.round(options.depthMs / options.stepMs));
    const slow = Math.max(1, Math.round(1000 / options.stepMs));
    this.#streams = symbols.all.map(({ name, market }) => {
      const lower = name.toLowerCase();
      const diff = (topic: string, everySteps: number): Diff => ({ topic, everySteps, bids: new Set(), asks: new Set(), lastId: market.book.updateId });
      return {
        name, market, bookTicker: `${lower}@bookTicker`, trade: `${lower}@trade`, aggTrade: `${lower}@aggTrade`, top: new TopWatch(), seenId: -1,
        diffs: [diff(`${lower}@depth@100ms`, fast), diff(`${lower}@depth`, slow)],
        partials: [5, 10, 20].flatMap((levels) => [
          { topic: `${lower}@depth${levels}@100ms`, everySteps: fast, levels }, { topic: `${lower}@depth${levels}`, everySteps: slow, levels },
        ]),
      };
    });
  }

  /** Everything that leaves at this step. Symbols take turns within a period, so that the load is even. */
  step(step: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    for (const streams of this.#streams) {
      const { market } = streams;
      const changed = market.book.updateId !== streams.seenId || market.freshTrades.length > 0;
      if (changed) this.#gather(streams);
      const phase = step + market.spec.index;
      for (const diff of streams.diffs) if (phase % diff.everySteps === 0) this.#emitDiff(streams, diff, timeMs, frames);
      for (const partial of streams.partials) {
        if (phase % partial.everySteps === 0 && this.#wanted(partial.topic)) frames.push(partialFrame(market, partial));
      }
      if (changed) this.#tops(streams, frames);
    }
    return frames;
  }

  /** Send what is pending of one market at once (after a forced crossing). */
  flush(marketIndex: number, timeMs: number): Frame[] {
    const frames: Frame[] = [];
    const streams = this.#streams[marketIndex];
    this.#gather(streams);
    this.#emitDiff(streams, streams.diffs[0], timeMs, frames);
    this.#tops(streams, frames);
    return frames;
  }

  /** Move the book's touched prices to the diffs. */
  #gather(streams: SymbolStreams): void {
    const { book } = streams.market;
    streams.seenId = book.updateId;
    for (const diff of streams.diffs) {
      for (const price of book.bids.touched) diff.bids.add(price);
      for (const price of book.asks.touched) diff.asks.add(price);
    }
    book.bids.touched.clear();
    book.asks.touched.clear();
  }

  #emitDiff(streams: SymbolStreams, diff: Diff, timeMs: number, frames: Frame[]): void {
    if (diff.bids.size === 0 && diff.asks.size === 0) return;
    const { book, spec } = streams.market;
    if (this.#wanted(diff.topic)) {
      const bids = changesText(book.bids, diff.bids, spec.priceDecimals, spec.qtyDecimals);
      const asks = changesText(book.asks, diff.asks, spec.priceDecimals, spec.qtyDecimals);
      const text = `{"e":"depthUpdate","E":${timeMs},"s":"${streams.name}","U":${diff.lastId + 1},"u":${book.updateId},"b":[${bids}],"a":[${asks}]}`;
      frames.push({ topic: diff.topic, text, book: true });
    }
    diff.bids.clear();
    diff.asks.clear();
    diff.lastId = book.updateId;
  }

  #tops(streams: SymbolStreams, frames: Frame[]): void {
    const { market } = streams;
    if (streams.top.changed(market.book) && this.#wanted(streams.bookTicker)) frames.push({ topic: streams.bookTicker, text: topText(streams), book: false });
    if (market.freshTrades.length === 0) return;
    for (const trade of market.freshTrades) {
      if (this.#wanted(streams.trade)) frames.push({ topic: streams.trade, text: tradeText(streams, trade, false), book: false });
      if (this.#wanted(streams.aggTrade)) frames.push({ topic: streams.aggTrade, text: tradeText(streams, trade, true), book: false });
    }
    market.freshTrades = [];
  }
}

function changesText(side: BookSide, prices: Set<number>, priceDecimals: number, qtyDecimals: number): string {
  let text = '';
  for (const price of prices) {
    const qty = side.levelAt(price)?.qty ?? 0;
    text += `${text === '' ? '' : ','}["${decimalText(price, priceDecimals, 8)}","${decimalText(qty, qtyDecimals, 8)}"]`;
  }
  return text;
}

/** The best `count` levels of a side as Binance writes them, without the outer brackets. */
export function levelsText(market: Market, side: 'bids' | 'asks', count: number): string {
  const { priceDecimals, qtyDecimals } = market.spec;
  return market.book[side].levels.slice(0, count)
    .map((level) => `["${decimalText(level.price, priceDecimals, 8)}","${decimalText(level.qty, qtyDecimals, 8)}"]`).join(',');
}

function partialFrame(market: Market, partial: Partial): Frame {
  const text = `{"lastUpdateId":${market.book.updateId},"bids":[${levelsText(market, 'bids', partial.levels)}],"asks":[${levelsText(market, 'asks', partial.levels)}]}`;
  return { topic: partial.topic, text, book: false };
}

function topText({ name, market }: SymbolStreams): string {
  const { book, spec: { priceDecimals: p, qtyDecimals: q } } = market;
  const bid = book.bids.best();
  const ask = book.asks.best();
  return `{"u":${book.updateId},"s":"${name}","b":"${decimalText(bid?.price ?? 0, p, 8)}","B":"${decimalText(bid?.qty ?? 0, q, 8)}",` +
    `"a":"${decimalText(ask?.price ?? 0, p, 8)}","A":"${decimalText(ask?.qty ?? 0, q, 8)}"}`;
}

function tradeText(streams: SymbolStreams, trade: PublicTrade, aggregated: boolean): string {
  const { priceDecimals, qtyDecimals } = streams.market.spec;
  const price = `"p":"${decimalText(trade.price, priceDecimals, 8)}","q":"${decimalText(trade.qty, qtyDecimals, 8)}"`;
  const ids = aggregated ? `"a":${trade.tradeId},${price},"f":${trade.tradeId},"l":${trade.tradeId}` : `"t":${trade.tradeId},${price}`;
  return `{"e":"${aggregated ? 'aggTrade' : 'trade'}","E":${trade.timeMs},"s":"${streams.name}",${ids},"T":${trade.timeMs},"m":${trade.takerSide === 'sell'},"M":true}`;
}
