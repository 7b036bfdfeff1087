/**
 * The embedded ClickHouse as seen by its owner: a child process and messages. The child is started by the first call,
 * and started anew by the next call after it has died; calls that were under way then fail with EMBEDDED_CLICKHOUSE_DIED.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RingsideError } from '../model/errors.js';
import type { Greeting, RequestBody, Response } from './embedded-protocol.js';
import type { QueryParams, QueryResult, SlotChunk, Store } from './store.js';

const CHILD = join(import.meta.dirname, 'embedded-child.js');
const STDERR_KEPT = 4_000;

export interface EmbeddedOptions {
  /** Data directory; made when absent. One process at a time may have it open. */
  readonly directory: string;
  /** A call that takes longer fails and the child is ended, because the engine inside cannot be interrupted. */
  readonly timeoutMs?: number;
  /** Time the child may take to load the library and open the directory. */
  readonly startTimeoutMs?: number;
}

interface Pending {
  readonly resolve: (result: QueryResult | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

class Child {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  alive = true;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private stderr = '';

  constructor(private readonly directory: string, startTimeoutMs: number) {
    this.process = fork(CHILD, [directory], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
    });
    this.exited = new Promise((done) => {
      // `close` comes after the last of stderr, which tells why.
      this.process.once('close', () => {
        this.alive = false;
        this.failAll(new RingsideError('EMBEDDED_CLICKHOUSE_DIED', 'the embedded ClickHouse process ended', { where: directory }));
        done();
      });
    });
    this.ready = this.greet(startTimeoutMs);
    this.ready.catch(() => undefined); // also awaited by every call
  }

  private greet(timeoutMs: number): Promise<void> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.kill();
        fail(unavailable(`it did not start within ${timeoutMs} ms`, this.directory));
      }, timeoutMs);
      let greeting: Greeting | undefined;
      this.process.on('message', (message: Greeting | Response) => {
        if ('id' in message) return this.answer(message);
        greeting = message;
        if (message.ready) {
          clearTimeout(timer);
          done();
        }
      });
      this.process.once('error', (error) => {
        clearTimeout(timer);
        this.alive = false;
        fail(unavailable(error.message, this.directory));
      });
      void this.exited.then(() => {
        clearTimeout(timer);
        fail(this.whyNotStarted(greeting));
      });
    });
  }

  private whyNotStarted(greeting: Greeting | undefined): RingsideError {
    if (/Cannot lock file|Another server instance/.test(this.stderr)) {
      return new RingsideError('EMBEDDED_CLICKHOUSE_IN_USE', 'another process has this embedded ClickHouse open', {
        where: this.directory,
        fix: 'Ask the engine that runs (its control API), stop it first, name another directory with --data-dir, or set CLICKHOUSE_URL to a server.',
      });
    }
    const text = greeting !== undefined && !greeting.ready ? greeting.text : `its process ended (exit ${this.process.exitCode ?? this.process.signalCode})`;
    return unavailable(`${text} ${this.stderr.split('\n')[0] ?? ''}`.trim(), this.directory);
  }

  private answer(message: Response): void {
    const call = this.pending.get(message.id);
    if (call === undefined) return;
    this.pending.delete(message.id);
    clearTimeout(call.timer);
    if ('error' in message) call.reject(new RingsideError('CLICKHOUSE_REFUSED', message.error, { where: this.directory }));
    else call.resolve(message.result);
  }

  call(body: RequestBody, timeoutMs: number): Promise<QueryResult | undefined> {
    return new Promise((done, fail) => {
      const id = this.nextId++;
      const timer = setTimeout(() => {
        this.pending.delete(id);
        fail(new RingsideError('CLICKHOUSE_TIMEOUT', `the embedded ClickHouse did not answer within ${timeoutMs} ms`, { where: this.directory }));
        this.kill();
      }, timeoutMs);
      this.pending.set(id, { resolve: done, reject: fail, timer });
      this.process.send({ id, ...body }, (error) => {
        if (error !== null) this.failAll(new RingsideError('EMBEDDED_CLICKHOUSE_DIED', error.message, { where: this.directory }));
      });
    });
  }

  private failAll(error: Error): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.pending.clear();
  }

  kill(): void {
    this.alive = false;
    this.process.kill('SIGKILL');
  }
}

function unavailable(text: string, directory: string): RingsideError {
  return new RingsideError('EMBEDDED_CLICKHOUSE_UNAVAILABLE', `the embedded ClickHouse cannot be used: ${text}`, {
    where: directory,
    fix: 'Set CLICKHOUSE_URL to a ClickHouse server, or run on Linux (glibc) or macOS, x64 or arm64, with a writable data directory. A damaged database can be moved away: a new one takes what the journal still holds.',
  });
}

export class EmbeddedStore implements Store {
  readonly place: string;
  private readonly timeoutMs: number;
  private readonly startTimeoutMs: number;
  private child: Child | undefined;
  private closed = false;

  constructor(options: EmbeddedOptions) {
    this.place = resolve(options.directory);
    this.timeoutMs = options.timeoutMs ?? 60_000;
    this.startTimeoutMs = options.startTimeoutMs ?? 30_000;
  }

  /** Process id of the child, while there is one. */
  get pid(): number | undefined {
    return this.child?.alive === true ? this.child.process.pid : undefined;
  }

  private async call(body: RequestBody): Promise<QueryResult | undefined> {
    if (this.closed) throw new RingsideError('STORE_CLOSED', 'the store is closed', { where: this.place });
    let child = this.child;
    if (child === undefined || !child.alive) {
      // The dead one must be gone first: it holds the directory's lock.
      await child?.exited;
      if (this.child === child) {
        try {
          mkdirSync(dirname(this.place), { recursive: true });
        } catch (error) {
          throw unavailable((error as Error).message, this.place);
        }
        this.child = new Child(this.place, this.startTimeoutMs);
      }
      child = this.child!;
    }
    await child.ready;
    return child.call(body, this.timeoutMs);
  }

  async exec(sql: string, params: QueryParams = {}): Promise<void> {
    await this.call({ op: 'exec', sql, params });
  }

  async query(sql: string, params: QueryParams = {}): Promise<QueryResult> {
    return (await this.call({ op: 'query', sql, params }))!;
  }

  async insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await this.call({ op: 'insertRows', table, rows });
  }

  async insertSlots(chunk: SlotChunk): Promise<void> {
    await this.call({ op: 'insertSlots', chunk: { ...chunk, path: resolve(chunk.path) } });
  }

  /** An insert ends with its process, and a call returns only after its insert: nothing can still run. */
  async settle(): Promise<void> {
    await this.ping();
  }

  async ping(): Promise<void> {
    await this.call({ op: 'query', sql: 'SELECT 1', params: {} });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    const child = this.child;
    if (child === undefined) {
      this.closed = true;
      return;
    }
    if (child.alive) {
      await child.ready.then(() => child.call({ op: 'close' }, 10_000)).catch(() => undefined);
      const patience = setTimeout(() => child.kill(), 5_000);
      await child.exited;
      clearTimeout(patience);
    }
    this.closed = true;
    await child.exited;
  }
}
