/** `ringside start`: the engine, a screen or machine lines, and an orderly end. */
import { Command } from 'commander';
import { EngineSession } from '../../actors/engine-session.js';
import { VERSION } from '../../actors/version.js';
import type { Report } from '../../actors/spec.js';
import type { Summary } from '../../actors/summary.js';
import { setCoreAside } from '../agent/pin.js';
import { startApi, type ControlApi } from '../control/api.js';
import { RingsideError } from '../model/errors.js';
import { loadConfig, type ConfigFlags } from '../config/config.js';
import { addConfigOptions } from './config-options.js';
import { parseDuration } from './duration.js';
import { KNOWN_PARTS } from './known-parts.js';
import { Screen } from './screen.js';
import { summaryText } from './summary-text.js';
import { ToldToStop } from './told-to-stop.js';

interface StartFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly duration?: number;
}

const LINE_MS = 1_000;
const SCREEN_MS = 100;

export function startCommand(): Command {
  const command = new Command('start').description('Trade: on sandbox venues by default, on paper or live when told so.');
  return addConfigOptions(command)
    .option('--duration <time>', 'stop by itself after this long, for example 30s or 5m', parseDuration)
    .option('--json', 'machine lines on stdout instead of the screen; the last one is the summary')
    .addHelpText('after', `
Examples:
  ringside start                                   watch it trade on this machine's sandbox
  ringside start --duration 60s --json             one run, machine-readable, with a summary at the end
  ringside start --mode paper --venues binance,kraken --pairs BTC-USDT
  ringside start --live --pairs BTC-USDT           real orders; needs keys in the environment

Ctrl-C cancels open orders, compares balances, stores everything, prints the summary and ends with exit code 0.`)
    .action((flags: StartFlags) => run(flags));
}

async function run(flags: StartFlags): Promise<void> {
  const { config, secrets } = loadConfig({ flags, environment: process.env, workingDir: process.cwd() }, KNOWN_PARTS);
  const json = flags.json === true;
  const line = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const stop = new ToldToStop(); // from here on: a signal while it starts must not leave orders behind
  const interactive = !json && process.stdout.isTTY;
  if (interactive) process.stderr.write('ringside: starting …\n');

  const onReport = ({ level, code, text }: Report): void => {
    if (json) line({ type: 'report', at: new Date().toISOString(), level, code, text });
    else if (!interactive) process.stderr.write(`${level} ${code}: ${text}\n`);
  };
  const hotCore = config.setCoreAside ? setCoreAside() : undefined;
  const session = await EngineSession.start({ config, secrets, onReport, ...(hotCore === undefined ? {} : { hotCore }) });
  let api: ControlApi | undefined;
  let screen: Screen | undefined;
  let summary: Summary;
  try {
    if (config.api.enabled) api = await startApi(session, {
      ...config.api, version: VERSION, announceIn: config.dataDir,
      onInternalError: (error) => process.stderr.write(`control API: ${error.stack ?? error.message}\n`),
    }).catch((error: unknown) => withoutApi(error, (report) => {
      session.board.addAlert(report);
      onReport(report);
    }));
    if (json) line({ type: 'started', session: session.status().session, mode: config.mode, api: api?.url ?? null });
    else process.stderr.write(`ringside: session ${session.status().session} runs in ${config.mode} mode${api === undefined ? '' : `; control API at ${api.url}/docs`}\n`);
    if (!json) {
      screen = new Screen({
        output: process.stdout, environment: process.env, nowMs: () => performance.now(),
        footer: `Ctrl-C stops in order${api === undefined ? '' : `   API ${api.url}/docs`}`,
      });
    }
    process.once('exit', () => screen?.close()); // whatever happens, the terminal is given back
    const ticker = setInterval(() => (json ? line(session.status()) : screen?.show(session.status())), json ? LINE_MS : SCREEN_MS);
    await stop.wait(flags.duration);
    clearInterval(ticker);
    screen?.close();
    if (!json) process.stderr.write('ringside: stopping: cancelling open orders, comparing balances, storing what is left …\n');
  } finally {
    screen?.close();
    await api?.close();
    summary = await session.finish();
  }
  if (json) line(summary);
  else process.stdout.write(summaryText(summary));
}

/** An engine can trade without its API: a port in use is told, and the rest goes on. */
function withoutApi(error: unknown, onReport: (report: Report) => void): undefined {
  if (!(error instanceof RingsideError)) throw error;
  onReport({ kind: 'report', level: 'warn', code: error.code, text: `${error.message}; the engine runs without its API. ${error.fix ?? ''}`, thread: 'main' });
}
