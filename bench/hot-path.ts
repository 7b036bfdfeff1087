/**
 * Merger, strategy and executor behind synthetic feeds, for benchmarks of the path itself: the engine's own topology and
 * actors, each on a thread of its own or all packed in one, with or without the observers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { createSession } from '../actors/session.js';
import { actorName, ringName, type EngineSpec } from '../actors/spec.js';
import { buildTopology } from '../actors/topology.js';
import { EngineClock } from '../src/agent/clock.js';
import type { Placement, ThreadPlan } from '../src/agent/placement.js';
import { youngSpace } from '../src/agent/young-space.js';
import { loadConfig } from '../src/config/config.js';
import { ledgerBytes } from '../src/execution/ledger.js';
import { journalMemoryBytes } from '../src/journal/memory.js';
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { InstrumentIndexData } from '../src/model/instrument.js';
import { Hop } from '../src/record/codes.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import { LatencyReader, type HopSummary } from '../src/telemetry/latency.js';
import { VENUES } from '../src/venue/registry.js';
import { SyntheticMarket, type MarketCounts } from './hot-path-market.js';
import type { HotThreadReport, HotThreadTask } from './hot-path-thread.js';
import { answer, answerOf, inRole, startRole } from './roles.js';

const VENUE_IDS = ['binance', 'kraken'];
const LEDGER_FACTS = 262_144;
const JOURNAL_BYTES = 64 << 20;
const THREAD_FILE = new URL('./hot-path-thread.js', import.meta.url).href;
const FILE = import.meta.url;

export interface HotPathOptions {
  readonly recordsPerSecond: number;
  readonly warmS: number;
  readonly durationS: number;
  readonly placement: Placement;
  /** As placeActors takes it. */
  readonly hotCore?: number | undefined;
  /** `none`: the money rings are never read by the journal and hold what it would have; `all`: with recorder, and bridge where there is a server. */
  readonly observers: 'none' | 'journal' | 'all';
  readonly natsUrl?: string;
}

export interface HotPathResult {
  readonly threads: readonly HotThreadReport[];
  readonly market: MarketCounts;
  readonly merged: HopSummary;
  readonly decided: HopSummary;
  readonly approved: HopSummary;
}

