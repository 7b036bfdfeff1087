/** The main thread's side of a worker thread: a spare is kept ready, control calls have timeouts. */
import { MessageChannel, Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import './error-transfer.js';
import type { LoopKind } from '../src/agent/runner.js';
import type { ThreadHandle } from '../src/agent/supervisor.js';
import { youngSpace } from '../src/agent/young-space.js';
import { RingsideError } from '../src/model/errors.js';
import type { ThreadMessage, ThreadSpec } from './spec.js';
import type { Assignment, ThreadControl } from './worker.js';

const ENTRY = new URL('./worker.js', import.meta.url);
const START_MS = 30_000;

/** @throws RingsideError CONTROL_TIMEOUT: a call to a worker that has ended never settles */
async function withTimeout<T>(call: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RingsideError('CONTROL_TIMEOUT', `${what} did not answer within ${ms} ms`, { fix: 'The thread is busy or being restarted; look at its restarts in the status.' })), ms);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class WorkerThread implements ThreadHandle {
  readonly started: Promise<void>;
  private readonly control: Comlink.Remote<ThreadControl>;
  private ended = false;
  /** Rejects when the thread ends: whoever waits for an answer then need not wait for his timeout. */
  private readonly end: Promise<never>;

  constructor(private readonly worker: Worker, private readonly spec: ThreadSpec, onMessage: (message: ThreadMessage) => void) {
    const control = new MessageChannel();
    const messages = new MessageChannel();
    messages.port1.on('message', onMessage);
    messages.port1.unref();
    this.end = new Promise((_, reject) => {
      worker.once('exit', (code) => {
        this.ended = true;
        control.port1.close();
        messages.port1.close();
        reject(new RingsideError('THREAD_ENDED', `thread ${spec.plan.name} ended with code ${code}`, { fix: 'It is being restarted; try again in a moment.' }));
      });
    });
    this.end.catch(() => {}); // nobody need be waiting
    worker.on('error', (error) => onMessage({ kind: 'report', level: 'error', code: 'THREAD_FAILED', text: error.stack ?? error.message, thread: spec.plan.name }));
    worker.postMessage({ spec, control: control.port2, messages: messages.port2 } satisfies Assignment, [control.port2, messages.port2]);
    this.control = Comlink.wrap<ThreadControl>(nodeEndpoint(control.port1));
    this.started = this.answer(this.control.start(), START_MS, `start of thread ${spec.plan.name}`);
  }

  onExit(listener: (code: number) => void): void {
    this.worker.once('exit', listener);
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  async stop(ms: number): Promise<void> {
    if (this.ended) return;
    await this.answer(this.control.stop(), ms, `stop of thread ${this.spec.plan.name}`);
  }

  stats(ms: number): Promise<Record<string, Record<string, unknown>>> {
    return this.answer(this.control.stats(), ms, `thread ${this.spec.plan.name}`);
  }

  command(actor: string, command: string, argument: unknown, ms: number): Promise<unknown> {
    // Before it has started a thread has no actors to take commands.
    return this.answer(this.started.then(() => this.control.command(actor, command, argument)), ms, `${actor}.${command}`);
  }

  private answer<T>(call: Promise<T>, ms: number, what: string): Promise<T> {
    return withTimeout(Promise.race([call, this.end]), ms, what);
  }
}

/** Makes threads from a spare that has already loaded its code, and readies the next spare. */
export class ThreadPool {
  private spare: Worker | undefined;

  constructor(private readonly onMessage: (message: ThreadMessage) => void) {}

  create(spec: ThreadSpec): WorkerThread {
    const worker = this.spare ?? this.load(spec.plan.loop);
    this.spare = undefined;
    setTimeout(() => this.prepare(), 50).unref();
    return new WorkerThread(worker, spec, this.onMessage);
  }

  /** Have a spare ready. */
  prepare(): void {
    if (this.spare !== undefined || this.closed) return;
    // Whatever dies it stands in for: one that then runs a thread without sockets has that thread collected now and then.
    const spare = this.load('event');
    this.spare = spare;
    spare.postMessage('load');
    spare.unref();
    spare.once('exit', () => {
      if (this.spare === spare) this.spare = undefined;
    });
  }

  private closed = false;

  async close(): Promise<void> {
    this.closed = true;
    await this.spare?.terminate();
  }

  private load(loop: LoopKind): Worker {
    const worker = new Worker(ENTRY, { stdout: false, stderr: false, resourceLimits: youngSpace(loop === 'event' || loop === 'poll') });
    worker.on('error', () => {}); // WorkerThread reports it; a spare that fails is replaced
    return worker;
  }
}
