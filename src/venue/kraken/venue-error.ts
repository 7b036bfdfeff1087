/**
 * Errors are `E<category>:<text>[:extra]`. Only category and prefix are matched: the texts change.
 */
import { RejectReason } from '../../record/codes.js';

/** Prefix → reason; the first that fits counts. */
const REASONS: readonly (readonly [string, number])[] = [
  ['EOrder:Insufficient', RejectReason.INSUFFICIENT_FUNDS],
  ['EOrder:Rate limit', RejectReason.RATE_LIMITED],
  ['EOrder:Domain rate limit', RejectReason.RATE_LIMITED],
  ['EOrder:Orders limit', RejectReason.RATE_LIMITED],
  ['EOrder:Order minimum', RejectReason.BAD_QTY],
  ['EOrder:Cost minimum', RejectReason.BAD_NOTIONAL],
  ['EOrder:Tick size', RejectReason.BAD_PRICE],
  ['EOrder:Invalid price', RejectReason.BAD_PRICE],
  ['EOrder:Unknown order', RejectReason.UNKNOWN_ORDER],
  ['EOrder:Post only', RejectReason.WOULD_MATCH],
  ['EOrder:Trading agreement', RejectReason.AUTH],
  ['EQuery:Unknown asset', RejectReason.UNKNOWN_SYMBOL],
  ['EGeneral:Invalid arguments:volume', RejectReason.BAD_QTY],
  ['EGeneral:Invalid arguments:price', RejectReason.BAD_PRICE],
  ['EGeneral:Permission denied', RejectReason.AUTH],
  ['EGeneral:Temporary lockout', RejectReason.RATE_LIMITED],
  ['EAPI:Rate limit', RejectReason.RATE_LIMITED],
  ['EAPI:', RejectReason.AUTH],
  ['ESession:', RejectReason.AUTH],
  ['EAuth:', RejectReason.AUTH],
  ['EService:Deadline elapsed', RejectReason.CLOCK],
  ['EService:Market in', RejectReason.MARKET_CLOSED],
];

/** The venue's word for why it refused. */
export function rejectReasonOf(error: string): number {
  if (/duplicate/i.test(error)) return RejectReason.DUPLICATE_ID;
  if (/currency pair|symbol/i.test(error)) return RejectReason.UNKNOWN_SYMBOL;
  return REASONS.find(([prefix]) => error.startsWith(prefix))?.[1] ?? RejectReason.VENUE_OTHER;
}

/** Whether the order may have been taken in spite of the error: the venue's gateway failed, not its matching engine. */
export function isUnclear(error: string): boolean {
  if (error.startsWith('EService:Deadline elapsed') || error.startsWith('EService:Market in')) return false;
  return error === '' || error.startsWith('EService:') || error.startsWith('EGeneral:Internal error');
}

/** Whether the session or key was refused, so that a new token is needed. */
export function isAuthFailure(error: string): boolean {
  return error.startsWith('ESession:') || error.startsWith('EAPI:Invalid') || error.startsWith('EAuth:');
}

/** Whether the same REST request may succeed a little later. */
export function isPassing(error: string): boolean {
  return isUnclear(error) || /rate limit|lockout|Invalid nonce/i.test(error);
}
