/** Public trades: `[{"i":"2290000000055467889","T":1795000000007,"p":"64000.2","v":"0.01","S":"Buy","s":"BTCUSDT","BT":false}]`. `S` is the taker's side. */
import type { Instrument } from '../../model/instrument.js';
import { Flag } from '../../record/codes.js';
import { Trade } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, OUT_OF_RANGE, scanned, scanString, skipValue, TOO_PRECISE } from '../scan.js';
import { scanScaled } from '../scan-number.js';
import { scanUnixMs, type EpochParts } from '../scan-time.js';
import { tradeNumberAt } from './trade-number.js';

/** The sink has no slot: its reader is too far behind. */
const SINK_FULL = -16;

const ID = bytesOf('i');
const TIME = bytesOf('T');
const PRICE = bytesOf('p');
const QTY = bytesOf('v');
const SIDE = bytesOf('S');
const BUY = bytesOf('Buy');
const SELL = bytesOf('Sell');
/** Slots of `numbers`: doubles kept out of object fields. */
const N = { id: 0, time: 1, price: 2, qty: 3 } as const;

export class TradeReader {
  private readonly trade: Trade;
  private readonly numbers = new Float64Array(4);
  private side = -1;

  constructor(private readonly options: FeedOptions, private readonly epoch: EpochParts) {
    this.trade = new Trade(options.sink.views);
  }

  /** Publish the trades of one frame's `data`, at its bracket, as one batch or not at all (counted). */
  read(bytes: Uint8Array, at: number, end: number, instrument: Instrument, epoch: number, frame: number, tsRecvNs: number): void {
    const { sink, host } = this.options;
    at = expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.readOne(bytes, at, end, instrument);
      if (at >= 0 && !this.write(instrument, epoch, frame, tsRecvNs)) at = SINK_FULL;
      if (at < 0) break;
    }
    if (at === DONE) return sink.flush();
    sink.abandon();
    host.count(at === SINK_FULL ? 'ringFull' : at === TOO_PRECISE || at === OUT_OF_RANGE ? 'outOfRange' : 'malformed');
  }

  private readOne(bytes: Uint8Array, at: number, end: number, { pair }: Instrument): number {
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
        at = scanString(bytes, at, end);
        if (at >= 0) numbers[N.id] = tradeNumberAt(bytes, bounds[0], bounds[1]);
      } else if (boundsAre(bytes, SIDE)) {
        at = scanString(bytes, at, end);
        this.side = boundsAre(bytes, SELL) ? 1 : boundsAre(bytes, BUY) ? 0 : -1;
      } else at = skipValue(bytes, at, end);
      if (at < 0) return at;
    }
    return at === DONE && numbers[N.price] > 0 && numbers[N.qty] > 0 && this.side >= 0 ? bounds[1] : MALFORMED;
  }

  private write(instrument: Instrument, epoch: number, frame: number, tsRecvNs: number): boolean {
    const at = this.options.sink.next();
    if (at < 0) return false;
    const { numbers } = this;
    const trade = this.trade.begin(at, this.side === 1 ? Flag.SELL : 0, this.options.venueIndex, instrument.index);
    trade.epoch = epoch;
    trade.frame = frame;
    trade.price = numbers[N.price];
    trade.qty = numbers[N.qty];
    trade.tradeId = numbers[N.id];
    trade.tsVenueNs = numbers[N.time];
    trade.tsRecvNs = tsRecvNs;
    return true;
  }
}
