/** Placing and ending orders: Kraken's rules, one for REST and WebSocket v2. */
import { decimalsOf, parseDecimal, rescale } from '../../model/decimal.js';
import { isOpen } from '../matching/order.js';
import { orderIdOf } from './render.js';
import type { Order, OrderRequest, SelfTrade, TimeInForce } from '../matching/order.js';
import type { KrakenLimits } from './limits.js';
import type { KrakenSymbol } from './symbols.js';
import type { VenueCore } from '../venue-core.js';

/** An order as either door states it, values as text. */
export interface KrakenOrderText {
  symbol: KrakenSymbol | undefined;
  side: string | undefined;
  orderType: string | undefined;
  qty: string | undefined;
  /** Market buy by quote amount. */
  cashQty: string | undefined;
  price: string | undefined;
  timeInForce: string | undefined;
  postOnly: boolean;
  clientOrderId: string | undefined;
  selfTrade: string | undefined;
  deadline: string | undefined;
  validate: boolean;
}

/** `E…:…` */
export class KrakenError extends Error {}

const CLIENT_ID = /^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[\x20-\x7e]{1,18})$/;
const SELF_TRADE: Readonly<Record<string, SelfTrade>> = { cancel_newest: 'expire_taker', cancel_oldest: 'expire_maker', cancel_both: 'expire_both' };
const TIMES: Readonly<Record<string, TimeInForce>> = { gtc: 'gtc', ioc: 'ioc', fok: 'fok' };

export class KrakenOrders {
  readonly #core: VenueCore;
  readonly #limits: KrakenLimits;
  #deadMan: NodeJS.Timeout | null = null;
  /** Called after the dead-man switch has cancelled orders. */
  onDeadMan: () => void = () => undefined;

  constructor(core: VenueCore, limits: KrakenLimits) {
    this.#core = core;
    this.#limits = limits;
  }