function markets(): InstrumentIndexData {
  return {
    venues: VENUE_IDS,
    markets: VENUE_IDS.map((venue) => ({
      venue, pair: 'BTC-USDT', quoteRatePpm: 1_000_000, takerFeePpm: 100, makerFeePpm: 100,
      metadata: { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.1', stepSize: '0.00001', minQty: '0.0001', minNotional: '5', priceDecimals: 1, qtyDecimals: 5 },
    })),
  };
}

interface Plan {
  readonly spec: EngineSpec;
  readonly tasks: readonly HotThreadTask[];
}

/** What the engine would lay out, without feeds and gateways: the market's thread takes their places. */
function layOut(dataDir: string, { placement, hotCore, observers, natsUrl }: HotPathOptions): Plan {
  const { config } = loadConfig({
    flags: { dataDir, mode: 'paper', store: observers === 'all', api: false, ...(natsUrl === undefined ? {} : { natsUrl }), set: ['risk.maxOrdersPerSecond=1000', 'risk.maxPositionNotional=100000000000', 'risk.maxLoss=100000000000', 'risk.collarBps=10000', 'strategies=[{"id":"cross-venue","coolDownMs":10}]'] },
    environment: {}, workingDir: dataDir,
  }, { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES });
  const index = markets();
  const session = createSession(config, index);
  const strategies = config.strategies.map(({ id }) => id);
  const topology = buildTopology({ apart: [],
    venues: VENUE_IDS, gateways: VENUE_IDS, strategies, bridge: observers === 'all' && natsUrl !== undefined, recorder: observers === 'all', placement,
    cores: 2, ...(hotCore === undefined ? {} : { hotCore }), instruments: buildInstrumentIndex(index).instruments.length, ledgerBytes: ledgerBytes(LEDGER_FACTS),
  });
  const endpoints = { rest: 'http://127.0.0.1:9', ws: 'ws://127.0.0.1:9', wsPrivate: 'ws://127.0.0.1:9' };
  const spec: EngineSpec = {
    session, config, index, venues: VENUE_IDS.map((id) => ({ id, endpoints, credentials: undefined, depth: 100, stallNs: 1e12, settings: {} })),
    rings: topology.rings, sharedBook: topology.sharedBook, ledger: topology.ledger, journalMemory: new SharedArrayBuffer(journalMemoryBytes(JOURNAL_BYTES)),
  };
  const hot = new Set<string>([actorName.merger, ...strategies.map(actorName.strategy), actorName.executor]);
  const tasks = topology.threads.flatMap((plan): HotThreadTask[] => {
    const isPath = plan.actors.some((actor) => hot.has(actor));
    const isObserver = plan.loop === 'lazy';
    if (!isPath && (!isObserver || observers === 'none')) return [];
    const actors = isObserver ? plan.actors : plan.actors.filter((actor) => hot.has(actor));
    const changed: ThreadPlan = { ...plan, actors, loop: isObserver ? plan.loop : 'spin' };
    return [{ engine: spec, plan: changed, latency: topology.latency.get(plan.name)! }];
  });
  return { spec, tasks };
}

/** Run it: warm up, then measure for `durationS`. */
export async function runHotPath(options: HotPathOptions): Promise<HotPathResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  try {
    const { spec, tasks } = layOut(dataDir, options);
    const reader = new LatencyReader(tasks.map(({ latency }) => latency));
    const threads = tasks.map((task) => startRole(THREAD_FILE, 'hot', task, youngSpace(false)));
    await Promise.all(threads.map((worker) => answerOf(worker)));
    const market = startRole(FILE, 'market', { spec, recordsPerSecond: options.recordsPerSecond });
    await delay(options.warmS * 1000);
    for (const worker of threads) worker.postMessage('measure');
    reader.take();
    await delay(options.durationS * 1000);
    reader.take();
    market.postMessage('stop');
    const counts = await answerOf<MarketCounts>(market);
    const reports: HotThreadReport[] = [];
    for (const worker of threads) {
      // In the order in which records flow: observers last, so that they see everything.
      worker.postMessage('stop');
      reports.push(await answerOf<HotThreadReport>(worker));
      await worker.terminate();
    }
    return { threads: reports, market: counts, merged: reader.interval(Hop.RECV_TO_MERGED), decided: reader.interval(Hop.RECV_TO_DECIDED), approved: reader.interval(Hop.RECV_TO_APPROVED) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The market's thread: due updates and answers to orders in naps, so that the cores belong to the path. */
async function runMarket(spec: EngineSpec, recordsPerSecond: number): Promise<void> {
  const rings = { feeds: VENUE_IDS.map((id) => spec.rings[ringName.feed(id)]), orders: spec.rings[ringName.orders], reports: VENUE_IDS.map((id) => spec.rings[ringName.reports(id)]), gateways: VENUE_IDS.map(actorName.gateway) };
  const market = new SyntheticMarket(rings, buildInstrumentIndex(spec.index), new EngineClock(spec.session.epoch), recordsPerSecond);
  const told = new Promise<void>((resolve) => parentPort!.once('message', () => resolve()));
  const nap = new Int32Array(new SharedArrayBuffer(4));
  const turns = setInterval(() => {
    for (let i = 0; i < 64; i++) {
      market.turn();
      Atomics.wait(nap, 0, 0, 0.2);
    }
  });
  await told;
  clearInterval(turns);
  answer(market.counts);
}

const marketRole = inRole('market') as { spec: EngineSpec; recordsPerSecond: number } | undefined;
if (marketRole !== undefined) await runMarket(marketRole.spec, marketRole.recordsPerSecond);
