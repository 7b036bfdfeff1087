/** The REST API under `/api/v3/brokerage`, and the little of `/v2` that clients ask for before they trade. */
import { createHash } from 'node:crypto';
import { formatScaled, formatTrimmed } from '../../model/decimal.js';
import type { HttpReply, HttpRequest } from '../http.js';
import type { Fill, Order } from '../matching/order.js';
import type { VenueCore } from '../venue-core.js';
import type { CoinbaseAuth } from './auth.js';
import { SecondCounter, type CoinbaseLimitSettings } from './limits.js';
import { CoinbaseRefusal, type CoinbaseOrders } from './orders.js';
import { configurationOf, fillObject, orderIdText, orderObject, productObject, timeText } from './render.js';
import type { CoinbaseProduct, CoinbaseProducts } from './symbols.js';

export interface RestContext {
  readonly core: VenueCore;
  readonly auth: CoinbaseAuth;
  readonly limits: CoinbaseLimitSettings;
  readonly orders: CoinbaseOrders;
  readonly products: CoinbaseProducts;
  readonly flushEvents: () => void;
}

type Fields = Readonly<Record<string, unknown>>;

const BASE = '/api/v3/brokerage/';
const ACCOUNTS_A_PAGE = 49;
const PAGE_MAX = 250;
const CANCELS_MAX = 100;

class Problem extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

export class CoinbaseRest {
  readonly #context: RestContext;
  readonly #private: SecondCounter;
  readonly #public: SecondCounter;

  constructor(context: RestContext) {
    this.#context = context;
    this.#private = new SecondCounter(context.limits.privatePerSecond);
    this.#public = new SecondCounter(context.limits.publicPerSecond);
  }

  reply(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const { core, auth } = this.#context;
    const { method, path } = request;
    const query = new URLSearchParams(request.query);
    if (path.startsWith('/v2/')) return this.#run(() => this.#v2(path.slice('/v2/'.length)));
    if (!path.startsWith(BASE)) return { status: 404, body: problem('NOT_FOUND', 'Not found') };
    const name = path.slice(BASE.length);
    const isPublic = name.startsWith('market/') || name === 'time';
    if (!isPublic && !auth.accepts(request.headers.authorization?.replace(/^Bearer /, ''), `${method} ${path}`)) return { status: 401, body: 'Unauthorized' };
    if (!(isPublic ? this.#public : this.#private).take(core.wallMs())) return tooMany();
    if (isPublic) return this.#run(() => this.#market(name.replace(/^market\//, ''), query));
    if (method === 'POST' && name === 'orders') return this.#placeReply(jsonOf(request.body));
    const reply = this.#run(() => this.#account(method, name, query, request.body));
    setImmediate(this.#context.flushEvents);
    return reply;
  }

  #run(run: () => unknown): HttpReply {
    try {
      return { status: 200, body: run() };
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, body: problem(error.code, error.message) };
      throw error;
    }
  }

  /** Placing an order, with the order faults. */
  #placeReply(body: Fields): HttpReply | Promise<HttpReply> {
    const { core, orders, products, flushEvents } = this.#context;
    const { faults, latency } = core;
    const clientOrderId = body['client_order_id'];
    latency.orderIn(latency.now(), typeof clientOrderId === 'string' ? clientOrderId : '');
    if (faults.take('rate-limit') !== null) return tooMany();
    let answer: Fields;
    try {
      const order = orders.place(body);
      const { id } = products.of(order.market);
      answer = { success: true, success_response: { order_id: orderIdText(order.id), product_id: id, side: order.side.toUpperCase(), client_order_id: order.clientOrderId }, order_configuration: configurationOf(order) };
    } catch (error) {
      if (!(error instanceof CoinbaseRefusal)) throw error;
      answer = { success: false, error_response: { error: error.error, message: error.message, error_details: '', preview_failure_reason: error.previewReason }, order_configuration: body['order_configuration'] };
    }
    const reply: HttpReply = { status: 200, body: answer };
    if (faults.take('events-first') !== null) flushEvents();
    setImmediate(flushEvents);
    if (faults.take('lose-ack') !== null) return new Promise<HttpReply>(() => undefined);
    if (faults.take('error-after-accept') !== null) return { status: 503, body: problem('UNAVAILABLE', 'Service unavailable') };
    const delayMs = faults.take('delay-acks') ?? 0;
    return delayMs === 0 ? reply : new Promise((resolve) => setTimeout(resolve, delayMs, reply).unref());
  }