  /**
   * @param postOnlyRefused REST refuses a crossing post-only order; WebSocket accepts it and then cancels it
   * @returns the order, or null when it was only to be validated
   */
  place(text: KrakenOrderText, postOnlyRefused: boolean): Order | null {
    const request = this.#request(text);
    if (text.validate) return null;
    const { exchange } = this.#core;
    let openHere = 0;
    for (const order of exchange.open) if (order.market === request.market) openHere++;
    if (openHere >= this.#limits.settings.openOrdersPerPair) throw new KrakenError('EOrder:Orders limit exceeded');
    if (!this.#limits.addOrder(request.market.index)) throw new KrakenError('EOrder:Rate limit exceeded');
    const placed = exchange.place(request);
    if (placed === 'insufficient') throw new KrakenError('EOrder:Insufficient funds');
    if (placed === 'duplicate_client_id') throw new KrakenError('EOrder:Invalid order:Duplicate cl_ord_id');
    if (placed === 'no_liquidity') throw new KrakenError('EOrder:Insufficient liquidity');
    if (placed !== 'would_match') return placed;
    if (postOnlyRefused) throw new KrakenError('EOrder:Post only order');
    return exchange.acceptAndEnd(request, 'post_only');
  }

  /** The open order an order id or a client id names. */
  findOpen(id: { orderId?: string | undefined; clientOrderId?: string | undefined }): Order {
    const order = this.find(id);
    if (order === undefined || !isOpen(order)) throw new KrakenError('EOrder:Unknown order');
    return order;
  }

  find(id: { orderId?: string | undefined; clientOrderId?: string | undefined }): Order | undefined {
    const { exchange } = this.#core;
    if (id.clientOrderId !== undefined) return exchange.byClientId(id.clientOrderId);
    const number = id.orderId === undefined ? null : orderIdOf(id.orderId);
    return number === null ? undefined : exchange.orders.get(number);
  }

  cancel(order: Order): void {
    this.#limits.cancelOrder(order, this.#core.virtualMs());
    this.#core.exchange.cancel(order, 'user', null);
  }

  cancelAll(reason: 'user' | 'dead_man'): number {
    const open = [...this.#core.exchange.open];
    for (const order of open) this.#core.exchange.cancel(order, reason, null);
    return open.length;
  }

  /** Arm, re-arm or (0) disarm the switch that cancels everything. @returns when it would fire, wall ms; 0 = never */
  cancelAllAfter(seconds: number): number {
    if (this.#deadMan !== null) clearTimeout(this.#deadMan);
    this.#deadMan = null;
    if (seconds === 0) return 0;
    this.#deadMan = setTimeout(() => {
      this.#deadMan = null;
      this.cancelAll('dead_man');
      this.onDeadMan();
    }, seconds * 1000);
    this.#deadMan.unref();
    return this.#core.wallMs() + seconds * 1000;
  }

  #request(text: KrakenOrderText): OrderRequest {
    const { symbol } = text;
    if (this.#core.faults.active('maintenance')) throw new KrakenError('EService:Market in cancel_only mode');
    if (symbol === undefined) throw new KrakenError('EQuery:Unknown asset pair');
    const { spec, book } = symbol.market;
    if (text.side !== 'buy' && text.side !== 'sell') throw new KrakenError('EGeneral:Invalid arguments:side');
    if (text.orderType !== 'limit' && text.orderType !== 'market') throw new KrakenError('EGeneral:Invalid arguments:ordertype');
    const isMarket = text.orderType === 'market';
    const timeInForce = TIMES[(text.timeInForce ?? 'gtc').toLowerCase()];
    if (timeInForce === undefined) throw new KrakenError('EGeneral:Invalid arguments:timeinforce');
    if (text.clientOrderId !== undefined && !CLIENT_ID.test(text.clientOrderId)) throw new KrakenError('EGeneral:Invalid arguments:cl_ord_id');
    const selfTrade = SELF_TRADE[(text.selfTrade ?? 'cancel_newest').replaceAll('-', '_')];
    if (selfTrade === undefined) throw new KrakenError('EGeneral:Invalid arguments:stptype');
    this.#checkDeadline(text.deadline);
    if (text.postOnly && (isMarket || timeInForce !== 'gtc')) throw new KrakenError('EOrder:Invalid order');
    const price = isMarket ? null : tickUnits(text.price, spec.priceDecimals);
    const quoteAmount = isMarket && text.cashQty !== undefined ? amountUnits(text.cashQty, 8, 'EGeneral:Invalid arguments:cash_order_qty') : null;
    const qty = quoteAmount === null ? Number(amountUnits(text.qty, spec.qtyDecimals, 'EGeneral:Invalid arguments:volume')) : 0;
    const reference = price ?? book.opposite(text.side).best()?.price ?? 0;
    const cost = quoteAmount ?? rescale(BigInt(reference) * BigInt(qty), spec.priceDecimals + spec.qtyDecimals, 8);
    if (quoteAmount === null && qty < spec.minQtyUnits) throw new KrakenError('EOrder:Order minimum not met');
    if (cost < spec.minNotional) throw new KrakenError('EOrder:Cost minimum not met');
    return {
      market: spec, side: text.side, type: isMarket ? 'market' : text.postOnly ? 'post_only' : 'limit', timeInForce, price, qty, quoteAmount,
      clientOrderId: text.clientOrderId ?? null, selfTrade,
    };
  }

  #checkDeadline(deadline: string | undefined): void {
    if (deadline === undefined) return;
    const atMs = Date.parse(deadline);
    if (Number.isNaN(atMs)) throw new KrakenError('EGeneral:Invalid arguments:deadline');
    if (atMs <= this.#core.wallMs()) throw new KrakenError('EService:Deadline elapsed');
  }
}

function tickUnits(text: string | undefined, decimals: number): number {
  if (text === undefined || !/^\d/.test(text)) throw new KrakenError('EGeneral:Invalid arguments:price');
  let precise: number;
  try {
    precise = decimalsOf(text);
  } catch {
    throw new KrakenError('EGeneral:Invalid arguments:price');
  }
  if (precise > decimals) throw new KrakenError('EOrder:Tick size check failed');
  const units = Number(parseDecimal(text, decimals));
  if (!(units > 0) || !Number.isSafeInteger(units)) throw new KrakenError('EOrder:Invalid price');
  return units;
}

function amountUnits(text: string | undefined, decimals: number, error: string): bigint {
  try {
    const units = parseDecimal(text ?? '', decimals);
    if (units > 0n && units <= BigInt(Number.MAX_SAFE_INTEGER)) return units;
  } catch {
    throw new KrakenError(error);
  }
  throw new KrakenError(error);
}
