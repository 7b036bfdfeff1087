import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Command } from 'commander';
import t from 'tap';
import { z } from 'zod';
import { loadConfig, ratePpm, type ConfigFlags, type KnownParts, type LoadedConfig } from '../../src/config/config.js';
import { addConfigOptions } from '../../src/cli/config-options.js';
import { environmentFields, variableOf } from '../../src/config/overlay.js';
import { configSchema } from '../../src/config/schema.js';
import { leavesOf } from '../../src/config/schema-walk.js';
import { RingsideError } from '../../src/model/errors.js';

const known: KnownParts = {
  venues: ['binance', 'kraken', 'binance-usdm'],
  sandboxVenues: ['binance', 'kraken'],
  strategies: [{ id: 'cross-venue', configSchema: z.strictObject({ minProfitBps: z.number().min(0).default(1) }) }],
};
const dir = mkdtempSync(join(tmpdir(), 'ringside-config-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));

let folders = 0;
function load({ file, flags = {}, environment = {} }: { file?: unknown; flags?: ConfigFlags; environment?: Record<string, string> } = {}): LoadedConfig {
  const workingDir = join(dir, String(++folders));
  mkdirSync(workingDir);
  if (file !== undefined) writeFileSync(join(workingDir, 'ringside.config.json'), typeof file === 'string' ? file : JSON.stringify(file));
  return loadConfig({ flags, environment, workingDir }, known);
}

function refusal(run: () => unknown): RingsideError {
  try {
    run();
  } catch (error) {
    if (error instanceof RingsideError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

t.test('without file, variables and options a sandbox run is configured', (t) => {
  const { config, secrets, file } = load();
  t.equal(file, undefined);
  t.equal(config.mode, 'sandbox');
  t.same(Object.keys(config.venues), ['binance', 'kraken']);
  t.same(config.pairs, ['BTC-USDT', 'ETH-USDT', 'SOL-USDT']);
  t.equal(config.clickhouse.mode, 'embedded');
  t.equal(config.journal.dir, join(config.dataDir, 'journal'));
  t.equal(config.nats.url, undefined);
  t.match(config.api, { enabled: true, host: '127.0.0.1', port: 7420 });
  t.same(secrets.venues, []);
  t.end();
});

t.test('options win over variables, variables over the file, the file over the defaults', (t) => {
  const file = { api: { port: 1001 }, risk: { maxLoss: '1', staleBookMs: 100 }, placement: 'threads', dataDir: 'data' };
  const environment = { RINGSIDE_API_PORT: '1002', RINGSIDE_RISK_MAX_LOSS: '2', RINGSIDE_PAIRS: 'ETH-USDT, BTC-USDT', NATS_URL: 'nats://127.0.0.1:4222', CLICKHOUSE_URL: 'http://127.0.0.1:8123', RINGSIDE_MODE: '' };
  const { config, file: read } = load({ file, environment, flags: { apiPort: 1003, set: ['risk.maxOpenOrders=3'], api: true } });
  t.equal(config.api.port, 1003);
  t.match(config.risk, { maxLoss: '2', staleBookMs: 100, maxOpenOrders: 3, maxOrderNotional: '1000' });
  t.equal(config.placement, 'threads');
  t.same(config.pairs, ['ETH-USDT', 'BTC-USDT']);
  t.equal(config.clickhouse.mode, 'server', 'a server URL chooses the server');
  t.equal(config.nats.url, 'nats://127.0.0.1:4222');
  t.equal(config.mode, 'sandbox', 'an empty variable counts as absent');
  t.equal(config.dataDir, join(read!, '..', 'data'), "paths in the file are the file's neighbours");
  t.end();
});

t.test('the options of a command are parsed into flags', (t) => {
  const command = addConfigOptions(new Command('start')).exitOverride().configureOutput({ writeErr: () => undefined });
  command.parse(['--mode', 'paper', '--venues', 'kraken', '--pairs', 'BTC-USDT,ETH-USDT', '--no-api', '--set', 'risk.maxLoss=5', '--set', 'paper.latencyMs=1.5', '--seed', '9'], { from: 'user' });
  const { config } = load({ flags: command.opts<ConfigFlags>(), file: { venues: { kraken: { takerFeePpm: 1500 }, binance: {} } } });
  t.equal(config.mode, 'paper');
  t.match(config.venues, { kraken: { takerFeePpm: 1500 } });
  t.same(Object.keys(config.venues), ['kraken']);
  t.equal(config.api.enabled, false);
  t.equal(config.risk.maxLoss, '5');
  t.equal(config.paper.latencyMs, 1.5);
  t.equal(config.sandbox.seed, 9);
  const set = ['venues.binance.takerFeePpm=500', 'venues.binance.endpoints.rest=http://127.0.0.1:1'];
  t.match(load({ flags: { venues: ['binance', 'kraken'], set } }).config.venues, { binance: { takerFeePpm: 500, endpoints: { rest: 'http://127.0.0.1:1' } }, kraken: {} }, '--set changes a field of what --venues names');
  t.same(Object.keys(load({ flags: { set } }).config.venues), ['binance', 'kraken'], 'a field of one venue leaves out no other');
  t.throws(() => load({ flags: { set: ['risk.maxloss=5'] } }), /did you mean "risk.maxLoss"/);
  t.throws(() => command.parse(['--api-port', 'x'], { from: 'user' }), /whole number/);
  t.end();
});

t.test('every wrong field is named with its value and what is accepted, all at once', (t) => {
  const file = {
    mode: 'sandbx', riks: {}, risk: { maxLos: '1', staleBookMs: -1, maxOrderNotional: 12.5, maxLoss: '0.00' }, pairs: ['BTC/USDT'], api: { host: '0.0.0.0' },
    venues: { binance: { endpoints: { ws: 'http://x' } } }, nats: { url: 'http://x' },
  };
  const error = refusal(() => load({ file, environment: { RINGSIDE_API_PORT: '70000', RINGSIDE_RISK_MAX_LOS: '1' } }));
  t.equal(error.code, 'CONFIG_INVALID');
  for (const expected of [
    'mode: "sandbx" is not accepted, did you mean "sandbox"?; accepted: sandbox, paper, live',
    'riks: unknown field, did you mean "risk"?; accepted: mode, venues, pairs',
    'risk.maxLos: unknown field, did you mean "maxLoss"?',
    'risk.staleBookMs: -1 is not accepted; accepted: a whole number from 1 to 600000',
    'risk.maxOrderNotional: 12.5 is not accepted; accepted: a decimal above 0 as text',
    'risk.maxLoss: "0.00" is not accepted; accepted: a decimal above 0 as text',
    'pairs[0]: "BTC/USDT" is not accepted; accepted: BASE-QUOTE in capitals',
    'api.host: "0.0.0.0" is not accepted; accepted: 127.0.0.1, ::1, localhost',
    'api.port: 70000 is not accepted (from environment RINGSIDE_API_PORT); accepted: a whole number from 0 to 65535',
    'venues.binance.endpoints.ws: "http://x" is not accepted; accepted: a URL that starts with wss:// or ws://',
    'nats.url: "http://x" is not accepted; accepted: a URL that starts with nats:// or tls://',
    'RINGSIDE_RISK_MAX_LOS: no such environment variable is known, did you mean "RINGSIDE_RISK_MAX_LOSS"?',
  ]) t.ok(error.message.includes(expected), expected, { message: error.message });
  t.end();
});

t.test('what only the whole can tell is checked too', (t) => {
  const said = (file: unknown, flags: ConfigFlags = {}): string => refusal(() => load({ file, flags })).message;
  t.match(said({ venues: { krakn: {} } }), /venues\.krakn: there is no such venue, did you mean "kraken"\?; accepted: binance, kraken/);
  t.match(said({ venues: { 'binance-usdm': {} } }), /venues\.binance-usdm: the sandbox has no binance-usdm: use --mode paper; accepted in mode sandbox: binance, kraken/);
  load({ file: { venues: { 'binance-usdm': {} } }, flags: { mode: 'paper' } });
  t.match(said({ venues: { kraken: { enabled: false } } }), /no venue is enabled/);
  t.match(said({ quoteMap: [{ from: 'BTC-USD', to: 'ETH-USDT', rate: '1' }] }), /only the quote may differ/);
  t.match(said({ quoteMap: [{ from: 'BTC-USD', to: 'BTC-USDC', rate: '1' }] }), /BTC-USDC is not among the pairs/);
  t.match(said({ quoteMap: [{ from: 'BTC-USD', to: 'BTC-USDT', rate: '1.00000001' }] }), /more than 6 decimals/);
  t.match(said({ strategies: [{ id: 'crossvenue' }] }), /there is no strategy "crossvenue", did you mean "cross-venue"\?/);
  t.match(said({ strategies: [{ id: 'cross-venue', minProfit: 3 }] }), /strategies\[0\]\.minProfit: unknown field, did you mean "minProfitBps"\?/);
  t.match(said({ strategies: [{ id: 'cross-venue', minProfitBps: -3 }] }), /strategies\[0\]\.minProfitBps: -3 is not accepted/);
  t.match(said({ clickhouse: { mode: 'server' } }), /clickhouse\.url: mode server needs it/);
  t.match(said({}, { set: ['risk.maxLos=1'] }), /there is no field risk\.maxLos, did you mean "risk\.maxLoss"\?/);
  t.match(said({}, { set: ['nonsense'] }), /FIELD=VALUE/);
  t.match(said({}, { mode: 'paper', live: true }), /--live: contradicts --mode paper/);
  t.equal(ratePpm('1.0002'), 1_000_200);
  t.end();
});

t.test('a file that is absent or no JSON is named', (t) => {
  t.match(refusal(() => load({ flags: { config: 'other.json' } })), { code: 'CONFIG_NOT_FOUND', message: /other\.json/ });
  t.match(refusal(() => load({ file: '{"mode": "paper",}' })), { code: 'CONFIG_MALFORMED', where: /ringside\.config\.json/ });
  t.match(refusal(() => load({ file: '[]' })), { code: 'CONFIG_MALFORMED' });
  t.end();
});

t.test('live mode starts only when confirmed, with keys, and with pairs that are named', (t) => {
  const keys = { BINANCE_API_KEY: 'k1', BINANCE_API_SECRET: 's1', KRAKEN_API_KEY: 'k2', KRAKEN_API_SECRET: 's2' };
  const pairs = ['BTC-USDT'];
  t.match(refusal(() => load({ file: { mode: 'live', pairs }, environment: keys })), { code: 'LIVE_NOT_CONFIRMED' });
  t.match(refusal(() => load({ environment: keys, flags: { live: true } })), { code: 'CONFIG_INVALID', message: /pairs that are named/ });
  t.match(refusal(() => load({ flags: { live: true, pairs }, environment: { ...keys, KRAKEN_API_SECRET: '' } })), { code: 'LIVE_KEYS_MISSING', message: /for kraken$/, fix: /KRAKEN_API_SECRET/ });
  const { config, secrets } = load({ flags: { live: true, pairs }, environment: keys });
  t.equal(config.mode, 'live');
  t.same(secrets.of('kraken'), { apiKey: 'k2', secret: 's2' });
  t.same(load({ environment: keys }).secrets.venues, [], 'real keys never reach the sandbox');
  t.end();
});

t.test('secrets come by reference, and neither the configuration nor any print of them shows a value', (t) => {
  const keyFile = join(dir, 'ed25519.pem');
  writeFileSync(keyFile, '-----BEGIN PRIVATE KEY-----\nxyz\n-----END PRIVATE KEY-----\n');
  const venues = { binance: { credentials: { apiKey: 'env:MY_KEY', privateKeyFile: keyFile } }, kraken: { credentials: { apiKey: 'plain-key', secret: 'plain-secret', plain: true } } };
  const loaded = load({ file: { mode: 'paper', venues }, environment: { MY_KEY: 'my-key' } });
  t.match(loaded.secrets.of('binance'), { apiKey: 'my-key', secret: '', privateKey: /^-----BEGIN/ });
  t.same(loaded.secrets.of('kraken'), { apiKey: 'plain-key', secret: 'plain-secret' });
  for (const print of [inspect(loaded, { depth: 9 }), JSON.stringify(loaded)]) t.notMatch(print, /my-key|plain-key|plain-secret|BEGIN/);
  const unreadable = { mode: 'paper', venues: { kraken: { credentials: { apiKey: 'file:nowhere', secret: 'env:X' } } } };
  t.match(refusal(() => load({ file: unreadable })), { code: 'SECRET_UNREADABLE', where: 'venues.kraken.credentials.apiKey' });
  const inFile = { mode: 'paper', venues: { kraken: { credentials: { apiKey: 'abc-secret', secret: 'def' } } } };
  const error = refusal(() => load({ file: inFile }));
  t.equal(error.code, 'SECRET_IN_CONFIG');
  t.notMatch(error.toText(), /abc-secret/);
  t.notMatch(refusal(() => load({ environment: { NATS_URL: 'http://user:pass-word@host' } })).toText(), /pass-word/);
  t.notMatch(refusal(() => load({ file: { venues: { kraken: { credentials: { apiKey: 7_654_321 } } } } })).toText(), /7654321/);
  t.end();
});

t.test('every field has its own environment variable', (t) => {
  const paths = leavesOf(configSchema).map(({ path }) => path);
  t.equal(new Set(paths.map(variableOf)).size, paths.length);
  t.equal(variableOf(['risk', 'staleBookMs']), 'RINGSIDE_RISK_STALE_BOOK_MS');
  t.same(environmentFields().get('RINGSIDE_HOME'), ['dataDir']);
  t.end();
});
