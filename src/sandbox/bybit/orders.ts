/** Placing and ending orders: Bybit's rules, one for REST and the order socket. */
import { rescale } from '../../model/decimal.js';
import { isOpen } from '../matching/order.js';
import type { Order, OrderRequest, SelfTrade, Side, TimeInForce } from '../matching/order.js';
import { positiveUnits } from '../positive-units.js';
import type { VenueCore } from '../venue-core.js';
import { refusals } from './errors.js';
import type { BybitLimits } from './limits.js';
import { orderIdOf } from './render.js';
import type { BybitSymbol, BybitSymbols } from './symbols.js';

/** What came as JSON: nothing of it is taken on trust. */
export type Fields = Readonly<Record<string, unknown>>;

/** How far a limit price may lie beyond the market's own. */
export const PRICE_LIMIT_RATIO = 0.1;

const CLIENT_ID = /^[A-Za-z0-9_-]{1,36}$/;
const SELF_TRADE: Readonly<Record<string, SelfTrade>> = { None: 'none', CancelMaker: 'expire_maker', CancelTaker: 'expire_taker', CancelBoth: 'expire_both' };
const TIMES: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PostOnly: 'gtc' };

/** @throws BybitError */
function amountOf(value: unknown, decimals: number, tooPrecise: () => Error): bigint {
  return positiveUnits(value, decimals, () => refusals.params('a number'), tooPrecise);
}

export class BybitOrders {
  readonly #core: VenueCore;
  readonly #limits: BybitLimits;
  readonly #symbols: BybitSymbols;

  constructor(core: VenueCore, limits: BybitLimits, symbols: BybitSymbols) {
    this.#core = core;
    this.#limits = limits;
    this.#symbols = symbols;
  }

  /** A post-only order that would take is accepted, and then withdrawn. @throws BybitError */
  place(fields: Fields): Order {
    const request = this.#request(fields);
    const { exchange } = this.#core;
    if (exchange.open.size >= this.#limits.settings.openOrders) throw refusals.openOrders();
    if (request.clientOrderId !== null && exchange.byClientId(request.clientOrderId) !== undefined) throw refusals.duplicate();
    const placed = exchange.place(request);
    if (placed === 'insufficient') throw refusals.balance();
    if (placed === 'duplicate_client_id') throw refusals.duplicate();
    if (placed === 'no_liquidity') throw refusals.liquidity();
    return placed === 'would_match' ? exchange.acceptAndEnd(request, 'post_only') : placed;
  }

  /** @throws BybitError */
  cancel(fields: Fields): Order {
    if (fields['category'] !== 'spot') throw refusals.params('category');
    if (this.#symbols.find(fields['symbol']) === undefined) throw refusals.symbol();
    const order = this.find(fields);
    if (order === undefined || !isOpen(order)) throw refusals.missing();
    this.#core.exchange.cancel(order, 'user', null);
    return order;
  }

  /** @returns what was cancelled @throws BybitError */
  cancelAll(fields: Fields): Order[] {
    if (fields['category'] !== 'spot') throw refusals.params('category');
    const symbol = fields['symbol'] === undefined ? undefined : this.#symbols.find(fields['symbol']);
    if (fields['symbol'] !== undefined && symbol === undefined) throw refusals.symbol();
    const open = [...this.#core.exchange.open].filter((order) => symbol === undefined || order.market === symbol.market.spec);
    for (const order of open) this.#core.exchange.cancel(order, 'user', null);
    return open;
  }

  /** By the venue's id, else by the client's. */
  find({ orderId, orderLinkId }: Fields): Order | undefined {
    const { exchange } = this.#core;
    if (typeof orderId === 'string' && orderId !== '') {
      const number = orderIdOf(orderId);
      return number === null ? undefined : exchange.orders.get(number);
    }
    return typeof orderLinkId === 'string' && orderLinkId !== '' ? exchange.byClientId(orderLinkId) : undefined;
  }

  #request(fields: Fields): OrderRequest {
    if (this.#core.faults.active('maintenance')) throw refusals.server();
    if (fields['category'] !== 'spot') throw refusals.params('category');
    const symbol = this.#symbols.find(fields['symbol']);
    if (symbol === undefined) throw refusals.symbol();
    const { side: sideName, orderType, orderLinkId, timeInForce: timeName } = fields;
    const side: Side | undefined = sideName === 'Buy' ? 'buy' : sideName === 'Sell' ? 'sell' : undefined;
    if (side === undefined) throw refusals.params('side');
    if (orderType !== 'Limit' && orderType !== 'Market') throw refusals.params('orderType');
    const isMarket = orderType === 'Market';
    const timeInForce = isMarket ? 'ioc' : TIMES[wordOf(timeName, 'GTC')];
    if (timeInForce === undefined) throw refusals.params('timeInForce');
    const named = typeof orderLinkId === 'string' && orderLinkId !== '';
    if (named && !CLIENT_ID.test(orderLinkId)) throw refusals.params('orderLinkId');
    const selfTrade = SELF_TRADE[wordOf(fields['smpType'], 'None')];
    if (selfTrade === undefined) throw refusals.params('smpType');
    return {
      market: symbol.market.spec, side, type: isMarket ? 'market' : timeName === 'PostOnly' ? 'post_only' : 'limit', timeInForce, selfTrade, clientOrderId: named ? orderLinkId : null,
      ...this.#amounts(symbol, fields, side, isMarket),
    };
  }

  /** A market buy's quantity is in quote unless it is said to be in base. */
  #amounts({ market }: BybitSymbol, fields: Fields, side: Side, isMarket: boolean): Pick<OrderRequest, 'price' | 'qty' | 'quoteAmount'> {
    const { spec, book, recentTrades } = market;
    const inQuote = isMarket && side === 'buy' && fields['marketUnit'] !== 'baseCoin';
    const quoteAmount = inQuote ? amountOf(fields['qty'], 8, refusals.qtyDecimals) : null;
    const qty = inQuote ? 0 : Number(amountOf(fields['qty'], spec.qtyDecimals, refusals.qtyDecimals));
    const price = isMarket ? null : Number(amountOf(fields['price'], spec.priceDecimals, refusals.priceDecimals));
    const best = book.opposite(side).best()?.price ?? recentTrades.at(-1)?.price;
    if (price !== null && best !== undefined && (side === 'buy' ? price > best * (1 + PRICE_LIMIT_RATIO) : price < best * (1 - PRICE_LIMIT_RATIO))) throw refusals.priceLimit(side === 'buy');
    const cost = quoteAmount ?? rescale(BigInt(price ?? best ?? 0) * BigInt(qty), spec.priceDecimals + spec.qtyDecimals, 8);
    if (cost < spec.minNotional) throw refusals.value();
    return { price, qty, quoteAmount };
  }
}

/** One of the venue's words; '' for what is none. */
function wordOf(value: unknown, otherwise: string): string {
  return value === undefined ? otherwise : typeof value === 'string' ? value : '';
}
