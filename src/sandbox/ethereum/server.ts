/** The sandbox Ethereum node: JSON-RPC over HTTP and WebSocket on one loopback port, with the sandbox's own doors beside it. */
import { controlReply } from '../control.js';
import type { ControlContext, CrossRequest } from '../control.js';
import { closeServer, listen, loopback } from '../http.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { checkRange } from '../option-range.js';
import { Sockets } from '../sockets.js';
import type { VenueServer, VenueStart } from '../venue.js';
import { accountLedger } from './account-ledger.js';
import { poolState } from './pool-state.js';
import { V2_ROUTER, V3_ROUTER } from './addresses.js';
import { Connection } from './connection.js';
import { EthereumNode } from './node.js';
import { RequestRate } from './request-rate.js';
import type { EthereumLimitSettings } from './request-rate.js';
import { NO_ANSWER, Rpc } from './rpc.js';
import { Subscriptions } from './subscriptions.js';

export interface EthereumOptions {
  readonly limits: EthereumLimitSettings;
  /** From one block to the next, ms of the market's time; mainnet takes 12,000. */
  readonly blockMs: number;
}

/** An answer that never comes. */
const NEVER = new Promise<HttpReply>(() => undefined);

export async function startEthereum({ core, seed, port, stepMs, fair, isFrozen, control: shared, own }: VenueStart<EthereumOptions>): Promise<VenueServer> {
  checkRange('blockMs', own.blockMs, 2 * stepMs, 60_000);
  const node = new EthereumNode({
    seed, stepMs, stepsPerBlock: Math.round(own.blockMs / stepMs), virtualMs: core.virtualMs, faults: core.faults, isFrozen, fair: (pair) => fair(pair)?.priceBefore(0),
  });
  const subscriptions = new Subscriptions(seed, core.faults);
  const rpc = new Rpc({ core, node, subscriptions, rate: new RequestRate(own.limits, core.wallMs) });
  const connections = new Set<Connection>();
  node.onChain = (event) => subscriptions.publish(event);
  node.onPending = (transaction) => subscriptions.publishPending(transaction);

  const reply = async (request: HttpRequest): Promise<HttpReply> => {
    const door = controlReply(request, control);
    if (door !== null) return door;
    if (request.method !== 'POST') return { status: 405, body: { error: 'JSON-RPC is asked by POST.' } };
    const answer = await rpc.answer(request.body, null);
    if (answer === NO_ANSWER) return NEVER;
    return answer === null ? { status: 204, body: null } : { status: 200, body: answer };
  };
  const http = await listen(port, '--port-uniswap', reply);
  const sockets = new Sockets(http, (socket, stream) => {
    const connection = new Connection(socket, stream, rpc, () => core.faults.active('stall'));
    connections.add(connection);
    socket.on('close', () => {
      connections.delete(connection);
      subscriptions.forget(connection);
    });
    return true;
  }, null, core.wallMs);
  const control: ControlContext = {
    ...shared, core, venue: 'uniswap', market: () => undefined, ledger: () => accountLedger(node), bookHere: (name) => poolState(node, name), crossHere: (request) => cross(node, request),
    connections: () => ({ market: connections.size, account: 0 }), dropConnections: () => sockets.dropAll(),
    shutdown: (ms) => void setTimeout(() => sockets.dropAll(), ms).unref(), onMaintenance: () => undefined,
  };
  return {
    control,
    access: {
      rest: loopback('http', http), ws: loopback('ws', http), apiKey: node.account.address, secret: '', privateKey: node.account.privateKey,
      settings: { pools: node.markets.map(({ venue }) => venue.address), routers: { v2: V2_ROUTER, v3: V3_ROUTER } },
    },
    encode: (step) => node.advance(step),
    send: () => {
      const waiting = [...connections].filter((connection) => connection.waiting);
      if (waiting.length > 0) core.latency.frameOut();
      for (const connection of waiting) connection.flush();
    },
    flushMarket: () => undefined,
    close: async () => {
      await sockets.close();
      await closeServer(http);
    },
  };
}

/** The cheapest pool of the pair goes to where its ask, fee included, stands `bps` below the fair price, with the next block. */
function cross(node: EthereumNode, { pair, bps, holdMs }: CrossRequest): Record<string, unknown> | string {
  const market = node.markets.filter(({ spec }) => spec.fair === pair).sort((a, b) => a.feeBps - b.feeBps)[0];
  if (market === undefined) return '"pair" must name a pair that a pool follows, such as ETH/USDT.';
  node.push(market, -(market.feeBps + bps), holdMs);
  return { pair, venueCheap: 'uniswap', pool: market.venue.address, holdMs };
}
