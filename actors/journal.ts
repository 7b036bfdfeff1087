/**
 * journal: reads every ring and appends every record to the session's segments. What it has accepted lies in shared
 * memory together with its positions in the rings, so a successor neither loses a record nor writes one twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../src/agent/actor.js';
import { JournalCore, type JournalConsumer, type JournalInput } from '../src/journal/core.js';
import { JournalWriter } from '../src/journal/writer.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { SlotViews } from '../src/record/slot.js';
import { GatingConsumer, LossyConsumer } from '../src/ring/consumer.js';
import { GATING, type RingDescriptor } from '../src/ring/layout.js';
import type { ActorEnvironment } from './environment.js';
import { viewsOf } from './ring-sink.js';
import { actorName } from './spec.js';

const LAST_BATCH = 4_096;
/** How long the end of a run waits for a disk that takes nothing. */
const LAST_WAIT_MS = 10_000;
const RETRY_MS = 250;

/** A lossy cursor in the shape of a gating one: the copy counts as taken only once the writer has it. */
class CopyingConsumer implements JournalConsumer {
  readonly views = new SlotViews(new ArrayBuffer(SLOT_BYTES));
  private readonly consumer: LossyConsumer;
  private held = false;

  constructor(ring: RingDescriptor) {
    this.consumer = new LossyConsumer(ring, actorName.journal, this.views.i32);
  }

  get position(): number {
    return this.held ? (this.consumer.position - 1) | 0 : this.consumer.position;
  }

  seek(position: number): void {
    this.held = false;
    this.consumer.seek(position);
  }

  poll(): number {
    if (!this.held) this.held = this.consumer.poll();
    return this.held ? 0 : -1;
  }

  advance(): void {
    this.held = false;
  }

  /** A held copy is not taken yet: its place is not given up. */
  commit(): void {
    if (!this.held) this.consumer.commit();
  }
}

function inputOf(ring: RingDescriptor): JournalInput {
  const { mode } = ring.consumers.find(({ name }) => name === actorName.journal)!;
  if (mode === GATING) return { name: ring.name, consumer: new GatingConsumer(ring, actorName.journal), views: viewsOf(ring) };
  const consumer = new CopyingConsumer(ring);
  return { name: ring.name, consumer, views: consumer.views };
}

export function createJournal(environment: ActorEnvironment): Actor {
  const { spec } = environment;
  const writer = new JournalWriter({ folder: spec.session.journalDir, memory: spec.journalMemory, segmentRecords: spec.config.journal.segmentRecords });
  const core = new JournalCore(writer, Object.values(spec.rings).map(inputOf));
  core.onHealth = (healthy, { fault }) => {
    if (healthy) environment.report('warn', 'JOURNAL_UP', 'the journal is written again; nothing was lost');
    else environment.report('error', fault!.code, `${fault!.message} (${fault!.where}); records wait in memory and new orders are refused until the disk takes them`);
    environment.tell(actorName.executor, 'journal', { healthy });
  };
  return {
    name: actorName.journal,
    doWork: (limit) => core.doWork(limit * 16, environment.nowNs()),
    async onClose() {
      // A disk that is full at the end: whoever has read the alert gets the time to free some of it.
      const settled = (): boolean => {
        while (core.doWork(LAST_BATCH, environment.nowNs()) > 0);
        return core.flush(environment.nowNs());
      };
      for (let waitedMs = 0; !settled() && waitedMs < LAST_WAIT_MS; waitedMs += RETRY_MS) await delay(RETRY_MS);
      if (!core.close(environment.nowNs())) environment.report('error', 'JOURNAL_INCOMPLETE', `${core.stats().pending} records could not be written before the end`);
    },
    stats() {
      const { written, pending, refused, segment, healthy } = core.stats();
      return { records: written, pending, refused, segments: segment, healthy };
    },
  };
}
