/**
 * How a second process finds the engine that has a data directory open: the API's address stands in `engine.json` there
 * for as long as it listens. A stale file is told by the process that answers, or does not.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingsideError } from '../model/errors.js';
import type { QueryAnswer } from './engine-control.js';

const REACH_MS = 1000;
const QUERY_MS = 35_000;

function fileIn(dataDir: string): string {
  return join(dataDir, 'engine.json');
}

/** Written when the API listens. Returns how to take it back. */
export function announceEngine(dataDir: string, url: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(fileIn(dataDir), JSON.stringify({ url, pid: process.pid }));
  return () => rmSync(fileIn(dataDir), { force: true });
}

/** The API's address, when an engine of this data directory answers. */
export async function findRunningEngine(dataDir: string): Promise<string | undefined> {
  try {
    const { url, pid } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as { url: string; pid: number };
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(REACH_MS) });
    const health = (await answer.json()) as { pid?: number };
    return health.pid === pid ? url : undefined;
  } catch {
    return undefined;
  }
}

/** @throws RingsideError whatever the engine answers; CONTROL_TIMEOUT when it does not */
export async function askRunningEngine(url: string, name: string, parameters: Readonly<Record<string, string>>): Promise<QueryAnswer> {
  const where = `${url}/query/${name}`;
  let answer: Response;
  let body: QueryAnswer & { code?: string; message?: string; where?: string; fix?: string };
  try {
    answer = await fetch(`${where}?${new URLSearchParams(parameters).toString()}`, { signal: AbortSignal.timeout(QUERY_MS) });
    body = (await answer.json()) as typeof body;
  } catch (cause) {
    throw new RingsideError('CONTROL_TIMEOUT', 'the running engine does not answer', { where, fix: 'Ask again, or ask when it has ended.', cause });
  }
  if (answer.ok) return body;
  throw new RingsideError(body.code ?? 'API_INTERNAL', body.message ?? `HTTP ${answer.status}`, { where: body.where ?? where, ...(body.fix === undefined ? {} : { fix: body.fix }) });
}
