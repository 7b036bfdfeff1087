/**
 * What may stand in `ringside.config.json`: one schema, from which come the checks, the environment variables
 * (`risk.staleBookMs` → RINGSIDE_RISK_STALE_BOOK_MS) and the table in docs/configuration.md. Every leaf says what it
 * accepts. Money and rates are decimal text, so that nothing is lost to binary fractions. Units come last in names.
 */
import { z } from 'zod';

/** What a leaf tells people: shown when a value is refused, and in the docs. */
export interface LeafMeta {
  readonly accepted: string;
  readonly doc: string;
}

const DECIMAL_TEXT = /^\d{1,15}(\.\d{1,8})?$/;
const PAIR_NAME = /^[A-Z0-9]{2,12}-[A-Z0-9]{2,12}$/;
/** What every code of an asset looks like: `BTC`, `1INCH`. */
const ASSET_CODE = /^[A-Z0-9]{1,12}$/;

const decimal = (doc: string) =>
  z.string().regex(DECIMAL_TEXT).meta({ accepted: 'a decimal as text, at most 8 decimals, for example "250.00"', doc });
const positive = (doc: string) =>
  z.string().regex(DECIMAL_TEXT).refine((text) => !DECIMAL_TEXT.test(text) || /[1-9]/.test(text)).meta({ accepted: 'a decimal above 0 as text, at most 8 decimals, for example "250.00"', doc });
