import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { buildApi, startApi } from '../../src/control/api.js';
import type { EngineControl } from '../../src/control/engine-control.js';
import { askRunningEngine, findRunningEngine } from '../../src/control/running-engine.js';
import { emptyStatus } from '../fixtures/empty-status.js';
import { RingsideError } from '../../src/model/errors.js';

function engine(own: Partial<EngineControl> = {}): { control: EngineControl; calls: string[] } {
  const calls: string[] = [];
  const call = (name: string) => (...values: unknown[]): Promise<void> => {
    calls.push([name, ...values].join(' '));
    return Promise.resolve();
  };
  const control = {
    status: () => ({ ...emptyStatus('s1', 'sandbox', '2026-11-20T00:00:00Z'), killed: { at: 'x', reason: 'y' } }), readiness: () => [],
    start: call('start'), stop: call('stop'), kill: call('kill'), unkill: call('unkill'), ...own,
  };
  return { control, calls };
}

const options = { version: '1.2.3', timeouts: { controlMs: 60 }, onInternalError: () => undefined };

t.test('an engine is watched and steered over loopback HTTP', async (t) => {
  const { control, calls } = engine({ query: (name, parameters) => Promise.resolve({ columns: [{ name: 'n', type: 'String' }], rows: [[name, parameters.pair, 1]] }) });
  const api = await startApi(control, { ...options, host: '127.0.0.1', port: 0 });
  t.teardown(() => api.close());
  const get = async (path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(api.url + path, init);
    return { status: answer.status, body: await answer.json() };
  };
  t.match(await get('/health'), { status: 200, body: { ok: true, version: '1.2.3' } });
  t.same(await get('/ready'), { status: 200, body: { ready: true, reasons: [] } });
  t.same(await get('/status'), { status: 200, body: JSON.parse(JSON.stringify(control.status())) as unknown }, 'nothing of the status is lost on the way');
  for (const path of ['/start', '/stop', '/unkill', '/kill']) t.same(await get(path, { method: 'POST' }), { status: 200, body: { ok: true } });
  t.match(await get('/kill', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":"lunch"}' }), { status: 200 });
  t.same(calls, ['start', 'stop', 'unkill', 'kill control API', 'kill lunch']);
  t.match(await get('/query/fills-by-venue?pair=BTC-USDT'), { status: 200, body: { rows: [['fills-by-venue', 'BTC-USDT', 1]] } });

  t.match(await get('/nothing?x=1'), { status: 404, body: { code: 'API_NOT_FOUND', message: 'there is no GET /nothing' } });
  t.match(await get('/start', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":' }), { status: 400, body: { code: 'API_BAD_REQUEST' } });
  const killWith = async (type: string, body: string): Promise<boolean> => t.match(await get('/kill', { method: 'POST', headers: { 'content-type': type }, body }), { status: 200 }, `killed by ${body.slice(0, 20)}`);
  await killWith('application/json', '{"reason":');
  await killWith('application/x-www-form-urlencoded', 'reason=panic');
  await killWith('text/plain', 'now');
  await killWith('application/json', JSON.stringify({ reason: 'x'.repeat(201) }));
  t.same(calls.slice(5), ['kill control API', 'kill control API', 'kill control API', `kill ${'x'.repeat(200)}`], 'a kill is never refused for how it is written');
  t.match(await get('/query/..%2Fetc'), { status: 400, body: { code: 'API_BAD_REQUEST' } });

  const description = await get('/docs/json');
  t.match(description, { status: 200, body: { openapi: '3.1.0', paths: { '/health': {}, '/ready': {}, '/status': {}, '/start': {}, '/stop': {}, '/kill': {}, '/unkill': {}, '/query/{name}': {} } } });
  for (const page of ['/docs/', '/']) t.equal((await fetch(api.url + page)).status, 200);
});

t.test('pages that were rebound to loopback or post across sites are refused', async (t) => {
  const { control, calls } = engine();
  const api = await buildApi(control, options);
  t.teardown(() => api.close());
  const host = '127.0.0.1:7420';
  for (const good of ['localhost:7420', '127.0.0.1', '[::1]:7420']) t.equal((await api.inject({ url: '/health', headers: { host: good } })).statusCode, 200);
  for (const bad of ['evil.example:7420', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '127.0.0.1@evil.example']) {
    const answer = await api.inject({ method: 'POST', url: '/kill', headers: { host: bad } });
    t.match({ status: answer.statusCode, body: answer.json<unknown>() }, { status: 403, body: { code: 'API_HOST_REFUSED' } }, bad);
  }
  for (const origin of ['https://evil.example', 'null']) {
    t.match((await api.inject({ method: 'POST', url: '/kill', headers: { host, origin } })).json(), { code: 'API_ORIGIN_REFUSED' });
  }
  t.equal((await api.inject({ method: 'POST', url: '/kill', headers: { host, origin: 'http://localhost:7420' } })).statusCode, 200);
  t.same(calls, ['kill control API']);
});

t.test('a call that hangs, fails or is not offered is answered with a stable code', async (t) => {
  const internal: string[] = [];
  const { control } = engine({
    readiness: () => ['kraken: books not in sync'],
    status: () => new Promise(() => undefined),
    stop: () => Promise.reject(new RingsideError('NOT_RUNNING', 'it is not running')),
    start: () => Promise.reject(new Error('secret detail')),
  });
  const api = await buildApi(control, { ...options, onInternalError: (error) => internal.push(error.message) });
  t.teardown(() => api.close());
  const ask = async (method: 'GET' | 'POST', url: string): Promise<{ status: number; body: unknown }> => {
    const answer = await api.inject({ method, url, headers: { host: 'localhost' } });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  };
  t.same(await ask('GET', '/ready'), { status: 503, body: { ready: false, reasons: ['kraken: books not in sync'] } });
  t.match(await ask('GET', '/status'), { status: 504, body: { code: 'CONTROL_TIMEOUT', where: 'status' } });
  t.match(await ask('POST', '/stop'), { status: 409, body: { code: 'NOT_RUNNING' } });
  t.match(await ask('POST', '/start'), { status: 500, body: { code: 'API_INTERNAL', message: /inside the engine/ } });
  t.same(internal, ['secret detail']);
  t.match(await ask('GET', '/query/fills'), { status: 503, body: { code: 'QUERY_UNAVAILABLE' } });
});

t.test('a port in use and a host that is not loopback are named before anything listens', async (t) => {
  const { control } = engine();
  await t.rejects(startApi(control, { ...options, host: '0.0.0.0', port: 0 }), { code: 'API_NOT_LOOPBACK' });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  await t.rejects(startApi(control, { ...options, host: '127.0.0.1', port }), { code: 'API_PORT_IN_USE', where: `127.0.0.1:${port}`, fix: /--api-port 0/ });
});

t.test('a second process finds the engine that has a data directory open, and asks it', async (t) => {
  const dataDir = join(t.testdir({}), 'data');
  const { control } = engine({ query: (name, parameters) => (name === 'none' ? Promise.reject(new RingsideError('QUERY_UNKNOWN', 'no such', { fix: 'others' })) : Promise.resolve({ columns: [{ name: 'x', type: 'UInt8' }], rows: [[parameters.session ?? 'running', parameters.venue]] })) });
  t.equal(await findRunningEngine(dataDir), undefined);
  const api = await startApi(control, { ...options, host: '127.0.0.1', port: 0, announceIn: dataDir });
  t.equal(await findRunningEngine(dataDir), api.url);
  t.same((await askRunningEngine(api.url, 'fills', { venue: 'a&b=c' })).rows, [['running', 'a&b=c']]);
  t.same((await askRunningEngine(api.url, 'fills', { session: 'all' })).rows, [['all', null]]);
  await t.rejects(askRunningEngine(api.url, 'none', {}), { code: 'QUERY_UNKNOWN', fix: 'others' });
  await api.close();
  t.equal(await findRunningEngine(dataDir), undefined);
  await t.rejects(askRunningEngine(api.url, 'fills', {}), { code: 'CONTROL_TIMEOUT' });
  writeFileSync(join(dataDir, 'engine.json'), JSON.stringify({ url: api.url, pid: 1 }));
  t.equal(await findRunningEngine(dataDir), undefined, 'a file that an engine left behind when it was killed');
});
