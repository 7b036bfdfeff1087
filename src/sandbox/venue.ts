/** What both venues' servers are built on: the exchange, the faults, the latency log and the clocks. */
import type { Exchange } from './matching/exchange.js';
import type { Faults } from './faults.js';
import type { LatencyLog } from './latency.js';

export interface VenueCore {
  exchange: Exchange;
  faults: Faults;
  latency: LatencyLog;
  /** The market's time (virtual): stamps of orders, trades and market data. */
  virtualMs: () => number;
  /** The wall clock: request timing, rate limits, server time. */
  wallMs: () => number;
}

/** A venue's running server, as the composition root drives it. */
export interface VenueServer {
  /** Encode this step's market data, … */
  encode: (step: number) => void;
  /** … send it, and then whatever executions the step caused. */
  send: () => void;
  /** Send what is pending of one market at once. */
  flushMarket: (marketIndex: number) => void;
  close: () => Promise<void>;
  port: number;
}