const integer = (from: number, to: number, doc: string) => z.int().min(from).max(to).meta({ accepted: `a whole number from ${from} to ${to}`, doc });
const choice = <const T extends readonly [string, ...string[]]>(values: T, doc: string) => z.enum(values).meta({ accepted: values.join(', '), doc });
const flag = (doc: string) => z.boolean().meta({ accepted: 'true, false', doc });
const text = (accepted: string, doc: string) => z.string().min(1).meta({ accepted, doc });
const url = (schemes: readonly string[], doc: string) =>
  z.string().refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value)).meta({ accepted: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`, doc });
const pair = (doc: string) => z.string().regex(PAIR_NAME).meta({ accepted: 'BASE-QUOTE in capitals, for example BTC-USDT', doc });
const pairs = (doc: string) =>
  z.array(pair(doc)).min(1).refine((list) => new Set(list).size === list.length).meta({ accepted: 'a list of different pairs, for example ["BTC-USDT", "ETH-USDT"]', doc });
const amounts = (accepted: string, doc: string) => z.record(z.string().regex(ASSET_CODE), decimal(doc)).meta({ accepted, doc });
const secret = (doc: string) =>
  z.string().min(1).meta({ accepted: '"env:NAME" or "file:PATH"; a secret itself only beside "plain": true', doc });

const venue = z.strictObject({
  enabled: flag('Whether the engine connects to it').default(true),
  endpoints: z.strictObject({
    rest: url(['https', 'http'], 'REST base').optional(),
    ws: url(['wss', 'ws'], 'Public streams').optional(),
    wsPrivate: url(['wss', 'ws'], 'Order entry and private streams').optional(),
    wsOrders: url(['wss', 'ws'], 'Order entry, where the venue has a socket for it alone').optional(),
  }).optional(),
  takerFeePpm: integer(0, 100_000, 'Taker fee, parts per million of the notional (1000 = 0.1 %), where the venue does not tell').optional(),
  makerFeePpm: integer(-100_000, 100_000, 'Maker fee, likewise; below 0 = rebate').optional(),
  depth: integer(1, 5000, 'Levels a side to keep, where the venue lets us choose').optional(),
  stallMs: integer(500, 600_000, 'Silence of a book or connection that counts as a stall').default(15_000),
  pools: z.array(text('an address', 'A pool')).meta({ accepted: 'a list of addresses of pools', doc: 'Uniswap: the pools to trade on' }).optional(),
  priorityFeeGwei: z.string().regex(/^\d{1,6}(\.\d{1,9})?$/).meta({ accepted: 'a decimal as text, at most 9 decimals, for example "0.5"', doc: 'Uniswap: tip to the block\'s producer, gwei a unit of gas; 0.1 when absent' }).optional(),
  credentials: z.strictObject({
    apiKey: secret('API key').optional(),
    secret: secret('API secret').optional(),
    passphrase: secret('API passphrase, where the venue has one').optional(),
    privateKeyFile: text('a path', 'File of a private key, where the venue takes one: PEM of an Ed25519, EC or RSA key; hexadecimal for Uniswap').optional(),
    plain: flag('Allow apiKey, secret and passphrase to stand here by value').default(false),
  }).optional(),
});

/** Used where nothing names any. */
export const DEFAULT_VENUES: readonly string[] = ['binance', 'kraken'];

export const configSchema = z.strictObject({
  mode: choice(['sandbox', 'paper', 'live'], 'sandbox: orders travel to venues on this machine; paper: real market data, simulated fills; live: real orders').default('sandbox'),
  venues: z.record(z.string(), venue).meta({ accepted: 'an object with one entry a venue', doc: 'Venues by id; when given, only these' }).default(() => Object.fromEntries(DEFAULT_VENUES.map((id) => [id, venue.parse({})]))),
  pairs: pairs('Pairs to trade, by canonical name').default(['BTC-USDT', 'ETH-USDT', 'SOL-USDT']),
  quoteMap: z.array(z.strictObject({
    from: pair('Pair as a venue has it'),
    to: pair('Pair it is counted as'),
    rate: positive('What one unit of the first quote is worth in the second; at most 6 decimals'),
  })).meta({ accepted: 'a list like [{"from": "BTC-USD", "to": "BTC-USDT", "rate": "1.0002"}]', doc: 'Quote currencies to treat as one, at a rate; nothing is mapped unless it stands here' }).default([]),
  strategies: z.array(z.looseObject({ id: text('the id of a strategy', 'Which strategy') })).min(1).meta({ accepted: 'a list like [{"id": "cross-venue"}]', doc: 'Strategies to run; the other fields are the strategy\'s own' }).default([{ id: 'cross-venue' }]),
  risk: z.strictObject({
    maxOrderNotional: positive('Largest order, in quote').default('1000'),
    maxPositionNotional: positive('Largest change of what is held of a base asset on one venue since the start, in quote').default('10000'),
    maxLoss: positive('Loss of a UTC day, or since the start when that was today, per quote currency, at which the kill switch goes on').default('250'),
    maxOrdersPerSecond: integer(1, 10_000, 'Orders to one venue in any second').default(20),
    maxOpenOrders: integer(1, 10_000, 'Orders in flight on one venue').default(16),
    staleBookMs: integer(1, 600_000, 'Age of a book beyond which nothing is sent on it').default(2000),
    collarBps: integer(1, 10_000, 'Farthest an order price may lie beyond the best price of the other side').default(200),
    legTimeoutMs: integer(10, 600_000, 'Wait for an answer to an order before the venue is asked what became of it').default(2000),
    maxIntentAgeMs: integer(1, 600_000, 'Age of the market event behind an order beyond which it is not sent').default(500),
    maxOrderQty: amounts('an object like {"BTC": "0.5"}', 'Largest order in base, by asset').optional(),
    maxPosition: z.record(z.string(), amounts('an object like {"BTC": "2"}', 'Largest holding by asset')).meta({ accepted: 'an object like {"kraken": {"BTC": "2"}}', doc: 'Largest holding, by venue and asset' }).optional(),
  }).prefault({}),
  dataDir: text('a path', 'Where journal, database and sessions live').default('./.ringside'),
  journal: z.strictObject({
    dir: text('a path', 'Journal segments; <dataDir>/journal when absent').optional(),
    segmentRecords: integer(1024, 16_777_216, 'Records in a segment before the next one begins').default(65_536),
  }).prefault({}),
  clickhouse: z.strictObject({
    mode: choice(['embedded', 'server', 'off'], 'embedded: in a child process, under dataDir; server: at url; off: journal only. Default: server when a url is given, else embedded').optional(),
    url: url(['http', 'https'], 'ClickHouse server, as CLICKHOUSE_URL').optional(),
    database: text('a name', 'Database on a server').default('ringside'),
  }).prefault({}),
  nats: z.strictObject({
    url: url(['nats', 'tls'], 'NATS server, as NATS_URL; the bridge is off when absent').optional(),
  }).prefault({}),
  api: z.strictObject({
    enabled: flag('Whether the control API runs').default(true),
    host: choice(['127.0.0.1', '::1', 'localhost'], 'Loopback only').default('127.0.0.1'),
    port: integer(0, 65_535, 'Port; 0 = any free one').default(7420),
  }).prefault({}),
  placement: choice(['auto', 'packed', 'threads'], 'auto: by the number of cores; packed: few threads; threads: one thread an actor').default('auto'),
  setCoreAside: flag('Whether the last core is for the thread between frame and order alone, where there are two or more and `taskset` (Linux): everything else of the engine, sandbox and store included, then keeps off it').default(true),
  sandbox: z.strictObject({
    seed: integer(0, 4_294_967_295, 'Seed of the market: the same seed gives the same market').default(7),
    rate: integer(1, 1_000_000, 'Book changes a second, over all markets of all venues').default(2000),
    bases: integer(1, 500, 'Base assets listed: BTC, ETH, SOL, XRP, then made-up ones').default(4),
  }).prefault({}),
  paper: z.strictObject({
    latencyMs: z.number().min(0).max(60_000).meta({ accepted: 'a number from 0 to 60000', doc: 'From order to venue and back' }).default(5),
    balances: amounts('an object like {"USDT": "50000", "BTC": "1"}', 'Opening balances on every venue, by asset').default({ USDT: '100000', USD: '100000', BTC: '2', ETH: '40', SOL: '800' }),
  }).prefault({}),
});

export type ParsedConfig = z.output<typeof configSchema>;
export type VenueConfig = ParsedConfig['venues'][string];
