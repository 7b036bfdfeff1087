/**
 * Runs the way from frame to order on made-up markets for a moment, so that V8 has compiled it before it matters: the
 * first order of a cold thread takes a hundred times as long as the thousandth. The same actors, rings and classes as in
 * the engine, in memory of their own, on paper venues and a simulated clock; nothing of it is seen outside.
 */
import type { Actor } from '../src/agent/actor.js';
import { SimulatedClock } from '../src/agent/clock.js';
import { runUntilIdle } from '../src/agent/runner.js';
import { loadConfig } from '../src/config/config.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import type { MarketSelection } from '../src/model/instrument.js';
import { BookState, Flag, ResyncReason } from '../src/record/codes.js';
import { BookDelta, BookStatus } from '../src/record/records.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import { GATING } from '../src/ring/layout.js';
import { LATENCY_BLOCK_BYTES, LatencyCounters } from '../src/telemetry/latency.js';
import { createEnvironment, type ActorEnvironment } from './environment.js';
import { createExecutor } from './executor.js';
import { createGateway } from './gateway.js';
import { createMerger } from './merger.js';
import { RingSink } from './ring-sink.js';
import { actorName, ringName, type EngineSpec } from './spec.js';
import { createStrategy } from './strategy.js';
import { buildTopology } from './topology.js';

const PAIR = 'BTC-USDT';
const VENUES = ['binance', 'kraken'] as const;
const STRATEGY = 'cross-venue';
const ROUNDS = 3_000;
/** Rounds between two yields: a few milliseconds. */
const SLICE = 25;
const STEP_NS = 1e6;
/** Prices and quantities at the pair's scales, 2 and 8. */
const MID = 6_400_000;
const LOT = 20_000_000;
const LEVELS = 10;
/** Far more than both fees. */
const CROSSING = 20_000;

