/** One venue under test: its double, its markets, and sessions on real sockets between which and the venue frames can be held, dropped and damaged. */
import type { Test } from 'tap';
import { formatScaled, parseScaled } from '../../src/model/decimal.js';
import type { Instrument, InstrumentIndex } from '../../src/model/instrument.js';
import { BookState } from '../../src/record/codes.js';
import type { OutgoingOrder, Venue } from '../../src/venue/contract.js';
import { clock, LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';
import type { VenueBook, VenueDouble, VenueFixture } from './fixture.js';
import { marketIndex } from './market-index.js';

/** Levels a side that are compared. */
const DEPTH = 10;

export class Rig {
  private prefixes = 0;

  private constructor(readonly venue: Venue, readonly fixture: VenueFixture, readonly double: VenueDouble, readonly index: InstrumentIndex, readonly market: Instrument) {}

  static async start(venue: Venue, fixture: VenueFixture): Promise<Rig> {
    const double = await fixture.start();
    const index = await marketIndex(venue, double, fixture.quote);
    const market = index.instruments.find(({ pair }) => pair.base.code === fixture.base);
    if (market === undefined) throw new Error(`${venue.id} lists no ${fixture.base}-${fixture.quote}`);
    return new Rig(venue, fixture, double, index, market);
  }

  /** A feed of its own for one case, closed when the case ends. */
  feed(t: Test, stallNs = 10e9): FeedRun {
    const live = new LiveFeed(this.index, this.double.endpoints, 100, stallNs, this.venue, this.double.settings);
    t.teardown(() => live.line.close());
    return new FeedRun(this, live);
  }

  /** A gateway with somebody else's keys. */
  strangers(t: Test): LiveGateway {
    const { endpoints, credentials, settings } = this.double;
    const wrong = { ...credentials!, ...this.fixture.wrongKeys };
    const live = new LiveGateway(this.index, endpoints, wrong, 'strangerx', this.venue, settings);
    t.teardown(() => live.line.close());
    return live;
  }

  /** A gateway that is logged on. @param clockOffsetMs how wrong this machine's clock is */
  async gateway(t: Test, clockOffsetMs = 0): Promise<GatewayRun> {
    const { endpoints, credentials, settings } = this.double;
    if (credentials === undefined) throw new Error(`${this.venue.id} has no keys here`);
    const prefix = `c${(clock.nowNs() % 1e9).toString(36).slice(0, 6).replace('.', '')}${this.prefixes++}x`;
    const live = new LiveGateway(this.index, endpoints, credentials, prefix, this.venue, settings);
    live.line.unixMs = () => Date.now() + clockOffsetMs;
    t.teardown(() => live.line.close());
    t.ok(await until(() => live.gateway.ready, 10_000), 'logged on');
    return new GatewayRun(this, live, prefix);
  }
}

export class FeedRun {
  private from = 0;

  constructor(private readonly rig: Rig, readonly live: LiveFeed) {}

  get state(): number {
    return this.live.replica.states[this.rig.market.index];
  }

  get counts(): Readonly<Record<string, number>> {
    return this.live.line.counts;
  }

  inSync(): boolean {
    return this.rig.index.instruments.every(({ index }) => this.live.replica.states[index] === BookState.IN_SYNC);
  }

  /** Wait for every book to be in sync; losses are counted from then on. */
  async synced(ms = 10_000): Promise<boolean> {
    const synced = await until(() => this.inSync(), ms);
    this.from = this.live.replica.history.length;
    return synced;
  }

  /** Update frames of the market go through `mangle` from now on: what it returns is what the session gets. */
  mangle(mangle: ((frame: string) => readonly string[]) | undefined): void {
    const { fixture, market } = this.rig;
    this.live.line.mangle = mangle === undefined ? undefined : (frame) => (fixture.isUpdate(frame, market.symbol) ? mangle(frame) : [frame]);
  }

  /** Act on the next `count` update frames only. @returns how many were acted upon so far */
  mangleNext(count: number, mangle: (frame: string) => readonly string[]): () => number {
    let done = 0;
    this.mangle((frame) => {
      if (done >= count) return [frame];
      done++;
      return mangle(frame);
    });
    return () => done;
  }

  /** How often the market's book stopped being in sync since `synced`. */
  get losses(): number {
    const mark = `${this.rig.market.index}:`;
    return this.live.replica.history.slice(this.from).filter((entry) => entry.startsWith(mark) && !entry.startsWith(`${mark}${BookState.IN_SYNC}/`)).length;
  }

  /** What was said of the other books since `synced`. */
  get ofOthers(): readonly string[] {
    const { market, fixture } = this.rig;
    const isNews = (entry: string): boolean => fixture.affirms !== true || !entry.includes(`:${BookState.IN_SYNC}/`);
    return this.live.replica.history.slice(this.from).filter((entry) => !entry.startsWith(`${market.index}:`) && isNews(entry));
  }

  /** The two books are read a moment apart: equal once in many reads is equal. */
  async equalsVenue(): Promise<boolean> {
    const { market, double } = this.rig;
    for (let attempt = 0; attempt < 3000; attempt++) {
      const theirs = comparable(await double.book(market.symbol));
      if (this.state === BookState.IN_SYNC && comparable(this.book()) === theirs) return true;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    return false;
  }

  private book(): VenueBook {
    const { market } = this.rig;
    const texts = (side: 'bids' | 'asks'): [string, string][] => this.live.replica.levels(side, market.index).slice(0, DEPTH)
      .map(([price, qty]) => [formatScaled(price, market.pair.priceScale), formatScaled(qty, market.pair.qtyScale)]);
    return { bids: texts('bids'), asks: texts('asks') };
  }
}

function comparable({ bids, asks }: VenueBook): string {
  return JSON.stringify([bids, asks].map((side) => side.slice(0, DEPTH).map(([price, qty]) => [Number(price), Number(qty)])));
}

export class GatewayRun {
  private orderId = 0;

  constructor(private readonly rig: Rig, readonly live: LiveGateway, private readonly prefix: string) {}

  /** The session's own words on an order, in order: `ACK PARTIAL FILLED`. */
  kinds({ orderId }: OutgoingOrder): string {
    return this.live.reader.kinds(orderId);
  }

  said(order: OutgoingOrder, what: RegExp, ms = 10_000): Promise<boolean> {
    return until(() => what.test(this.kinds(order)), ms);
  }

  reason({ orderId }: OutgoingOrder): number {
    return this.live.reader.reports.findLast((report) => report.orderId === orderId)!.reason;
  }

  filled({ orderId }: OutgoingOrder): number {
    return this.live.reader.fills.filter((fill) => fill.orderId === orderId).reduce((sum, { qty }) => sum + qty, 0);
  }

  /** An order of the market that has not been sent. @param price decimal text @param qty steps */
  order(side: 0 | 1, tif: number, price: string, qty: number): OutgoingOrder {
    const { market } = this.rig;
    const scaled = Math.round(parseScaled(price, market.pair.priceScale) / market.tick) * market.tick;
    return this.live.order(++this.orderId, market, side, tif, scaled, qty);
  }

  place(order: OutgoingOrder): boolean {
    return this.live.gateway.place({ ...order }, clock.nowNs());
  }

  cancel(order: OutgoingOrder): boolean {
    return this.live.gateway.cancel({ ...order }, clock.nowNs());
  }

  query(order: OutgoingOrder): boolean {
    return this.live.gateway.query({ ...order }, clock.nowNs());
  }

  /** How often this order stands in the venue's own ledger. */
  arrived({ orderId }: OutgoingOrder): number {
    return this.rig.double.orders().filter(({ clientOrderId }) => clientOrderId === `${this.prefix}${orderId}`).length;
  }

  async matched({ orderId }: OutgoingOrder): Promise<void> {
    await this.rig.double.matched?.(`${this.prefix}${orderId}`);
  }

  async balances(): Promise<ReadonlyMap<number, { total: bigint; held: bigint }>> {
    const { reader, gateway } = this.live;
    const told = reader.balances.length;
    gateway.requestBalances(clock.nowNs());
    await until(() => reader.balances.slice(told).some(({ last }) => last), 10_000);
    return new Map(reader.balances.slice(told).map(({ asset, total, held }) => [asset, { total, held }]));
  }
}
