/** `ringside sandbox`: the sandbox venues on loopback, until a signal or the given duration. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { SANDBOX_DEFAULTS, startSandbox, UNLIMITED } from '../sandbox/index.js';
import type { SandboxReady } from '../sandbox/index.js';
import { SANDBOX_VENUES } from '../sandbox/registry.js';
import { parseDuration } from './duration.js';

interface Flags {
  seed: number;
  pairs: number | string[];
  rate: number;
  stepMs: number;
  venues?: string[];
  startMs?: number;
  duration?: number;
  json?: boolean;
  limits: boolean;
  withParent?: boolean;
}

/** Of every venue: its port, and what only it can be told. */
const VENUE_OPTIONS = SANDBOX_VENUES.map(({ id, name, defaults, flags = [] }) => ({
  id,
  port: new Option(`--port-${id} <port>`, `port of ${name}`).argParser(wholeNumber).default(0, 'any free one'),
  own: flags.map(({ flag, option, doc }) => ({ option, flag: new Option(`--${flag} <n>`, doc).argParser(wholeNumber).default((defaults as Record<string, unknown>)[option]) })),
}));

export function sandboxCommand(): Command {
  const command = new Command('sandbox')
    .description(`Run the sandbox venues on loopback, with a seeded market and a matching engine: ${SANDBOX_VENUES.map(({ name }) => name).join(', ')}`)
    .option('--venues <list>', `which of them: ${SANDBOX_VENUES.map(({ id }) => id).join(',')} (default: all)`, (text) => text.split(','))
    .option('--seed <n>', 'one seed, one market: the same seed gives the same frames', wholeNumber, SANDBOX_DEFAULTS.seed)
    .option('--pairs <n|list>', 'how many base assets are listed, 1 to 500 (BTC, ETH, SOL, XRP, then made-up ones), or which pairs, such as BTC/USDT,ETH/USDT', pairs, SANDBOX_DEFAULTS.pairs)
    .option('--rate <n>', 'book changes a second, over all markets of all venues', wholeNumber, SANDBOX_DEFAULTS.ratePerSecond)
    .option('--step-ms <n>', 'length of a market step in milliseconds', wholeNumber, SANDBOX_DEFAULTS.stepMs)
    .option('--start-ms <n>', "the market's time at its first step, ms since 1970 (default: now)", wholeNumber)
    .option('--duration <time>', 'stop after this long, such as 30s or 5m (default: until a signal)', parseDuration)
    .option('--no-limits', 'lift the rate limits, for benchmarks')
    .option('--with-parent', 'for a program that starts it: ends when its standard input ends, and leaves Ctrl-C and a closing terminal to that program')
    .option('--json', 'print one line when ready: {"type":"ready","venues":{…}}')
    .addHelpText('after', `
Each venue also answers, on its REST address:
  GET  /sandbox/ledger            balances, orders and trades of the sandbox account, exact decimals
  GET  /sandbox/book?symbol=…     the whole book
  GET  /sandbox/latency           market data out → order in; POST /sandbox/latency/reset clears it
  GET  /sandbox/fault             the kinds of faults; POST {"kind":…,"count":…,"ms":…,"symbol":…} arms one
  POST /sandbox/freeze            {"frozen":true} stops the market of all venues, false resumes it
  POST /sandbox/cross             {"pair":"BTC/USDT","venueCheap":"binance","bps":20,"qty":"0.05","holdMs":1000}

Example: ringside sandbox --seed 7 --json`)
    .action(run);
  for (const { port, own } of VENUE_OPTIONS) for (const option of [port, ...own.map(({ flag }) => flag)]) command.addOption(option);
  return command;
}

async function run(flags: Flags): Promise<void> {
  const unlimited = flags.limits ? {} : UNLIMITED;
  const given = flags as unknown as Readonly<Record<string, number>>;
  const sandbox = await startSandbox({
    seed: flags.seed, pairs: flags.pairs, ratePerSecond: flags.rate, stepMs: flags.stepMs, startMs: flags.startMs ?? null,
    ...(flags.venues === undefined ? {} : { venues: flags.venues }),
    ports: Object.fromEntries(VENUE_OPTIONS.map(({ id, port }) => [id, given[port.attributeName()]])),
    own: Object.fromEntries(VENUE_OPTIONS.map(({ id, own }) => [id, { ...unlimited[id], ...Object.fromEntries(own.map(({ option, flag }) => [option, given[flag.attributeName()]])) }])),
  });
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<void>((resolve) => {
    if (flags.withParent === true) {
      for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
      process.stdin.resume().once('close', resolve).once('end', resolve);
    } else for (const signal of ['SIGINT', 'SIGHUP'] as const) process.once(signal, resolve);
    process.once('SIGTERM', resolve);
    if (flags.duration !== undefined) timer = setTimeout(resolve, flags.duration);
  });
  process.stdout.write(flags.json === true ? `${JSON.stringify(sandbox.ready)}\n` : readyText(sandbox.ready));
  await stopped;
  clearTimeout(timer);
  if (flags.withParent === true) process.stdin.destroy(); // else it keeps this process alive
  await sandbox.close();
}

function readyText({ seed, venues }: SandboxReady): string {
  return [
    `Sandbox venues are ready (seed ${seed}); Ctrl-C stops them.`, '',
    ...SANDBOX_VENUES.filter(({ id }) => id in venues).flatMap(({ id, name }) => [
      `  ${name}`, ...Object.entries(venues[id]).filter(([, value]) => typeof value === 'string').map(([key, value]) => `    ${key.padEnd(18)} ${oneLine(value as string)}`),
      `    ${'ledger'.padEnd(18)} ${venues[id].rest}/sandbox/ledger`, '',
    ]),
  ].join('\n');
}

/** A PEM has lines of its own. */
function oneLine(text: string): string {
  return text.trimEnd().replaceAll('\n', '\\n');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function pairs(text: string): number | string[] {
  return /^\d+$/.test(text) ? wholeNumber(text) : text.split(',');
}
