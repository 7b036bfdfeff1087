/** OKX's REST API v5. Every answer is `{"code","msg","data":[…]}`; refusals of a request come with a 4xx status too. */
import { formatTrimmed } from '../../model/decimal.js';
import { parseForm } from '../http.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { isOpen } from '../matching/order.js';
import type { Order } from '../matching/order.js';
import { trimmedText } from '../text.js';
import type { VenueCore } from '../venue-core.js';
import type { OkxAuth } from './auth.js';
import { OkxError, refusals } from './errors.js';
import { tickerObject, type OkxFeed } from './feed.js';
import type { OkxLimits } from './limits.js';
import { codeOf, type OperationItem, type Operations } from './operations.js';
import type { Fields, OkxOrders } from './orders.js';
import { accountObject, currentOrder, fillObject, orderIdText } from './render.js';
import type { OkxSymbol, OkxSymbols } from './symbols.js';

export interface RestContext {
  readonly core: VenueCore;
  readonly auth: OkxAuth;
  readonly limits: OkxLimits;
  readonly orders: OkxOrders;
  readonly operations: Operations;
  readonly symbols: OkxSymbols;
  readonly feed: OkxFeed;
  readonly flushEvents: () => void;
}

type Form = ReadonlyMap<string, string>;
type Data = readonly unknown[];

const BOOK_LEVELS_MAX = 400;
const PAGE_MAX = 100;
const MAX_SIZE = '9999999999';
const STATUS: Readonly<Record<string, number>> = { 50011: 429, 50061: 429, 50102: 401, 50105: 401, 50111: 401, 50112: 401, 50113: 401, 50001: 503, 50026: 500 };

export class OkxRest {
  readonly #context: RestContext;
  readonly #public: Readonly<Record<string, (form: Form) => Data>>;
  readonly #private: Readonly<Record<string, (form: Form) => Data>>;

  constructor(context: RestContext) {
    const { core, symbols, feed } = context;
    this.#context = context;
    this.#public = {
      '/api/v5/public/time': () => [{ ts: String(Math.floor(core.wallMs())) }],
      '/api/v5/public/instruments': (form) => (form.get('instType') === 'SPOT' ? symbols.all.filter(({ name }) => (form.get('instId') ?? name) === name).map(instrumentObject) : []),
      '/api/v5/market/books': (form) => [feed.restBook(this.#symbolOf(form), Math.min(BOOK_LEVELS_MAX, countOf(form.get('sz'), 1)), core.virtualMs())],
      '/api/v5/market/trades': (form) => this.#trades(form),
      '/api/v5/market/ticker': (form) => [tickerObject(this.#symbolOf(form), core.virtualMs())],
      '/api/v5/market/tickers': (form) => (form.get('instType') === 'SPOT' ? symbols.all.map((symbol) => tickerObject(symbol, core.virtualMs())) : []),
    };
    this.#private = {
      '/api/v5/trade/order': (form) => this.#order(form),
      '/api/v5/trade/orders-pending': (form) => this.#orders(form, isOpen),
      '/api/v5/trade/orders-history': (form) => this.#orders(form, (order) => !isOpen(order)),
      '/api/v5/trade/orders-history-archive': (form) => this.#orders(form, (order) => !isOpen(order)),
      '/api/v5/trade/fills': (form) => this.#fills(form),
      '/api/v5/trade/fills-history': (form) => this.#fills(form),
      '/api/v5/account/balance': () => [accountObject(core.exchange.account.balances, core.virtualMs())],
      '/api/v5/account/trade-fee': () => [this.#fees()],
      '/api/v5/account/config': () => [{ uid: '1', mainUid: '1', acctLv: '1', posMode: 'net_mode', autoLoan: false, greeksType: 'PA', level: 'Lv1', roleType: '0', perm: 'read_only,trade', label: 'sandbox' }],
      '/api/v5/asset/currencies': () => [],
    };
  }

  reply(request: HttpRequest): HttpReply | Promise<HttpReply> {
    try {
      if (request.method === 'POST') return this.#post(request);
      if (!this.#context.limits.query(request.path)) throw refusals.rate();
      const form = parseForm(request.query);
      const open = this.#public[request.path];
      if (open !== undefined) return ok(open(form));
      const run = this.#private[request.path];
      if (run === undefined) return { status: 404, body: { code: '404', msg: 'no such path', data: [] } };
      this.#context.auth.checkRequest(request);
      return ok(run(form));
    } catch (error) {
      return refused(error);
    }
  }

  #post(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const { operations, core, auth, flushEvents } = this.#context;
    auth.checkRequest(request);
    const list = listOf(request.body);
    setImmediate(flushEvents);
    switch (request.path) {
      case '/api/v5/trade/order':
      case '/api/v5/trade/batch-orders': {
        const { items, delayMs } = operations.place(list, false, core.latency.now());
        if (items === null) return new Promise<HttpReply>(() => undefined);
        return delayMs === 0 ? done(items) : new Promise((resolve) => setTimeout(resolve, delayMs, done(items)).unref());
      }
      case '/api/v5/trade/cancel-order':
      case '/api/v5/trade/cancel-batch-orders':
        return done(operations.cancel(list, false));
      default:
        return { status: 404, body: { code: '404', msg: 'no such path', data: [] } };
    }
  }

  #symbolOf(form: Form): OkxSymbol {
    return this.#context.orders.symbolOf(Object.fromEntries(form), false);
  }

  #trades(form: Form): Data {
    const { name, market } = this.#symbolOf(form);
    const { priceDecimals, qtyDecimals } = market.spec;
    return market.recentTrades.slice(-countOf(form.get('limit'), 100)).reverse().map(({ tradeId, price, qty, takerSide, timeMs }) => (
      { instId: name, tradeId: String(tradeId), px: trimmedText(price, priceDecimals), sz: trimmedText(qty, qtyDecimals), side: takerSide, ts: String(Math.floor(timeMs)) }));
  }

  #order(form: Form): Data {
    const { orders } = this.#context;
    const symbol = this.#symbolOf(form);
    const order = orders.find(Object.fromEntries(form));
    if (order === undefined || order.market !== symbol.market.spec) throw refusals.missing();
    return [currentOrder(order, symbol)];
  }

