/** `ringside replay`: recorded transcripts of several venues through feeds, merger and strategy, merged by receive time. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { RingsideError } from '../model/errors.js';
import type { Venue } from '../venue/contract.js';
import { VENUES } from '../venue/registry.js';
import { parsePrecision } from './precision.js';
import { ByteProgress } from './byte-progress.js';
import { ReplayEngine } from './replay-engine.js';
import { indexOfMarkets, parseFees, parseMapping } from './replay-markets.js';
import { ReplayReport, summaryText, type ReplaySummary } from './replay-report.js';
import { mergeByTime, sourceOf, splitPrefix, type ReplaySource } from './replay-sources.js';
import { epochOf, surveyTranscripts, TranscriptPlayer, type TranscriptSurveyResult } from './transcript.js';

export interface ReplayOptions {
  readonly json?: boolean;
  readonly speed?: string;
  readonly rest?: readonly string[];
  readonly precision?: readonly string[];
  readonly map?: readonly string[];
  readonly fee?: readonly string[];
  /** JSON, as an entry of `strategies` in the configuration. */
  readonly strategy?: string;
}

const WRITE_CHARS = 1 << 16;
const MALFORMED_NAMED_MAX = 20;
const SLEEP_MS_MIN = 2;
/** Kraken: the depth that was subscribed, where no recorded answer says so. */
const DEPTH_DEFAULT = 1000;

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('Replay recorded transcripts of several venues through feeds, merger and strategy')
    .argument('<transcript...>', '[VENUE=]FILE; the venue is recognised where it is not given')
    .option('--json', 'opportunities, intents and the summary as NDJSON')
    .option('--speed <factor>', 'times real time, such as 1; as fast as possible when absent')
    .option('--rest <file>', '[VENUE=]FILE of recorded REST answers; may be repeated', collect)
    .option('--map <from=to@rate>', 'count a pair as another of the same base, at a rate: BTC-USD=BTC-USDT@1; may be repeated', collect)
    .option('--fee <venue=ppm>', 'taker fee, parts per million (1000 = 0.1 %); may be repeated', collect)
    .option('--precision <symbol=price,qty>', 'decimals of a symbol where no metadata is at hand, such as BTC/USD=1,8; may be repeated', collect)
    .option('--strategy <json>', 'strategy and its settings, as in the configuration', '{"id":"cross-venue"}')
    .addHelpText('after', `
Venues: ${VENUES.map(({ id }) => id).join(', ')}. Markets of different quotes are never compared unless --map says at
what rate. No order travels: an opportunity counts as taken when the strategy asked for its two legs. The output of two
runs is the same, byte for byte; how long it took goes to stderr.

Example: ringside replay spot.jsonl.gz usdm.jsonl.gz coinm.jsonl.gz --map BTC-USD=BTC-USDT@1 --fee binance=0 --json`)
    .action(async (transcripts: string[], options: ReplayOptions) => {
      process.exitCode = await replay(transcripts, options, process.stdout, process.stderr);
    });
}

interface StrategyChoice {
  readonly id: string;
  readonly config: unknown;
}

function parseStrategy(text: string): StrategyChoice {
  try {
    const { id, ...config } = JSON.parse(text) as { id?: unknown };
    if (typeof id === 'string') return { id, config };
  } catch {
    // Told below, as a wrong id is.
  }
  throw new RingsideError('OPTION_INVALID', `--strategy ${text} cannot be read`, { where: '--strategy', fix: 'Write JSON, for example \'{"id":"cross-venue","minProfitBps":2}\'.' });
}

function parseSpeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new RingsideError('OPTION_INVALID', `--speed ${text} is no factor`, { where: '--speed', fix: 'Give a number above 0: 1 is real time, 10 is ten times as fast.' });
}

/** Transcripts of one venue, in the order in which they were given. */
interface VenueGroup {
  readonly venue: Venue;
  readonly paths: string[];
  readonly rest: string[];
}

function groupByVenue(sources: readonly ReplaySource[], rest: readonly string[]): VenueGroup[] {
  const groups: VenueGroup[] = [];
  for (const { venue, path } of sources) {
    const group = groups.find((known) => known.venue === venue);
    if (group === undefined) groups.push({ venue, paths: [path], rest: [] });
    else group.paths.push(path);
  }
  for (const text of rest) {
    const { venue, rest: path } = splitPrefix(text);
    const group = venue === undefined && groups.length === 1 ? groups[0] : groups.find((known) => known.venue === venue);
    if (group === undefined) {
      throw new RingsideError('OPTION_INVALID', `--rest ${text}: whose answers are these?`, { where: '--rest', fix: `Put one of the transcripts' venues before it: ${groups.map(({ venue: { id } }) => `${id}=`).join(', ')}` });
    }
    group.rest.push(path);
  }
  return groups;
}

