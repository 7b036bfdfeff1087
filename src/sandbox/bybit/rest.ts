/** Bybit's REST API v5. Every answer is `{"retCode","retMsg","result","retExtInfo","time"}` with status 200, refused or not. */
import { parseForm } from '../http.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { isOpen } from '../matching/order.js';
import type { Order } from '../matching/order.js';
import { trimmedText } from '../text.js';
import type { VenueCore } from '../venue-core.js';
import { formatTrimmed } from '../../model/decimal.js';
import type { BybitAuth } from './auth.js';
import { refusals } from './errors.js';
import { dayOf } from './feed.js';
import type { BybitLimits } from './limits.js';
import { limitHeaders, wordsOf, type OrderReply, type OrderRequests } from './order-requests.js';
import { PRICE_LIMIT_RATIO, type BybitOrders, type Fields } from './orders.js';
import { coinObject, currentOrder, executionObject, publicTradeId, walletObject } from './render.js';
import type { BybitSymbol, BybitSymbols } from './symbols.js';

export interface RestContext {
  readonly core: VenueCore;
  readonly auth: BybitAuth;
  readonly limits: BybitLimits;
  readonly orders: BybitOrders;
  readonly requests: OrderRequests;
  readonly symbols: BybitSymbols;
  readonly flushEvents: () => void;
}

type Form = ReadonlyMap<string, string>;
type Result = Record<string, unknown>;

const BOOK_LEVELS_MAX = 200;
const RECENT_ORDERS = 500;
const MAX_QTY = '1000000';

export class BybitRest {
  readonly #context: RestContext;
  readonly #public: Readonly<Record<string, (form: Form) => Result>>;
  readonly #private: Readonly<Record<string, (form: Form) => Result>>;

