/** Bybit's return codes as reject reasons, and what is to be believed after one. Source: bybit-exchange.github.io/docs/v5/error. */
import { RejectReason } from '../../record/codes.js';

export const Code = {
  OK: 0,
  /** Nothing came back, or nothing that can be read; no code of the venue. */
  NO_ANSWER: -1,
  TIMEOUT: 10000, CLOCK: 10002, RATE: 10006, SERVER: 10016, RESTARTING: 10019, DUPLICATE_REQUEST: 10014, REPEATED_LOGON: 20001,
  ALREADY_FILLED: 170139, DUPLICATE_ID: 170141, ALREADY_CANCELLED: 170142, NOT_FOUND: 170143, NOT_FOUND_EITHER: 170213,
} as const;

/** The request may have been carried out: timeouts of the venue, its failures, and a request that it says it has already. */
const UNCLEAR: ReadonlySet<number> = new Set([Code.NO_ANSWER, Code.TIMEOUT, Code.SERVER, Code.RESTARTING, Code.DUPLICATE_REQUEST, 170146, 170147]);

const REASONS: ReadonlyMap<number, number> = new Map([
  ...[10002].map((code) => [code, RejectReason.CLOCK] as const),
  ...[10003, 10004, 10005, 10007, 10009, 10010, 10024, 10029, 33004].map((code) => [code, RejectReason.AUTH] as const),
  ...[10006, 10018, 10403, 10429, 20003, 170005, 170222].map((code) => [code, RejectReason.RATE_LIMITED] as const),
  ...[170131, 170033].map((code) => [code, RejectReason.INSUFFICIENT_FUNDS] as const),
  ...[170132, 170133, 170134, 170192, 170193, 170194].map((code) => [code, RejectReason.BAD_PRICE] as const),
  ...[170135, 170136, 170137, 170148].map((code) => [code, RejectReason.BAD_QTY] as const),
  ...[170124, 170140].map((code) => [code, RejectReason.BAD_NOTIONAL] as const),
  ...[170141].map((code) => [code, RejectReason.DUPLICATE_ID] as const),
  ...[170121].map((code) => [code, RejectReason.UNKNOWN_SYMBOL] as const),
  ...[170218].map((code) => [code, RejectReason.WOULD_MATCH] as const),
  ...[110001, 170139, 170142, 170143, 170190, 170213].map((code) => [code, RejectReason.UNKNOWN_ORDER] as const),
]);

export function reasonOf(code: number): number {
  return REASONS.get(code) ?? RejectReason.VENUE_OTHER;
}

/** Whether the request may have been carried out in spite of the code. */
export function isUnclear(code: number): boolean {
  return UNCLEAR.has(code);
}

/** Whether the same question may be answered a little later. */
export function isPassing(code: number): boolean {
  return (isUnclear(code) && code !== Code.DUPLICATE_REQUEST) || reasonOf(code) === RejectReason.RATE_LIMITED || code === Code.CLOCK;
}

/** `rejectReason` of an order that was refused after it had been taken for processing. */
export function reasonOfText(text: string): number {
  if (/PostOnly/i.test(text)) return RejectReason.WOULD_MATCH;
  if (/insufficient|balance/i.test(text)) return RejectReason.INSUFFICIENT_FUNDS;
  if (/price/i.test(text)) return RejectReason.BAD_PRICE;
  if (/qty|quantity/i.test(text)) return RejectReason.BAD_QTY;
  if (/duplicate/i.test(text)) return RejectReason.DUPLICATE_ID;
  return RejectReason.VENUE_OTHER;
}
