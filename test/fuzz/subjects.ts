/** The venues, each with its recorded frames. */
import type { CapturedLine, Chain, FuzzSubject, PlainFrame, PlainLevel } from './subject.js';

type Json = Readonly<Record<string, unknown>>;
type Pairs = readonly (readonly unknown[])[];

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const FRAMES_MAX = 400;

/** `[[price, qty, …], …]` of one side, or undefined where it is none. */
function pairs(side: PlainLevel[0], value: unknown): PlainLevel[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels = (value as Pairs).map((level): PlainLevel | undefined => (Array.isArray(level) && level.length >= 2 ? [side, level[0], level[1]] : undefined));
  return levels.includes(undefined) ? undefined : (levels as PlainLevel[]);
}

function frame(symbol: unknown, snapshot: boolean, chain: unknown, bids: PlainLevel[] | undefined, asks: PlainLevel[] | undefined): PlainFrame | undefined {
  return bids === undefined || asks === undefined ? undefined : { symbol, snapshot, levels: [...bids, ...asks], chain: JSON.stringify(chain) };
}

/** Frames that change the book of `mark`, and the rest. */
function chain(lines: readonly CapturedLine[], isBook: (raw: string) => boolean, rest?: string): Chain {
  const frames = lines.filter(({ dir }) => dir === 'in').map(({ raw }) => raw);
  const updates = frames.filter(isBook).slice(0, FRAMES_MAX);
  return { ...(rest === undefined ? {} : { rest }), updates, others: frames.filter((raw) => !isBook(raw)).slice(0, FRAMES_MAX) };
}

/** The recorded snapshot cut to its best levels, and the diffs that follow it. */
function binanceChain(lines: readonly CapturedLine[]): Chain {
  const body = JSON.parse(lines.find(({ dir }) => dir === 'rest')!.raw) as { lastUpdateId: number; bids: Pairs; asks: Pairs };
  const { updates, others } = chain(lines, (raw) => raw.includes('"depthUpdate"'));
  const follows = updates.filter((raw) => Number(/"u":(\d+)/.exec(raw)![1]) > body.lastUpdateId);
  return { rest: JSON.stringify({ ...body, bids: body.bids.slice(0, 30), asks: body.asks.slice(0, 30) }), updates: follows, others };
}

const binance = (venue: string, symbol: string, capture: string): FuzzSubject => ({
  venue, symbol, capture, frames: binanceChain,
  plain(message) {
    const data = isJson(message) && Object.hasOwn(message, 'data') ? message.data : message;
    if (!isJson(data) || data.e !== 'depthUpdate') return undefined;
    return frame(data.s, false, [data.U, data.u, data.pu], pairs('bid', data.b), pairs('ask', data.a));
  },
});

const kraken: FuzzSubject = {
  venue: 'kraken', symbol: 'BTC/USD', capture: 'k2/kraken-v2/book25_instrument_BTC-USD.frames.jsonl',
  frames: (lines) => chain(lines, (raw) => raw.includes('"channel":"book"') && raw.includes('"checksum"')),
  plain(message) {
    if (!isJson(message) || message.channel !== 'book' || !Array.isArray(message.data) || message.data.length !== 1 || !isJson(message.data[0])) return undefined;
    const [data] = message.data as [Json];
    // A price of zero is no level there: the checksum would tell if it were.
    const side = (which: PlainLevel[0], value: unknown): PlainLevel[] | undefined =>
      (value === undefined ? [] : Array.isArray(value) && value.every(isJson) ? value.filter(({ price }) => Number(price) !== 0).map((level): PlainLevel => [which, level.price, level.qty]) : undefined);
    return frame(data.symbol, message.type === 'snapshot', [data.checksum], side('bid', data.bids), side('ask', data.asks));
  },
};

const COINBASE_SNAPSHOT = JSON.stringify({
  channel: 'l2_data', timestamp: '2026-08-26T12:14:02.000000001Z', sequence_num: 138,
  events: [{ type: 'snapshot', product_id: 'ATOM-USD', updates: ['1.5568', '1.5567', '1.5570', '1.5571'].map((price_level, i) => ({ side: i < 2 ? 'bid' : 'offer', event_time: '1970-01-01T00:00:00Z', price_level, new_quantity: '10.5' })) }],
});

