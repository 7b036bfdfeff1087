/**
 * The order state machine, as a table: what an event does to an order in a state. There are no impossible events: a
 * late, repeated or contradictory one either changes nothing or leads to UNKNOWN, from where the venue is asked.
 *
 *   NEW ─SEND─► SENT ─ALIVE─► ACKED ─FILL─► PARTIALLY_FILLED ─FILL_ALL─► FILLED
 *                │              │                │
 *                └──── CANCELLED / EXPIRED / REJECTED (terminal: as the venue said, and all its fills are here)
 *   any but terminal ─UNKNOWN─► UNKNOWN ─answer─► what the venue says
 *
 * A terminal state is taken only when the fills seen are as many as the venue reports; until then the order stays
 * unfinished. A fill that comes after a terminal state is counted all the same.
 */
import { OrderState, nameOf } from '../record/codes.js';

export const OrderEvent = {
  /** Handed to the gateway. */
  SEND: 0,
  /** The venue has it and nothing is filled; some of it is filled. */
  ALIVE: 1,
  ALIVE_FILLED: 2,
  REJECTED: 3,
  CANCELLED: 4,
  EXPIRED: 5,
  /** Timeout, disconnect, 5xx: nobody knows. */
  UNKNOWN: 6,
  /** Our cancel is handed to the gateway. */
  CANCEL: 7,
  CANCEL_REJECTED: 8,
  /** A fill that leaves a rest; one that completes the order. */
  FILL: 9,
  FILL_ALL: 10,
  /** The venue was asked often enough and does not know it. */
  NEVER_ARRIVED: 11,
  /** The venue's words contradict what we have seen. */
  CONTRADICTION: 12,
} as const;

const { NEW, SENT, ACKED, PARTIALLY_FILLED, FILLED, CANCELLED, EXPIRED, REJECTED, UNKNOWN, REFUSED, CANCEL_SENT } = OrderState;

const EVENTS = 13;
const STATES = 11;

/** Rows: state. Absent events change nothing. */
const MOVES: Readonly<Record<number, Readonly<Partial<Record<keyof typeof OrderEvent, number>>>>> = {
  [NEW]: { SEND: SENT, UNKNOWN },
  [SENT]: {
    ALIVE: ACKED, ALIVE_FILLED: PARTIALLY_FILLED, REJECTED, CANCELLED, EXPIRED, UNKNOWN, CANCEL: CANCEL_SENT,
    FILL: PARTIALLY_FILLED, FILL_ALL: FILLED, NEVER_ARRIVED: REJECTED, CONTRADICTION: UNKNOWN,
  },
  [ACKED]: {
    ALIVE_FILLED: PARTIALLY_FILLED, REJECTED, CANCELLED, EXPIRED, UNKNOWN, CANCEL: CANCEL_SENT,
    FILL: PARTIALLY_FILLED, FILL_ALL: FILLED, NEVER_ARRIVED: UNKNOWN, CONTRADICTION: UNKNOWN,
  },
  [PARTIALLY_FILLED]: {
    REJECTED: UNKNOWN, CANCELLED, EXPIRED, UNKNOWN, CANCEL: CANCEL_SENT, FILL_ALL: FILLED, NEVER_ARRIVED: UNKNOWN, CONTRADICTION: UNKNOWN,
  },
  [CANCEL_SENT]: { REJECTED, CANCELLED, EXPIRED, UNKNOWN, CANCEL_REJECTED: UNKNOWN, FILL_ALL: FILLED, NEVER_ARRIVED: UNKNOWN, CONTRADICTION: UNKNOWN },
  [UNKNOWN]: { ALIVE: ACKED, ALIVE_FILLED: PARTIALLY_FILLED, REJECTED, CANCELLED, EXPIRED, FILL_ALL: FILLED, NEVER_ARRIVED: REJECTED },
  [FILLED]: {},
  [CANCELLED]: { FILL_ALL: FILLED, CONTRADICTION: UNKNOWN },
  [EXPIRED]: { FILL_ALL: FILLED, CONTRADICTION: UNKNOWN },
  // A late word of life or a fill after "never arrived": it did arrive.
  [REJECTED]: { ALIVE: UNKNOWN, ALIVE_FILLED: UNKNOWN, FILL: UNKNOWN, FILL_ALL: FILLED, CONTRADICTION: UNKNOWN },
  [REFUSED]: {},
};

const TABLE = new Uint8Array(STATES * EVENTS);
for (let state = 0; state < STATES; state++) {
  TABLE.fill(state, state * EVENTS, (state + 1) * EVENTS);
  for (const [event, next] of Object.entries(MOVES[state])) TABLE[state * EVENTS + OrderEvent[event as keyof typeof OrderEvent]] = next;
}

/** The state after an event; the same one where the event changes nothing. */
export function nextState(state: number, event: number): number {
  return TABLE[state * EVENTS + event];
}

/** Nothing more is expected of the venue. */
export function isTerminal(state: number): boolean {
  return state === FILLED || state === CANCELLED || state === EXPIRED || state === REJECTED || state === REFUSED;
}

export function stateName(state: number): string {
  return nameOf(OrderState, state);
}
