/**
 * Kraken spot, private WebSocket v2: orders out, acknowledgements, fills and balances in. Sans-I/O.
 *
 * A session is ready once it has a token (REST), the executions channel granted its subscription, and the venue matches
 * orders. Where an answer is lost or unclear the order is UNKNOWN until a query or the channel tells.
 * Sources: docs.kraken.com, "Spot websockets v2": add order, cancel order, executions; "Get websockets token".
 */
import { RejectReason, ReportKind, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OutgoingOrder } from '../contract.js';
import { ObjectFields } from '../object-fields.js';
import { OrderQuery } from '../order-query.js';
import { OrderReports } from '../order-reports.js';
import { PendingAnswers } from '../pending-answers.js';
import { ReportWriter } from '../report-writer.js';
import { scanned } from '../scan.js';
import { scanIsoTime, splitEpoch, type EpochParts } from '../scan-time.js';
import { pick, TrackedOrders, type TrackedOrder } from '../tracked-order.js';
import { BalanceRequest } from './balances.js';
import { Executions } from './executions.js';
import { KrakenArchive, type FoundOrder } from './order-archive.js';
import { cancelText, DEADLINE_MS, executionsText, OrderText } from './order-text.js';
import { PrivateRequests } from './private-requests.js';
import { RateCounters } from './rate-counter.js';
import { isAuthFailure, isUnclear, rejectReasonOf } from './venue-error.js';

const TOKEN_PATH = '/0/private/GetWebSocketsToken';
/** Heartbeats come every second: silence of this length is a dead connection. */
const STALL_NS = 10e9;
/** An order or cancel without an answer for this long is unknown; by then the order's deadline has passed. */
const ANSWER_NS = DEADLINE_MS * 1e6 + 1e9;
/** How long after it was sent an order that nobody knows of will never be known. */
const SETTLED_NS = DEADLINE_MS * 1e6 + 1e9;
/** Trades appear a little after the order they belong to. */
const TRADE_ATTEMPTS_MAX = 6;
const TOKEN_RETRY_NS = 5e9;
const CANCEL_BATCH = 50;

const MESSAGE_FIELDS = ['channel', 'type', 'data', 'sequence', 'method', 'req_id', 'success', 'error', 'result', 'time_out', 'Error'] as const;
const FIELD = Object.fromEntries(MESSAGE_FIELDS.map((name, index) => [name, index])) as Record<(typeof MESSAGE_FIELDS)[number], number>;

export class KrakenGateway implements GatewaySession {
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly executions: Executions;
  private readonly requests: PrivateRequests;
  private readonly queries: OrderQuery<FoundOrder>;
  private readonly balances: BalanceRequest;
  private readonly text: OrderText;
  private readonly rates: RateCounters;
  private readonly fields = new ObjectFields(MESSAGE_FIELDS);
  private readonly resultFields = new ObjectFields(['order_id', 'cl_ord_id', 'maxratecount', 'channel']);
  private readonly epoch: EpochParts;
  private readonly pending = new PendingAnswers<number>();
  private requestId = 0;
  private token = '';
  private tokenDueNs = -1;
  private open = false;
  private online = true;
  private subscribed = false;
  private lastFrameNs = 0;
  private pinged = false;

