/** Kraken's REST API. Every answer is `{"error":[],"result":…}` with status 200, refused or not. */
import { formatScaled } from '../../model/decimal.js';
import { parseForm } from '../http.js';
import { decimalText } from '../text.js';
import { TOKEN_SECONDS } from './auth.js';
import { KrakenError } from './orders.js';
import { execId, orderText, restOrder, restTrade, txid } from './render.js';
import { altAsset, restAsset } from './symbols.js';
import type { KrakenAuth } from './auth.js';
import type { KrakenLimits } from './limits.js';
import type { KrakenOrders } from './orders.js';
import type { KrakenSymbol, KrakenSymbols } from './symbols.js';
import type { HttpReply, HttpRequest } from '../http.js';
import type { Order } from '../matching/order.js';
import type { VenueCore } from '../venue-core.js';

type Form = ReadonlyMap<string, string>;
const PAGE = 50;

export interface KrakenRestContext {
  core: VenueCore;
  auth: KrakenAuth;
  limits: KrakenLimits;
  orders: KrakenOrders;
  symbols: KrakenSymbols;
  flushEvents: () => void;
}

export class KrakenRest {
  readonly #context: KrakenRestContext;
  readonly #public: Readonly<Record<string, (form: Form) => unknown>>;
  readonly #private: Readonly<Record<string, { points: number; run: (form: Form) => unknown }>>;

