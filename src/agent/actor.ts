/**
 * The actor contract. An actor is a role: records in, records out. It knows its inputs and outputs, never another actor,
 * and not which thread it runs on: a runner gives it turns.
 */
export interface Actor {
  readonly name: string;
  /** Before the first turn. I/O actors open their sockets here and resolve without waiting for the other side. */
  onStart?(): void | Promise<void>;
  /**
   * One turn: handle at most `limit` records and return how many were handled; 0 = nothing to do.
   * Never blocks; never throws on input (bad input is counted).
   */
  doWork(limit: number): number;
  /** About ten times a second on the thread's event loop; `nowNs` is engine time. */
  onTimer?(nowNs: number): void;
  /** After the last turn: flush and close. */
  onClose?(): void | Promise<void>;
  /** A snapshot for screens and the control API; structured-cloneable. */
  stats?(): Record<string, unknown>;
  /** Go through what it takes to send, without sending or remembering anything: keeps that code warm. Returns what would have been sent, if anything. */
  rehearse?(): string | undefined;
  /** A control call by name (comlink, cold path). */
  onCommand?(command: string, argument: unknown): unknown;
}

/** What a runner gives the actors it runs. */
export interface ActorContext {
  /** Nanoseconds since the session's epoch, the same scale on every thread. */
  nowNs(): number;
  /**
   * Something was published outside a turn (a socket event): give every hot actor of this thread its turns now, before
   * the event loop goes on. On a thread of its own this does nothing: the reader spins on another thread.
   */
  kick(): void;
  /** A control call to an actor that may be on another thread; arrives in a few milliseconds or, if that thread is down, not at all. */
  tell(actor: string, command: string, argument: unknown): void;
  /** Tell the supervisor and the operator: a stable code and what happened. */
  report(level: 'info' | 'warn' | 'error', code: string, text: string): void;
}
