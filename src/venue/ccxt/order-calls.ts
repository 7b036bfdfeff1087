/**
 * The library's calls about orders, by what the exchange has. None is made twice here: whether to ask again is for whoever
 * asks, and an order is never placed again by anybody.
 */
import type { Balances, Order, Trade } from 'ccxt';
import { TimeInForce } from '../../record/codes.js';
import type { OutgoingOrder } from '../contract.js';
import type { TrackedOrder } from '../tracked-order.js';
import { CallOrder } from './call-order.js';
import type { Client } from './client.js';
import { isA } from './errors.js';
import { carries, numberOf, wireIdOf } from './order-words.js';

/** Orders and trades asked for from this long before the order left: clocks differ. */
const EARLIER_MS = 10_000;
/** The library's names. */
const TIF_NAMES: Readonly<Record<number, string>> = { [TimeInForce.GTC]: 'GTC', [TimeInForce.IOC]: 'IOC', [TimeInForce.FOK]: 'FOK' };

export class OrderCalls {
  readonly order: CallOrder;
  /** Single orders can be asked for by their number. */
  private single: boolean;

  constructor(private readonly client: Client) {
    this.order = new CallOrder(client);
    this.single = this.has('fetchOrder');
  }

  /** Whether the exchange tells single trades of ours when asked. */
  get listsTrades(): boolean {
    return this.has('fetchOrderTrades') || this.has('fetchMyTrades');
  }

  /** Whether the exchange has this time in force; where the library does not know, yes. */
  takes(tif: number): boolean {
    const { spot } = this.client.features as { spot?: { createOrder?: { timeInForce?: Record<string, boolean> } } };
    return tif === TimeInForce.GTC || spot?.createOrder?.timeInForce?.[TIF_NAMES[tif]] !== false;
  }

  /** Undefined: not sent, because a number cannot hold its price or quantity exactly. */
  place({ instrument, clientOrderId, side, tif, price, qty }: OutgoingOrder): Promise<Order> | undefined {
    const { priceScale, qtyScale } = instrument.pair;
    const amount = numberOf(qty, qtyScale);
    const limit = numberOf(price, priceScale);
    if (amount === undefined || limit === undefined) return undefined;
    const params = { clientOrderId: wireIdOf(clientOrderId), ...(tif === TimeInForce.GTC ? {} : { timeInForce: TIF_NAMES[tif] }) };
    return this.order.now(() => this.client.createOrder(instrument.symbol, 'limit', side === 0 ? 'buy' : 'sell', amount, limit, params));
  }

  async cancel({ venueOrderId, instrument }: TrackedOrder): Promise<void> {
    await this.order.now(() => this.client.cancelOrder(venueOrderId, instrument.symbol));
  }

  /** Cancel what is open on these markets, whoever placed it there; not by one call, which some exchanges take for all markets. */
  async cancelOpen(symbols: readonly string[]): Promise<void> {
    for (const { id, symbol } of await this.open(symbols)) {
      if (symbol === undefined || !symbols.includes(symbol)) continue;
      await this.order.now(() => this.client.cancelOrder(id!, symbol)).catch((error: unknown) => {
        if (!isA(error, 'OrderNotFound')) throw error; // it has just ended
      });
    }
  }

  balances(): Promise<Balances> {
    return this.order.inTurn(() => this.client.fetchBalance());
  }

  /** The order as the exchange has it, by its id or looked for by ours; undefined where the exchange has none. */
  async find(order: TrackedOrder, sinceUnixMs: number): Promise<Order | undefined> {
    const { venueOrderId, instrument } = order;
    if (venueOrderId === '' || !this.single) return this.look(order, sinceUnixMs - EARLIER_MS);
    try {
      return await this.order.inTurn(() => this.client.fetchOrder(venueOrderId, instrument.symbol));
    } catch (error) {
      if (isA(error, 'OrderNotFound')) return undefined;
      // Some exchanges have it only for some accounts, or under conditions that the library wants accepted (Bybit).
      if (!isA(error, 'ArgumentsRequired') && !isA(error, 'NotSupported')) throw error;
      this.single = false;
      return this.look(order, sinceUnixMs - EARLIER_MS);
    }
  }

  /** Trades of one order. */
  async trades({ venueOrderId, instrument }: TrackedOrder, sinceUnixMs: number): Promise<Trade[]> {
    const { symbol } = instrument;
    const trades = await this.order.inTurn(() => (this.has('fetchOrderTrades') ? this.client.fetchOrderTrades(venueOrderId, symbol) : this.client.fetchMyTrades(symbol, sinceUnixMs - EARLIER_MS)));
    return trades.filter(({ order }) => order === venueOrderId);
  }

  /** Among the open ones first, then wherever the exchange lists those that have ended. */
  private async look({ venueOrderId, clientOrderId, instrument: { symbol } }: TrackedOrder, fromUnixMs: number): Promise<Order | undefined> {
    const wireId = wireIdOf(clientOrderId);
    const found = (list: readonly Order[]): Order | undefined => list.find((told) => (venueOrderId !== '' && told.id === venueOrderId) || carries(told, wireId));
    const { client } = this;
    const lists = [
      () => client.fetchOpenOrders(symbol),
      ...(this.has('fetchOrders') ? [() => client.fetchOrders(symbol, fromUnixMs)]
        : this.has('fetchCanceledAndClosedOrders') ? [() => client.fetchCanceledAndClosedOrders(symbol, fromUnixMs)]
          : [...(this.has('fetchClosedOrders') ? [() => client.fetchClosedOrders(symbol, fromUnixMs)] : []), ...(this.has('fetchCanceledOrders') ? [() => client.fetchCanceledOrders(symbol, fromUnixMs)] : [])]),
    ];
    for (const list of lists) {
      const order = found(await this.order.inTurn(list));
      if (order !== undefined) return order;
    }
    return undefined;
  }

  /** All at once where the exchange tells them so, else market by market. */
  private async open(symbols: readonly string[]): Promise<Order[]> {
    try {
      return await this.order.inTurn(() => this.client.fetchOpenOrders());
    } catch (error) {
      if (!isA(error, 'ExchangeError')) throw error;
    }
    const orders: Order[] = [];
    for (const symbol of symbols) orders.push(...(await this.order.inTurn(() => this.client.fetchOpenOrders(symbol))));
    return orders;
  }

  private has(method: string): boolean {
    return this.client.has[method] === true;
  }
}
