/** What the rest of the house knows of ClickHouse: the embedded engine and a server look the same. */
import { RingsideError } from '../model/errors.js';
import { CHUNK_COLUMNS, SLOT_COLUMNS } from './columns.js';

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** 64-bit integers are numbers where they are exact in 2^53, otherwise text; so are decimals and times. */
  readonly rows: readonly (readonly unknown[])[];
}

export type QueryParams = Readonly<Record<string, unknown>>;

/** Whole slots [from, to) of one segment file. */
export interface SlotChunk {
  readonly path: string;
  readonly fromOrdinal: number;
  readonly toOrdinal: number;
  /** The chunk ends where its segment ends, and nothing will ever be appended to that segment. */
  readonly isFinal: boolean;
  readonly session: number;
  readonly segment: number;
  /** Unix ns of the session's epoch, decimal text. */
  readonly epochUnixNs: string;
}

export interface Store {
  /** Where the rows go, for people: a folder or a URL without its password. */
  readonly place: string;
  exec(sql: string, params?: QueryParams): Promise<void>;
  query(sql: string, params?: QueryParams): Promise<QueryResult>;
  insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  /** All the chunk's rows are in when this resolves; when it rejects, some of them may be. */
  insertSlots(chunk: SlotChunk): Promise<void>;
  /** When this resolves, no insert of this session that was begun before, here or by a dead predecessor, still runs. */
  settle(session: number): Promise<void>;
  /** @throws RingsideError when the store does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const COLUMNS = [...CHUNK_COLUMNS, ...SLOT_COLUMNS].map(({ name }) => name).join(', ');

/** `source` is a table function that yields the slots as they lie in the segment. */
export function insertSlotsSql(chunk: SlotChunk, source: string): string {
  const { session, segment, epochUnixNs } = chunk;
  if (!Number.isSafeInteger(session) || !Number.isInteger(segment) || !/^-?\d+$/.test(epochUnixNs)) throw new RingsideError('SESSION_INVALID', 'session, segment and epoch must be integers', { where: chunk.path });
  return `INSERT INTO slots (${COLUMNS}) SELECT toUInt64(${session}), toUInt32(${segment}), toInt64(${epochUnixNs}), ${SLOT_COLUMNS.map(({ name }) => name).join(', ')} FROM ${source}`;
}

/**
 * One thread per insert, because the hot threads need the cores. A wild time in a record may not stop the journal
 * (partitions), and a view that fails fails the insert.
 */
export const INSERT_SETTINGS = {
  max_threads: 1, max_insert_threads: '1', max_partitions_per_insert_block: '0', async_insert: 0, materialized_views_ignore_errors: 0, parallel_view_processing: 0,
} as const;

export const QUERY_SETTINGS = { output_format_json_quote_64bit_integers: 1, output_format_json_quote_decimals: 1, join_use_nulls: 0 } as const;

/** UInt64 and friends come quoted; give back numbers where that is exact. */
export function unquoteIntegers(result: QueryResult): QueryResult {
  const wide = result.columns.map(({ type }) => /^(Nullable\()?U?Int64\)?$/.test(type));
  if (!wide.includes(true)) return result;
  return {
    columns: result.columns,
    rows: result.rows.map((row) => row.map((value, i) => (wide[i] && typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : value))),
  };
}
