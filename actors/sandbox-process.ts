/**
 * The sandbox as a child process at lower priority: what it costs is not the engine's. Ctrl-C in a terminal reaches every
 * process of the group, but the engine still needs its venues to cancel orders and compare balances: the child has a group
 * of its own, so that it is spared even before it listens to signals, and `--with-parent` makes it wait for the engine's
 * word, or for the engine's end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { RingsideError } from '../src/model/errors.js';
import type { VenueCredentials, VenueEndpoints, VenueSettings } from '../src/venue/contract.js';

const READY_MS = 20_000;
const STOP_MS = 3_000;
/** Nice value of processes that are not the engine. */
const LOWER_PRIORITY = 5;

/** What `ringside sandbox --json` prints when it is ready. */
export interface SandboxReady {
  readonly type: 'ready';
  readonly venues: Readonly<Record<string, {
    readonly rest: string;
    readonly ws: string;
    readonly wsApi?: string;
    readonly wsAuth?: string;
    readonly wsPrivate?: string;
    readonly wsOrders?: string;
    readonly apiKey: string;
    readonly secret: string;
    readonly passphrase?: string;
    readonly ed25519PrivateKey?: string;
    readonly privateKey?: string;
    readonly settings?: VenueSettings;
  }>>;
}

export interface SandboxProcess {
  readonly ready: SandboxReady;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Where the sandbox's venue is, in the engine's terms. */
export function sandboxVenue(ready: SandboxReady, venue: string): { endpoints: VenueEndpoints; credentials: VenueCredentials; settings: VenueSettings } {
  const found = ready.venues[venue];
  if (found === undefined) throw new RingsideError('NOT_IN_SANDBOX', `the sandbox has no venue ${venue}`, { where: venue, fix: `Choose among ${Object.keys(ready.venues).join(', ')}, or use --mode paper.` });
  const { rest, ws, wsApi, wsAuth, wsPrivate, wsOrders, apiKey, secret, passphrase, settings = {} } = found;
  const privateKey = found.privateKey ?? found.ed25519PrivateKey;
  return {
    endpoints: { rest, ws, wsPrivate: wsApi ?? wsAuth ?? wsPrivate ?? ws, ...(wsOrders === undefined ? {} : { wsOrders }) },
    credentials: { apiKey, secret, ...(privateKey === undefined ? {} : { privateKey }), ...(passphrase === undefined ? {} : { passphrase }) },
    settings,
  };
}

/** @param argv arguments of `ringside sandbox` @throws RingsideError SANDBOX_FAILED */
export async function startSandboxProcess(argv: readonly string[], onExit: (how: string) => void): Promise<SandboxProcess> {
  const entry = new URL('../src/cli/main.js', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [entry, 'sandbox', '--json', '--with-parent', ...argv], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let stopping = false;
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  const ready = await firstLine(child, () => stderr);
  child.once('exit', (code, signal) => {
    if (!stopping) onExit(signal === null ? `with code ${code}` : `by ${signal}`);
  });
  try {
    setPriority(child.pid!, LOWER_PRIORITY);
  } catch {
    // Not allowed here: the sandbox then competes on equal terms.
  }
  return {
    ready, pid: child.pid!,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(killer);
    },
  };
}

function firstLine(child: ChildProcess, stderr: () => string): Promise<SandboxReady> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new RingsideError('SANDBOX_FAILED', `the sandbox ${why}${stderr() === '' ? '' : `: ${stderr().trim()}`}`, { fix: 'Run `ringside sandbox` by itself to see what it says.' }));
    };
    const timer = setTimeout(() => fail(`was not ready within ${READY_MS / 1000} s`), READY_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended at once with code ${code}`);
    });
    const lines = createInterface({ input: child.stdout! });
    lines.once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      lines.close();
      child.stdout!.resume();
      try {
        resolve(JSON.parse(line) as SandboxReady);
      } catch {
        fail(`said "${line.slice(0, 100)}" instead of where it is`);
      }
    });
  });
}
