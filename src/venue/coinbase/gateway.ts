/**
 * Coinbase Advanced Trade, private: orders by REST, their states over the user channel, their trades by REST. Sans-I/O.
 *
 * A session is ready once the user channel is granted. An answer that does not come, or says nothing clear, leaves the
 * order UNKNOWN until a query or the channel tells.
 * Sources: docs.cdp.coinbase.com, "Create order", "User channel".
 */
import { RejectReason, ReportKind, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OutgoingOrder } from '../contract.js';
import { OrderQuery } from '../order-query.js';
import { OrderReports } from '../order-reports.js';
import { ReportWriter } from '../report-writer.js';
import { pick, TrackedOrders, type TrackedOrder } from '../tracked-order.js';
import { BalanceRequest } from './balances.js';
import { Cancels } from './cancels.js';
import { FillList } from './fill-list.js';
import { FillRequests } from './fill-requests.js';
import { CoinbaseArchive } from './order-archive.js';
import { OrderProgress } from './order-progress.js';
import { ORDER_LIFETIME_S, ORDERS_PATH, OrderText, OrderTokens } from './order-text.js';
import { isFields, textOf, type OrderMessage } from './private-messages.js';
import { PrivateRequests } from './private-requests.js';
import { CoinbaseSigner } from './signer.js';
import { UserChannel } from './user-channel.js';
import { VenueClock } from './venue-clock.js';
import { isRefusal, reasonOfStatus, refusalOf } from './venue-error.js';

/** By then an order's token has run out: without an answer it is unknown, and if nobody knows of it, it will never be known. */
const SETTLED_NS = ORDER_LIFETIME_S * 1e9 + 1e9;
/** Heartbeats come every second: silence of this length is a dead connection. */
const STALL_NS = 10e9;

export class CoinbaseGateway implements GatewaySession {
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly clock: VenueClock;
  private readonly requests: PrivateRequests;
  private readonly progress: OrderProgress;
  private readonly fills: FillRequests;
  private readonly queries: OrderQuery<OrderMessage>;
  private readonly cancels: Cancels;
  private readonly balances: BalanceRequest;
  private readonly channel: UserChannel;
  private readonly text: OrderText;
  private readonly tokens: OrderTokens;
  /** Orders to cancel as soon as the venue's id of them is known. */
  private readonly toCancel = new Set<TrackedOrder>();
  private open = false;
  private lastFrameNs = 0;

  /** @throws RingsideError CREDENTIALS */
  constructor(private readonly options: GatewayOptions) {
    const { host, instruments, credentials } = options;
    const signer = new CoinbaseSigner(credentials);
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
    this.clock = new VenueClock(host);
    this.requests = new PrivateRequests(host, signer, () => this.clock.nowMs());
    this.progress = new OrderProgress(options, this.orders, this.reports, (order, nowNs) => this.fills.want(order, nowNs));
    const list = new FillList(this.orders, this.progress, this.requests);
    this.fills = new FillRequests(this.progress, list, (order, nowNs) => this.reports.unknown(order, nowNs));
    this.queries = new OrderQuery(this.orders, this.reports, new CoinbaseArchive(this.clock, this.progress, list, this.requests), SETTLED_NS);
    this.cancels = new Cancels(options, this.orders, this.reports, this.progress, this.requests);
    this.balances = new BalanceRequest(options, this.requests, this.writer);
    this.channel = new UserChannel(options, this.progress, () => signer.token(undefined, this.clock.nowMs()));
    this.text = new OrderText(instruments);
    this.tokens = new OrderTokens(signer, () => this.clock.nowMs());
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  get ready(): boolean {
    return this.open && this.channel.granted;
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.lastFrameNs = nowNs;
    this.requests.onOpen();
    this.channel.open();
    this.clock.ask(this.requests, nowNs);
    this.requests.pump(nowNs);
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.channel.close();
    this.requests.onClose(nowNs);
    // Whatever happened to the orders under way, it was not seen.
    for (const order of this.orders.live) this.reports.unknown(order, nowNs);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number, retryAfterNs = 0): void {
    this.writer.drain();
    this.requests.onResponse(tag, status, body, nowNs, retryAfterNs);
    this.cancelNamed(nowNs);
  }

  onTimer(nowNs: number): void {
    this.writer.drain();
    if (!this.open) return;
    this.tokens.prepare(nowNs);
    this.clock.follow(this.requests, nowNs);
    this.queries.onTimer(nowNs);
    this.fills.pump(nowNs);
    this.requests.pump(nowNs);
    this.reports.doubtOverdue(nowNs);
    if (nowNs - this.lastFrameNs > STALL_NS) this.reconnect(VenueReason.STALL);
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.ready) return false;
    if (!this.requests.mayOrder(nowNs)) {
      this.options.host.count('rateLimited');
      return false;
    }
    const tracked = this.orders.add({ ...pick(order), sentNs: nowNs });
    this.progress.ordered(tracked, order.qty);
    tracked.answerDueNs = nowNs + SETTLED_NS;
    this.requests.order({
      method: 'POST', path: ORDERS_PATH, body: this.text.create(order),
      onAnswer: (status, answer, answeredNs) => this.onPlaced(tracked, status, answer, answeredNs),
    }, this.tokens.take(nowNs));
    return true;
  }

