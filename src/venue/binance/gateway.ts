/**
 * Binance's WebSocket API: orders out, execution reports, fills and balances in. With an Ed25519 key the session is
 * logged on once and orders travel unsigned; with a secret every request carries its signature. An answer that does
 * not come, or says nothing clear, is UNKNOWN.
 */
import { RejectReason, ReportKind, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OutgoingOrder } from '../contract.js';
import { textOf } from '../scan.js';
import { OrderLimits } from './order-limits.js';
import { OrderProgress } from './order-progress.js';
import { OrderReports } from './order-reports.js';
import { OrderText, RECV_WINDOW_MS } from './order-text.js';
import type { ExecutionEvent, Message, OrderResult } from './private-messages.js';
import { BinanceSigner } from './signer.js';
import type { TrackedOrder } from './tracked-order.js';
import { isRateLimit, Outcome, outcomeOf, reasonOf, type VenueError } from './venue-error.js';

const Kind = { TIME: 0, LOGON: 1, SUBSCRIBE: 2, PLACE: 3, CANCEL: 4, STATUS: 5, TRADES: 6, CANCEL_ALL: 7, ACCOUNT: 8 } as const;

interface Pending {
  readonly kind: number;
  readonly sentNs: number;
  /** Orders and queries only. */
  readonly order: TrackedOrder | undefined;
  /** The answer to STATUS, while TRADES is asked for. */
  readonly status: OrderResult | undefined;
  /** It was given up on and reported; an answer that still comes is taken. */
  overdue: boolean;
}

/** Longer than the venue takes a request for, so that what it refuses as late has been refused by then. */
const ANSWER_NS = (RECV_WINDOW_MS + 1000) * 1e6;
const FORGET_NS = 60e9;
const AGE_NS_MAX = 23.75 * 3600e9;
/** Quiet accounts hear nothing: ask the time now and then to tell silence from a dead connection, and to follow the clock. */
const TIME_EVERY_NS = 30e9;
const STALL_NS = 60e9;

export class BinanceGateway implements GatewaySession {
  ready = false;
  private readonly signer: BinanceSigner;
  private readonly text: OrderText;
  private readonly reports: OrderReports;
  private readonly limits = new OrderLimits();
  private readonly progress: OrderProgress;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private openedNs = 0;
  private lastFrameNs = 0;
  private timeAskedNs = 0;
  private timeAskedMs = 0;
  private isOpen = false;
  /** The venue's clock minus this machine's, ms. */
  private clockOffsetMs = 0;
  /** Placements on their way. */
  private placing = 0;

  /** @throws RingsideError CREDENTIALS */
  constructor(private readonly options: GatewayOptions) {
    this.signer = new BinanceSigner(options.credentials);
    this.text = new OrderText(this.signer, !this.signer.canLogOn);
    this.reports = new OrderReports(options.sink, options.venueIndex, (code) => options.assetIndex(code));
    this.progress = new OrderProgress(options, this.reports);
    for (const instrument of options.instruments) this.text.prepare(instrument);
  }

  socketPath(): string {
    return '';
  }

  onOpen(nowNs: number): void {
    this.isOpen = true;
    this.ready = false;
    this.openedNs = nowNs;
    this.lastFrameNs = nowNs;
    this.askTime(nowNs);
    if (this.signer.canLogOn) this.sendSigned(Kind.LOGON, 'session.logon', {}, nowNs);
    else this.sendSigned(Kind.SUBSCRIBE, 'userDataStream.subscribe.signature', {}, nowNs);
  }

  onClose(nowNs: number): void {
    this.isOpen = false;
    this.ready = false;
    for (const pending of this.pending.values()) this.giveUp(pending, nowNs);
    this.pending.clear();
    this.placing = 0;
  }

  onTimer(nowNs: number): void {
    this.reports.drain();
    for (const [id, pending] of this.pending) {
      const ageNs = nowNs - pending.sentNs;
      if (ageNs > ANSWER_NS && !pending.overdue) this.giveUp(pending, nowNs);
      if (ageNs > FORGET_NS) this.settle(id);
    }
    if (!this.isOpen) return;
    if (nowNs - this.openedNs > AGE_NS_MAX) this.options.host.reconnect(VenueReason.AGE);
    else if (nowNs - this.lastFrameNs > STALL_NS) this.options.host.reconnect(VenueReason.STALL);
    else if (nowNs - this.timeAskedNs > TIME_EVERY_NS) this.askTime(nowNs);
  }

