/**
 * What Kraken's REST answers tell of one order: QueryOrders by the venue's id where it is known, else OpenOrders and then
 * ClosedOrders by ours; its trades by QueryTrades and TradesHistory.
 */
import { RejectReason, ReportKind } from '../../record/codes.js';
import { scaledOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import type { OrderArchive } from '../order-query.js';
import type { OrderReports, TradeFacts } from '../order-reports.js';
import type { TrackedOrder } from '../tracked-order.js';
import type { PrivateRequests } from './private-requests.js';
import { tradeNumber } from './trade-number.js';

/** Trades the venue answers for at once. */
const TRADES_MAX = 20;

type Fields = Readonly<Record<string, unknown>>;

/** An order as the venue tells it, with the name it has there. */
export interface FoundOrder {
  readonly venueOrderId: string;
  readonly info: Fields;
}

type OnFound = (found: FoundOrder | undefined, answered: boolean, nowNs: number) => void;

export class KrakenArchive implements OrderArchive<FoundOrder> {
  constructor(private readonly options: GatewayOptions, private readonly reports: OrderReports, private readonly requests: PrivateRequests) {}

  find(order: TrackedOrder, nowNs: number, onAnswer: OnFound): void {
    const { venueOrderId, clientOrderId } = order;
    if (venueOrderId === '') this.look(order, 'OpenOrders', 'open', { cl_ord_id: clientOrderId, trades: 'true' }, nowNs, onAnswer);
    else this.look(order, 'QueryOrders', undefined, { txid: venueOrderId, trades: 'true' }, nowNs, onAnswer);
  }

  tellTrades(order: TrackedOrder, filled: number, nowNs: number, onTold: (nowNs: number) => void, { info }: FoundOrder): void {
    const ids = Array.isArray(info.trades) ? (info.trades as unknown[]).map(String).filter((id) => !order.executions.has(id)) : [];
    if (ids.length > 0) return this.queryTrades(order, filled, ids, nowNs, onTold);
    // The list of trades may lack: then the history since the order was opened holds them.
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      if (error === undefined && isFields(result)) this.tell(order, isFields(result.trades) ? result.trades : result, answeredNs);
      onTold(answeredNs);
    };
    this.requests.add({ path: '/0/private/TradesHistory', fields: { start: String(Math.floor(Number(info.opentm) || 0) - 1) }, points: 2, onAnswer }, nowNs);
  }

  idOf({ venueOrderId }: FoundOrder): string {
    return venueOrderId;
  }

  cumQty(order: TrackedOrder, { info }: FoundOrder): number {
    try {
      return scaledOf(String(info.vol_exec), order.instrument.pair.qtyScale);
    } catch {
      this.options.host.count('malformed');
      return 0;
    }
  }

  kindOf(order: TrackedOrder, { info }: FoundOrder): number {
    if (info.status === 'closed') return ReportKind.FILLED;
    if (info.status === 'expired') return ReportKind.EXPIRED;
    if (info.status === 'canceled') return order.immediate && order.cancelSentNs < 0 ? ReportKind.EXPIRED : ReportKind.CANCELLED;
    return ReportKind.OPEN;
  }

  reasonOf(): number {
    return RejectReason.NONE;
  }

  /** Ask one of the three for the order, and the next one where it is not there. */
  private look(order: TrackedOrder, name: string, member: string | undefined, fields: Record<string, string>, nowNs: number, onFound: OnFound): void {
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      if (error !== undefined && !error.startsWith('EOrder:Unknown order')) return onFound(undefined, false, answeredNs);
      const list = isFields(result) ? (member === undefined ? result : result[member]) : undefined;
      const found = isFields(list) ? findOrder(list, order) : undefined;
      if (found === undefined && member === 'open') return this.look(order, 'ClosedOrders', 'closed', fields, answeredNs, onFound);
      return onFound(found, true, answeredNs);
    };
    this.requests.add({ path: `/0/private/${name}`, fields, points: 1, onAnswer }, nowNs);
  }

  /** As many at once as the venue answers for. */
  private queryTrades(order: TrackedOrder, filled: number, ids: readonly string[], nowNs: number, onTold: (nowNs: number) => void): void {
    const onAnswer = (result: unknown, error: string | undefined, answeredNs: number): void => {
      if (error === undefined && isFields(result)) this.tell(order, result, answeredNs);
      const left = ids.slice(TRADES_MAX);
      if (error === undefined && filled > order.cumQty && left.length > 0) this.queryTrades(order, filled, left, answeredNs, onTold);
      else onTold(answeredNs);
    };
    this.requests.add({ path: '/0/private/QueryTrades', fields: { txid: ids.slice(0, TRADES_MAX).join(',') }, points: 2, onAnswer }, nowNs);
  }

  private tell(order: TrackedOrder, trades: Fields, nowNs: number): void {
    for (const [executionId, trade] of Object.entries(trades)) {
      if (!isFields(trade) || trade.ordertxid !== order.venueOrderId || order.executions.has(executionId)) continue;
      try {
        this.reports.fill(order, tradeFacts(executionId, trade), nowNs);
      } catch {
        this.options.host.count('malformed');
      }
    }
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever filter the venue applied: only the order that carries our id, or that was asked for by the venue's. */
function findOrder(list: Fields, order: TrackedOrder): FoundOrder | undefined {
  for (const [venueOrderId, info] of Object.entries(list)) {
    if (isFields(info) && (venueOrderId === order.venueOrderId || info.cl_ord_id === order.clientOrderId)) return { venueOrderId, info };
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function tradeFacts(executionId: string, trade: Fields): TradeFacts {
  return {
    executionId, number: tradeNumber(executionId, textOf(trade.trade_id)), price: textOf(trade.price), qty: textOf(trade.vol), cost: textOf(trade.cost), maker: trade.maker === true,
    fee: textOf(trade.fee), feeAsset: '',
  };
}
