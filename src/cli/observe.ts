/** `ringside observe`: what the bridge publishes, as lines or NDJSON. */
import { Command, InvalidArgumentError } from 'commander';
import { Observer } from '../bridge/observer.js';
import { lineOf } from '../bridge/readable.js';
import { parseDuration } from './duration.js';

interface ObserveFlags {
  readonly natsUrl?: string;
  readonly subject: string;
  readonly json?: boolean;
  readonly count?: number;
  /** ms */
  readonly duration?: number;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

export function observeCommand(): Command {
  return new Command('observe')
    .description('print what engines publish to NATS: top of book, opportunities, orders, fills, connections')
    .option('--nats-url <url>', 'server (default: NATS_URL, else nats://127.0.0.1:4222)')
    .option('-s, --subject <subject>', 'which subjects, wildcards allowed', 'ringside.>')
    .option('--json', 'one JSON object a line')
    .option('-n, --count <n>', 'stop after so many records', positive)
    .option('-d, --duration <time>', 'stop after this time, for example 30s', parseDuration)
    .addHelpText('after', '\nExamples:\n  ringside observe -s "ringside.*.fill.>"\n  ringside observe -s "ringside.*.tob.*.BTC-USDT" --json --count 100')
    .action(observe);
}

async function observe({ natsUrl, subject, json = false, count = Infinity, duration }: ObserveFlags): Promise<void> {
  let seen = 0;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const observer = await Observer.open({
    url: natsUrl ?? (process.env.NATS_URL || 'nats://127.0.0.1:4222'),
    subject,
    onRecord: (record) => {
      if (seen >= count) return;
      process.stdout.write(`${json ? JSON.stringify(record) : lineOf(record)}\n`);
      if (++seen >= count) stop();
    },
  });
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.stdout.once('error', stop); // the reader of a pipe has gone
  const timer = duration === undefined ? undefined : setTimeout(stop, duration);
  await Promise.race([stopped, observer.ended()]);
  clearTimeout(timer);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  const { malformed, unnamed } = await observer.close();
  if (malformed + unnamed > 0) process.stderr.write(`ringside: ${malformed} messages were no records of this version, ${unnamed} came before their session's index\n`);
}
