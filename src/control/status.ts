/**
 * What the engine says of itself: one plain object for the screen, the control API and the `--json` lines. Decimal
 * strings come ready-formatted. The type and the API's documentation are the same schema.
 */
import { z } from 'zod';

const decimal = z.string().describe('Exact decimal text');
const count = z.number().describe('Count since the start of the session');
const ns = z.number().describe('Nanoseconds');
const instant = z.string().describe('ISO 8601, UTC');

const venue = z.object({
  id: z.string(),
  via: z.string().describe('native: an adapter of the engine; else the client it is reached through, which is slower (ccxt)'),
  feed: z.string().describe('VenueState of the market data connection: DOWN, CONNECTING, UP, MAINTENANCE, STOPPED'),
  gateway: z.string().describe('VenueState of the order connection; NONE where there is none'),
  reason: z.string().describe('Why it is not UP; empty when it is'),
  books: z.number(),
  booksInSync: z.number(),
  frames: count,
  framesPerSecond: z.number(),
  resyncs: count,
  reconnects: count,
  malformed: count,
});

const pair = z.object({
  name: z.string(),
  venues: z.array(z.object({
    venue: z.string(),
    symbol: z.string(),
    bid: decimal, bidQty: decimal, ask: decimal, askQty: decimal,
    inSync: z.boolean(),
    ageMs: z.number().describe('Since the last change of the book'),
  })),
});

const opportunity = z.object({ at: instant, pair: z.string(), buyVenue: z.string(), sellVenue: z.string(), qty: decimal, buyPrice: decimal, sellPrice: decimal, expectedProfit: decimal, quote: z.string(), kind: z.string().describe('OPENED, CHANGED, CLOSED, TAKEN') });
const order = z.object({ at: instant, orderId: z.number(), basketId: z.number(), venue: z.string(), pair: z.string(), side: z.enum(['buy', 'sell']), price: decimal, qty: decimal, filled: decimal, state: z.string().describe('OrderState'), reason: z.string().describe('RejectReason; empty when none') });
const profit = { quote: z.string(), baskets: count, realised: decimal.describe('Net of fees'), unrealised: decimal, fees: decimal, expected: decimal.describe('Net of fees: what the strategy expected of these baskets') };
const alert = z.object({ at: instant, level: z.enum(['info', 'warn', 'error']), code: z.string().describe('Stable, see docs/errors.md'), text: z.string() });

export const statusSchema = z.object({
  type: z.literal('status'),
  session: z.string(),
  mode: z.enum(['sandbox', 'paper', 'live']),
  state: z.enum(['starting', 'running', 'stopping', 'stopped', 'failed']),
  startedAt: instant,
  uptimeMs: z.number(),
  killed: z.object({ at: instant, reason: z.string() }).nullable().describe('The kill switch is on: nothing new is sent'),
  venues: z.array(venue),
  pairs: z.array(pair),
  opportunities: z.object({ found: count, taken: count, open: z.number(), recent: z.array(opportunity).describe('Newest first') }),
  orders: z.object({ sent: count, open: z.number(), byState: z.record(z.string(), z.number()), recent: z.array(order).describe('Newest first') }),
  fills: count,
  pnl: z.object({
    pairs: z.array(z.object({ pair: z.string(), ...profit })),
    totals: z.array(z.object(profit)).describe('One a quote currency: quotes are never added up'),
  }),
  latency: z.array(z.object({ hop: z.string().describe('Native venues; with "via …" behind it: venues reached through that client'), count, p50Ns: ns, p90Ns: ns, p99Ns: ns, p999Ns: ns, maxNs: ns })),
  rings: z.array(z.object({
    name: z.string(), capacity: z.number(), published: count, full: count.describe('Times the producer found it full'),
    consumers: z.array(z.object({ name: z.string(), lag: z.number(), missed: count })),
  })),
  journal: z.object({ records: count, bytes: count, segments: count, healthy: z.boolean() }),
  store: z.object({ mode: z.enum(['embedded', 'server', 'off']), rows: count, behind: z.number().describe('Records journalled and not yet stored'), healthy: z.boolean() }),
  bridge: z.object({ connected: z.boolean(), published: count, dropped: count }).nullable().describe('Null when no NATS server is configured'),
  actors: z.array(z.object({ name: z.string(), thread: z.string(), alive: z.boolean(), restarts: count, utilisation: z.number().describe('Share of the turns that found work, 0 … 1') })),
  drops: z.record(z.string(), z.number()).describe('Records that an observer missed or that could not be passed on, by where'),
  reconciled: z.boolean().nullable().describe("Whether the venues' balances equal the engine's; null before the first comparison"),
  alerts: z.array(alert).describe('Newest first'),
});

export type EngineStatus = z.infer<typeof statusSchema>;
