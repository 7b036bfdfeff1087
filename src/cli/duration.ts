/** Durations as people write them: `500ms`, `30s`, `5m`, `2h`. */
import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. @throws InvalidArgumentError, which commander turns into a message */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write a number and a unit: 500ms, 30s, 5m or 2h.');
  return Number(match[1]) * UNITS[match[2]];
}
