/** The sandbox's own doors, the same on all venues: `/sandbox/{ledger,book,latency,latency/reset,fault,cross,freeze,status}`. */
import { formatScaled } from '../model/decimal.js';
import { FAULTS, isFaultKind } from './faults.js';
import type { FaultOrder } from './faults.js';
import type { HttpReply, HttpRequest } from './http.js';
import type { Market } from './matching/exchange.js';
import type { Order } from './matching/order.js';
import type { VenueCore } from './venue-core.js';
import { parseForm } from './http.js';

export interface CrossRequest {
  /** Canonical pair, `BTC/USDT`. */
  pair: string;
  /** The venue that becomes the cheap one. */
  venueCheap: string;
  /** How far its ask stands below the best bid of the other venues. */
  bps: number;
  /** Quantity of the level, decimal text. */
  qty: string;
  holdMs: number;
}

export interface ControlContext {
  core: VenueCore;
  venue: string;
  /** The market a venue symbol or a canonical pair names. */
  market: (name: string) => Market | undefined;
  dropConnections: () => void;
  onMaintenance: () => void;
  /** Announce a shutdown, then close every connection after `ms`. */
  shutdown: (ms: number) => void;
  /** What its account holds, where that is not in the matching engine. */
  ledger?: () => Ledger;
  /** State of what a name stands for, where a venue has no book of the matching engine. */
  bookHere?: (name: string) => Record<string, unknown> | undefined;
  /** Forced crossings, where a venue has no book of the matching engine. @returns as `cross` */
  crossHere?: (request: CrossRequest) => Record<string, unknown> | string;
  /** @returns what was done, or a text that says what was wrong */
  cross: (request: CrossRequest) => Record<string, unknown> | string;
  status: () => Record<string, unknown>;
  /** Stop or resume the market of all venues; what clients do still counts. */
  freeze: (frozen: boolean) => void;
  /** Open WebSocket connections by kind. */
  connections: () => { market: number; account: number };
}

/** The answer to a forced crossing waits this long: answering is work, and it must not stand in the way of the orders. */
const CROSS_REPLY_MS = 5;

export function controlReply(request: HttpRequest, context: ControlContext): HttpReply | Promise<HttpReply> | null {
  if (!request.path.startsWith('/sandbox/')) return null;
  const { core } = context;
  switch (`${request.method} ${request.path}`) {
    case 'GET /sandbox/ledger':
      return ok(ledger(context));
    case 'GET /sandbox/book': {
      const name = parseForm(request.query).get('symbol') ?? '';
      const state = context.bookHere?.(name);
      if (state !== undefined) return ok(state);
      const market = context.market(name);
      return market === undefined ? bad(`No market "${name.slice(0, 40)}" here.`) : ok(book(market));
    }
    case 'GET /sandbox/latency':
      return ok(core.latency.report());
    case 'POST /sandbox/latency/reset':
      core.latency.reset();
      return ok({ reset: true });
    case 'GET /sandbox/fault':
      return ok({ kinds: FAULTS, fired: core.faults.fired });
    case 'POST /sandbox/fault': {
      const fault = readFault(request.body);
      if (typeof fault === 'string') return bad(fault);
      armFault(context, fault);
      return ok({ armed: fault });
    }
    case 'POST /sandbox/cross': {
      const done = context.cross(readJson(request.body) as unknown as CrossRequest);
      if (typeof done === 'string') return bad(done);
      return new Promise((resolve) => setTimeout(resolve, CROSS_REPLY_MS, ok(done)));
    }
    case 'POST /sandbox/freeze': {
      const { frozen } = readJson(request.body);
      if (typeof frozen !== 'boolean') return bad('"frozen" must be true or false.');
      context.freeze(frozen);
      return ok({ frozen });
    }
    case 'GET /sandbox/status':
      return ok({ venue: context.venue, ...context.status(), connections: context.connections(), faultsFired: core.faults.fired });
    default:
      return { status: 404, body: { error: 'No such sandbox endpoint.' } };
  }
}

