/** What do journal, recorder and bridge cost the path they observe? */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { allowedCores, confineProcess, setCoreAside } from '../src/agent/pin.js';
import type { HopSummary } from '../src/telemetry/latency.js';
import { target, type Bench, type BenchOptions, type BenchResult, type Percentiles } from './bench.js';
import { runHotPath, type HotPathResult } from './hot-path.js';
import { median } from './samples.js';

const NAME = 'observers-cost';
const RECORDS_PER_SECOND = 50_000;
const WARM_S = 3;
const TURNS = 3;
const GROWTH_MAX = 1.2;
const NATS_READY_MS = 3000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A NATS server of our own, or undefined where none is installed. */
async function startNats(): Promise<{ url: string; process: ChildProcess } | undefined> {
  const port = await freePort();
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  let failed = false;
  child.once('error', () => {
    failed = true;
  });
  for (let waitedMs = 0; waitedMs < NATS_READY_MS; waitedMs += 50) {
    await delay(50);
    if (failed) return undefined;
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([once(socket, 'connect').then(() => true, () => false), delay(500).then(() => false)]);
    socket.destroy();
    if (open) return { url: `nats://127.0.0.1:${port}`, process: child };
  }
  child.kill();
  return undefined;
}

/** Of every percentile the median of the turns. */
function middle(turns: readonly HotPathResult[], hop: (result: HotPathResult) => HopSummary): Percentiles {
  const of = (percentile: 'p50Ns' | 'p90Ns' | 'p99Ns' | 'p999Ns'): number => median(turns.map((turn) => hop(turn)[percentile]));
  return { p50Ns: of('p50Ns'), p90Ns: of('p90Ns'), p99Ns: of('p99Ns'), p999Ns: of('p999Ns') };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const cores = allowedCores();
  const hotCore = setCoreAside();
  const nats = await startNats();
  try {
    const durationS = Math.min(options.durationS / (2 * TURNS), 6);
    const without: HotPathResult[] = [];
    const all: HotPathResult[] = [];
    for (let turn = 1; turn <= TURNS; turn++) {
      options.progress(`turn ${turn} of ${TURNS}`);
      const common = { recordsPerSecond: RECORDS_PER_SECOND, warmS: Math.min(WARM_S, durationS), durationS, placement: 'packed', hotCore } as const;
      without.push(await runHotPath({ ...common, observers: 'none' }));
      all.push(await runHotPath({ ...common, observers: 'all', ...(nats === undefined ? {} : { natsUrl: nats.url }) }));
    }
    const hops = { 'received → merged': (result: HotPathResult) => result.merged, 'received → approved': (result: HotPathResult) => result.approved };
    for (const [name, hop] of Object.entries(hops)) {
      const [bare, observed] = [middle(without, hop), middle(all, hop)];
      const samples = all.reduce((sum, result) => sum + hop(result).count, 0);
      yield {
        bench: NAME, name: `${name}, all observers`, measured: observed, baselines: { noObserver: bare },
        targets: [target(`p99 grows by at most 20 % (${((observed.p99Ns / bare.p99Ns - 1) * 100).toFixed(0)} %)`, observed.p99Ns <= GROWTH_MAX * bare.p99Ns)],
        notes: [`${samples} samples; medians of ${TURNS} turns.${nats === undefined ? ' No nats-server here: without the bridge.' : ''}`],
      };
    }
  } finally {
    nats?.process.kill();
    if (hotCore !== undefined) confineProcess(cores);
  }
}

export const observersCost: Bench = {
  name: NAME,
  question: 'What do journal, recorder and bridge cost the path they observe?',
  topology: 'merger, strategy and executor packed in one thread at 50,000 records a second; journal, recorder (embedded ClickHouse in a child process) and bridge in another',
  run,
};
