/** One WebSocket connection: subscriptions, and messages numbered over all channels. Market data and the user channel come through the same door. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { VenueCore } from '../venue-core.js';
import type { CoinbaseAuth } from './auth.js';
import { bookSnapshot, tickerEvent, tradesEvent, type CoinbaseFrame } from './feed.js';
import { SecondCounter } from './limits.js';
import { timeText, userOrder } from './render.js';
import type { CoinbaseProduct, CoinbaseProducts } from './symbols.js';

export interface ConnectionContext {
  readonly core: VenueCore;
  readonly auth: CoinbaseAuth;
  readonly products: CoinbaseProducts;
  readonly messagesPerSecond: number;
  readonly flushEvents: () => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** How a message leaves: numbered all the same, but lost, sent twice, or cut short on its way. */
export type Delivery = 'whole' | 'lost' | 'doubled' | 'cut';

const SUBSCRIBE_WITHIN_MS = 5_000;
/** Channels close without messages for this long; heartbeats keep them open. */
const QUIET_MS = 90_000;
const OPEN_ORDERS_A_MESSAGE = 50;
const RECENT_TRADES = 100;
const CHANNELS = ['level2', 'market_trades', 'ticker', 'status', 'heartbeats', 'user'];

export class CoinbaseConnection {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly #context: ConnectionContext;
  /** Channel → products; of channels without products an empty set. */
  readonly #channels = new Map<string, Set<string>>();
  readonly #messages: SecondCounter;
  readonly #openedMs: number;
  #sequence = 0;
  #sentMs: number;
  #heartbeats = 0;

