/** What a node says of a transaction that it does not take, in geth's words: codes are shared, so the text decides. */
import { RejectReason } from '../../record/codes.js';
import type { RpcError } from './rpc-socket.js';

export const Refusal = {
  /** It is in already. */
  KNOWN: 0,
  /** It is not, and will not be: its nonce is free. */
  REFUSED: 1,
  /** It is not: its nonce is somebody else's. */
  NONCE_TAKEN: 2,
  /** Nobody knows. */
  UNCLEAR: 3,
} as const;

/** Parts of messages; the first that fits counts. */
const TEXTS: readonly (readonly [string, number, number])[] = [
  ['already known', Refusal.KNOWN, RejectReason.NONE],
  ['nonce too low', Refusal.NONCE_TAKEN, RejectReason.DUPLICATE_ID],
  ['replacement transaction underpriced', Refusal.NONCE_TAKEN, RejectReason.DUPLICATE_ID],
  ['insufficient funds', Refusal.REFUSED, RejectReason.INSUFFICIENT_FUNDS],
  ['nonce too high', Refusal.REFUSED, RejectReason.VENUE_OTHER],
  ['underpriced', Refusal.REFUSED, RejectReason.BAD_PRICE],
  ['max fee per gas less than', Refusal.REFUSED, RejectReason.BAD_PRICE],
  ['max priority fee per gas higher', Refusal.REFUSED, RejectReason.BAD_PRICE],
  ['exceeds block gas limit', Refusal.REFUSED, RejectReason.VENUE_OTHER],
  ['intrinsic gas too low', Refusal.REFUSED, RejectReason.VENUE_OTHER],
  ['txpool is full', Refusal.REFUSED, RejectReason.RATE_LIMITED],
  ['oversized data', Refusal.REFUSED, RejectReason.VENUE_OTHER],
  ['invalid sender', Refusal.REFUSED, RejectReason.AUTH],
  ['invalid chain id', Refusal.REFUSED, RejectReason.AUTH],
];
/** The request did not get as far as the transaction pool. */
const LIMIT_EXCEEDED = -32_005;
const METHOD_NOT_FOUND = -32_601;

export function refusalOf({ code, message }: RpcError): { readonly refusal: number; readonly reason: number } {
  if (code === LIMIT_EXCEEDED) return { refusal: Refusal.REFUSED, reason: RejectReason.RATE_LIMITED };
  if (code === METHOD_NOT_FOUND) return { refusal: Refusal.REFUSED, reason: RejectReason.VENUE_OTHER };
  const text = TEXTS.find(([part]) => message.includes(part));
  return text === undefined ? { refusal: Refusal.UNCLEAR, reason: RejectReason.NONE } : { refusal: text[1], reason: text[2] };
}
