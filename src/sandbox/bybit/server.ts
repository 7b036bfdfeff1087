/** The Bybit sandbox: REST v5, the public spot stream, the private stream and the order socket on one loopback port. */
import { controlReply } from '../control.js';
import type { ControlContext } from '../control.js';
import { withDepthFaults } from '../depth-faults.js';
import { closeServer, listen, loopback } from '../http.js';
import { Sockets } from '../sockets.js';
import { Topics } from '../topics.js';
import type { Frame } from '../topics.js';
import type { VenueServer, VenueStart } from '../venue.js';
import { BybitAuth, bybitKeysOf } from './auth.js';
import { BybitConnection } from './connection.js';
import type { ConnectionContext, ConnectionKind } from './connection.js';
import { BybitFeed } from './feed.js';
import { BybitLimits } from './limits.js';
import type { BybitLimitSettings } from './limits.js';
import { OrderRequests } from './order-requests.js';
import { BybitOrders } from './orders.js';
import { messagesOf, type PrivateMessage } from './private-messages.js';
import { coinObject, walletObject } from './render.js';
import { BybitRest } from './rest.js';
import { BybitSymbols } from './symbols.js';

export interface BybitOptions {
  readonly limits: BybitLimitSettings;
}

const PATHS: Readonly<Record<string, ConnectionKind>> = { '/v5/public/spot': 'public', '/v5/private': 'private', '/v5/trade': 'trade' };

export async function startBybit(options: VenueStart<BybitOptions>): Promise<VenueServer> {
  const { core } = options;
  const keys = bybitKeysOf(options.seed);
  const symbols = new BybitSymbols(core.exchange);
  const topics = new Topics<BybitConnection>();
  const feed = new BybitFeed(symbols, options.stepMs, (topic) => topics.has(topic));
  feed.restarts = () => core.faults.take('restart-books') !== null;
  const auth = new BybitAuth(keys, core.wallMs);
  const limits = new BybitLimits(options.own.limits, core.wallMs);
  const orders = new BybitOrders(core, limits, symbols);
  const connections = new Set<BybitConnection>();
  let nextConnection = 0;

  const flushEvents = (): void => {
    const { outbox, account, fees } = core.exchange;
    const messages: PrivateMessage[] = messagesOf(outbox.splice(0), symbols, fees);
    if (account.changed.size > 0) {
      const coins = [...account.changed].map((asset) => coinObject(asset, account.balances.get(asset)!));
      account.changed.clear();
      messages.push({ topic: 'wallet', data: [walletObject(coins)] });
    }
    for (const connection of connections) if (connection.kind === 'private') for (const message of messages) connection.tell(message);
  };

  const requests = new OrderRequests(core, limits, orders, flushEvents);
  const rest = new BybitRest({ core, auth, limits, orders, requests, symbols, flushEvents });
  const context: ConnectionContext = { core, auth, feed, topics, requests, flushEvents };
  const http = await listen(options.port, '--port-bybit', (request) => controlReply(request, control) ?? rest.reply(request));
  const sockets = new Sockets(http, (socket, stream, url) => {
    const kind = PATHS[url.pathname];
    if (kind === undefined) return false;
    const connection = new BybitConnection(socket, stream, context, kind, `sandbox-${++nextConnection}`);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    return true;
  }, null, core.wallMs);
  const idle = setInterval(() => {
    for (const connection of connections) connection.tick(core.wallMs());
  }, 10_000);

  const control: ControlContext = {
    ...options.control, core, venue: 'bybit',
    connections: () => {
      const market = [...connections].filter(({ kind }) => kind === 'public').length;
      return { market, account: connections.size - market };
    },
    dropConnections: () => sockets.dropAll(), shutdown: (ms) => void setTimeout(() => sockets.dropAll(), ms).unref(),
    market: (name) => (symbols.find(name) ?? symbols.find(name.replace('/', '')))?.market, onMaintenance: () => undefined,
  };
  let pending: Frame[] = [];
  const send = (frames: Frame[]): void => topics.broadcast(withDepthFaults(core, frames, (topic) => topic.slice(topic.lastIndexOf('.') + 1)), () => core.latency.frameOut());
  const ws = loopback('ws', http);
  return {
    control, access: { rest: loopback('http', http), ws: `${ws}/v5/public/spot`, wsPrivate: `${ws}/v5/private`, wsOrders: `${ws}/v5/trade`, ...keys },
    encode: (step) => {
      pending = core.faults.active('stall') ? [] : feed.step(step, core.virtualMs());
    },
    send: () => {
      send(pending);
      if (core.exchange.outbox.length > 0) flushEvents();
    },
    flushMarket: (marketIndex) => send(feed.flush(marketIndex, core.virtualMs())),
    close: async () => {
      clearInterval(idle);
      await sockets.close();
      await closeServer(http);
    },
  };
}
