/**
 * What a venue is to the engine. Sessions are sans-I/O: they are fed bytes and time and ask their host for sockets and
 * requests, so that the same session runs behind real sockets, behind the sandbox, behind a transcript and in tests.
 * Venues whose client owns its connections are in driven.ts.
 */
import type { Instrument, MarketMetadata } from '../model/instrument.js';
import type { RecordSink } from '../record/slot.js';

/** Where a venue is. Every part can be pointed elsewhere by the configuration (sandbox, testnet, mirror). */
export interface VenueEndpoints {
  readonly rest: string;
  /** Public streams. */
  readonly ws: string;
  /** Order entry and private streams. */
  readonly wsPrivate: string;
  /** Order entry, where it has a socket of its own (Bybit); `wsPrivate` then has only the streams. */
  readonly wsOrders?: string;
}

export interface VenueCredentials {
  readonly apiKey: string;
  readonly secret: string;
  /** PEM of a private key, where the venue takes one (Binance session.logon, Coinbase), or a hex key (Uniswap). */
  readonly privateKey?: string;
  /** The third secret of venues that have one (OKX). */
  readonly passphrase?: string;
}

/** What only some venues need to be told; from the venue's entry in the configuration. */
export interface VenueSettings {
  /** Uniswap: addresses of the pools to trade on. */
  readonly pools?: readonly string[];
  /** Uniswap: addresses of the routers that swap (Router02 and SwapRouter02), where they are not mainnet's. */
  readonly routers?: { readonly v2: string; readonly v3: string };
  /** Uniswap: tip to the block's producer, gwei a unit of gas, decimal text. */
  readonly priorityFeeGwei?: string;
  /** Uniswap: let the routers take the account's tokens where they may not yet. Never set outside the sandbox. */
  readonly givesApprovals?: boolean;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, from the REST base. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a session asks of whoever runs it. Calls return at once; answers come back through the session's methods. */
export interface FeedHost {
  /** Send a text frame on the open socket. */
  send(text: string): void;
  /** Issue a REST request; the answer comes as `onResponse(tag, …)`. Answers of a former connection are dropped by the host. */
  request(tag: number, request: HttpRequest): void;
  /** Close the socket and connect again (backoff is the host's). @param reason VenueReason */
  reconnect(reason: number): void;
  /** Count something; names are stable: `frames`, `malformed`, `unknownSymbol`, `outOfRange`, `gaps`, … */
  count(counter: FeedCounter): void;
}

export type FeedCounter =
  | 'frames' | 'malformed' | 'unknownSymbol' | 'outOfRange' | 'gaps' | 'duplicates' | 'checksumFailures' | 'resyncs' | 'ringFull' | 'rejected' | 'requestErrors' | 'stalls';

/**
 * The public side of a venue: frames in, BookDelta / Trade / BookStatus records out, each book synced by the venue's
 * own rules. Never throws on what a venue sends: bad input is counted and, where a book may be wrong, resynced.
 */
export interface FeedSession {
  /** Path, with query, of the socket to open below `endpoints.ws`. */
  socketPath(): string;
  /** The socket is open. Everything that was in sync no longer is. */
  onOpen(nowNs: number): void;
  /** One text frame, as bytes. The buffer is the caller's again when this returns. */
  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void;
  /**
   * A REST answer. `status` 0 = it did not arrive; 410 = there never will be one (a transcript holds no more): what
   * depends on it is then published without being in sync.
   * @param retryAfterNs how long the venue asks to wait (Retry-After); absent or 0 = not said
   */
  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs?: number): void;
  /** The socket is closed: every book is out of sync from now on. */
  onClose(nowNs: number): void;
  /** Called about ten times a second: stalls, pings, retries, age limits. */
  onTimer(nowNs: number): void;
  /** Throw one book away and sync it again. @param reason ResyncReason */
  resync(instrument: number, reason: number, nowNs: number): void;
}

