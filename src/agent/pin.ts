/**
 * Cores of threads and processes. Node has no call for them; on Linux /proc says which there are and `taskset`
 * (util-linux) does the rest. Elsewhere, or without taskset, nothing happens and false says so.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

function taskset(...argv: readonly string[]): boolean {
  return process.platform === 'linux' && spawnSync('taskset', argv, { stdio: 'ignore' }).status === 0;
}

/** Pins the calling thread to a core. */
export function pinThread(core: number): boolean {
  try {
    return taskset('-cp', String(core), readlinkSync('/proc/thread-self').split('/').pop()!);
  } catch {
    return false;
  }
}

/** `0-2,5` → 0, 1, 2, 5. */
export function parseCores(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** The cores that this process may run on; none where the system does not say. */
export function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return list === null ? [] : parseCores(list[1]);
  } catch {
    return [];
  }
}

/** Keeps every thread that this process has to `cores`; threads and processes that it starts from now on inherit that. */
export function confineProcess(cores: readonly number[]): boolean {
  return taskset('-acp', cores.join(','), String(process.pid));
}

/**
 * Sets the last of this process's cores aside for the thread between frame and order: everything else that runs or is
 * started here keeps off it. Undefined where there is nothing to set aside.
 */
export function setCoreAside(): number | undefined {
  const cores = allowedCores();
  return cores.length > 1 && confineProcess(cores.slice(0, -1)) ? cores.at(-1) : undefined;
}