  onResponse(): void {
    // Everything travels over the socket.
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    const { host } = this.options;
    const timestampMs = this.venueMs();
    if (!this.ready) return false;
    if (!this.limits.take(timestampMs)) {
      host.count('rateLimited');
      return false;
    }
    const id = this.nextId++;
    host.send(this.text.place(id, order, timestampMs));
    const tracked = this.progress.orders.track(order.orderId, order.instrument, order.side === 1);
    tracked.tsSentNs = nowNs;
    this.placing++;
    this.pending.set(id, { kind: Kind.PLACE, sentNs: nowNs, order: tracked, status: undefined, overdue: false });
    return true;
  }

  rehearse(order: OutgoingOrder): string {
    return this.text.place(0, order, this.venueMs());
  }

  cancel(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.maySend()) return false;
    this.sendFor(Kind.CANCEL, 'order.cancel', { symbol: order.instrument.symbol, origClientOrderId: order.clientOrderId }, order, nowNs);
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    if (!this.maySend()) return false;
    this.sendFor(Kind.STATUS, 'order.status', { symbol: order.instrument.symbol, origClientOrderId: order.clientOrderId }, order, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.maySend()) return false;
    for (const { symbol } of this.options.instruments) this.sendSigned(Kind.CANCEL_ALL, 'openOrders.cancelAll', { symbol }, nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.maySend()) return false;
    this.sendSigned(Kind.ACCOUNT, 'account.status', {}, nowNs);
    return true;
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { host } = this.options;
    host.count('frames');
    this.lastFrameNs = tsRecvNs;
    try {
      const message = JSON.parse(textOf(bytes, 0, length)) as Message | null;
      if (typeof message !== 'object' || message === null) return host.count('malformed');
      if (message.event !== undefined) this.onEvent(message.event, tsRecvNs);
      else this.onAnswer(message, tsRecvNs);
    } catch {
      // An order whose answer cannot be read is given up on when it is overdue, and asked for.
      host.count('malformed');
    }
  }

  private maySend(): boolean {
    if (!this.ready) return false;
    if (this.limits.isOpen(this.venueMs())) return true;
    this.options.host.count('rateLimited');
    return false;
  }

  /** The venue's clock as far as we know it, ms. */
  private venueMs(): number {
    return Math.trunc(this.options.host.unixMs() + this.clockOffsetMs);
  }

  // ---- out ----

  private askTime(nowNs: number): void {
    this.timeAskedNs = nowNs;
    this.timeAskedMs = this.options.host.unixMs();
    this.send(Kind.TIME, 'time', undefined, nowNs);
  }

  private send(kind: number, method: string, params: Record<string, string | number> | undefined, nowNs: number, order?: TrackedOrder, status?: OrderResult): void {
    const id = this.nextId++;
    this.pending.set(id, { kind, sentNs: nowNs, order, status, overdue: false });
    this.options.host.send(JSON.stringify(params === undefined ? { id, method } : { id, method, params }));
  }

  /** With time and signature; a session that is logged on signs nothing but its logon. */
  private sendSigned(kind: number, method: string, params: Record<string, string | number>, nowNs: number, order?: TrackedOrder, status?: OrderResult): void {
    const timed = { ...params, recvWindow: RECV_WINDOW_MS, timestamp: this.venueMs() };
    this.send(kind, method, this.signer.canLogOn && kind !== Kind.LOGON ? timed : this.signer.signParams(timed), nowNs, order, status);
  }

  private sendFor(kind: number, method: string, params: Record<string, string>, order: OutgoingOrder, nowNs: number): void {
    this.sendSigned(kind, method, params, nowNs, this.progress.orders.track(order.orderId, order.instrument, order.side === 1));
  }

  // ---- answers ----

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    if (pending === undefined) return undefined;
    this.pending.delete(id);
    if (pending.kind === Kind.PLACE) this.placing--;
    return pending;
  }

  /** Nothing came: nobody knows. */
  private giveUp(pending: Pending, nowNs: number): void {
    if (pending.overdue) return;
    pending.overdue = true;
    if (pending.order !== undefined && !pending.order.finished) this.progress.say(pending.order, ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, nowNs);
  }

  private onAnswer(message: Message, nowNs: number): void {
    const { host } = this.options;
    const pending = typeof message.id === 'number' ? this.settle(message.id) : undefined;
    const nowMs = this.venueMs();
    if (Array.isArray(message.rateLimits)) this.limits.told(message.rateLimits, this.placing, nowMs);
    const status = message.status ?? 0;
    if (message.error !== undefined || status !== 200) {
      const error = message.error ?? { code: 0, msg: '' };
      if (isRateLimit(status, error.code)) {
        host.count('rateLimited');
        this.limits.refused(status, error.data?.retryAfter ?? 0, nowMs);
      }
      if (error.code === -1021) this.askTime(nowNs);
      if (pending === undefined) host.count('malformed');
      else this.onError(pending, status, error, nowNs);
      return;
    }
    if (pending === undefined) return;
    try {
      this.onResult(pending, message.result, nowNs);
    } catch {
      // A number in it is none: what it says of the order is not known.
      host.count('malformed');
      this.giveUp(pending, nowNs);
    }
  }

  private onError(pending: Pending, status: number, error: VenueError, nowNs: number): void {
    const { host } = this.options;
    const { kind, order } = pending;
    if (kind === Kind.LOGON || kind === Kind.SUBSCRIBE) {
      host.count('authFailures');
      host.reconnect(reasonOf(error) === RejectReason.AUTH ? VenueReason.AUTH : VenueReason.PROTOCOL);
      return;
    }
    // Nothing was open: that is what was asked for.
    if (kind === Kind.CANCEL_ALL && error.code === -2011) return;
    if (order === undefined) return host.count('requestErrors');
    const unknown = outcomeOf(status, error.code) === Outcome.UNKNOWN;
    if (unknown || kind === Kind.TRADES) return this.progress.say(order, ReportKind.UNKNOWN, reasonOf(error), 0, 0, nowNs);
    if (kind === Kind.PLACE) {
      host.count('rejects');
      order.finished = true;
      this.progress.say(order, ReportKind.REJECTED, reasonOf(error), 0, 0, nowNs);
    } else if (kind === Kind.CANCEL) this.progress.say(order, ReportKind.CANCEL_REJECTED, reasonOf(error), 0, 0, nowNs);
    else this.progress.say(order, error.code === -2013 ? ReportKind.NOT_FOUND : ReportKind.UNKNOWN, reasonOf(error), 0, 0, nowNs);
  }

  private onResult(pending: Pending, result: unknown, nowNs: number): void {
    const { order } = pending;
    switch (pending.kind) {
      case Kind.TIME: return this.onTime(result as { serverTime?: number });
      case Kind.LOGON: return this.send(Kind.SUBSCRIBE, 'userDataStream.subscribe', undefined, nowNs);
      case Kind.SUBSCRIBE:
        this.ready = true;
        return;
      case Kind.ACCOUNT: return this.onAccount(result as { balances?: unknown }, nowNs);
      case Kind.PLACE: return order === undefined ? undefined : this.progress.onPlaced(order, result as OrderResult, nowNs);
      case Kind.CANCEL: return order === undefined ? undefined : this.progress.onStatus(order, result as OrderResult, nowNs, false);
      case Kind.STATUS: return order === undefined ? undefined : this.onQueried(order, result as OrderResult, nowNs);
      case Kind.TRADES: return order === undefined || pending.status === undefined ? undefined : this.progress.onTrades(order, pending.status, result, nowNs);
      default: // The orders that cancelAll cancels are told as events.
    }
  }

  private onTime({ serverTime }: { serverTime?: number }): void {
    if (typeof serverTime !== 'number') return;
    const nowMs = this.options.host.unixMs();
    // Half the round trip is the best guess of when the venue looked at its clock.
    this.clockOffsetMs = Math.round(serverTime - (this.timeAskedMs + nowMs) / 2);
  }

  private onQueried(order: TrackedOrder, result: OrderResult, nowNs: number): void {
    if (this.progress.qty(order, result.executedQty) > 0 && typeof result.orderId === 'number') {
      return this.sendSigned(Kind.TRADES, 'myTrades', { symbol: order.instrument.symbol, orderId: result.orderId }, nowNs, order, result);
    }
    this.progress.onStatus(order, result, nowNs, true);
  }

  private onAccount({ balances }: { balances?: unknown }, nowNs: number): void {
    if (!Array.isArray(balances)) return this.options.host.count('malformed');
    const rows = (balances as { asset: string; free: string; locked: string }[]).flatMap(({ asset, free, locked }) => {
      const index = this.options.assetIndex(asset);
      return index === undefined ? [] : [{ asset: index, free, locked }];
    });
    // Assets the venue does not list are not held; an answer without any row still has to end.
    const known = new Set(rows.map(({ asset }) => asset));
    for (const { pair, quote } of this.options.instruments) {
      for (const { index } of [pair.base, quote]) {
        if (known.has(index)) continue;
        known.add(index);
        rows.push({ asset: index, free: '0', locked: '0' });
      }
    }
    this.reports.balances(rows, nowNs);
  }

  // ---- events ----

  private onEvent(event: ExecutionEvent, nowNs: number): void {
    if (event.e === 'serverShutdown') return this.options.host.reconnect(VenueReason.SHUTDOWN_ANNOUNCED);
    if (event.e === 'eventStreamTerminated') return this.options.host.reconnect(VenueReason.PROTOCOL);
    if (event.e !== 'executionReport') return;
    this.progress.onExecution(event, nowNs);
  }
}
