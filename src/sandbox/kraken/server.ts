/** The Kraken sandbox: REST, public (`/v2`) and private (`/auth/v2`) WebSocket v2 on one loopback port. */
import { formatScaled } from '../../model/decimal.js';
import { KrakenAuth, krakenKeysOf } from './auth.js';
import { KrakenConnection } from './connection.js';
import type { KrakenContext } from './connection.js';
import { KrakenFeed } from './feed.js';
import { KrakenLimits } from './limits.js';
import type { KrakenLimitSettings } from './limits.js';
import { KrakenOrders } from './orders.js';
import { executionObjects, quoted, rawObject, txid } from './render.js';
import { KrakenRest } from './rest.js';
import { KrakenSymbols } from './symbols.js';
import { controlReply } from '../control.js';
import type { ControlContext } from '../control.js';
import { withDepthFaults } from '../depth-faults.js';
import { closeServer, listen, loopback } from '../http.js';
import { Sockets } from '../sockets.js';
import { rfc3339 } from '../text.js';
import { Topics } from '../topics.js';
import type { Frame } from '../topics.js';
import type { VenueServer, VenueStart } from '../venue.js';

export interface KrakenOptions {
  readonly limits: KrakenLimitSettings;
}

/** Beyond 2^53, as the venue's are. */
const FIRST_CONNECTION_ID = 12_345_678_901_234_567_890n;

export async function startKraken(options: VenueStart<KrakenOptions>): Promise<VenueServer> {
  const { core } = options;
  const keys = krakenKeysOf(options.seed);
  const symbols = new KrakenSymbols(core.exchange);
  const topics = new Topics<KrakenConnection>();
  const feed = new KrakenFeed(symbols, (topic) => topics.has(topic));
  feed.corrupt = (symbol) => core.faults.take('corrupt-checksum', symbol) !== null;
  const auth = new KrakenAuth(keys, core.wallMs);
  const limits = new KrakenLimits(options.own.limits, core.wallMs);
  const orders = new KrakenOrders(core, limits);
  const connections = new Set<KrakenConnection>();
  const sentTotals = new Map([...core.exchange.account.balances].map(([asset, balance]) => [asset, balance.total]));
  let ledgerId = 0;
  let nextConnectionId = FIRST_CONNECTION_ID;

  const flushEvents = (): void => {
    const { outbox, account } = core.exchange;
    for (const event of outbox.splice(0)) {
      const objects = executionObjects(event, symbols.of(event.order.market));
      const [pending, ...rest] = objects;
      for (const connection of connections) {
        if (event.kind === 'new') {
          connection.sendExecutions([pending], true);
          connection.sendExecutions(rest, false);
        } else connection.sendExecutions(objects, false);
      }
    }
    if (account.changed.size === 0) return;
    const rows: string[] = [];
    for (const asset of account.changed) {
      const { total } = account.balances.get(asset)!;
      const amount = total - (sentTotals.get(asset) ?? 0n);
      sentTotals.set(asset, total);
      if (amount === 0n) continue;
      rows.push(rawObject({
        asset: quoted(asset), asset_class: '"currency"', amount: formatScaled(amount, 8), balance: formatScaled(total, 8), fee: '0.00000000', ledger_id: quoted(txid('L', ++ledgerId)),
        ref_id: quoted(txid('T', ledgerId)), timestamp: quoted(rfc3339(core.virtualMs())), type: '"trade"', subtype: '""', category: '"trade"', wallet_type: '"spot"', wallet_id: '"main"',
      }));
    }
    account.changed.clear();
    for (const connection of connections) connection.sendBalances(rows);
  };
  orders.onDeadMan = flushEvents;

  const rest = new KrakenRest({ core, auth, limits, orders, symbols, flushEvents });
  const context: KrakenContext = { core, auth, limits, orders, symbols, feed, topics, flushEvents };
  const http = await listen(options.port, '--port-kraken', (request) => controlReply(request, control) ?? rest.reply(request));
  const sockets = new Sockets(http, (socket, stream, url) => {
    if (url.pathname !== '/v2' && url.pathname !== '/auth/v2') return false;
    const connection = new KrakenConnection(socket, stream, context, url.pathname === '/auth/v2', nextConnectionId++);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    return true;
  }, null, core.wallMs);
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.tick(core.wallMs());
  }, 1_000);

  const announceStatus = (): void => {
    for (const connection of connections) connection.sendStatus(nextConnectionId);
  };
  let inMaintenance = false;
  const control: ControlContext = {
    ...options.control, core, venue: 'kraken',
    connections: () => {
      const account = [...connections].filter((connection) => connection.isPrivate).length;
      return { market: connections.size - account, account };
    }, dropConnections: () => sockets.dropAll(), shutdown: (ms) => void setTimeout(() => sockets.dropAll(), ms).unref(),
    market: (name) => symbols.find(name)?.market ?? symbols.findRest(name)?.market,
    onMaintenance: () => {
      inMaintenance = true;
      announceStatus();
    },
  };
  let pending: Frame[] = [];
  const send = (frames: Frame[]): void => topics.broadcast(withDepthFaults(core, frames, (topic) => topic.slice(topic.lastIndexOf(':') + 1)), () => core.latency.frameOut());
  return {
    control, access: { rest: loopback('http', http), ws: `${loopback('ws', http)}/v2`, wsAuth: `${loopback('ws', http)}/auth/v2`, ...keys },
    encode: () => {
      pending = core.faults.active('stall') ? [] : feed.step(core.virtualMs());
    },
    send: () => {
      send(pending);
      if (core.exchange.outbox.length > 0) flushEvents();
      if (inMaintenance && !core.faults.active('maintenance')) {
        inMaintenance = false;
        announceStatus();
      }
    },
    flushMarket: (marketIndex) => send(feed.flush(marketIndex, core.virtualMs())),
    close: async () => {
      clearInterval(heartbeat);
      orders.cancelAllAfter(0);
      await sockets.close();
      await closeServer(http);
    },
  };
}
