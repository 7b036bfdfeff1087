/**
 * Entry of the process that owns the embedded ClickHouse; the only place that imports chdb (a library of 550 MB that
 * must not share a process, let alone a thread, with the engine). `node embedded-child.js DIRECTORY`, forked with an IPC
 * channel; when the channel closes, the owner is gone and this process ends.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { ClickHouseClient } from '@clickhouse/client';
import { RingsideError } from '../model/errors.js';
import { SLOT_BYTES } from '../record/define.js';
import { SLOT_STRUCTURE } from './columns.js';
import type { Greeting, Request, Response } from './embedded-protocol.js';
import { INSERT_SETTINGS, insertSlotsSql, QUERY_SETTINGS, unquoteIntegers, type QueryResult, type SlotChunk } from './store.js';

const COPY_BYTES = 1 << 20;

/** Threads that the library starts later inherit it. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it competes on equal terms.
  }
}

function say(message: Greeting | Response): void {
  process.send?.(message);
}

interface Clients {
  /** A long query must not hold an insert up: each has a session of its own. */
  readonly writer: ClickHouseClient;
  readonly reader: ClickHouseClient;
}

async function open(directory: string): Promise<Clients> {
  let create: () => ClickHouseClient;
  try {
    const [{ createClient }, { createChdbConnection }] = await Promise.all([import('@clickhouse/client'), import('chdb/connection')]);
    // The client does not declare the hook that chdb plugs into.
    const createWith = createClient as unknown as (options: { connection: unknown }) => ClickHouseClient;
    create = () => createWith({ connection: createChdbConnection({ path: directory }) });
  } catch (error) {
    say({ ready: false, reason: 'load', text: String(error) });
    throw error;
  }
  try {
    const clients = { writer: create(), reader: create() };
    await clients.writer.command({ query: 'SELECT 1' });
    return clients;
  } catch (error) {
    say({ ready: false, reason: 'open', text: String(error) });
    throw error;
  }
}

/** The part of a segment that is asked for, as a file of its own: `file()` reads whole files, and this one still grows. */
function copyRange(chunk: SlotChunk, target: string): void {
  const buffer = new Uint8Array(COPY_BYTES);
  const from = openSync(chunk.path, 'r');
  const to = openSync(target, 'w');
  try {
    const end = chunk.toOrdinal * SLOT_BYTES;
    for (let at = chunk.fromOrdinal * SLOT_BYTES; at < end; ) {
      const read = readSync(from, buffer, 0, Math.min(COPY_BYTES, end - at), at);
      if (read === 0) throw new RingsideError('JOURNAL_CORRUPT', `the segment ends at byte ${at}, before slot ${chunk.toOrdinal}`, { where: chunk.path });
      for (let done = 0; done < read; ) done += writeSync(to, buffer, done, read - done);
      at += read;
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

async function insertSlots(writer: ClickHouseClient, chunk: SlotChunk, incoming: string): Promise<void> {
  // A size that is right when we look may be wrong when the engine reads: only a final segment is read where it lies.
  const inPlace = chunk.isFinal && chunk.fromOrdinal === 0;
  if (!inPlace) copyRange(chunk, incoming);
  const path = inPlace ? chunk.path : incoming;
  const file = `file('${path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', 'RowBinary', '${SLOT_STRUCTURE}')`;
  await writer.command({ query: insertSlotsSql(chunk, file), clickhouse_settings: INSERT_SETTINGS });
}

async function serve(clients: Clients, request: Request, incoming: string): Promise<QueryResult | undefined> {
  switch (request.op) {
    case 'exec':
      await clients.writer.command({ query: request.sql, query_params: { ...request.params } });
      break;
    case 'query': {
      const answer = await clients.reader.query({ query: request.sql, query_params: { ...request.params }, format: 'JSONCompact', clickhouse_settings: QUERY_SETTINGS });
      const { meta, data } = await answer.json<unknown[]>();
      return unquoteIntegers({ columns: meta ?? [], rows: data });
    }
    case 'insertRows':
      if (request.rows.length > 0) await clients.writer.insert({ table: request.table, values: [...request.rows], format: 'JSONEachRow' });
      break;
    case 'insertSlots':
      await insertSlots(clients.writer, request.chunk, incoming);
      break;
    case 'close':
      await clients.reader.close();
      await clients.writer.close();
      break;
  }
  return undefined;
}

async function main(directory: string): Promise<void> {
  giveWay();
  // Ctrl-C reaches every process of the terminal; this one goes when its owner has stored everything.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // A kill, not an exit: exit handlers of the library wait for queries, and what was acknowledged is on disk.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const clients = await open(directory);
  process.on('message', (request: Request) => {
    serve(clients, request, `${directory}.incoming`).then(
      (result) => {
        if (request.op === 'close') process.send!({ id: request.id, result: undefined }, () => process.exit(0));
        else say({ id: request.id, result });
      },
      (error: unknown) => say({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  say({ ready: true });
}

main(process.argv[2]).catch(() => process.exit(1));
