/** How long does a recorded change of a book take from bytes to book, venue by venue, beside ccxt pro's handler for it? */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { indexOf } from '../src/cli/decode.js';
import { epochOf, readTranscript, surveyTranscripts } from '../src/cli/transcript.js';
import type { InstrumentIndex } from '../src/model/instrument.js';
import { nativeVenueById } from '../src/venue/registry.js';
import { scaled, target, type Baseline, type Bench, type BenchOptions, type BenchResult, type Percentiles } from './bench.js';
import type { RecordedFrame } from './recorded.js';
import { figures, meanOf, median, percentilesOf } from './samples.js';
import { formatNs } from './table.js';
import { StreamedFeed } from './streamed-feed.js';

const NAME = 'venue-decode';
const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'shared', 'captures');
/** Changes timed for a row, over as many passes as that takes. */
const SAMPLES = 20_000;
const FASTER = 10;

/** A recorded stream whose snapshots come over the stream. A venue is one line more. */
interface Recording {
  /** Where a venue has more than one. */
  readonly name?: string;
  /** As the engine's registry has it, and as ccxt has it. */
  readonly venue: string;
  readonly ccxt: 'bybit' | 'coinbase' | 'coinbaseexchange' | 'kraken' | 'okx';
  /** Where ccxt thinks that it is connected. */
  readonly url: string;
  readonly frames: string;
  readonly rest?: string;
  /** A snapshot that the recording lacks, without levels. */
  readonly before?: string;
  /** The market whose best prices are compared at the end. */
  readonly symbol: string;
  readonly isBook: (text: string) => boolean;
  /** Where the venue writes its frames otherwise today: what the row is called, and a frame in today's words. */
  readonly today?: { readonly name: string; readonly rewrite: (text: string, number: number) => string };
  /** Snapshots are played, not timed: there is one to thousands of changes. */
  readonly isSnapshot: (text: string) => boolean;
}

const isTypeSnapshot = (text: string): boolean => text.includes('"type":"snapshot"');

const OKX: Recording = {
  venue: 'okx', ccxt: 'okx', url: 'wss://ws.okx.com:8443/ws/v5/public', frames: 'cryptofeed/okx/books_tickers_trades.frames.jsonl.gz', rest: 'cryptofeed/okx/instruments_spot.rest.jsonl.gz', symbol: 'BTC-USDT',
  isBook: (text) => text.startsWith('{"arg":{"channel":"books","instId":"BTC-USDT"},"action"'), isSnapshot: (text) => text.includes('"action":"snapshot"'),
};

