/**
 * What every thread of an engine is told: plain data and shared memory, structured-cloneable. A thread that is started
 * anew gets the same specification with a higher `life`.
 */
import type { SharedBookDescriptor } from '../src/book/shared-book.js';
import type { Epoch } from '../src/agent/clock.js';
import type { ThreadPlan } from '../src/agent/placement.js';
import type { InstrumentIndexData } from '../src/model/instrument.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import type { LatencyBlock } from '../src/telemetry/latency.js';
import type { VenueCredentials, VenueEndpoints, VenueSettings } from '../src/venue/contract.js';
import { takesOrders } from '../src/venue/driven.js';
import { venueById } from '../src/venue/registry.js';
import type { RingsideConfig } from '../src/config/config.js';

/** A stretch of shared memory. */
export interface Region {
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface VenueSpec {
  readonly id: string;
  readonly endpoints: VenueEndpoints;
  /** Absent: market data only. */
  readonly credentials: VenueCredentials | undefined;
  readonly depth: number;
  readonly stallNs: number;
  readonly settings: VenueSettings;
}

export interface SessionSpec {
  /** Unix time of its epoch in ms; also what makes client order ids unique. */
  readonly id: number;
  /** Folder of its journal segments. */
  readonly journalDir: string;
  readonly epoch: Epoch;
}

export interface EngineSpec {
  readonly session: SessionSpec;
  readonly config: RingsideConfig;
  readonly index: InstrumentIndexData;
  readonly venues: readonly VenueSpec[];
  /** By name: `feed.binance`, `market`, `intents.cross-venue`, `orders`, `reports.binance`, `events`. */
  readonly rings: Readonly<Record<string, RingDescriptor>>;
  readonly sharedBook: SharedBookDescriptor;
  readonly ledger: Region;
  /** Records that the journal has accepted and not written yet: outlives the journal's thread. */
  readonly journalMemory: SharedArrayBuffer;
}

/** One thread of it. */
export interface ThreadSpec {
  readonly engine: EngineSpec;
  readonly plan: ThreadPlan;
  /** 0, then one more with every restart. */
  readonly life: number;
  readonly latency: LatencyBlock;
  /** Where the thread counts its heartbeats: byte offset of an Int32 in the arena. */
  readonly heartbeat: Region;
}

/** What a thread says on its own: things an operator should know, and control calls to actors of other threads. */
export type ThreadMessage =
  | { readonly kind: 'report'; readonly level: 'info' | 'warn' | 'error'; readonly code: string; readonly text: string; readonly thread: string }
  | { readonly kind: 'tell'; readonly actor: string; readonly command: string; readonly argument: unknown };

export type Report = Extract<ThreadMessage, { kind: 'report' }>;

/** Names of rings, in one place. */
export const ringName = {
  feed: (venue: string): string => `feed.${venue}`,
  market: 'market',
  intents: (strategy: string): string => `intents.${strategy}`,
  orders: 'orders',
  reports: (venue: string): string => `reports.${venue}`,
  events: 'events',
} as const;

/** Names of actors: also the names of their cursors in the rings they read. */
export const actorName = {
  feed: (venue: string): string => `feed.${venue}`,
  merger: 'merger',
  strategy: (strategy: string): string => `strategy.${strategy}`,
  executor: 'executor',
  gateway: (venue: string): string => `gateway.${venue}`,
  journal: 'journal',
  recorder: 'recorder',
  bridge: 'bridge',
} as const;

/** Venues that take orders: those with keys and an order side, and in paper mode all. */
export function gatewayVenues(spec: Pick<EngineSpec, 'venues' | 'config'>): string[] {
  return spec.venues.filter(({ id, credentials }) => spec.config.mode === 'paper' || (credentials !== undefined && takesOrders(venueById(id)))).map(({ id }) => id);
}
