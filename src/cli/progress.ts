/** A progress bar for what takes over two seconds: on stderr, and only when that is a terminal. */
import ora, { type Ora } from 'ora';
import { countText, durationText } from './format.js';

export interface Progress {
  /** @param done of `total`; without a total it is only shown */
  update(done: number): void;
  /** Take it away. */
  stop(): void;
}

export interface ProgressOptions {
  /** What is being done: `loading segments`. */
  readonly text: string;
  /** Undefined: unknown. */
  readonly total?: number;
  readonly stream?: NodeJS.WriteStream;
  readonly nowMs?: () => number;
}

const AFTER_MS = 2000;
const BAR_CELLS = 24;

export function startProgress({ text, total, stream = process.stderr, nowMs = () => performance.now() }: ProgressOptions): Progress {
  // A pseudo-terminal may have no width: there is nothing to draw on, and a spinner that counts its lines by it never ends.
  if (!stream.isTTY || !(stream.columns > 0)) return { update: () => undefined, stop: () => undefined };
  const startMs = nowMs();
  let spinner: Ora | undefined;
  let done = 0;
  const line = (): string => progressText({ text, done, elapsedMs: nowMs() - startMs, ...(total === undefined ? {} : { total }) });
  const timer = setTimeout(() => {
    spinner = ora({ text: line(), stream, discardStdin: false }).start();
  }, AFTER_MS);
  timer.unref();
  return {
    update(value) {
      done = value;
      if (spinner !== undefined) spinner.text = line();
    },
    stop() {
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}

/** `loading segments ████████················  33% · 12 of 36 · 4s, about 8s left`. */
export function progressText({ text, done, total, elapsedMs }: { text: string; done: number; total?: number; elapsedMs: number }): string {
  if (total === undefined || total <= 0) return `${text} · ${countText(done)} · ${durationText(elapsedMs)}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_CELLS);
  const left = share > 0.02 ? `, about ${durationText((elapsedMs / share) * (1 - share))} left` : '';
  return `${text} ${'█'.repeat(filled)}${'·'.repeat(BAR_CELLS - filled)} ${String(Math.floor(share * 100)).padStart(3)}% · ${countText(done)} of ${countText(total)} · ${durationText(elapsedMs)}${left}`;
}
