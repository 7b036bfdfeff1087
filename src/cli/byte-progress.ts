/** A bar over the bytes of files, on a terminal, once it takes longer than two seconds. */
import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';

const PROGRESS_AFTER_MS = 2000;
const PROGRESS_EVERY_MS = 200;
const WIDTH = 30;

export class ByteProgress {
  private read = 0;
  private shownMs = performance.now() + PROGRESS_AFTER_MS;
  private shown = false;

  private constructor(private readonly total: number, private readonly err: Writable & { isTTY?: boolean }) {}

  /** @param passes how often every file is read */
  static async over(files: readonly string[], passes: number, err: Writable & { isTTY?: boolean }): Promise<ByteProgress> {
    const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => ({ size: 0 }))).size));
    return new ByteProgress(passes * sizes.reduce((sum, size) => sum + size, 0), err);
  }

  add(bytes: number): void {
    this.read += bytes;
    const nowMs = performance.now();
    if (this.err.isTTY !== true || nowMs < this.shownMs || this.total === 0) return;
    this.shownMs = nowMs + PROGRESS_EVERY_MS;
    this.shown = true;
    const done = Math.min(1, this.read / this.total);
    const filled = Math.round(done * WIDTH);
    this.err.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.round(done * 100)} %`);
  }

  /** Clear the line: at the end, or before something else is printed. */
  hide(): void {
    if (this.shown) this.err.write('\r\u001b[K');
    this.shown = false;
  }
}
