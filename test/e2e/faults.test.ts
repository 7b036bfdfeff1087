/** What exchanges, machines and people do to a running engine; afterwards everything still has to agree. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EngineSession } from '../../actors/engine-session.js';
import type { SandboxReady } from '../../actors/sandbox-process.js';
import type { Report } from '../../actors/spec.js';
import type { Summary } from '../../actors/summary.js';
import { loadConfig } from '../../src/config/config.js';
import { KNOWN_PARTS } from '../../src/cli/known-parts.js';
import type { Ledger } from '../../src/sandbox/index.js';
import { temporaryFolder } from '../fixtures/journal.js';
import { seededRandom } from '../fixtures/rings.js';

t.setTimeout(300_000);

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');
const VENUES = ['binance', 'kraken'] as const;
const PAIRS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await condition()) return true;
    await sleep(50);
  }
  return condition();
}

/** The sandbox from outside. */
class Sandbox {
  constructor(private readonly rest: Readonly<Record<string, string>>) {}

  async fault(venue: string, fault: object): Promise<void> {
    await this.post(venue, 'fault', fault);
  }

  async cross(pair: string, venueCheap: string): Promise<void> {
    await this.post('binance', 'cross', { pair, venueCheap, bps: 30, qty: '0.01', holdMs: 400 });
  }

  async ledger(venue: string): Promise<Ledger> {
    return (await (await fetch(`${this.rest[venue]}/sandbox/ledger`)).json()) as Ledger;
  }