  cancel(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.open) return false;
    const tracked = this.orders.get(order.orderId) ?? this.orders.add({ ...pick(order), sentNs: 0 });
    this.toCancel.add(tracked);
    // Without the venue's id there is nothing to cancel by: it comes with the answer, or with a search.
    if (tracked.venueOrderId === '' && tracked.answerDueNs < 0) this.ask(order, nowNs);
    this.cancelNamed(nowNs);
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.open) return false;
    this.ask(order, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.ready) return false;
    for (const order of this.orders.live) if (order.venueOrderId === '') this.toCancel.add(order);
    this.cancels.all(nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.open) return false;
    this.balances.request(nowNs);
    return true;
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.writer.drain();
    this.lastFrameNs = tsRecvNs;
    const reason = this.channel.onFrame(bytes, length, tsRecvNs);
    if (reason !== VenueReason.NONE) this.reconnect(reason);
    else this.cancelNamed(tsRecvNs);
  }

  private ask(order: OutgoingOrder, nowNs: number): void {
    const tracked = this.orders.get(order.orderId) ?? this.orders.add({ ...pick(order), sentNs: 0 });
    this.progress.ordered(tracked, order.qty);
    this.queries.askTracked(tracked, nowNs);
  }

  /** The answer to an order. "No" comes with HTTP 200. */
  private onPlaced(order: TrackedOrder, status: number, answer: unknown, nowNs: number): void {
    order.answerDueNs = -1;
    const taken = isFields(answer) && isFields(answer.success_response) ? answer.success_response : undefined;
    if (status === 200 && isFields(answer) && answer.success === true && taken !== undefined) {
      this.orders.name(order, textOf(taken.order_id));
      this.reports.acknowledge(order, 0, nowNs);
      // Trades that the channel told of before the order had a name.
      this.fills.pump(nowNs);
      return;
    }
    // The channel has told that the order lives: whatever failed, it was not the order.
    if (order.acknowledged || order.done) return;
    const isRejected = status === 200 && isFields(answer) && answer.success === false;
    const reason = isRejected ? refusalOf(answer) : isRefusal(status) ? reasonOfStatus(status, answer) : undefined;
    if (reason === undefined) {
      this.reports.unknown(order, nowNs);
      return;
    }
    if (reason === RejectReason.AUTH) this.options.host.count('authFailures');
    this.reports.finish(order, ReportKind.REJECTED, reason, 0, 0, nowNs);
  }

  /** Cancel what was to be cancelled and has a name by now. */
  private cancelNamed(nowNs: number): void {
    for (const order of this.toCancel) {
      if (order.venueOrderId === '' && !order.done) continue;
      this.toCancel.delete(order);
      if (!order.done) this.cancels.cancel(order, nowNs);
    }
  }

  /** @param reason VenueReason */
  private reconnect(reason: number): void {
    this.open = false;
    this.options.host.reconnect(reason);
  }
}
