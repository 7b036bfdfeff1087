/** Placing and ending orders by Coinbase's rules. */
import { decimalsOf, parseDecimal, rescale } from '../../model/decimal.js';
import { isOpen, type Order, type OrderRequest, type OrderType, type TimeInForce } from '../matching/order.js';
import type { VenueCore } from '../venue-core.js';
import { orderIdOf } from './render.js';
import type { CoinbaseProducts } from './symbols.js';

type Fields = Readonly<Record<string, unknown>>;

/** A refusal with HTTP 200: the venue's two names for it, and its words. */
export class CoinbaseRefusal extends Error {
  constructor(readonly error: string, readonly previewReason: string, message: string) {
    super(message);
  }
}

/** Orders that are taken, by their configuration. */
const CONFIGURATIONS: Readonly<Record<string, { readonly type: OrderType; readonly timeInForce: TimeInForce }>> = {
  limit_limit_gtc: { type: 'limit', timeInForce: 'gtc' }, sor_limit_ioc: { type: 'limit', timeInForce: 'ioc' }, limit_limit_fok: { type: 'limit', timeInForce: 'fok' }, market_market_ioc: { type: 'market', timeInForce: 'ioc' },
};
const CLIENT_ID_LENGTH_MAX = 128;

export class CoinbaseOrders {
  readonly #core: VenueCore;
  readonly #products: CoinbaseProducts;

  constructor(core: VenueCore, products: CoinbaseProducts) {
    this.#core = core;
    this.#products = products;
  }

  /** @throws CoinbaseRefusal */
  place(body: Fields): Order {
    const { exchange } = this.#core;
    const clientOrderId = body['client_order_id'];
    if (typeof clientOrderId !== 'string' || clientOrderId === '' || clientOrderId.length > CLIENT_ID_LENGTH_MAX) throw new CoinbaseRefusal('INVALID_ARGUMENT', '', 'client_order_id is required');
    // The same id again is the same order again.
    const earlier = exchange.byClientId(clientOrderId);
    if (earlier !== undefined) return earlier;
    const placed = exchange.place(this.#request(body, clientOrderId));
    if (placed === 'insufficient') throw new CoinbaseRefusal('INSUFFICIENT_FUND', 'PREVIEW_INSUFFICIENT_FUND', 'Insufficient balance in source account');
    if (placed === 'would_match') throw new CoinbaseRefusal('INVALID_LIMIT_PRICE_POST_ONLY', 'PREVIEW_INVALID_LIMIT_PRICE_POSTONLY', 'Limit price would cross the book');
    if (typeof placed === 'string') throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', 'PREVIEW_INSUFFICIENT_LIQUIDITY', 'Insufficient liquidity');
    return placed;
  }

  find(orderId: unknown): Order | undefined {
    const number = orderIdOf(orderId);
    return number === null ? undefined : this.#core.exchange.orders.get(number);
  }

  /** Ask to cancel; the state tells whether it was. */
  cancel(orderId: unknown): Fields {
    const order = this.find(orderId);
    const refuse = (reason: string): Fields => ({ success: false, failure_reason: reason, order_id: orderId });
    if (order === undefined) return refuse('UNKNOWN_CANCEL_ORDER');
    if (order.status === 'filled') return refuse('ORDER_IS_FULLY_FILLED');
    if (!isOpen(order)) return refuse('DUPLICATE_CANCEL_REQUEST');
    this.#core.exchange.cancel(order, 'user', null);
    return { success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id: orderId };
  }

  #request(body: Fields, clientOrderId: string): OrderRequest {
    const product = this.#products.find(body['product_id']);
    if (product === undefined) throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_PRODUCT_ID', 'Invalid product_id');
    if (this.#core.faults.active('maintenance')) throw new CoinbaseRefusal('ORDER_ENTRY_DISABLED', 'PREVIEW_ORDER_ENTRY_DISABLED', 'Order entry is disabled');
    if (body['side'] !== 'BUY' && body['side'] !== 'SELL') throw new CoinbaseRefusal('INVALID_SIDE', 'PREVIEW_INVALID_SIDE', 'Invalid side');
    const [name, terms]: [string?, unknown?] = Object.entries(body['order_configuration'] ?? {})[0] ?? [];
    const kind = name === undefined ? undefined : CONFIGURATIONS[name];
    if (kind === undefined || typeof terms !== 'object' || terms === null) throw new CoinbaseRefusal('UNSUPPORTED_ORDER_CONFIGURATION', 'PREVIEW_INVALID_ORDER_CONFIG', 'Unsupported order configuration');
    const { base_size: size, quote_size: funds, limit_price: limit, post_only: postOnly } = terms as Fields;
    const { spec, book } = product.market;
    const side = body['side'] === 'BUY' ? 'buy' : 'sell';
    const isMarket = kind.type === 'market';
    const price = isMarket ? null : unitsOf(limit, spec.priceDecimals, 'PRICE');
    const quoteAmount = isMarket && funds !== undefined && side === 'buy' ? BigInt(unitsOf(funds, 8, 'QUOTE_SIZE')) : null;
    const qty = quoteAmount === null ? unitsOf(size, spec.qtyDecimals, 'BASE_SIZE') : 0;
    if (quoteAmount === null && qty < spec.minQtyUnits) throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL', 'Order size is too small');
    const reference = price ?? book.opposite(side).best()?.price ?? 0;
    const cost = quoteAmount ?? rescale(BigInt(reference) * BigInt(qty), spec.priceDecimals + spec.qtyDecimals, 8);
    if (cost < spec.minNotional) throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL', 'Order value is too small');
    return { market: spec, side, type: postOnly === true && kind.timeInForce === 'gtc' ? 'post_only' : kind.type, timeInForce: kind.timeInForce, price, qty, quoteAmount, clientOrderId, selfTrade: 'expire_taker' };
  }
}

/** @throws CoinbaseRefusal */
function unitsOf(text: unknown, decimals: number, what: string): number {
  let units: bigint;
  try {
    if (decimalsOf(String(text)) > decimals || /[eE]/.test(String(text))) throw new Error('too precise');
    units = parseDecimal(String(text), decimals);
  } catch {
    throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', `PREVIEW_INVALID_${what}_PRECISION`, `Invalid ${what.toLowerCase()}`);
  }
  if (units <= 0n || units > BigInt(Number.MAX_SAFE_INTEGER)) throw new CoinbaseRefusal('UNKNOWN_FAILURE_REASON', `PREVIEW_INVALID_${what}`, `Invalid ${what.toLowerCase()}`);
  return Number(units);
}
