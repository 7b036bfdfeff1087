/**
 * Runners give actors their turns. The same actors run packed in one thread, on a thread each, or driven by the caller;
 * they cannot tell. A thread's loop is chosen by what its actors wait for:
 *
 *   event   sockets only: turns are given when a socket event kicks, and by the timer. Burns nothing while idle.
 *   spin    rings only, a core of its own: spins in slices of a few milliseconds, then lets the event loop turn once.
 *   poll    rings and sockets, latency matters: a turn per event-loop turn (setImmediate, about 1.5 µs).
 *   lazy    observers: a turn every few milliseconds, at once again while there is work.
 */
import type { Actor } from './actor.js';

export type LoopKind = 'event' | 'spin' | 'poll' | 'lazy';

/** Records an actor may handle in one turn, so that no actor starves its neighbours. */
const TURN_LIMIT = 256;
/** Rounds over all actors that one kick may take before the event loop gets its turn. */
const KICK_ROUNDS = 64;
const SPIN_SLICE_MS = 4;
/** A slice ends after so many records, however few rounds that took; one with nothing to do on a shared core after so few rounds. */
const SPIN_RECORDS = 4096;
const SPIN_ROUNDS_MIN = 64;
const SPIN_ROUNDS_MAX = 1 << 20;
const TIMER_MS = 100;
const GIVE_WAY_MS = 1;
/** A lazy loop looks again after this long. */
const LAZY_MS = 4;

export interface RunnerOptions {
  readonly loop: LoopKind;
  /** The thread has a core of its own: it may burn it while it waits. Without one it gives way for a millisecond. */
  readonly dedicated: boolean;
  nowNs(): number;
  /** Monotonic milliseconds, for slices. */
  nowMs(): number;
  /** Called about ten times a second: the thread is alive. */
  beat(): void;
  /** An actor threw: that is a bug in the actor; the thread ends and the supervisor starts it anew. */
  fatal(actor: string, error: unknown): void;
}

/** Gives turns to the actors of one thread, in the order in which records flow between them. */
export class Runner {
  private running = false;
  private kicking = false;
  private kickedAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private lazyTimer: NodeJS.Timeout | undefined;
  /** Rounds that take about a slice. Learned, so that the clock is read twice a slice: a reading allocates, a round does not. */
  private spinRounds = SPIN_ROUNDS_MIN;
  private readonly spinAgain = (): void => this.spin();
  private readonly pollAgain = (): void => this.poll();
  /** Turns that did something, and all turns: how busy the thread is. */
  readonly turns = { worked: 0, all: 0, records: 0 };

  constructor(private readonly actors: readonly Actor[], private readonly options: RunnerOptions) {}

  async start(): Promise<void> {
    for (const actor of this.actors) await actor.onStart?.();
    this.running = true;
    this.timer = setInterval(() => this.onTimer(), TIMER_MS);
    this.options.beat();
    if (this.options.loop === 'spin') this.spin();
    else if (this.options.loop === 'poll') this.poll();
    else if (this.options.loop === 'lazy') this.lazy();
    this.kick();
  }

  /** Stop giving turns, let every actor finish what has reached it, then close them in the order records flow. */
  async stop(): Promise<void> {
    this.running = false;
    clearInterval(this.timer);
    clearTimeout(this.lazyTimer);
    for (let i = 0; i < 10_000 && this.round() > 0; i++);
    for (const actor of this.actors) {
      await actor.onClose?.();
      this.round();
    }
  }

  /** See ActorContext.kick. */
  kick(): void {
    if (this.options.loop === 'spin' || !this.running) return;
    if (this.kicking) {
      this.kickedAgain = true;
      return;
    }
    this.kicking = true;
    for (let i = 0; i < KICK_ROUNDS; i++) {
      this.kickedAgain = false;
      if (this.round() === 0 && !this.kickedAgain) {
        this.kicking = false;
        return;
      }
    }
    this.kicking = false;
    setImmediate(() => this.kick()); // more work than one kick may take: sockets first, then on
  }

  /** One turn for every actor. Returns the records handled. */
  round(): number {
    let done = 0;
    for (let i = 0; i < this.actors.length; i++) {
      const actor = this.actors[i];
      try {
        done += actor.doWork(TURN_LIMIT);
      } catch (error) {
        this.running = false;
        this.options.fatal(actor.name, error);
        return 0;
      }
    }
    this.turns.all++;
    if (done > 0) {
      this.turns.worked++;
      this.turns.records += done;
    }
    return done;
  }

  private onTimer(): void {
    this.options.beat();
    const nowNs = this.options.nowNs();
    for (const actor of this.actors) actor.onTimer?.(nowNs);
    this.kick();
  }

  private spin(): void {
    if (!this.running) return;
    const startMs = this.options.nowMs();
    let done = 0;
    for (let i = 0; i < this.spinRounds && done < SPIN_RECORDS; i++) {
      done += this.round();
      if (i >= SPIN_ROUNDS_MIN && done === 0 && !this.options.dedicated) break;
    }
    this.learnRounds(this.options.nowMs() - startMs);
    this.again(done, this.spinAgain);
  }

  private learnRounds(tookMs: number): void {
    const ratio = Math.min(2, Math.max(0.5, SPIN_SLICE_MS / Math.max(1e-3, tookMs)));
    this.spinRounds = Math.min(SPIN_ROUNDS_MAX, Math.max(SPIN_ROUNDS_MIN, Math.round(this.spinRounds * ratio)));
  }

  private poll(): void {
    if (!this.running) return;
    const before = this.turns.records;
    this.kick();
    this.again(this.turns.records - before, this.pollAgain);
  }

  private again(done: number, turn: () => void): void {
    if (done > 0 || this.options.dedicated) setImmediate(turn);
    else this.lazyTimer = setTimeout(turn, GIVE_WAY_MS);
  }

  private lazy(): void {
    if (!this.running) return;
    let rounds = 0;
    while (this.round() > 0 && ++rounds < KICK_ROUNDS);
    if (rounds === KICK_ROUNDS) setImmediate(() => this.lazy());
    else this.lazyTimer = setTimeout(() => this.lazy(), LAZY_MS);
  }
}

/** Give turns until nobody has anything to do: tests, replay and backtests drive actors this way. */
export function runUntilIdle(actors: readonly Actor[], maxRounds = 1_000_000): number {
  let total = 0;
  for (let i = 0; i < maxRounds; i++) {
    let done = 0;
    for (const actor of actors) done += actor.doWork(TURN_LIMIT);
    if (done === 0) return total;
    total += done;
  }
  throw new Error(`actors were still working after ${maxRounds} rounds`);
}
