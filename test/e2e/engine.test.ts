import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EngineSession } from '../../actors/engine-session.js';
import type { Report } from '../../actors/spec.js';
import type { Summary } from '../../actors/summary.js';
import { loadConfig } from '../../src/config/config.js';
import { STRATEGIES } from '../../src/strategy/registry.js';
import { VENUES } from '../../src/venue/registry.js';

t.setTimeout(240_000);

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');

function dataDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'ringside-e2e-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function startSession(dir: string, reports: Report[], set: string[] = []): Promise<EngineSession> {
  const { config, secrets } = loadConfig(
    { flags: { dataDir: dir, api: false, set }, environment: {}, workingDir: dir },
    { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES },
  );
  return EngineSession.start({ config, secrets, onReport: (report) => void reports.push(report) });
}

async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (condition()) return true;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  return condition();
}

function checkSummary(t: Test, summary: Summary): void {
  for (const [id, venue] of Object.entries(summary.venues)) t.ok(venue.inSync, `every book of ${id} is in sync at the end`);
  t.ok(summary.opportunities.found > 0, `opportunities were found: ${summary.opportunities.found}`);
  t.ok(summary.fills > 0, `baskets filled: ${summary.fills} fills`);
  t.equal(summary.orders.open, 0, 'no order is left open');
  t.equal(summary.reconciled, true, "the venues' balances equal the engine's positions to the last unit");
  t.equal(summary.store.agrees, true, 'rows in ClickHouse agree with the journal, table by table');
  t.equal(summary.store.rows, summary.journal.records, 'as many rows as records');
}

t.test('`ringside start` trades on the sandbox, and everything agrees at the end', { timeout: 120_000 }, async (t) => {
  const dir = dataDir(t);
  const child = spawn(process.execPath, [main, 'start', '--json', '--duration', '12s', '--api-port', '0', '--data-dir', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  const code = await new Promise((resolve) => void child.once('close', resolve));
  t.equal(code, 0, `exit code 0; stderr: ${err.slice(-500)}`);
  const lines = out.trim().split('\n').map((line) => JSON.parse(line) as { type: string });
  t.equal(lines[0].type, 'started');
  t.ok(lines.some(({ type }) => type === 'status'));
  const summary = lines.at(-1) as Summary;
  t.equal(summary.type, 'summary');
  checkSummary(t, summary);
  const asked = spawnSync(process.execPath, [main, 'query', 'fills-by-venue', '--json', '--data-dir', dir], { encoding: 'utf8' });
  t.equal(asked.status, 0, asked.stderr);
  const counts = asked.stdout.trim().split('\n').map((line) => Number((JSON.parse(line) as { fills: number | string }).fills));
  t.equal(counts.reduce((sum, count) => sum + count, 0), summary.fills, 'the stored question counts every fill once');
});

t.test('Ctrl-C ends a run in order: exit code 0, and the venues are there until balances have been compared', { timeout: 120_000 }, async (t) => {
  const child = spawn(process.execPath, [main, 'start', '--json', '--api-port', '0', '--no-store', '--data-dir', dataDir(t)], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  let out = '';
  let told = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (!told && out.includes('"type":"status"')) {
      told = true;
      setTimeout(() => process.kill(-child.pid!, 'SIGINT'), 1_500); // a terminal tells the whole group
    }
  });
  const code = await new Promise((resolve) => void child.once('close', resolve));
  t.equal(code, 0);
  const summary = JSON.parse(out.trim().split('\n').at(-1)!) as Summary;
  t.equal(summary.type, 'summary');
  t.equal(summary.reconciled, true);
  t.equal(summary.store.agrees, null, 'there is no store to agree');
});

t.test('a thread that cannot start ends the command at once, with the reason and nothing left running', { timeout: 60_000 }, async (t) => {
  const child = spawn(process.execPath, [main, 'start', '--json', '--api-port', '0', '--no-store', '--data-dir', dataDir(t), '--set', 'risk.maxPosition={"nowhere":{"BTC":"1"}}'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  const code = await new Promise((resolve) => void child.once('close', resolve));
  t.equal(code, 1);
  t.match(err + out, /RISK_LIMIT|CONFIG_INVALID/);
});

t.test('a paused engine stays paused when its executor is killed, and a kill outlives it', { timeout: 120_000 }, async (t) => {
  const session = await startSession(dataDir(t), [], ['clickhouse.mode=off', 'pairs=["BTC-USDT"]']);
  let finished = false;
  t.teardown(async () => { if (!finished) await session.finish(); }); // else a failure leaves threads that keep the file running
  const executor = async (): Promise<{ phase: string; killedBy: string }> => (await session.engine.command('executor', 'snapshot')) as { phase: string; killedBy: string };
  const back = async (): Promise<void> => {
    const restarts = (): number => session.engine.threads().reduce((sum, thread) => sum + (thread.up ? thread.restarts : -1000), 0);
    const before = restarts();
    await session.engine.crash(session.engine.topology.threads.find(({ actors }) => actors.includes('executor'))!.name);
    t.ok(await until(() => restarts() > before, 10_000));
  };
  t.ok(await until(() => session.status().fills > 1, 30_000), 'it trades');
  await session.stop();
  await back();
  t.equal((await executor()).phase, 'stopping', 'a successor sends nothing before it is told to');
  await new Promise((resolve) => void setTimeout(resolve, 300));
  t.equal((await executor()).phase, 'stopping', 'and is told that it is paused');
  await session.start();
  t.notSame((await executor()).phase, 'stopping');
  await Promise.all([back(), session.kill('test')]);
  t.equal((await executor()).killedBy, 'RISK_KILLED', 'a kill that meets a dying executor reaches its successor');
  await back();
  t.equal((await executor()).killedBy, 'RISK_KILLED');
  finished = true;
  await session.finish();
});

t.test('killed workers come back and the totals still agree', { timeout: 120_000 }, async (t) => {
  const reports: Report[] = [];
  const session = await startSession(dataDir(t), reports);
  t.ok(await until(() => session.status().fills > 4, 30_000), 'it trades');
  for (const thread of session.engine.topology.threads.map(({ name }) => name)) {
    const before = session.status().fills;
    await session.engine.crash(thread);
    t.ok(await until(() => reports.some(({ code, thread: name }) => code === 'THREAD_BACK' && name === thread), 10_000), `thread ${thread} is back`);
    t.ok(await until(() => session.status().fills > before, 30_000), `it trades after thread ${thread} was killed`);
  }
  const summary = await session.finish();
  t.equal(summary.restarts, session.engine.topology.threads.length);
  checkSummary(t, summary);
});

t.test('the same actors run on a thread each', { timeout: 120_000 }, async (t) => {
  const reports: Report[] = [];
  const session = await startSession(dataDir(t), reports, ['placement=threads', 'pairs=["BTC-USDT"]']);
  t.ok(await until(() => session.status().fills > 1, 45_000), 'it trades');
  const inSync = (): boolean => session.status().venues.every(({ books, booksInSync }) => books === booksInSync);
  await session.engine.crash('merger');
  t.ok(await until(() => reports.some(({ code, thread }) => code === 'THREAD_BACK' && thread === 'merger'), 10_000), 'a merger that was killed is back');
  t.ok(await until(inSync, 20_000), 'and has its books again');
  const before = session.status().fills;
  t.ok(await until(() => session.status().fills > before, 45_000), 'it trades after the merger was killed');
  // What was filled may have been sent before: the status of the books may be older than the death.
  t.ok(await until(inSync, 20_000));
  checkSummary(t, await session.finish());
});
