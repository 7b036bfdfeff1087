/**
 * OKX v5 spot, private socket: orders out, what becomes of them in. Sans-I/O.
 *
 * A session is ready once it knows the venue's time (REST), is logged on, and the `orders` channel granted its
 * subscription. The answer to an order acknowledges it; fills and ends come over the channel, before or after. Where an
 * answer is lost or unclear the order is UNKNOWN until the channel or a query tells.
 * Sources: okx.com/docs-v5, "Login", "WS / Place order", "WS / Cancel order", "WS / Order channel".
 */
import { RejectReason, ReportKind, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OutgoingOrder } from '../contract.js';
import { OrderQuery } from '../order-query.js';
import { OrderReports } from '../order-reports.js';
import { PendingAnswers } from '../pending-answers.js';
import { ReportWriter } from '../report-writer.js';
import { textOf } from '../scan.js';
import { SocketLife } from '../socket-life.js';
import { pick, TrackedOrders, type TrackedOrder } from '../tracked-order.js';
import { VenueClock } from '../venue-clock.js';
import { BalanceRequest } from './balances.js';
import { OpenOrders } from './open-orders.js';
import { OkxArchive } from './order-archive.js';
import { OrderEvents } from './order-events.js';
import { OrderLimits } from './order-limits.js';
import { batchCancelText, cancelText, DEADLINE_MS, OrderText } from './order-text.js';
import type { OperationItem, OrderMessage, PrivateFrame } from './private-messages.js';
import { PrivateRequests } from './private-requests.js';
import { OkxSigner } from './signer.js';
import { Code, codeOf, isUnclear, reasonOf } from './venue-error.js';

const SUBSCRIBE = '{"op":"subscribe","args":[{"channel":"orders","instType":"SPOT"}]}';
const PING = 'ping';
const PONG = 'pong';
const TIME_PATH = '/api/v5/public/time';
/** `{"event":"notice"}`: the connection will be cut for an upgrade within a minute. */
const UPGRADE = 64008;
/** Longer than the venue takes a request for, so that what it drops as late has been dropped by then. */
const ANSWER_NS = DEADLINE_MS * 1e6 + 1e9;
/** What was taken and has to end by itself, and that the channel does not speak of for this long, is unknown. */
const HEARD_NS = 3e9;

export class OkxGateway implements GatewaySession {
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly events: OrderEvents;
  private readonly signer: OkxSigner;
  private readonly requests: PrivateRequests;
  private readonly queries: OrderQuery<OrderMessage>;
  private readonly openOrders: OpenOrders;
  private readonly balances: BalanceRequest;
  private readonly clock: VenueClock;
  private readonly text: OrderText;
  private readonly limits = new OrderLimits();
  private readonly socket: SocketLife;
  private readonly pending = new PendingAnswers<number>();
  private subscribed = false;
  private requestId = 0;

  /** @throws RingsideError CREDENTIALS */
  constructor(private readonly options: GatewayOptions) {
    const { host } = options;
    this.signer = new OkxSigner(options.credentials);
    this.clock = new VenueClock(host, TIME_PATH, timeOf, () => this.logOn());
    this.requests = new PrivateRequests(host, this.signer, () => this.clock.nowMs());
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
    this.events = new OrderEvents(options, this.orders, this.reports, (order, nowNs) => this.queries.askTracked(order, nowNs));
    this.queries = new OrderQuery(this.orders, this.reports, new OkxArchive(this.events, this.requests), ANSWER_NS);
    this.openOrders = new OpenOrders(options, this.requests, (batch) => {
      if (this.socket.loggedOn) host.send(batchCancelText(++this.requestId, batch));
    });
    this.balances = new BalanceRequest(options, this.requests, this.writer);
    this.text = new OrderText(options.instruments);
    this.socket = new SocketLife(host, PING);
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  get ready(): boolean {
    return this.subscribed;
  }

  onOpen(nowNs: number): void {
    this.socket.onOpen(nowNs);
    this.requests.onOpen();
    this.clock.ask(this.requests, nowNs);
    if (this.clock.known) this.logOn();
  }

  onClose(nowNs: number): void {
    this.socket.onClose();
    this.subscribed = false;
    this.requests.onClose();
    this.pending.giveUp();
    this.loseSight(nowNs);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    this.requests.onResponse(tag, status, body, nowNs);
  }

  onTimer(nowNs: number): void {
    this.writer.drain();
    this.reports.doubtOverdue(nowNs);
    this.socket.onTimer(nowNs);
    if (!this.socket.open) return;
    this.clock.follow(this.requests, nowNs);
    this.queries.onTimer(nowNs);
    this.requests.pump(nowNs);
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.ready) return false;
    if (!this.limits.take(order.instrument.index, nowNs)) {
      this.options.host.count('rateLimited');
      return false;
    }
    const requestId = ++this.requestId;
    this.options.host.send(this.text.place(requestId, order, this.clock.nowMs()));
    this.pending.expect(requestId, this.orders.add({ ...pick(order), sentNs: nowNs }), false, nowNs + ANSWER_NS);
    return true;
  }

