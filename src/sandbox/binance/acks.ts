/** How an order request is answered when faults are armed; shared by REST and the WebSocket API. */
import { BinanceError, badRequest } from './errors.js';
import { unknownOutcome } from './orders.js';
import type { BinanceLimits } from './limits.js';
import type { VenueCore } from '../venue-core.js';

export interface Outcome {
  /** Present unless the request failed. */
  result?: unknown;
  error?: BinanceError;
  delayMs: number;
  /** The answer is lost: say nothing. */
  silent: boolean;
  /** Execution events leave before the answer. */
  eventsFirst: boolean;
}

export function runPlacement(core: VenueCore, limits: BinanceLimits, run: () => unknown): Outcome {
  const { faults } = core;
  const outcome: Outcome = { delayMs: 0, silent: false, eventsFirst: false };
  try {
    if (faults.active('maintenance')) throw badRequest(-2010, 'Market is closed.');
    if (faults.take('rate-limit') !== null) limits.tooMuch(core.wallMs() + 1_000, core.wallMs());
    outcome.result = run();
    outcome.delayMs = faults.take('delay-acks') ?? 0;
    outcome.silent = faults.take('lose-ack') !== null;
    outcome.eventsFirst = faults.take('events-first') !== null;
    if (faults.take('error-after-accept') !== null) outcome.error = unknownOutcome();
  } catch (error) {
    outcome.error = asBinanceError(error);
  }
  return outcome;
}

export function asBinanceError(error: unknown): BinanceError {
  return error instanceof BinanceError ? error : new BinanceError(500, -1000, `An unknown error occurred while processing the request: ${String(error)}`);
}
