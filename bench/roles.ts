/** A benchmark's other threads live in the benchmark's own file: it starts itself again as a worker in a named role. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData, type ResourceLimits } from 'node:worker_threads';

interface RoleData {
  readonly role: string;
  readonly data: unknown;
}

/** Start `file` (import.meta.url) as a worker in a role. */
export function startRole(file: string, role: string, data: unknown, resourceLimits: ResourceLimits = {}): Worker {
  return new Worker(new URL(file), { workerData: { role, data } satisfies RoleData, resourceLimits });
}

/** The data of this thread if it was started in that role. */
export function inRole(role: string): unknown {
  if (isMainThread) return undefined;
  const given = workerData as RoleData | undefined;
  return given?.role === role ? given.data : undefined;
}

/** The next message of a worker; an error or an exit without one rejects. */
export async function answerOf<T>(worker: Worker): Promise<T> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [message] = (await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a benchmark thread ended with code ${code} before it answered`))),
    ])) as [T];
    return message;
  } finally {
    settled.abort();
  }
}

/** From within a role. */
export function answer(message: unknown): void {
  parentPort!.postMessage(message);
}