  /** Newest first, those before the one named by `after`. */
  #orders(form: Form, wanted: (order: Order) => boolean): Data {
    const { core, symbols } = this.#context;
    const name = form.get('instId');
    const all = [...core.exchange.orders.values()].reverse().filter((order) => wanted(order) && (name === undefined || symbols.of(order.market).name === name));
    return page(all, form, ({ id }) => orderIdText(id)).map((order) => currentOrder(order, symbols.of(order.market)));
  }

  #fills(form: Form): Data {
    const { core, symbols, orders } = this.#context;
    const name = form.get('instId');
    const order = form.has('ordId') ? orders.find(Object.fromEntries(form)) : null;
    const all = core.exchange.fills.map((fill, bill) => ({ fill, bill: bill + 1 })).reverse()
      .filter(({ fill }) => (order === null || fill.order === order) && (name === undefined || symbols.of(fill.order.market).name === name));
    return page(all, form, ({ bill }) => String(bill)).map(({ fill, bill }) => fillObject(fill, symbols.of(fill.order.market), bill));
  }

  /** Negative, as they are paid. */
  #fees(): unknown {
    const { makerPpm, takerPpm } = this.#context.core.exchange.fees;
    const rates = { maker: formatTrimmed(-makerPpm, 6), taker: formatTrimmed(-takerPpm, 6) };
    return { category: '1', instType: 'SPOT', level: 'Lv1', ruleType: 'normal', ...rates, makerU: '', takerU: '', delivery: '', exercise: '', feeGroup: [{ groupId: '1', ...rates }], ts: String(Math.floor(this.#context.core.wallMs())) };
  }
}

function ok(data: Data): HttpReply {
  return { status: 200, body: { code: '0', msg: '', data } };
}

function done(items: readonly OperationItem[]): HttpReply {
  const code = codeOf(items);
  return { status: 200, body: { code, msg: code === '0' ? '' : 'Operation failed.', data: items } };
}

function refused(error: unknown): HttpReply {
  const { code, message } = error instanceof OkxError ? error : refusals.system();
  return { status: STATUS[code] ?? 200, body: { code, msg: message, data: [] } };
}

function page<T>(all: readonly T[], form: Form, idOf: (item: T) => string): readonly T[] {
  const after = form.get('after');
  const from = after === undefined || after === '' ? 0 : all.findIndex((item) => idOf(item) === after) + 1;
  return all.slice(from, from + Math.min(PAGE_MAX, countOf(form.get('limit'), PAGE_MAX)));
}

function instrumentObject({ name, code, market: { spec } }: OkxSymbol): unknown {
  return {
    instType: 'SPOT', instId: name, instIdCode: code, uly: '', instFamily: '', category: '1', groupId: '1', baseCcy: spec.base, quoteCcy: spec.quote, settleCcy: '', ctVal: '', ctMult: '', ctValCcy: '',
    optType: '', stk: '', listTime: '1548133413000', auctionEndTime: '', contTdSwTime: '', openType: '', expTime: '', lever: '', tickSz: trimmedText(1, spec.priceDecimals), lotSz: trimmedText(1, spec.qtyDecimals),
    minSz: trimmedText(spec.minQtyUnits, spec.qtyDecimals), ctType: '', alias: '', state: 'live', maxLmtSz: MAX_SIZE, maxMktSz: '1000000', maxLmtAmt: '20000000', maxMktAmt: '1000000', maxTwapSz: MAX_SIZE,
    maxIcebergSz: MAX_SIZE, maxTriggerSz: MAX_SIZE, maxStopSz: '1000000', futureSettlement: false, ruleType: 'normal', tradeQuoteCcyList: [spec.quote],
  };
}

function countOf(text: string | undefined, otherwise: number): number {
  const count = Number(text ?? otherwise);
  return Number.isInteger(count) && count > 0 ? count : otherwise;
}

/** One object or a list of them. */
function listOf(body: string): readonly Fields[] {
  try {
    const value: unknown = JSON.parse(body);
    return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((item): item is Fields => typeof item === 'object' && item !== null);
  } catch {
    throw refusals.param('body');
  }
}
