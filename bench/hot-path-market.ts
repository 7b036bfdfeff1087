/**
 * The world around the hot path in benchmarks: two feeds that write a random market at a steady rate, and two venues
 * that acknowledge and fill every order at once. No sockets; everything goes through the rings.
 */
import { RingSink, viewsOf } from '../actors/ring-sink.js';
import type { EngineClock } from '../src/agent/clock.js';
import { AMOUNT_DECIMALS } from '../src/model/decimal.js';
import { BUY, SELL, type Instrument, type InstrumentIndex, type Side } from '../src/model/instrument.js';
import { BalanceKind, BookState, Flag, NO_INSTRUMENT, OrderAction, ReportKind, VenueChannel, VenueState } from '../src/record/codes.js';
import { Balance, BookDelta, BookStatus, ExecutionReport, Fill, OrderCommand, typeAt, VenueStatus } from '../src/record/records.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import type { RingDescriptor } from '../src/ring/layout.js';

const EPOCH = 1;
const DEPTH = 20;
/** Level changes in an update, as Binance's 100 ms updates have at the median. */
const UPDATE_LEVELS = 16;
const MIDDLE_TICKS = 600_000;
/** Every so many updates the venues' prices part by so much, for so many updates. */
const CROSS_EVERY = 100;
const CROSSED_UPDATES = 4;
const APART_TICKS = 3000;

/** Whether a whole frame fits is known before it is begun. */
class FeedSink extends RingSink {
  free(): number {
    return this.producer.free();
  }
}

/** One venue's book of one instrument, as its feed would tell it. */
class FeedWriter {
  private readonly sink: FeedSink;
  private readonly delta: BookDelta;
  private readonly status: BookStatus;
  private frame = 0;
  private seed: number;
  private middleTicks = MIDDLE_TICKS;
  /** Of the frame being written. */
  private flags = 0;
  private left = 0;
  private tsRecvNs = 0;

  constructor(ring: RingDescriptor, private readonly instrument: Instrument, private readonly clock: EngineClock) {
    this.sink = new FeedSink(ring);
    this.delta = new BookDelta(this.sink.views);
    this.status = new BookStatus(this.sink.views);
    this.seed = instrument.index + 1;
  }

  start(): void {
    this.begin(Flag.SNAPSHOT, 2 * DEPTH);
    this.side(DEPTH, 1);
    this.sink.flush();
    const status = this.status.begin(this.sink.next(), 0, this.instrument.venue.index, this.instrument.index);
    status.epoch = EPOCH;
    status.state = BookState.IN_SYNC;
    status.reason = 0;
    status.tsRecvNs = this.clock.nowNs();
    status.expectedSeq = status.actualSeq = status.resyncs = status.frames = 0;
    this.sink.flush();
  }

  /** New quantities near the best; the best level itself is there or not. @returns records written, 0 when the ring is full */
  update(): number {
    if (this.sink.free() < UPDATE_LEVELS) return 0;
    this.begin(0, UPDATE_LEVELS);
    this.side(UPDATE_LEVELS >> 1, this.random() > 0.3 ? 1 : 0);
    this.sink.flush();
    return UPDATE_LEVELS;
  }

  /** The whole book goes elsewhere, in one frame. */
  moveTo(middleTicks: number): number {
    if (this.sink.free() < 4 * DEPTH) return 0;
    this.begin(0, 4 * DEPTH);
    for (let away = 1; away <= DEPTH; away++) {
      this.level(BUY, away, 0);
      this.level(SELL, away, 0);
    }
    this.middleTicks = middleTicks;
    this.side(DEPTH, 1);
    this.sink.flush();
    return 4 * DEPTH;
  }

  private random(): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) | 0;
    return (this.seed >>> 8) / 2 ** 24;
  }

  private begin(flags: number, levels: number): void {
    this.frame++;
    this.flags = flags | Flag.FIRST;
    this.left = levels;
    this.tsRecvNs = this.clock.nowNs();
  }

  /** `levels` bids and as many asks from the best outwards. @param best 0: the best level is empty */
  private side(levels: number, best: number): void {
    for (let away = 1; away <= levels; away++) {
      const present = away > 1 ? 1 : best;
      this.level(BUY, away, present * Math.ceil(this.random() * 1000) * 100);
      this.level(SELL, away, present * Math.ceil(this.random() * 1000) * 100);
    }
  }

  private level(side: Side, away: number, steps: number): void {
    const { instrument } = this;
    const last = --this.left === 0 ? Flag.LAST : 0;
    const delta = this.delta.begin(this.sink.next(), this.flags | last | (side === SELL ? Flag.SELL : 0), instrument.venue.index, instrument.index);
    this.flags &= ~Flag.FIRST;
    delta.epoch = EPOCH;
    delta.frame = this.frame;
    delta.price = (this.middleTicks + (side === SELL ? away : -away)) * instrument.tick;
    delta.qty = steps * instrument.step;
    delta.venueSeq = this.frame;
    delta.tsVenueNs = this.tsRecvNs;
    delta.tsRecvNs = this.tsRecvNs;
  }
}

/** Answers the orders of one venue: acknowledged and filled at their limit at once. */
class VenueAnswers {
  private readonly sink: RingSink;
  private readonly orders: GatingConsumer;
  private readonly command: OrderCommand;
  private readonly ordersViews;
  private tradeId = 0;

