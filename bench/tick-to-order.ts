/** How long from a venue's frame leaving it to the order it causes arriving there? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine } from '../actors/engine.js';
import { sandboxVenue, startSandboxProcess, type SandboxProcess } from '../actors/sandbox-process.js';
import { actorName } from '../actors/spec.js';
import { allowedCores, confineProcess, setCoreAside } from '../src/agent/pin.js';
import { loadConfig } from '../src/config/config.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import { VENUES } from '../src/venue/registry.js';
import { scaled, target, type Baseline, type Bench, type BenchOptions, type BenchResult, type Curve, type Percentiles } from './bench.js';
import { figures, percentilesOf } from './samples.js';
import { wsEcho } from './ws-echo.js';

const NAME = 'tick-to-order';
const PAIR = 'BTC/USDT';
const PAUSE_MS = 100;
const READY_MS = 30_000;
/** Crossings at the start, closer together, that only warm the code up: an engine that has traded for a while. */
const WARM = 400;
const WARM_PAUSE_MS = 25;
/** A crossing's depth update (about 17 levels: the new ask and the bids it passes) and an order.place, as the sandbox sees them. */
const TICK_BYTES = 750;
const ORDER_BYTES = 255;
/** How far the ask falls below the other venue's bid: a little more than both fees, as the market's own crossings. */
const CROSS_BPS = 10;
/** A crossing that leaves so soon after an order finds the pair busy (in flight, then cooling down): what answers it later measures that. */
const BUSY_MS = 20;
const ECHO_TIMES_P50 = 1.4;
const ECHO_TIMES_P99 = 2;
const CCXT_TIMES = 5;

interface Sample {
  readonly orderInNs: number;
  readonly crossOutNs: number;
}

type Sampled = Percentiles & { readonly curve: Curve };

async function post(rest: string, path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${rest}/sandbox/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

const cross = (rest: string): Promise<void> => post(rest, 'cross', { pair: PAIR, venueCheap: 'binance', bps: CROSS_BPS, qty: '0.01', holdMs: 20 });

async function samplesOf(rest: string): Promise<readonly Sample[]> {
  return ((await (await fetch(`${rest}/sandbox/latency`)).json()) as { samples: Sample[] }).samples.filter(({ crossOutNs }) => crossOutNs > 0);
}

/** Of every crossing, the time of the first order that followed it on a venue; by when the crossing left. */
function firstOrders(samples: readonly Sample[]): Map<number, number> {
  const byCrossing = new Map<number, number>();
  for (const { orderInNs, crossOutNs } of samples) {
    const ns = orderInNs - crossOutNs;
    // What comes much later answers something else.
    if (ns < PAUSE_MS * 1e6 && ns < (byCrossing.get(crossOutNs) ?? Infinity)) byCrossing.set(crossOutNs, ns);
  }
  return byCrossing;
}

interface Answers {
  /** The first leg's arrival and the other's, each on its own venue. */
  readonly first: Sampled;
  readonly both: Sampled;
  readonly answered: number;
  /** Crossings left out because an order had just been sent. */
  readonly busy: number;
}

function perCrossing(venues: readonly (readonly Sample[])[]): Answers {
  const orders = venues.map(firstOrders);
  const arrivals = venues.flat().map(({ orderInNs }) => orderInNs);
  const isBusy = (crossOutNs: number): boolean => arrivals.some((atNs) => atNs < crossOutNs && crossOutNs - atNs < BUSY_MS * 1e6);
  const all = [...new Set(orders.flatMap((byCrossing) => [...byCrossing.keys()]))];
  const crossings = all.filter((crossOutNs) => !isBusy(crossOutNs));
  const legs = crossings.map((crossing) => orders.flatMap((byCrossing) => byCrossing.get(crossing) ?? []));
  return {
    first: percentilesOf(Float64Array.from(legs, (each) => Math.min(...each))),
    both: percentilesOf(Float64Array.from(legs.filter((each) => each.length === venues.length), (each) => Math.max(...each))),
    answered: crossings.length, busy: all.length - crossings.length,
  };
}

async function untilTrading(engine: Engine): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_MS; waitedMs += 100) {
    const { phase } = (await engine.command(actorName.executor, 'snapshot')) as { phase: string };
    if (phase === 'trading') return delay(1000);
    await delay(100);
  }
  throw new Error('the engine did not come to trade on the sandbox');
}

