/** The `ringside` command: one file per subcommand, loaded only when it is called. */
import { Command } from 'commander';
import { VERSION } from '../../actors/version.js';
import { RingsideError } from '../model/errors.js';

interface Entry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: readonly Entry[] = [
  { name: 'start', summary: 'trade: on the sandbox by default, on paper or live when told so', load: async () => (await import('./start.js')).startCommand() },
  { name: 'sandbox', summary: 'exchanges on this machine that speak the real protocols', load: async () => (await import('./sandbox.js')).sandboxCommand() },
  { name: 'replay', summary: 'run feeds, merger and strategy over recorded transcripts', load: async () => (await import('./replay.js')).replayCommand() },
  { name: 'decode', summary: 'a transcript of a venue as normalized events and books', load: async () => (await import('./decode.js')).decodeCommand() },
  { name: 'query', summary: 'analytics over what was kept', load: async () => (await import('./query.js')).queryCommand() },
  { name: 'observe', summary: 'what an engine publishes to NATS, readable', load: async () => (await import('./observe.js')).observeCommand() },
  { name: 'bench', summary: 'the benchmarks, each beside what it is compared with', load: async () => (await import('./bench.js')).benchCommand() },
  { name: 'doctor', summary: 'is this machine fit, and if not, what to do', load: async () => (await import('./doctor.js')).doctorCommand() },
];

function overview(): Command {
  const program = new Command('ringside').description('Cross-exchange crypto trading engine: venues, books, arbitrage, orders, and the records that prove it.').version(VERSION, '-V, --version', 'print the version')
    .showHelpAfterError('Run `ringside --help` for the commands.');
  for (const { name, summary } of COMMANDS) program.command(name).description(summary);
  return program.addHelpText('after', '\nTry it: `ringside start` trades on sandbox venues that run on this machine; no keys, no network.\n`ringside COMMAND --help` explains each command.');
}

function onPipeClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

async function main(argv: readonly string[]): Promise<void> {
  const entry = COMMANDS.find(({ name }) => name === argv[0]);
  if (entry === undefined) await overview().parseAsync([...argv], { from: 'user' });
  else {
    // `… | head`: who closes the pipe has seen enough. Only `start` has more to do than to print.
    if (entry.name !== 'start') process.stdout.on('error', onPipeClosed);
    const command = await entry.load();
    await command.name(`ringside ${entry.name}`).showHelpAfterError(`Run \`ringside ${entry.name} --help\` for what it takes.`).parseAsync(argv.slice(1), { from: 'user' });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof RingsideError)) throw error;
  process.stderr.write(`${error.toText()}\n`);
  process.exitCode = 1;
}