  constructor(socket: WebSocket, stream: Socket, context: ConnectionContext) {
    this.socket = socket;
    this.stream = stream;
    this.#context = context;
    this.#messages = new SecondCounter(context.messagesPerSecond);
    this.#openedMs = this.#sentMs = context.core.wallMs();
    socket.on('message', (data: Buffer) => this.#receive(data));
  }

  get isPrivate(): boolean {
    return this.#channels.has('user');
  }

  listens(topic: string): boolean {
    const [channel, product] = topic.split(':');
    return this.#channels.get(channel)?.has(product) ?? false;
  }

  /** Once a second: a heartbeat, or the end of a connection that asked for nothing or hears nothing. */
  tick(nowMs: number): void {
    if (this.#channels.has('heartbeats')) {
      const current = timeText(nowMs).replace('T', ' ').replace('Z', ' +0000 UTC');
      this.#heartbeats++;
      this.#send('heartbeats', `[{"current_time":"${current} m=+${(nowMs - this.#openedMs) / 1000}","heartbeat_counter":${this.#heartbeats}}]`, this.#context.core.virtualMs());
    } else if (this.#channels.size === 0 ? nowMs - this.#openedMs > SUBSCRIBE_WITHIN_MS : nowMs - this.#sentMs > QUIET_MS) this.socket.close(1000);
  }

  sendFrame(frame: CoinbaseFrame, delivery: Delivery): void {
    this.#send(frame.channel, frame.events, frame.timeMs, delivery);
  }

  /** Words on orders, as events of the user channel. */
  sendUser(type: string, orders: readonly Fields[]): void {
    if (this.isPrivate) this.#send('user', JSON.stringify([{ type, orders, positions: {} }]), this.#context.core.virtualMs());
  }

  sendStatus(type: string, status: string): void {
    const wanted = this.#channels.get('status');
    if (wanted === undefined) return;
    const products = this.#context.products.all.filter(({ id }) => wanted.has(id)).map(({ id, market: { spec } }) => ({
      product_type: 'SPOT', id, base_currency: spec.base, quote_currency: spec.quote, base_increment: String(10 ** -spec.qtyDecimals), quote_increment: String(10 ** -spec.priceDecimals), display_name: id.replace('-', '/'), status,
      status_message: '', min_market_funds: '1',
    }));
    this.#send('status', JSON.stringify([{ type, products }]), this.#context.core.virtualMs());
  }

  #receive(data: Buffer): void {
    const { core, auth } = this.#context;
    let message: Fields = {};
    try {
      const value: unknown = JSON.parse(data.toString('utf8'));
      if (typeof value === 'object' && value !== null) message = value as Fields;
    } catch {
      return this.#refuse('failed to parse message');
    }
    const { type, channel, jwt } = message;
    if (jwt === undefined && !this.#messages.take(core.wallMs())) return this.#refuse('rate limit exceeded');
    if (jwt !== undefined && !auth.accepts(jwt, null)) return this.#refuse('authentication failure');
    if ((type !== 'subscribe' && type !== 'unsubscribe') || typeof channel !== 'string' || !CHANNELS.includes(channel)) return this.#refuse('invalid message');
    if (channel === 'user' && jwt === undefined) return this.#refuse('authentication failure');
    return this.#subscription(type === 'subscribe', channel, Array.isArray(message['product_ids']) ? (message['product_ids'] as unknown[]) : []);
  }

  #subscription(isOn: boolean, channel: string, ids: readonly unknown[]): void {
    const { products } = this.#context;
    const found = ids.map((id) => products.find(id));
    if (found.includes(undefined)) return this.#refuse('invalid product id');
    const wanted = found as CoinbaseProduct[];
    const needsProducts = channel !== 'heartbeats' && channel !== 'user';
    if (needsProducts && wanted.length === 0) return this.#refuse('product_ids are required');
    const listening = this.#channels.get(channel) ?? new Set<string>();
    this.#channels.set(channel, listening);
    for (const { id } of wanted) {
      if (isOn) listening.add(id);
      else listening.delete(id);
    }
    if (!isOn && (listening.size === 0 || !needsProducts)) this.#channels.delete(channel);
    const current = Object.fromEntries([...this.#channels].map(([name, set]) => [name, name === 'user' ? ['sandbox-user'] : name === 'heartbeats' ? ['heartbeats'] : [...set]]));
    this.#send('subscriptions', JSON.stringify([{ subscriptions: current }]), this.#context.core.virtualMs());
    if (isOn) this.#sendSnapshots(channel, wanted);
  }

  #sendSnapshots(channel: string, wanted: readonly CoinbaseProduct[]): void {
    const { core } = this.#context;
    const now = core.virtualMs();
    if (channel === 'level2') for (const product of wanted) this.#send('l2_data', bookSnapshot(product), now);
    else if (channel === 'market_trades') for (const product of wanted) this.#send('market_trades', tradesEvent('snapshot', product, product.market.recentTrades.slice(-RECENT_TRADES)), now);
    else if (channel === 'ticker') for (const product of wanted) this.#send('ticker', tickerEvent('snapshot', product), now);
    else if (channel === 'status') this.sendStatus('snapshot', core.faults.active('maintenance') ? 'offline' : 'online');
    else if (channel === 'user') this.#sendOpenOrders();
  }

  /** In batches; a full one is followed by another. */
  #sendOpenOrders(): void {
    const { core, products, flushEvents } = this.#context;
    flushEvents();
    const open = [...core.exchange.open].map((order) => userOrder(order, products.of(order.market)));
    for (let i = 0; i <= open.length; i += OPEN_ORDERS_A_MESSAGE) this.sendUser('snapshot', open.slice(i, i + OPEN_ORDERS_A_MESSAGE));
  }

  /** Not numbered. */
  #refuse(text: string): void {
    this.socket.send(JSON.stringify({ type: 'error', message: text }));
  }

  #send(channel: string, events: string, timeMs: number, delivery: Delivery = 'whole'): void {
    const sequence = this.#sequence++;
    this.#sentMs = this.#context.core.wallMs();
    const text = `{"channel":"${channel}","client_id":"","timestamp":"${timeText(timeMs, sequence)}","sequence_num":${sequence},"events":${events}}`;
    if (delivery === 'lost') return;
    this.socket.send(delivery === 'cut' ? text.slice(0, text.length >> 1) : text);
    if (delivery === 'doubled') this.socket.send(text);
  }
}
