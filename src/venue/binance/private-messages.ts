/** What the WebSocket API sends, as far as it is read; every field may be missing. */
import { ReportKind } from '../../record/codes.js';
import type { RateLimit } from './order-limits.js';
import type { VenueError } from './venue-error.js';

/** An order as order.place, order.status and order.cancel tell it. */
export interface OrderResult {
  readonly symbol?: string;
  readonly orderId?: number;
  readonly clientOrderId?: string;
  readonly status?: string;
  readonly executedQty?: string;
  readonly transactTime?: number;
  readonly updateTime?: number;
  readonly fills?: readonly TradeResult[];
}

export interface TradeResult {
  /** myTrades: `id`; fills of a placement: `tradeId`. */
  readonly id?: number;
  readonly tradeId?: number;
  readonly price?: string;
  readonly qty?: string;
  readonly commission?: string;
  readonly commissionAsset?: string;
  readonly isMaker?: boolean;
}

export interface ExecutionEvent {
  readonly e: string;
  readonly s?: string;
  readonly c?: string;
  readonly C?: string;
  readonly S?: string;
  readonly x?: string;
  readonly X?: string;
  readonly r?: string;
  readonly i?: number;
  readonly l?: string;
  readonly L?: string;
  readonly z?: string;
  readonly n?: string;
  readonly N?: string | null;
  readonly T?: number;
  readonly t?: number;
  readonly m?: boolean;
}

export interface Message {
  readonly id?: number | string | null;
  readonly status?: number;
  readonly result?: unknown;
  readonly error?: VenueError;
  readonly rateLimits?: readonly RateLimit[];
  readonly event?: ExecutionEvent;
}

/** Venue's order status → what an unsolicited or queried status means. */
export const STATUS_KIND: Readonly<Record<string, number>> = {
  NEW: ReportKind.OPEN, PENDING_NEW: ReportKind.OPEN, PENDING_CANCEL: ReportKind.OPEN, PARTIALLY_FILLED: ReportKind.PARTIAL, FILLED: ReportKind.FILLED,
  CANCELED: ReportKind.CANCELLED, REJECTED: ReportKind.REJECTED, EXPIRED: ReportKind.EXPIRED, EXPIRED_IN_MATCH: ReportKind.EXPIRED,
};

export function isFinal(kind: number): boolean {
  return kind === ReportKind.FILLED || kind === ReportKind.CANCELLED || kind === ReportKind.EXPIRED || kind === ReportKind.REJECTED;
}
