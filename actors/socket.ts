/**
 * A venue's WebSocket and REST, kept connected: exponential backoff with jitter, no flood of attempts, answers of a
 * former connection dropped. Feeds and gateways plug their sans-I/O sessions in.
 */
import { WebSocket } from 'ws';
import type { ActorContext } from '../src/agent/actor.js';
import { Backoff } from '../src/agent/backoff.js';
import { VenueReason, VenueState } from '../src/record/codes.js';
import type { HttpRequest } from '../src/venue/contract.js';

export interface SocketEvents {
  onOpen(nowNs: number): void;
  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void;
  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs?: number): void;
  onClose(nowNs: number): void;
  /** VenueState, VenueReason; attempts in a row; how long until the next one, ns. */
  onState(state: number, reason: number, attempts: number, backoffNs: number): void;
}

export interface SocketOptions {
  readonly venue: string;
  readonly wsBase: string;
  readonly restBase: string;
  /** Asked anew for every connection. */
  path(): string;
  readonly context: ActorContext;
  readonly events: SocketEvents;
}

const HANDSHAKE_MS = 10_000;
const REQUEST_MS = 10_000;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 30_000;
const FRAME_BYTES_MAX = 64 << 20;
/** A connection that lasted this long counts as a success: the next attempt after it comes at once. */
const LASTED_NS = 10e9;
/** How long a closing handshake may take before the socket is cut. */
const CLOSE_MS = 500;

export class VenueSocket {
  private socket: WebSocket | undefined;
  /** Changes with every connection, so that events of a former one are recognised. */
  private life = 0;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;
  private openedAtNs = -1;
  private readonly backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CAP_MS, Math.random);

  constructor(private readonly options: SocketOptions) {}

  connect(): void {
    if (this.closed) return;
    const { context, events } = this.options;
    const life = ++this.life;
    events.onState(VenueState.CONNECTING, this.backoff.attempts === 0 ? VenueReason.START : VenueReason.CLOSED, this.backoff.attempts, 0);
    const socket = new WebSocket(this.options.wsBase + this.options.path(), {
      perMessageDeflate: false, skipUTF8Validation: true, handshakeTimeout: HANDSHAKE_MS, maxPayload: FRAME_BYTES_MAX, followRedirects: false,
    });
    this.socket = socket;
    let reason: number = VenueReason.CLOSED;
    socket.on('open', () => {
      if (life !== this.life) return;
      this.openedAtNs = context.nowNs();
      events.onState(VenueState.UP, VenueReason.NONE, this.backoff.attempts, 0);
      events.onOpen(this.openedAtNs);
      context.kick();
    });
    socket.on('message', (data: Buffer) => {
      if (life !== this.life) return;
      events.onFrame(data, data.length, context.nowNs());
      context.kick();
    });
    socket.on('error', (error) => {
      reason = VenueReason.ERROR;
      if (life === this.life) context.report('warn', 'VENUE_SOCKET', `${this.options.venue}: ${error.message}`);
    });
    socket.on('close', () => {
      if (life === this.life) this.lost(reason);
    });
  }

  send(text: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  /** Drop the connection and make a new one. @param reason VenueReason */
  reconnect(reason: number): void {
    const socket = this.socket;
    this.lost(reason);
    socket?.terminate();
  }

  request(tag: number, request: HttpRequest): void {
    const life = this.life;
    void fetch(this.options.restBase + request.path, {
      method: request.method, signal: AbortSignal.timeout(REQUEST_MS), redirect: 'error',
      ...(request.headers === undefined ? {} : { headers: { ...request.headers } }),
      ...(request.body === undefined ? {} : { body: request.body }),
    }).then(async (response) => {
      const retryAfterS = Number(response.headers.get('retry-after') ?? 0);
      this.answer(life, tag, response.status, new Uint8Array(await response.arrayBuffer()), Number.isFinite(retryAfterS) ? retryAfterS * 1e9 : 0);
    }).catch((error: unknown) => {
      this.options.context.report('warn', 'VENUE_REST', `${this.options.venue} ${request.path.split('?')[0]}: ${error instanceof Error ? error.message : String(error)}`);
      this.answer(life, tag, 0, new Uint8Array(0), 0);
    });
  }

  close(): void {
    this.closed = true;
    this.life++;
    clearTimeout(this.retry);
    const { socket } = this;
    socket?.close();
    setTimeout(() => socket?.terminate(), CLOSE_MS).unref();
  }

  private answer(life: number, tag: number, status: number, body: Uint8Array, retryAfterNs: number): void {
    if (life !== this.life || this.closed) return;
    this.options.events.onResponse(tag, status, body, this.options.context.nowNs(), retryAfterNs);
    this.options.context.kick();
  }

  private lost(reason: number): void {
    const { context, events } = this.options;
    this.life++;
    this.socket = undefined;
    const nowNs = context.nowNs();
    if (this.openedAtNs >= 0) {
      if (nowNs - this.openedAtNs > LASTED_NS) this.backoff.succeeded();
      events.onClose(nowNs);
    }
    this.openedAtNs = -1;
    const waitMs = this.backoff.nextMs();
    events.onState(VenueState.DOWN, reason, this.backoff.attempts, waitMs * 1e6);
    clearTimeout(this.retry);
    if (!this.closed) this.retry = setTimeout(() => this.connect(), waitMs);
    context.kick();
  }
}
