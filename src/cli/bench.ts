/** `ringside bench NAME`: one question answered; `ringside bench all`: every one, and bench/RESULTS.md. */
import { Command, InvalidArgumentError } from 'commander';
import { toJson, type BenchOptions } from '../../bench/bench.js';
import { BENCHES } from '../../bench/registry.js';
import { describeMachine } from '../../bench/machine.js';
import { toLines } from '../../bench/table.js';
import { writeResults, type Section } from '../../bench/results.js';
import { RingsideError } from '../model/errors.js';

interface Flags {
  readonly json?: true;
  readonly quick?: true;
  readonly scale: number;
  readonly duration?: number;
}

const FULL_DURATION_S = 60;
const QUICK_DURATION_S = 10;
const QUICK_SCALE = 0.1;

function positive(text: string): number {
  const value = Number(text.replace(/s$/, ''));
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

function optionsOf(flags: Flags, progress: (text: string) => void): BenchOptions {
  return {
    scale: flags.scale * (flags.quick === true ? QUICK_SCALE : 1),
    durationS: flags.duration ?? (flags.quick === true ? QUICK_DURATION_S : FULL_DURATION_S),
    progress,
  };
}

/** One benchmark: results go to stdout as they come, what is happening to stderr. */
async function runOne(name: string, flags: Flags): Promise<Section> {
  const entry = BENCHES.find((known) => known.name === name);
  if (entry === undefined) {
    throw new RingsideError('UNKNOWN_BENCH', `there is no benchmark ${name}`, { where: name, fix: `Use one of: ${BENCHES.map((known) => known.name).join(', ')}, all.` });
  }
  const bench = await entry.load();
  const results = [];
  for await (const result of bench.run(optionsOf(flags, (text) => process.stderr.write(`bench: ${name}: ${text}\n`)))) {
    results.push(result);
    process.stdout.write(flags.json === true ? `${toJson(result)}\n` : `${toLines(result).join('\n')}\n`);
  }
  return { bench, results };
}

async function runAll(flags: Flags): Promise<void> {
  const sections: Section[] = [];
  for (const [i, { name }] of BENCHES.entries()) {
    process.stderr.write(`bench: ${i + 1} of ${BENCHES.length}: ${name}\n`);
    sections.push(await runOne(name, flags));
  }
  const path = writeResults(sections, describeMachine(), optionsOf(flags, () => undefined));
  process.stderr.write(`bench: wrote ${path}\n`);
}

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure one thing, with its baselines in the same run. Without a name: what can be measured.')
    .argument('[name]', `one of ${BENCHES.map(({ name }) => name).join(', ')}, or all (writes bench/RESULTS.md)`)
    .option('--json', 'a JSON line for each result')
    .option('--quick', `a tenth of the samples, ${QUICK_DURATION_S} s where a benchmark runs for a time`)
    .option('--scale <factor>', 'multiply the number of samples', positive, 1)
    .option('--duration <seconds>', `how long benchmarks that run for a time run (default ${FULL_DURATION_S})`, positive)
    .action(async (name: string | undefined, flags: Flags) => {
      if (name === 'all') return runAll(flags);
      if (name !== undefined) return void (await runOne(name, flags));
      for (const { name: known, load } of BENCHES) process.stdout.write(`${known.padEnd(24)} ${(await load()).question}\n`);
    });
}