  private async post(venue: string, path: string, body: object): Promise<void> {
    const { status } = await fetch(`${this.rest[venue]}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (status !== 200) throw new Error(`${path} ${JSON.stringify(body)}: HTTP ${status}`);
  }
}

/** Trades in the venues' own ledgers; every order arrived once, none is left there. */
async function checkLedgers(t: Test, sandbox: Sandbox): Promise<number> {
  let trades = 0;
  for (const venue of VENUES) {
    const ledger = await sandbox.ledger(venue);
    const ids = ledger.orders.map(({ clientOrderId }) => clientOrderId);
    t.equal(new Set(ids).size, ids.length, `${venue}: no order was sent twice, of ${ids.length}`);
    t.same(ledger.orders.filter(({ status }) => status === 'new' || status === 'partially_filled'), [], `${venue}: no order is left open`);
    trades += ledger.trades.length;
  }
  return trades;
}

function checkSummary(t: Test, summary: Summary): void {
  for (const [id, { inSync }] of Object.entries(summary.venues)) t.ok(inSync, `every book of ${id} is in sync again`);
  t.equal(summary.orders.open, 0, 'no order is open or unknown');
  t.equal(summary.reconciled, true, 'balances agree to the last unit');
  t.equal(summary.store.agrees, true, 'rows agree with the journal');
  t.equal(summary.store.rows, summary.journal.records);
}

interface Run {
  readonly session: EngineSession;
  readonly sandbox: Sandbox;
}

async function startRun(t: Test, set: string[]): Promise<Run> {
  const dataDir = temporaryFolder(t);
  const { config, secrets } = loadConfig({ flags: { dataDir, api: false, set: ['risk.maxLoss=1000000', ...set] }, environment: {}, workingDir: dataDir }, KNOWN_PARTS);
  const reports: Report[] = [];
  const session = await EngineSession.start({ config, secrets, onReport: (report) => void reports.push(report) });
  return { session, sandbox: new Sandbox(Object.fromEntries(session.engine.spec.venues.map(({ id, endpoints }) => [id, endpoints.rest]))) };
}

function healthy(session: EngineSession): boolean {
  return session.status().venues.every(({ feed, gateway, books, booksInSync }) => feed === 'UP' && gateway === 'UP' && books === booksInSync);
}

/** Quiet again: connected, in sync, every order with an end. */
async function settled(session: EngineSession): Promise<boolean> {
  return healthy(session) && (await session.engine.command('executor', 'idle').catch(() => false)) === true;
}

async function finish(t: Test, { session, sandbox }: Run): Promise<Summary> {
  t.ok(await until(() => settled(session), 60_000), 'everything comes back');
  const before = session.status().fills;
  t.ok(await until(async () => {
    await sandbox.cross('BTC/USDT', 'binance');
    await sleep(400);
    return session.status().fills > before;
  }, 60_000), 'and it trades again');
  await session.engine.command('executor', 'pause');
  t.ok(await until(() => settled(session), 30_000), 'the last orders have ended');
  const trades = await checkLedgers(t, sandbox);
  const summary = await session.finish();
  checkSummary(t, summary);
  t.equal(summary.fills, trades, 'every trade in the ledgers of the venues is a fill here, once');
  return summary;
}

t.test('whatever a venue does, its books come back, no order is lost or sent twice, and all balances agree', { timeout: 200_000 }, async (t) => {
  const run = await startRun(t, []);
  const { session, sandbox } = run;
  t.ok(await until(() => healthy(session), 60_000), 'it is up');
  const faults = [
    { kind: 'skip-depth', count: 3 }, { kind: 'duplicate-depth', count: 3 }, { kind: 'malformed-depth', count: 2 }, { kind: 'corrupt-checksum', count: 2 },
    { kind: 'lose-ack', count: 2 }, { kind: 'error-after-accept', count: 2 }, { kind: 'delay-acks', count: 2, ms: 2_500 }, { kind: 'events-first', count: 2 },
    { kind: 'rate-limit', count: 1 }, { kind: 'maintenance', ms: 300 }, { kind: 'stall', ms: 600 }, { kind: 'drop-connections' }, { kind: 'server-shutdown', ms: 100 },
  ];
  for (const [i, fault] of faults.entries()) {
    for (const venue of VENUES) await sandbox.fault(venue, fault);
    for (const cheap of VENUES) {
      await sandbox.cross(PAIRS[i % PAIRS.length], cheap);
      await sleep(250);
    }
  }
  const summary = await finish(t, run);
  for (const venue of VENUES) t.ok(summary.venues[venue].reconnects > 0, `${venue} was reconnected`);
  t.ok(summary.venues.kraken.resyncs > 0 && summary.venues.binance.resyncs > 0, 'books were synced anew');
  // A venue may have cut the frame of a book that was just being subscribed anew.
  t.ok(summary.venues.kraken.malformed + summary.venues.binance.malformed > 0, 'malformed frames were counted');
});

for (const placement of ['packed', 'threads']) {
  t.test(`threads killed at random moments while venues misbehave cost nothing but time (${placement})`, { timeout: 200_000 }, async (t) => {
    const seed = Date.now() % 2 ** 31;
    const random = seededRandom(seed);
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
    t.comment(`seed ${seed}`);
    const run = await startRun(t, [`placement=${placement}`]);
    const { session, sandbox } = run;
    t.ok(await until(() => healthy(session), 60_000), 'it is up');
    const threads = session.engine.topology.threads.map(({ name }) => name);
    const kinds = ['drop-connections', 'skip-depth', 'malformed-depth', 'lose-ack', 'error-after-accept', 'events-first'];
    const kills = 10;
    for (let i = 0; i < kills; i++) {
      await sandbox.fault(one(VENUES), { kind: one(kinds), count: 1 });
      const crossing = sandbox.cross(one(PAIRS), one(VENUES));
      await sleep(random() * 20);
      await session.engine.crash(one(threads));
      await crossing;
      await sleep(random() * 400);
    }
    const summary = await finish(t, run);
    t.ok(summary.restarts > 0);
  });
}

/** `ringside …` with what it has printed so far. */
class Command {
  out = '';
  err = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(t: Test, argv: readonly string[]) {
    this.child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => void (this.out += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => void (this.err += text));
    this.ended = new Promise((resolve) => void this.child.once('exit', resolve));
    t.teardown(() => this.child.kill('SIGKILL'));
  }

  get last(): Summary {
    return JSON.parse(this.out.trim().split('\n').at(-1)!) as Summary;
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(() => true, () => false);
}

t.test('an engine killed with orders on their way: its successor begins with what the venues say, and stores what it left', { timeout: 200_000 }, async (t) => {
  const dir = temporaryFolder(t);
  const venues = new Command(t, ['sandbox', '--json', '--seed', '7']);
  t.ok(await until(() => venues.out.includes('\n'), 60_000), 'the sandbox is ready');
  const { binance, kraken } = (JSON.parse(venues.out) as SandboxReady).venues;
  const sandbox = new Sandbox({ binance: binance.rest, kraken: kraken.rest });
  writeFileSync(join(dir, 'binance.pem'), binance.ed25519PrivateKey!);
  writeFileSync(join(dir, 'ringside.json'), JSON.stringify({
    mode: 'live', pairs: ['BTC-USDT', 'ETH-USDT'], dataDir: 'data',
    venues: {
      binance: { endpoints: { rest: binance.rest, ws: binance.ws, wsPrivate: binance.wsApi }, credentials: { plain: true, apiKey: binance.apiKey, secret: binance.secret, privateKeyFile: 'binance.pem' } },
      kraken: { endpoints: { rest: kraken.rest, ws: kraken.ws, wsPrivate: kraken.wsAuth }, credentials: { plain: true, apiKey: kraken.apiKey, secret: kraken.secret } },
    },
  }));
  const argv = ['start', '--live', '--json', '--no-api', '--config', join(dir, 'ringside.json')];
  const traded = async (): Promise<boolean> => {
    await sandbox.cross('BTC/USDT', 'binance');
    await sleep(300);
    return (await sandbox.ledger('kraken')).trades.length > 2;
  };

  const first = new Command(t, argv);
  t.ok(await until(() => first.out.includes('"type":"started"') || first.child.exitCode !== null, 60_000), first.err);
  t.ok(await until(traded, 60_000), 'it trades');
  for (const venue of VENUES) await sandbox.fault(venue, { kind: 'lose-ack', count: 2 });
  await sandbox.cross('BTC/USDT', 'binance');
  first.child.kill('SIGKILL');
  await first.ended;

  const second = new Command(t, [...argv, '--duration', '5s']);
  t.equal(await second.ended, 0, second.err);
  checkSummary(t, second.last);
  await checkLedgers(t, sandbox);

  const query = new Command(t, ['query', 'fills-by-venue', '--session', 'all', '--format', 'json', '--data-dir', join(dir, 'data')]);
  t.equal(await query.ended, 0, query.err);
  const stored = query.out.trim().split('\n').reduce((sum, line) => sum + (JSON.parse(line) as { fills: number }).fills, 0);
  const own = second.last.fills;
  t.ok(stored > own, `fills of both runs are stored, each once: ${stored}, ${own} of them of the second`);
  const trades = (await sandbox.ledger('binance')).trades.length + (await sandbox.ledger('kraken')).trades.length;
  t.ok(stored <= trades, `not more fills than the ${trades} trades there were`);
});

t.test('nobody reads what it prints: it ends in order; a terminal that closes and a kill leave no sandbox behind', { timeout: 200_000 }, async (t) => {
  const argv = ['start', '--json', '--no-store', '--no-api', '--data-dir', temporaryFolder(t)];
  const pipe = new Command(t, argv);
  t.ok(await until(() => pipe.out.includes('"type":"status"'), 60_000), pipe.err);
  pipe.child.stdout!.destroy();
  t.equal(await pipe.ended, 0, 'a closed pipe is a wish to stop');
  t.equal(pipe.err, '');

  const hangUp = new Command(t, argv);
  t.ok(await until(() => hangUp.out.includes('"type":"status"'), 60_000), hangUp.err);
  hangUp.child.kill('SIGHUP');
  t.equal(await hangUp.ended, 0);
  t.equal(hangUp.last.reconciled, true, 'a terminal that closes ends the run in order');

  const { session } = await startRun(t, ['clickhouse.mode=off']);
  const { rest } = session.engine.spec.venues[0].endpoints;
  t.ok(await answers(`${rest}/sandbox/status`));
  await session.finish();
  t.notOk(await answers(`${rest}/sandbox/status`), 'the sandbox of a run ends with it');
});

t.test('a closed pipe ends a command that only prints, in silence', { timeout: 60_000 }, async (t) => {
  const list = new Command(t, ['bench']);
  list.child.stdout!.destroy();
  t.equal(await list.ended, 0);
  t.equal(list.err, '');
});

t.test('a sandbox ends with whoever started it, however that ended', { timeout: 60_000 }, async (t) => {
  const child = spawn(process.execPath, [main, 'sandbox', '--json', '--with-parent'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => void child.once('exit', resolve));
  await new Promise((resolve) => void child.stdout.once('data', resolve));
  for (const signal of ['SIGINT', 'SIGHUP'] as const) child.kill(signal);
  child.stdin.end(); // what the system does to the pipe of a process that was killed
  t.equal(await ended, 0);
});
