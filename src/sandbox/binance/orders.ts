/** Placing and ending orders: Binance's parameters in, its objects out. */
import { BinanceError, badRequest } from './errors.js';
import { checkNotional, checkOpenOrders, priceUnits, quantityUnits } from './filters.js';
import { canceledOrder, placedOrder } from './render.js';
import { isOpen } from '../matching/order.js';
import type { Order, OrderRequest, OrderType, SelfTrade, TimeInForce } from '../matching/order.js';
import type { Exchange } from '../matching/exchange.js';
import type { BinanceLimits } from './limits.js';
import type { BinanceSymbol, BinanceSymbols } from './symbols.js';
import type { Params } from './params.js';

const CLIENT_ID = /^[a-zA-Z0-9-_.:/]{1,36}$/;
const TYPES: Readonly<Record<string, OrderType>> = { LIMIT: 'limit', MARKET: 'market', LIMIT_MAKER: 'post_only' };
const KNOWN_TYPES = new Set(['STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT']);
const SELF_TRADE: Readonly<Record<string, SelfTrade>> = { NONE: 'none', EXPIRE_TAKER: 'expire_taker', EXPIRE_MAKER: 'expire_maker', EXPIRE_BOTH: 'expire_both' };

export class BinanceOrders {
  readonly #exchange: Exchange;
  readonly #symbols: BinanceSymbols;
  readonly #limits: BinanceLimits;
  #cancels = 0;

  constructor(exchange: Exchange, symbols: BinanceSymbols, limits: BinanceLimits) {
    this.#exchange = exchange;
    this.#symbols = symbols;
    this.#limits = limits;
  }

  symbol(name: string): BinanceSymbol {
    if (!/^[A-Z0-9\-_.]{1,20}$/.test(name)) throw badRequest(-1100, "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.");
    const symbol = this.#symbols.find(name);
    if (symbol === undefined) throw badRequest(-1121, 'Invalid symbol.');
    return symbol;
  }

  place(params: Params): Record<string, unknown> {
    const request = this.#request(params);
    this.#limits.checkOrder();
    const placed = this.#exchange.place(request);
    if (placed === 'insufficient') throw badRequest(-2010, 'Account has insufficient balance for requested action.');
    if (placed === 'duplicate_client_id') throw badRequest(-2010, 'Duplicate order sent.');
    if (placed === 'would_match') throw badRequest(-2010, 'Order would immediately match and take.');
    if (placed === 'no_liquidity') throw badRequest(-2010, 'Market has no liquidity for this order.');
    this.#limits.orderPlaced();
    const style = params.get('newOrderRespType') ?? (request.type === 'post_only' ? 'ACK' : 'FULL');
    return placedOrder(placed, style);
  }

  /** Everything `place` checks, without placing. */
  test(params: Params): Record<string, unknown> {
    this.#request(params);
    return {};
  }

  cancel(params: Params): Record<string, unknown> {
    const order = this.find(params, 'origClientOrderId');
    if (order === undefined || !isOpen(order)) throw badRequest(-2011, 'Unknown order sent.');
    const only = params.get('cancelRestrictions');
    if (only !== undefined && only !== 'ONLY_NEW' && only !== 'ONLY_PARTIALLY_FILLED') throw badRequest(-1145, 'Invalid cancelRestrictions');
    if ((only === 'ONLY_NEW' && order.status !== 'new') || (only === 'ONLY_PARTIALLY_FILLED' && order.status !== 'partially_filled')) {
      throw badRequest(-2011, 'Order was not canceled due to cancel restrictions.');
    }
    return this.#cancelOne(order, params.get('newClientOrderId'));
  }

