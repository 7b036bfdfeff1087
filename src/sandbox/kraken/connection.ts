/** One WebSocket v2 connection, public or private: methods, subscriptions, heartbeats. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { formatScaled } from '../../model/decimal.js';
import { decimalText, rfc3339 } from '../text.js';
import { BOOK_DEPTHS } from './feed.js';
import { KrakenError } from './orders.js';
import { quoted, rawObject, snapshotOrder, tradeObject, txid } from './render.js';
import type { KrakenAuth } from './auth.js';
import type { KrakenFeed } from './feed.js';
import type { KrakenLimits } from './limits.js';
import type { KrakenOrders } from './orders.js';
import type { KrakenSymbol, KrakenSymbols } from './symbols.js';
import type { Listener, Topics } from '../topics.js';
import type { Order } from '../matching/order.js';
import type { VenueCore } from '../venue-core.js';

export interface KrakenContext {
  core: VenueCore;
  auth: KrakenAuth;
  limits: KrakenLimits;
  orders: KrakenOrders;
  symbols: KrakenSymbols;
  feed: KrakenFeed;
  topics: Topics<KrakenConnection>;
  flushEvents: () => void;
}

type Fields = Readonly<Record<string, unknown>>;

const MESSAGES_PER_SECOND = 200;
const IDLE_MS = 60_000;

export class KrakenConnection implements Listener {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly isPrivate: boolean;
  readonly wrapped = false;
  readonly #context: KrakenContext;
  /** Sequence of the subscription, present while subscribed. */
  #executions: { sequence: number; statusEvents: boolean } | null = null;
  #balances: { sequence: number } | null = null;
  readonly #subscribed = new Set<string>();
  #writtenAtTick = 0;
  #lastReceivedMs: number;
  #windowStartMs = 0;
  #windowCount = 0;

  constructor(socket: WebSocket, stream: Socket, context: KrakenContext, isPrivate: boolean, connectionId: bigint) {
    this.socket = socket;
    this.stream = stream;
    this.#context = context;
    this.isPrivate = isPrivate;
    this.#lastReceivedMs = context.core.wallMs();
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => context.topics.removeAll(this));
    this.sendStatus(connectionId);
  }

  sendStatus(connectionId: bigint): void {
    const system = this.#context.core.faults.active('maintenance') ? 'maintenance' : 'online';
    this.#send(`{"channel":"status","type":"update","data":[{"system":"${system}","api_version":"v2","connection_id":${connectionId},"version":"2.0.10"}]}`);
  }

  /** Once a second: a heartbeat when subscribed and otherwise silent; the end when idle without subscriptions. */
  tick(nowMs: number): void {
    const subscribed = this.#subscribed.size > 0 || this.#executions !== null || this.#balances !== null;
    const written = this.stream.bytesWritten;
    if (subscribed && written === this.#writtenAtTick) this.#send('{"channel":"heartbeat"}');
    this.#writtenAtTick = this.stream.bytesWritten;
    if (!subscribed && nowMs - this.#lastReceivedMs > IDLE_MS) this.socket.close(1000, 'Idle');
  }

  sendExecutions(objects: readonly string[], isStatusOnly: boolean): void {
    if (this.#executions === null || (isStatusOnly && !this.#executions.statusEvents)) return;
    for (const object of objects) this.#send(`{"channel":"executions","type":"update","data":[${object}],"sequence":${++this.#executions.sequence}}`);
  }

  sendBalances(rows: readonly string[]): void {
    if (this.#balances === null || rows.length === 0) return;
    this.#send(`{"channel":"balances","type":"update","data":[${rows.join(',')}],"sequence":${++this.#balances.sequence}}`);
  }

  #receive(data: Buffer): void {
    const arrivedNs = this.#context.core.latency.now();
    const timeIn = this.#now();
    this.#lastReceivedMs = this.#context.core.wallMs();
    if (this.#tooFast()) return;
    let message: Fields;
    try {
      const value: unknown = JSON.parse(data.toString('utf8'));
      if (typeof value !== 'object' || value === null) throw new Error('not an object');
      message = value as Fields;
    } catch {
      this.#send('{"error":"Malformed request","success":false}');
      return;
    }
    const params = (typeof message['params'] === 'object' && message['params'] !== null ? message['params'] : {}) as Fields;
    const method = typeof message['method'] === 'string' ? message['method'] : '';
    const reqId = Number.isSafeInteger(message['req_id']) ? (message['req_id'] as number) : null;
    if (method === 'ping') this.#send(`{"method":"pong"${reqId === null ? '' : `,"req_id":${reqId}`},"time_in":"${timeIn}","time_out":"${this.#now()}"}`);
    else if (method === 'subscribe' || method === 'unsubscribe') this.#subscription(method, params, reqId, timeIn);
    else if (method === 'add_order') this.#addOrder(params, reqId, timeIn, arrivedNs);
    else this.#accountMethod(method, params, reqId, timeIn);
    this.#context.flushEvents();
  }

  #tooFast(): boolean {
    const now = this.#lastReceivedMs;
    if (now - this.#windowStartMs >= 1_000) {
      this.#windowStartMs = now;
      this.#windowCount = 0;
    }
    if (++this.#windowCount <= MESSAGES_PER_SECOND) return false;
    this.#send('{"Error":"Exceeded msg rate"}');
    return true;
  }

  #subscription(method: string, params: Fields, reqId: number | null, timeIn: string): void {
    const channel = params['channel'];
    if (channel === 'executions' || channel === 'balances') return this.#privateSubscription(method, channel, params, reqId, timeIn);
    if (channel === 'instrument') return this.#instrument(method, reqId, timeIn, params['snapshot'] !== false);
    if (channel !== 'book' && channel !== 'ticker' && channel !== 'trade') return this.#refuse(method, 'Subscription channel invalid', reqId, timeIn);
    const names = Array.isArray(params['symbol']) ? params['symbol'] : [];
    if (names.length === 0) return this.#refuse(method, 'Symbol(s) not found', reqId, timeIn);
    for (const name of names) this.#symbolSubscription(method, channel, name, params, reqId, timeIn);
  }

  #symbolSubscription(method: string, channel: 'book' | 'ticker' | 'trade', name: unknown, params: Fields, reqId: number | null, timeIn: string): void {
    const { symbols, topics, feed, core } = this.#context;
    const symbol = symbols.find(name);
    const extra = rawObject({ symbol: quoted(String(name)) }).slice(1, -1);
    if (symbol === undefined) return this.#refuse(method, `Currency pair not supported ${String(name).slice(0, 40)}`, reqId, timeIn, extra);
    const depth = BOOK_DEPTHS.find((possible) => possible === (params['depth'] ?? 10));
    const trigger = ['trades', 'bbo'].find((possible) => possible === (params['event_trigger'] ?? 'trades'));
    if (channel === 'book' && depth === undefined) return this.#refuse(method, 'Depth not supported', reqId, timeIn, extra);
    if (channel === 'ticker' && trigger === undefined) return this.#refuse(method, 'Event trigger not supported', reqId, timeIn, extra);
    const topic = channel === 'book' ? `book:${depth}:${symbol.name}` : channel === 'ticker' ? `ticker:${trigger}:${symbol.name}` : `trade:${symbol.name}`;
    const snapshot = params['snapshot'] ?? channel !== 'trade';
    const result = rawObject({
      channel: quoted(channel), depth: channel === 'book' ? String(depth) : undefined, event_trigger: channel === 'ticker' ? quoted(trigger!) : undefined,
      snapshot: snapshot === true ? 'true' : 'false', symbol: quoted(symbol.name),
    });
    if (method === 'unsubscribe') {
      if (!this.#subscribed.delete(topic)) return this.#refuse(method, 'Subscription Not Found', reqId, timeIn, extra);
      topics.remove(topic, this);
      return this.#accept(method, result, reqId, timeIn);
    }
    const bookAlready = channel === 'book' && BOOK_DEPTHS.some((other) => this.#subscribed.has(`book:${other}:${symbol.name}`));
    if (this.#subscribed.has(topic) || bookAlready) return this.#refuse(method, 'Already subscribed', reqId, timeIn, extra);
    this.#subscribed.add(topic);
    const view = channel === 'book' ? feed.bookSnapshot(symbol.market.spec.index, depth!, core.virtualMs()) : '';
    topics.add(topic, this);
    this.#accept(method, result, reqId, timeIn);
    if (snapshot !== true) return;
    if (channel === 'book') this.#send(view);
    else this.#send(channel === 'ticker' ? feed.tickerSnapshot(symbol.market.spec.index, core.virtualMs()) : feed.tradeSnapshot(symbol.market.spec.index));
  }

  #instrument(method: string, reqId: number | null, timeIn: string, snapshot: boolean): void {
    if (method === 'unsubscribe') {
      this.#subscribed.delete('instrument');
      return this.#accept(method, '{"channel":"instrument"}', reqId, timeIn);
    }
    this.#subscribed.add('instrument');
    this.#accept(method, `{"channel":"instrument","snapshot":${snapshot}}`, reqId, timeIn);
    if (!snapshot) return;
    const { symbols, core } = this.#context;
    const assets = [...core.exchange.account.balances.keys()].map((asset) =>
      rawObject({ id: quoted(asset), status: '"enabled"', precision: '8', precision_display: '5', borrowable: 'false', collateral_value: '1.00', margin_rate: '0.020000', multiplier: '1' }));
    const status = core.faults.active('maintenance') ? 'maintenance' : 'online';
    const pairs = symbols.all.map((symbol) => instrumentPair(symbol, status));
    this.#send(`{"channel":"instrument","type":"snapshot","data":{"assets":[${assets.join(',')}],"pairs":[${pairs.join(',')}]}}`);
  }

  #privateSubscription(method: string, channel: 'executions' | 'balances', params: Fields, reqId: number | null, timeIn: string): void {
    const { auth, limits, core, symbols } = this.#context;
    if (!this.isPrivate || !auth.acceptToken(params['token'])) return this.#refuse(method, 'ESession:Invalid session', reqId, timeIn);
    if (method === 'unsubscribe') {
      if (channel === 'executions') this.#executions = null;
      else this.#balances = null;
      return this.#accept(method, rawObject({ channel: quoted(channel) }), reqId, timeIn);
    }
    if ((channel === 'executions' ? this.#executions : this.#balances) !== null) return this.#refuse(method, 'Already subscribed', reqId, timeIn);
    this.#context.flushEvents();
    if (channel === 'balances') {
      this.#balances = { sequence: 1 };
      this.#accept(method, '{"channel":"balances","snapshot":true}', reqId, timeIn);
      const rows = [...core.exchange.account.balances].map(([asset, balance]) => {
        const total = formatScaled(balance.total, 8);
        return rawObject({ asset: quoted(asset), asset_class: '"currency"', balance: total, wallets: `[{"type":"spot","id":"main","balance":${total}}]` });
      });
      return this.#send(`{"channel":"balances","type":"snapshot","data":[${rows.join(',')}],"sequence":1}`);
    }
    this.#executions = { sequence: 1, statusEvents: params['order_status'] !== false };
    this.#accept(method, `{"channel":"executions","maxratecount":${limits.settings.engineMax},"snapshot":true}`, reqId, timeIn);
    const rows: string[] = [];
    if (params['snap_orders'] !== false) for (const order of core.exchange.open) rows.push(snapshotOrder(order, symbols.of(order.market)));
    if (params['snap_trades'] === true) for (const fill of core.exchange.fills.slice(-50)) rows.push(tradeObject(fill, symbols.of(fill.order.market), fill.order.filled));
    this.#send(`{"channel":"executions","type":"snapshot","data":[${rows.join(',')}],"sequence":1}`);
  }

  #addOrder(params: Fields, reqId: number | null, timeIn: string, arrivedNs: number): void {
    const { auth, core, orders, symbols } = this.#context;
    const { faults } = core;
    core.latency.orderIn(arrivedNs, textOf(params['cl_ord_id']) ?? '');
    if (!this.isPrivate || !auth.acceptToken(params['token'])) return this.#refuse('add_order', 'EAPI:Invalid key', reqId, timeIn);
    if (faults.take('rate-limit') !== null) return this.#refuse('add_order', 'EOrder:Rate limit exceeded', reqId, timeIn);
    let order: Order | null;
    try {
      order = orders.place({
        symbol: symbols.find(params['symbol']), side: textOf(params['side']), orderType: textOf(params['order_type']), qty: textOf(params['order_qty']),
        cashQty: textOf(params['cash_order_qty']), price: textOf(params['limit_price']), timeInForce: textOf(params['time_in_force']), postOnly: params['post_only'] === true,
        clientOrderId: textOf(params['cl_ord_id']), selfTrade: textOf(params['stp_type']), deadline: textOf(params['deadline']), validate: params['validate'] === true,
      }, false);
    } catch (error) {
      return this.#refuse('add_order', errorText(error), reqId, timeIn);
    }
    const id = order === null ? {} : { order_id: quoted(txid('O', order.id)), cl_ord_id: order.clientIdGiven ? quoted(order.clientOrderId) : undefined };
    if (faults.take('events-first') !== null) this.#context.flushEvents();
    if (faults.take('lose-ack') !== null) return;
    if (faults.take('error-after-accept') !== null) return this.#refuse('add_order', 'EService:Timeout', reqId, timeIn);
    const delayMs = faults.take('delay-acks') ?? 0;
    if (delayMs > 0) setTimeout(() => this.#accept('add_order', rawObject(id), reqId, timeIn), delayMs).unref();
    else this.#accept('add_order', rawObject(id), reqId, timeIn);
  }

  #accountMethod(method: string, params: Fields, reqId: number | null, timeIn: string): void {
    const { auth, orders } = this.#context;
    if (!['cancel_order', 'batch_cancel', 'cancel_all', 'cancel_all_orders_after'].includes(method)) return this.#refuse(method, 'EGeneral:Unknown method', reqId, timeIn);
    if (!this.isPrivate || !auth.acceptToken(params['token'])) return this.#refuse(method, 'EAPI:Invalid key', reqId, timeIn);
    if (method === 'cancel_order') return this.#cancelOrders(params, reqId, timeIn);
    if (method === 'batch_cancel') return this.#batchCancel(params, reqId, timeIn);
    if (method === 'cancel_all') return this.#accept(method, `{"count":${orders.cancelAll('user')}}`, reqId, timeIn);
    const seconds = params['timeout'];
    if (!Number.isInteger(seconds) || (seconds as number) < 0 || (seconds as number) >= 86_400) return this.#refuse(method, 'EGeneral:Invalid arguments:timeout', reqId, timeIn);
    const triggerMs = orders.cancelAllAfter(seconds as number);
    return this.#accept(method, `{"currentTime":"${timeIn}","triggerTime":"${triggerMs === 0 ? '0' : rfc3339(triggerMs)}"}`, reqId, timeIn);
  }

  /** One answer per order, all with the same req_id. */
  #cancelOrders(params: Fields, reqId: number | null, timeIn: string): void {
    const byClient = Array.isArray(params['cl_ord_id']);
    const list: unknown[] = byClient ? (params['cl_ord_id'] as unknown[]) : Array.isArray(params['order_id']) ? params['order_id'] : [];
    if (list.length === 0 || (byClient && params['order_id'] !== undefined)) return this.#refuse('cancel_order', 'EGeneral:Invalid arguments:order_id', reqId, timeIn);
    for (const id of list) {
      const name = byClient ? 'cl_ord_id' : 'order_id';
      try {
        const { orders } = this.#context;
        orders.cancel(orders.findOpen(byClient ? { clientOrderId: textOf(id) } : { orderId: textOf(id) }));
        this.#accept('cancel_order', rawObject({ [name]: quoted(String(id)) }), reqId, timeIn);
      } catch (error) {
        this.#refuse('cancel_order', errorText(error), reqId, timeIn, rawObject({ [name]: quoted(String(id)) }).slice(1, -1));
      }
    }
  }

  #batchCancel(params: Fields, reqId: number | null, timeIn: string): void {
    const { orders } = this.#context;
    const orderIds = Array.isArray(params['orders']) ? params['orders'] : [];
    const clientIds = Array.isArray(params['cl_ord_id']) ? params['cl_ord_id'] : [];
    const total = orderIds.length + clientIds.length;
    if (total < 2 || total > 50) return this.#refuse('batch_cancel', 'EGeneral:Invalid arguments:orders', reqId, timeIn);
    let count = 0;
    const ids = [...orderIds.map((id) => ({ orderId: textOf(id) })), ...clientIds.map((id) => ({ clientOrderId: textOf(id) }))];
    for (const id of ids) {
      try {
        orders.cancel(orders.findOpen(id));
        count++;
      } catch (error) {
        if (!(error instanceof KrakenError)) throw error;
      }
    }
    this.#accept('batch_cancel', `{"count":${count}}`, reqId, timeIn);
  }

  #accept(method: string, result: string, reqId: number | null, timeIn: string): void {
    this.#send(`{"method":"${method}",${reqId === null ? '' : `"req_id":${reqId},`}"result":${result},"success":true,"time_in":"${timeIn}","time_out":"${this.#now()}"}`);
  }

  #refuse(method: string, error: string, reqId: number | null, timeIn: string, extra = ''): void {
    const text = `"error":${quoted(error)}${extra === '' ? '' : `,${extra}`}`;
    this.#send(`{"method":${quoted(method.slice(0, 60))},${reqId === null ? '' : `"req_id":${reqId},`}${text},"success":false,"time_in":"${timeIn}","time_out":"${this.#now()}"}`);
  }

  #now(): string {
    return rfc3339(this.#context.core.wallMs());
  }

  #send(text: string): void {
    this.socket.send(text);
  }
}

function instrumentPair(symbol: KrakenSymbol, status: string): string {
  const { spec } = symbol.market;
  return rawObject({
    symbol: quoted(symbol.name), base: quoted(spec.base), quote: quoted(spec.quote), status: quoted(status), qty_precision: String(spec.qtyDecimals),
    qty_increment: decimalText(1, spec.qtyDecimals), price_precision: String(spec.priceDecimals), cost_precision: '8', marginable: 'false', has_index: 'false',
    cost_min: formatScaled(spec.minNotional, 8), price_increment: decimalText(1, spec.priceDecimals), tick_size: decimalText(1, spec.priceDecimals),
    qty_min: decimalText(spec.minQtyUnits, spec.qtyDecimals),
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function errorText(error: unknown): string {
  return error instanceof KrakenError ? error.message : 'EGeneral:Internal error';
}