  constructor(context: RestContext) {
    this.#context = context;
    this.#public = {
      '/v5/market/time': () => {
        const ms = context.core.wallMs();
        return { timeSecond: String(Math.floor(ms / 1000)), timeNano: `${Math.floor(ms)}000000` };
      },
      '/v5/market/instruments-info': (form) => ({ category: 'spot', list: this.#chosen(form).map(instrumentObject), nextPageCursor: '' }),
      '/v5/market/orderbook': (form) => this.#book(form),
      '/v5/market/recent-trade': (form) => this.#trades(form),
      '/v5/market/tickers': (form) => ({ category: 'spot', list: this.#chosen(form).map(restTicker) }),
    };
    this.#private = {
      '/v5/order/realtime': (form) => this.#realtime(form),
      '/v5/order/history': (form) => this.#page(this.#filtered(form, this.#newestFirst().filter((order) => !isOpen(order))), form, 50),
      '/v5/execution/list': (form) => this.#executions(form),
      '/v5/account/wallet-balance': (form) => this.#wallet(form),
      '/v5/account/fee-rate': (form) => this.#fees(form),
      '/v5/account/info': () => ({ marginMode: 'REGULAR_MARGIN', updatedTime: '0', unifiedMarginStatus: 6, dcpStatus: 'OFF', timeWindow: 10, smpGroup: 0, isMasterTrader: false, spotHedgingStatus: 'OFF' }),
      '/v5/user/query-api': () => ({ id: '1', note: 'sandbox', readOnly: 0, permissions: { Spot: ['SpotTrade'], Wallet: [] }, ips: ['*'], type: 1, unified: 0, uta: 1, userID: 1, isMaster: true }),
      '/v5/asset/coin/query-info': () => ({ rows: [...context.core.exchange.account.balances.keys()].map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] })) }),
    };
  }

  reply(request: HttpRequest): HttpReply | Promise<HttpReply> {
    if (!this.#context.limits.address()) return { status: 403, body: { retCode: 10018, retMsg: 'access too frequent' } };
    if (request.method === 'POST') return this.#post(request);
    const form = parseForm(request.query);
    const open = this.#public[request.path];
    if (open !== undefined) return this.#answer(this.#run(() => open(form)));
    const run = this.#private[request.path];
    if (run === undefined) return { status: 404, body: this.#envelope({ code: 10404, message: 'no such path', result: {} }) };
    const refused = this.#unsigned(request);
    if (refused !== null) return this.#answer(refused);
    return this.#limited(this.#context.requests.query(() => run(form)));
  }

  #post(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const { requests, core, flushEvents } = this.#context;
    const refused = this.#unsigned(request);
    if (refused !== null) return this.#answer(refused);
    const fields = jsonOf(request.body);
    setImmediate(flushEvents);
    switch (request.path) {
      case '/v5/order/create': {
        const { reply, delayMs } = requests.create(fields, core.latency.now());
        if (reply === null) return new Promise<HttpReply>(() => undefined);
        return delayMs === 0 ? this.#limited(reply) : new Promise((resolve) => setTimeout(resolve, delayMs, this.#limited(reply)).unref());
      }
      case '/v5/order/cancel':
        return this.#limited(requests.cancel(fields));
      case '/v5/order/cancel-all':
        return this.#limited(requests.cancelAll(fields));
      default:
        return { status: 404, body: this.#envelope({ code: 10404, message: 'no such path', result: {} }) };
    }
  }

  #unsigned(request: HttpRequest): { code: number; message: string; result: Result } | null {
    try {
      this.#context.auth.checkRequest(request);
      return null;
    } catch (error) {
      return wordsOf(error);
    }
  }

  #run(run: () => Result): { code: number; message: string; result: Result } {
    try {
      return { code: 0, message: 'OK', result: run() };
    } catch (error) {
      return wordsOf(error);
    }
  }

  #limited(reply: OrderReply): HttpReply {
    return { status: 200, body: this.#envelope(reply), headers: limitHeaders(reply.limit) };
  }

  #answer(reply: { code: number; message: string; result: Result }): HttpReply {
    return { status: 200, body: this.#envelope(reply) };
  }

  #envelope({ code, message, result }: { code: number; message: string; result: Result }): Result {
    return { retCode: code, retMsg: message, result, retExtInfo: {}, time: Math.floor(this.#context.core.wallMs()) };
  }

  #chosen(form: Form): readonly BybitSymbol[] {
    const { symbols } = this.#context;
    if (form.get('category') !== 'spot') throw refusals.params('category');
    const name = form.get('symbol');
    if (name === undefined || name === '') return symbols.all;
    const symbol = symbols.find(name);
    if (symbol === undefined) throw refusals.symbol();
    return [symbol];
  }

  #one(form: Form): BybitSymbol {
    const [symbol, ...others] = this.#chosen(form);
    if (symbol === undefined || others.length > 0) throw refusals.params('symbol');
    return symbol;
  }

  #book(form: Form): Result {
    const { name, market } = this.#one(form);
    const { spec, book } = market;
    const levels = Math.min(BOOK_LEVELS_MAX, countOf(form.get('limit'), 1));
    const side = (half: typeof book.bids): string[][] => half.levels.slice(0, levels).map(({ price, qty }) => [trimmedText(price, spec.priceDecimals), trimmedText(qty, spec.qtyDecimals)]);
    const ms = Math.floor(this.#context.core.virtualMs());
    return { s: name, b: side(book.bids), a: side(book.asks), ts: ms, u: book.updateId, seq: book.updateId, cts: ms };
  }

  #trades(form: Form): Result {
    const { name, market } = this.#one(form);
    const { spec, recentTrades } = market;
    return {
      category: 'spot',
      list: recentTrades.slice(-countOf(form.get('limit'), 60)).reverse().map(({ tradeId, price, qty, takerSide, timeMs }) => ({
        execId: publicTradeId(tradeId), symbol: name, price: trimmedText(price, spec.priceDecimals), size: trimmedText(qty, spec.qtyDecimals), side: takerSide === 'buy' ? 'Buy' : 'Sell',
        time: String(Math.floor(timeMs)), isBlockTrade: false, isRPITrade: false, seq: String(tradeId),
      })),
    };
  }

  #newestFirst(): Order[] {
    return [...this.#context.core.exchange.orders.values()].reverse();
  }

  /** By symbol, and by either id. */
  #filtered(form: Form, orders: readonly Order[]): Order[] {
    if (form.get('category') !== 'spot') throw refusals.params('category');
    const { orders: known, symbols } = this.#context;
    const symbol = form.get('symbol');
    const byId = form.has('orderId') || form.has('orderLinkId') ? known.find(Object.fromEntries(form)) : null;
    return orders.filter((order) => (symbol === undefined || symbols.of(order.market).name === symbol) && (byId === null || order === byId));
  }

  /** What is open; by an id, or with openOnly=1, also what ended among the last ones. */
  #realtime(form: Form): Result {
    const all = form.get('openOnly') === '1' || form.has('orderId') || form.has('orderLinkId');
    const orders = this.#newestFirst();
    return this.#page(this.#filtered(form, all ? orders.filter(isOpen).concat(orders.filter((order) => !isOpen(order)).slice(0, RECENT_ORDERS)) : orders.filter(isOpen)), form, 20);
  }

  /** The cursor is where the page before ended. */
  #page(orders: readonly Order[], form: Form, byDefault: number): Result {
    const { symbols } = this.#context;
    const from = countOf(form.get('cursor'), 0);
    const to = from + Math.min(50, countOf(form.get('limit'), byDefault));
    return { category: 'spot', nextPageCursor: to < orders.length ? String(to) : '', list: orders.slice(from, to).map((order) => currentOrder(order, symbols.of(order.market))) };
  }

  #executions(form: Form): Result {
    const { core, symbols } = this.#context;
    const orders = new Set(this.#filtered(form, this.#newestFirst()));
    const fills = core.exchange.fills.filter(({ order }) => orders.has(order)).reverse();
    const from = countOf(form.get('cursor'), 0);
    const to = from + Math.min(100, countOf(form.get('limit'), 50));
    const { makerPpm, takerPpm } = core.exchange.fees;
    const list = fills.slice(from, to).map((fill) => executionObject(fill, symbols.of(fill.order.market), fill.order.qty - fill.order.filled, fill.maker ? makerPpm : takerPpm));
    return { category: 'spot', nextPageCursor: to < fills.length ? String(to) : '', list };
  }

  #wallet(form: Form): Result {
    if (form.get('accountType') !== 'UNIFIED') throw refusals.params('accountType');
    const coins = [...this.#context.core.exchange.account.balances].map(([coin, balance]) => coinObject(coin, balance));
    return { list: [walletObject(coins)] };
  }

  #fees(form: Form): Result {
    const { makerPpm, takerPpm } = this.#context.core.exchange.fees;
    return { category: 'spot', list: this.#chosen(form).map(({ name }) => ({ symbol: name, baseCoin: '', takerFeeRate: formatTrimmed(takerPpm, 6), makerFeeRate: formatTrimmed(makerPpm, 6) })) };
  }
}

