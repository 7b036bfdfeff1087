/** How long does a 64-byte record take to another thread and back? */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, type Worker } from 'node:worker_threads';
import { expose, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { viewsOf } from '../actors/ring-sink.js';
import { pinThread } from '../src/agent/pin.js';
import { TopOfBook } from '../src/record/records.js';
import { GatingConsumer } from '../src/ring/consumer.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import { RingProducer } from '../src/ring/producer.js';
import { scaled, target, turnsOf, type Baseline, type Bench, type BenchOptions, type BenchResult, type Curve, type Percentiles } from './bench.js';
import { newRing } from './memory.js';
import { answer, answerOf, inRole, startRole } from './roles.js';
import { figures, percentilesOf } from './samples.js';

const NAME = 'hop-spsc-pingpong';
const FILE = import.meta.url;
const CAPACITY = 64;

/** As large as an engine's memory is: the allocator maps it and puts it 16 bytes past a page. */
const PLAIN_BYTES = 8 << 20;

interface Side {
  readonly out: RingDescriptor;
  readonly in: RingDescriptor;
  readonly rounds: number;
  readonly warm: number;
}

/** One end of the ping-pong: writes records with all their fields, reads them field by field. */
class End {
  private readonly producer: RingProducer;
  private readonly consumer: GatingConsumer;
  private readonly written: TopOfBook;
  private readonly read: TopOfBook;

  constructor(side: Side) {
    this.producer = new RingProducer(side.out);
    this.consumer = new GatingConsumer(side.in, 'end');
    this.written = new TopOfBook(viewsOf(side.out));
    this.read = new TopOfBook(viewsOf(side.in));
  }

  send(round: number): void {
    const record = this.written.begin(this.producer.next(), 0, 1, 2);
    record.frame = round;
    record.bidPrice = round;
    record.bidQty = 100;
    record.askPrice = round + 1;
    record.askQty = 200;
    record.tsVenueNs = round;
    record.tsRecvNs = round;
    this.producer.flush();
  }

  /** Spin for the next record; returns the sum of its fields. */
  receive(): number {
    let at = this.consumer.poll();
    while (at < 0) at = this.consumer.poll();
    const record = this.read.wrap(at);
    const sum = record.bidPrice + record.bidQty + record.askPrice + record.askQty + record.tsVenueNs + record.tsRecvNs;
    this.consumer.advance();
    return sum;
  }

  /** Give the slot back; once the answer is out, as a consumer does that has something to answer. */
  commit(): void {
    this.consumer.commit();
  }
}

function ping(side: Side): Float64Array {
  const end = new End(side);
  const ns = new Float64Array(side.rounds);
  for (let round = 0; round < side.warm + side.rounds; round++) {
    const before = performance.now();
    end.send(round);
    if (end.receive() !== 4 * round + 301) throw new Error(`record ${round} came back changed`);
    if (round >= side.warm) ns[round - side.warm] = (performance.now() - before) * 1e6;
    end.commit();
  }
  return ns;
}

function pong(side: Side): void {
  const end = new End(side);
  for (let round = 0; round < side.warm + side.rounds; round++) {
    end.send((end.receive() - 301) / 4);
    end.commit();
  }
}

async function ringPingPong(options: BenchOptions, buffers: readonly [ArrayBufferLike?, ArrayBufferLike?] = []): Promise<Float64Array> {
  const there = newRing(CAPACITY, ['end'], [], ...(buffers[0] === undefined ? [] : [buffers[0]]));
  const back = newRing(CAPACITY, ['end'], [], ...(buffers[1] === undefined ? [] : [buffers[1]]));
  const size = { rounds: scaled(300_000, options), warm: scaled(100_000, options) };
  const far = startRole(FILE, 'pong', { out: back, in: there, ...size } satisfies Side);
  const near = startRole(FILE, 'ping', { out: there, in: back, ...size } satisfies Side);
  const [ns] = await Promise.all([answerOf<Float64Array>(near), answerOf(far)]);
  return ns;
}

/** The same two lines in C, compiled here. */
function bareC(options: BenchOptions): Float64Array | string {
  if (process.platform !== 'linux') return 'the C baseline pins its threads the Linux way';
  const folder = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  try {
    const binary = join(folder, 'pingpong');
    const source = join(import.meta.dirname, '..', '..', 'bench', 'hop-pingpong.c');
    const built = spawnSync('cc', ['-O2', '-pthread', source, '-o', binary], { encoding: 'utf8' });
    if (built.error !== undefined) return 'no C compiler here (cc)';
    if (built.status !== 0) return `cc failed: ${built.stderr.split('\n')[0]}`;
    const ran = spawnSync(binary, [String(scaled(100_000, options)), String(scaled(300_000, options)), '0', '1'], { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 60_000 });
    if (ran.status !== 0) return `the C baseline ended with ${ran.status ?? ran.signal}`;
    return Float64Array.from(ran.stdout.trimEnd().split('\n'), Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Quote {
  readonly bidPrice: number;
  readonly bidQty: number;
  readonly askPrice: number;
  readonly askQty: number;
  readonly tsVenueNs: number;
  readonly tsRecvNs: number;
}

const quote = (round: number): Quote => ({ bidPrice: round, bidQty: 100, askPrice: round + 1, askQty: 200, tsVenueNs: round, tsRecvNs: round });

async function timed(rounds: number, warm: number, call: (round: number) => Promise<unknown>): Promise<Float64Array> {
  const ns = new Float64Array(rounds);
  for (let round = 0; round < warm + rounds; round++) {
    const before = performance.now();
    await call(round);
    if (round >= warm) ns[round - warm] = (performance.now() - before) * 1e6;
  }
  return ns;
}

/** Echo without a promise in between: one listener, the next round from within it. */
function postMessagePingPong(worker: Worker, rounds: number, warm: number): Promise<Float64Array> {
  const ns = new Float64Array(rounds);
  return new Promise((resolve) => {
    let round = 0;
    let before = 0;
    const send = (): void => {
      before = performance.now();
      worker.postMessage(quote(round));
    };
    worker.on('message', () => {
      if (round >= warm) ns[round - warm] = (performance.now() - before) * 1e6;
      if (++round < warm + rounds) send();
      else resolve(ns);
    });
    send();
  });
}

type Sampled = Percentiles & { readonly curve: Curve };

/** The turn with the lowest median: the one least disturbed by whatever else the host does. */
function quietest(turns: readonly Sampled[]): Sampled {
  return turns.reduce((best, turn) => (turn.p50Ns < best.p50Ns ? turn : best));
}

const mediansOf = (turns: readonly Sampled[]): string => turns.map(({ p50Ns }) => Math.round(p50Ns)).join(', ');

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const bareTurns: Sampled[] = [];
  const hopTurns: Sampled[] = [];
  const plainTurns: Sampled[] = [];
  const turns = turnsOf(options);
  let noC = '';
  for (let turn = 1; turn <= turns; turn++) {
    options.progress(`turn ${turn} of ${turns}`);
    const c = noC === '' ? bareC(options) : noC;
    if (typeof c === 'string') noC = c;
    else bareTurns.push(percentilesOf(c));
    hopTurns.push(percentilesOf(await ringPingPong(options)));
    plainTurns.push(percentilesOf(await ringPingPong(options, [new SharedArrayBuffer(PLAIN_BYTES), new SharedArrayBuffer(PLAIN_BYTES)])));
  }
  const hop = quietest(hopTurns);
  const plain = quietest(plainTurns);
  options.progress('postMessage');
  const echo = startRole(FILE, 'echo', null);
  const posted = percentilesOf(await postMessagePingPong(echo, scaled(50_000, options), scaled(5000, options)));
  await echo.terminate();
  options.progress('comlink');
  const callee = startRole(FILE, 'callee', null);
  const remote = wrap<{ echo(value: Quote): Quote }>(nodeEndpoint(callee));
  const called = percentilesOf(await timed(scaled(20_000, options), scaled(2000, options), (round) => remote.echo(quote(round))));
  await callee.terminate();

  const curves: Record<string, Curve> = { 'ring, page-aligned': hop.curve, 'ring, plain SharedArrayBuffer': plain.curve, postMessage: posted.curve, 'comlink call': called.curve };
  const baselines: Record<string, Baseline> = { postMessage: figures(posted), comlink: figures(called) };
  const targets = [
    target('p50 at most 240 ns', hop.p50Ns <= 240),
    target('postMessage takes at least 80 times as long (p50)', posted.p50Ns >= 80 * hop.p50Ns),
    target('a comlink call takes at least 100 times as long (p50)', called.p50Ns >= 100 * hop.p50Ns),
  ];
  const notes = [`Medians of ${turns} turns, ns: ring ${mediansOf(hopTurns)}; plain ${mediansOf(plainTurns)}; C ${mediansOf(bareTurns)}. Shown is the quietest turn of each. All include the two readings of the clock.`];
  if (noC !== '') baselines.cCacheLine = { skipped: noC };
  else {
    const bare = quietest(bareTurns);
    baselines.cCacheLine = figures(bare);
    curves['C, bare cache lines'] = bare.curve;
    targets[0] = target('p50 at most 240 ns where bare cache lines in C take 130: at most 1.85 times C', hop.p50Ns <= Math.max(240, 1.85 * bare.p50Ns));
  }
  yield { bench: NAME, name: 'ring, page-aligned memory', measured: figures(hop), baselines, targets, notes, curves };
  yield {
    bench: NAME, name: 'ring, plain SharedArrayBuffer', measured: figures(plain), baselines: { pageAligned: figures(hop) },
    notes: ['A plain SharedArrayBuffer starts 16 bytes past a cache line with this allocator: every slot straddles two lines. Hence the arena in a WebAssembly.Memory.'],
  };
}

const pingSide = inRole('ping') as Side | undefined;
const pongSide = inRole('pong') as Side | undefined;
if (pingSide !== undefined) {
  pinThread(0);
  answer(ping(pingSide));
} else if (pongSide !== undefined) {
  pinThread(1);
  pong(pongSide);
  answer('done');
} else if (inRole('echo') === null) {
  pinThread(1);
  parentPort!.on('message', (message) => parentPort!.postMessage(message));
} else if (inRole('callee') === null) {
  pinThread(1);
  expose({ echo: (value: Quote) => value }, nodeEndpoint(parentPort!));
}

export const hopSpscPingpong: Bench = {
  name: NAME,
  question: 'How long does a 64-byte record take to another thread and back?',
  topology: 'two threads, pinned to cores 0 and 1; one ring each way, one producer and one gating consumer each; all fields written and read',
  run,
};
