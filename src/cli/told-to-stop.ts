/**
 * When a run is to end: a signal (Ctrl-C, `kill`, the terminal that closes), the end of its duration, or nobody left who
 * reads what it prints. All of them end it in order; a second signal ends the process at once.
 */
export class ToldToStop {
  /** Resolves at the first of them. */
  readonly told: Promise<void>;
  private tell: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private signalled = false;

  constructor() {
    this.told = new Promise((resolve) => {
      this.tell = resolve;
    });
    const onSignal = (): void => {
      if (this.signalled) process.exit(130);
      this.signalled = true;
      clearTimeout(this.timer);
      this.tell();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = 1; // who closes a pipe has seen enough; a full disk has lost the summary
      this.tell();
    });
    process.stderr.on('error', () => undefined);
  }

  /** @param durationMs counted from now; undefined = until told otherwise */
  async wait(durationMs: number | undefined): Promise<void> {
    if (durationMs !== undefined) this.timer = setTimeout(this.tell, durationMs);
    await this.told;
    clearTimeout(this.timer);
  }
}
