/** How far the reading of files has come, in bytes. */
import { stat } from 'node:fs/promises';
import { startProgress, type Progress } from './progress.js';

export class ByteProgress {
  private read = 0;

  private constructor(private readonly progress: Progress) {}

  /** @param passes how often every file is read */
  static async over(files: readonly string[], passes: number, text: string): Promise<ByteProgress> {
    const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => ({ size: 0 }))).size));
    return new ByteProgress(startProgress({ text, total: passes * sizes.reduce((sum, size) => sum + size, 0) }));
  }

  add(bytes: number): void {
    this.read += bytes;
    this.progress.update(this.read);
  }

  /** At the end, or before something is printed on the same terminal. */
  stop(): void {
    this.progress.stop();
  }
}
