/** The Binance sandbox: REST, market streams and WebSocket API on one loopback port. */
import { asBinanceError, runPlacement } from './acks.js';
import { BinanceAuth, keysOf, splitSigned } from './auth.js';
import { BinanceFeed } from './feed.js';
import { BinanceLimits } from './limits.js';
import type { BinanceLimitSettings } from './limits.js';
import { binanceOperations, REST_ROUTES } from './operations.js';
import { BinanceOrders } from './orders.js';
import { Params } from './params.js';
import { accountPosition, executionReport } from './render.js';
import { StreamConnection } from './streams.js';
import { BinanceSymbols } from './symbols.js';
import { WsApiConnection } from './wsapi.js';
import { controlReply } from '../control.js';
import type { ControlContext } from '../control.js';
import { withDepthFaults } from '../depth-faults.js';
import { closeServer, listen, loopback, parseForm } from '../http.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { checkRange } from '../option-range.js';
import { Sockets } from '../sockets.js';
import { Topics } from '../topics.js';
import type { Frame } from '../topics.js';
import type { VenueServer, VenueStart } from '../venue.js';

export interface BinanceOptions {
  /** Period of `@depth@100ms`, ms, 1 to 1000; shorter for latency measurements. */
  readonly depthMs: number;
  /** PEM of an RSA public key that may sign for the account; null = none. */
  readonly rsaPublicKey: string | null;
  readonly limits: BinanceLimitSettings;
}

const PING = { everyMs: 20_000, answerWithinMs: 60_000 };

export async function startBinance(options: VenueStart<BinanceOptions>): Promise<VenueServer> {
  const { core, own, stepMs } = options;
  checkRange('binance-depth-ms', own.depthMs, 1, 1_000);
  const keys = keysOf(options.seed);
  const symbols = new BinanceSymbols(core.exchange);
  const topics = new Topics<StreamConnection>();
  const feed = new BinanceFeed(symbols, { stepMs, depthMs: own.depthMs }, (topic) => topics.has(topic));
  const auth = new BinanceAuth(keys, own.rsaPublicKey, core.wallMs);
  const limits = new BinanceLimits(own.limits, core.wallMs);
  const orders = new BinanceOrders(core.exchange, symbols, limits);
  const operations = binanceOperations(core, symbols, orders, limits);
  const users = new Set<WsApiConnection>();
  const listeners = new Set<StreamConnection>();

  const flushEvents = (): void => {
    const { outbox, account } = core.exchange;
    for (const event of outbox.splice(0)) {
      if (event.kind === 'trade') limits.orderTraded(event.order);
      if (users.size === 0) continue;
      const text = JSON.stringify(executionReport(event));
      for (const user of users) user.sendEvent(text);
    }
    if (account.changed.size === 0) return;
    const text = JSON.stringify(accountPosition(account, account.changed, core.virtualMs()));
    account.changed.clear();
    for (const user of users) user.sendEvent(text);
  };

  const restReply = (request: HttpRequest): HttpReply | Promise<HttpReply> => {
    const name = REST_ROUTES[`${request.method} ${request.path}`];
    if (name === undefined) return { status: 404, body: { code: -1000, msg: `No such endpoint: ${request.method} ${request.path}` } };
    const operation = operations[name];
    const run = (): unknown => {
      const { payload, signature } = splitSigned(request.query, request.body);
      const form = new Map([...parseForm(request.query), ...parseForm(request.body)]);
      form.delete('signature');
      const params = new Params(form);
      if (operation.signed) {
        auth.checkKey(request.headers['x-mbx-apikey'] as string | undefined);
        auth.checkTiming(form.get('timestamp'), form.get('recvWindow'));
        auth.checkSignature(payload, signature);
      }
      limits.charge(operation.weight(params));
      return operation.run(params);
    };
    const outcome = runOutcome(operation.places === true, request, run);
    const headers = limits.headers();
    const retry = outcome.error?.data?.['retryAfter'];
    if (typeof retry === 'number') headers['Retry-After'] = String(Math.max(1, Math.ceil((retry - core.wallMs()) / 1000)));
    setImmediate(flushEvents);
    const reply: HttpReply = outcome.error === undefined
      ? { status: 200, body: outcome.result, headers }
      : { status: outcome.error.status, body: { code: outcome.error.code, msg: outcome.error.message }, headers };
    if (outcome.silent) return new Promise<HttpReply>(() => undefined);
    if (outcome.delayMs > 0) return new Promise((resolve) => setTimeout(resolve, outcome.delayMs, reply).unref());
    return reply;
  };

  const runOutcome = (places: boolean, request: HttpRequest, run: () => unknown): ReturnType<typeof runPlacement> => {
    if (places) {
      core.latency.orderIn(core.latency.now(), parseForm(`${request.query}&${request.body}`).get('newClientOrderId') ?? '');
      return runPlacement(core, limits, run);
    }
    try {
      return { result: run(), delayMs: 0, silent: false, eventsFirst: false };
    } catch (error) {
      return { error: asBinanceError(error), delayMs: 0, silent: false, eventsFirst: false };
    }
  };

  const http = await listen(options.port, '--port-binance', (request) => controlReply(request, control) ?? restReply(request));
  const sockets = new Sockets(http, (socket, stream, url) => {
    const path = url.pathname;
    if (path === '/ws-api/v3') {
      limits.charge(2);
      const user = new WsApiConnection(socket, { core, auth, limits, operations, flushEvents });
      users.add(user);
      socket.on('close', () => users.delete(user));
      return true;
    }
    const combined = path === '/stream';
    if (!combined && path !== '/ws' && !path.startsWith('/ws/')) return false;
    const list = combined ? url.searchParams.get('streams') ?? '' : decodeURIComponent(path.slice(4));
    const connection = new StreamConnection(socket, stream, topics, core.wallMs, list.split('/').filter((name) => name !== ''), combined);
    listeners.add(connection);
    socket.on('close', () => listeners.delete(connection));
    return true;
  }, PING, core.wallMs);

  const control: ControlContext = {
    ...options.control, core, venue: 'binance', connections: () => ({ market: listeners.size, account: users.size }), dropConnections: () => sockets.dropAll(), onMaintenance: () => undefined,
    shutdown: (ms) => {
      for (const listener of listeners) listener.announceShutdown(core.virtualMs());
      for (const user of users) user.announceShutdown(core.virtualMs());
      setTimeout(() => sockets.dropAll(), ms).unref();
    },
    market: (name) => symbols.find(name)?.market ?? core.exchange.markets.find((market) => market.spec.pair === name),
  };
  let pending: Frame[] = [];
  const send = (frames: Frame[]): void => topics.broadcast(withDepthFaults(core, frames, (topic) => topic.slice(0, topic.indexOf('@')).toUpperCase()), () => core.latency.frameOut());
  return {
    control, access: { rest: loopback('http', http), ws: loopback('ws', http), wsApi: `${loopback('ws', http)}/ws-api/v3`, ...keys },
    encode: (step) => {
      pending = core.faults.active('stall') ? [] : feed.step(step, core.virtualMs());
    },
    send: () => {
      send(pending);
      if (core.exchange.outbox.length > 0) flushEvents();
    },
    flushMarket: (marketIndex) => send(feed.flush(marketIndex, core.virtualMs())),
    close: async () => {
      await sockets.close();
      await closeServer(http);
    },
  };
}
