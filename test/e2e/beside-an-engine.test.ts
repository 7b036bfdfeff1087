import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { EngineStatus } from '../../src/control/status.js';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');
const noNats = spawnSync('nats-server', ['--version']).error !== undefined;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

/** Runs a command of ours to its end. */
function ringside(t: Test, options: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.teardown(() => end(child));
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

t.test('a running engine is asked, watched and steered by other processes', { timeout: 120_000 }, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringside-beside-'));
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
  const natsUrl = `nats://127.0.0.1:${await freePort()}`;
  if (!noNats) {
    const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', new URL(natsUrl).port], { stdio: 'ignore' });
    t.teardown(() => end(server));
  }
  const engine = spawn(process.execPath, [main, 'start', '--json', '--api-port', '0', '--data-dir', dataDir, ...(noNats ? [] : ['--nats-url', natsUrl])], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => end(engine));
  let api = '';
  let latest: EngineStatus | undefined;
  let rest = '';
  const busy = new Promise<void>((resolve) => {
    engine.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as EngineStatus | { type: 'started'; api: string };
        if (message.type === 'started') ({ api } = message);
        if (message.type === 'status') latest = message;
      }
      if (latest !== undefined && latest.fills > 0 && latest.store.rows > 0) resolve();
    });
  });
  await Promise.race([busy, once(engine, 'close')]);
  t.equal(engine.exitCode, null, 'it runs');

  const fills = await ringside(t, ['query', 'fills-by-venue', '--format', 'json', '--data-dir', dataDir]);
  t.equal(fills.code, 0, fills.err);
  t.match(fills.out, /binance|kraken/, 'the embedded database belongs to the engine, which answers for it');
  t.match(await ringside(t, ['query', 'fills-by-venue', '--param', 'x=1', '--data-dir', dataDir]), { code: 1, err: /QUERY_PARAM/ });

  t.match(await (await fetch(`${api}/ready`)).json(), { ready: true });
  const status = async (): Promise<EngineStatus> => (await (await fetch(`${api}/status`)).json()) as EngineStatus;
  t.equal((await fetch(`${api}/kill`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":"test"}' })).status, 200);
  let killed = await status();
  for (let i = 0; i < 50 && killed.killed === null; i++) {
    await new Promise((resolve) => void setTimeout(resolve, 100));
    killed = await status();
  }
  t.match(killed.killed, { reason: /\w/ });
  t.equal((await fetch(`${api}/unkill`, { method: 'POST' })).status, 200);

  if (noNats) t.comment('nats-server is not in the PATH: observing is skipped');
  else {
    const seen = await ringside(t, ['observe', '--nats-url', natsUrl, '-s', 'ringside.*.tob.>', '--json', '--count', '3', '--duration', '20s']);
    t.equal(seen.out.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type).join(), 'tob,tob,tob');
  }

  engine.kill('SIGINT');
  const [code] = (await once(engine, 'close')) as [number | null];
  t.equal(code, 0);
  t.notOk(existsSync(join(dataDir, 'engine.json')), 'nobody is sent to an engine that has ended');
});