  constructor(context: KrakenRestContext) {
    this.#context = context;
    this.#public = {
      Time: () => ({ unixtime: Math.floor(context.core.wallMs() / 1000), rfc1123: new Date(context.core.wallMs()).toUTCString() }),
      SystemStatus: () => ({ status: this.#status(), timestamp: new Date(context.core.wallMs()).toISOString() }),
      Assets: () => this.#assets(),
      AssetPairs: (form) => this.#assetPairs(form),
      Depth: (form) => this.#depth(form),
      Ticker: (form) => Object.fromEntries(this.#chosen(form).map((symbol) => [symbol.restKey, ticker(symbol)])),
      Trades: (form) => this.#trades(form),
    };
    const call = (points: number, run: (form: Form) => unknown): { points: number; run: (form: Form) => unknown } => ({ points, run });
    this.#private = {
      GetWebSocketsToken: call(1, () => ({ token: context.auth.issueToken(), expires: TOKEN_SECONDS })),
      Balance: call(1, () => this.#balances((total) => total)),
      BalanceEx: call(1, () => this.#balances((total, hold) => ({ balance: total, hold_trade: hold }))),
      AddOrder: call(0, (form) => this.#addOrder(form)),
      CancelOrder: call(0, (form) => this.#cancelOrder(form)),
      CancelAll: call(1, () => ({ count: context.orders.cancelAll('user') })),
      CancelAllOrdersAfter: call(1, (form) => this.#cancelAllAfter(form)),
      OpenOrders: call(1, () => ({ open: this.#orderMap([...context.core.exchange.open]) })),
      ClosedOrders: call(1, (form) => this.#closedOrders(form)),
      QueryOrders: call(1, (form) => this.#queryOrders(form)),
      TradesHistory: call(2, (form) => this.#tradesHistory(form)),
      QueryTrades: call(2, (form) => this.#queryTrades(form)),
      TradeVolume: call(1, (form) => this.#tradeVolume(form)),
    };
  }

  reply(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const [, version, scope, name = ''] = request.path.split('/');
    if (version !== '0' || (scope !== 'public' && scope !== 'private')) return { status: 404, body: { error: ['EGeneral:Unknown method'] } };
    const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
    const body = isJson ? jsonForm(request.body) : parseForm(request.body);
    const form = new Map([...parseForm(request.query), ...body]);
    if (scope === 'public') return this.#run(() => {
      const run = this.#public[name];
      if (run === undefined) throw new KrakenError('EGeneral:Unknown method');
      return run(form);
    });
    if (name === 'AddOrder') return this.#addOrderReply(request, form);
    const reply = this.#run(() => this.#runPrivate(name, request, form));
    setImmediate(this.#context.flushEvents);
    return reply;
  }

  #runPrivate(name: string, request: HttpRequest, form: Form): unknown {
    const { auth, limits } = this.#context;
    const call = this.#private[name];
    if (call === undefined) throw new KrakenError('EGeneral:Unknown method');
    const refused = auth.check(request.path, request.body, form.get('nonce'), request.headers['api-key'] as string | undefined, request.headers['api-sign'] as string | undefined);
    if (refused !== null) throw new KrakenError(refused);
    if (!limits.rest(call.points)) throw new KrakenError('EAPI:Rate limit exceeded');
    return call.run(form);
  }

  /** Placing an order over REST, with the order faults. */
  #addOrderReply(request: HttpRequest, form: Form): HttpReply | Promise<HttpReply> {
    const { faults, latency } = this.#context.core;
    latency.orderIn(latency.now(), form.get('cl_ord_id') ?? '');
    if (faults.take('rate-limit') !== null) return { status: 200, body: { error: ['EOrder:Rate limit exceeded'] } };
    const reply = this.#run(() => this.#runPrivate('AddOrder', request, form));
    if (faults.take('events-first') !== null) this.#context.flushEvents();
    setImmediate(this.#context.flushEvents);
    if (faults.take('lose-ack') !== null) return new Promise<HttpReply>(() => undefined);
    if (faults.take('error-after-accept') !== null) return { status: 520, body: { error: ['EService:Timeout'] } };
    const delayMs = faults.take('delay-acks') ?? 0;
    return delayMs === 0 ? reply : new Promise((resolve) => setTimeout(resolve, delayMs, reply).unref());
  }

  #run(run: () => unknown): HttpReply {
    try {
      return { status: 200, body: { error: [], result: run() } };
    } catch (error) {
      return { status: 200, body: { error: [error instanceof KrakenError ? error.message : 'EGeneral:Internal error'] } };
    }
  }

  #status(): string {
    return this.#context.core.faults.active('maintenance') ? 'maintenance' : 'online';
  }

  #chosen(form: Form): KrakenSymbol[] {
    const names = form.get('pair');
    if (names === undefined || names === '') return this.#context.symbols.all;
    return names.split(',').map((name) => this.#symbol(name));
  }

  #symbol(name: string | undefined): KrakenSymbol {
    const symbol = this.#context.symbols.findRest(name);
    if (symbol === undefined) throw new KrakenError('EQuery:Unknown asset pair');
    return symbol;
  }

  #assets(): Record<string, unknown> {
    const assets = [...this.#context.core.exchange.account.balances.keys()];
    return Object.fromEntries(assets.map((asset) => [restAsset(asset), {
      aclass: 'currency', altname: altAsset(asset), decimals: 8, display_decimals: 5, collateral_value: 1, status: 'enabled', margin_rate: 0.02,
    }]));
  }

  #assetPairs(form: Form): Record<string, unknown> {
    const { fees } = this.#context.core.exchange;
    const percent = (ppm: bigint): number => Number(ppm) / 10_000;
    return Object.fromEntries(this.#chosen(form).map((symbol) => {
      const { spec } = symbol.market;
      return [symbol.restKey, {
        altname: symbol.altname, wsname: symbol.wsname, aclass_base: 'currency', base: restAsset(spec.base), aclass_quote: 'currency', quote: restAsset(spec.quote), lot: 'unit',
        cost_decimals: 8, pair_decimals: spec.priceDecimals, lot_decimals: spec.qtyDecimals, lot_multiplier: 1, leverage_buy: [], leverage_sell: [],
        fees: [[0, percent(fees.takerPpm)]], fees_maker: [[0, percent(fees.makerPpm)]], fee_volume_currency: 'ZUSD', margin_call: 80, margin_stop: 40,
        ordermin: formatScaled(spec.minQtyUnits, spec.qtyDecimals), costmin: formatScaled(spec.minNotional, 8), tick_size: formatScaled(1, spec.priceDecimals),
        status: this.#status() === 'online' ? 'online' : 'cancel_only', execution_venue: 'international',
      }];
    }));
  }

  #depth(form: Form): Record<string, unknown> {
    const symbol = this.#symbol(form.get('pair'));
    const { spec, book } = symbol.market;
    const count = Math.min(Math.max(Number(form.get('count') ?? 100) || 100, 1), 500);
    const time = Math.floor(this.#context.core.virtualMs() / 1000);
    const rows = (levels: typeof book.bids.levels): unknown[] =>
      levels.slice(0, count).map((level) => [decimalText(level.price, spec.priceDecimals), decimalText(level.qty, spec.qtyDecimals), time]);
    return { [symbol.restKey]: { asks: rows(book.asks.levels), bids: rows(book.bids.levels) } };
  }

  #trades(form: Form): Record<string, unknown> {
    const symbol = this.#symbol(form.get('pair'));
    const { spec, recentTrades } = symbol.market;
    const since = Number(form.get('since') ?? 0);
    const sinceMs = since > 1e15 ? since / 1e6 : since * 1000;
    const rows = recentTrades.filter((trade) => trade.timeMs > sinceMs).slice(0, 1_000).map((trade) =>
      [decimalText(trade.price, spec.priceDecimals), decimalText(trade.qty, spec.qtyDecimals), trade.timeMs / 1000, trade.takerSide === 'buy' ? 'b' : 's', 'l', '', trade.tradeId]);
    return { [symbol.restKey]: rows, last: String(BigInt(Math.floor(recentTrades.at(-1)?.timeMs ?? 0)) * 1_000_000n) };
  }

  #balances(render: (total: string, hold: string) => unknown): Record<string, unknown> {
    const { account } = this.#context.core.exchange;
    return Object.fromEntries([...account.balances].map(([asset, balance]) => [restAsset(asset), render(formatScaled(balance.total, 8), formatScaled(balance.locked, 8))]));
  }

  #addOrder(form: Form): unknown {
    const symbol = this.#context.symbols.findRest(form.get('pair'));
    const flags = (form.get('oflags') ?? '').split(',');
    const byQuote = flags.includes('viqc');
    const order = this.#context.orders.place({
      symbol, side: form.get('type'), orderType: form.get('ordertype'), qty: byQuote ? undefined : form.get('volume'), cashQty: byQuote ? form.get('volume') : undefined,
      price: form.get('price'), timeInForce: form.get('timeinforce'), postOnly: flags.includes('post'), clientOrderId: form.get('cl_ord_id'), selfTrade: form.get('stptype'),
      deadline: form.get('deadline'), validate: form.get('validate') === 'true',
    }, true);
    if (order === null) return { descr: { order: `${form.get('type')} ${form.get('volume')} ${symbol!.altname} @ ${form.get('ordertype')}` } };
    return { descr: { order: orderText(order, symbol!) }, txid: [txid('O', order.id)], ...(order.clientIdGiven ? { cl_ord_id: order.clientOrderId } : {}) };
  }

  #cancelOrder(form: Form): unknown {
    const { orders } = this.#context;
    orders.cancel(orders.findOpen({ orderId: form.get('txid'), clientOrderId: form.get('cl_ord_id') }));
    return { count: 1 };
  }

