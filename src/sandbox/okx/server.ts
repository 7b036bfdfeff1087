/** The OKX sandbox: REST v5 and the public, private and business sockets on one loopback port. */
import { controlReply } from '../control.js';
import type { ControlContext } from '../control.js';
import { withDepthFaults } from '../depth-faults.js';
import { closeServer, listen, loopback } from '../http.js';
import { Sockets } from '../sockets.js';
import { Topics } from '../topics.js';
import type { Frame } from '../topics.js';
import type { VenueServer, VenueStart } from '../venue.js';
import { OkxAuth, okxKeysOf } from './auth.js';
import { OkxConnection } from './connection.js';
import type { ConnectionContext, ConnectionKind } from './connection.js';
import { OkxFeed } from './feed.js';
import { OkxLimits } from './limits.js';
import type { OkxLimitSettings } from './limits.js';
import { Operations } from './operations.js';
import { OkxOrders } from './orders.js';
import { accountObject, orderObject, progressAfter } from './render.js';
import { OkxRest } from './rest.js';
import { OkxSymbols } from './symbols.js';

export interface OkxOptions {
  readonly limits: OkxLimitSettings;
  /** Where a book's snapshot comes from: first on its channel, or (as announced in February 2026) by REST alone. */
  readonly snapshots: 'stream' | 'rest';
  /** Books with checksums, as until 2026. */
  readonly checksums: boolean;
}

const PATHS: Readonly<Record<string, ConnectionKind>> = { '/ws/v5/public': 'public', '/ws/v5/private': 'private', '/ws/v5/business': 'business' };
/** How often connections are looked at for silence. */
const TICK_MS = 5_000;
const UPGRADE = ['64008', 'The connection will soon be closed for a service upgrade. Please reconnect.'] as const;

export async function startOkx(options: VenueStart<OkxOptions>): Promise<VenueServer> {
  const { core, own } = options;
  const keys = okxKeysOf(options.seed);
  const symbols = new OkxSymbols(core.exchange);
  const topics = new Topics<OkxConnection>();
  const faults = { falls: () => core.faults.take('restart-books') !== null, damagesChecksum: (symbol: string) => core.faults.take('corrupt-checksum', symbol) !== null };
  const feed = new OkxFeed(symbols, options.stepMs, (topic) => topics.has(topic), faults, own.snapshots === 'stream', own.checksums);
  const auth = new OkxAuth(keys, core.wallMs);
  const limits = new OkxLimits(own.limits, core.wallMs);
  const orders = new OkxOrders(core, limits, symbols);
  const connections = new Set<OkxConnection>();
  let nextConnection = 0;

  const tellAll = (channel: string, data: readonly unknown[], symbol?: string): void => {
    for (const connection of connections) connection.tell(channel, data, symbol);
  };
  const flushEvents = (): void => {
    const { outbox, account } = core.exchange;
    for (const event of outbox.splice(0)) {
      const symbol = symbols.of(event.order.market);
      tellAll('orders', [orderObject(event.order, symbol, progressAfter(event))], symbol.name);
    }
    if (account.changed.size === 0) return;
    const changed = [...account.changed].map((asset) => [asset, account.balances.get(asset)!] as const);
    account.changed.clear();
    tellAll('account', [accountObject(changed, core.virtualMs())]);
  };
  const tellStatus = (state: string): void => {
    const now = String(Math.floor(core.wallMs()));
    tellAll('status', [{ title: 'Trading is upgraded', state, begin: now, end: now, preOpenBegin: '', href: '', serviceType: '5', system: 'unified', scheDesc: '', maintType: '1', env: '1', ts: now }]);
  };

  const operations = new Operations(core, orders, flushEvents);
  const rest = new OkxRest({ core, auth, limits, orders, operations, symbols, feed, flushEvents });
  const context: ConnectionContext = { core, auth, feed, topics, operations, limits: own.limits, flushEvents };
  const http = await listen(options.port, '--port-okx', (request) => controlReply(request, control) ?? rest.reply(request));
  const sockets = new Sockets(http, (socket, stream, url) => {
    const kind = PATHS[url.pathname];
    if (kind === undefined) return false;
    const connection = new OkxConnection(socket, stream, context, kind, `sandbox${++nextConnection}`);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    return true;
  }, null, core.wallMs);
  const idle = setInterval(() => {
    for (const connection of connections) connection.tick(core.wallMs());
  }, TICK_MS);

  const control: ControlContext = {
    ...options.control, core, venue: 'okx',
    connections: () => {
      const account = [...connections].filter(({ kind }) => kind === 'private').length;
      return { market: connections.size - account, account };
    },
    dropConnections: () => sockets.dropAll(),
    shutdown: (ms) => {
      for (const connection of connections) connection.notice(...UPGRADE);
      setTimeout(() => sockets.dropAll(), ms).unref();
    },
    market: (name) => (symbols.find(name) ?? symbols.find(name.replace('/', '-')))?.market,
    onMaintenance: () => {
      tellStatus('ongoing');
      maintained = true;
    },
  };
  let maintained = false;
  let pending: Frame[] = [];
  const send = (frames: Frame[]): void => topics.broadcast(withDepthFaults(core, frames, (topic) => topic.slice(topic.indexOf(' ') + 1)), () => core.latency.frameOut());
  const ws = loopback('ws', http);
  return {
    control, access: { rest: loopback('http', http), ws: `${ws}/ws/v5/public`, wsPrivate: `${ws}/ws/v5/private`, ...keys },
    encode: (step) => {
      if (maintained && !core.faults.active('maintenance')) {
        maintained = false;
        tellStatus('completed');
      }
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
