/**
 * The stored questions: clickhouse/queries/NAME.sql, one each. The head of a file gives its title and its parameters,
 *   -- title: What it answers
 *   -- param: name Type = 'default' -- what it does
 * and parameters reach ClickHouse bound as {name:Type}, never as text. {sessions:Array(UInt64)} is there for every query.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingsideError } from '../model/errors.js';
import { CLICKHOUSE_FOLDER } from './migrations.js';
import type { QueryParams, QueryResult, Store } from './store.js';

export interface QueryParameter {
  readonly name: string;
  /** ClickHouse type. */
  readonly type: string;
  readonly default: string;
  readonly doc: string;
}

export interface StoredQuery {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly QueryParameter[];
  readonly sql: string;
}

function parseQuery(name: string, text: string): StoredQuery {
  const title = /^-- title: (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new RingsideError('QUERY_MALFORMED', 'a stored query begins with `-- title: …`', { where: name });
  const parameters = [...text.matchAll(/^-- param: (\w+) (\w+) = ('([^']*)'|-?[\d.]+) -- (.+)$/gm)].map(([, param, type, literal, quoted, doc]): QueryParameter => ({ name: param, type, default: quoted ?? literal, doc }));
  const declared = text.match(/^-- param:/gm)?.length ?? 0;
  if (declared !== parameters.length) throw new RingsideError('QUERY_MALFORMED', "a parameter reads `-- param: name Type = 'default' -- what it does`", { where: name });
  const sql = text.split('\n').filter((line) => !line.startsWith('--')).join('\n').trim().replace(/;$/, '');
  return { name, title, parameters, sql };
}

export function readQueries(folder = join(CLICKHOUSE_FOLDER, 'queries')): StoredQuery[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).sort().map((name) => parseQuery(name.slice(0, -4), readFileSync(join(folder, name), 'utf8')));
}

/** @throws RingsideError QUERY_UNKNOWN */
export function findQuery(name: string, queries = readQueries()): StoredQuery {
  const found = queries.find((query) => query.name === name);
  if (found === undefined) throw new RingsideError('QUERY_UNKNOWN', `there is no query "${name}"`, { fix: `There are: ${queries.map((query) => query.name).join(', ')}.` });
  return found;
}

/** Every parameter of the query, as given or by default. @throws RingsideError QUERY_PARAM */
function bindParameters(query: StoredQuery, given: Readonly<Record<string, string>>): QueryParams {
  const accepted = query.parameters.length === 0 ? 'it has none' : `it has ${query.parameters.map(({ name, type }) => `${name} (${type})`).join(', ')}`;
  for (const name of Object.keys(given)) {
    if (!query.parameters.some((parameter) => parameter.name === name)) throw new RingsideError('QUERY_PARAM', `the query ${query.name} has no parameter "${name}"`, { where: `--param ${name}`, fix: `Of parameters, ${accepted}.` });
  }
  return Object.fromEntries(query.parameters.map(({ name, type, default: value }) => {
    const text = given[name] ?? value;
    if (type !== 'String' && !/^-?\d+(\.\d+)?$/.test(text)) throw new RingsideError('QUERY_PARAM', `"${text}" is no ${type}`, { where: `--param ${name}`, fix: 'Give a number.' });
    return [name, text];
  }));
}

export function nothingStored(place: string): RingsideError {
  return new RingsideError('SESSION_UNKNOWN', 'nothing has been stored here yet', { where: place, fix: 'Run `ringside start` first, or name its data directory with --data-dir.' });
}

/** `last`, `all`, or a session's id → ids. @throws RingsideError SESSION_UNKNOWN */
async function resolveSessions(store: Store, session: string): Promise<number[]> {
  const { rows } = await store.query('SELECT DISTINCT session FROM sessions ORDER BY session');
  const all = rows.map(([id]) => Number(id));
  if (session === 'all' && all.length > 0) return all;
  const wanted = session === 'last' ? all.at(-1) : all.find((id) => String(id) === session);
  if (wanted === undefined) {
    if (all.length === 0) throw nothingStored(store.place);
    throw new RingsideError('SESSION_UNKNOWN', `there is no session "${session}"`, { where: store.place, fix: `Give last, all, or an id such as ${all.slice(-5).join(', ')}.` });
  }
  return [wanted];
}

/** @throws RingsideError QUERY_PARAM, SESSION_UNKNOWN, or what the store throws */
export async function runQuery(store: Store, query: StoredQuery, session: string, given: Readonly<Record<string, string>>): Promise<QueryResult> {
  const parameters = bindParameters(query, given);
  const sessions = await resolveSessions(store, session);
  return store.query(query.sql, { ...parameters, sessions });
}