  #cancelAllAfter(form: Form): unknown {
    const seconds = Number(form.get('timeout'));
    if (!Number.isInteger(seconds) || seconds < 0 || seconds >= 86_400) throw new KrakenError('EGeneral:Invalid arguments:timeout');
    const triggerMs = this.#context.orders.cancelAllAfter(seconds);
    return { currentTime: new Date(this.#context.core.wallMs()).toISOString(), triggerTime: triggerMs === 0 ? '0' : new Date(triggerMs).toISOString() };
  }

  #orderMap(orders: readonly Order[]): Record<string, unknown> {
    return Object.fromEntries(orders.map((order) => [txid('O', order.id), restOrder(order, this.#context.symbols.of(order.market))]));
  }

  #closedOrders(form: Form): unknown {
    const { exchange } = this.#context.core;
    const closed = [...exchange.orders.values()].filter((order) => !exchange.open.has(order)).reverse();
    const offset = Number(form.get('ofs') ?? 0) || 0;
    return { closed: this.#orderMap(closed.slice(offset, offset + PAGE)), count: closed.length };
  }

  #queryOrders(form: Form): unknown {
    const { orders } = this.#context;
    const clientOrderId = form.get('cl_ord_id');
    const ids = (form.get('txid') ?? '').split(',').filter((id) => id !== '').slice(0, PAGE);
    const wanted = clientOrderId === undefined ? ids.map((orderId) => ({ orderId })) : [{ clientOrderId }];
    const found = wanted.map((id) => orders.find(id)).filter((order): order is Order => order !== undefined);
    if (found.length === 0) throw new KrakenError('EOrder:Unknown order');
    return this.#orderMap(found);
  }

  #tradesHistory(form: Form): unknown {
    const { fills } = this.#context.core.exchange;
    const start = Number(form.get('start') ?? 0) || 0;
    const end = Number(form.get('end') ?? 0) || Number.POSITIVE_INFINITY;
    const offset = Number(form.get('ofs') ?? 0) || 0;
    const chosen = fills.filter((fill) => fill.timeMs / 1000 > start && fill.timeMs / 1000 <= end).reverse();
    const page = chosen.slice(offset, offset + PAGE).map((fill) => [execId(fill), restTrade(fill, this.#context.symbols.of(fill.order.market))]);
    return { trades: Object.fromEntries(page) as unknown, count: chosen.length };
  }

  #queryTrades(form: Form): unknown {
    const wanted = new Set((form.get('txid') ?? '').split(','));
    const found = this.#context.core.exchange.fills.filter((fill) => wanted.has(execId(fill)));
    if (found.length === 0) throw new KrakenError('EQuery:Unknown trade');
    return Object.fromEntries(found.map((fill) => [execId(fill), restTrade(fill, this.#context.symbols.of(fill.order.market))]));
  }

  #tradeVolume(form: Form): unknown {
    const { exchange } = this.#context.core;
    const volume = exchange.fills.reduce((sum, fill) => sum + fill.cost, 0n);
    const rows = (ppm: bigint): Record<string, unknown> => Object.fromEntries(this.#chosen(form).map((symbol) => {
      const fee = formatScaled(ppm, 4);
      return [symbol.restKey, { fee, minfee: fee, maxfee: fee, nextfee: null, nextvolume: null, tiervolume: '0.0000' }];
    }));
    return { currency: 'ZUSD', volume: formatScaled(volume, 8), fees: rows(exchange.fees.takerPpm), fees_maker: rows(exchange.fees.makerPpm) };
  }
}

function ticker(symbol: KrakenSymbol): Record<string, unknown> {
  const { spec, book, recentTrades } = symbol.market;
  const price = (units: number | undefined): string => decimalText(units ?? 0, spec.priceDecimals);
  const qty = (units: number | undefined): string => decimalText(units ?? 0, spec.qtyDecimals);
  const bid = book.bids.best();
  const ask = book.asks.best();
  const last = recentTrades.at(-1);
  const lastPrice = price(last?.price ?? bid?.price);
  const volume = qty(recentTrades.reduce((sum, trade) => sum + trade.qty, 0));
  const both = (value: string): [string, string] => [value, value];
  return {
    a: [price(ask?.price), '1', qty(ask?.qty)], b: [price(bid?.price), '1', qty(bid?.qty)], c: [lastPrice, qty(last?.qty)], v: both(volume), p: both(lastPrice),
    t: [recentTrades.length, recentTrades.length], l: both(lastPrice), h: both(lastPrice), o: lastPrice,
  };
}

/** A JSON body's members as texts. */
function jsonForm(body: string): Map<string, string> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).map(([name, given]) => [name, typeof given === 'string' ? given : JSON.stringify(given)]));
  } catch {
    return new Map();
  }
}