const coinbase: FuzzSubject = {
  venue: 'coinbase', symbol: 'ATOM-USD', capture: 'k2/coinbase-advanced/level2_heartbeats_ATOM-USD.tail.frames.jsonl',
  // The recording begins in the middle: a made-up snapshot stands before it. Heartbeats count in its sequence.
  frames: (lines) => ({ updates: [COINBASE_SNAPSHOT, ...lines.filter(({ dir }) => dir === 'in').map(({ raw }) => raw)], others: [] }),
  plain(message) {
    if (!isJson(message) || message.channel !== 'l2_data' || !Array.isArray(message.events) || message.events.length !== 1 || !isJson(message.events[0])) return undefined;
    const [event] = message.events as [Json];
    if (!Array.isArray(event.updates) || !event.updates.every(isJson)) return undefined;
    const levels = event.updates.map(({ side, price_level, new_quantity }): PlainLevel | undefined =>
      (side === 'bid' || side === 'offer' ? [side === 'bid' ? 'bid' : 'ask', price_level, new_quantity] : undefined));
    if (levels.includes(undefined)) return undefined;
    return { symbol: event.product_id, snapshot: event.type === 'snapshot', levels: levels as PlainLevel[], chain: JSON.stringify([message.sequence_num, event.type]) };
  },
};

const okx = (capture: string): FuzzSubject => ({
  venue: 'okx', symbol: 'BTC-USDT', capture,
  frames: (lines) => chain(lines, (raw) => raw.includes('"channel":"books"') && raw.includes('"instId":"BTC-USDT"') && raw.includes('"action"')),
  plain(message) {
    if (!isJson(message) || !isJson(message.arg) || message.arg.channel !== 'books' || !Array.isArray(message.data) || message.data.length !== 1 || !isJson(message.data[0])) return undefined;
    const [data] = message.data as [Json];
    return frame(message.arg.instId, message.action === 'snapshot', [data.seqId, data.prevSeqId, data.checksum, message.action], pairs('bid', data.bids), pairs('ask', data.asks));
  },
});

const bybit: FuzzSubject = {
  venue: 'bybit', symbol: 'BTCUSDT', capture: 'tickvault/bybit-v5/orderbook50_BTCUSDT.FORMAT-SAMPLE-reduced.frames.jsonl',
  // One recorded snapshot, which goes on as updates under following numbers.
  frames(lines) {
    const [snapshot, delta = snapshot.replace('"snapshot"', '"delta"')] = lines.filter(({ raw }) => raw.includes('"topic":"orderbook')).map(({ raw }) => raw);
    const from = Number(/"u":(\d+)/.exec(snapshot)![1]);
    return { updates: [snapshot, ...Array.from({ length: 40 }, (_, i) => delta.replace(/"u":\d+/, `"u":${from + 1 + i}`))], others: lines.filter(({ dir, raw }) => dir === 'in' && !raw.includes('orderbook')).map(({ raw }) => raw) };
  },
  plain(message) {
    if (!isJson(message) || typeof message.topic !== 'string' || !message.topic.startsWith('orderbook.') || !isJson(message.data)) return undefined;
    const { data } = message;
    return frame(data.s, message.type === 'snapshot' || data.u === 1, [data.u, message.type, message.topic], pairs('bid', data.b), pairs('ask', data.a));
  },
};

export const SUBJECTS: readonly FuzzSubject[] = [
  binance('binance', 'BTCUSDT', 'hftbacktest/binance-spot/btcusdt_20240808.frames.jsonl.gz'),
  binance('binance-usdm', 'BTCUSDT', 'hftbacktest/binance-usdm/btcusdt_20240808.frames.jsonl.gz'),
  kraken,
  coinbase,
  okx('cryptofeed/okx/books_tickers_trades.frames.jsonl.gz'),
  okx('tickvault/okx/books_BTC-USDT.FORMAT-SAMPLE-reduced.frames.jsonl'),
  bybit,
];
