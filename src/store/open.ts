/** Which store: a server when a URL is given, otherwise the embedded engine in the data directory. */
import { join } from 'node:path';
import { EmbeddedStore } from './embedded.js';
import { ServerStore } from './server.js';
import type { Store } from './store.js';

/** What a data directory holds. */
export function dataPaths(dataDirectory: string): { readonly journal: string; readonly clickhouse: string } {
  return { journal: join(dataDirectory, 'journal'), clickhouse: join(dataDirectory, 'clickhouse') };
}

/** @param url CLICKHOUSE_URL, where set @throws RingsideError CLICKHOUSE_URL */
export function openStore(dataDirectory: string, url: string | undefined): Store {
  return url === undefined || url === '' ? new EmbeddedStore({ directory: dataPaths(dataDirectory).clickhouse }) : new ServerStore({ url });
}
