/** The last line of a run: what happened, and whether everything agrees. */
import type { EngineStatus } from '../src/control/status.js';
import { actorName } from './spec.js';

export interface Summary {
  readonly type: 'summary';
  readonly session: string;
  readonly mode: string;
  readonly durationMs: number;
  readonly venues: Readonly<Record<string, { readonly via: string; readonly feed: string; readonly gateway: string; readonly books: number; readonly booksInSync: number; readonly inSync: boolean; readonly frames: number; readonly resyncs: number; readonly reconnects: number; readonly malformed: number }>>;
  readonly opportunities: { readonly found: number; readonly taken: number };
  readonly orders: Readonly<Record<string, number>>;
  readonly fills: number;
  readonly pnl: Readonly<Record<string, { readonly realised: string; readonly unrealised: string; readonly fees: string; readonly expected: string; readonly baskets: number }>>;
  readonly journal: { readonly records: number; /** Accepted, but the disk never took them. */ readonly unwritten: number };
  readonly store: { readonly rows: number; readonly mode: string; readonly agrees: boolean | null };
  /** Every venue's balances equal the engine's positions to the last unit; null where no venue could be asked. */
  readonly reconciled: boolean | null;
  readonly latency: Readonly<Record<string, { readonly count: number; readonly p50Ns: number; readonly p90Ns: number; readonly p99Ns: number; readonly p999Ns: number; readonly maxNs: number }>>;
  readonly drops: Readonly<Record<string, number>>;
  readonly restarts: number;
}

export function buildSummary(status: EngineStatus, stats: Record<string, Record<string, unknown>>): Summary {
  const agrees = stats[actorName.recorder]?.agrees;
  const unwritten = stats[actorName.journal]?.pending;
  return {
    type: 'summary', session: status.session, mode: status.mode, durationMs: status.uptimeMs,
    venues: Object.fromEntries(status.venues.map(({ id, via, feed, gateway, books, booksInSync, frames, resyncs, reconnects, malformed }) => [id, { via, feed, gateway, books, booksInSync, inSync: books > 0 && books === booksInSync, frames, resyncs, reconnects, malformed }])),
    opportunities: { found: status.opportunities.found, taken: status.opportunities.taken },
    orders: { sent: status.orders.sent, open: status.orders.open, ...status.orders.byState },
    fills: status.fills,
    pnl: Object.fromEntries(status.pnl.totals.map(({ quote, realised, unrealised, fees, expected, baskets }) => [quote, { realised, unrealised, fees, expected, baskets }])),
    journal: { records: status.journal.records, unwritten: typeof unwritten === 'number' ? unwritten : 0 },
    store: { rows: status.store.rows, mode: status.store.mode, agrees: typeof agrees === 'boolean' ? agrees : null },
    reconciled: status.reconciled,
    latency: Object.fromEntries(status.latency.map(({ hop, ...percentiles }) => [hop, percentiles])),
    drops: status.drops,
    restarts: [...new Map(status.actors.map(({ thread, restarts }) => [thread, restarts])).values()].reduce((sum, restarts) => sum + restarts, 0),
  };
}
