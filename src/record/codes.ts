/** The code values that records carry. Numbers are kept for ever: the journal and ClickHouse hold them. */

export const Flag = { FIRST: 1, LAST: 2, SNAPSHOT: 4, SELL: 8, MAKER: 16, IN_SYNC: 32 } as const;

/** No instrument: records about a venue as a whole. */
export const NO_INSTRUMENT = 0xffff;

export const BookState = { OUT_OF_SYNC: 0, SYNCING: 1, IN_SYNC: 2, HALTED: 3 } as const;

export const ResyncReason = {
  NONE: 0, START: 1, GAP: 2, CHECKSUM: 3, STALL: 4, RECONNECT: 5, SNAPSHOT_TOO_OLD: 6, MALFORMED: 7, RING_FULL: 8,
  REJECTED: 9, OUT_OF_RANGE: 10, DUPLICATE: 11, CROSSED: 12, HALTED: 13,
} as const;

export const VenueState = { DOWN: 0, CONNECTING: 1, UP: 2, MAINTENANCE: 3, STOPPED: 4 } as const;
export const VenueChannel = { FEED: 0, GATEWAY: 1 } as const;
export const VenueReason = {
  NONE: 0, START: 1, CLOSED: 2, ERROR: 3, STALL: 4, AGE: 5, SHUTDOWN_ANNOUNCED: 6, RATE_LIMITED: 7, AUTH: 8, METADATA: 9, PROTOCOL: 10,
} as const;

export const OpportunityKind = { OPENED: 0, CHANGED: 1, CLOSED: 2, TAKEN: 3 } as const;

export const TimeInForce = { GTC: 0, IOC: 1, FOK: 2 } as const;
/** CANCEL_ALL and BALANCES concern a whole venue (instrument NO_INSTRUMENT, orderId 0). */
export const OrderAction = { NEW: 0, CANCEL: 1, QUERY: 2, CANCEL_ALL: 3, BALANCES: 4 } as const;

export const ReportKind = { ACK: 0, REJECTED: 1, CANCELLED: 2, EXPIRED: 3, FILLED: 4, PARTIAL: 5, UNKNOWN: 6, NOT_FOUND: 7, OPEN: 8, CANCEL_REJECTED: 9 } as const;

export const RejectReason = {
  NONE: 0,
  /** The venue's word. */
  INSUFFICIENT_FUNDS: 1, BAD_PRICE: 2, BAD_QTY: 3, BAD_NOTIONAL: 4, RATE_LIMITED: 5, DUPLICATE_ID: 6, UNKNOWN_SYMBOL: 7, MARKET_CLOSED: 8,
  AUTH: 9, CLOCK: 10, VENUE_OTHER: 11, WOULD_MATCH: 12, UNKNOWN_ORDER: 13,
  /** The engine's own: pre-trade risk and the state of the engine. */
  RISK_MAX_ORDER: 50, RISK_MAX_POSITION: 51, RISK_BALANCE: 52, RISK_NOT_IN_SYNC: 53, RISK_STALE: 54, RISK_RATE: 55, RISK_KILLED: 56,
  RISK_MIN_NOTIONAL: 57, RISK_MAX_LOSS: 58, RISK_OPEN_ORDERS: 59, RISK_GATEWAY_DOWN: 60, RISK_JOURNAL_DOWN: 61, RISK_LEG_IN_FLIGHT: 62, RISK_PRICE_COLLAR: 63,
  RISK_STEP: 64, RISK_TICK: 65, RISK_NOT_READY: 66, RISK_MALFORMED: 67,
  /** Never sent: the ring to the gateway was full or the gateway was not connected. */
  NOT_SENT: 80,
  /** Sent, never answered, and the venue does not know it: it never arrived. */
  NEVER_ARRIVED: 81,
} as const;

export const OrderState = {
  NEW: 0, SENT: 1, ACKED: 2, PARTIALLY_FILLED: 3, FILLED: 4, CANCELLED: 5, EXPIRED: 6, REJECTED: 7, UNKNOWN: 8, REFUSED: 9, CANCEL_SENT: 10,
} as const;

export const BalanceKind = { OPENING: 0, ENGINE: 1, VENUE: 2 } as const;

/** Hops that latency is measured over; every one starts when the frame was received (tsRecvNs). */
export const Hop = {
  VENUE_TO_RECV: 0, RECV_TO_PUBLISH: 1, RECV_TO_MERGED: 2, RECV_TO_DECIDED: 3, RECV_TO_APPROVED: 4, RECV_TO_SENT: 5, SENT_TO_ACK: 6, SENT_TO_FILL: 7,
} as const;
export const HOP_NAMES = ['venue→recv', 'recv→publish', 'recv→merged', 'recv→decided', 'recv→approved', 'recv→sent', 'sent→ack', 'sent→fill'] as const;

export const SessionEventKind = { STARTED: 1, STOPPING: 2, WORKER_DIED: 3, WORKER_BACK: 4, KILL_SWITCH: 5, JOURNAL_DOWN: 6, JOURNAL_UP: 7, RECONCILED: 8 } as const;

/** Name of a code, for screens: `nameOf(OrderState, 4)` → `FILLED`. */
export function nameOf(codes: Readonly<Record<string, number>>, value: number): string {
  for (const name in codes) if (codes[name] === value) return name;
  return `#${value}`;
}
