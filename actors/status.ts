/** Puts the engine's status together: from shared memory and records where it can, from the actors' own word where it must. */
import type { EngineStatus } from '../src/control/status.js';
import { BookView, SharedBookReader } from '../src/book/shared-book.js';
import { formatScaled, formatTrimmed } from '../src/model/decimal.js';
import { HOP_NAMES } from '../src/record/codes.js';
import { ringStats } from '../src/ring/layout.js';
import { LatencyReader } from '../src/telemetry/latency.js';
import { viaOf } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import type { Engine } from './engine.js';
import { Monitor } from './monitor.js';
import { actorName, ringName, type Report } from './spec.js';

type ActorStats = Record<string, Record<string, unknown>>;
const ALERTS = 50;
const NATIVE = 'native';

export class StatusBuilder {
  readonly monitor: Monitor;
  private readonly books: SharedBookReader;
  private readonly view = new BookView();
  private readonly latency: LatencyReader;
  /** Of the threads that run venues through a client, by the client's name: they must not blur what the engine itself takes. */
  private readonly slower: readonly (readonly [via: string, reader: LatencyReader])[];
  private readonly alerts: EngineStatus['alerts'] = [];
  private readonly frames = new Map<string, { count: number; atMs: number; perSecond: number }>();
  private readonly turns = new Map<string, { worked: number; all: number }>();
  private readonly startedAtMs: number;
  state: EngineStatus['state'] = 'starting';
  killed: EngineStatus['killed'] = null;
  reconciled: boolean | null = null;

  constructor(private readonly engine: Engine) {
    const { spec } = engine;
    this.startedAtMs = Number(spec.session.epoch.unixNs / 1_000_000n);
    this.books = new SharedBookReader(spec.sharedBook);
    const vias = new Map(engine.topology.threads.map(({ name, actors }) => [name, this.viaOfThread(actors)]));
    const readerOf = (via: string): LatencyReader => new LatencyReader([...engine.topology.latency].filter(([thread]) => vias.get(thread) === via).map(([, block]) => block));
    this.latency = readerOf(NATIVE);
    this.slower = [...new Set(vias.values())].filter((via) => via !== NATIVE).map((via) => [via, readerOf(via)] as const);
    const watched = [...spec.config.strategies.map(({ id }) => ringName.intents(id)), ringName.orders];
    this.monitor = new Monitor(engine.index, watched.map((name) => spec.rings[name]), (ns) => this.startedAtMs + ns / 1e6);
  }

  addAlert(report: Report): void {
    const { level, code } = report;
    this.alerts.unshift({ at: new Date().toISOString(), level, code, text: report.text });
    this.alerts.length = Math.min(this.alerts.length, ALERTS);
  }

  /** Take in what the counters hold and write the interval's percentiles as records. */
  takeLatency(): void {
    for (const [, reader] of this.slower) reader.take();
    this.latency.take();
    HOP_NAMES.forEach((_, hop) => {
      const interval = this.latency.interval(hop);
      if (interval.count > 0) this.engine.events.writeLatency(hop, interval);
    });
  }

  build(stats: ActorStats): EngineStatus {
    const { engine, monitor } = this;
    const { spec } = engine;
    monitor.poll();
    const journal = stats[actorName.journal] ?? {};
    const recorder = stats[actorName.recorder] ?? {};
    const bridge = stats[actorName.bridge];
    const rings = Object.values(spec.rings).map(ringStats);
    return {
      type: 'status', session: String(spec.session.id), mode: spec.config.mode, state: this.state,
      startedAt: new Date(this.startedAtMs).toISOString(), uptimeMs: Math.round(engine.clock.nowNs() / 1e6), killed: this.killed,
      venues: this.venues(stats), pairs: this.pairs(),
      opportunities: { ...monitor.opportunities, recent: monitor.recentOpportunities },
      orders: { sent: monitor.sent, open: monitor.openOrders(), byState: monitor.orderCounts(), recent: monitor.recentOrders() },
      fills: monitor.fills,
      pnl: monitor.profit(),
      latency: [...hops(this.latency, ''), ...this.slower.flatMap(([via, reader]) => hops(reader, ` via ${via}`))],
      rings: rings.map(({ name, capacity, published, full, consumers }) => ({ name, capacity, published, full, consumers: [...consumers] })),
      journal: { records: number(journal.records), bytes: number(journal.records) * 64, segments: number(journal.segments), healthy: journal.healthy !== false },
      store: { mode: spec.config.clickhouse.mode, rows: number(recorder.stored), behind: Math.max(0, number(journal.records) - number(recorder.stored)), healthy: recorder.healthy !== false },
      bridge: bridge === undefined ? null : { connected: bridge.connected === true, published: number(bridge.published), dropped: number(bridge.dropped) },
      actors: this.actors(stats),
      drops: this.drops(rings, stats),
      reconciled: this.reconciled,
      alerts: this.alerts,
    };
  }

