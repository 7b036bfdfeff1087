/**
 * The library's errors, by the names of their classes, the most special first: they are told apart without loading it.
 * Its hierarchy: ExchangeError is the venue's word, OperationFailed is the way there.
 */
import { RingsideError } from '../../model/errors.js';
import { RejectReason, ResyncReason, VenueReason } from '../../record/codes.js';

/** Why the venue refuses, where the class says that it surely did. Anything else may have been carried out. */
const REFUSALS: Readonly<Record<string, number>> = {
  InsufficientFunds: RejectReason.INSUFFICIENT_FUNDS,
  DuplicateOrderId: RejectReason.DUPLICATE_ID,
  OrderImmediatelyFillable: RejectReason.WOULD_MATCH,
  OrderNotFound: RejectReason.UNKNOWN_ORDER,
  OrderNotCached: RejectReason.UNKNOWN_ORDER,
  InvalidOrder: RejectReason.VENUE_OTHER,
  BadSymbol: RejectReason.UNKNOWN_SYMBOL,
  BadRequest: RejectReason.VENUE_OTHER,
  ArgumentsRequired: RejectReason.VENUE_OTHER,
  NotSupported: RejectReason.VENUE_OTHER,
  MarketClosed: RejectReason.MARKET_CLOSED,
  OperationRejected: RejectReason.VENUE_OTHER,
  AuthenticationError: RejectReason.AUTH,
  // Below OperationFailed, but turned away at the door.
  RateLimitExceeded: RejectReason.RATE_LIMITED,
  DDoSProtection: RejectReason.RATE_LIMITED,
  OnMaintenance: RejectReason.MARKET_CLOSED,
  InvalidNonce: RejectReason.CLOCK,
};

/** Names of an error's classes, its own first. */
function classesOf(error: unknown): string[] {
  const names: string[] = [];
  for (let at: unknown = error instanceof Error ? Object.getPrototypeOf(error) : undefined; at instanceof Error; at = Object.getPrototypeOf(at)) names.push(at.constructor.name);
  return names;
}

export function isA(error: unknown, name: string): boolean {
  return classesOf(error).includes(name);
}

/** RejectReason, or undefined where the order may have been taken all the same: silence, 5xx, an answer nobody understands. */
export function refusalOf(error: unknown): number | undefined {
  const name = classesOf(error).find((each) => each in REFUSALS);
  return name === undefined || isA(error, 'ChecksumError') ? undefined : byText(REFUSALS[name], error);
}

/** InvalidOrder says little; the message often more. */
function byText(reason: number, error: unknown): number {
  if (reason !== RejectReason.VENUE_OTHER) return reason;
  const text = messageOf(error);
  if (/notional|minimum (amount|cost|value)|cost/i.test(text)) return RejectReason.BAD_NOTIONAL;
  if (/price|tick/i.test(text)) return RejectReason.BAD_PRICE;
  return /quantity|amount|lot|size|volume/i.test(text) ? RejectReason.BAD_QTY : reason;
}

/** ResyncReason: why a book's stream ended. */
export function streamReasonOf(error: unknown): number {
  if (isA(error, 'ChecksumError')) return ResyncReason.CHECKSUM;
  if (isA(error, 'InvalidNonce')) return ResyncReason.GAP;
  return isA(error, 'ExchangeError') ? ResyncReason.REJECTED : ResyncReason.RECONNECT;
}

/** VenueReason: why a connection is not up. */
export function venueReasonOf(error: unknown): number {
  if (isA(error, 'AuthenticationError')) return VenueReason.AUTH;
  if (isA(error, 'RateLimitExceeded') || isA(error, 'DDoSProtection')) return VenueReason.RATE_LIMITED;
  return VenueReason.ERROR;
}

/** At most 200 characters, without what the library puts around it. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, 200);
}

/** A failed question for the markets, as the engine says it. */
export function marketsError(exchange: string, error: unknown): RingsideError {
  if (error instanceof RingsideError) return error;
  const where = `ccxt:${exchange}`;
  if (isA(error, 'AuthenticationError')) return new RingsideError('VENUE_REFUSED', messageOf(error), { where, fix: 'Check keys and permissions, and whether this address may use the venue.', cause: error });
  if (isA(error, 'OperationFailed')) return new RingsideError('VENUE_UNREACHABLE', messageOf(error), { where, fix: 'Check the network and the endpoint, leave the venue out with --venues, or trade on the sandbox (the default mode).', cause: error });
  return new RingsideError('VENUE_METADATA', messageOf(error), { where, fix: 'ccxt does not understand what the venue answers; a later version may.', cause: error });
}
