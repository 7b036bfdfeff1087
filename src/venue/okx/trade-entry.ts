/** Public trades: `[{"instId":"BTC-USDT","tradeId":"130639474","px":"64000.2","sz":"0.12","side":"buy","ts":"1795000000005","count":"3","seqId":9003}]`. `side` is the taker's; an aggregate has the id of its last trade. */
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, scanned, scanString, skipValue } from '../scan.js';
import { scanInteger, scanScaled } from '../scan-number.js';
import { scanUnixMs, type EpochParts } from '../scan-time.js';
import type { StreamedBook } from '../streamed-book.js';

/** The sink has no slot: its reader is too far behind. */
export const SINK_FULL = -16;

const ID = bytesOf('tradeId');
const TIME = bytesOf('ts');
const PRICE = bytesOf('px');
const QTY = bytesOf('sz');
const SIDE = bytesOf('side');
const BUY = bytesOf('buy');
const SELL = bytesOf('sell');
/** Slots of `numbers`: doubles kept out of object fields. */
const N = { id: 0, time: 1, price: 2, qty: 3 } as const;

export class TradeReader {
  private readonly trade: Trade;
  private readonly numbers = new Float64Array(4);
  private side = -1;

  constructor(private readonly options: FeedOptions, private readonly epoch: EpochParts) {
    this.trade = new Trade(options.sink.views);
  }

  /** Publish the trades of one frame's `data` as one batch or not at all. @returns position after it or a negative code */
  read(bytes: Uint8Array, at: number, end: number, book: StreamedBook, frame: number, tsRecvNs: number): number {
    const { sink, host } = this.options;
    let last = book.lastTradeId;
    at = expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.readOne(bytes, at, end, book);
      if (at < 0) break;
      if (this.numbers[N.id] <= last) host.count('duplicates');
      else if (this.write(book, frame, tsRecvNs)) last = this.numbers[N.id];
      else at = SINK_FULL;
    }
    if (at === DONE) {
      book.lastTradeId = last;
      sink.flush();
      return bounds[1];
    }
    sink.abandon();
    return at;
  }

  private readOne(bytes: Uint8Array, at: number, end: number, { instrument: { pair } }: StreamedBook): number {
    const { numbers } = this;
    numbers.fill(0);
    this.side = -1;
    at = expect(bytes, at, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, PRICE)) {
        at = scanScaled(bytes, at, end, pair.priceScale);
        numbers[N.price] = scanned[0];
      } else if (boundsAre(bytes, QTY)) {
        at = scanScaled(bytes, at, end, pair.qtyScale);
        numbers[N.qty] = scanned[0];
      } else if (boundsAre(bytes, TIME)) {
        at = scanUnixMs(bytes, at, end, this.epoch);
        numbers[N.time] = scanned[0];
      } else if (boundsAre(bytes, ID)) {
        at = scanInteger(bytes, at, end);
        numbers[N.id] = scanned[0];
      } else if (boundsAre(bytes, SIDE)) {
        at = scanString(bytes, at, end);
        this.side = boundsAre(bytes, SELL) ? 1 : boundsAre(bytes, BUY) ? 0 : -1;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    return at === DONE && numbers[N.price] > 0 && numbers[N.qty] > 0 && this.side >= 0 ? bounds[1] : MALFORMED;
  }

  private write(book: StreamedBook, frame: number, tsRecvNs: number): boolean {
    const at = this.options.sink.next();
    if (at < 0) return false;
    const { numbers } = this;
    const trade = this.trade.begin(at, this.side === 1 ? Flag.SELL : 0, this.options.venueIndex, book.instrument.index);
    trade.epoch = book.epoch;
    trade.frame = frame;
    trade.price = numbers[N.price];
    trade.qty = numbers[N.qty];
    trade.tradeId = numbers[N.id];
    trade.tsVenueNs = numbers[N.time];
    trade.tsRecvNs = tsRecvNs;
    return true;
  }
}