function instrumentObject({ name, market: { spec } }: BybitSymbol): Result {
  const step = trimmedText(1, spec.qtyDecimals);
  return {
    symbol: name, baseCoin: spec.base, quoteCoin: spec.quote, innovation: '0', status: 'Trading', marginTrading: 'none', stTag: '0',
    lotSizeFilter: {
      basePrecision: step, quotePrecision: '0.00000001', minOrderQty: step, maxOrderQty: MAX_QTY, minOrderAmt: formatTrimmed(spec.minNotional, 8), maxOrderAmt: '8000000',
      maxLimitOrderQty: MAX_QTY, maxMarketOrderQty: MAX_QTY, postOnlyMaxLimitOrderSize: MAX_QTY,
    },
    priceFilter: { tickSize: trimmedText(1, spec.priceDecimals) }, riskParameters: { priceLimitRatioX: String(PRICE_LIMIT_RATIO), priceLimitRatioY: String(PRICE_LIMIT_RATIO) },
  };
}

/** REST tickers have the best prices, which the stream's have not. */
function restTicker(symbol: BybitSymbol): Result {
  const { spec, book } = symbol.market;
  const [bid, ask] = [book.bids.best(), book.asks.best()];
  return {
    ...dayOf(symbol), bid1Price: trimmedText(bid?.price ?? 0, spec.priceDecimals), bid1Size: trimmedText(bid?.qty ?? 0, spec.qtyDecimals),
    ask1Price: trimmedText(ask?.price ?? 0, spec.priceDecimals), ask1Size: trimmedText(ask?.qty ?? 0, spec.qtyDecimals),
  };
}

function countOf(text: string | undefined, otherwise: number): number {
  const count = Number(text ?? otherwise);
  return Number.isInteger(count) && count >= 0 ? count : otherwise;
}

function jsonOf(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
