/** Which store: a server when a URL is given, otherwise the embedded engine in the data directory. */
import { EmbeddedStore } from './embedded.js';
import { ServerStore } from './server.js';
import type { Store } from './store.js';

export interface StoreChoice {
  /** Of the embedded engine. */
  readonly directory: string;
  /** CLICKHOUSE_URL, where set: then a server is used. */
  readonly url?: string | undefined;
  /** Database on the server where the URL names none. */
  readonly database?: string | undefined;
}

/** @throws RingsideError CLICKHOUSE_URL */
export function openStore({ directory, url, database = 'ringside' }: StoreChoice): Store {
  return url === undefined || url === '' ? new EmbeddedStore({ directory }) : new ServerStore({ url, database });
}
