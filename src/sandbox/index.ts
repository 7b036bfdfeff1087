/**
 * Protocol-faithful venues on loopback: one process, one market, a server a venue.
 * The composition root of the sandbox: the clocks are read here and nowhere else in this folder.
 */
import { armFault, ledger } from './control.js';
import type { CrossRequest, Ledger } from './control.js';
import { forceCrossing } from './crossing.js';
import { Faults } from './faults.js';
import type { FaultOrder } from './faults.js';
import { LatencyLog } from './latency.js';
import { completeOptions } from './options.js';
import type { SandboxOptions } from './options.js';
import type { RunningVenue, VenueAccess } from './venue.js';
import type { VenueCore } from './venue-core.js';
import { createWorld } from './world.js';

export type { SandboxOptions } from './options.js';
export type { Ledger, CrossRequest } from './control.js';
export type { FaultOrder, FaultKind } from './faults.js';
export { SANDBOX_DEFAULTS, UNLIMITED } from './options.js';

/** Everything a client needs to use the venues; printed as one line by `ringside sandbox --json`. */
export interface SandboxReady {
  type: 'ready';
  seed: number;
  /** By venue. */
  venues: Readonly<Record<string, VenueAccess>>;
}

export interface SandboxHandle {
  ready: SandboxReady;
  ledger: (venue: string) => Ledger;
  fault: (venue: string, fault: FaultOrder) => void;
  /** @returns what was done, or a text that says what was wrong with the request */
  cross: (request: CrossRequest) => Record<string, unknown> | string;
  latency: (venue: string) => LatencyLog;
  close: () => Promise<void>;
}

/** Behind by more than this, the virtual clock gives up catching up and slips. */
const CATCH_UP_STEPS_MAX = 300;

/** @throws RingsideError SANDBOX_OPTION_INVALID, SANDBOX_PORT_IN_USE, SANDBOX_LISTEN_FAILED */
export async function startSandbox(given: Partial<SandboxOptions> = {}): Promise<SandboxHandle> {
  const options = completeOptions(given);
  const wallMs = (): number => Date.now();
  const monotonicNs = (): number => Number(process.hrtime.bigint());
  const { venues, exchanges, simulation } = createWorld(options, options.startMs ?? wallMs());
  const times = { anyFrameOutNs: 0, crossOutNs: 0 };
  const running: RunningVenue[] = [];
  const closeAll = async (): Promise<void> => void (await Promise.all(running.map(({ server }) => server.close())));
  const cross = (request: CrossRequest): Record<string, unknown> | string => forceCrossing(simulation, running, request);
  const freeze = (frozen: boolean): void => void (simulation.frozen = frozen);
  const status = (): Record<string, unknown> => ({ seed: options.seed, step: simulation.step, virtualMs: simulation.virtualMs, pairs: options.pairs, ratePerSecond: options.ratePerSecond });

  try {
    for (const venue of venues) {
      const core: VenueCore = {
        exchange: exchanges[venue.id], faults: new Faults(wallMs), latency: new LatencyLog(monotonicNs, times), virtualMs: () => simulation.virtualMs, wallMs,
      };
      const server = await venue.start({
        core, seed: options.seed, port: options.ports[venue.id] ?? 0, stepMs: options.stepMs, fair: (pair) => simulation.fair(pair), isFrozen: () => simulation.frozen,
        control: { cross, freeze, status }, own: { ...venue.defaults, ...options.own[venue.id] },
      });
      running.push({ venue, core, server });
    }
  } catch (error) {
    await closeAll();
    throw error;
  }

  let originNs = monotonicNs() - simulation.step * options.stepMs * 1e6;
  const timer = setInterval(() => {
    let due = Math.floor((monotonicNs() - originNs) / (options.stepMs * 1e6)) - simulation.step;
    if (due > CATCH_UP_STEPS_MAX) {
      originNs += (due - 1) * options.stepMs * 1e6;
      due = 1;
    }
    for (; due > 0; due--) {
      simulation.advance();
      // All venues' frames are encoded before the first byte leaves: an order that answers one finds nobody busy.
      for (const { server } of running) server.encode(simulation.step);
      for (const { server } of running) server.send();
    }
  }, options.stepMs);

  const of = (id: string): RunningVenue => running.find(({ venue }) => venue.id === id)!;
  let closing: Promise<void> | null = null;
  return {
    ready: { type: 'ready', seed: options.seed, venues: Object.fromEntries(running.map(({ venue, server }) => [venue.id, server.access])) },
    ledger: (venue) => ledger(of(venue).server.control),
    fault: (venue, fault) => armFault(of(venue).server.control, fault),
    cross, latency: (venue) => of(venue).core.latency,
    close: () => {
      clearInterval(timer);
      closing ??= closeAll();
      return closing;
    },
  };
}
