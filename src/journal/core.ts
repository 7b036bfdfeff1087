/**
 * The journal's work without its thread: takes records from its inputs in turn, so that one order of events exists on
 * disk, and frees them in the rings once they are accepted. Nothing is taken twice or lost when the writer dies: a
 * successor over the same memory moves its inputs to where the dead one's acceptance ended.
 */
import type { SlotViews } from '../record/slot.js';
import { MAX_INPUTS } from './memory.js';
import type { JournalStats, JournalWriter } from './writer.js';

/** A gating consumer of a ring, as the journal needs it. */
export interface JournalConsumer {
  /** Byte offset of the next record in the input's views, or -1. */
  poll(): number;
  advance(): void;
  commit(): void;
  /** Sequence of the next record, Int32, wraps. */
  readonly position: number;
  seek(position: number): void;
}

export interface JournalInput {
  readonly name: string;
  readonly consumer: JournalConsumer;
  readonly views: SlotViews;
}

export interface JournalCoreOptions {
  /** Write at least this often, ns. Default 50 ms. */
  readonly flushNs?: number;
  /** Write when this much waits. Default 256 kB. */
  readonly flushBytes?: number;
}

export class JournalCore {
  private readonly flushNs: number;
  private readonly flushBytes: number;
  private lastFlushNs = -Infinity;
  private firstInput = 0;
  private wasHealthy = true;
  /** Told when the disk stops or resumes taking what we write. */
  onHealth: (healthy: boolean, stats: JournalStats) => void = () => undefined;

  /** @throws RangeError when there are more inputs than the journal's memory has places for */
  constructor(private readonly writer: JournalWriter, private readonly inputs: readonly JournalInput[], options: JournalCoreOptions = {}) {
    if (inputs.length > MAX_INPUTS) throw new RangeError(`a journal has at most ${MAX_INPUTS} inputs, not ${inputs.length}`);
    this.flushNs = options.flushNs ?? 50e6;
    this.flushBytes = options.flushBytes ?? 256 << 10;
    inputs.forEach(({ consumer }, i) => {
      if (writer.resumed) this.catchUp(consumer, writer.positions[i]);
      writer.positions[i] = consumer.position;
    });
    writer.begin();
  }

  /** The dead writer accepted up to `position` but may not have come to commit it. */
  private catchUp(consumer: JournalConsumer, position: number): void {
    if (((position - consumer.position) | 0) <= 0) return;
    consumer.seek(position);
    consumer.commit();
  }

  /** Take up to `limit` records. @returns how many were taken */
  doWork(limit: number, nowNs: number): number {
    let taken = 0;
    const share = Math.max(1, Math.ceil(limit / this.inputs.length));
    for (let i = 0; i < this.inputs.length && taken < limit; i++) {
      taken += this.take((this.firstInput + i) % this.inputs.length, Math.min(share, limit - taken));
    }
    this.firstInput = (this.firstInput + 1) % this.inputs.length;
    if (taken > 0) {
      this.writer.accept();
      for (let i = 0; i < this.inputs.length; i++) this.inputs[i].consumer.commit();
    }
    if (this.writer.pendingBytes >= this.flushBytes || nowNs - this.lastFlushNs >= this.flushNs) this.flush(nowNs);
    return taken;
  }

  private take(i: number, limit: number): number {
    const { consumer, views } = this.inputs[i];
    let taken = 0;
    while (taken < limit) {
      const at = consumer.poll();
      if (at < 0 || !this.writer.append(views, at)) break;
      consumer.advance();
      taken++;
    }
    this.writer.positions[i] = consumer.position;
    return taken;
  }

  /** Write what was accepted now. @returns whether all of it is on disk */
  flush(nowNs: number): boolean {
    this.lastFlushNs = nowNs;
    const done = this.writer.flush(nowNs);
    const healthy = this.writer.healthy();
    if (healthy !== this.wasHealthy) {
      this.wasHealthy = healthy;
      this.onHealth(healthy, this.writer.stats());
    }
    return done;
  }

  /** Take what is still in the rings, write everything, seal. @returns whether everything is on disk */
  close(nowNs: number): boolean {
    while (this.doWork(4_096, nowNs) > 0);
    return this.writer.close(nowNs);
  }

  stats(): JournalStats {
    return this.writer.stats();
  }
}
