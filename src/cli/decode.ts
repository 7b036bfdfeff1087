/** `ringside decode`: recorded frames through the venue's own feed, printed as normalized events. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Command } from 'commander';
import { OrderBook } from '../book/order-book.js';
import { formatTrimmed } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import type { Instrument, InstrumentIndex, MarketMetadata, Side } from '../model/instrument.js';
import { buildInstrumentIndex } from '../model/instrument-index.js';
import { BookState, ResyncReason } from '../record/codes.js';
import type { BookStatus } from '../record/records.js';
import type { Venue } from '../venue/contract.js';
import { VENUES, nativeVenueById } from '../venue/registry.js';
import { ByteProgress } from './byte-progress.js';
import { NormalizingSink, type BookFrame, type NormalizedReader } from './normalize.js';
import { parsePrecision, withPrecision } from './precision.js';
import { epochOf, readTranscript, surveyTranscripts, TranscriptPlayer } from './transcript.js';

export interface DecodeOptions {
  readonly venue: string;
  readonly in: readonly string[];
  readonly rest?: readonly string[];
  readonly book?: string;
  readonly depth: string;
  /** `BTC/USD=1,8`: decimals of price and quantity. */
  readonly precision?: readonly string[];
}

const WRITE_CHARS = 1 << 16;
const MALFORMED_NAMED_MAX = 10_000;
const DEPTH_MAX = 5000;

export function decodeCommand(): Command {
  return new Command('decode')
    .description('Decode recorded venue frames into normalized events (NDJSON on stdout)')
    .requiredOption('--venue <id>', `whose frames: ${VENUES.map(({ id }) => id).join(', ')}`)
    .requiredOption('--in <file...>', 'transcripts, played one after the other: {"recv_ns","dir","raw"} a line, gzip or not')
    .option('--rest <file...>', 'recorded REST answers (metadata, depth snapshots)')
    .option('--book <symbol>', 'print the final book of this symbol as the last line')
    .option('--depth <levels>', 'levels a side of the final book', '10')
    .option('--precision <symbol=price,qty...>', 'decimals of a symbol where no metadata is at hand, such as BTC/USD=1,8')
    .addHelpText('after', `
Events: {"type":"delta|trade|bbo|status","venue","symbol","tsVenueNs","seq",…}. A delta is one venue frame; quantities
are absolute, 0 deletes a level. Books are synced by the venue's rules: without a recorded snapshot the deltas are still
printed, and the book says "inSync":false. Exit code 1 when nothing could be decoded.

Example: ringside decode --venue binance --in btcusdt.frames.jsonl.gz --book BTCUSDT --depth 10`)
    .action(async (options: DecodeOptions) => {
      process.exitCode = await decode(options, process.stdout, process.stderr);
    });
}

/** @returns the exit code @throws RingsideError for options that make no sense and files that cannot be read */
export async function decode(options: DecodeOptions, out: Writable, err: Writable): Promise<number> {
  const venue = nativeVenueById(options.venue);
  const depth = Number(options.depth);
  if (!Number.isInteger(depth) || depth < 1 || depth > DEPTH_MAX) throw new RingsideError('OPTION_INVALID', `--depth ${options.depth} is no number of levels`, { where: '--depth', fix: `Give a whole number from 1 to ${DEPTH_MAX}.` });
  const precision = parsePrecision(options.precision ?? []);
  const lines = new MalformedLines(err);
  const progress = await ByteProgress.over(options.in, 2, 'decoding');

  const found = await surveyTranscripts(venue, options.in, options.rest ?? [], () => {}, (bytes) => progress.add(bytes));
  const markets = found.markets.map((market) => withPrecision(market, precision));
  const guessed = markets.filter(({ fromVenue }) => !fromVenue).map(({ metadata }) => `${metadata.symbol}=${metadata.priceDecimals},${metadata.qtyDecimals}`);
  if (guessed.length > 0) err.write(`decode: no metadata for ${guessed.length} symbol${guessed.length > 1 ? 's' : ''}; decimals read off the frames: --precision ${guessed.join(' ')}\n`);
  const index = indexOf(venue, markets.map(({ metadata }) => metadata));
  const wanted = options.book === undefined ? undefined : findWanted(index, options.book);
  const epochUnixNs = epochOf(found);
  const report = new DecodeReport(wanted);
  const sink = new NormalizingSink(index, epochUnixNs, found.firstNs !== null, report);
  const player = new TranscriptPlayer({ venue, index, sink, survey: found, epochUnixNs, depth: Math.max(depth, 1000) });

  player.open();
  for (const path of options.in) {
    for await (const line of readTranscript(path, (file, number, why) => lines.add(file, number, why), (bytes) => progress.add(bytes))) {
      const before = (player.counts.get('malformed') ?? 0) + (player.counts.get('outOfRange') ?? 0);
      player.play(line);
      const after = (player.counts.get('malformed') ?? 0) + (player.counts.get('outOfRange') ?? 0);
      if (after > before) lines.add(line.file, line.line, line.dir === 'rest' ? 'an answer that is not what the venue documents' : 'a frame that is not what the venue documents');
      if (report.length > WRITE_CHARS && !out.write(report.take())) await once(out, 'drain');
    }
  }
  report.end(() => player.close());
  out.write(report.take());
  if (wanted !== undefined) out.write(`${report.bookLine(wanted, depth)}\n`);
  progress.stop();
  lines.end();
  const unknown = player.counts.get('unknownSymbol') ?? 0;
  if (unknown > 0) err.write(`decode: ${unknown} frames of unknown symbols left out\n`);
  if (report.events > 0) return 0;
  err.write('NOTHING_DECODED: no frame of these transcripts could be decoded\n  Check --venue, and that the files hold lines like {"recv_ns":"…","dir":"in","raw":"…"}.\n');
  return 1;
}

