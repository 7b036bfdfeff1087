/** The options that every command which runs an engine has in common. */
import { InvalidArgumentError, Option, type Command } from 'commander';

const list = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '');

function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Adds them to a command; its `opts()` are then ConfigFlags (src/config/config.ts) besides its own. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file (default: ringside.config.json, when there is one)')
    .addOption(new Option('-m, --mode <mode>', 'where orders go (default: sandbox)').choices(['sandbox', 'paper', 'live']))
    .option('--live', 'confirm that real orders may be sent; implies --mode live')
    .option('--venues <list>', 'only these venues, for example binance,kraken or kraken,ccxt:kucoin', list)
    .option('--pairs <list>', 'only these pairs, for example BTC-USDT,ETH-USDT', list)
    .option('--data-dir <dir>', 'where journal and database live (default: ./.ringside, or RINGSIDE_HOME)')
    .addOption(new Option('--placement <how>', 'actors on threads').choices(['auto', 'packed', 'threads']))
    .option('--api-port <port>', 'port of the control API, 0 = any free one (default: 7420)', whole)
    .option('--no-api', 'no control API')
    .option('--seed <n>', 'seed of the sandbox market', whole)
    .option('--rate <n>', 'book changes a second, over all sandbox markets', whole)
    .option('--clickhouse-url <url>', 'store in this server instead of the embedded engine')
    .option('--no-store', 'keep the journal only, no ClickHouse')
    .option('--nats-url <url>', 'publish to this NATS server')
    .option('--set <field=value>', 'set any field of the configuration, for example risk.maxLoss=100 (repeatable)', (text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
}
