/** The Coinbase sandbox: REST and WebSocket on one loopback port. */
import { controlReply, type ControlContext } from '../control.js';
import { closeServer, listen, loopback } from '../http.js';
import { Sockets } from '../sockets.js';
import type { VenueServer, VenueStart } from '../venue.js';
import { CoinbaseAuth, coinbaseKeysOf } from './auth.js';
import { CoinbaseConnection, type ConnectionContext, type Delivery } from './connection.js';
import { CoinbaseFeed, type CoinbaseFrame } from './feed.js';
import type { CoinbaseLimitSettings } from './limits.js';
import { CoinbaseOrders } from './orders.js';
import { userOrder } from './render.js';
import { CoinbaseRest } from './rest.js';
import { CoinbaseProducts } from './symbols.js';

export interface CoinbaseOptions {
  readonly limits: CoinbaseLimitSettings;
}

/** A listener this far behind is cut off, as the venue does. */
const BUFFERED_BYTES_MAX = 32_000_000;

export async function startCoinbase(options: VenueStart<CoinbaseOptions>): Promise<VenueServer> {
  const { core } = options;
  const { limits } = options.own;
  const { faults } = core;
  const keys = coinbaseKeysOf(options.seed);
  const auth = new CoinbaseAuth(keys, core.wallMs);
  const products = new CoinbaseProducts(core.exchange);
  const orders = new CoinbaseOrders(core, products);
  const connections = new Set<CoinbaseConnection>();
  const feed = new CoinbaseFeed(products, (topic) => [...connections].some((connection) => connection.listens(topic)));

  const flushEvents = (): void => {
    for (const event of core.exchange.outbox.splice(0)) {
      const order = userOrder(event.order, products.of(event.order.market), event);
      for (const connection of connections) connection.sendUser('update', [order]);
    }
  };
  const rest = new CoinbaseRest({ core, auth, limits, orders, products, flushEvents });
  const context: ConnectionContext = { core, auth, products, messagesPerSecond: limits.messagesPerSecond, flushEvents };
  const http = await listen(options.port, '--port-coinbase', (request) => controlReply(request, control) ?? rest.reply(request));
  const sockets = new Sockets(http, (socket, stream) => {
    const connection = new CoinbaseConnection(socket, stream, context);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    return true;
  }, null, core.wallMs);
  const heartbeat = setInterval(() => {
    if (faults.active('stall')) return;
    for (const connection of connections) connection.tick(core.wallMs());
  }, 1_000);

  let inMaintenance = false;
  const announce = (status: string): void => {
    for (const connection of connections) connection.sendStatus('update', status);
  };
  const control: ControlContext = {
    ...options.control, core, venue: 'coinbase',
    connections: () => {
      const account = [...connections].filter((connection) => connection.isPrivate).length;
      return { market: connections.size - account, account };
    },
    dropConnections: () => sockets.dropAll(), shutdown: (ms) => void setTimeout(() => sockets.dropAll(), ms).unref(),
    market: (name) => products.find(name.replace('/', '-'))?.market,
    onMaintenance: () => {
      inMaintenance = true;
      announce('offline');
    },
  };
  /** Numbered all the same: that is how a client notices. */
  const deliveryOf = ({ book, product: { id } }: CoinbaseFrame): Delivery => {
    if (!book) return 'whole';
    if (faults.take('skip-depth', id) !== null) return 'lost';
    if (faults.take('malformed-depth', id) !== null) return 'cut';
    return faults.take('duplicate-depth', id) === null ? 'whole' : 'doubled';
  };
  const send = (frames: readonly CoinbaseFrame[]): void => {
    const deliveries = frames.map(deliveryOf);
    for (const connection of connections) {
      connection.stream.cork();
      let sent = 0;
      frames.forEach((frame, i) => {
        if (!connection.listens(frame.topic)) return;
        connection.sendFrame(frame, deliveries[i]);
        sent++;
      });
      if (sent > 0) core.latency.frameOut();
      connection.stream.uncork();
      if (connection.socket.bufferedAmount > BUFFERED_BYTES_MAX) connection.socket.terminate();
    }
  };
  let pending: CoinbaseFrame[] = [];
  return {
    control, access: { rest: loopback('http', http), ws: loopback('ws', http), wsPrivate: loopback('ws', http), ...keys },
    encode: () => {
      pending = faults.active('stall') ? [] : feed.step(core.virtualMs());
    },
    send: () => {
      if (pending.length > 0) send(pending);
      if (core.exchange.outbox.length > 0) flushEvents();
      if (inMaintenance && !faults.active('maintenance')) {
        inMaintenance = false;
        announce('online');
      }
    },
    flushMarket: (marketIndex) => send(feed.flush(marketIndex, core.virtualMs())),
    close: async () => {
      clearInterval(heartbeat);
      await sockets.close();
      await closeServer(http);
    },
  };
}
