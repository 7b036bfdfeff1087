/**
 * The live screen of `ringside start`. On a terminal it repaints changed lines, at most four times a second, and leaves
 * a painting out while the terminal has not taken the one before. Elsewhere it writes one plain line now and then.
 */
import type { EngineStatus } from '../control/status.js';
import { countText, durationText } from './format.js';
import { screenLines } from './screen-layout.js';
import { paint } from './screen-lines.js';

/** What is needed of process.stdout. */
export interface ScreenOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableLength?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface ScreenOptions {
  readonly output: ScreenOutput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Last line: how to stop, where the API is. */
  readonly footer: string;
}

const PAINT_EVERY_MS = 250;
const LINE_EVERY_MS = 10_000;
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J';
const LEAVE = '\u001b[?25h\u001b[?1049l';

export class Screen {
  private readonly live: boolean;
  private readonly colour: boolean;
  private status: EngineStatus | undefined;
  private painted: string[] = [];
  private paintedAtMs = -Infinity;
  private entered = false;

  constructor(private readonly options: ScreenOptions) {
    const { output, environment } = options;
    this.live = output.isTTY === true && environment.TERM !== 'dumb' && (environment.CI ?? '') === '';
    this.colour = this.live && (environment.NO_COLOR ?? '') === '';
  }

  /** Call as often as there is news. */
  show(status: EngineStatus): void {
    this.status = status;
    const { nowMs, output } = this.options;
    if (nowMs() - this.paintedAtMs < (this.live ? PAINT_EVERY_MS : LINE_EVERY_MS)) return;
    this.paintedAtMs = nowMs();
    if (this.live) this.repaint();
    else output.write(`${statusLine(status)}\n`);
  }

  /** Give the terminal back as it was. May be called twice, and from an exit handler. */
  close(): void {
    if (!this.entered) return;
    this.entered = false;
    this.options.output.off('resize', this.onResize);
    this.options.output.write(LEAVE);
  }

  private readonly onResize = (): void => {
    this.painted = [];
    this.options.output.write('\u001b[2J');
    this.repaint();
  };

  private repaint(): void {
    const { output, footer } = this.options;
    if (this.status === undefined || (output.writableLength ?? 0) > 0) return;
    let text = '';
    if (!this.entered) {
      this.entered = true;
      text = ENTER;
      output.on('resize', this.onResize);
    }
    const lines = screenLines(this.status, footer, { columns: output.columns ?? 80, rows: output.rows ?? 24 }).map((line) => paint(line, this.colour));
    for (let i = 0; i < Math.max(lines.length, this.painted.length); i++) {
      const line = lines[i] ?? '';
      if (line !== this.painted[i]) text += `\u001b[${i + 1};1H${line}\u001b[K`;
    }
    this.painted = lines;
    if (text !== '') output.write(text);
  }
}

/** The whole in one line, for logs. */
export function statusLine({ mode, state, uptimeMs, venues, opportunities, orders, fills, pnl, killed, drops }: EngineStatus): string {
  const up = venues.filter(({ feed, books, booksInSync }) => feed === 'UP' && books === booksInSync).length;
  const profit = pnl.totals.map(({ realised, quote }) => `${realised} ${quote}`).join(', ') || '0';
  const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0);
  return `ringside: ${mode} ${state} ${durationText(uptimeMs)}, venues ${up}/${venues.length} in sync, opportunities ${countText(opportunities.found)} found ${countText(opportunities.taken)} taken, orders ${countText(orders.sent)}, fills ${countText(fills)}, realised ${profit}${dropped > 0 ? `, dropped ${countText(dropped)}` : ''}${killed === null ? '' : `, KILL SWITCH ON: ${killed.reason}`}`;
}
