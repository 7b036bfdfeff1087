/**
 * The map of the engine: which rings there are, who writes and who reads them, and which actor runs on which thread.
 *
 *   feed.V ──feed.V──► merger ──market──► strategy.S ──intents.S──► executor ──orders──► gateway.V ──reports.V──► executor
 *
 * Readers on that path are gating: nothing on it is ever lost. The journal gates what concerns money (intents, orders,
 * reports, events) and reads market data lossily; the bridge is lossy everywhere. Lossy readers count what they miss.
 */
import { placeActors, type PlacedActor, type ThreadPlan } from '../src/agent/placement.js';
import { SHARED_DEPTH, sharedBookBytes, type SharedBookDescriptor } from '../src/book/shared-book.js';
import { createRing, GATING, LOSSY, ringBytes, type RingDescriptor } from '../src/ring/layout.js';
import { LATENCY_BLOCK_BYTES, type LatencyBlock } from '../src/telemetry/latency.js';
import type { RingsideConfig } from '../src/config/config.js';
import { VENUES } from '../src/venue/registry.js';
import { Arena } from './arena.js';
import { actorName, ringName, type Region } from './spec.js';

/** Slots. A feed's ring holds a few full snapshots; the money rings hold more orders than a venue's limits let through in a minute. */
const FEED_SLOTS = 32_768;
const MARKET_SLOTS = 32_768;
const MONEY_SLOTS = 8_192;
const EVENT_SLOTS = 4_096;

export interface TopologyInput {
  readonly venues: readonly string[];
  /** Venues that take orders. */
  readonly gateways: readonly string[];
  /** Venues reached through a client of which it is not known how long it takes. */
  readonly apart: readonly string[];
  readonly strategies: readonly string[];
  readonly bridge: boolean;
  readonly recorder: boolean;
  readonly placement: RingsideConfig['placement'];
  readonly cores: number;
  /** As placeActors takes it. */
  readonly hotCore?: number;
  readonly instruments: number;
  readonly ledgerBytes: number;
}

export interface Topology {
  readonly rings: Readonly<Record<string, RingDescriptor>>;
  readonly threads: readonly ThreadPlan[];
  readonly sharedBook: SharedBookDescriptor;
  readonly ledger: Region;
  /** By thread. */
  readonly latency: ReadonlyMap<string, LatencyBlock>;
  readonly heartbeats: ReadonlyMap<string, Region>;
}

/** The main thread's cursor: what screens and the API show is read from the records themselves. */
export const MONITOR = 'monitor';

interface RingPlan {
  readonly name: string;
  readonly slots: number;
  readonly consumers: RingDescriptor['consumers'];
}

const gating = (name: string): RingDescriptor['consumers'][number] => ({ name, mode: GATING });
const lossy = (name: string): RingDescriptor['consumers'][number] => ({ name, mode: LOSSY });

function feedSlots(venue: string): number {
  return VENUES.find(({ id }) => id === venue)?.feedSlots ?? FEED_SLOTS;
}

function planRings(input: TopologyInput): RingPlan[] {
  const watchers = [lossy(MONITOR), ...(input.bridge ? [lossy(actorName.bridge)] : [])];
  const bridge = input.bridge ? [lossy(actorName.bridge)] : [];
  return [
    ...input.venues.map((venue) => ({ name: ringName.feed(venue), slots: feedSlots(venue), consumers: [gating(actorName.merger), lossy(actorName.journal)] })),
    { name: ringName.market, slots: MARKET_SLOTS, consumers: [...input.strategies.map((id) => gating(actorName.strategy(id))), lossy(actorName.journal), ...bridge] },
    ...input.strategies.map((id) => ({ name: ringName.intents(id), slots: MONEY_SLOTS, consumers: [gating(actorName.executor), gating(actorName.journal), ...watchers] })),
    { name: ringName.orders, slots: MONEY_SLOTS, consumers: [...input.gateways.map((venue) => gating(actorName.gateway(venue))), gating(actorName.journal), ...watchers] },
    ...input.gateways.map((venue) => ({ name: ringName.reports(venue), slots: MONEY_SLOTS, consumers: [gating(actorName.executor), gating(actorName.journal)] })),
    { name: ringName.events, slots: EVENT_SLOTS, consumers: [gating(actorName.journal)] },
  ];
}

/** In the order in which records flow, so that a packed thread passes a record on in one round. */
function planActors(input: TopologyInput): PlacedActor[] {
  return [
    ...input.venues.map((venue): PlacedActor => ({ name: actorName.feed(venue), kind: 'io', readsRings: false, apart: input.apart.includes(venue) })),
    { name: actorName.merger, kind: 'hot', readsRings: true },
    ...input.strategies.map((id): PlacedActor => ({ name: actorName.strategy(id), kind: 'hot', readsRings: true })),
    { name: actorName.executor, kind: 'hot', readsRings: true },
    ...input.gateways.map((venue): PlacedActor => ({ name: actorName.gateway(venue), kind: 'io', readsRings: true, apart: input.apart.includes(venue) })),
    { name: actorName.journal, kind: 'observer', readsRings: true },
    ...(input.recorder ? [{ name: actorName.recorder, kind: 'observer', readsRings: false } as const] : []),
    ...(input.bridge ? [{ name: actorName.bridge, kind: 'observer', readsRings: true } as const] : []),
  ];
}

export function buildTopology(input: TopologyInput): Topology {
  const rings = planRings(input);
  const threads = placeActors(planActors(input), input.placement, input.cores, input.hotCore);
  const lines = 64 * (threads.length + 8);
  const arena = new Arena(
    rings.reduce((sum, { slots }) => sum + ringBytes(slots), 0) + sharedBookBytes(input.instruments) + input.ledgerBytes + threads.length * LATENCY_BLOCK_BYTES + lines,
  );
  const region = (bytes: number): Region => ({ buffer: arena.buffer, byteOffset: arena.allocate(bytes), byteLength: bytes });
  return {
    rings: Object.fromEntries(rings.map(({ name, slots, consumers }) => [name, createRing(name, arena.buffer, arena.allocate(ringBytes(slots)), slots, consumers)])),
    threads,
    sharedBook: { buffer: arena.buffer, byteOffset: arena.allocate(sharedBookBytes(input.instruments)), instruments: input.instruments, depth: SHARED_DEPTH },
    ledger: region(input.ledgerBytes),
    latency: new Map(threads.map(({ name }) => [name, { buffer: arena.buffer, byteOffset: arena.allocate(LATENCY_BLOCK_BYTES) }])),
    heartbeats: new Map(threads.map(({ name }) => [name, region(64)])),
  };
}
