/** What an actor is made from on its thread: the specification, the thread's clock and counters, and its runner's kick. */
import type { ActorContext } from '../src/agent/actor.js';
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { InstrumentIndex } from '../src/model/instrument.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import type { LatencyCounters } from '../src/telemetry/latency.js';
import type { EngineSpec, VenueSpec } from './spec.js';

export interface ActorEnvironment extends ActorContext {
  readonly spec: EngineSpec;
  readonly index: InstrumentIndex;
  readonly latency: LatencyCounters;
  /** Of this thread: 0, then one more with every restart. */
  readonly life: number;
  ring(name: string): RingDescriptor;
  venue(id: string): VenueSpec;
}

export function createEnvironment(spec: EngineSpec, life: number, latency: LatencyCounters, context: ActorContext): ActorEnvironment {
  return {
    ...context, spec, life, latency,
    index: buildInstrumentIndex(spec.index),
    ring(name) {
      const ring = spec.rings[name];
      if (ring === undefined) throw new RangeError(`no ring ${name}; there are ${Object.keys(spec.rings).join(', ')}`);
      return ring;
    },
    venue(id) {
      const venue = spec.venues.find((entry) => entry.id === id);
      if (venue === undefined) throw new RangeError(`no venue ${id}`);
      return venue;
    },
  };
}