const RECORDINGS: readonly Recording[] = [
  { venue: 'kraken', ccxt: 'kraken', url: 'wss://ws.kraken.com/v2', frames: 'k2/kraken-v2/book25_instrument_BTC-USD.frames.jsonl', symbol: 'BTC/USD', isBook: (text) => text.includes('"channel":"book"'), isSnapshot: isTypeSnapshot },
  { venue: 'bybit', ccxt: 'bybit', url: 'wss://stream.bybit.com/v5/public/spot', frames: 'gocryptotrader/bybit-v5/orderbook50_publicTrade.frames.jsonl', symbol: 'BTCUSDT', isBook: (text) => text.includes('"topic":"orderbook.'), isSnapshot: isTypeSnapshot },
  // Of 2022, with checksums: ringside verifies them, ccxt pro does not. The venue sends sequences in their place now.
  OKX,
  { ...OKX, today: { name: 'okx with sequences', rewrite: (text, number) => text.replace(/"checksum":-?\d+/, `"checksum":0,"seqId":${9000 + number * 7},"prevSeqId":${number === 0 ? -1 : 8993 + number * 7}`) } },
  {
    venue: 'coinbase', ccxt: 'coinbase', url: 'wss://advanced-trade-ws.coinbase.com', frames: 'k2/coinbase-advanced/level2_heartbeats_ATOM-USD.tail.frames.jsonl', symbol: 'ATOM-USD',
    before: '{"channel":"l2_data","timestamp":"2026-08-26T12:14:02.0Z","sequence_num":138,"events":[{"type":"snapshot","product_id":"ATOM-USD","updates":[]}]}',
    // Heartbeats count in the sequence: they are played, not timed.
    isBook: () => true, isSnapshot: (text) => isTypeSnapshot(text) || text.includes('"channel":"heartbeats"'),
  },
  {
    name: 'coinbase exchange', venue: 'coinbase', ccxt: 'coinbaseexchange', url: 'wss://ws-feed.exchange.coinbase.com', frames: 'cryptofeed/coinbase-exchange/level2_ticker_matches.frames.jsonl.gz',
    rest: 'cryptofeed/coinbase-exchange/products.rest.jsonl.gz', symbol: 'SKL-USD', isBook: (text) => /^\{"type":"(?:snapshot|l2update)"/.test(text), isSnapshot: isTypeSnapshot,
  },
];

/** One way to keep the books. */
interface Keeper {
  reset(): void;
  onFrame(frame: RecordedFrame): void;
  /** Best bid and ask of the compared market. */
  top(): readonly [number, number];
}

interface BookFrame extends RecordedFrame {
  readonly isTimed: boolean;
}

interface Recorded {
  readonly index: InstrumentIndex;
  readonly epochUnixNs: bigint;
  readonly frames: readonly BookFrame[];
}

async function read({ venue, frames, rest, before, isBook, isSnapshot, today }: Recording): Promise<Recorded> {
  const damaged = (file: string, line: number, why: string): never => {
    throw new Error(`${file}:${line}: ${why}`);
  };
  const path = join(CAPTURES, frames);
  const native = nativeVenueById(venue);
  const found = await surveyTranscripts(native, [path], rest === undefined ? [] : [join(CAPTURES, rest)], damaged);
  const epochUnixNs = epochOf(found);
  // The decimals of the book alone: other frames of a recording may be of another time, when the tick was another.
  const survey = native.createSurvey!();
  for (const { url, raw } of found.bodies) survey.onResponse(url, raw);
  const encoder = new TextEncoder();
  const recorded: BookFrame[] = before === undefined ? [] : [{ text: before, bytes: encoder.encode(before), tsRecvNs: 0, isTimed: false }];
  for await (const { dir, raw, recvNs } of readTranscript(path, damaged)) {
    if (dir !== 'in' || !isBook(raw)) continue;
    const text = today === undefined ? raw : today.rewrite(raw, recorded.length);
    const bytes = encoder.encode(text);
    survey.onFrame(bytes, bytes.length);
    recorded.push({ text, bytes, tsRecvNs: Number((recvNs ?? epochUnixNs) - epochUnixNs), isTimed: !isSnapshot(text) });
  }
  return { index: indexOf(native, survey.markets().map(({ metadata }) => metadata)), epochUnixNs, frames: recorded };
}

/** What a socket hands over as a text. */
function textOf({ bytes }: RecordedFrame): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** Numbers too long for a double, which ccxt's client puts into quotes before it parses. */
const LONG_NUMBERS = /:(\d{15,}),/g;

/** ccxt pro's own handler, offline: from the bytes to its message as its client does, then handed to it. */
async function ccxtPro({ ccxt: id, url, symbol: wanted }: Recording, { index }: Recorded): Promise<Keeper | string> {
  const ccxt = await import('ccxt').catch(() => undefined);
  if (ccxt === undefined) return 'ccxt is not installed';
  const exchange = new ccxt.pro[id]({ enableRateLimit: false });
  const unified = ({ base, quote }: { base: string; quote: string }): string => `${base}/${quote}`;
  exchange.setMarkets(index.instruments.map(({ metadata }) => ({
    id: metadata.symbol, wsId: metadata.symbol, lowercaseId: metadata.symbol.toLowerCase(), symbol: unified(metadata), base: metadata.base, quote: metadata.quote, baseId: metadata.base,
    quoteId: metadata.quote, active: true, type: 'spot', spot: true, margin: false, swap: false, future: false, option: false, contract: false, settle: undefined, settleId: undefined,
    contractSize: undefined, linear: undefined, inverse: undefined, expiry: undefined, expiryDatetime: undefined, strike: undefined, optionType: undefined, taker: 0.001, maker: 0.001,
    precision: { price: Number(metadata.tickSize), amount: Number(metadata.stepSize) }, limits: {}, info: {},
  })) as never);
  const client = {
    url, subscriptions: {}, futures: {}, resolve: () => undefined,
    reject: (error: unknown) => {
      throw error instanceof Error ? error : new Error(String(error));
    },
  };
  const symbol = unified(index.find(index.venues[0].id, wanted).metadata);
  return {
    reset: () => void (exchange.orderbooks = {} as typeof exchange.orderbooks),
    onFrame: (frame) => exchange.handleMessage(client as never, JSON.parse(textOf(frame).replace(LONG_NUMBERS, ':"$1",')) as never),
    top: () => [Number(exchange.orderbooks[symbol]?.bids[0]?.[0]), Number(exchange.orderbooks[symbol]?.asks[0]?.[0])],
  };
}

/** Every change timed singly, over passes that each begin with nothing; two passes to warm up. */
function sample(keeper: Keeper, frames: readonly BookFrame[], passes: number): Percentiles & { readonly meanNs: number } {
  const changes = frames.filter(({ isTimed }) => isTimed).length;
  const ns = new Float64Array(passes * changes);
  for (let pass = -2; pass < passes; pass++) {
    let timed = pass * changes;
    keeper.reset();
    for (const frame of frames) {
      const before = performance.now();
      keeper.onFrame(frame);
      if (frame.isTimed && timed >= 0) ns[timed] = (performance.now() - before) * 1e6;
      if (frame.isTimed) timed++;
    }
  }
  // Changes differ in size: of each the median of its passes, lest whatever else the machine did decide.
  const medians = Float64Array.from({ length: changes }, (_, i) => median(Array.from({ length: passes }, (__, pass) => ns[pass * changes + i])));
  const { p50Ns, p90Ns, p99Ns, p999Ns } = percentilesOf(ns);
  return { meanNs: meanOf(medians), p50Ns, p90Ns, p99Ns, p999Ns };
}

async function measure(recording: Recording, options: BenchOptions): Promise<BenchResult> {
  const { venue } = recording;
  const name = recording.today?.name ?? recording.name ?? venue;
  options.progress(name);
  const recorded = await read(recording);
  const { frames, index, epochUnixNs } = recorded;
  const changes = frames.filter(({ isTimed }) => isTimed);
  const passes = Math.ceil(scaled(SAMPLES, options, changes.length) / changes.length);
  const feed = new StreamedFeed(nativeVenueById(venue), index, epochUnixNs);
  const instrument = index.find(venue, recording.symbol);
  const own = sample({ reset: () => feed.reset(), onFrame: (frame) => feed.onFrame(frame), top: () => feed.top(instrument) }, frames, passes);
  const parsed = sample({ reset: () => undefined, onFrame: (frame) => void JSON.parse(textOf(frame)), top: () => [0, 0] }, frames, passes);
  const baselines: Record<string, Baseline> = { jsonParseAlone: figures(parsed) };
  const targets = [];
  const ccxt = await ccxtPro(recording, recorded);
  if (typeof ccxt === 'string') baselines.ccxtPro = { skipped: ccxt };
  else {
    const theirs = sample(ccxt, frames, passes);
    baselines.ccxtPro = figures(theirs);
    targets.push(target(`at least ${FASTER} times as fast as ccxt pro's handler (mean ${(theirs.meanNs / own.meanNs).toFixed(1)} times)`, theirs.meanNs >= FASTER * own.meanNs));
    const tops = [feed.top(instrument), ccxt.top()];
    if (tops.some(([bid, ask]) => bid !== tops[0][0] || ask !== tops[0][1])) throw new Error(`${name}: the books differ: ${JSON.stringify(tops)}`);
  }
  if (feed.problems.length > 0) throw new Error(`${name}: ${feed.problems.join(', ')}`);
  const bytes = Math.round(changes.reduce((sum, frame) => sum + frame.bytes.length, 0) / changes.length);
  return {
    bench: NAME, name, measured: figures(own), baselines, targets,
    notes: [`${changes.length} recorded changes of ${bytes} bytes on average, ${passes} times, for all from the bytes that a socket hands over; means: ringside ${formatNs(own.meanNs)}, JSON.parse ${formatNs(parsed.meanNs)}`],
  };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  for (const recording of RECORDINGS) {
    if (existsSync(join(CAPTURES, recording.frames))) yield await measure(recording, options);
    else yield { bench: NAME, name: recording.today?.name ?? recording.name ?? recording.venue, measured: { skipped: `the recorded frames are not here (../shared/captures/${recording.frames})` }, baselines: {} };
  }
}

export const venueDecode: Bench = {
  name: NAME,
  question: 'How long does a recorded change of a book take from bytes to book, venue by venue?',
  topology: "one thread; the venue's feed session writes records, the order books read them",
  run,
};
