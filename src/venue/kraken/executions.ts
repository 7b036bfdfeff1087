/**
 * The executions channel: what happens to the account's orders, message by message, numbered without gaps.
 * `trade` is a fill; `filled` only says that it was the last one. Updates are sparse: they name the order and what changed.
 * Source: docs.kraken.com, "Spot websockets v2, executions".
 */
import type { Instrument } from '../../model/instrument.js';
import { ReportKind } from '../../record/codes.js';
import { amountOf, scaledOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import { ObjectFields } from '../object-fields.js';
import type { OrderReports, TradeFacts } from '../order-reports.js';
import { DONE, expect, firstElement, MALFORMED, nextElement, OPEN_BRACKET, scanned } from '../scan.js';
import { scanIsoTime, splitEpoch, type EpochParts } from '../scan-time.js';
import type { TrackedOrder, TrackedOrders } from '../tracked-order.js';
import { canonicalAsset } from './asset-names.js';
import { tradeNumber } from './trade-number.js';

const EVENT_FIELDS = [
  'exec_type', 'order_id', 'cl_ord_id', 'exec_id', 'trade_id', 'symbol', 'side', 'last_qty', 'last_price', 'cost', 'liquidity_ind', 'order_status', 'cum_qty', 'reason',
  'time_in_force', 'timestamp', 'fees',
] as const;
const FIELD = Object.fromEntries(EVENT_FIELDS.map((name, index) => [name, index])) as Record<(typeof EVENT_FIELDS)[number], number>;

/** One event; all texts, '' where the message did not say. */
interface ExecutionEvent extends TradeFacts {
  readonly kind: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly timeInForce: string;
  readonly status: string;
  readonly cumQty: string;
  readonly reason: string;
  readonly tsVenueNs: number;
}

/** Events of orders whose name is not known yet: the answer that tells it may come later. */
const STRANGERS_MAX = 256;

export class Executions {
  /** Open orders of the account by the venue's id, ours or not, on the engine's instruments. */
  readonly open = new Map<string, Instrument>();
  /** Sequence of the last message, or -1: the snapshot is still to come. */
  private sequence = -1;
  private readonly fields = new ObjectFields(EVENT_FIELDS);
  private readonly feeFields = new ObjectFields(['asset', 'qty']);
  private readonly epoch: EpochParts;
  private readonly bySymbol: Map<string, Instrument>;
  private strangers: ExecutionEvent[] = [];
  /** End of the message being read. */
  private end = 0;

  constructor(private readonly options: GatewayOptions, private readonly orders: TrackedOrders, private readonly reports: OrderReports) {
    this.epoch = splitEpoch(options.epochUnixNs);
    this.bySymbol = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  /** A new subscription starts its numbers anew, with a snapshot. */
  reset(): void {
    this.sequence = -1;
    this.open.clear();
    this.strangers = [];
  }

  /**
   * A message of the channel: its `data`, at the bracket.
   * @returns false when messages before it are missing
   */
  onMessage(isSnapshot: boolean, sequence: number, bytes: Uint8Array, at: number, end: number, nowNs: number): boolean {
    const expected = isSnapshot ? sequence : this.sequence + 1;
    const complete = isSnapshot || (this.sequence >= 0 && sequence === expected);
    this.sequence = sequence;
    this.end = end;
    at = expect(bytes, at, end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, end); at >= 0; at = nextElement(bytes, at, end)) {
      at = this.fields.read(bytes, at, end);
      if (at >= 0) this.onEvent(this.event(bytes), isSnapshot, nowNs);
    }
    if (at !== DONE) this.options.host.count('malformed');
    return complete && at === DONE;
  }

  /** An order's name became known: what was heard of it before belongs to it. */
  adopt(order: TrackedOrder, nowNs: number): void {
    const known = this.strangers.filter((event) => event.venueOrderId === order.venueOrderId);
    if (known.length === 0) return;
    this.strangers = this.strangers.filter((event) => event.venueOrderId !== order.venueOrderId);
    for (const event of known) this.apply(order, event, nowNs);
  }

  private onEvent(event: ExecutionEvent, isSnapshot: boolean, nowNs: number): void {
    this.note(event);
    const order = this.find(event);
    if (order === undefined) {
      const nameless = event.clientOrderId === '' && event.venueOrderId !== '' && !isSnapshot;
      if (!nameless) this.options.host.count('unknownOrder');
      else if (this.strangers.push(event) > STRANGERS_MAX) this.strangers.shift();
      return;
    }
    this.orders.name(order, event.venueOrderId);
    this.apply(order, event, nowNs);
  }

  private apply(order: TrackedOrder, event: ExecutionEvent, nowNs: number): void {
    const cumQty = event.cumQty === '' ? order.cumQty : this.scaled(event.cumQty, order);
    const wasUnknown = order.unknown;
    this.reports.acknowledge(order, event.tsVenueNs, nowNs);
    if (event.kind === 'trade') this.fill(order, event, nowNs);
    else if (event.kind === 'filled' || (event.kind !== 'new' && event.status === 'filled')) this.reports.finish(order, ReportKind.FILLED, 0, cumQty, event.tsVenueNs, nowNs);
    else if (event.kind === 'canceled' || event.status === 'canceled') this.reports.cancelled(order, event.reason, cumQty, event.tsVenueNs, nowNs);
    else if (event.kind === 'expired' || event.status === 'expired') this.reports.finish(order, ReportKind.EXPIRED, 0, cumQty, event.tsVenueNs, nowNs);
    else if (wasUnknown) this.reports.report(order, ReportKind.OPEN, 0, cumQty, event.tsVenueNs, nowNs);
  }

  private fill(order: TrackedOrder, event: ExecutionEvent, nowNs: number): void {
    try {
      this.reports.fill(order, event, nowNs);
    } catch {
      // A number that is none: the trade happened all the same, so the order has to be asked about.
      this.options.host.count('malformed');
      this.reports.unknown(order, nowNs);
    }
  }

  /** A total that is no number tells nothing. */
  private scaled(text: string, order: TrackedOrder): number {
    try {
      return scaledOf(text, order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return order.cumQty;
    }
  }

  /** Keep the list of what is open on our instruments. */
  private note(event: ExecutionEvent): void {
    if (event.kind === 'filled' || event.kind === 'canceled' || event.kind === 'expired') this.open.delete(event.venueOrderId);
    else if (event.kind === 'pending_new' || event.kind === 'new') {
      const instrument = this.bySymbol.get(event.symbol);
      if (instrument !== undefined) this.open.set(event.venueOrderId, instrument);
    }
  }

  /** The order an event is about; one that a former gateway of this session sent is remembered from now on. */
  private find(event: ExecutionEvent): TrackedOrder | undefined {
    const known = this.orders.byVenue(event.venueOrderId);
    if (known !== undefined || event.clientOrderId === '') return known;
    const orderId = this.options.orderIdOf(event.clientOrderId);
    if (orderId === undefined) return undefined;
    const tracked = this.orders.get(orderId);
    if (tracked !== undefined) return tracked;
    const instrument = this.bySymbol.get(event.symbol);
    if (instrument === undefined) return undefined;
    return this.orders.add({ orderId, clientOrderId: event.clientOrderId, instrument, side: event.side === 'sell' ? 1 : 0, immediate: /ioc|fok/i.test(event.timeInForce), sentNs: 0 });
  }

  private event(bytes: Uint8Array): ExecutionEvent {
    const text = (field: number): string => this.fields.text(bytes, field);
    const executionId = text(FIELD.exec_id);
    const timeAt = this.fields.at(FIELD.timestamp);
    const tsVenueNs = timeAt >= 0 && scanIsoTime(bytes, timeAt, this.end, this.epoch) >= 0 ? scanned[0] : 0;
    return {
      kind: text(FIELD.exec_type), venueOrderId: text(FIELD.order_id), clientOrderId: text(FIELD.cl_ord_id), symbol: text(FIELD.symbol), side: text(FIELD.side),
      timeInForce: text(FIELD.time_in_force), status: text(FIELD.order_status), cumQty: text(FIELD.cum_qty), reason: text(FIELD.reason), executionId: executionId === '' ? `#${text(FIELD.trade_id)}` : executionId,
      number: tradeNumber(executionId, text(FIELD.trade_id)), price: text(FIELD.last_price), qty: text(FIELD.last_qty), cost: text(FIELD.cost), maker: text(FIELD.liquidity_ind) === 'm', tsVenueNs,
      ...this.fees(bytes),
    };
  }

  /** `fees` is a list; all of one asset are one fee, which is what the venue charges. */
  private fees(bytes: Uint8Array): { fee: string; feeAsset: string } {
    let at = this.fields.at(FIELD.fees);
    if (at < 0) return { fee: '', feeAsset: '' };
    const list: { asset: string; qty: string }[] = [];
    at = expect(bytes, at, this.end, OPEN_BRACKET);
    for (at = at < 0 ? MALFORMED : firstElement(bytes, at, this.end); at >= 0; at = nextElement(bytes, at, this.end)) {
      at = this.feeFields.read(bytes, at, this.end);
      if (at >= 0) list.push({ asset: this.feeFields.text(bytes, 0), qty: this.feeFields.text(bytes, 1) });
    }
    const [first] = list;
    if (first === undefined) return { fee: '', feeAsset: '' };
    const same = list.filter(({ asset }) => asset === first.asset);
    return { fee: same.length === 1 ? first.qty : sum(same.map(({ qty }) => qty)), feeAsset: canonicalAsset(first.asset) };
  }
}

/** Sum of decimal texts, at 10^-8. */
function sum(texts: readonly string[]): string {
  try {
    return `${texts.reduce((total, text) => total + amountOf(text), 0n)}e-8`;
  } catch {
    return texts[0];
  }
}
