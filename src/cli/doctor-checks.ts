/** What `ringside doctor` looks at. Each check answers with a level, what it saw, and what to do. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectNats } from 'nats';
import { Arena } from '../../actors/arena.js';
import { RingsideError } from '../model/errors.js';
import { redactedUrl } from '../model/url.js';
import { openStore } from '../store/open.js';
import { isDriven, type DrivenVenue } from '../venue/driven.js';
import { venueById } from '../venue/registry.js';
import type { LoadedConfig, RingsideConfig } from '../config/config.js';
import { bytesText } from './format.js';
import { secretVariables } from '../config/secrets.js';

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly text: string;
  readonly fix?: string;
}

type Answer = Omit<Finding, 'check'>;

export interface Check {
  readonly name: string;
  run(): Answer | Promise<Answer>;
}

const ok = (text: string): Answer => ({ level: 'ok', text });
const warn = (text: string, fix: string): Answer => ({ level: 'warn', text, fix });
const fail = (text: string, fix: string): Answer => ({ level: 'fail', text, fix });

const REACH_MS = 2500;
/** A library that loads, and an exchange that lists thousands of markets. */
const MARKETS_MS = 20_000;
const MIB = 1024 ** 2;
/** A clock farther off than this makes venues refuse signed requests sooner or later. */
const CLOCK_WARN_MS = 1500;

export function machineChecks(): Check[] {
  return [
    { name: 'Node.js', run: node },
    { name: 'cores', run: cores },
    { name: 'memory', run: memory },
    { name: 'shared memory', run: sharedMemory },
    { name: 'pinning', run: pinning },
  ];
}

export function engineChecks(loaded: LoadedConfig): Check[] {
  const { config, secrets } = loaded;
  const { clickhouse, nats, api, venues, mode } = config;
  const checks: Check[] = [{ name: 'data directory', run: () => dataDirectory(config) }];
  if (clickhouse.mode === 'embedded') checks.push({ name: 'embedded ClickHouse', run: embedded });
  if (clickhouse.mode === 'server') checks.push({ name: 'ClickHouse server', run: () => server(config) });
  checks.push({ name: 'NATS', run: () => (nats.url === undefined ? ok('no server configured; the bridge is off') : natsServer(nats.url)) });
  if (api.enabled && api.port !== 0) checks.push({ name: 'API port', run: () => port(api.host, api.port) });
  for (const id of Object.keys(venues)) {
    checks.push({ name: `${id} keys`, run: () => keys(id, mode, secrets.of(id) !== undefined) }, reachCheck(id, loaded));
  }
  return checks;
}

function node(): Answer {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 11) ? ok(`${process.versions.node}, ${process.platform} ${process.arch}`) : fail(process.versions.node, 'Install Node.js 20.11 or later.');
}

function cores(): Answer {
  const count = availableParallelism();
  if (count >= 4) return ok(`${count} usable`);
  if (count >= 2) return ok(`${count} usable: actors are packed, so that none spins against its own producer`);
  return warn('1 usable', 'The engine runs, but hops wait for the scheduler; give it 2 cores or more.');
}

function memory(): Answer {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = Math.min(freemem(), total);
  return free >= 1024 * MIB ? ok(`${bytesText(free)} free of ${bytesText(total)}`) : warn(`${bytesText(free)} free of ${bytesText(total)}`, 'Rings, books and the embedded ClickHouse want about 1 GiB; free some, or use a ClickHouse server.');
}

function sharedMemory(): Answer {
  try {
    const words = new Int32Array(new Arena(4096).buffer);
    return Atomics.add(words, 0, 1) === 0 ? ok('page-aligned, atomics work') : fail('atomics do not work', 'Use another build of Node.js.');
  } catch (error) {
    return fail(`cannot be had: ${String(error)}`, 'Raise the limit on virtual memory (ulimit -v) or use another build of Node.js.');
  }
}

function pinning(): Answer {
  if (process.platform !== 'linux') return ok(`not offered on ${process.platform}; threads run where the system puts them`);
  const shown = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
  return shown.status === 0 ? ok(`taskset works, cores ${shown.stdout.trim().split(': ').pop()}`) : warn('taskset is absent', 'Install util-linux, if latency matters: threads will not be pinned to cores.');
}

function dataDirectory({ dataDir }: RingsideConfig): Answer {
  try {
    let existing = dataDir;
    while (!existsSync(existing)) existing = dirname(existing);
    accessSync(existing, constants.W_OK);
    const { bavail, bsize } = statfsSync(existing);
    const free = bavail * bsize;
    const text = `${dataDir}, ${bytesText(free)} free`;
    if (free < 512 * MIB) return fail(text, 'Free some space, or name another folder with --data-dir: the journal stops trading when the disk is full.');
    return free < 5120 * MIB ? warn(text, 'A busy day journals a few GiB; watch it, or name another folder with --data-dir.') : ok(text);
  } catch (error) {
    return fail(`${dataDir}: ${error instanceof Error ? error.message : String(error)}`, 'Name a folder this user may write to with --data-dir or RINGSIDE_HOME.');
  }
}

