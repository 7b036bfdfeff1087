/**
 * Refusals as reject reasons. The venue names them in capitals, in several fields and with prefixes that change
 * (`PREVIEW_INVALID_BASE_SIZE_TOO_SMALL`, `INSUFFICIENT_FUND`): words of them are matched, in this order.
 */
import { RejectReason } from '../../record/codes.js';
import { isFields, textOf } from './private-messages.js';

const REASONS: readonly (readonly [RegExp, number])[] = [
  [/INSUFFICIENT_FUND/, RejectReason.INSUFFICIENT_FUNDS],
  [/POST_?ONLY/, RejectReason.WOULD_MATCH],
  [/PRODUCT_ID|UNKNOWN_PRODUCT|UNSUPPORTED_PRODUCT/, RejectReason.UNKNOWN_SYMBOL],
  [/DUPLICATE/, RejectReason.DUPLICATE_ID],
  [/CANCEL_ONLY|LIMIT_ONLY|VIEW_ONLY|DISABLED|AUCTION|INELIGIBLE_PAIR|MARKET_CLOSED|TRADING_HALTED/, RejectReason.MARKET_CLOSED],
  [/QUOTE_SIZE|NOTIONAL|QUOTE_AMOUNT/, RejectReason.BAD_NOTIONAL],
  [/SIZE|QUANTITY/, RejectReason.BAD_QTY],
  [/PRICE/, RejectReason.BAD_PRICE],
  [/RATE_LIMIT|TOO_MANY|OPEN_ORDERS|RESOURCE_EXHAUSTED/i, RejectReason.RATE_LIMITED],
  [/UNAUTHENTICATED|UNAUTHORIZED|PERMISSION|PORTFOLIO|USER_NOT/i, RejectReason.AUTH],
  [/UNKNOWN_CANCEL_ORDER|ORDER_NOT_FOUND|NOT_FOUND/, RejectReason.UNKNOWN_ORDER],
];

/** Names that say that something failed and nothing more. */
const UNNAMED = /^(?:|UNKNOWN_FAILURE_REASON|UNKNOWN_CREATE_ORDER_FAILURE|UNKNOWN|INTERNAL|UNAVAILABLE|DEADLINE_EXCEEDED)$/;

export function reasonOfNames(names: readonly string[]): number {
  for (const [pattern, reason] of REASONS) if (names.some((name) => pattern.test(name))) return reason;
  return RejectReason.VENUE_OTHER;
}

/** Why an order was refused with `"success":false`; undefined where the venue does not know itself what became of it. */
export function refusalOf(answer: unknown): number | undefined {
  if (!isFields(answer)) return undefined;
  const details = isFields(answer.error_response) ? answer.error_response : {};
  const names = [details.error, details.preview_failure_reason, details.new_order_failure_reason, answer.failure_reason, answer.error].map(textOf);
  return names.every((name) => UNNAMED.test(name)) ? undefined : reasonOfNames(names);
}

/** Why a request was refused with an HTTP status from 400 to 499. */
export function reasonOfStatus(status: number, answer: unknown): number {
  if (status === 401 || status === 403) return RejectReason.AUTH;
  if (status === 429) return RejectReason.RATE_LIMITED;
  return isFields(answer) ? reasonOfNames([answer.error, answer.message, answer.error_details].map(textOf)) : RejectReason.VENUE_OTHER;
}

/** Whether the venue was reached and refused: anything else leaves open what it did. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 499;
}

/** Whether the same question may be answered a little later. */
export function isPassing(status: number): boolean {
  return status === 429 || !(isRefusal(status) || (status >= 200 && status < 300));
}
