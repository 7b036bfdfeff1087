/**
 * One venue's matching engine: books, the account, orders, trades. Prices and quantities are scaled integers in
 * Float64, money is bigint in 10^-8. Cost and fee are rounded down, so that a lock always covers what it was taken for.
 * Nothing here knows a protocol: the venues render the orders and the execution events.
 */
import { rescale } from '../../model/decimal.js';
import { Account } from './account.js';
import { Book } from './book.js';
import type { Entry, Level } from './book.js';
import { isOpen } from './order.js';
import type { EndReason, ExecutionEvent, Fill, Order, OrderRequest, OrderStatus, Side } from './order.js';
import type { MarketSpec } from '../market/specs.js';

export interface FeeSchedule {
  takerPpm: bigint;
  makerPpm: bigint;
  /** `received`: fee in the asset the order receives; `quote`: always in the quote asset. */
  from: 'received' | 'quote';
}

/** A trade as everybody sees it. */
export interface PublicTrade {
  tradeId: number;
  price: number;
  qty: number;
  takerSide: Side;
  timeMs: number;
}

export interface Market {
  spec: MarketSpec;
  book: Book;
  nextTradeId: number;
  /** Trades since the market-data encoder last looked. */
  freshTrades: PublicTrade[];
  /** The last trades, newest last, at most TRADES_KEPT. */
  recentTrades: PublicTrade[];
}

export type PlaceRefusal = 'insufficient' | 'duplicate_client_id' | 'would_match' | 'no_liquidity';
const TRADES_KEPT = 500;

export class Exchange {
  readonly markets: Market[];
  readonly account: Account;
  readonly fees: FeeSchedule;
  /** Every order ever accepted, by id, oldest first. */
  readonly orders = new Map<number, Order>();
  readonly open = new Set<Order>();
  readonly fills: Fill[] = [];
  /** Execution events not yet sent. Whoever changes the exchange flushes them. */
  readonly outbox: ExecutionEvent[] = [];
  /** Called when the generator's quantity at a price was taken to nothing. */
  onSyntheticTaken: (market: Market, side: Side, price: number) => void = () => undefined;
  readonly #clientIds = new Map<string, Order>();
  readonly #nowMs: () => number;
  #nextOrderId: number;
  #nextEventId = 1;

  constructor(specs: readonly MarketSpec[], opening: ReadonlyMap<string, bigint>, fees: FeeSchedule, firstId: number, nowMs: () => number) {
    this.markets = specs.map((spec) => ({
      spec, book: new Book(firstId + spec.index * 1_000), nextTradeId: firstId + spec.index * 1_000, freshTrades: [], recentTrades: [],
    }));
    this.account = new Account(opening);
    this.fees = fees;
    this.#nextOrderId = firstId;
    this.#nowMs = nowMs;
  }

  /** The latest order with this client id. */
  byClientId(clientOrderId: string): Order | undefined {
    return this.#clientIds.get(clientOrderId);
  }

