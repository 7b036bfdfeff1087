import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Bridge } from '../../src/bridge/bridge.js';
import { Observer } from '../../src/bridge/observer.js';
import type { Readable } from '../../src/bridge/readable.js';
import { formatScaled } from '../../src/model/decimal.js';
import { Flag } from '../../src/record/codes.js';
import { Fill, TopOfBook } from '../../src/record/records.js';
import { SlotViews } from '../../src/record/slot.js';
import { smallIndex } from '../fixtures/small-index.js';

const absent = spawnSync('nats-server', ['--version']).error !== undefined && 'nats-server is not in the PATH';
const index = smallIndex();
const views = new SlotViews(new ArrayBuffer(64));
const tob = new TopOfBook(views);
const fill = new Fill(views);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function natsServer(port: number): Promise<ChildProcess> {
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connectTcp(port, '127.0.0.1');
    const [event] = await Promise.race([once(socket, 'data').then(() => ['data']), once(socket, 'error').then(() => ['error'])]).catch(() => ['error']);
    socket.destroy();
    if (event === 'data') return child;
    await sleep(25);
  }
  throw new Error('nats-server did not start');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function bridgeTo(port: number, { session = 's1', windowBytes }: { session?: string; windowBytes?: number } = {}) {
  const reports: string[] = [];
  let nowNs = 0;
  const bridge = new Bridge({
    url: `nats://127.0.0.1:${port}`, session, mode: 'sandbox', epochUnixNs: 1n, strategies: ['cross-venue'], index, random: () => 0.5,
    report: (_level, code) => void reports.push(code), ...(windowBytes === undefined ? {} : { windowBytes }),
  });
  /** Let a time of ours pass, and the event loop turn. */
  const pass = async (ns: number): Promise<void> => bridge.onTimer((nowNs += ns)) ?? sleep(5);
  const until = async (what: () => boolean, stepNs = 1e8): Promise<void> => {
    for (let i = 0; i < 1500 && !what(); i++) await pass(stepNs);
    if (!what()) throw new Error(`did not happen: ${what.toString()}; ${JSON.stringify(bridge.stats())} ${reports.join()}`);
  };
  return { bridge, reports, pass, until };
}

function publishTob(bridge: Bridge, price: number): void {
  Object.assign(tob.begin(0, Flag.IN_SYNC, 0, 0), { bidPrice: price, askPrice: price + 1, bidQty: 1, askQty: 1, tsRecvNs: 1 });
  bridge.onRecord(views, 0);
}

function publishFill(bridge: Bridge, orderId: number): void {
  Object.assign(fill.begin(0, 0, 1, 1), { orderId, price: 100, qty: 1, quoteAmount: 1n, fee: 1n, tsRecvNs: 1 });
  bridge.onRecord(views, 0);
}

t.test('observers see every record by name, also when they come late', { skip: absent }, async (t) => {
  const port = await freePort();
  const server = await natsServer(port);
  t.teardown(() => end(server));
  const { bridge, until } = bridgeTo(port);
  t.teardown(() => bridge.close());
  await until(() => bridge.stats().connected);

  const all: Readable[] = [];
  const fills: Readable[] = [];
  const observers = [
    await Observer.open({ url: `nats://127.0.0.1:${port}`, subject: 'ringside.>', onRecord: (record) => all.push(record) }),
    await Observer.open({ url: `nats://127.0.0.1:${port}`, subject: 'ringside.*.fill.>', onRecord: (record) => fills.push(record) }),
  ];
  for (let i = 1; i <= 1000; i++) publishTob(bridge, i);
  publishFill(bridge, 7);
  await until(() => all.length === 1001 && fills.length === 1);
  t.same(all.slice(0, 1000).map(({ bidPrice }) => bidPrice), Array.from({ length: 1000 }, (_, i) => formatScaled(i + 1, 2)), 'in order, each once');
  t.match(fills[0], { type: 'fill', session: 's1', venue: 'kraken', pair: 'BTC-USDT', orderId: 7 });
  await until(() => bridge.stats().published === 1001);
  t.match(bridge.stats(), { published: 1001, dropped: 0, reconnects: 0 });
  for (const observer of observers) t.match(await observer.close(), { malformed: 0, unnamed: 0 });
  await t.rejects(Observer.open({ url: `nats://127.0.0.1:${port}`, subject: 'a b', onRecord: () => undefined }), { code: 'NATS_SUBJECT' });
});

