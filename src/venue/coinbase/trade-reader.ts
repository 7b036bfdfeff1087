/**
 * Public trades: `{"trade_id":"995098700","product_id":"BTC-USD","price":"68900.50","size":"0.0015","side":"BUY","time":"…Z"}`,
 * and the Exchange's match, whose keys are the same. `side` is the maker's in both: BUY means that the taker sold.
 * Source: docs.cdp.coinbase.com, "Market trades channel", "Match".
 */
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, scanned, scanString, skipValue } from '../scan.js';
import { scanInteger, scanScaled } from '../scan-number.js';
import type { EpochParts } from '../scan-time.js';
import type { CoinbaseBook, Products } from './products.js';
import { readTime } from './venue-time.js';

const TYPE = bytesOf('type');
const UPDATE = bytesOf('update');
const TRADES = bytesOf('trades');
const PRODUCT_ID = bytesOf('product_id');
const PRICE = bytesOf('price');
const SIZE = bytesOf('size');
const TRADE_ID = bytesOf('trade_id');
const SIDE = bytesOf('side');
const TIME = bytesOf('time');
const MAKER_BUYS = [bytesOf('BUY'), bytesOf('buy')];
const MAKER_SELLS = [bytesOf('SELL'), bytesOf('sell')];

export class TradeReader {
  private readonly trade: Trade;
  private readonly time = new Float64Array(1);
  private product = -1;
  private priceAt = -1;
  private sizeAt = -1;
  private idAt = -1;
  /** 1 = the taker sold; -1: not told. */
  private takerSells = -1;

  constructor(private readonly options: FeedOptions, private readonly products: Products, private readonly epoch: EpochParts) {
    this.trade = new Trade(options.sink.views);
  }

  /** One event of a market_trades frame, published whole or not at all. @returns position after it or a negative code */
  readEvent(bytes: Uint8Array, at: number, end: number, frame: number, tsRecvNs: number): number {
    let tradesAt = -1;
    let isUpdate = false;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, TYPE)) {
        at = scanString(bytes, at, end);
        isUpdate = at >= 0 && boundsAre(bytes, UPDATE);
      } else {
        if (boundsAre(bytes, TRADES)) tradesAt = at;
        at = skipValue(bytes, at, end);
      }
      if (at < 0) return at;
    }
    if (at !== DONE || tradesAt < 0) return MALFORMED;
    const after = bounds[1];
    // Snapshots of trades are history: they were published when they happened, or before this session.
    if (!isUpdate) return after;
    at = expect(bytes, tradesAt, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.read(bytes, at, end, frame, tsRecvNs);
      if (at < 0) break;
    }
    if (at !== DONE) {
      this.options.sink.abandon();
      return at;
    }
    this.options.sink.flush();
    return after;
  }

  /** One trade, not yet flushed. @returns position after it or a negative code */
  read(bytes: Uint8Array, at: number, end: number, frame: number, tsRecvNs: number): number {
    at = this.readFields(bytes, at, end);
    if (at < 0) return at;
    if (this.product < 0) {
      this.options.host.count('unknownSymbol');
      return at;
    }
    for (const book of this.products.booksOf(this.product)) {
      const code = this.publish(bytes, end, book, frame, tsRecvNs);
      if (code < 0) return code;
    }
    return at;
  }

  private readFields(bytes: Uint8Array, at: number, end: number): number {
    this.product = this.priceAt = this.sizeAt = this.idAt = this.takerSells = -1;
    this.time[0] = 0;
    at = expect(bytes, at, end, OPEN_BRACE);
    if (at < 0) return MALFORMED;
    for (at = firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, PRODUCT_ID)) {
        at = scanString(bytes, at, end);
        if (at >= 0) this.product = this.products.find(bytes, bounds[0], bounds[1]);
      } else if (boundsAre(bytes, SIDE)) {
        at = scanString(bytes, at, end);
        if (at >= 0) this.takerSells = isOne(bytes, MAKER_BUYS) ? 1 : isOne(bytes, MAKER_SELLS) ? 0 : -1;
      } else if (boundsAre(bytes, TIME)) at = readTime(bytes, at, end, this.epoch, this.time);
      else {
        if (boundsAre(bytes, PRICE)) this.priceAt = at;
        else if (boundsAre(bytes, SIZE)) this.sizeAt = at;
        else if (boundsAre(bytes, TRADE_ID)) this.idAt = at;
        at = skipValue(bytes, at, end);
      }
      if (at < 0) return MALFORMED;
    }
    return at === DONE && this.priceAt >= 0 && this.sizeAt >= 0 && this.idAt >= 0 && this.takerSells >= 0 ? bounds[1] : MALFORMED;
  }

  private publish(bytes: Uint8Array, end: number, book: CoinbaseBook, frame: number, tsRecvNs: number): number {
    const { pair, index } = book.instrument;
    let code = scanInteger(bytes, this.idAt, end);
    const id = scanned[0];
    if (code >= 0) code = scanScaled(bytes, this.priceAt, end, pair.priceScale);
    const price = scanned[0];
    if (code >= 0) code = scanScaled(bytes, this.sizeAt, end, pair.qtyScale);
    const qty = scanned[0];
    if (code < 0) return code;
    if (price <= 0 || qty <= 0) return MALFORMED;
    if (id <= book.lastTradeId) {
      this.options.host.count('duplicates');
      return 0;
    }
    book.lastTradeId = id;
    const at = this.options.sink.next();
    if (at < 0) {
      this.options.host.count('ringFull');
      return 0;
    }
    const trade = this.trade.begin(at, this.takerSells === 1 ? Flag.SELL : 0, this.options.venueIndex, index);
    trade.epoch = book.epoch;
    trade.frame = frame;
    trade.price = price;
    trade.qty = qty;
    trade.tradeId = id;
    trade.tsVenueNs = this.time[0];
    trade.tsRecvNs = tsRecvNs;
    return 0;
  }
}

function isOne(bytes: Uint8Array, words: readonly Uint8Array[]): boolean {
  return boundsAre(bytes, words[0]) || boundsAre(bytes, words[1]);
}
