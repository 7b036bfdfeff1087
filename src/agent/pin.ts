/**
 * Pins the calling thread to a core. Node has no call for it; on Linux the thread's id stands in /proc/thread-self and
 * `taskset` (util-linux) does the rest. Elsewhere, or without taskset, nothing happens and false says so.
 */
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

export function pinThread(core: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const tid = readlinkSync('/proc/thread-self').split('/').pop()!;
    return spawnSync('taskset', ['-cp', String(core), tid], { stdio: 'ignore' }).status === 0;
  } catch {
    return false;
  }
}