t.test('without a server records are dropped and counted; when it comes, dies and comes back, the bridge is there again', { skip: absent }, async (t) => {
  const port = await freePort();
  const { bridge, reports, until, pass } = bridgeTo(port);
  t.teardown(() => bridge.close());
  await pass(1e8);
  for (let i = 0; i < 50; i++) publishTob(bridge, 1);
  t.match(bridge.stats(), { connected: false, published: 0, dropped: 50 });
  await until(() => reports.includes('NATS_DOWN'));

  let server = await natsServer(port);
  await until(() => bridge.stats().connected, 1e9);
  publishTob(bridge, 2);
  await pass(1e8);

  await end(server);
  await until(() => !bridge.stats().connected);
  publishFill(bridge, 1);
  t.ok(bridge.stats().dropped >= 51);
  server = await natsServer(port);
  t.teardown(() => end(server));
  await until(() => bridge.stats().connected, 1e9);
  t.match(bridge.stats(), { reconnects: 1 });
  t.same(reports, ['NATS_DOWN', 'NATS_UP', 'NATS_DOWN', 'NATS_UP'], 'said once each time');

  const seen: Readable[] = [];
  const observer = await Observer.open({ url: `nats://127.0.0.1:${port}`, subject: 'ringside.s1.>', onRecord: (record) => seen.push(record) });
  publishFill(bridge, 2);
  await until(() => seen.length === 1);
  t.match(seen, [{ orderId: 2 }]);
  await observer.close();
  const { published, dropped } = bridge.stats();
  t.equal(published + dropped, 53, 'every record is either published or counted as dropped');
});

t.test('a server that stops reading costs counted drops and bounded memory, never time', { skip: absent }, async (t) => {
  const port = await freePort();
  const server = await natsServer(port);
  t.teardown(() => end(server));
  const { bridge, reports, until } = bridgeTo(port, { windowBytes: 64 * 1024 });
  t.teardown(() => bridge.close());
  await until(() => bridge.stats().connected);
  server.kill('SIGSTOP');
  const before = process.memoryUsage().arrayBuffers;
  let longestNs = 0n;
  for (let i = 0; i < 200_000; i++) {
    const start = process.hrtime.bigint();
    publishTob(bridge, i);
    const took = process.hrtime.bigint() - start;
    if (took > longestNs) longestNs = took;
    if (i % 20_000 === 0) await sleep(1);
  }
  const stalled = bridge.stats();
  t.ok(stalled.dropped > 199_000, `${stalled.dropped} dropped`);
  t.equal(stalled.dropped + stalled.published, 200_000);
  t.ok(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024, 'memory stays bounded');
  t.comment(`the longest of 200,000 calls took ${longestNs} ns`);

  for (let i = 0; i < 50; i++) publishFill(bridge, i);
  t.equal(bridge.stats().dropped, stalled.dropped, 'fills use the part of the window that quotes may not');

  await until(() => reports.includes('NATS_DOWN'));
  t.match(bridge.stats(), { connected: false, published: 0, dropped: 200_050 }, 'what was never confirmed counts as dropped');
  server.kill('SIGCONT');
  await until(() => bridge.stats().connected, 1e9);
  publishFill(bridge, 1);
  await until(() => bridge.stats().published === 1);
});

t.test('ringside observe prints lines and NDJSON and stops when told', { skip: absent }, async (t) => {
  const port = await freePort();
  const server = await natsServer(port);
  t.teardown(() => end(server));
  const { bridge, until } = bridgeTo(port);
  t.teardown(() => bridge.close());
  await until(() => bridge.stats().connected);
  const run = (options: string[]): { out: () => string; done: Promise<unknown> } => {
    const script = `const {observeCommand} = await import(${JSON.stringify(join(import.meta.dirname, '../../src/cli/observe.js'))}); await observeCommand().parseAsync(process.argv.slice(1), {from: 'user'});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', '--nats-url', `nats://127.0.0.1:${port}`, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => end(child));
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return { out: () => out, done: once(child, 'close') };
  };
  const json = run(['--json', '--count', '3']);
  const text = run(['-s', 'ringside.*.fill.>', '--count', '1']);
  let ended = false;
  void Promise.all([json.done, text.done]).then(() => (ended = true));
  let n = 0;
  await until(() => {
    publishFill(bridge, ++n);
    return ended;
  });
  const lines = json.out().trim().split('\n').map((line) => JSON.parse(line) as Readable);
  t.equal(lines.length, 3);
  t.match(lines[0], { type: 'fill', venue: 'kraken', pair: 'BTC-USDT' });
  t.match(text.out(), /fill {9}kraken {6}BTC-USDT {4}#\d+ buy 0\.0001 @ 1\.00/);
});

t.test('observing without a server says what to do', async (t) => {
  await t.rejects(Observer.open({ url: `nats://user:word@127.0.0.1:${await freePort()}`, subject: 'ringside.>', onRecord: () => undefined }), { code: 'NATS_UNREACHABLE', where: /^nats:\/\/127/ });
});
