/** Placing and ending orders: OKX's rules, one for REST and the private socket. */
import { isOpen } from '../matching/order.js';
import type { Order, OrderRequest, SelfTrade, Side, TimeInForce } from '../matching/order.js';
import { positiveUnits } from '../positive-units.js';
import type { VenueCore } from '../venue-core.js';
import { refusals } from './errors.js';
import type { OkxLimits } from './limits.js';
import { orderIdOf } from './render.js';
import type { OkxSymbol, OkxSymbols } from './symbols.js';

/** What came as JSON: nothing of it is taken on trust. */
export type Fields = Readonly<Record<string, unknown>>;

/** How far a limit price may lie beyond the market's own. */
const PRICE_LIMIT_RATIO = 0.1;

/** Letters and digits only. */
const CLIENT_ID = /^[A-Za-z0-9]{1,32}$/;
const SELF_TRADE: Readonly<Record<string, SelfTrade>> = { cancel_maker: 'expire_maker', cancel_taker: 'expire_taker', cancel_both: 'expire_both' };
/** The order type carries the time in force. */
const TYPES: Readonly<Record<string, readonly [OrderRequest['type'], TimeInForce]>> = {
  limit: ['limit', 'gtc'], ioc: ['limit', 'ioc'], fok: ['limit', 'fok'], post_only: ['post_only', 'gtc'], market: ['market', 'ioc'], optimal_limit_ioc: ['market', 'ioc'],
};

export class OkxOrders {
  readonly #core: VenueCore;
  readonly #limits: OkxLimits;
  readonly #symbols: OkxSymbols;

  constructor(core: VenueCore, limits: OkxLimits, symbols: OkxSymbols) {
    this.#core = core;
    this.#limits = limits;
    this.#symbols = symbols;
  }

  /** @param byCode whether markets go by their number (the socket) or their symbol (REST) @throws OkxError */
  symbolOf(fields: Fields, byCode: boolean): OkxSymbol {
    const name = byCode ? 'instIdCode' : 'instId';
    if (fields[name] === undefined || fields[name] === '') throw refusals.empty(name);
    const symbol = byCode ? this.#symbols.byCode(fields['instIdCode']) : this.#symbols.find(fields['instId']);
    if (symbol === undefined) throw refusals.instrument();
    return symbol;
  }

  /** A post-only order that would take is accepted, and then withdrawn. @throws OkxError */
  place(fields: Fields, byCode: boolean): Order {
    if (this.#core.faults.active('maintenance')) throw refusals.upgrading();
    const symbol = this.symbolOf(fields, byCode);
    if (!this.#limits.order(symbol.name)) throw refusals.rate();
    if (!this.#limits.account()) throw refusals.accountRate();
    const request = this.#request(symbol, fields);
    const { exchange } = this.#core;
    if (exchange.open.size >= this.#limits.settings.openOrders) throw refusals.openOrders();
    if (request.clientOrderId !== null && exchange.byClientId(request.clientOrderId) !== undefined) throw refusals.duplicate();
    const placed = exchange.place(request);
    if (placed === 'insufficient') throw refusals.balance(request.side === 'buy' ? request.market.quote : request.market.base);
    if (placed === 'duplicate_client_id') throw refusals.duplicate();
    if (placed === 'no_liquidity') throw refusals.liquidity();
    return placed === 'would_match' ? exchange.acceptAndEnd(request, 'post_only') : placed;
  }

  /** @throws OkxError */
  cancel(fields: Fields, byCode: boolean): Order {
    const symbol = this.symbolOf(fields, byCode);
    if (!this.#limits.cancel(symbol.name)) throw refusals.rate();
    const order = this.find(fields);
    if (order === undefined || order.market !== symbol.market.spec || !isOpen(order)) throw refusals.notThere();
    this.#core.exchange.cancel(order, 'user', null);
    return order;
  }

  /** By the venue's id, else by the client's. */
  find({ ordId, clOrdId }: Fields): Order | undefined {
    const { exchange } = this.#core;
    if (typeof ordId === 'string' && ordId !== '') {
      const number = orderIdOf(ordId);
      return number === null ? undefined : exchange.orders.get(number);
    }
    return typeof clOrdId === 'string' && clOrdId !== '' ? exchange.byClientId(clOrdId) : undefined;
  }

  #request({ market }: OkxSymbol, fields: Fields): OrderRequest {
    const { side, ordType, clOrdId, stpMode } = fields;
    if (fields['tdMode'] !== 'cash') throw refusals.param('tdMode');
    if (side !== 'buy' && side !== 'sell') throw refusals.param('side');
    const kind = typeof ordType === 'string' ? TYPES[ordType] : undefined;
    if (kind === undefined) throw refusals.param('ordType');
    const named = typeof clOrdId === 'string' && clOrdId !== '';
    if (named && !CLIENT_ID.test(clOrdId)) throw refusals.param('clOrdId');
    const selfTrade = SELF_TRADE[typeof stpMode === 'string' && stpMode !== '' ? stpMode : 'cancel_maker'];
    if (selfTrade === undefined) throw refusals.param('stpMode');
    const [type, timeInForce] = kind;
    return { market: market.spec, side, type, timeInForce, selfTrade, clientOrderId: named ? clOrdId : null, ...this.#amounts(market, fields, side, type === 'market') };
  }

  /** A market buy's size is in quote unless it is said to be in base. */
  #amounts({ spec, book, recentTrades }: OkxSymbol['market'], fields: Fields, side: Side, isMarket: boolean): Pick<OrderRequest, 'price' | 'qty' | 'quoteAmount'> {
    const units = (name: string, decimals: number, tooPrecise: () => Error): bigint => positiveUnits(fields[name], decimals, () => refusals.param(name), tooPrecise);
    const inQuote = isMarket && (fields['tgtCcy'] === 'quote_ccy' || (side === 'buy' && fields['tgtCcy'] !== 'base_ccy'));
    if (inQuote) return { price: null, qty: 0, quoteAmount: units('sz', 8, refusals.lot) };
    const qty = Number(units('sz', spec.qtyDecimals, refusals.lot));
    if (qty < spec.minQtyUnits) throw refusals.small();
    if (isMarket) return { price: null, qty, quoteAmount: null };
    const price = Number(units('px', spec.priceDecimals, () => refusals.param('px')));
    const best = book.opposite(side).best()?.price ?? recentTrades.at(-1)?.price;
    if (best !== undefined && (side === 'buy' ? price > best * (1 + PRICE_LIMIT_RATIO) : price < best * (1 - PRICE_LIMIT_RATIO))) throw refusals.priceLimit(side === 'buy');
    return { price, qty, quoteAmount: null };
  }
}
