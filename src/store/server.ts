/** A ClickHouse server over HTTP. A chunk of the journal travels as it lies on disk: as the body of INSERT … FORMAT RowBinary. */
import { createReadStream } from 'node:fs';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { RingsideError } from '../model/errors.js';
import { SLOT_BYTES } from '../record/define.js';
import { SLOT_STRUCTURE } from './columns.js';
import { INSERT_SETTINGS, insertSlotsSql, QUERY_SETTINGS, unquoteIntegers, type QueryParams, type QueryResult, type SlotChunk, type Store } from './store.js';

export interface ServerOptions {
  /** `http://user:password@host:8123/database`; the database is made when absent. */
  readonly url: string;
  /** Used where the URL names none. */
  readonly database?: string;
  readonly timeoutMs?: number;
}

/** Query ids of one session's inserts begin so: what `settle` looks for. */
function idPrefix(session: number): string {
  return `ringside-${session}-`;
}

export class ServerStore implements Store {
  readonly place: string;
  private readonly client: ClickHouseClient;
  private readonly admin: ClickHouseClient;
  private readonly database: string;
  private databaseReady = false;
  private inserts = 0;

  /** @throws RingsideError CLICKHOUSE_URL */
  constructor(options: ServerOptions) {
    let url: URL;
    try {
      url = new URL(options.url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('the scheme must be http or https');
      this.database = decodeURIComponent(url.pathname.replace(/^\/|\/$/g, '')) || (options.database ?? 'default');
      if (!/^\w+$/.test(this.database)) throw new TypeError(`"${this.database}" is no database name`);
    } catch (error) {
      throw new RingsideError('CLICKHOUSE_URL', `CLICKHOUSE_URL cannot be used: ${(error as Error).message}`, { where: 'CLICKHOUSE_URL', fix: 'Write http://user:password@host:8123/database.' });
    }
    const common = {
      username: decodeURIComponent(url.username) || 'default', password: decodeURIComponent(url.password), request_timeout: options.timeoutMs ?? 60_000, application: 'ringside',
      log: { level: ClickHouseLogLevel.OFF }, // what fails is thrown, and said once by whoever catches it
    };
    const origin = `${url.protocol}//${url.host}`;
    this.place = `${origin}/${this.database}`;
    this.client = createClient({ ...common, url: origin, database: this.database });
    this.admin = createClient({ ...common, url: origin, database: 'default' });
  }

  /** Everything the client throws becomes an error with a code and a place. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (!this.databaseReady) {
        if (this.database !== 'default') await this.admin.command({ query: `CREATE DATABASE IF NOT EXISTS ${this.database}` });
        this.databaseReady = true;
      }
      return await work();
    } catch (error) {
      if (error instanceof RingsideError) throw error;
      const { code, message } = error as { code?: string; message: string };
      // ClickHouse's own codes are numbers; the network's are names.
      if (code !== undefined && /^\d+$/.test(code)) throw new RingsideError('CLICKHOUSE_REFUSED', message, { where: this.place, cause: error });
      throw new RingsideError('CLICKHOUSE_UNREACHABLE', `ClickHouse does not answer: ${message}`, { where: this.place, fix: 'Start the server or mend CLICKHOUSE_URL; until then the journal keeps everything.', cause: error });
    }
  }

  exec(sql: string, params: QueryParams = {}): Promise<void> {
    return this.guarded(async () => {
      await this.client.command({ query: sql, query_params: { ...params } });
    });
  }

  query(sql: string, params: QueryParams = {}): Promise<QueryResult> {
    return this.guarded(async () => {
      const answer = await this.client.query({ query: sql, query_params: { ...params }, format: 'JSONCompact', clickhouse_settings: QUERY_SETTINGS });
      const { meta, data } = await answer.json<unknown[]>();
      return unquoteIntegers({ columns: meta ?? [], rows: data });
    });
  }

  insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    return this.guarded(async () => {
      if (rows.length > 0) await this.client.insert({ table, values: [...rows], format: 'JSONEachRow' });
    });
  }

  insertSlots(chunk: SlotChunk): Promise<void> {
    return this.guarded(async () => {
      const body = createReadStream(chunk.path, { start: chunk.fromOrdinal * SLOT_BYTES, end: chunk.toOrdinal * SLOT_BYTES - 1, highWaterMark: 1 << 20 });
      try {
        const { stream } = await this.client.exec({
          query: `${insertSlotsSql(chunk, `input('${SLOT_STRUCTURE}')`)} FORMAT RowBinary`,
          values: body,
          query_id: `${idPrefix(chunk.session)}${chunk.segment}-${chunk.fromOrdinal}-${this.inserts++}`,
          // The answer must come after the rows are in, with a status that tells so.
          clickhouse_settings: { ...INSERT_SETTINGS, wait_end_of_query: 1 },
        });
        for await (const part of stream) void part;
      } finally {
        body.destroy();
      }
    });
  }

  /** A connection that broke leaves its insert running on the server: end it and wait for that. */
  settle(session: number): Promise<void> {
    return this.exec('KILL QUERY WHERE startsWith(query_id, {prefix:String}) SYNC', { prefix: idPrefix(session) });
  }

  ping(): Promise<void> {
    return this.guarded(async () => {
      const answer = await this.client.ping({ select: true });
      if (!answer.success) throw answer.error;
    });
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.admin.close();
  }
}