/** The whole engine on the sandbox, without store and screen. */
async function runEngine(sandbox: SandboxProcess, crossings: number, hotCore: number | undefined): Promise<Answers & { placement: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  try {
    const { config } = loadConfig({
      flags: { dataDir, pairs: ['BTC-USDT'], store: false, api: false, set: ['risk.maxOrdersPerSecond=1000', 'risk.maxPositionNotional=100000000', 'risk.maxLoss=100000000', 'risk.collarBps=1000', 'strategies=[{"id":"cross-venue","coolDownMs":10}]'] },
      environment: {}, workingDir: dataDir,
    }, { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES });
    const venues = ['binance', 'kraken'].map((id) => ({ id, ...sandboxVenue(sandbox.ready, id), depth: 100, stallNs: 15e9, settings: {} }));
    const problems: string[] = [];
    const engine = await Engine.create({ config, venues, ...(hotCore === undefined ? {} : { hotCore }), onReport: ({ level, code, text }) => void (level === 'error' && problems.push(`${code}: ${text}`)), onBack: () => undefined });
    await engine.start();
    try {
      await untilTrading(engine);
      const rests = venues.map(({ endpoints }) => endpoints.rest);
      for (let i = 0; i < Math.min(WARM, 10 * crossings); i++) {
        await cross(rests[0]);
        await delay(WARM_PAUSE_MS);
      }
      for (const rest of rests) await post(rest, 'latency/reset');
      for (let i = 0; i < crossings; i++) {
        await cross(rests[0]);
        await delay(PAUSE_MS);
      }
      const samples = await Promise.all(rests.map(samplesOf));
      if (samples.flat().length === 0) throw new Error(`no order followed a crossing; ${problems.join('; ')}`);
      return { ...perCrossing(samples), placement: engine.topology.threads.map(({ actors }) => actors.join('+')).join(', ') };
    } finally {
      await engine.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** watchOrderBook → createOrder, written as ccxt's manual does. */
async function runCcxt(sandbox: SandboxProcess, crossings: number): Promise<Sampled | string> {
  const ccxt = await import('ccxt').catch(() => undefined);
  if (ccxt === undefined) return 'ccxt is not installed';
  const { rest, ws, wsApi, apiKey, secret } = sandbox.ready.venues.binance;
  const client = new ccxt.pro.binance({ apiKey, secret, enableRateLimit: false, options: { fetchMarkets: { types: ['spot'] }, defaultType: 'spot' } });
  const api = client.urls.api as Record<string, unknown>;
  api.public = api.private = `${rest}/api/v3`;
  for (const name of ['sapi', 'sapiV2', 'sapiV3', 'sapiV4']) api[name] = `${rest}/sapi/v1`;
  api.ws = { ...(api.ws as object), spot: `${ws}/ws`, 'ws-api': { spot: wsApi } };
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  const watch = { on: true };
  let last = 0;
  const trading = (async () => {
    while (watch.on) {
      const book = await client.watchOrderBook(PAIR);
      const ask = Number(book.asks[0]?.[0]);
      // From one look to the next the ask moves by a basis point; a crossing takes it down by ten.
      const fell = ask < last * (1 - CROSS_BPS / 20_000);
      last = ask;
      if (fell) await client.createOrder(PAIR, 'limit', 'buy', 0.01, ask, { timeInForce: 'IOC' });
    }
  })();
  trading.catch(() => undefined);
  try {
    await delay(1500);
    for (let i = -10; i < crossings; i++) {
      if (i === 0) await post(rest, 'latency/reset');
      await cross(rest);
      await delay(PAUSE_MS);
    }
    const samples = await samplesOf(rest);
    return samples.length === 0 ? 'no order of ccxt pro followed a crossing' : perCrossing([samples]).first;
  } finally {
    watch.on = false;
    await client.close();
  }
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const crossings = scaled(400, options, 20);
  const cores = allowedCores();
  // Whoever is measured has that core for itself, the venue is on the others.
  const hotCore = setCoreAside();
  options.progress('bare ws echo between two processes');
  const echo = percentilesOf(await wsEcho({ samples: crossings, pauseMs: PAUSE_MS, tickBytes: TICK_BYTES, orderBytes: ORDER_BYTES, clientCore: hotCore }));
  const sandbox = await startSandboxProcess(['--venues', 'binance,kraken', '--seed', '7', '--rate', '20', '--pairs', PAIR, '--no-limits'], () => undefined);
  try {
    options.progress(`the engine on the sandbox, ${crossings} crossings`);
    const { first, both, answered, busy, placement } = await runEngine(sandbox, crossings, hotCore);
    options.progress('ccxt pro on the same sandbox');
    if (hotCore !== undefined) confineProcess([hotCore]);
    const ccxt = await runCcxt(sandbox, Math.max(20, crossings >> 2));
    const baselines: Record<string, Baseline> = { bareWsEcho: figures(echo) };
    const curves: Record<string, Curve> = { 'ringside, first leg': first.curve, 'ringside, both legs': both.curve, 'bare ws echo': echo.curve };
    const targets = [
      target(`p50 at most ${ECHO_TIMES_P50} times a bare ws echo (${(first.p50Ns / echo.p50Ns).toFixed(2)} times)`, first.p50Ns <= ECHO_TIMES_P50 * echo.p50Ns),
      target(`p99 at most ${ECHO_TIMES_P99} times a bare ws echo (${(first.p99Ns / echo.p99Ns).toFixed(2)} times)`, first.p99Ns <= ECHO_TIMES_P99 * echo.p99Ns),
    ];
    if (typeof ccxt === 'string') baselines.ccxtPro = { skipped: ccxt };
    else {
      baselines.ccxtPro = figures(ccxt);
      curves['ccxt pro'] = ccxt.curve;
      targets.push(target(`at least ${CCXT_TIMES} times as fast as ccxt pro (p50 ${(ccxt.p50Ns / first.p50Ns).toFixed(1)} times)`, ccxt.p50Ns >= CCXT_TIMES * first.p50Ns));
    }
    yield {
      bench: NAME, name: 'frame out → first order in', measured: figures(first), baselines, targets, curves,
      notes: [`${crossings} forced crossings, ${PAUSE_MS} ms apart, measured at the venue; ${answered} answered while nothing else was in flight, ${busy} left out; threads: ${placement}. The engine decides over two venues and orders on both; ccxt pro watches one and sends by REST, as its manual does. ${hotCore === undefined ? 'No core is set aside.' : `Echo client, engine thread and ccxt pro each have core ${hotCore} for themselves, the venue is on the others.`}`],
    };
    yield { bench: NAME, name: 'frame out → both legs in, each on its venue', measured: figures(both), baselines: { firstOrder: figures(first) } };
  } finally {
    await sandbox.stop();
    if (hotCore !== undefined) confineProcess(cores);
  }
}

export const tickToOrder: Bench = {
  name: NAME,
  question: "How long from a venue's frame leaving it to the order it causes arriving there?",
  topology: 'sandbox venues in a process of their own at lower priority; the whole engine (feeds, merger, strategy, executor, gateways, journal) in another; real WebSockets on loopback',
  run,
};
