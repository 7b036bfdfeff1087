/**
 * A session's folder: `<journal>/<session id>/` holds `session.json` (what its records need to be understood by anybody
 * later), segments `000001.seg …` and their sidecars `000001.idx`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingsideError } from '../model/errors.js';
import type { InstrumentIndexData } from '../model/instrument.js';

export interface SessionInfo {
  /** Unix time of the epoch in ms: sorts by start, and is the `session` column in the store. */
  readonly id: number;
  /** The epoch that record times count from, Unix ns, decimal text. */
  readonly epochUnixNs: string;
  /** Of ringside. */
  readonly version: string;
  /** `sandbox`, `paper`, `live`, `replay`, … */
  readonly mode: string;
  /** Of the effective configuration, so that runs can be told apart. */
  readonly configDigest: string;
  /** What indices in records mean. */
  readonly instruments: InstrumentIndexData;
}

export function sessionIdOf(epochUnixNs: bigint): number {
  return Number(epochUnixNs / 1_000_000n);
}

export function sessionFolder(journal: string, session: number): string {
  return join(journal, String(session));
}

export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(6, '0')}.seg`);
}

export function indexPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(6, '0')}.idx`);
}

/** Numbers of the segments that a session folder holds, ascending. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d{6,}\.seg$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

/** Ids of the sessions that a journal folder holds, oldest first; none when there is no folder yet. */
export function listSessions(journal: string): number[] {
  let names: string[];
  try {
    names = readdirSync(journal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(journal, error);
  }
  return names.filter((name) => /^\d{1,15}$/.test(name)).map(Number).sort((a, b) => a - b);
}

/**
 * Make the session's folder.
 * @returns the folder
 * @throws RingsideError JOURNAL_DIRECTORY when it cannot be made or written, JOURNAL_SESSION_EXISTS when another session has its id
 */
export function createSession(journal: string, info: SessionInfo): string {
  const folder = sessionFolder(journal, info.id);
  try {
    mkdirSync(journal, { recursive: true });
    mkdirSync(folder);
    const path = join(folder, 'session.json');
    writeFileSync(`${path}.new`, `${JSON.stringify(info, undefined, 1)}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && existsSync(join(folder, 'session.json'))) throw new RingsideError('JOURNAL_SESSION_EXISTS', `there is a session ${info.id} already`, { where: folder, fix: 'Start again: a session is named after the millisecond it starts in.' });
    throw new RingsideError('JOURNAL_DIRECTORY', `the journal cannot be written: ${message}`, { where: folder, fix: 'Make the folder writable, free space on its disk, or name another with --data-dir.', cause: error });
  }
  return folder;
}

/** @throws RingsideError JOURNAL_UNREADABLE */
export function readSession(folder: string): SessionInfo {
  const path = join(folder, 'session.json');
  try {
    const info = JSON.parse(readFileSync(path, 'utf8')) as SessionInfo;
    if (!Number.isSafeInteger(info.id) || !/^-?\d+$/.test(info.epochUnixNs)) throw new TypeError('id and epochUnixNs must be integers');
    return info;
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): RingsideError {
  return new RingsideError('JOURNAL_UNREADABLE', `the journal cannot be read: ${(error as Error).message}`, { where: path, fix: 'Check that the folder is a journal of ringside and readable.', cause: error });
}
