/** One WebSocket connection, public, private or business. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Listener, Topics } from '../topics.js';
import type { VenueCore } from '../venue-core.js';
import type { OkxAuth } from './auth.js';
import { OkxError, refusals } from './errors.js';
import type { OkxFeed } from './feed.js';
import { OperationLimit, type OkxLimitSettings } from './limits.js';
import { codeOf, type OperationItem, type Operations } from './operations.js';
import type { Fields } from './orders.js';
import { accountObject } from './render.js';

export interface ConnectionContext {
  readonly core: VenueCore;
  readonly auth: OkxAuth;
  readonly feed: OkxFeed;
  readonly topics: Topics<OkxConnection>;
  readonly operations: Operations;
  readonly limits: OkxLimitSettings;
  readonly flushEvents: () => void;
}

export type ConnectionKind = 'public' | 'private' | 'business';

const SUBSCRIPTION_BYTES_MAX = 65_536;
const IDLE_MS = 30_000;
/** Close code of a connection that was silent for too long. */
const SILENT = 4004;
/** Channels that concern the venue as a whole or all of an instrument type. */
const NEWS: ReadonlySet<string> = new Set(['instruments', 'status']);
const PRIVATE: ReadonlySet<string> = new Set(['orders', 'account']);

export class OkxConnection implements Listener {
  readonly wrapped = false;
  readonly #subscribed = new Map<string, Fields>();
  readonly #limit: OperationLimit;
  #loggedOn = false;
  #lastHeardMs: number;