export function armFault(context: ControlContext, fault: FaultOrder): void {
  if (fault.kind === 'drop-connections') {
    context.core.faults.fired['drop-connections'] = (context.core.faults.fired['drop-connections'] ?? 0) + 1;
    context.dropConnections();
    return;
  }
  if (fault.kind === 'server-shutdown') {
    context.core.faults.fired['server-shutdown'] = (context.core.faults.fired['server-shutdown'] ?? 0) + 1;
    context.shutdown(fault.ms ?? 1_000);
    return;
  }
  context.core.faults.arm(fault);
  if (fault.kind === 'maintenance') context.onMaintenance();
}

/** The account as the venue keeps it, in exact decimals. */
export interface Ledger {
  balances: Record<string, { free: string; locked: string }>;
  orders: Record<string, unknown>[];
  trades: Record<string, unknown>[];
}

export function ledger({ core, ledger: own }: ControlContext): Ledger {
  if (own !== undefined) return own();
  const { account, orders, fills } = core.exchange;
  const balances: Ledger['balances'] = {};
  for (const [asset, balance] of account.balances) {
    balances[asset] = { free: formatScaled(balance.total - balance.locked, 8), locked: formatScaled(balance.locked, 8) };
  }
  return {
    balances,
    orders: [...orders.values()].map(ledgerOrder),
    trades: fills.map((fill) => ({
      tradeId: fill.tradeId, orderId: fill.order.id, clientOrderId: fill.order.clientOrderId, pair: fill.order.market.pair, side: fill.order.side,
      price: formatScaled(fill.price, fill.order.market.priceDecimals), qty: formatScaled(fill.qty, fill.order.market.qtyDecimals),
      cost: formatScaled(fill.cost, 8), fee: formatScaled(fill.fee, 8), feeAsset: fill.feeAsset, maker: fill.maker, timeMs: fill.timeMs,
    })),
  };
}

function ledgerOrder(order: Order): Record<string, unknown> {
  const { market } = order;
  return {
    orderId: order.id, clientOrderId: order.clientOrderId, pair: market.pair, side: order.side, type: order.type, timeInForce: order.timeInForce, status: order.status,
    price: order.price === null ? null : formatScaled(order.price, market.priceDecimals), qty: formatScaled(order.qty, market.qtyDecimals),
    filled: formatScaled(order.filled, market.qtyDecimals), cost: formatScaled(order.cost, 8), fee: formatScaled(order.fee, 8), reason: order.reason,
    createdMs: order.createdMs, updatedMs: order.updatedMs,
  };
}

function book(market: Market): Record<string, unknown> {
  const { spec } = market;
  const side = (levels: Market['book']['bids']['levels']): [string, string][] =>
    levels.map((level) => [formatScaled(level.price, spec.priceDecimals), formatScaled(level.qty, spec.qtyDecimals)]);
  return { pair: spec.pair, updateId: market.book.updateId, bids: side(market.book.bids.levels), asks: side(market.book.asks.levels) };
}

function readFault(body: string): FaultOrder | string {
  const { kind, count, ms, symbol } = readJson(body);
  if (!isFaultKind(kind)) return `"kind" must be one of ${Object.keys(FAULTS).join(', ')}.`;
  const fault: FaultOrder = { kind };
  if (count !== undefined) {
    if (!Number.isSafeInteger(count) || (count as number) < 1) return '"count" must be a positive integer.';
    fault.count = count as number;
  }
  if (ms !== undefined) {
    if (typeof ms !== 'number' || !(ms >= 0 && ms <= 600_000)) return '"ms" must be between 0 and 600000.';
    fault.ms = ms;
  }
  if (typeof symbol === 'string') fault.symbol = symbol;
  return fault;
}

function readJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function ok(body: unknown): HttpReply {
  return { status: 200, body };
}

function bad(error: string): HttpReply {
  return { status: 400, body: { error } };
}
