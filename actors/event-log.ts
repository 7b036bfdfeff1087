/** The main thread's own records: what happened to the session, and the latency percentiles of every interval. Writes the events ring. */
import type { Clock } from '../src/agent/clock.js';
import { NO_INSTRUMENT } from '../src/record/codes.js';
import { HopLatency, SessionEvent } from '../src/record/records.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import type { HopSummary } from '../src/telemetry/latency.js';
import { RingSink } from './ring-sink.js';
import { ringName } from './spec.js';

const NO_VENUE = 0xffff;

export class EventLog {
  private readonly sink: RingSink;
  private readonly event: SessionEvent;
  private readonly latency: HopLatency;

  constructor(rings: Readonly<Record<string, RingDescriptor>>, private readonly clock: Clock) {
    this.sink = new RingSink(rings[ringName.events]);
    this.event = new SessionEvent(this.sink.views);
    this.latency = new HopLatency(this.sink.views);
  }

  /** @param kind SessionEventKind */
  write(kind: number, actor: number, detail: number): void {
    const at = this.sink.next();
    if (at < 0) return this.sink.abandon();
    const { event } = this;
    event.begin(at, 0, NO_VENUE, NO_INSTRUMENT);
    event.kind = kind;
    event.actor = actor;
    event.detail = detail;
    event.tsNs = this.clock.nowNs();
    return this.sink.flush();
  }

  /** @param hop Hop code */
  writeLatency(hop: number, summary: HopSummary): void {
    const at = this.sink.next();
    if (at < 0) return this.sink.abandon();
    const { latency } = this;
    latency.begin(at, 0, NO_VENUE, NO_INSTRUMENT);
    latency.hop = hop;
    latency.count = summary.count;
    latency.p50Ns = summary.p50Ns;
    latency.p90Ns = summary.p90Ns;
    latency.p99Ns = summary.p99Ns;
    latency.p999Ns = summary.p999Ns;
    latency.maxNs = summary.maxNs;
    latency.tsNs = this.clock.nowNs();
    return this.sink.flush();
  }
}