  cancelAll(params: Params): Record<string, unknown>[] {
    const { market } = this.symbol(params.need('symbol'));
    const open = [...this.#exchange.open].filter((order) => order.market === market.spec);
    if (open.length === 0) throw badRequest(-2011, 'Unknown order sent.');
    return open.map((order) => this.#cancelOne(order, undefined));
  }

  /** The order that `orderId` or a client id names on `symbol`. */
  find(params: Params, clientIdName: string): Order | undefined {
    const { market } = this.symbol(params.need('symbol'));
    const clientId = params.get(clientIdName);
    if (!params.has('orderId') && clientId === undefined) {
      throw badRequest(-1102, `Param '${clientIdName}' or 'orderId' must be sent, but both were empty/null!`);
    }
    const byId = params.has('orderId') ? this.#exchange.orders.get(params.integer('orderId', 0)) : undefined;
    const byClient = clientId === undefined ? undefined : this.#exchange.byClientId(clientId);
    if (params.has('orderId') && clientId !== undefined && byId !== byClient) throw badRequest(-2039, 'Client order ID is not correct for this order ID.');
    const order = byId ?? byClient;
    return order?.market === market.spec ? order : undefined;
  }

  #cancelOne(order: Order, givenId: string | undefined): Record<string, unknown> {
    const cancelId = givenId ?? `sandbox-cancel-${++this.#cancels}`;
    this.#exchange.cancel(order, 'user', cancelId);
    return canceledOrder(order, cancelId);
  }

  #request(params: Params): OrderRequest {
    const { market } = this.symbol(params.need('symbol'));
    const { spec } = market;
    const sideText = params.need('side');
    if (sideText !== 'BUY' && sideText !== 'SELL') throw badRequest(-1117, 'Invalid side.');
    const typeText = params.need('type');
    const type = TYPES[typeText];
    if (type === undefined) throw badRequest(-1116, KNOWN_TYPES.has(typeText) ? 'This order type is not possible in the sandbox.' : 'Invalid orderType.');
    const clientOrderId = params.get('newClientOrderId') ?? null;
    if (clientOrderId !== null && !CLIENT_ID.test(clientOrderId)) throw badRequest(-1100, "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.");
    const selfTrade = SELF_TRADE[params.get('selfTradePreventionMode') ?? 'EXPIRE_MAKER'];
    if (selfTrade === undefined) throw badRequest(-1013, 'This symbol does not allow the requested self-trade prevention mode.');
    let price: number | null = null;
    if (type === 'market') {
      params.refuse('price');
      params.refuse('timeInForce');
    } else {
      params.need('price');
      params.need('quantity');
      price = priceUnits(spec, params.amount('price')!, market);
    }
    const quoteAmount = type === 'market' && !params.has('quantity') ? params.amount('quoteOrderQty') ?? null : null;
    if (type === 'market' && quoteAmount === null) params.need('quantity');
    const qty = quoteAmount === null ? quantityUnits(spec, params.amount('quantity')!) : 0;
    if (quoteAmount === null) checkNotional(spec, price, qty, market);
    else if (quoteAmount < spec.minNotional) throw badRequest(-1013, 'Filter failure: NOTIONAL');
    let openHere = 0;
    for (const order of this.#exchange.open) if (order.market === spec) openHere++;
    checkOpenOrders(openHere);
    return {
      market: spec, side: sideText === 'BUY' ? 'buy' : 'sell', type, timeInForce: timeInForce(params, type), price, qty, quoteAmount, clientOrderId, selfTrade,
    };
  }
}

function timeInForce(params: Params, type: OrderType): TimeInForce {
  if (type === 'post_only') params.refuse('timeInForce');
  if (type !== 'limit') return 'gtc';
  const text = params.need('timeInForce');
  if (text !== 'GTC' && text !== 'IOC' && text !== 'FOK') throw badRequest(-1115, 'Invalid timeInForce.');
  return text === 'GTC' ? 'gtc' : text === 'IOC' ? 'ioc' : 'fok';
}

/** What Binance says when it cannot tell whether it executed. */
export function unknownOutcome(): BinanceError {
  return new BinanceError(500, -1007, 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.');
}
