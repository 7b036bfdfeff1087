/** Public trades as most venues write them: a list of objects with the same members under each venue's names. The side is the taker's. */
import type { Instrument } from '../model/instrument.js';
import { Flag } from '../record/codes.js';
import { Trade } from '../record/records.js';
import type { FeedOptions } from './contract.js';
import { bounds, boundsAre, bytesOf, DONE, expect, firstElement, firstKey, MALFORMED, nextElement, nextKey, OPEN_BRACE, OPEN_BRACKET, OUT_OF_RANGE, scanned, scanString, skipValue, TOO_PRECISE } from './scan.js';
import { scanScaled } from './scan-number.js';
import { scanUnixMs, type EpochParts } from './scan-time.js';

/** What a venue calls the members of a trade, and its two sides. */
export interface TradeNames {
  readonly id: string;
  /** Unix ms. */
  readonly time: string;
  readonly price: string;
  readonly qty: string;
  readonly side: string;
  readonly buy: string;
  readonly sell: string;
}

/** A trade's id, at its value, as a number into `scanned[0]`. @returns position after it or a negative code */
export type IdScanner = (bytes: Uint8Array, at: number, end: number) => number;

/** The sink has no slot: its reader is too far behind. */
const SINK_FULL = -16;

/** Slots of `numbers`: doubles kept out of object fields. */
const N = { id: 0, time: 1, price: 2, qty: 3 } as const;

export class TradeReader {
  private readonly trade: Trade;
  private readonly numbers = new Float64Array(4);
  private readonly names: Readonly<Record<keyof TradeNames, Uint8Array>>;
  private side = -1;

  constructor(private readonly options: FeedOptions, private readonly epoch: EpochParts, names: TradeNames, private readonly scanId: IdScanner) {
    this.trade = new Trade(options.sink.views);
    this.names = {
      id: bytesOf(names.id), time: bytesOf(names.time), price: bytesOf(names.price), qty: bytesOf(names.qty), side: bytesOf(names.side), buy: bytesOf(names.buy),
      sell: bytesOf(names.sell),
    };
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
    const { numbers, names } = this;
    numbers.fill(0);
    this.side = -1;
    at = expect(bytes, at, end, OPEN_BRACE);
    for (at = at < 0 ? MALFORMED : firstKey(bytes, at, end); at >= 0; at = nextKey(bytes, at, end)) {
      if (boundsAre(bytes, names.price)) {
        at = scanScaled(bytes, at, end, pair.priceScale);
        numbers[N.price] = scanned[0];
      } else if (boundsAre(bytes, names.qty)) {
        at = scanScaled(bytes, at, end, pair.qtyScale);
        numbers[N.qty] = scanned[0];
      } else if (boundsAre(bytes, names.time)) {
        at = scanUnixMs(bytes, at, end, this.epoch);
        numbers[N.time] = scanned[0];
      } else if (boundsAre(bytes, names.id)) {
        at = this.scanId(bytes, at, end);
        numbers[N.id] = scanned[0];
      } else if (boundsAre(bytes, names.side)) {
        at = scanString(bytes, at, end);
        this.side = boundsAre(bytes, names.sell) ? 1 : boundsAre(bytes, names.buy) ? 0 : -1;
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