  #v2(name: string): unknown {
    const { exchange } = this.#context.core;
    const assets = [...exchange.account.balances.keys()];
    if (name === 'time') return { data: { iso: new Date(this.#context.core.wallMs()).toISOString(), epoch: Math.floor(this.#context.core.wallMs() / 1000) } };
    if (name === 'currencies') return { data: assets.filter((asset) => asset === 'USD').map((id) => ({ id, name: id, min_size: '0.01' })) };
    if (name === 'currencies/crypto') return { data: assets.filter((asset) => asset !== 'USD').map((code) => ({ asset_id: uuidOf(code), code, name: code, color: '#000000', sort_index: 100, exponent: 8, type: 'crypto', address_regex: '' })) };
    if (name === 'exchange-rates') return { data: { currency: 'USD', rates: Object.fromEntries(assets.map((asset) => [asset, '1'])) } };
    throw new Problem(404, 'NOT_FOUND', 'Not found');
  }

  /** Market data, with or without a token. */
  #market(name: string, query: URLSearchParams): unknown {
    const { core, products } = this.#context;
    const isOffline = core.faults.active('maintenance');
    const [what, id, rest] = name.split('/');
    if (what === 'time') return { iso: new Date(core.wallMs()).toISOString(), epochSeconds: String(Math.floor(core.wallMs() / 1000)), epochMillis: String(Math.floor(core.wallMs())) };
    if (what === 'product_book') return { pricebook: priceBook(this.#product(query.get('product_id')), Number(query.get('limit') ?? 0) || PAGE_MAX, core.virtualMs()) };
    if (what !== 'products') throw new Problem(404, 'NOT_FOUND', 'Not found');
    if (rest === 'ticker') return ticker(this.#product(id), Number(query.get('limit') ?? 100));
    if (id !== undefined) return productObject(this.#product(id), isOffline);
    const listed = (query.get('product_type') ?? 'SPOT') === 'SPOT' ? products.all : [];
    const wanted = query.getAll('product_ids');
    const chosen = listed.filter((product) => wanted.length === 0 || wanted.includes(product.id)).map((product) => productObject(product, isOffline));
    return { products: chosen, num_products: chosen.length, pagination: null };
  }

  #account(method: string, name: string, query: URLSearchParams, body: string): unknown {
    const { core, orders, products } = this.#context;
    if (method === 'POST') {
      if (name !== 'orders/batch_cancel') throw new Problem(404, 'NOT_FOUND', 'Not found');
      const ids = jsonOf(body)['order_ids'];
      if (!Array.isArray(ids) || ids.length === 0 || ids.length > CANCELS_MAX) throw new Problem(400, 'INVALID_ARGUMENT', 'order_ids must hold 1 to 100 ids');
      return { results: (ids as unknown[]).map((id) => orders.cancel(id)) };
    }
    if (name === 'accounts') return this.#accounts(query);
    if (name === 'transaction_summary') return this.#fees();
    if (name === 'best_bid_ask') return { pricebooks: this.#chosen(query).map((product) => priceBook(product, 1, core.virtualMs())) };
    if (name === 'orders/historical/batch') return this.#orderList(query);
    if (name === 'orders/historical/fills') return this.#fillList(query);
    const orderId = /^orders\/historical\/([^/]+)$/.exec(name)?.[1];
    if (orderId === undefined) return this.#market(name, query);
    const order = orders.find(orderId);
    if (order === undefined) throw new Problem(404, 'NOT_FOUND', 'order with this orderID was not found');
    return { order: orderObject(order, products.of(order.market)) };
  }

  #product(id: string | null | undefined): CoinbaseProduct {
    const product = this.#context.products.find(id);
    if (product === undefined) throw new Problem(404, 'NOT_FOUND', 'valid product_id is required');
    return product;
  }

  /** By `product_ids`, or the older `product_id`; all where none is given. */
  #chosen(query: URLSearchParams): CoinbaseProduct[] {
    const ids = [...query.getAll('product_ids'), ...query.getAll('product_id')];
    return ids.length === 0 ? [...this.#context.products.all] : ids.map((id) => this.#product(id));
  }

  #accounts(query: URLSearchParams): unknown {
    const { account } = this.#context.core.exchange;
    const rows = [...account.balances].map(([currency, { total, locked }]) => ({
      uuid: uuidOf(currency), name: `${currency} Wallet`, currency, available_balance: { value: formatScaled(total - locked, 8), currency }, default: true, active: true, created_at: '2021-05-31T09:59:59Z',
      updated_at: '2021-05-31T09:59:59Z', deleted_at: null, type: currency === 'USD' ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO', ready: true, hold: { value: formatScaled(locked, 8), currency }, retail_portfolio_id: '', platform: 'ACCOUNT_PLATFORM_CONSUMER',
    }));
    const page = paged(rows, query, ACCOUNTS_A_PAGE);
    return { accounts: page.rows, has_next: page.cursor !== '', cursor: page.cursor, size: page.rows.length };
  }

  #fees(): unknown {
    const { fees, fills } = this.#context.core.exchange;
    const volume = formatScaled(fills.reduce((sum, fill) => sum + fill.cost, 0n), 8);
    return {
      total_volume: Number(volume), total_fees: Number(formatScaled(fills.reduce((sum, fill) => sum + fill.fee, 0n), 8)),
      fee_tier: { pricing_tier: 'Sandbox', usd_from: '0', usd_to: '', taker_fee_rate: formatTrimmed(fees.takerPpm, 6), maker_fee_rate: formatTrimmed(fees.makerPpm, 6), aop_from: '', aop_to: '' },
      margin_rate: null, goods_and_services_tax: null, advanced_trade_only_volume: Number(volume), advanced_trade_only_fees: 0, coinbase_pro_volume: 0, coinbase_pro_fees: 0, total_balance: '', has_promo_fee: false,
    };
  }

  /** Newest first. */
  #orderList(query: URLSearchParams): unknown {
    const { exchange } = this.#context.core;
    const statuses = query.getAll('order_status');
    const markets = new Set(this.#chosen(query).map(({ market }) => market.spec.index));
    const [fromMs, toMs] = [dateOf(query.get('start_date'), 0), dateOf(query.get('end_date'), Infinity)];
    const fits = (order: Order): boolean => markets.has(order.market.index) && order.createdMs >= fromMs && order.createdMs <= toMs;
    const rows = [...exchange.orders.values()].filter(fits).reverse().map((order) => orderObject(order, this.#context.products.of(order.market)))
      .filter(({ status }) => statuses.length === 0 || statuses.includes(String(status)));
    const page = paged(rows, query, PAGE_MAX);
    return { orders: page.rows, sequence: '0', has_next: page.cursor !== '', cursor: page.cursor };
  }

  #fillList(query: URLSearchParams): unknown {
    const wanted = new Set([...query.getAll('order_ids'), ...query.getAll('order_id')]);
    const markets = new Set(this.#chosen(query).map(({ market }) => market.spec.index));
    const fits = ({ order }: Fill): boolean => markets.has(order.market.index) && (wanted.size === 0 || wanted.has(orderIdText(order.id)));
    const rows = this.#context.core.exchange.fills.filter(fits).reverse().map((fill) => fillObject(fill, this.#context.products.of(fill.order.market)));
    const page = paged(rows, query, PAGE_MAX);
    return { fills: page.rows, cursor: page.cursor };
  }
}

function problem(error: string, message: string): Fields {
  return { error, error_details: message, message };
}

function tooMany(): HttpReply {
  return { status: 429, body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] } };
}

function jsonOf(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

/** A page of a list: `limit` rows behind the cursor, which is a position. */
function paged<T>(rows: readonly T[], query: URLSearchParams, usual: number): { rows: T[]; cursor: string } {
  const from = Number(query.get('cursor') ?? 0) || 0;
  const limit = Math.min(PAGE_MAX, Math.max(1, Number(query.get('limit') ?? usual) || usual));
  return { rows: rows.slice(from, from + limit), cursor: from + limit < rows.length ? String(from + limit) : '' };
}

function dateOf(text: string | null, otherwise: number): number {
  const ms = text === null ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? otherwise : ms;
}

function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function priceBook(product: CoinbaseProduct, limit: number, timeMs: number): Fields {
  const { book, spec } = product.market;
  const side = (levels: typeof book.bids.levels): unknown[] => levels.slice(0, limit).map(({ price, qty }) => ({ price: formatTrimmed(price, spec.priceDecimals), size: formatTrimmed(qty, spec.qtyDecimals) }));
  return { product_id: product.id, bids: side(book.bids.levels), asks: side(book.asks.levels), time: timeText(timeMs) };
}

/** Recent trades; `side` is the maker's. */
function ticker({ id, market }: CoinbaseProduct, limit: number): Fields {
  const { spec, book, recentTrades } = market;
  const price = (units: number | undefined): string => formatTrimmed(units ?? 0, spec.priceDecimals);
  return {
    trades: recentTrades.slice(-limit).reverse().map((trade) => ({
      trade_id: String(trade.tradeId), product_id: id, price: price(trade.price), size: formatTrimmed(trade.qty, spec.qtyDecimals), time: timeText(trade.timeMs), side: trade.takerSide === 'buy' ? 'SELL' : 'BUY', exchange: '',
    })),
    best_bid: price(book.bids.best()?.price), best_ask: price(book.asks.best()?.price),
  };
}
