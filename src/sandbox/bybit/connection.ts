/** One WebSocket connection of any of the three kinds; each answers in its own shape. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Listener, Topics } from '../topics.js';
import type { VenueCore } from '../venue-core.js';
import type { BybitAuth } from './auth.js';
import type { BybitFeed } from './feed.js';
import { limitHeaders, wordsOf, type OrderReply, type OrderRequests } from './order-requests.js';
import type { Fields } from './orders.js';
import type { PrivateMessage } from './private-messages.js';

export interface ConnectionContext {
  readonly core: VenueCore;
  readonly auth: BybitAuth;
  readonly feed: BybitFeed;
  readonly topics: Topics<BybitConnection>;
  readonly requests: OrderRequests;
  readonly flushEvents: () => void;
}

export type ConnectionKind = 'public' | 'private' | 'trade';

const TOPICS_A_REQUEST = 10;
const ARGUMENT_CHARS_MAX = 21_000;
const IDLE_MS = 600_000;
const PRIVATE_TOPICS: ReadonlySet<string> = new Set(['order', 'order.spot', 'execution', 'execution.spot', 'wallet']);

export class BybitConnection implements Listener {
  readonly wrapped = false;
  readonly #subscribed = new Set<string>();
  readonly #requestIds = new Set<string>();
  #argumentChars = 0;
  #loggedOn = false;
  #lastReceivedMs: number;
  #messages = 0;

  constructor(readonly socket: WebSocket, readonly stream: Socket, private readonly context: ConnectionContext, readonly kind: ConnectionKind, private readonly id: string) {
    this.#lastReceivedMs = context.core.wallMs();
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => context.topics.removeAll(this));
  }

  /** Cut off whoever has not been heard of for ten minutes. */
  tick(nowMs: number): void {
    if (nowMs - this.#lastReceivedMs > IDLE_MS) this.socket.close(1000, 'Idle');
  }

  /** A private message, under the names by which this connection asked for it. */
  tell({ topic, data }: PrivateMessage): void {
    for (const name of [topic, `${topic}.spot`]) {
      if (!this.#subscribed.has(name)) continue;
      const { core } = this.context;
      this.#send({ id: `${this.id}-${++this.#messages}`, topic: name, creationTime: Math.floor(core.virtualMs()), data });
    }
  }

  #receive(data: Buffer): void {
    const { core } = this.context;
    const arrivedNs = core.latency.now();
    this.#lastReceivedMs = core.wallMs();
    let message: Fields;
    try {
      const value: unknown = JSON.parse(data.toString('utf8'));
      if (typeof value !== 'object' || value === null) throw new Error('not an object');
      message = value as Fields;
    } catch {
      return this.#answer({}, false, 'Request format error');
    }
    const { op } = message;
    if (op === 'ping') this.#pong(message);
    else if (this.kind === 'trade') this.#trade(message, arrivedNs);
    else if (op === 'auth') this.#logOn(message);
    else if (op === 'subscribe' || op === 'unsubscribe') this.#subscription(op, message);
    else this.#answer(message, false, 'error:invalid op');
    this.context.flushEvents();
  }

  #pong({ req_id: requestId }: Fields): void {
    const nowMs = String(Math.floor(this.context.core.wallMs()));
    const named = requestId === undefined ? {} : { req_id: requestId };
    if (this.kind === 'public') this.#send({ success: true, ret_msg: 'pong', conn_id: this.id, ...named, op: 'ping' });
    else if (this.kind === 'private') this.#send({ ...named, op: 'pong', args: [nowMs], conn_id: this.id });
    else this.#send({ retCode: 0, retMsg: 'OK', op: 'pong', data: [nowMs], connId: this.id });
  }

  #logOn(message: Fields): void {
    if (this.kind === 'public') return this.#answer(message, false, 'error:invalid op');
    this.#loggedOn = this.context.auth.acceptLogon(message['args']);
    this.#answer(message, this.#loggedOn, this.#loggedOn ? '' : 'Params Error');
  }

  #subscription(op: 'subscribe' | 'unsubscribe', message: Fields): void {
    const args = Array.isArray(message['args']) ? (message['args'] as unknown[]).map(String) : [];
    const refused = op === 'subscribe' ? this.#refusal(args) : args.length === 0 ? 'error:params' : null;
    if (refused !== null) return this.#answer(message, false, refused);
    const { feed, topics, core } = this.context;
    const snapshots: string[] = [];
    for (const topic of args) {
      if (op === 'unsubscribe') {
        if (this.#subscribed.delete(topic)) this.#argumentChars -= topic.length;
        topics.remove(topic, this);
        continue;
      }
      this.#subscribed.add(topic);
      this.#argumentChars += topic.length;
      if (this.kind !== 'public') continue;
      const snapshot = feed.join(topic, core.virtualMs());
      topics.add(topic, this);
      if (snapshot !== null) snapshots.push(snapshot);
    }
    this.#answer(message, true, this.kind === 'public' ? 'subscribe' : '');
    for (const snapshot of snapshots) this.socket.send(snapshot);
    return undefined;
  }

  /** One bad topic fails the whole request. */
  #refusal(args: readonly string[]): string | null {
    if (args.length === 0 || args.length > TOPICS_A_REQUEST) return 'error:args size must be between 1 and 10';
    if (this.kind === 'private' && !this.#loggedOn) return 'Request not authorized';
    if (this.#argumentChars + args.join('').length > ARGUMENT_CHARS_MAX) return 'error:args length exceeds 21000';
    const again = args.find((topic) => this.#subscribed.has(topic));
    if (again !== undefined) return `error:already subscribed,topic:${again}`;
    const known = (topic: string): boolean => (this.kind === 'private' ? PRIVATE_TOPICS.has(topic) : this.context.feed.isTopic(topic));
    const unknown = args.find((topic) => !known(topic));
    if (unknown !== undefined) return `error:handler not found,topic:${unknown}`;
    const mixed = args.some((topic) => args.includes(`${topic}.spot`));
    return mixed ? 'error:all-in-one and categorised topics cannot be mixed' : null;
  }

  #trade(message: Fields, arrivedNs: number): void {
    const { auth, requests } = this.context;
    const { op } = message;
    if (op === 'auth') {
      const code = this.#loggedOn ? 20001 : auth.acceptLogon(message['args']) ? 0 : 10004;
      this.#loggedOn ||= code === 0;
      return this.#send({ retCode: code, retMsg: code === 0 ? 'OK' : code === 20001 ? 'Repeat auth' : 'Invalid sign', op: 'auth', connId: this.id });
    }
    const requestId = typeof message['reqId'] === 'string' ? message['reqId'] : '';
    const refuse = (code: number, text: string): void => this.#send({ reqId: requestId, retCode: code, retMsg: text, op, data: {}, retExtInfo: {}, connId: this.id });
    if (!this.#loggedOn) return refuse(10003, 'Request not authorized');
    if (op !== 'order.create' && op !== 'order.cancel') return refuse(10404, 'op type is not found');
    if (requestId.length > 36 || (requestId !== '' && this.#requestIds.has(requestId))) return refuse(20006, 'reqId is duplicated');
    this.#requestIds.add(requestId);
    const header = (typeof message['header'] === 'object' && message['header'] !== null ? message['header'] : {}) as Fields;
    try {
      auth.checkTime(textOf(header['X-BAPI-TIMESTAMP']), textOf(header['X-BAPI-RECV-WINDOW']));
    } catch (error) {
      const { code, message: text } = wordsOf(error);
      return refuse(code, text);
    }
    const fields = (Array.isArray(message['args']) && typeof message['args'][0] === 'object' && message['args'][0] !== null ? message['args'][0] : {}) as Fields;
    if (op === 'order.cancel') return this.#tradeAnswer(requestId, op, requests.cancel(fields));
    const { reply, delayMs } = requests.create(fields, arrivedNs);
    if (reply === null) return undefined;
    if (delayMs > 0) setTimeout(() => this.#tradeAnswer(requestId, op, reply), delayMs).unref();
    else this.#tradeAnswer(requestId, op, reply);
    return undefined;
  }

  #tradeAnswer(requestId: string, op: string, { code, message, result, limit }: OrderReply): void {
    this.#send({
      reqId: requestId, retCode: code, retMsg: message, op, data: result, retExtInfo: {},
      header: { ...limitHeaders(limit), Traceid: this.id, Timenow: String(Math.floor(this.context.core.wallMs())) }, connId: this.id,
    });
  }

  #answer({ op, req_id: requestId }: Fields, success: boolean, text: string): void {
    this.#send({ success, ret_msg: text, conn_id: this.id, ...(requestId === undefined ? {} : { req_id: requestId }), op: op ?? '' });
  }

  #send(message: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
