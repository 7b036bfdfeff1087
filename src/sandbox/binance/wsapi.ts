/** WebSocket API connections: requests with ids, session logon, and the user data stream. */
import type { WebSocket } from 'ws';
import { asBinanceError, runPlacement } from './acks.js';
import type { Outcome } from './acks.js';
import { BinanceError, badRequest } from './errors.js';
import { WS_METHODS } from './operations.js';
import { Params } from './params.js';
import { sortedPayload } from './auth.js';
import type { BinanceAuth } from './auth.js';
import type { Operation } from './operations.js';
import type { BinanceLimits } from './limits.js';
import type { VenueCore } from '../venue-core.js';

export interface WsApiContext {
  core: VenueCore;
  auth: BinanceAuth;
  limits: BinanceLimits;
  operations: Readonly<Record<string, Operation>>;
  /** Send the execution events that are waiting. */
  flushEvents: () => void;
}

interface Request {
  id: string | number | null;
  method: string;
  params: Map<string, string>;
}

export class WsApiConnection {
  readonly #socket: WebSocket;
  readonly #context: WsApiContext;
  readonly #connectedMs: number;
  #session: { apiKey: string; sinceMs: number } | null = null;
  #nextSubscription = 0;
  readonly #subscriptions = new Set<number>();

  constructor(socket: WebSocket, context: WsApiContext) {
    this.#socket = socket;
    this.#context = context;
    this.#connectedMs = Math.floor(context.core.wallMs());
    socket.on('message', (data: Buffer) => this.#receive(data));
  }

  /** Send one user event to every subscription of this connection. */
  sendEvent(eventText: string): void {
    for (const subscriptionId of this.#subscriptions) this.#socket.send(`{"subscriptionId":${subscriptionId},"event":${eventText}}`);
  }

  announceShutdown(timeMs: number): void {
    this.#socket.send(`{"event":{"e":"serverShutdown","E":${timeMs}}}`);
  }

  #receive(data: Buffer): void {
    const arrivedNs = this.#context.core.latency.now();
    let request: Request;
    try {
      request = readRequest(data.toString('utf8'));
    } catch (error) {
      this.#reply(null, { error: asBinanceError(error), delayMs: 0, silent: false, eventsFirst: false });
      return;
    }
    const { core, limits } = this.#context;
    const operation = this.#context.operations[WS_METHODS[request.method] ?? ''];
    if (operation?.places === true) {
      core.latency.orderIn(arrivedNs, request.params.get('newClientOrderId') ?? '');
      const outcome = runPlacement(core, limits, () => this.#run(operation, request));
      if (outcome.eventsFirst) this.#context.flushEvents();
      this.#reply(request.id, outcome, limits.orderRows());
    } else {
      const outcome: Outcome = { delayMs: 0, silent: false, eventsFirst: false };
      try {
        outcome.result = operation === undefined ? this.#sessionMethod(request) : this.#run(operation, request);
      } catch (error) {
        outcome.error = asBinanceError(error);
      }
      this.#reply(request.id, outcome);
    }
    this.#context.flushEvents();
  }

  #run(operation: Operation, request: Request): unknown {
    const params = new Params(request.params);
    if (operation.signed) this.#authorize(request.params);
    this.#context.limits.charge(operation.weight(params));
    return operation.run(params);
  }

  /** A request's own key and signature override the session's. */
  #authorize(params: Map<string, string>): void {
    const { auth } = this.#context;
    if (this.#session === null || params.has('apiKey') || params.has('signature')) {
      auth.checkKey(params.get('apiKey'));
      auth.checkTiming(params.get('timestamp'), params.get('recvWindow'));
      auth.checkSignature(sortedPayload(params), params.get('signature'));
    } else auth.checkTiming(params.get('timestamp'), params.get('recvWindow'));
  }

  /** Methods about the connection itself. */
  #sessionMethod({ method, params }: Request): unknown {
    const { auth, core, limits } = this.#context;
    switch (method) {
      case 'session.logon':
        auth.checkKey(params.get('apiKey'));
        auth.checkTiming(params.get('timestamp'), params.get('recvWindow'));
        auth.checkSignature(sortedPayload(params), params.get('signature'), true);
        limits.charge(2);
        this.#session = { apiKey: params.get('apiKey')!, sinceMs: Math.floor(core.wallMs()) };
        return this.#status();
      case 'session.status':
        return this.#status();
      case 'session.logout':
        this.#session = null;
        return this.#status();
      case 'session.subscriptions':
        return [...this.#subscriptions].map((subscriptionId) => ({ subscriptionId }));
      case 'userDataStream.subscribe':
        if (this.#session === null) throw badRequest(-2015, 'Invalid API-key, IP, or permissions for action.');
        return this.#subscribe();
      case 'userDataStream.subscribe.signature':
        auth.checkKey(params.get('apiKey'));
        auth.checkTiming(params.get('timestamp'), params.get('recvWindow'));
        auth.checkSignature(sortedPayload(params), params.get('signature'));
        return this.#subscribe();
      case 'userDataStream.unsubscribe':
        if (params.has('subscriptionId')) this.#subscriptions.delete(Number(params.get('subscriptionId')));
        else this.#subscriptions.clear();
        return {};
      default:
        throw badRequest(-1130, `Unknown method: ${method.slice(0, 60)}`);
    }
  }

  #subscribe(): unknown {
    if (this.#subscriptions.size > 0) throw badRequest(-2035, 'User Data Stream subscription is already active.');
    const subscriptionId = this.#nextSubscription++;
    this.#subscriptions.add(subscriptionId);
    return { subscriptionId };
  }

  #status(): unknown {
    return {
      apiKey: this.#session?.apiKey ?? null, authorizedSince: this.#session?.sinceMs ?? null, connectedSince: this.#connectedMs, returnRateLimits: true,
      serverTime: Math.floor(this.#context.core.wallMs()), userDataStream: this.#subscriptions.size > 0,
    };
  }

  #reply(id: Request['id'], outcome: Outcome, rateLimits: unknown[] = [this.#context.limits.weightRow()]): void {
    if (outcome.silent) return;
    const { error } = outcome;
    const message = error === undefined
      ? { id, status: 200, result: outcome.result, rateLimits }
      : { id, status: error.status, error: { code: error.code, msg: error.message, ...(error.data === undefined ? {} : { data: error.data }) }, rateLimits };
    const text = JSON.stringify(message);
    if (outcome.delayMs > 0) setTimeout(() => this.#socket.send(text), outcome.delayMs).unref();
    else this.#socket.send(text);
  }
}

function readRequest(text: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest(-1135, 'Invalid JSON Request');
  }
  if (typeof value !== 'object' || value === null) throw badRequest(-1135, 'Invalid JSON Request');
  const { id, method, params } = value as { id?: unknown; method?: unknown; params?: unknown };
  const known = id === undefined || id === null || Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= 36);
  if (!known) throw badRequest(-1135, 'Invalid JSON Request: id');
  if (typeof method !== 'string') throw new BinanceError(400, -1102, "Mandatory parameter 'method' was not sent, was empty/null, or malformed.");
  const texts = new Map<string, string>();
  if (typeof params === 'object' && params !== null) {
    for (const [name, given] of Object.entries(params)) texts.set(name, typeof given === 'string' ? given : JSON.stringify(given));
  }
  return { id: (id ?? null) as Request['id'], method, params: texts };
}
