/** What the control API needs of an engine; the composition root supplies it. Calls may hang: the API gives each a timeout. */
import type { EngineStatus } from './status.js';

export interface EngineControl {
  status(): EngineStatus | Promise<EngineStatus>;
  /** Why it is not ready, or an empty list: venues up, books in sync, journal writable. */
  readiness(): readonly string[] | Promise<readonly string[]>;
  /** Let strategies trade. Doing so twice is no error. */
  start(): Promise<void>;
  /** Stop trading and cancel open orders; market data goes on. */
  stop(): Promise<void>;
  /** Kill switch: nothing new is sent, open orders are cancelled, until `unkill`. */
  kill(reason: string): Promise<void>;
  unkill(): Promise<void>;
  /** Run a stored query by name. `session` among the parameters is `all` or an id; without it, the running session. Absent: no store in this engine. */
  query?(name: string, parameters: Readonly<Record<string, string>>): Promise<QueryAnswer>;
}

export interface QueryAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}
