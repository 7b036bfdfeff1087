import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Finding } from '../../src/cli/doctor-checks.js';

const dir = mkdtempSync(join(tmpdir(), 'ringside-doctor-test-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));
const SCRIPT = `const {doctorCommand} = await import(${JSON.stringify(join(import.meta.dirname, '../../src/cli/doctor.js'))}); await doctorCommand().parseAsync(process.argv.slice(1), {from: 'user'});`;

function doctor(options: string[], environment: Record<string, string> = {}): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, '--', ...options], { cwd: dir, env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('close', (code) => resolve({ code, out }));
  });
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('the defaults pass on this machine, and every check has a line', async (t) => {
  const nowhere = { rest: 'http://127.0.0.1:1' };
  writeFileSync(join(dir, 'ringside.config.json'), JSON.stringify({ venues: { binance: { endpoints: nowhere }, kraken: { endpoints: nowhere } }, api: { port: 0 } }));
  const { code, out } = await doctor([]);
  t.equal(code, 0, out);
  for (const check of ['Node.js', 'cores', 'memory', 'shared memory', 'pinning', 'configuration', 'data directory', 'embedded ClickHouse', 'NATS', 'binance keys', 'binance clock', 'kraken clock']) t.match(out, new RegExp(`^(ok  |WARN)  ${check} `, 'm'));
});

t.test('what is wrong is said with what to do, and no key is printed', async (t) => {
  const late = (): string => new Date(Date.now() - 60_000).toUTCString();
  const venue = await listening(createServer((_request, response) => response.setHeader('date', late()).writeHead(404).end()));
  const broken = await listening(createServer((_request, response) => response.writeHead(503).end()));
  writeFileSync(join(dir, 'ringside.config.json'), JSON.stringify({ mode: 'paper', venues: { binance: { endpoints: { rest: venue } }, kraken: { endpoints: { rest: 'http://127.0.0.1:1' } } }, api: { port: Number(new URL(venue).port) } }));
  const { code, out } = await doctor(['--json', '--nats-url', 'nats://user:pass-word@127.0.0.1:1', '--clickhouse-url', broken.replace('//', '//user:pass-word@')], { BINANCE_API_KEY: 'key-value', BINANCE_API_SECRET: 'secret-value' });
  t.equal(code, 1);
  t.notMatch(out, /key-value|secret-value|pass-word/);
  const report = JSON.parse(out) as { ok: boolean; checks: Finding[] };
  const find = (name: string): Finding | undefined => report.checks.find(({ check }) => check === name);
  t.equal(report.ok, false);
  t.match(find('binance clock'), { level: 'warn', text: /clocks within (5\d|6\d)\.\d s/, fix: /chrony/ });
  t.match(find('kraken clock'), { level: 'fail' });
  t.match(find('binance keys'), { level: 'ok', text: 'present' });
  t.match(find('kraken keys'), { level: 'ok', text: /absent/ });
  t.match(find('NATS'), { level: 'warn', fix: /NATS_URL/ });
  t.match(find('ClickHouse server'), { level: 'fail', fix: /CLICKHOUSE_URL/ });
  t.match(find('API port'), { level: 'warn', text: /taken/ });
});

t.test('a configuration that is refused is one failed check among the others', async (t) => {
  writeFileSync(join(dir, 'ringside.config.json'), JSON.stringify({ moed: 'paper' }));
  const { code, out } = await doctor(['--json']);
  t.equal(code, 1);
  t.match((JSON.parse(out) as { checks: Finding[] }).checks.find(({ check }) => check === 'configuration'), { level: 'fail', text: /CONFIG_INVALID: .*\n {2}moed: unknown field, did you mean "mode"/ });
});
