/** `ringside query`: the stored questions, asked of what the engine has kept. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { askRunningEngine, findRunningEngine } from '../control/running-engine.js';
import { RingsideError } from '../model/errors.js';
import { JournalFolder } from '../journal/folder.js';
import { migrate } from '../store/migrations.js';
import { openStore } from '../store/open.js';
import { findQuery, nothingStored, readQueries, runQuery, type StoredQuery } from '../store/queries.js';
import { RecorderCore } from '../store/recorder.js';
import type { QueryResult, Store } from '../store/store.js';
import { startProgress } from './progress.js';
import { asCsv, asJson, asTable } from './query-output.js';

interface Flags {
  list?: boolean;
  param?: Readonly<Record<string, string>>;
  format: 'table' | 'json' | 'csv';
  json?: boolean;
  dataDir?: string;
  clickhouseUrl?: string;
  session: string;
}

const CATCH_UP_MS = 60_000;

const FORMATS = { table: asTable, json: asJson, csv: asCsv } as const;

function assignment(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new RingsideError('QUERY_PARAM', `"${text}" is no parameter`, { where: '--param', fix: 'Write --param name=value.' });
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function queryCommand(): Command {
  return new Command('query')
    .description('Ask one of the stored questions of what the engine has kept in ClickHouse')
    .argument('[name]', 'which question; see --list')
    .option('--list', 'print the questions and their parameters')
    .option('-p, --param <name=value>', 'a parameter of the question (repeatable)', assignment)
    .addOption(new Option('-f, --format <format>', 'how to print the answer').choices(Object.keys(FORMATS)).default('table'))
    .option('--json', 'the same as --format json')
    .option('--session <which>', 'last, all, or the id of a session', 'last')
    .option('--data-dir <dir>', 'where journal and database live (default: ./.ringside, or RINGSIDE_HOME)')
    .option('--clickhouse-url <url>', 'a server instead of the embedded engine (default: CLICKHOUSE_URL, where set)')
    .addHelpText('after', '\nExample: ringside query fills-by-venue --param venue=kraken --session all --format csv')
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  if (flags.list === true || name === undefined) process.stdout.write(listing(readQueries()));
  else await ask(findQuery(name), flags);
}

async function ask(query: StoredQuery, flags: Flags): Promise<void> {
  const dataDir = resolve(flags.dataDir ?? (process.env.RINGSIDE_HOME || './.ringside'));
  const directory = join(dataDir, 'clickhouse');
  const url = flags.clickhouseUrl ?? process.env.CLICKHOUSE_URL;
  // Asking must not make a database where there is none.
  if ((url === undefined || url === '') && !existsSync(directory)) throw nothingStored(directory);
  const store: Store = openStore({ directory, url });
  // The embedded engine takes a moment to load; only a person waiting at a terminal needs to be told.
  if (process.stderr.isTTY) process.stderr.write(`ringside: asking ${store.place}\n`);
  try {
    process.stdout.write(FORMATS[flags.json === true ? 'json' : flags.format](await answer(store, query, flags, dataDir)));
  } finally {
    await store.close();
  }
}

/** What an engine that was killed could not store any more lies in the journal: it belongs to the answer. */
async function catchUp(store: Store, journal: string): Promise<void> {
  const recorder = new RecorderCore({ journal: new JournalFolder(journal), session: undefined, store, nowMs: () => performance.now() });
  await recorder.tick();
  const total = recorder.stats().backlog;
  if (total === 0) return;
  const progress = startProgress({ text: 'storing what an earlier run has journalled', total });
  const done = await recorder.drain(CATCH_UP_MS, ({ backlog }) => progress.update(total - backlog));
  progress.stop();
  if (!done) process.stderr.write(`ringside: ${recorder.stats().backlog} records are journalled and not stored yet: the answer lacks them. ${recorder.stats().lastError ?? ''}\n`);
}

/** A running engine keeps its embedded database to itself: then it is asked through its control API. */
async function answer(store: Store, query: StoredQuery, { session, param = {} }: Flags, dataDir: string): Promise<QueryResult> {
  try {
    await migrate(store);
    await catchUp(store, join(dataDir, 'journal'));
    return await runQuery(store, query, session, param);
  } catch (error) {
    const running = error instanceof RingsideError && error.code === 'EMBEDDED_CLICKHOUSE_IN_USE' ? await findRunningEngine(dataDir) : undefined;
    if (running === undefined) throw error;
    return askRunningEngine(running, query.name, session === 'last' ? param : { ...param, session });
  }
}

function listing(queries: readonly StoredQuery[]): string {
  return queries.map(({ name, title, parameters }) => [
    name, `  ${title}`,
    ...parameters.map((known) => `  --param ${known.name}=…  ${known.doc} (${known.type}, default ${known.default === '' ? 'empty' : known.default})`),
  ].join('\n')).join('\n\n').concat('\n');
}