  cancel(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.socket.loggedOn) return false;
    this.sendCancel(this.orders.get(order.orderId) ?? this.orders.add({ ...pick(order), sentNs: 0 }), nowNs);
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.socket.open) return false;
    this.queries.ask(order, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.socket.loggedOn) return false;
    // Those on their way may not be listed yet.
    for (const order of this.orders.live) this.sendCancel(order, nowNs);
    this.openOrders.cancelAll(nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.socket.open) return false;
    this.balances.request(nowNs);
    return true;
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.writer.drain();
    this.socket.onFrame(tsRecvNs);
    const text = textOf(bytes, 0, length);
    if (text === PONG) return;
    const frame = this.parse(text);
    if (frame === undefined) {
      // It may have told of any order.
      if (this.subscribed) this.loseSight(tsRecvNs);
    } else if (typeof frame.event === 'string') this.onEvent(frame.event, frame, tsRecvNs);
    else if (typeof frame.op === 'string') this.onAnswer(frame, tsRecvNs);
    else if (frame.arg?.channel === 'orders') this.onOrders(frame.data, tsRecvNs);
  }

  private onOrders(data: unknown, nowNs: number): void {
    if (!Array.isArray(data)) return this.options.host.count('malformed');
    for (const item of data as (OrderMessage | null)[]) {
      if (typeof item !== 'object' || item === null) this.options.host.count('malformed');
      else this.events.onOrder(item, nowNs);
    }
  }

  // ---- events ----

  private onEvent(event: string, frame: PrivateFrame, nowNs: number): void {
    const code = codeOf(frame.code);
    if (event === 'login' && code === Code.OK) {
      this.socket.loggedOn = true;
      this.options.host.send(SUBSCRIBE);
    } else if (event === 'subscribe') this.subscribed = frame.arg?.channel === 'orders' || this.subscribed;
    else if (event === 'notice' && code === UPGRADE) this.socket.reconnect(VenueReason.SHUTDOWN_ANNOUNCED);
    else if (event === 'channel-conn-count-error') this.socket.reconnect(VenueReason.PROTOCOL);
    else if (event === 'error' || event === 'login') this.onError(frame, code, nowNs);
  }

  /** Of an operation where it says which one, else of the connection. */
  private onError(frame: PrivateFrame, code: number, nowNs: number): void {
    const pending = this.pending.take(Number(frame.id));
    if (pending !== undefined) return this.onRefused(pending.order, pending.isCancel, code, nowNs);
    if (this.subscribed && reasonOf(code) !== RejectReason.AUTH) return this.options.host.count('requestErrors');
    this.options.host.count('authFailures');
    // A login that came too late: the clock is asked for anew when the connection is.
    this.socket.reconnect(code === Code.LOGIN_EXPIRED ? VenueReason.PROTOCOL : VenueReason.AUTH);
    this.subscribed = false;
  }

  private logOn(): void {
    this.socket.logOn(() => this.signer.login(this.clock.nowMs()));
  }

  /** Whatever happened to the orders under way, it was not seen. */
  private loseSight(nowNs: number): void {
    for (const order of this.orders.live) this.reports.unknown(order, nowNs);
  }

  // ---- answers ----

  /** The code of the whole is that of the one order in it only where that has none of its own. */
  private onAnswer(frame: PrivateFrame, nowNs: number): void {
    const pending = this.pending.take(Number(frame.id));
    if (pending === undefined) return;
    const [item] = Array.isArray(frame.data) ? (frame.data as (OperationItem | undefined)[]) : [];
    const code = item?.sCode === undefined ? codeOf(frame.code) : codeOf(item.sCode);
    if (code !== Code.OK) return this.onRefused(pending.order, pending.isCancel, code, nowNs);
    const { order, isCancel } = pending;
    this.orders.name(order, item?.ordId ?? '');
    // That a cancel was taken is all this says; that it was done is told by the channel.
    if (!isCancel) this.reports.acknowledge(order, this.events.timeOf(item?.ts), nowNs);
    if (!order.done && (isCancel || order.immediate)) order.answerDueNs = nowNs + HEARD_NS;
  }

  private onRefused(order: TrackedOrder, isCancel: boolean, code: number, nowNs: number): void {
    const reason = reasonOf(code);
    if (reason === RejectReason.RATE_LIMITED) {
      this.options.host.count('rateLimited');
      this.limits.refused(nowNs);
    }
    if (reason === RejectReason.CLOCK) this.clock.ask(this.requests, nowNs);
    if (isCancel) this.onCancelRefused(order, code, nowNs);
    // The channel has told that the order lives: whatever failed, it was not the order.
    else if (order.acknowledged || order.done) return;
    else if (isUnclear(code)) this.reports.unknown(order, nowNs);
    else this.reports.finish(order, ReportKind.REJECTED, reason, 0, 0, nowNs);
  }

  private onCancelRefused(order: TrackedOrder, code: number, nowNs: number): void {
    if (order.done) return;
    order.cancelSentNs = -1;
    if (isUnclear(code)) this.reports.unknown(order, nowNs);
    else this.reports.report(order, ReportKind.CANCEL_REJECTED, reasonOf(code), order.cumQty, 0, nowNs);
  }

  private sendCancel(order: TrackedOrder, nowNs: number): void {
    const requestId = ++this.requestId;
    order.cancelSentNs = nowNs;
    this.options.host.send(cancelText(requestId, order.instrument, order.clientOrderId));
    this.pending.expect(requestId, order, true, nowNs + ANSWER_NS);
  }

  private parse(text: string): PrivateFrame | undefined {
    try {
      const frame: unknown = JSON.parse(text);
      if (typeof frame === 'object' && frame !== null) return frame;
    } catch {
      // Counted below.
    }
    this.options.host.count('malformed');
    return undefined;
  }
}

/** `[{"ts":"1795000000000"}]`. */
function timeOf(result: unknown): number {
  return Number((result as { ts?: unknown }[] | undefined)?.[0]?.ts);
}
