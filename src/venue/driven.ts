/**
 * Venues that are reached through a client that owns its connections: a library with sockets, timers and retries of its
 * own. A driver runs it and writes the same records a session does. Slower than an adapter of ours, and said to be.
 */
import type { MarketMetadata } from '../model/instrument.js';
import type { FeeFrom, FeedCounter, FeedOptions, GatewayCounter, GatewayOptions, OrderTaker, Venue, VenueCredentials, VenueEndpoints, VenueSettings } from './contract.js';

/** What a driver is given by whoever runs it. */
export interface DriverHost<Counter extends string> {
  /** Engine time. */
  nowNs(): number;
  count(counter: Counter): void;
  /** The connection changed. @param state VenueState @param reason VenueReason @param backoffNs wait before the next attempt */
  onState(state: number, reason: number, attempts: number, backoffNs: number): void;
  report(level: 'info' | 'warn' | 'error', code: string, text: string): void;
}

export interface FeedDriverHost extends DriverHost<FeedCounter> {
  /** Records were flushed that a message received at `tsRecvNs` had caused. */
  onPublished(tsRecvNs: number): void;
}

export interface GatewayDriverHost extends DriverHost<GatewayCounter> {
  /** Unix time in ms by this machine's clock. */
  unixMs(): number;
  /** Reports were written, or `ready` changed. */
  onReported(): void;
  /** An order was answered this long after it was handed to the client, ns. */
  onAnswered(tookNs: number): void;
}

export interface FeedDriverOptions extends Omit<FeedOptions, 'host' | 'resyncOnDuplicate'> {
  /** '' = the client's own addresses. */
  readonly endpoints: VenueEndpoints;
  readonly host: FeedDriverHost;
}

export interface GatewayDriverOptions extends Omit<GatewayOptions, 'host'> {
  /** '' = the client's own addresses. */
  readonly endpoints: VenueEndpoints;
  readonly host: GatewayDriverHost;
}

/** The public side: BookDelta / Trade / BookStatus records out. A book is in sync only while its stream lives. */
export interface FeedDriver {
  /** Returns at once; connects, and goes on connecting, by itself. */
  start(): void;
  /** Called about ten times a second. */
  onTimer(nowNs: number): void;
  /** Throw one book away and publish it anew. @param reason ResyncReason */
  resync(instrument: number, reason: number, nowNs: number): void;
  close(): void | Promise<void>;
}

export interface GatewayDriver extends OrderTaker {
  /** Returns at once; connects, and goes on connecting, by itself. */
  start(): void;
  close(): void | Promise<void>;
}

export interface MarketsContext {
  readonly endpoints: VenueEndpoints;
  /** Absent: only what is public is asked for. */
  readonly credentials: VenueCredentials | undefined;
  readonly settings: VenueSettings;
}

export interface DrivenVenue {
  /** `ccxt:kucoin`. */
  readonly id: string;
  readonly name: string;
  /** The client it is reached through: `ccxt`. */
  readonly via: string;
  /** The exchange behind it, by the id its native venue has or would have: the same account, however it is reached. */
  readonly exchange: string;
  /** '' = the client's own addresses. */
  readonly endpoints: VenueEndpoints;
  /** Levels a side to keep where the configuration does not say. */
  readonly defaultDepth?: number;
  /** Fees assumed where neither the venue nor the configuration tells, ppm. */
  readonly defaultTakerFeePpm: number;
  readonly defaultMakerFeePpm: number;
  /** As Venue.feeFrom. */
  readonly feeFrom: FeeFrom;
  /** @throws RingsideError VENUE_UNREACHABLE, VENUE_REFUSED, VENUE_METADATA */
  listMarkets(context: MarketsContext): Promise<MarketMetadata[]>;
  createFeedDriver(options: FeedDriverOptions): FeedDriver;
  /** Absent: market data only. */
  createGatewayDriver?(options: GatewayDriverOptions): GatewayDriver;
}

export type AnyVenue = Venue | DrivenVenue;

export function isDriven(venue: AnyVenue): venue is DrivenVenue {
  return 'createFeedDriver' in venue;
}

/** Whether it takes orders at all. */
export function takesOrders(venue: AnyVenue): boolean {
  return isDriven(venue) ? venue.createGatewayDriver !== undefined : venue.createGateway !== undefined;
}

/** The client a venue is reached through: `native` = an adapter of ours. */
export function viaOf(venue: AnyVenue): string {
  return isDriven(venue) ? venue.via : 'native';
}

/** The exchange whose account is traded on. */
export function exchangeOf(venue: AnyVenue): string {
  return isDriven(venue) ? venue.exchange : venue.id;
}
