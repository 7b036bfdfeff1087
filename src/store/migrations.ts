/**
 * Applies clickhouse/NNNN_name.sql in the order of their numbers and records each in `schema_migrations`. The same files
 * serve the embedded engine and a server. A file that says `-- repeatable` in its head is applied again whenever its text
 * changes (it may hold only statements that can be repeated); any other must not change once it was applied.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingsideError } from '../model/errors.js';
import type { Store } from './store.js';

export const CLICKHOUSE_FOLDER = join(import.meta.dirname, '..', '..', '..', 'clickhouse');

export interface Migration {
  readonly name: string;
  readonly digest: string;
  readonly repeatable: boolean;
  readonly statements: readonly string[];
}

/** Statements end with a semicolon at the end of a line; comment lines are dropped. */
export function splitStatements(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

export function readMigrations(folder = CLICKHOUSE_FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { name, digest: createHash('sha256').update(text).digest('hex'), repeatable: /^-- repeatable$/m.test(text), statements: splitStatements(text) };
    });
}

/**
 * Bring the store's schema up to date.
 * @returns names of what was applied
 * @throws RingsideError MIGRATION_CHANGED, STORE_TOO_NEW, or what the store throws
 */
export async function migrate(store: Store, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  await store.exec('CREATE TABLE IF NOT EXISTS schema_migrations (name String, digest String, applied DateTime64(3) DEFAULT now64(3)) ENGINE = MergeTree ORDER BY (name, applied)');
  const { rows } = await store.query('SELECT name, argMax(digest, applied) FROM schema_migrations GROUP BY name');
  const applied = new Map(rows.map(([name, digest]) => [String(name), String(digest)]));
  const unknown = [...applied.keys()].filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) {
    throw new RingsideError('STORE_TOO_NEW', `the store has had migrations that this version does not know: ${unknown.join(', ')}`, { fix: 'Use the version of ringside that made this store, or another data directory or database.' });
  }
  const done: string[] = [];
  for (const migration of migrations) {
    const digest = applied.get(migration.name);
    if (digest === migration.digest) continue;
    if (digest !== undefined && !migration.repeatable) {
      throw new RingsideError('MIGRATION_CHANGED', `${migration.name} is not what was applied to this store`, { where: join('clickhouse', migration.name), fix: 'Restore the file and put the change into a new migration.' });
    }
    for (const statement of migration.statements) await store.exec(statement);
    await store.insertRows('schema_migrations', [{ name: migration.name, digest: migration.digest }]);
    done.push(migration.name);
  }
  return done;
}
