/**
 * Protocol-faithful venues on loopback: Binance spot and Kraken, one process, one market, two HTTP servers.
 * The composition root of the sandbox: the clocks are read here and nowhere else in this folder.
 */
import { keysOf } from './binance/auth.js';
import { startBinance } from './binance/server.js';
import { armFault, ledger } from './control.js';
import type { ControlContext, CrossRequest, Ledger } from './control.js';
import { forceCrossing } from './crossing.js';
import { Faults } from './faults.js';
import type { FaultOrder } from './faults.js';
import { LOOPBACK } from './http.js';
import { krakenKeysOf } from './kraken/auth.js';
import { startKraken } from './kraken/server.js';
import { LatencyLog } from './latency.js';
import { VENUES } from './market/universe.js';
import type { VenueName } from './market/universe.js';
import { completeOptions } from './options.js';
import type { SandboxOptions } from './options.js';
import type { VenueCore, VenueServer } from './venue.js';
import { createWorld } from './world.js';

export type { SandboxOptions } from './options.js';
export type { Ledger, CrossRequest } from './control.js';
export type { FaultOrder, FaultKind } from './faults.js';
export { SANDBOX_DEFAULTS, UNLIMITED } from './options.js';

/** Everything a client needs to use the two venues; printed as one line by `ringside sandbox --json`. */
export interface SandboxReady {
  type: 'ready';
  seed: number;
  venues: {
    binance: { rest: string; ws: string; wsApi: string; apiKey: string; secret: string; ed25519PrivateKey: string };
    kraken: { rest: string; ws: string; wsAuth: string; apiKey: string; secret: string };
  };
}

export interface SandboxHandle {
  ready: SandboxReady;
  ledger: (venue: VenueName) => Ledger;
  fault: (venue: VenueName, fault: FaultOrder) => void;
  /** @returns what was done, or a text that says what was wrong with the request */
  cross: (request: CrossRequest) => Record<string, unknown> | string;
  latency: (venue: VenueName) => LatencyLog;
  close: () => Promise<void>;
}

/** Behind by more than this, the virtual clock gives up catching up and slips. */
const CATCH_UP_STEPS_MAX = 300;

/** @throws RingsideError SANDBOX_OPTION_INVALID, SANDBOX_PORT_IN_USE, SANDBOX_LISTEN_FAILED */
export async function startSandbox(given: Partial<SandboxOptions> = {}): Promise<SandboxHandle> {
  const options = completeOptions(given);
  const wallMs = (): number => Date.now();
  const monotonicNs = (): number => Number(process.hrtime.bigint());
  const world = createWorld(options, options.startMs ?? wallMs());
  const { simulation } = world;
  const times = { anyFrameOutNs: 0, crossOutNs: 0 };
  const coreOf = (venue: VenueName): VenueCore => ({
    exchange: world.exchanges[venue], faults: new Faults(wallMs), latency: new LatencyLog(monotonicNs, times), virtualMs: () => simulation.virtualMs, wallMs,
  });
  const cores = { binance: coreOf('binance'), kraken: coreOf('kraken') };
  const servers: Partial<Record<VenueName, VenueServer & { control: ControlContext }>> = {};
  const server = (venue: VenueName): VenueServer => servers[venue]!;
  const cross = (request: CrossRequest): Record<string, unknown> | string => forceCrossing(simulation, {
    binance: { core: cores.binance, server: () => server('binance') }, kraken: { core: cores.kraken, server: () => server('kraken') },
  }, request);
  const status = (): Record<string, unknown> => ({ seed: options.seed, step: simulation.step, virtualMs: simulation.virtualMs, pairs: options.pairs, ratePerSecond: options.ratePerSecond });
  const keys = { binance: keysOf(options.seed), kraken: krakenKeysOf(options.seed) };
  const control = { cross, status };

  servers.binance = await startBinance({
    core: cores.binance, keys: keys.binance, rsaPublicKey: options.binanceRsaPublicKey, limits: options.binanceLimits, port: options.portBinance,
    stepMs: options.stepMs, depthMs: options.binanceDepthMs, control,
  });
  try {
    servers.kraken = await startKraken({ core: cores.kraken, keys: keys.kraken, limits: options.krakenLimits, port: options.portKraken, control });
  } catch (error) {
    await servers.binance.close();
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
      // Both venues' frames are encoded before the first byte leaves: an order that answers one finds nobody busy.
      for (const venue of VENUES) server(venue).encode(simulation.step);
      for (const venue of VENUES) server(venue).send();
    }
  }, options.stepMs);

  const at = (venue: VenueName): string => `${LOOPBACK}:${server(venue).port}`;
  let closing: Promise<void> | null = null;
  return {
    ready: {
      type: 'ready', seed: options.seed,
      venues: {
        binance: { rest: `http://${at('binance')}`, ws: `ws://${at('binance')}`, wsApi: `ws://${at('binance')}/ws-api/v3`, ...keys.binance },
        kraken: { rest: `http://${at('kraken')}`, ws: `ws://${at('kraken')}/v2`, wsAuth: `ws://${at('kraken')}/auth/v2`, ...keys.kraken },
      },
    },
    ledger: (venue) => ledger(cores[venue]),
    fault: (venue, fault) => armFault(servers[venue]!.control, fault),
    cross, latency: (venue) => cores[venue].latency,
    close: () => {
      clearInterval(timer);
      closing ??= Promise.all(VENUES.map((venue) => server(venue).close())).then(() => undefined);
      return closing;
    },
  };
}
