/**
 * How far a session's journal is in the store. Progress is written after a chunk is in; a crash in between leaves rows
 * that are ahead of it, and they are deleted before loading goes on: so a row never arrives twice and none is missing.
 */
import { RECORDS } from '../record/schema.js';
import type { Store } from './store.js';

export interface Progress {
  readonly segment: number;
  /** Slots of the segment that are in. */
  readonly ordinal: number;
  /** Slots of the session that are in. */
  readonly records: number;
}

export const NOTHING: Progress = { segment: 1, ordinal: 0, records: 0 };

/** By session. */
export async function readProgress(store: Store): Promise<Map<number, Progress>> {
  const { rows } = await store.query('SELECT session, segment, ordinal, records FROM store_progress ORDER BY session, segment DESC, ordinal DESC LIMIT 1 BY session');
  return new Map(rows.map(([session, segment, ordinal, records]) => [Number(session), { segment: Number(segment), ordinal: Number(ordinal), records: Number(records) }]));
}

export function writeProgress(store: Store, session: number, { segment, ordinal, records }: Progress): Promise<void> {
  return store.insertRows('store_progress', [{ session, segment, ordinal, records }]);
}

const AHEAD = 'session = {session:UInt64} AND (segment > {segment:UInt32} OR (segment = {segment:UInt32} AND ordinal >= {ordinal:UInt32}))';

/** @returns number of rows deleted */
export async function deleteAhead(store: Store, session: number, { segment, ordinal }: Progress): Promise<number> {
  const params = { session, segment, ordinal };
  const counts = await store.query(RECORDS.map(({ table }) => `SELECT '${table}', count() FROM ${table} WHERE ${AHEAD}`).join(' UNION ALL '), params);
  let deleted = 0;
  for (const [table, count] of counts.rows) {
    if (Number(count) === 0) continue;
    await store.exec(`ALTER TABLE ${String(table)} DELETE WHERE ${AHEAD} SETTINGS mutations_sync = 2`, params);
    deleted += Number(count);
  }
  return deleted;
}

/** Rows of a session by type id. */
export async function countRows(store: Store, session: number): Promise<Map<number, number>> {
  const { rows } = await store.query(RECORDS.map(({ id, table }) => `SELECT ${id}, count() FROM ${table} WHERE session = {session:UInt64}`).join(' UNION ALL '), { session });
  return new Map(rows.map(([type, count]) => [Number(type), Number(count)]));
}