const market = (venue: string): MarketSelection => ({
  venue, pair: PAIR, quoteRatePpm: 1_000_000, takerFeePpm: 200, makerFeePpm: 100,
  metadata: { symbol: PAIR, base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.01', stepSize: '0.00000001', minQty: '0.00001', minNotional: '1', priceDecimals: 2, qtyDecimals: 8 },
});

function warmSpec(): EngineSpec {
  const { config } = loadConfig(
    { flags: { mode: 'paper', pairs: [PAIR], set: ['risk.maxOrdersPerSecond=10000', 'risk.maxPositionNotional=100000000', 'risk.maxLoss=100000000', 'paper.latencyMs=0', 'paper.balances={"USDT":"10000000","BTC":"1000"}', `strategies=[{"id":"${STRATEGY}","coolDownMs":0}]`] }, environment: {}, workingDir: import.meta.dirname },
    { venues: VENUES, strategies: STRATEGIES },
  );
  const topology = buildTopology({ venues: VENUES, gateways: VENUES, apart: [], strategies: [STRATEGY], bridge: false, recorder: false, placement: 'packed', cores: 1, instruments: VENUES.length, ledgerBytes: 1 << 20 });
  return {
    session: { id: 1, journalDir: '', epoch: { monotonicNs: 0n, unixNs: 0n } }, config, index: { venues: VENUES, markets: VENUES.map(market) },
    venues: VENUES.map((id) => ({ id, endpoints: { rest: '', ws: '', wsPrivate: '' }, credentials: undefined, depth: LEVELS, stallNs: 1e9, settings: {} })),
    rings: topology.rings, sharedBook: topology.sharedBook, ledger: topology.ledger, journalMemory: new SharedArrayBuffer(0),
  };
}

/** Writes what a feed would: a snapshot, then a frame that moves the whole ladder by an offset. */
class MadeUpFeed {
  private readonly sink: RingSink;
  private readonly delta: BookDelta;
  private readonly status: BookStatus;
  private frame = 0;
  private offset = 0;

  constructor(environment: ActorEnvironment, private readonly venue: number) {
    this.sink = new RingSink(environment.ring(ringName.feed(VENUES[venue])));
    this.delta = new BookDelta(this.sink.views);
    this.status = new BookStatus(this.sink.views);
  }

  snapshot(nowNs: number): void {
    this.levels(this.offset, LOT, Flag.SNAPSHOT, nowNs);
    const status = this.status.begin(this.sink.next(), 0, this.venue, this.venue);
    status.epoch = 1;
    status.state = BookState.IN_SYNC;
    status.reason = ResyncReason.NONE;
    status.tsRecvNs = nowNs;
    this.sink.flush();
  }

  move(offset: number, nowNs: number): void {
    if (offset !== this.offset) this.levels(this.offset, 0, 0, nowNs);
    this.offset = offset;
    this.levels(offset, LOT, 0, nowNs);
  }

  private levels(offset: number, qty: number, flags: number, nowNs: number): void {
    this.frame++;
    for (let i = 0; i < 2 * LEVELS; i++) {
      const isAsk = i >= LEVELS;
      const bounds = (i === 0 ? Flag.FIRST : 0) | (i === 2 * LEVELS - 1 ? Flag.LAST : 0);
      const delta = this.delta.begin(this.sink.next(), flags | bounds | (isAsk ? Flag.SELL : 0), this.venue, this.venue);
      delta.epoch = 1;
      delta.frame = this.frame;
      delta.price = MID + offset + (isAsk ? 1 + i - LEVELS : i - LEVELS);
      delta.qty = qty;
      delta.venueSeq = this.frame;
      delta.tsVenueNs = nowNs;
      delta.tsRecvNs = nowNs;
    }
    this.sink.flush();
  }
}

/** Stands in for the journal, which holds the writers of the money rings back. */
function createSwallower(spec: EngineSpec): Actor {
  const inputs = Object.values(spec.rings)
    .filter(({ consumers }) => consumers.some(({ name, mode }) => name === actorName.journal && mode === GATING))
    .map((ring) => new GatingConsumer(ring, actorName.journal));
  return {
    name: actorName.journal,
    doWork() {
      for (const input of inputs) {
        for (; input.poll() >= 0; input.advance());
        input.commit();
      }
      return 0;
    },
  };
}

/**
 * Yields after every `slice` rounds, so that a spare thread can be called away at any time.
 * @returns orders that it caused: 0 would mean that nothing was warmed up
 */
export function* warmUp(rounds = ROUNDS, slice = SLICE): Generator<void, number> {
  const clock = new SimulatedClock();
  const spec = warmSpec();
  const environment = createEnvironment(spec, 0, new LatencyCounters({ buffer: new ArrayBuffer(LATENCY_BLOCK_BYTES), byteOffset: 0 }), {
    nowNs: () => clock.nowNs(), kick: () => undefined, tell: () => undefined, report: () => undefined,
  });
  const executor = createExecutor(environment);
  const actors: Actor[] = [createMerger(environment), createStrategy(environment, STRATEGY), executor, ...VENUES.map((id) => createGateway(environment, id)), createSwallower(spec)];
  const feeds = VENUES.map((_, venue) => new MadeUpFeed(environment, venue));
  for (const actor of actors) {
    void actor.onStart?.();
    void actor.onClose?.(); // paper venues tick by themselves: here the rounds are their clock
  }
  for (const feed of feeds) feed.snapshot(clock.nowNs());
  yield* run(actors, feeds, clock, rounds, slice);
  return (executor.onCommand!('snapshot', undefined) as { ordersSent: number }).ordersSent;
}

function* run(actors: readonly Actor[], feeds: readonly MadeUpFeed[], clock: SimulatedClock, rounds: number, slice: number): Generator<void> {
  for (let round = 0; round < rounds; round++) {
    clock.set(clock.nowNs() + STEP_NS);
    // One venue stays, the other crosses it now from above, now from below, and comes back in between.
    feeds[round & 1].move((round & 2) === 0 ? 0 : (round & 4) === 0 ? CROSSING : -CROSSING, clock.nowNs());
    runUntilIdle(actors);
    for (const actor of actors) actor.onTimer?.(clock.nowNs());
    runUntilIdle(actors);
    if (round % slice === slice - 1) yield;
  }
}

