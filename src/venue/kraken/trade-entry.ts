/** Public trades: `{"symbol":"BTC/USD","side":"buy","price":64010.1,"qty":0.01,"ord_type":"limit","trade_id":4665906,"timestamp":"…Z"}`. `side` is the taker's. */
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, OUT_OF_RANGE, scanned, scanString, skipValue, TOO_PRECISE } from '../scan.js';
import { scanInteger, scanScaled } from '../scan-number.js';
import type { EpochParts } from '../scan-time.js';
import type { SymbolTable } from '../symbol-table.js';
import { readTime } from './book-entry.js';
import type { SyncedBook } from './synced-book.js';

const SYMBOL = bytesOf('symbol');
const SIDE = bytesOf('side');
const PRICE = bytesOf('price');
const QTY = bytesOf('qty');
const TRADE_ID = bytesOf('trade_id');
const TIMESTAMP = bytesOf('timestamp');
const SELL = bytesOf('sell');
const BUY = bytesOf('buy');

export class TradeReader {
  private readonly trade: Trade;
  private readonly time = new Float64Array(1);

  constructor(private readonly options: FeedOptions, private readonly symbols: SymbolTable, private readonly books: readonly SyncedBook[], private readonly epoch: EpochParts) {
    this.trade = new Trade(options.sink.views);
  }

  /** Publish the trades of one frame's `data`, at its bracket, as one batch or not at all. @returns position after it or a negative code */
  read(bytes: Uint8Array, at: number, end: number, frame: number, tsRecvNs: number): number {
    at = expect(bytes, at, end, OPEN_BRACKET);
    if (at < 0) return MALFORMED;
    for (at = firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.readOne(bytes, at, end, frame, tsRecvNs);
      if (at < 0) break;
    }
    if (at !== DONE) {
      this.options.sink.abandon();
      return at;
    }
    this.options.sink.flush();
    return bounds[1];
  }

  private readOne(bytes: Uint8Array, start: number, end: number, frame: number, tsRecvNs: number): number {
    const book = this.bookOf(bytes, start, end);
    if (book === undefined) {
      this.options.host.count('unknownSymbol');
      return skipValue(bytes, start, end);
    }
    let price = -1;
    let qty = -1;
    let id = 0;
    let side = -1;
    this.time[0] = 0;
    let at = expect(bytes, start, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, PRICE)) {
        at = scanScaled(bytes, at, end, book.priceDecimals);
        price = scanned[0]!;
      } else if (boundsAre(bytes, QTY)) {
        at = scanScaled(bytes, at, end, book.qtyDecimals);
        qty = scanned[0]!;
      } else if (boundsAre(bytes, TRADE_ID)) {
        at = scanInteger(bytes, at, end);
        id = scanned[0]!;
      } else if (boundsAre(bytes, SIDE)) {
        at = scanString(bytes, at, end);
        side = boundsAre(bytes, SELL) ? 1 : boundsAre(bytes, BUY) ? 0 : -1;
      } else if (boundsAre(bytes, TIMESTAMP)) at = readTime(bytes, at, end, this.epoch, this.time);
      else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    if (at !== DONE || price <= 0 || qty <= 0 || side < 0) return MALFORMED;
    if (price % book.priceDown !== 0 || qty % book.qtyDown !== 0) return TOO_PRECISE;
    if (price * book.priceUp > Number.MAX_SAFE_INTEGER || qty * book.qtyUp > Number.MAX_SAFE_INTEGER) return OUT_OF_RANGE;
    const after = bounds[1];
    if (id > 0 && id <= book.lastTradeId) this.options.host.count('duplicates');
    else {
      book.lastTradeId = id;
      this.publish(book, side, price, qty, id, frame, tsRecvNs);
    }
    return after;
  }

  /** The symbol decides how the numbers are read, and need not come first. */
  private bookOf(bytes: Uint8Array, at: number, end: number): SyncedBook | undefined {
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return undefined;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      const isSymbol = boundsAre(bytes, SYMBOL);
      at = isSymbol ? scanString(bytes, at, end) : skipValue(bytes, at, end);
      if (at < 0) return undefined;
      if (isSymbol) return this.books[this.symbols.find(bytes, bounds[0], bounds[1])];
    }
    return undefined;
  }

  private publish(book: SyncedBook, side: number, price: number, qty: number, id: number, frame: number, tsRecvNs: number): void {
    const at = this.options.sink.next();
    if (at < 0) {
      this.options.host.count('ringFull');
      return;
    }
    const { trade } = this;
    trade.begin(at, side === 1 ? Flag.SELL : 0, this.options.venueIndex, book.instrument.index);
    trade.epoch = book.epoch;
    trade.frame = frame;
    trade.price = (price * book.priceUp) / book.priceDown;
    trade.qty = (qty * book.qtyUp) / book.qtyDown;
    trade.tradeId = id;
    trade.tsVenueNs = this.time[0]!;
    trade.tsRecvNs = tsRecvNs;
  }
}
