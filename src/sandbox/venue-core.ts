import type { Exchange } from './matching/exchange.js';
import type { Faults } from './faults.js';
import type { LatencyLog } from './latency.js';

/** What a venue's servers are built on: the exchange, the faults, the latency log and the clocks. */
export interface VenueCore {
  exchange: Exchange;
  faults: Faults;
  latency: LatencyLog;
  /** The market's time (virtual): stamps of orders, trades and market data. */
  virtualMs: () => number;
  /** The wall clock: request timing, rate limits, server time. */
  wallMs: () => number;
}