  /** The client that a thread's venues are reached through, where it runs nothing else. */
  private viaOfThread(actors: readonly string[]): string {
    const vias = actors.map((actor) => {
      const venue = this.engine.spec.venues.find(({ id }) => actor === actorName.feed(id) || actor === actorName.gateway(id));
      return venue === undefined ? NATIVE : viaOf(venueById(venue.id));
    });
    return vias.length > 0 && vias.every((via) => via === vias[0]) ? vias[0] : NATIVE;
  }

  private venues(stats: ActorStats): EngineStatus['venues'] {
    const nowMs = performance.now();
    return this.engine.spec.venues.map(({ id }) => {
      const feed = stats[actorName.feed(id)] ?? {};
      const gateway = stats[actorName.gateway(id)];
      const instruments = this.engine.index.instruments.filter(({ venue }) => venue.id === id);
      return {
        id, via: viaOf(venueById(id)), feed: text(feed.state, 'DOWN'), gateway: gateway === undefined ? 'NONE' : gateway.ready === true ? 'UP' : 'DOWN', reason: text(feed.reason, ''),
        books: instruments.length, booksInSync: instruments.filter(({ index }) => this.books.read(index, this.view) && this.view.inSync).length,
        frames: number(feed.frames), framesPerSecond: this.frameRate(id, number(feed.frames), nowMs),
        resyncs: number(feed.resyncs), reconnects: Math.max(0, number(feed.losses)), malformed: number(feed.malformed),
      };
    });
  }

  private frameRate(venue: string, count: number, nowMs: number): number {
    const last = this.frames.get(venue);
    if (last === undefined || nowMs - last.atMs >= 900) {
      const perSecond = last === undefined || count < last.count ? 0 : ((count - last.count) / (nowMs - last.atMs)) * 1000;
      this.frames.set(venue, { count, atMs: nowMs, perSecond });
      return Math.round(perSecond);
    }
    return Math.round(last.perSecond);
  }

  private pairs(): EngineStatus['pairs'] {
    const nowNs = this.engine.clock.nowNs();
    return this.engine.index.pairs.map((pair) => ({
      name: pair.name,
      venues: pair.instruments.map((index) => {
        const instrument = this.engine.index.instruments[index];
        const { view } = this;
        const known = this.books.read(index, view);
        const price = (levels: number, prices: Float64Array): string => (known && levels > 0 ? formatScaled(prices[0], pair.priceScale) : '');
        const qty = (levels: number, qtys: Float64Array): string => (known && levels > 0 ? formatTrimmed(qtys[0], pair.qtyScale) : '');
        return {
          venue: instrument.venue.id, symbol: instrument.symbol,
          bid: price(view.bids, view.bidPrices), bidQty: qty(view.bids, view.bidQtys), ask: price(view.asks, view.askPrices), askQty: qty(view.asks, view.askQtys),
          inSync: known && view.inSync, ageMs: known ? Math.max(0, Math.round((nowNs - view.tsRecvNs) / 1e6)) : 0,
        };
      }),
    }));
  }

  private actors(stats: ActorStats): EngineStatus['actors'] {
    const threads = new Map(this.engine.threads().map((thread) => [thread.name, thread]));
    return this.engine.topology.threads.flatMap((plan) => {
      const thread = threads.get(plan.name) ?? { up: false, restarts: 0 };
      const { worked, all } = { worked: number(stats[plan.name]?.worked), all: number(stats[plan.name]?.turns) };
      const last = this.turns.get(plan.name) ?? { worked: 0, all: 0 };
      this.turns.set(plan.name, { worked, all });
      const turns = all - last.all;
      const utilisation = turns > 0 ? Math.min(1, Math.max(0, (worked - last.worked) / turns)) : 0;
      return plan.actors.map((name) => ({ name, thread: plan.name, alive: thread.up, restarts: thread.restarts, utilisation }));
    });
  }

  /** What was lost, and where; empty on a good day. */
  private drops(rings: readonly ReturnType<typeof ringStats>[], stats: ActorStats): Record<string, number> {
    const drops: Record<string, number> = {};
    for (const { name, full, consumers } of rings) {
      if (full > 0) drops[`${name} full`] = full;
      for (const { name: consumer, missed } of consumers) if (missed > 0) drops[`${consumer} missed of ${name}`] = missed;
    }
    const bridgeDropped = number(stats[actorName.bridge]?.dropped);
    if (bridgeDropped > 0) drops['bridge to NATS'] = bridgeDropped;
    return drops;
  }
}

/** Percentiles of the hops that have samples. */
function hops(reader: LatencyReader, suffix: string): EngineStatus['latency'] {
  return HOP_NAMES.map((hop, i) => {
    const { count, p50Ns, p90Ns, p99Ns, p999Ns, maxNs } = reader.total(i);
    return { hop: hop + suffix, count, p50Ns, p90Ns, p99Ns, p999Ns, maxNs };
  }).filter(({ count }) => count > 0);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
