/** OKX's codes as reject reasons, and what is to be believed after one. Source: okx.com/docs-v5, "Error Code". */
import { RejectReason } from '../../record/codes.js';

export const Code = {
  OK: 0,
  /** Nothing came back, or nothing that can be read; no code of the venue. */
  NO_ANSWER: -1,
  UPGRADING: 50001, TIMEOUT: 50004, OFFLINE: 50005, RATE: 50011, BUSY: 50013, SYSTEM_ERROR: 50026, ORDER_TIMEOUT: 51149,
  LOGIN_EXPIRED: 60006, TOO_FREQUENT: 60014,
} as const;

/** The request may have been carried out: timeouts of the venue and its failures. */
const UNCLEAR: ReadonlySet<number> = new Set([Code.NO_ANSWER, Code.UPGRADING, Code.TIMEOUT, Code.OFFLINE, Code.BUSY, Code.SYSTEM_ERROR, Code.ORDER_TIMEOUT]);

const REASONS: readonly (readonly [number, readonly number[]])[] = [
  [RejectReason.CLOCK, [50036, 50037, 50102, 50107, 50112, 60004, 60006]],
  [RejectReason.AUTH, [50007, 50008, 50027, 50030, 50100, 50101, 50103, 50104, 50105, 50106, 50110, 50111, 50113, 50114, 50119, 60001, 60002, 60003, 60005, 60007, 60009, 60011, 60024, 60032]],
  [RejectReason.RATE_LIMITED, [50011, 50061, 51025, 51174, 60014]],
  [RejectReason.INSUFFICIENT_FUNDS, [51008, 51119, 51127, 51131]],
  [RejectReason.BAD_PRICE, [51006, 51031, 51116, 51122, 51135, 51136, 51137, 51138, 51204]],
  [RejectReason.BAD_QTY, [51004, 51005, 51007, 51020, 51120, 51121, 51202, 51203]],
  [RejectReason.BAD_NOTIONAL, [51118, 51185, 51201]],
  [RejectReason.DUPLICATE_ID, [51011, 51016]],
  [RejectReason.UNKNOWN_SYMBOL, [51001, 51015]],
  [RejectReason.MARKET_CLOSED, [51009, 51021, 51022, 51027, 51028, 51029, 51110, 51124]],
  [RejectReason.WOULD_MATCH, [51019]],
  [RejectReason.UNKNOWN_ORDER, [51400, 51401, 51402, 51410, 51503, 51509, 51603]],
];

const REASON_OF = new Map(REASONS.flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)));

export function reasonOf(code: number): number {
  return REASON_OF.get(code) ?? RejectReason.VENUE_OTHER;
}

/** Whether the request may have been carried out in spite of the code. */
export function isUnclear(code: number): boolean {
  return UNCLEAR.has(code);
}

/** Whether the same question may be answered a little later. */
export function isPassing(code: number): boolean {
  const reason = reasonOf(code);
  return isUnclear(code) || reason === RejectReason.RATE_LIMITED || reason === RejectReason.CLOCK;
}

/** A code as the venue writes it, `"51008"`; what is none is no answer. */
export function codeOf(value: unknown): number {
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : Code.NO_ANSWER;
}