  /** Accept, match and perhaps rest an order; or say why not. */
  place(asked: OrderRequest): Order | PlaceRefusal {
    const market = this.markets[asked.market.index];
    const { book } = market;
    const request = asked.quoteAmount === null ? asked : { ...asked, qty: this.#qtyFor(asked.quoteAmount, asked.side, market) };
    if (request.clientOrderId !== null) {
      const earlier = this.#clientIds.get(request.clientOrderId);
      if (earlier !== undefined && isOpen(earlier)) return 'duplicate_client_id';
    }
    if (request.qty === 0 || (request.type === 'market' && book.opposite(request.side).best() === undefined)) return 'no_liquidity';
    if (!this.#covered(request, book)) return 'insufficient';
    if (request.type === 'post_only' && book.available(request.side, request.price, 1) > 0) return 'would_match';
    const order = this.#accept(request);
    this.#emit({ kind: 'new', id: this.#nextEventId++, order, timeMs: order.createdMs });
    const whole = request.timeInForce !== 'fok' || book.available(order.side, order.price, order.qty) === order.qty;
    const stopped = whole ? this.#take(market, order) : false;
    if (!isOpen(order)) return order;
    if (stopped) this.#end(order, 'self_trade', null);
    else if (order.type === 'market') this.#end(order, 'no_liquidity', null);
    else if (order.timeInForce === 'fok') this.#end(order, 'unfilled_fok', null);
    else if (order.timeInForce === 'ioc') this.#end(order, 'unfilled_ioc', null);
    else {
      book.rest(order.side, order.price!, { order, remaining: order.qty - order.filled });
      this.#relock(order);
    }
    return order;
  }

  /** Withdraw an open order. @param cancelId the id the venue gives the cancel itself, where it has one. */
  cancel(order: Order, reason: EndReason, cancelId: string | null): void {
    this.markets[order.market.index].book.withdraw(order.side, order.price!, order);
    this.#end(order, reason, cancelId);
  }

  /** Accept and end an order at once, as a venue does that accepts a post-only order and then withdraws it. */
  acceptAndEnd(request: OrderRequest, reason: EndReason): Order {
    const order = this.#accept(request);
    this.#emit({ kind: 'new', id: this.#nextEventId++, order, timeMs: order.createdMs });
    this.#end(order, reason, null);
    return order;
  }

  /** The generator trades `qty` against the book, without an account of its own. */
  takeSynthetic(market: Market, side: Side, limitPrice: number | null, qty: number): number {
    let left = qty;
    const half = market.book.opposite(side);
    for (let level = half.best(); left > 0 && level !== undefined; level = half.best()) {
      if (limitPrice !== null && !half.reaches(level.price, limitPrice)) break;
      left -= this.#trade(market, level, level.entries[0], left, side, null);
    }
    return left;
  }

  /** Set the generator's quantity at a price; where an account's order stands in the way, trade with it first. */
  quoteSynthetic(market: Market, side: Side, price: number, qty: number): void {
    const best = market.book.opposite(side).best();
    let left = qty;
    if (best !== undefined && market.book.opposite(side).reaches(best.price, price)) left = this.takeSynthetic(market, side, price, qty);
    market.book.setSynthetic(side, price, left);
  }

  /** Cost of `qty` at `price` in 10^-8 of the quote asset, rounded down. */
  costOf(spec: MarketSpec, price: number, qty: number): bigint {
    return rescale(BigInt(price) * BigInt(qty), spec.priceDecimals + spec.qtyDecimals, 8);
  }

  #accept(request: OrderRequest): Order {
    const id = this.#nextOrderId++;
    const now = this.#nowMs();
    const order: Order = {
      ...request, id, clientOrderId: request.clientOrderId ?? `sandbox-${id}`, clientIdGiven: request.clientOrderId !== null,
      filled: 0, cost: 0n, fee: 0n, status: 'new', reason: null, locked: 0n,
      lockAsset: request.side === 'buy' ? request.market.quote : request.market.base, createdMs: now, updatedMs: now, fills: [],
    };
    this.orders.set(id, order);
    this.open.add(order);
    this.#clientIds.set(order.clientOrderId, order);
    return order;
  }

  /** Match against the book until filled, out of reach, or stopped by self-trade prevention (then true). */
  #take(market: Market, order: Order): boolean {
    const half = market.book.opposite(order.side);
    for (let level = half.best(); level !== undefined; level = half.best()) {
      if (order.price !== null && !half.reaches(level.price, order.price)) return false;
      const entry = level.entries[0];
      if (entry.order !== null && order.selfTrade !== 'none') {
        if (order.selfTrade !== 'expire_taker') this.cancel(entry.order, 'self_trade', null);
        if (order.selfTrade !== 'expire_maker') return true;
        continue;
      }
      this.#trade(market, level, entry, order.qty - order.filled, order.side, order);
      if (!isOpen(order)) return false;
    }
    return false;
  }