export interface FeedOptions {
  readonly instruments: readonly Instrument[];
  readonly venueIndex: number;
  readonly sink: RecordSink;
  readonly host: FeedHost;
  /** Unix time, in ns, of the session's epoch: record times are relative to it. */
  readonly epochUnixNs: bigint;
  /** First value of the records' epoch field; a restarted feed starts above its predecessor's. */
  readonly firstEpoch: number;
  /** No frame for a book or connection for this long is a stall, ns. */
  readonly stallNs: number;
  /** Sync a book anew when a frame comes twice, where the venue's sequence tells. A transcript cannot: nobody answers. */
  readonly resyncOnDuplicate: boolean;
  /** Levels a side to keep where the venue lets us choose (Kraken book depth, Binance snapshot limit). */
  readonly depth: number;
  readonly settings: VenueSettings;
}

/** An order on its way out. All numbers scaled with the instrument's pair; the session formats them. The caller's again when the call it was given to returns. */
export interface OutgoingOrder {
  instrument: Instrument;
  orderId: number;
  /** What the venue is told: unique over sessions, at most 18 ASCII characters. */
  clientOrderId: string;
  side: 0 | 1;
  /** TimeInForce */
  tif: number;
  price: number;
  qty: number;
}

/** One socket of a gateway. */
export interface SocketHost {
  /** Send a text frame, where the socket is open. */
  send(text: string): void;
  /** Close the socket and connect again (backoff is the host's). @param reason VenueReason */
  reconnect(reason: number): void;
}

export interface GatewayHost extends SocketHost {
  request(tag: number, request: HttpRequest): void;
  /** The socket of `GatewaySession.orderEntry`; absent where the session has none. */
  readonly orderEntry?: SocketHost;
  /** Unix time in ms by this machine's clock. */
  unixMs(): number;
  count(counter: GatewayCounter): void;
}

export type GatewayCounter = 'frames' | 'malformed' | 'unknownOrder' | 'acks' | 'rejects' | 'fills' | 'duplicateFills' | 'rateLimited' | 'requestErrors' | 'authFailures' | 'gaps';

/** The socket for orders alone, of a venue that has one. */
export interface OrderSocketSession {
  /** Path of the socket below `endpoints.wsOrders`. */
  socketPath(): string;
  onOpen(nowNs: number): void;
  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void;
  /** Every order that was sent and not answered is UNKNOWN from now on. */
  onClose(nowNs: number): void;
}

/**
 * What a venue's order side does for the executor: orders out, ExecutionReport / Fill / Balance records out. A lost
 * connection or an unclear answer is reported as UNKNOWN, never as a rejection; `query` finds out.
 */
export interface OrderTaker {
  onTimer(nowNs: number): void;
  /** Logged on and subscribed, on every socket: orders may be sent. */
  readonly ready: boolean;
  /** Send the order now. False: not sent (not ready, over the venue's rate limit) and never will be. */
  place(order: OutgoingOrder, nowNs: number): boolean;
  /** The text that `place` would send. Nothing is sent, counted or remembered. */
  rehearse?(order: OutgoingOrder): string;
  cancel(order: OutgoingOrder, nowNs: number): boolean;
  /** Ask what became of an order; the answer is an ExecutionReport (OPEN, FILLED, CANCELLED, EXPIRED, NOT_FOUND …) preceded by Fill records for all its trades. */
  query(order: OutgoingOrder, nowNs: number): boolean;
  /** Cancel every open order of this account on the given instruments. */
  cancelAll(nowNs: number): boolean;
  /** Ask for all balances; the answer is Balance records of kind VENUE, the last flagged LAST. */
  requestBalances(nowNs: number): boolean;
}

