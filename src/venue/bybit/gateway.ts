/**
 * Bybit v5 spot, private side, over two sockets: orders leave on `/v5/trade`, what becomes of them comes on `/v5/private`.
 * Sans-I/O.
 *
 * The answer to an order says that it was taken for processing, no more: acknowledged, filled or refused it is by the
 * topics `order` and `execution`. They begin without a snapshot, so whatever went on while they were not listened to is
 * asked for by REST. Where an answer is lost or unclear the order is UNKNOWN until a topic or a query tells.
 * Sources: bybit-exchange.github.io/docs, "v5/ws/connect", "v5/websocket/trade/guideline", "v5/websocket/private/order", "…/execution".
 */
import { RejectReason, ReportKind, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OrderSocketSession, OutgoingOrder, SocketHost } from '../contract.js';
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
import { BybitArchive } from './order-archive.js';
import { OrderEvents } from './order-events.js';
import { OrderLimits } from './order-limits.js';
import { cancelText, OrderText } from './order-text.js';
import type { ExecutionMessage, OrderAnswer, OrderMessage, StreamMessage } from './private-messages.js';
import { PrivateRequests } from './private-requests.js';
import { BybitSigner, RECV_WINDOW_MS } from './signer.js';
import { Code, isUnclear, reasonOf } from './venue-error.js';

const TOPICS = ['order.spot', 'execution.spot'];
const PING = '{"op":"ping"}';
/** How long a logon may travel. */
const LOGON_MS = 10_000;
/** Longer than the venue takes a request for, so that what it refuses as late has been refused by then. */
const ANSWER_NS = RECV_WINDOW_MS * 1e6 + 1e9;
/** An order that was taken for processing and that no topic speaks of for this long is unknown. */
const HEARD_NS = 3e9;

export class BybitGateway implements GatewaySession {
  readonly orderEntry: OrderSocketSession;
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly events: OrderEvents;
  private readonly signer: BybitSigner;
  private readonly requests: PrivateRequests;
  private readonly queries: OrderQuery<OrderMessage>;
  private readonly openOrders: OpenOrders;
  private readonly balances: BalanceRequest;
  private readonly clock: VenueClock;
  private readonly text: OrderText;
  private readonly limits = new OrderLimits();
  private readonly stream: SocketLife;
  private readonly entry: SocketLife;
  private readonly entryHost: SocketHost;
  private readonly pending = new PendingAnswers<string>();
  private subscribed = false;
  /** Begins the ids of requests: they may not repeat, over connections either. */
  private requestPrefix = '';
  private requestId = 0;

  /** @throws RingsideError CREDENTIALS */
  constructor(private readonly options: GatewayOptions) {
    const { host } = options;
    if (host.orderEntry === undefined) throw new Error('Bybit takes orders on a socket of their own');
    this.entryHost = host.orderEntry;
    this.signer = new BybitSigner(options.credentials);
    this.clock = new VenueClock(host, '/v5/market/time', (result) => Number((result as { timeNano?: unknown } | undefined)?.timeNano) / 1e6, () => this.logOn());
    this.requests = new PrivateRequests(host, this.signer, () => this.clock.nowMs());
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
    this.events = new OrderEvents(options, this.orders, this.reports);
    this.queries = new OrderQuery(this.orders, this.reports, new BybitArchive(options, this.events, this.requests), ANSWER_NS);
    this.openOrders = new OpenOrders(options, this.requests);
    this.balances = new BalanceRequest(options, this.requests, this.writer);
    this.text = new OrderText(options.instruments);
    this.stream = new SocketLife(host, PING);
    this.entry = new SocketLife(this.entryHost, PING);
    this.orderEntry = {
      socketPath: () => '',
      onOpen: (nowNs) => this.onEntryOpen(nowNs),
      onFrame: (bytes, length, tsRecvNs) => this.onEntryFrame(bytes, length, tsRecvNs),
      onClose: (nowNs) => this.onEntryClose(nowNs),
    };
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  get ready(): boolean {
    return this.subscribed && this.entry.loggedOn;
  }

  onOpen(nowNs: number): void {
    this.stream.onOpen(nowNs);
    this.requests.onOpen();
    this.clock.ask(this.requests, nowNs);
    if (this.clock.known) this.logOn();
  }

  onClose(nowNs: number): void {
    this.stream.onClose();
    this.subscribed = false;
    this.requests.onClose();
    this.loseSight(nowNs);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    this.requests.onResponse(tag, status, body, nowNs);
  }

  onTimer(nowNs: number): void {
    this.writer.drain();
    this.reports.doubtOverdue(nowNs);
    this.stream.onTimer(nowNs);
    this.entry.onTimer(nowNs);
    if (!this.stream.open) return;
    this.clock.follow(this.requests, nowNs);
    this.queries.onTimer(nowNs);
    this.requests.pump(nowNs);
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.ready) return false;
    const unixMs = this.clock.nowMs();
    if (!this.limits.take(unixMs)) {
      this.options.host.count('rateLimited');
      return false;
    }
    const requestId = this.nextRequestId();
    this.entryHost.send(this.text.create(requestId, order, unixMs));
    this.pending.expect(requestId, this.orders.add({ ...pick(order), sentNs: nowNs }), false, nowNs + ANSWER_NS);
    return true;
  }

