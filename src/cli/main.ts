/** The `ringside` command: one file per subcommand, loaded only when it is called. */
import { Command } from 'commander';
import { RingsideError } from '../model/errors.js';

interface Entry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: readonly Entry[] = [
  { name: 'bench', summary: 'measure hops, books and the way from tick to order, with baselines', load: async () => (await import('./bench.js')).benchCommand() },
];

function overview(): Command {
  const program = new Command('ringside').description('Cross-exchange crypto trading engine: venues, books, arbitrage, orders, and the records that prove it.');
  for (const { name, summary } of COMMANDS) program.command(name).description(summary);
  return program.addHelpText('after', '\nTry it: `ringside start` trades on sandbox venues that run on this machine; no keys, no network.\n`ringside COMMAND --help` explains each command.');
}

async function main(argv: readonly string[]): Promise<void> {
  const entry = COMMANDS.find(({ name }) => name === argv[0]);
  if (entry === undefined) await overview().parseAsync([...argv], { from: 'user' });
  else {
    const command = await entry.load();
    await command.name(`ringside ${entry.name}`).parseAsync(argv.slice(1), { from: 'user' });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof RingsideError)) throw error;
  process.stderr.write(`${error.toText()}\n`);
  process.exitCode = 1;
}