/** @returns the exit code: 1 when nothing could be decoded @throws RingsideError for options that make no sense and files that cannot be read */
export async function replay(transcripts: readonly string[], options: ReplayOptions, out: Writable & { isTTY?: boolean }, err: Writable): Promise<number> {
  const startedMs = performance.now();
  const speed = parseSpeed(options.speed);
  const mapping = parseMapping(options.map ?? []);
  const precision = parsePrecision(options.precision ?? []);
  const takerFeePpm = parseFees(options.fee ?? [], VENUES.map(({ id }) => id));
  const strategy = parseStrategy(options.strategy ?? '{"id":"cross-venue"}');
  const sources = await Promise.all(transcripts.map(sourceOf));
  const groups = groupByVenue(sources, options.rest ?? []);
  const progress = await ByteProgress.over(sources.map(({ path }) => path), 2, 'replaying');
  const onBytes = (bytes: number): void => progress.add(bytes);

  const surveys: TranscriptSurveyResult[] = [];
  for (const { venue, paths, rest } of groups) surveys.push(await surveyTranscripts(venue, paths, rest, () => {}, onBytes));
  const index = indexOfMarkets(groups.map(({ venue }, i) => ({ venue, markets: surveys[i].markets })), { mapping, takerFeePpm, precision });
  const epochUnixNs = surveys.map(epochOf).reduce((a, b) => (a < b ? a : b));

  let text: string[] = [];
  let length = 0;
  const print = (line: string): void => {
    text.push(line, '\n');
    length += line.length + 1;
  };
  const flush = async (): Promise<void> => {
    const chunk = text.join('');
    text = [];
    length = 0;
    if (chunk === '') return;
    if (out.isTTY === true) progress.stop();
    if (!out.write(chunk)) await once(out, 'drain');
  };

  const report = new ReplayReport(index, epochUnixNs, options.json === true, print);
  const engine = new ReplayEngine({ index, strategy, onMarket: report.onMarket, onStrategy: report.onStrategy });
  const players = groups.map(({ venue }, i) => {
    const player = new TranscriptPlayer({ venue, index, sink: engine.feedSink, survey: surveys[i], epochUnixNs, depth: DEPTH_DEFAULT });
    engine.attach(i, player.session);
    player.open();
    return player;
  });
  const playerOf = sources.map(({ venue }) => players[groups.findIndex((group) => group.venue === venue)]);

  let lines = 0;
  let malformed = 0;
  const onMalformed = (file: string, line: number, why: string): void => {
    if (++malformed <= MALFORMED_NAMED_MAX) err.write(`replay: ${file}:${line}: ${why}\n`);
  };
  const pace = speed === undefined ? undefined : new Pace(speed);
  for await (const { source, line } of mergeByTime(sources, onMalformed, onBytes)) {
    if (line.recvNs !== null) engine.clock.set(Math.max(engine.clock.nowNs(), Number(line.recvNs - epochUnixNs)));
    const waitMs = pace?.waitMs(engine.clock.nowNs()) ?? 0;
    if (waitMs > SLEEP_MS_MIN) {
      await flush();
      await sleep(waitMs);
    }
    for (const player of players) player.heedTime(engine.clock.nowNs());
    playerOf[source].play(line);
    engine.turn();
    lines++;
    if (length > WRITE_CHARS) await flush();
  }

  const feeds = new Map(groups.map(({ venue }, i) => [venue.id, players[i].counts]));
  const summary = report.summary(engine.merger, engine.strategy.stats(), feeds, lines, malformed);
  print(options.json === true ? JSON.stringify(summary) : summaryText(summary));
  await flush();
  progress.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  err.write(`replay: ${lines} lines in ${seconds.toFixed(2)} s, ${Math.round(lines / seconds)} a second\n`);
  return exitCodeOf(summary, err);
}

function exitCodeOf(summary: ReplaySummary, err: Writable): number {
  if (summary.malformedLines > 0) err.write(`replay: ${summary.malformedLines} malformed line${summary.malformedLines > 1 ? 's' : ''}\n`);
  if (summary.frames + summary.trades > 0) return 0;
  err.write('NOTHING_DECODED: nothing in these transcripts could be decoded\n  Check that the files hold lines like {"recv_ns":"…","dir":"in","raw":"…"}, and the recorded snapshots (--rest).\n');
  return 1;
}

/** How far the recording may be ahead of the wall clock. */
class Pace {
  private startMs: number | undefined;
  private startNs = 0;

  constructor(private readonly speed: number) {}

  waitMs(nowNs: number): number {
    if (this.startMs === undefined) {
      this.startMs = performance.now();
      this.startNs = nowNs;
    }
    return this.startMs + (nowNs - this.startNs) / 1e6 / this.speed - performance.now();
  }
}