/** The private side of a venue, sans-I/O. */
export interface GatewaySession extends OrderTaker {
  /** Path of the socket below `endpoints.wsPrivate`. */
  socketPath(): string;
  onOpen(nowNs: number): void;
  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void;
  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs?: number): void;
  /** Every order that was sent and not answered is UNKNOWN from now on. */
  onClose(nowNs: number): void;
  /** Absent: orders travel over the one socket there is. */
  readonly orderEntry?: OrderSocketSession;
}

export interface GatewayOptions {
  readonly instruments: readonly Instrument[];
  readonly venueIndex: number;
  /** Index of an asset by the venue's code; undefined for assets the engine does not trade. */
  assetIndex(code: string): number | undefined;
  /** Engine order id of a client order id of this session, or undefined for anybody else's order. */
  orderIdOf(clientOrderId: string): number | undefined;
  clientOrderIdOf(orderId: number): string;
  readonly credentials: VenueCredentials;
  readonly sink: RecordSink;
  readonly host: GatewayHost;
  readonly epochUnixNs: bigint;
  readonly settings: VenueSettings;
}

export interface MetadataContext {
  /** Absent: only what is public is asked for. */
  readonly credentials: VenueCredentials | undefined;
  readonly settings: VenueSettings;
  /** Unix time in ms by this machine's clock. */
  readonly unixMs: number;
}

/** How to learn what a venue trades: one request after another, then all answers parsed. */
export interface MetadataCodec {
  /**
   * The next request after these answers, or undefined when they suffice: what is asked for may depend on what was
   * answered (pages, decimals of the tokens of a pool), and each is signed when its turn comes.
   * @throws RingsideError VENUE_METADATA when the answers are not what the venue documents
   */
  next(answers: readonly string[], context: MetadataContext): HttpRequest | undefined;
  /** @throws RingsideError VENUE_METADATA when the answers are not what the venue documents */
  parse(answers: readonly string[]): MarketMetadata[];
}

/** A market of a transcript: as the venue's own metadata describes it, or as far as its frames show it. */
export interface SurveyedMarket {
  readonly metadata: MarketMetadata;
  /** False: read off the frames (symbol, decimals seen). */
  readonly fromVenue: boolean;
}

/** A first pass over a transcript: which markets it holds, and which recorded REST bodies answer what. */
export interface TranscriptSurvey {
  /** A received frame. */
  onFrame(bytes: Uint8Array, length: number): void;
  /** A recorded REST body, with its address where the transcript has it. */
  onResponse(url: string | undefined, body: string): void;
  /** Every market seen, sorted by symbol. */
  markets(): SurveyedMarket[];
  /** Whether this recorded body answers that request of a session. */
  answers(request: HttpRequest, url: string | undefined, body: string): boolean;
}

export type FeeFrom = 'received' | 'quote';

/** One line of the registry. */
export interface Venue {
  /** `binance`, `kraken`. */
  readonly id: string;
  readonly name: string;
  readonly endpoints: VenueEndpoints;
  readonly metadata: MetadataCodec;
  /** Fees assumed where neither the venue nor the configuration tells, ppm. */
  readonly defaultTakerFeePpm: number;
  readonly defaultMakerFeePpm: number;
  /** What fees are taken from: the asset an order receives, or always the quote. Paper fills are charged so. */
  readonly feeFrom: FeeFrom;
  /** Levels a side where the configuration does not say; absent: the engine's own choice. */
  readonly defaultDepth?: number;
  /** Slots that the feed's ring must have, a power of two: a frame is published whole, so its largest must fit. Absent: what is usual. */
  readonly feedSlots?: number;
  createFeed(options: FeedOptions): FeedSession;
  /** Absent: its transcripts need metadata. */
  createSurvey?(): TranscriptSurvey;
  /**
   * Whether this is a frame that this venue sends and no other: a transcript that nobody has named is whose first says so.
   * Absent: its transcripts must be named.
   */
  recognises?(frame: Readonly<Record<string, unknown>>): boolean;
  /** Absent: market data only. */
  createGateway?(options: GatewayOptions): GatewaySession;
}