  cancel(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.entry.loggedOn) return false;
    this.sendCancel(this.orders.get(order.orderId) ?? this.orders.add({ ...pick(order), sentNs: 0 }), nowNs);
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.stream.open) return false;
    this.queries.ask(order, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.stream.open) return false;
    // Those on their way may not be listed yet.
    for (const order of this.orders.live) if (this.entry.loggedOn) this.sendCancel(order, nowNs);
    this.openOrders.cancelAll(nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.stream.open) return false;
    this.balances.request(nowNs);
    return true;
  }

  // ---- the stream ----

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.writer.drain();
    this.stream.onFrame(tsRecvNs);
    const message: StreamMessage | undefined = this.read(bytes, length);
    if (message === undefined) {
      // It may have told of any order.
      if (this.subscribed) this.loseSight(tsRecvNs);
    } else if (typeof message.topic === 'string') this.onTopic(message.topic.split('.')[0], message.data, tsRecvNs);
    else if (message.op === 'auth') this.onLogon(message.success === true);
    else if (message.op === 'subscribe') this.onSubscribed(message.success === true);
  }

  private onTopic(topic: string, data: unknown, nowNs: number): void {
    if (topic !== 'order' && topic !== 'execution') return;
    if (!Array.isArray(data)) return this.options.host.count('malformed');
    for (const item of data as (OrderMessage & ExecutionMessage | null)[]) {
      if (typeof item !== 'object' || item === null) this.options.host.count('malformed');
      else if (item.category !== 'spot') continue;
      else if (topic === 'order') this.events.onOrder(item, nowNs);
      else this.events.onExecution(item, nowNs);
    }
  }

  /** Both sockets, as far as they are open: with the venue's time, which a signature must carry. */
  private logOn(): void {
    const text = (): string => this.signer.logon('logon', this.clock.nowMs() + LOGON_MS);
    this.stream.logOn(text);
    this.entry.logOn(text);
  }

  private onLogon(granted: boolean): void {
    if (!granted) return this.refused(this.stream);
    this.stream.loggedOn = true;
    this.options.host.send(JSON.stringify({ req_id: 'topics', op: 'subscribe', args: TOPICS }));
  }

  private onSubscribed(granted: boolean): void {
    if (granted) this.subscribed = true;
    else this.refused(this.stream);
  }

  /** Key or permission: the counter tells; the host connects anew, more and more rarely. */
  private refused(socket: SocketLife): void {
    this.options.host.count('authFailures');
    socket.reconnect(VenueReason.AUTH);
  }

  /** Whatever happened to the orders under way, it was not seen. */
  private loseSight(nowNs: number): void {
    for (const order of this.orders.live) this.reports.unknown(order, nowNs);
  }

  // ---- the order socket ----

  private onEntryOpen(nowNs: number): void {
    this.entry.onOpen(nowNs);
    this.requestPrefix = `${Math.trunc(this.options.host.unixMs()).toString(36)}-`;
    if (this.clock.known) this.logOn();
  }

  private onEntryClose(nowNs: number): void {
    this.entry.onClose();
    for (const order of this.pending.giveUp()) this.reports.unknown(order, nowNs);
  }

  private onEntryFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    this.options.host.count('frames');
    this.writer.drain();
    this.entry.onFrame(tsRecvNs);
    // An order whose answer cannot be read is given up on when it is overdue, unless a topic tells.
    const answer: OrderAnswer | undefined = this.read(bytes, length);
    if (answer === undefined) return;
    const code = typeof answer.retCode === 'number' ? answer.retCode : Code.NO_ANSWER;
    if (answer.op === 'auth') this.onEntryLogon(code);
    else if (typeof answer.reqId === 'string') this.onOrderAnswer(answer.reqId, answer, code, tsRecvNs);
  }

  private onEntryLogon(code: number): void {
    if (code === Code.OK || code === Code.REPEATED_LOGON) this.entry.loggedOn = true;
    else this.refused(this.entry);
  }

  private onOrderAnswer(requestId: string, { data, header }: OrderAnswer, code: number, nowNs: number): void {
    const pending = this.pending.take(requestId);
    if (pending === undefined) return;
    const { order, isCancel } = pending;
    if (!isCancel) this.limits.told(header);
    if (reasonOf(code) === RejectReason.RATE_LIMITED) {
      this.options.host.count('rateLimited');
      this.limits.refused(header, this.clock.nowMs());
    }
    if (code === Code.OK) this.onTaken(order, isCancel, typeof data?.orderId === 'string' ? data.orderId : '', nowNs);
    else if (isCancel) this.onCancelRefused(order, code, nowNs);
    else this.onRefused(order, code, nowNs);
    if (code === Code.CLOCK) this.clock.ask(this.requests, nowNs);
    if (code === Code.RESTARTING) this.entry.reconnect(VenueReason.SHUTDOWN_ANNOUNCED);
    if (reasonOf(code) === RejectReason.AUTH) this.refused(this.entry);
  }

  /** Taken for processing; the topics tell the rest, or have told it. */
  private onTaken(order: TrackedOrder, isCancel: boolean, venueOrderId: string, nowNs: number): void {
    this.orders.name(order, venueOrderId);
    if (!order.done && (isCancel || !order.acknowledged)) order.answerDueNs = nowNs + HEARD_NS;
  }

  private onRefused(order: TrackedOrder, code: number, nowNs: number): void {
    // A topic has told that the order lives: whatever failed, it was not the order.
    if (order.acknowledged || order.done) return;
    if (isUnclear(code)) this.reports.unknown(order, nowNs);
    else this.reports.finish(order, ReportKind.REJECTED, reasonOf(code), 0, 0, nowNs);
  }

  private onCancelRefused(order: TrackedOrder, code: number, nowNs: number): void {
    if (order.done) return;
    order.cancelSentNs = -1;
    if (isUnclear(code)) this.reports.unknown(order, nowNs);
    else this.reports.report(order, ReportKind.CANCEL_REJECTED, reasonOf(code), order.cumQty, 0, nowNs);
  }

  private sendCancel(order: TrackedOrder, nowNs: number): void {
    const requestId = this.nextRequestId();
    order.cancelSentNs = nowNs;
    this.entryHost.send(cancelText(requestId, order.instrument.symbol, order.clientOrderId, this.clock.nowMs()));
    this.pending.expect(requestId, order, true, nowNs + ANSWER_NS);
  }

  private nextRequestId(): string {
    return this.requestPrefix + String(++this.requestId);
  }

  private read(bytes: Uint8Array, length: number): object | undefined {
    try {
      const message: unknown = JSON.parse(textOf(bytes, 0, length));
      if (typeof message === 'object' && message !== null) return message;
    } catch {
      // Counted below.
    }
    this.options.host.count('malformed');
    return undefined;
  }
}
