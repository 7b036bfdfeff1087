/**
 * Errors a person can cause carry a stable code, what was wrong, where, and what to do next.
 * Every code is listed in docs/errors.md; a test holds the list against the code.
 */
export interface ErrorHints {
  /** Where it happened: a file, a field, a venue, a line number. */
  where?: string;
  /** What to do next, in one sentence. */
  fix?: string;
  cause?: unknown;
}

export class RingsideError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly fix: string | undefined;

  constructor(code: string, message: string, hints: ErrorHints = {}) {
    super(message, hints.cause === undefined ? undefined : { cause: hints.cause });
    this.name = 'RingsideError';
    this.code = code;
    this.where = hints.where;
    this.fix = hints.fix;
  }

  /** `CODE: what was wrong (where)` and, on a second line, what to do. */
  toText(): string {
    const where = this.where === undefined ? '' : ` (${this.where})`;
    const fix = this.fix === undefined ? '' : `\n  ${this.fix}`;
    return `${this.code}: ${this.message}${where}${fix}`;
  }
}