/** An index of the transcript's markets; every symbol is a pair of its own scale. */
export function indexOf(venue: Venue, markets: readonly MarketMetadata[]): InstrumentIndex {
  return buildInstrumentIndex({
    venues: [venue.id],
    markets: markets.map((metadata) => ({ venue: venue.id, pair: `${metadata.base}-${metadata.quote}`, quoteRatePpm: 1_000_000, takerFeePpm: 0, makerFeePpm: 0, metadata })),
  });
}

function findWanted(index: InstrumentIndex, symbol: string): Instrument {
  const found = index.instruments.find((instrument) => instrument.symbol === symbol);
  if (found !== undefined) return found;
  throw new RingsideError('UNKNOWN_INSTRUMENT', `the transcripts hold no ${symbol}`, { where: '--book', fix: `They hold: ${index.instruments.slice(0, 20).map((instrument) => instrument.symbol).join(', ') || 'no symbol at all'}.` });
}

/** Collects the lines, and keeps the wanted book. */
class DecodeReport implements NormalizedReader {
  /** Deltas, trades and quotes decoded. */
  events = 0;
  private text: string[] = [];
  length = 0;
  private readonly book: OrderBook | undefined;
  private ended = false;
  private inSync = false;
  private resyncs = 0;
  private applied = 0;
  private gaps = 0;
  private checksumFailures = 0;

  constructor(private readonly wanted: Instrument | undefined) {
    this.book = wanted === undefined ? undefined : new OrderBook(wanted.tick);
  }

  onEvent(line: string): void {
    if (this.ended) return;
    if (!line.startsWith('{"type":"status"')) this.events++;
    this.text.push(line);
    this.length += line.length + 1;
  }

  onBookFrame({ instrument, snapshot, changes }: BookFrame): void {
    if (this.book === undefined || instrument !== this.wanted?.index) return;
    if (snapshot) this.book.clear();
    for (let i = 0; i < changes.length; i += 3) this.book.set(changes[i] as Side, changes[i + 1], changes[i + 2]);
  }

  onStatus(status: BookStatus): void {
    if (status.instrument !== this.wanted?.index) return;
    this.applied = status.frames;
    // The state that counts is the one before the end of the transcript closed the connection.
    if (this.ended) return;
    this.inSync = status.state === BookState.IN_SYNC;
    this.resyncs = status.resyncs;
    if (status.state !== BookState.OUT_OF_SYNC) return;
    if (status.reason === ResyncReason.GAP) this.gaps++;
    if (status.reason === ResyncReason.CHECKSUM) this.checksumFailures++;
  }

  /** The transcript is over; `close` makes every book tell its last counts. */
  end(close: () => void): void {
    this.ended = true;
    close();
  }

  take(): string {
    if (this.text.length === 0) return '';
    const text = `${this.text.join('\n')}\n`;
    this.text = [];
    this.length = 0;
    return text;
  }

  bookLine(instrument: Instrument, depth: number): string {
    const { inSync, applied, resyncs, gaps, checksumFailures } = this;
    return JSON.stringify({
      type: 'book', venue: instrument.venue.id, symbol: instrument.symbol, bids: this.levels(instrument, 0, depth), asks: this.levels(instrument, 1, depth),
      inSync, applied, resyncs, checksumFailures, gaps,
    });
  }

  private levels({ pair }: Instrument, side: Side, depth: number): [string, string][] {
    const prices = new Float64Array(depth);
    const quantities = new Float64Array(depth);
    const count = this.book?.read(side, depth, prices, quantities) ?? 0;
    return Array.from({ length: count }, (_, i) => [formatTrimmed(prices[i], pair.priceScale), formatTrimmed(quantities[i], pair.qtyScale)]);
  }
}

/** Malformed lines: the first ones by name, all of them counted. */
class MalformedLines {
  private count = 0;

  constructor(private readonly err: Writable) {}

  add(file: string, line: number, why: string): void {
    if (++this.count <= MALFORMED_NAMED_MAX) this.err.write(`decode: ${file}:${line}: ${why}\n`);
  }

  end(): void {
    if (this.count > 0) this.err.write(`decode: ${this.count} malformed line${this.count > 1 ? 's' : ''}\n`);
  }
}