  constructor(orders: RingDescriptor, reports: RingDescriptor, gateway: string, readonly venue: number, private readonly index: InstrumentIndex, private readonly clock: EngineClock) {
    this.sink = new RingSink(reports);
    this.orders = new GatingConsumer(orders, gateway);
    this.ordersViews = viewsOf(orders);
    this.command = new OrderCommand(this.ordersViews);
  }

  start(): void {
    const status = new VenueStatus(this.sink.views).begin(this.sink.next(), 0, this.venue, NO_INSTRUMENT);
    status.epoch = EPOCH;
    status.state = VenueState.UP;
    status.channel = VenueChannel.GATEWAY;
    status.reason = 0;
    status.tsNs = this.clock.nowNs();
    status.attempts = 1;
    status.backoffNs = 0;
    this.sink.flush();
  }

  /** @returns orders filled */
  turn(): number {
    let filled = 0;
    for (let at = this.orders.poll(); at >= 0; at = this.orders.poll()) {
      if (typeAt(this.ordersViews, at) === OrderCommand.TYPE && this.command.wrap(at).venue === this.venue) {
        if (this.command.action === OrderAction.BALANCES) this.balances();
        else if (this.command.action === OrderAction.NEW) {
          this.fill();
          filled++;
        }
      }
      this.orders.advance();
    }
    this.orders.commit();
    return filled;
  }

  private balances(): void {
    const record = new Balance(this.sink.views);
    this.index.assets.forEach((asset, i, { length }) => {
      record.begin(this.sink.next(), (i === 0 ? Flag.FIRST : 0) | (i === length - 1 ? Flag.LAST : 0), this.venue, NO_INSTRUMENT);
      record.asset = asset.index;
      record.kind = BalanceKind.VENUE;
      record.total = record.venueTotal = 10n ** 15n;
      record.held = 0n;
      record.tsNs = this.clock.nowNs();
    });
    this.sink.flush();
  }

  private report(kind: number, cumQty: number): void {
    const { command } = this;
    const nowNs = this.clock.nowNs();
    const report = new ExecutionReport(this.sink.views).begin(this.sink.next(), command.flags, this.venue, command.instrument);
    report.reason = 0;
    report.orderId = command.orderId;
    report.kind = kind;
    report.attempt = 1;
    report.cumQty = cumQty;
    report.venueOrderId = command.orderId;
    report.tsSentNs = report.tsVenueNs = report.tsRecvNs = nowNs;
  }

  private fill(): void {
    const { command } = this;
    const { pair, quote } = this.index.instruments[command.instrument];
    this.report(ReportKind.ACK, 0);
    const fill = new Fill(this.sink.views).begin(this.sink.next(), command.flags & Flag.SELL, this.venue, command.instrument);
    fill.feeAsset = quote.index;
    fill.orderId = command.orderId;
    fill.tradeId = ++this.tradeId;
    fill.price = command.price;
    fill.qty = command.qty;
    fill.quoteAmount = (BigInt(command.price) * BigInt(command.qty) * 10n ** BigInt(AMOUNT_DECIMALS)) / 10n ** BigInt(pair.priceScale + pair.qtyScale);
    fill.fee = 0n;
    fill.tsRecvNs = this.clock.nowNs();
    this.report(ReportKind.FILLED, command.qty);
    this.sink.flush();
  }
}

export interface MarketRings {
  /** By venue. */
  readonly feeds: readonly RingDescriptor[];
  readonly orders: RingDescriptor;
  readonly reports: readonly RingDescriptor[];
  /** Names of the gateways' cursors in the orders ring. */
  readonly gateways: readonly string[];
}

export interface MarketCounts {
  records: number;
  updates: number;
  /** Updates that found their ring full. */
  full: number;
  filled: number;
}

/** Writes `recordsPerSecond` over both venues, evenly, for as long as it is given turns. */
export class SyntheticMarket {
  readonly counts: MarketCounts = { records: 0, updates: 0, full: 0, filled: 0 };
  private readonly feeds: readonly FeedWriter[];
  private readonly venues: readonly VenueAnswers[];
  private readonly startNs: number;

  constructor(rings: MarketRings, index: InstrumentIndex, private readonly clock: EngineClock, private readonly recordsPerSecond: number) {
    this.feeds = rings.feeds.map((ring, k) => new FeedWriter(ring, index.instruments[k], clock));
    this.venues = rings.reports.map((ring, k) => new VenueAnswers(rings.orders, ring, rings.gateways[k], k, index, clock));
    for (const feed of this.feeds) feed.start();
    for (const venue of this.venues) venue.start();
    this.startNs = clock.nowNs();
  }

  /** What is due by now. */
  turn(): void {
    const due = ((this.clock.nowNs() - this.startNs) / 1e9) * this.recordsPerSecond;
    while (this.counts.records < due) {
      const n = this.counts.updates++;
      const feed = this.feeds[n % this.feeds.length];
      const away = n % CROSS_EVERY;
      // The last venue runs ahead for a moment and comes back.
      const written = away === 0 ? this.feeds[this.feeds.length - 1].moveTo(MIDDLE_TICKS + APART_TICKS)
        : away === CROSSED_UPDATES ? this.feeds[this.feeds.length - 1].moveTo(MIDDLE_TICKS) : feed.update();
      if (written === 0) this.counts.full++;
      this.counts.records += Math.max(1, written);
    }
    for (const venue of this.venues) this.counts.filled += venue.turn();
  }
}
