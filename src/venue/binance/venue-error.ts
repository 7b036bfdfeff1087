/** Binance's error codes as reject reasons. Matched by code first, by a word of the text only where one code means several things. */
import { RejectReason } from '../../record/codes.js';

export interface VenueError {
  readonly code: number;
  readonly msg: string;
  readonly data?: { readonly retryAfter?: number };
}

/** What is to be believed after an error. */
export const Outcome = { REJECTED: 0, UNKNOWN: 1 } as const;

/** Unclear answers: disconnected, timeout, overload. The order may have been executed. */
const UNCLEAR = new Set([-1000, -1001, -1006, -1007, -1008, -1016]);

/** @param status HTTP-like status of the answer */
export function outcomeOf(status: number, code: number): number {
  return status >= 500 || status === 0 || UNCLEAR.has(code) ? Outcome.UNKNOWN : Outcome.REJECTED;
}

export function isRateLimit(status: number, code: number): boolean {
  return status === 429 || status === 418 || code === -1003 || code === -1015;
}

function filterReason(msg: string): number {
  if (msg.includes('PRICE')) return RejectReason.BAD_PRICE;
  if (msg.includes('LOT_SIZE') || msg.includes('MAX_POSITION')) return RejectReason.BAD_QTY;
  if (msg.includes('NOTIONAL')) return RejectReason.BAD_NOTIONAL;
  return msg.includes('MAX_NUM') ? RejectReason.RATE_LIMITED : RejectReason.VENUE_OTHER;
}

/** -2010 is every refusal by the matching engine. */
function refusalReason(msg: string): number {
  const text = msg.toLowerCase();
  if (text.includes('insufficient')) return RejectReason.INSUFFICIENT_FUNDS;
  if (text.includes('duplicate')) return RejectReason.DUPLICATE_ID;
  if (text.includes('immediately match')) return RejectReason.WOULD_MATCH;
  if (text.includes('closed') || text.includes('disabled')) return RejectReason.MARKET_CLOSED;
  return RejectReason.VENUE_OTHER;
}

export function reasonOf({ code, msg }: VenueError): number {
  switch (code) {
    case -1013: return filterReason(msg);
    case -1111: return msg.toLowerCase().includes('quantity') ? RejectReason.BAD_QTY : RejectReason.BAD_PRICE;
    case -1121: return RejectReason.UNKNOWN_SYMBOL;
    case -1021: return RejectReason.CLOCK;
    case -1002: case -1022: case -2014: case -2015: return RejectReason.AUTH;
    case -1003: case -1015: return RejectReason.RATE_LIMITED;
    case -2010: return refusalReason(msg);
    case -2011: case -2013: return RejectReason.UNKNOWN_ORDER;
    default: return RejectReason.VENUE_OTHER;
  }
}

/** `r` of an executionReport. */
export function rejectReasonOf(text: string): number {
  if (text === 'INSUFFICIENT_BALANCES') return RejectReason.INSUFFICIENT_FUNDS;
  if (text === 'WOULD_MATCH_IMMEDIATELY') return RejectReason.WOULD_MATCH;
  return text === 'NONE' ? RejectReason.NONE : RejectReason.VENUE_OTHER;
}
