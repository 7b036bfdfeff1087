/** What the user channel and REST say of orders and their trades, as far as it is read; every field may be missing or of another type. */
import { ReportKind } from '../../record/codes.js';

/** An order in one of the two forms: the user channel's, or REST's. */
export interface OrderMessage {
  readonly order_id?: unknown;
  readonly client_order_id?: unknown;
  readonly product_id?: unknown;
  readonly status?: unknown;
  readonly time_in_force?: unknown;
  /** User channel. */
  readonly order_side?: unknown;
  readonly cumulative_quantity?: unknown;
  readonly cancel_reason?: unknown;
  /** REST. */
  readonly side?: unknown;
  readonly filled_size?: unknown;
  readonly cancel_message?: unknown;
  readonly reject_message?: unknown;
  /** Both. */
  readonly reject_reason?: unknown;
}

export interface FillMessage {
  readonly entry_id?: unknown;
  readonly trade_id?: unknown;
  readonly order_id?: unknown;
  readonly trade_type?: unknown;
  readonly price?: unknown;
  readonly size?: unknown;
  readonly size_in_quote?: unknown;
  readonly commission?: unknown;
  readonly liquidity_indicator?: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a member that is a list. */
export function listOf(value: unknown, member: string): Fields[] {
  const list = isFields(value) ? value[member] : undefined;
  return Array.isArray(list) ? (list as unknown[]).filter(isFields) : [];
}

/** A text, or '' where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Cursor of the page after this one, or ''. */
export function cursorOf(answer: unknown): string {
  return isFields(answer) && answer.has_next !== false ? textOf(answer.cursor) : '';
}

/** status → what it means for an order that was not refused; PENDING, QUEUED, CANCEL_QUEUED and what is not here are alive. */
export const ENDS: Readonly<Record<string, number>> = {
  FILLED: ReportKind.FILLED, CANCELLED: ReportKind.CANCELLED, EXPIRED: ReportKind.EXPIRED, FAILED: ReportKind.REJECTED,
};
