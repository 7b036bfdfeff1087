/** A journal folder as others see it: which sessions it holds, and how far each one's segments go. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SLOT_BYTES } from '../record/define.js';
import { countRecords } from './segment-scan.js';
import { listSegments, listSessions, readSession, segmentPath, sessionFolder, type SessionInfo } from './session.js';

export class JournalFolder {
  constructor(readonly folder: string) {}

  sessions(): number[] {
    return listSessions(this.folder);
  }

  /** @throws RingsideError JOURNAL_UNREADABLE */
  info(session: number): SessionInfo {
    return readSession(sessionFolder(this.folder, session));
  }

  path(session: number, segment: number): string {
    return segmentPath(sessionFolder(this.folder, session), segment);
  }

  /** Whole slots in a segment now, or -1 when there is no such segment (yet). */
  slots(session: number, segment: number): number {
    const stat = statSync(this.path(session, segment), { throwIfNoEntry: false });
    return stat === undefined ? -1 : Math.floor(stat.size / SLOT_BYTES);
  }

  /** Records on disk by type id. */
  counts(session: number): Map<number, number> {
    const folder = sessionFolder(this.folder, session);
    return countRecords(folder, listSegments(folder));
  }

  /**
   * Say that this process moves the session into the store.
   * @returns false when another living process said so before
   */
  claim(session: number): boolean {
    const path = this.claimPath(session);
    let owner = 0;
    try {
      owner = Number.parseInt(readFileSync(path, 'utf8'), 10);
    } catch {
      // Nobody's yet.
    }
    if (owner > 0 && owner !== process.pid && isAlive(owner)) return false;
    writeFileSync(path, `${process.pid}\n`);
    return true;
  }

  release(session: number): void {
    rmSync(this.claimPath(session), { force: true });
  }

  private claimPath(session: number): string {
    return join(sessionFolder(this.folder, session), 'recorder.pid');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
