/**
 * Keeps threads alive. A thread that ends without being asked, or whose heartbeat stops, is started anew at once; one
 * that keeps dying is given growing pauses, so that a bug does not become a storm. Rings and ledgers live in shared
 * memory and outlive their threads. Workers are created by whoever owns Workers: the supervisor sees handles.
 */
import { Backoff } from './backoff.js';

export interface ThreadHandle {
  /** Resolves when all actors of the thread have started. */
  readonly started: Promise<void>;
  /** Called once, when the thread has ended for whatever reason. */
  onExit(listener: (code: number) => void): void;
  terminate(): Promise<void>;
}

export interface SupervisorOptions<H extends ThreadHandle> {
  spawn(thread: string, life: number): H;
  nowMs(): number;
  random(): number;
  /** Heartbeats seen so far; any change means alive. */
  heartbeat(thread: string): number;
  onDied(thread: string, exitCode: number): void;
  onBack(thread: string, downMs: number): void;
}

interface Supervised<H> {
  readonly name: string;
  handle: H;
  life: number;
  restarts: number;
  lastDownMs: number;
  beat: number;
  beatAtMs: number;
  up: boolean;
  readonly backoff: Backoff;
}

/** A thread without a heartbeat for this long is stuck. Longer than any garbage collection or disk stall we want to survive. */
const STUCK_MS = 5_000;
const CHECK_MS = 500;
/** A thread that lived this long was no crash loop: its death is a first one, and the next life begins at once. */
const STABLE_MS = 1_000;

export interface ThreadReport {
  readonly name: string;
  readonly up: boolean;
  readonly restarts: number;
  /** How long the last restart took, from death to all actors started; 0 = never restarted. */
  readonly lastDownMs: number;
}

export class Supervisor<H extends ThreadHandle> {
  private readonly threads = new Map<string, Supervised<H>>();
  private stopping = false;
  private watch: NodeJS.Timeout | undefined;
  private checkedAtMs = 0;

  constructor(private readonly options: SupervisorOptions<H>) {}

  async start(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const thread: Supervised<H> = {
        name, handle: this.options.spawn(name, 0), life: 0, restarts: 0, lastDownMs: 0, beat: 0, beatAtMs: this.options.nowMs(), up: false,
        backoff: new Backoff(100, 5_000, () => this.options.random()),
      };
      this.threads.set(name, thread);
      this.watchExit(thread);
    }
    await Promise.all([...this.threads.values()].map(async (thread) => {
      await thread.handle.started;
      thread.up = true;
    }));
    this.checkedAtMs = this.options.nowMs();
    this.watch = setInterval(() => this.checkHeartbeats(), CHECK_MS);
  }

  handle(name: string): H {
    const thread = this.threads.get(name);
    if (thread === undefined) throw new RangeError(`no thread ${name}; there are ${[...this.threads.keys()].join(', ')}`);
    return thread.handle;
  }

  report(): ThreadReport[] {
    return [...this.threads.values()].map(({ name, up, restarts, lastDownMs }) => ({ name, up, restarts, lastDownMs }));
  }

  /** No more restarts: the threads are about to be stopped on purpose. */
  release(): void {
    this.stopping = true;
    clearInterval(this.watch);
  }

  private watchExit(thread: Supervised<H>): void {
    const bornAtMs = this.options.nowMs();
    const { life } = thread;
    thread.handle.onExit((code) => {
      if (this.stopping || thread.life !== life) return;
      const diedAtMs = this.options.nowMs();
      thread.up = false;
      if (diedAtMs - bornAtMs > STABLE_MS) thread.backoff.succeeded();
      this.options.onDied(thread.name, code);
      const pauseMs = thread.backoff.nextMs();
      if (pauseMs === 0) this.restart(thread, diedAtMs);
      else setTimeout(() => this.restart(thread, diedAtMs), pauseMs);
    });
  }

  private restart(thread: Supervised<H>, diedAtMs: number): void {
    if (this.stopping) return;
    thread.life++;
    thread.restarts++;
    thread.handle = this.options.spawn(thread.name, thread.life);
    thread.beatAtMs = this.options.nowMs();
    const { life } = thread;
    this.watchExit(thread);
    thread.handle.started.then(
      () => {
        if (thread.life !== life) return;
        thread.up = true;
        thread.lastDownMs = this.options.nowMs() - diedAtMs;
        this.options.onBack(thread.name, thread.lastDownMs);
      },
      () => void thread.handle.terminate(), // its exit brings the next attempt
    );
  }

  private checkHeartbeats(): void {
    const now = this.options.nowMs();
    // Who was stopped himself (a suspended process) cannot say of others that they stood still.
    const slept = now - this.checkedAtMs > STUCK_MS / 2;
    this.checkedAtMs = now;
    for (const thread of this.threads.values()) {
      const beat = this.options.heartbeat(thread.name);
      if (beat !== thread.beat || !thread.up || slept) {
        thread.beat = beat;
        thread.beatAtMs = now;
      } else if (now - thread.beatAtMs > STUCK_MS) {
        thread.beatAtMs = now;
        void thread.handle.terminate();
      }
    }
  }
}
