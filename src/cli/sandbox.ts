/** `ringside sandbox`: the two venues on loopback, until a signal or the given duration. */
import { Command, InvalidArgumentError } from 'commander';
import { SANDBOX_DEFAULTS, startSandbox, UNLIMITED } from '../sandbox/index.js';
import type { SandboxReady } from '../sandbox/index.js';
import { parseDuration } from './duration.js';

interface Flags {
  seed: number;
  pairs: number | string[];
  rate: number;
  stepMs: number;
  binanceDepthMs: number;
  portBinance: number;
  portKraken: number;
  startMs?: number;
  duration?: number;
  json?: boolean;
  limits: boolean;
  withParent?: boolean;
}

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('Run the sandbox venues: Binance spot and Kraken on loopback, with a seeded market and a matching engine')
    .option('--seed <n>', 'one seed, one market: the same seed gives the same frames', wholeNumber, SANDBOX_DEFAULTS.seed)
    .option('--pairs <n|list>', 'how many base assets are listed, 1 to 500 (BTC, ETH, SOL, XRP, then made-up ones), or which pairs, such as BTC/USDT,ETH/USDT', pairs, SANDBOX_DEFAULTS.pairs)
    .option('--rate <n>', 'book changes a second, over all markets of both venues', wholeNumber, SANDBOX_DEFAULTS.ratePerSecond)
    .option('--step-ms <n>', 'length of a market step in milliseconds', wholeNumber, SANDBOX_DEFAULTS.stepMs)
    .option('--binance-depth-ms <n>', "period of Binance's @depth@100ms stream; shorter for latency measurements", wholeNumber, SANDBOX_DEFAULTS.binanceDepthMs)
    .option('--port-binance <port>', 'port of the Binance venue, 0 = any free one', wholeNumber, SANDBOX_DEFAULTS.portBinance)
    .option('--port-kraken <port>', 'port of the Kraken venue, 0 = any free one', wholeNumber, SANDBOX_DEFAULTS.portKraken)
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
  POST /sandbox/cross             {"pair":"BTC/USDT","venueCheap":"binance","bps":20,"qty":"0.05","holdMs":1000}

Example: ringside sandbox --seed 7 --json`)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const sandbox = await startSandbox({
    seed: flags.seed, pairs: flags.pairs, ratePerSecond: flags.rate, stepMs: flags.stepMs, binanceDepthMs: flags.binanceDepthMs,
    portBinance: flags.portBinance, portKraken: flags.portKraken, startMs: flags.startMs ?? null, ...(flags.limits ? {} : UNLIMITED),
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

function readyText({ seed, venues: { binance, kraken } }: SandboxReady): string {
  return [
    `Sandbox venues are ready (seed ${seed}); Ctrl-C stops them.`, '',
    `  Binance  REST    ${binance.rest}`, `           streams ${binance.ws}/stream?streams=btcusdt@depth@100ms`, `           WS-API  ${binance.wsApi}`,
    `           key     ${binance.apiKey}`, `           secret  ${binance.secret}`, '',
    `  Kraken   REST    ${kraken.rest}`, `           public  ${kraken.ws}`, `           private ${kraken.wsAuth}`,
    `           key     ${kraken.apiKey}`, `           secret  ${kraken.secret}`, '', `  Ledgers: ${binance.rest}/sandbox/ledger and ${kraken.rest}/sandbox/ledger`, '',
  ].join('\n');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function pairs(text: string): number | string[] {
  return /^\d+$/.test(text) ? wholeNumber(text) : text.split(',');
}