/** In a directory of its own, because a running engine keeps the real one to itself. */
async function embedded(): Promise<Answer> {
  const directory = mkdtempSync(join(tmpdir(), 'ringside-doctor-'));
  const store = openStore({ directory: join(directory, 'clickhouse') });
  try {
    await store.ping();
    return ok('loads and answers, in a process of its own');
  } catch (error) {
    return fail(textOf(error), 'Run npm ci again, set CLICKHOUSE_URL to use a server, or run with --no-store.');
  } finally {
    await store.close().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function server({ clickhouse }: RingsideConfig): Promise<Answer> {
  const store = openStore({ directory: clickhouse.dir, url: clickhouse.url, database: clickhouse.database });
  try {
    await Promise.race([store.ping(), sleep(REACH_MS, undefined, { ref: false }).then(() => Promise.reject(new Error(`no answer within ${REACH_MS} ms`)))]);
    return ok(`${store.place} answers`);
  } catch (error) {
    return fail(`${store.place}: ${textOf(error)}`, 'Start the server or mend CLICKHOUSE_URL; meanwhile the journal keeps everything.');
  } finally {
    await store.close().catch(() => undefined);
  }
}

async function natsServer(url: string): Promise<Answer> {
  try {
    const connection = await connectNats({ servers: url, timeout: REACH_MS, reconnect: false, name: 'ringside doctor' });
    const version = connection.info?.version ?? 'unknown';
    await connection.close();
    return ok(`${redactedUrl(url)} answers, version ${version}`);
  } catch (error) {
    return warn(`${redactedUrl(url)}: ${textOf(error)}`, 'Start nats-server or mend NATS_URL; meanwhile messages are dropped and counted, trading goes on.');
  }
}

async function port(host: string, number: number): Promise<Answer> {
  const probe = createServer();
  try {
    probe.listen(number, host);
    await once(probe, 'listening');
    probe.close();
    await once(probe, 'close');
    return ok(`${host}:${number} is free`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? warn(`${host}:${number} is taken, perhaps by a running Ringside`, 'Stop the other process, or use --api-port 0 or --no-api.')
      : fail(`${host}:${number}: ${textOf(error)}`, 'Choose another port with --api-port.');
  }
}

/** Says that there are keys, never which. */
function keys(id: string, mode: string, present: boolean): Answer {
  if (mode === 'sandbox') return ok('not needed: the sandbox hands out its own');
  if (present) return ok('present');
  const { apiKey, secret, privateKeyFile } = secretVariables(id);
  return mode === 'live' ? fail('absent', `Set ${apiKey} and ${secret} (or ${privateKeyFile}, where the venue takes one).`) : ok('absent; paper mode needs none');
}

/** A venue of ours is asked for the time; of one behind a client it is known only what the client makes of it. */
function reachCheck(id: string, { config, secrets }: LoadedConfig): Check {
  const venue = venueById(id);
  if (!isDriven(venue)) return { name: `${id} clock`, run: () => venueClock(id, config) };
  return { name: `${id} markets`, run: () => (config.mode === 'sandbox' ? ok(`reached through ${venue.via}; sandbox mode does not need the exchange itself`) : venueMarkets(venue, config, secrets)) };
}

async function venueMarkets(venue: DrivenVenue, { venues }: RingsideConfig, secrets: LoadedConfig['secrets']): Promise<Answer> {
  const beforeMs = Date.now();
  try {
    const endpoints = { ...venue.endpoints, ...venues[venue.id].endpoints };
    const markets = await Promise.race([venue.listMarkets({ endpoints, credentials: secrets.of(venue.id), settings: {} }), sleep(MARKETS_MS, undefined, { ref: false }).then(() => Promise.reject(new Error(`no answer within ${MARKETS_MS} ms`)))]);
    return ok(`${markets.length} through ${venue.via} in ${Date.now() - beforeMs} ms; slower than a native venue`);
  } catch (error) {
    return fail(textOf(error), 'Check the network, the proxy, the keys, and venues.*.endpoints.');
  }
}

/** The Date header of any answer tells the venue's time to a second, whatever its API. */
async function venueClock(id: string, { venues, mode }: RingsideConfig): Promise<Answer> {
  const rest = venues[id].endpoints?.rest ?? venueById(id).endpoints.rest;
  const beforeMs = Date.now();
  const answer = await reach(rest);
  const afterMs = Date.now();
  if (!answer.ok) return mode === 'sandbox' ? ok(`${rest} is not reachable; sandbox mode does not need it`) : fail(`${rest}: ${answer.why}`, 'Check the network, the proxy, and venues.*.endpoints.');
  if (answer.dateMs === undefined) return ok(`${rest} is reachable; it does not tell the time`);
  const offsetMs = answer.dateMs + 500 - (beforeMs + afterMs) / 2;
  const text = `reachable in ${afterMs - beforeMs} ms, clocks within ${(Math.abs(offsetMs) / 1000).toFixed(1)} s`;
  return Math.abs(offsetMs) > CLOCK_WARN_MS + (afterMs - beforeMs) / 2 ? warn(text, 'Synchronise this machine\'s clock (chrony, systemd-timesyncd): venues refuse signed requests that are off.') : ok(text);
}

async function reach(url: string): Promise<{ ok: true; dateMs?: number } | { ok: false; why: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(REACH_MS), redirect: 'manual' });
    await answer.body?.cancel();
    const dateMs = Date.parse(answer.headers.get('date') ?? '');
    return { ok: true, ...(Number.isNaN(dateMs) ? {} : { dateMs }) };
  } catch (error) {
    return { ok: false, why: textOf(error instanceof Error && error.cause instanceof Error ? error.cause : error) };
  }
}

function textOf(error: unknown): string {
  if (error instanceof RingsideError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