  constructor(readonly socket: WebSocket, readonly stream: Socket, private readonly context: ConnectionContext, readonly kind: ConnectionKind, private readonly id: string) {
    this.#lastHeardMs = context.core.wallMs();
    this.#limit = new OperationLimit(context.limits, context.core.wallMs);
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => context.topics.removeAll(this));
  }

  /** Cut off whoever was sent nothing and asked for nothing for thirty seconds. Market channels push all the time. */
  tick(nowMs: number): void {
    const isPushedTo = this.kind !== 'private' && this.#subscribed.size > 0;
    if (!isPushedTo && nowMs - this.#lastHeardMs > IDLE_MS) this.socket.close(SILENT, 'No data received in 30s');
  }

  /** Data of a private or a news channel, where it was asked for; `symbol` limits the orders of an instrument. */
  tell(channel: string, data: readonly unknown[], symbol?: string): void {
    for (const arg of this.#subscribed.values()) {
      if (arg['channel'] !== channel || (arg['instId'] !== undefined && symbol !== undefined && arg['instId'] !== symbol)) continue;
      this.#send({ arg: { ...arg, ...(this.kind === 'private' ? { uid: '1' } : {}) }, data });
    }
  }

  notice(code: string, msg: string): void {
    this.#send({ event: 'notice', code, msg, connId: this.id });
  }

  #receive(data: Buffer): void {
    const { core } = this.context;
    const arrivedNs = core.latency.now();
    this.#lastHeardMs = core.wallMs();
    const text = data.toString('utf8');
    if (text === 'ping') return this.socket.send('pong');
    let message: Fields;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== 'object' || value === null) throw new Error('not an object');
      message = value as Fields;
    } catch {
      return this.#error(undefined, new OkxError('60012', `Invalid request: ${text.slice(0, 100)}`));
    }
    const args = (Array.isArray(message['args']) ? (message['args'] as unknown[]) : []).filter((arg): arg is Fields => typeof arg === 'object' && arg !== null);
    const { op, id } = message;
    if (op === 'login') this.#logOn(args[0] ?? {});
    else if (op === 'subscribe' || op === 'unsubscribe') this.#subscription(op, args, id, data.length);
    else if (this.kind === 'private') this.#operation(String(op), args, message, arrivedNs);
    else this.#error(id, new OkxError('60012', 'Invalid request'));
    this.context.flushEvents();
  }

  #logOn(argument: Fields): void {
    if (!this.#limit.take()) return this.#error(undefined, new OkxError('60014', 'Requests too frequent'));
    try {
      if (this.kind === 'public') throw new OkxError('60008', 'Login is not supported for public channels');
      this.context.auth.checkLogin(argument);
      this.#loggedOn = true;
      this.#send({ event: 'login', code: '0', msg: '', connId: this.id });
    } catch (error) {
      this.#error(undefined, error);
    }
  }

  /** One answer an argument; a bad one does not stop the others. */
  #subscription(op: 'subscribe' | 'unsubscribe', args: readonly Fields[], id: unknown, bytes: number): void {
    if (!this.#limit.take()) return this.#error(id, new OkxError('60014', 'Requests too frequent'));
    if (args.length === 0 || bytes > SUBSCRIPTION_BYTES_MAX) return this.#error(id, new OkxError('60013', 'Invalid args'));
    for (const arg of args) {
      try {
        if (op === 'subscribe') this.#subscribe(arg, id);
        else this.#unsubscribe(arg, id);
      } catch (error) {
        this.#error(id, error);
      }
    }
  }

  #subscribe(arg: Fields, id: unknown): void {
    const { feed, topics, core } = this.context;
    const { channel, instId } = arg;
    const topic = `${String(channel)} ${String(instId)}`;
    const isPrivate = typeof channel === 'string' && PRIVATE.has(channel);
    const isMarket = this.kind !== 'private' && feed.isTopic(topic);
    if (isPrivate && this.kind === 'private' && !this.#loggedOn) throw new OkxError('60011', 'Please log in');
    const known = isPrivate ? this.kind === 'private' : isMarket || (this.kind === 'public' && typeof channel === 'string' && NEWS.has(channel));
    if (!known) throw new OkxError('60018', `Wrong URL or channel:${String(channel)},instId:${String(instId)} doesn't exist. Please use the correct URL, channel and parameters referring to API document.`);
    this.#subscribed.set(JSON.stringify(arg), arg);
    this.#send({ ...(id === undefined ? {} : { id }), event: 'subscribe', arg, connId: this.id });
    if (isMarket) {
      const snapshot = feed.join(topic, core.virtualMs());
      topics.add(topic, this);
      if (snapshot !== null) this.socket.send(snapshot);
    } else if (channel === 'account') this.tell('account', [accountObject(core.exchange.account.balances, core.virtualMs())]);
  }

  #unsubscribe(arg: Fields, id: unknown): void {
    this.#subscribed.delete(JSON.stringify(arg));
    this.context.topics.remove(`${String(arg['channel'])} ${String(arg['instId'])}`, this);
    this.#send({ ...(id === undefined ? {} : { id }), event: 'unsubscribe', arg, connId: this.id });
  }

  #operation(op: string, args: readonly Fields[], message: Fields, arrivedNs: number): void {
    const { operations, core } = this.context;
    const { id, expTime } = message;
    const inTime = this.#microseconds();
    const answer = (code: string, msg: string, data: readonly OperationItem[]): void => this.#send({ id: typeof id === 'string' ? id : '', op, code, msg, data, inTime, outTime: this.#microseconds() });
    try {
      if (!this.#loggedOn) return this.#error(id, new OkxError('60011', 'Please log in'));
      if (typeof expTime === 'string' && Number(expTime) < core.wallMs()) throw refusals.late();
      if (op === 'order' || op === 'batch-orders') {
        const { items, delayMs } = operations.place(op === 'order' ? args.slice(0, 1) : args, true, arrivedNs);
        if (items === null) return undefined;
        if (delayMs > 0) setTimeout(() => answer(codeOf(items), '', items), delayMs).unref();
        else answer(codeOf(items), '', items);
      } else if (op === 'cancel-order' || op === 'batch-cancel-orders') {
        const items = operations.cancel(op === 'cancel-order' ? args.slice(0, 1) : args, true);
        answer(codeOf(items), '', items);
      } else this.#error(id, new OkxError('60019', `Invalid op: ${op}`));
    } catch (error) {
      const { code, message: msg } = error instanceof OkxError ? error : refusals.system();
      answer(code, msg, []);
    }
    return undefined;
  }

  #microseconds(): string {
    return String(Math.floor(this.context.core.wallMs() * 1000));
  }

  #error(id: unknown, error: unknown): void {
    const { code, message } = error instanceof OkxError ? error : refusals.system();
    this.#send({ ...(id === undefined ? {} : { id }), event: 'error', code, msg: message, connId: this.id });
  }

  #send(message: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }
}