  constructor(private readonly options: GatewayOptions) {
    const { host, instruments } = options;
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
    this.executions = new Executions(options, this.orders, this.reports);
    this.requests = new PrivateRequests(host, options.credentials);
    this.queries = new OrderQuery(this.orders, this.reports, new KrakenArchive(options, this.reports, this.requests), SETTLED_NS, TRADE_ATTEMPTS_MAX);
    this.balances = new BalanceRequest(options, this.requests, this.writer);
    this.text = new OrderText(instruments);
    this.rates = new RateCounters(Math.max(0, ...instruments.map(({ index }) => index)) + 1);
    this.epoch = splitEpoch(options.epochUnixNs);
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  get ready(): boolean {
    return this.subscribed && this.online;
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.online = true;
    this.lastFrameNs = nowNs;
    this.pinged = false;
    this.requests.onOpen();
    this.requestToken(nowNs);
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.subscribed = false;
    this.token = '';
    this.tokenDueNs = -1;
    this.pending.giveUp();
    this.requests.onClose();
    this.requests.drop(TOKEN_PATH);
    this.loseSight(nowNs);
  }

  onResponse(tag: number, status: number, body: Uint8Array, nowNs: number): void {
    this.requests.onResponse(tag, status, body, nowNs);
  }

  onTimer(nowNs: number): void {
    this.writer.drain();
    if (!this.open) return;
    this.queries.onTimer(nowNs);
    this.requests.pump(nowNs);
    if (this.tokenDueNs >= 0 && nowNs >= this.tokenDueNs) this.requestToken(nowNs);
    this.reports.doubtOverdue(nowNs);
    const silentNs = nowNs - this.lastFrameNs;
    if (silentNs > STALL_NS) this.reconnect(VenueReason.STALL);
    else if (silentNs > STALL_NS / 2 && !this.pinged) {
      this.pinged = true;
      this.options.host.send(`{"method":"ping","req_id":${++this.requestId}}`);
    }
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    const { host } = this.options;
    if (!this.ready) return false;
    if (!this.rates.tryOrder(order.instrument.index, nowNs)) {
      host.count('rateLimited');
      return false;
    }
    const requestId = ++this.requestId;
    host.send(this.text.add(order, this.token, requestId, host.unixMs()));
    this.pending.expect(requestId, this.orders.add({ ...pick(order), sentNs: nowNs }), false, nowNs + ANSWER_NS);
    return true;
  }

  rehearse(order: OutgoingOrder): string {
    return this.text.add(order, this.token, 0, this.options.host.unixMs());
  }

  cancel(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.subscribed) return false;
    const tracked = this.orders.get(order.orderId) ?? this.orders.add({ ...pick(order), sentNs: 0 });
    this.sendCancel(tracked, nowNs);
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.open) return false;
    this.queries.ask(order, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.subscribed) return false;
    const { host } = this.options;
    // Not the venue's cancel_all: the account may have orders on markets that are none of the engine's.
    const ids = [...this.executions.open.keys()];
    for (const id of ids) {
      const order = this.orders.byVenue(id);
      const instrument = this.executions.open.get(id)!;
      if (order !== undefined) order.cancelSentNs = nowNs;
      this.rates.addCancel(instrument.index, order === undefined ? 0 : nowNs - order.sentNs, nowNs);
    }
    for (let i = 0; i < ids.length; i += CANCEL_BATCH) host.send(cancelText({ venueOrderIds: ids.slice(i, i + CANCEL_BATCH) }, this.token, ++this.requestId));
    for (const order of this.orders.live) if (order.venueOrderId === '') this.sendCancel(order, nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.open) return false;
    this.balances.request(nowNs);
    return true;
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { host } = this.options;
    const { fields } = this;
    host.count('frames');
    this.writer.drain();
    this.lastFrameNs = tsRecvNs;
    this.pinged = false;
    if (fields.read(bytes, 0, length) < 0) {
      host.count('malformed');
      // It may have been a message of the executions channel.
      if (this.subscribed) this.resubscribe(tsRecvNs);
      return;
    }
    const channel = fields.text(bytes, FIELD.channel);
    if (channel === 'executions') this.onExecutions(bytes, length, tsRecvNs);
    else if (channel === 'status') this.onStatus(bytes);
    else if (channel === '') this.onAnswer(bytes, length, tsRecvNs);
  }

  private onExecutions(bytes: Uint8Array, length: number, nowNs: number): void {
    const { fields } = this;
    const isSnapshot = fields.text(bytes, FIELD.type) === 'snapshot';
    const sequence = Number(fields.text(bytes, FIELD.sequence));
    const complete = fields.at(FIELD.data) >= 0 && this.executions.onMessage(isSnapshot, sequence, bytes, fields.at(FIELD.data), length, nowNs);
    if (complete || !this.subscribed) return;
    this.options.host.count('gaps');
    this.resubscribe(nowNs);
  }

  /** Messages were missed: start the channel anew, and find out what became of everything in between. */
  private resubscribe(nowNs: number): void {
    this.subscribed = false;
    this.options.host.send(executionsText('unsubscribe', this.token, ++this.requestId));
    this.subscribe();
    this.loseSight(nowNs);
  }

  private subscribe(): void {
    this.executions.reset();
    this.options.host.send(executionsText('subscribe', this.token, ++this.requestId));
  }

  /** Whatever happened to the orders under way, it was not seen. */
  private loseSight(nowNs: number): void {
    for (const order of this.orders.live) this.reports.unknown(order, nowNs);
  }

  /** Only `online` matches orders that take liquidity. */
  private onStatus(bytes: Uint8Array): void {
    const system = /"system"\s*:\s*"([a-z_]+)"/.exec(this.fields.text(bytes, FIELD.data))?.[1];
    if (system !== undefined) this.online = system === 'online';
  }

  /** The answer to a request of ours. */
  private onAnswer(bytes: Uint8Array, length: number, nowNs: number): void {
    const { fields } = this;
    const complaint = fields.text(bytes, FIELD.Error);
    const method = fields.text(bytes, FIELD.method);
    const error = fields.text(bytes, FIELD.success) === 'true' ? undefined : fields.text(bytes, FIELD.error);
    if (complaint !== '') this.options.host.count('rateLimited');
    else if (method === 'subscribe') this.onSubscribed(bytes, length, error, nowNs);
    else if (method === 'add_order' || method === 'cancel_order') {
      const pending = this.pending.take(Number(fields.text(bytes, FIELD.req_id)));
      if (pending === undefined) return;
      if (pending.isCancel) this.onCancelAnswer(pending.order, error, nowNs);
      else this.onPlaceAnswer(pending.order, error, bytes, length, nowNs);
    }
  }

  private onPlaceAnswer(order: TrackedOrder, error: string | undefined, bytes: Uint8Array, length: number, nowNs: number): void {
    const timeAt = this.fields.at(FIELD.time_out);
    const tsVenueNs = timeAt >= 0 && scanIsoTime(bytes, timeAt, length, this.epoch) >= 0 ? scanned[0] : 0;
    if (error === undefined) {
      const result = this.fields.at(FIELD.result);
      if (result >= 0 && this.resultFields.read(bytes, result, length) >= 0) this.orders.name(order, this.resultFields.text(bytes, 0));
      this.reports.acknowledge(order, tsVenueNs, nowNs);
      this.executions.adopt(order, nowNs);
      return;
    }
    // The channel has told that the order lives: whatever failed, it was not the order.
    if (order.acknowledged || order.done) return;
    if (isUnclear(error)) {
      this.reports.unknown(order, nowNs);
      return;
    }
    const reason = rejectReasonOf(error);
    if (reason === RejectReason.RATE_LIMITED) this.rates.exceeded(order.instrument.index, nowNs);
    this.reports.finish(order, ReportKind.REJECTED, reason, 0, tsVenueNs, nowNs);
    if (isAuthFailure(error)) this.authFailed(nowNs);
  }

  /** The cancellation itself is told by the channel; here only that it was refused. */
  private onCancelAnswer(order: TrackedOrder, error: string | undefined, nowNs: number): void {
    if (error === undefined || order.done) return;
    order.cancelSentNs = -1;
    if (isUnclear(error)) this.reports.unknown(order, nowNs);
    else this.reports.report(order, ReportKind.CANCEL_REJECTED, rejectReasonOf(error), order.cumQty, 0, nowNs);
    if (isAuthFailure(error)) this.authFailed(nowNs);
  }

  private onSubscribed(bytes: Uint8Array, length: number, error: string | undefined, nowNs: number): void {
    if (error !== undefined) {
      // Subscribed without our knowing: only a new connection has numbers that start at one.
      if (/already/i.test(error)) this.reconnect(VenueReason.PROTOCOL);
      else this.authFailed(nowNs);
      return;
    }
    const result = this.fields.at(FIELD.result);
    if (result < 0 || this.resultFields.read(bytes, result, length) < 0 || this.resultFields.text(bytes, 3) !== 'executions') return;
    const threshold = Number(this.resultFields.text(bytes, 2));
    if (threshold > 0) this.rates.setThreshold(threshold);
    this.subscribed = true;
  }

  /** Key, permission or token refused: a new token may help; if not, the counter tells. */
  private authFailed(nowNs: number): void {
    this.options.host.count('authFailures');
    this.subscribed = false;
    this.token = '';
    this.tokenDueNs = nowNs + TOKEN_RETRY_NS;
  }

  private requestToken(nowNs: number): void {
    this.tokenDueNs = -1;
    this.requests.drop(TOKEN_PATH);
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      const token = (result as { token?: unknown } | undefined)?.token;
      if (error === undefined && typeof token === 'string' && token !== '') {
        this.token = token;
        this.subscribe();
      } else this.authFailed(answeredNs);
    };
    this.requests.add({ path: TOKEN_PATH, points: 1, onAnswer }, nowNs, true);
  }

  private sendCancel(order: TrackedOrder, nowNs: number): void {
    const requestId = ++this.requestId;
    order.cancelSentNs = nowNs;
    this.rates.addCancel(order.instrument.index, nowNs - order.sentNs, nowNs);
    this.options.host.send(cancelText({ clientOrderIds: [order.clientOrderId] }, this.token, requestId));
    this.pending.expect(requestId, order, true, nowNs + ANSWER_NS);
  }

  private reconnect(reason: number): void {
    this.open = false;
    this.options.host.reconnect(reason);
  }
}
