/** Durations as people write them: `500ms`, `30s`, `5m`, `2h`. */
import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A timer takes no longer time: beyond it, it fires at once. */
const LONGEST_H = 576;

/** Milliseconds. @throws InvalidArgumentError, which commander turns into a message */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write a number and a unit: 500ms, 30s, 5m or 2h.');
  const ms = Number(match[1]) * UNITS[match[2]];
  if (ms < 1 || ms > LONGEST_H * UNITS.h) throw new InvalidArgumentError(`It must be between 1ms and ${LONGEST_H}h; leave it out to run until a signal.`);
  return ms;
}