  /** How much a quote amount trades at what the book shows now, in quantity units. */
  #qtyFor(quoteAmount: bigint, side: Side, market: Market): number {
    const decimals = market.spec.priceDecimals + market.spec.qtyDecimals;
    let left = rescale(quoteAmount, 8, decimals);
    let qty = 0;
    for (const level of market.book.opposite(side).levels) {
      const taken = Math.min(level.qty, Number(left / BigInt(level.price)));
      qty += taken;
      left -= BigInt(taken) * BigInt(level.price);
      if (taken < level.qty) break;
    }
    return qty;
  }

  /** One match; returns the quantity traded. */
  #trade(market: Market, level: Level, entry: Entry, wanted: number, takerSide: Side, taker: Order | null): number {
    const qty = Math.min(wanted, entry.remaining);
    const price = level.price;
    const timeMs = this.#nowMs();
    const tradeId = market.nextTradeId++;
    const trade: PublicTrade = { tradeId, price, qty, takerSide, timeMs };
    market.freshTrades.push(trade);
    market.recentTrades.push(trade);
    if (market.recentTrades.length > TRADES_KEPT * 2) market.recentTrades.splice(0, TRADES_KEPT);
    const half = market.book.opposite(takerSide);
    market.book.reduce(half, level, entry, qty);
    if (entry.order === null) {
      if (entry.remaining === 0) this.onSyntheticTaken(market, half.side, price);
    } else this.#settle(entry.order, tradeId, price, qty, true, timeMs);
    if (taker !== null) this.#settle(taker, tradeId, price, qty, false, timeMs);
    return qty;
  }

  /** Move the money of one side of a match and tell its owner. */
  #settle(order: Order, tradeId: number, price: number, qty: number, maker: boolean, timeMs: number): void {
    const { market, side } = order;
    const cost = this.costOf(market, price, qty);
    const amount = rescale(BigInt(qty), market.qtyDecimals, 8);
    const ppm = maker ? this.fees.makerPpm : this.fees.takerPpm;
    const feeAsset = this.fees.from === 'quote' || side === 'sell' ? market.quote : market.base;
    const fee = ((feeAsset === market.quote ? cost : amount) * ppm) / 1_000_000n;
    this.account.credit(market.base, side === 'buy' ? amount : -amount);
    this.account.credit(market.quote, side === 'buy' ? -cost : cost);
    this.account.credit(feeAsset, -fee);
    order.filled += qty;
    order.cost += cost;
    order.fee += fee;
    order.updatedMs = timeMs;
    const fill: Fill = { tradeId, order, price, qty, cost, fee, feeAsset, maker, timeMs };
    order.fills.push(fill);
    this.fills.push(fill);
    const done = order.filled === order.qty;
    const status: OrderStatus = done ? 'filled' : 'partially_filled';
    order.status = status;
    if (maker || done) this.#relock(order);
    if (done) this.open.delete(order);
    this.#emit({ kind: 'trade', id: this.#nextEventId++, order, fill, status, filled: order.filled, cost: order.cost, timeMs });
  }

  #end(order: Order, reason: EndReason, cancelId: string | null): void {
    order.reason = reason;
    if (reason === 'self_trade') this.#finish(order, 'expired_in_match');
    else this.#finish(order, reason === 'user' || reason === 'dead_man' || reason === 'post_only' ? 'canceled' : 'expired');
    this.#emit({ kind: 'ended', id: this.#nextEventId++, order, reason, cancelId, timeMs: order.updatedMs });
  }

  #finish(order: Order, status: OrderStatus): void {
    order.status = status;
    order.updatedMs = this.#nowMs();
    this.open.delete(order);
    this.#relock(order);
  }

  /** Hold back exactly what the open remainder could still cost. */
  #relock(order: Order): void {
    const needed = isOpen(order) ? this.#lockFor(order, order.qty - order.filled) : 0n;
    this.account.lock(order.lockAsset, needed - order.locked);
    order.locked = needed;
  }

  #lockFor(request: OrderRequest, qty: number): bigint {
    const { market } = request;
    if (request.side === 'sell') return rescale(BigInt(qty), market.qtyDecimals, 8);
    const exact = BigInt(request.price!) * BigInt(qty);
    const cost = -rescale(-exact, market.priceDecimals + market.qtyDecimals, 8);
    return this.fees.from === 'quote' ? cost + (cost * this.fees.takerPpm + 999_999n) / 1_000_000n : cost;
  }

  /** The account can pay the order in full: at its limit, or for market orders at what the book asks. */
  #covered(request: OrderRequest, book: Book): boolean {
    const { market } = request;
    if (request.price !== null) return this.#lockFor(request, request.qty) <= this.account.free(request.side === 'buy' ? market.quote : market.base);
    if (request.side === 'sell') return this.#lockFor(request, request.qty) <= this.account.free(market.base);
    let needed = 0n;
    let left = request.qty;
    for (const level of book.asks.levels) {
      if (left <= 0) break;
      const qty = Math.min(left, level.qty);
      needed += this.costOf(market, level.price, qty) + 1n;
      left -= qty;
    }
    if (this.fees.from === 'quote') needed += (needed * this.fees.takerPpm) / 1_000_000n + 1n;
    return needed <= this.account.free(market.quote);
  }

  #emit(event: ExecutionEvent): void {
    this.outbox.push(event);
  }
}
