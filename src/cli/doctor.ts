/** `ringside doctor`: whether this machine and this configuration will do, and what to mend. */
import { Command } from 'commander';
import { RingsideError } from '../model/errors.js';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../config/config.js';
import { addConfigOptions } from './config-options.js';
import { engineChecks, machineChecks, type Check, type Finding, type Level } from './doctor-checks.js';
import { KNOWN_PARTS } from './known-parts.js';

const MARK: Readonly<Record<Level, string>> = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' };

export function doctorCommand(): Command {
  const command = new Command('doctor').description('check this machine, the configuration, and everything the engine would connect to');
  return addConfigOptions(command)
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExit code 1 when a check fails; warnings do not count. Keys are never printed.\n\nExamples:\n  ringside doctor\n  ringside doctor --mode paper --venues binance,kraken')
    .action(doctor);
}

async function doctor(flags: ConfigFlags & { readonly json?: boolean }): Promise<void> {
  const findings: Finding[] = [];
  const say = (finding: Finding): void => {
    findings.push(finding);
    if (flags.json === true) return;
    process.stdout.write(`${MARK[finding.level]}  ${finding.check.padEnd(20)} ${finding.text}\n`);
    if (finding.fix !== undefined && finding.level !== 'ok') process.stdout.write(`${' '.repeat(27)}→ ${finding.fix}\n`);
  };
  for (const check of machineChecks()) say(await finish(check));
  const loaded = configuration(flags, say);
  if (loaded !== undefined) {
    // Side by side, because most of their time is waiting; told in order.
    for (const finding of engineChecks(loaded).map(finish)) say(await finding);
  }
  const failed = findings.filter(({ level }) => level === 'fail').length;
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ type: 'doctor', ok: failed === 0, checks: findings })}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function configuration(flags: ConfigFlags, say: (finding: Finding) => void): LoadedConfig | undefined {
  try {
    // Confirming is for those who trade: asking whether live mode would do is not.
    const loaded = loadConfig({ flags: flags.mode === 'live' ? { ...flags, live: true } : flags, environment: process.env, workingDir: process.cwd() }, KNOWN_PARTS);
    const { mode, venues, pairs } = loaded.config;
    say({ check: 'configuration', level: 'ok', text: `${loaded.file ?? 'defaults'}: ${mode}, ${Object.keys(venues).join(' ')}, ${pairs.join(' ')}` });
    return loaded;
  } catch (error) {
    if (!(error instanceof RingsideError)) throw error;
    say({ check: 'configuration', level: 'fail', text: `${error.code}: ${error.message}`, ...(error.fix === undefined ? {} : { fix: error.fix }) });
    return undefined;
  }
}

async function finish(check: Check): Promise<Finding> {
  try {
    return { check: check.name, ...(await check.run()) };
  } catch (error) {
    return { check: check.name, level: 'fail', text: error instanceof Error ? error.message : String(error), fix: 'This check itself broke; please report it.' };
  }
}
