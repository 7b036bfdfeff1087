/** Feeds → merger → strategy in one thread, driven by the caller, on simulated time: what the engine's rings carry, handed on at once. */
import { SimulatedClock } from '../agent/clock.js';
import { MergerCore } from '../book/merger.js';
import type { InstrumentIndex } from '../model/instrument.js';
import { ResyncReason } from '../record/codes.js';
import { SLOT_BYTES } from '../record/define.js';
import { SlotViews, type RecordSink } from '../record/slot.js';
import type { Strategy } from '../strategy/contract.js';
import { createStrategy } from '../strategy/registry.js';
import type { FeedSession } from '../venue/contract.js';

type Reader = (views: SlotViews, at: number) => void;

/** Records of one batch at most: the longest is a venue's snapshot. */
const CAPACITY = 1 << 15;

/** A ring without threads: what is flushed is read before `flush` returns. */
class Pipe implements RecordSink {
  readonly views = new SlotViews(new ArrayBuffer(CAPACITY * SLOT_BYTES));
  private taken = 0;

  constructor(private readonly readers: readonly Reader[]) {}

  next(): number {
    return this.taken === CAPACITY ? -1 : this.taken++ * SLOT_BYTES;
  }

  flush(): void {
    const end = this.taken * SLOT_BYTES;
    this.taken = 0;
    for (let at = 0; at < end; at += SLOT_BYTES) for (const reader of this.readers) reader(this.views, at);
  }

  abandon(): void {
    this.taken = 0;
  }
}

export interface ReplayEngineOptions {
  readonly index: InstrumentIndex;
  readonly strategy: { readonly id: string; readonly config: unknown };
  /** Sees every record of the market (tops, crossed markets). */
  readonly onMarket: Reader;
  /** Sees every record the strategy writes. */
  readonly onStrategy: Reader;
}

export class ReplayEngine {
  readonly clock = new SimulatedClock();
  readonly merger: MergerCore;
  readonly strategy: Strategy;
  private readonly index: InstrumentIndex;
  private readonly sessions: (FeedSession | undefined)[] = [];
  /** Where feeds write. */
  readonly feedSink: RecordSink;

  constructor({ index, strategy, onMarket, onStrategy }: ReplayEngineOptions) {
    this.strategy = createStrategy(strategy.id, strategy.config, { index, sink: new Pipe([onStrategy]), strategyIndex: 0 });
    this.merger = new MergerCore({ index, sink: new Pipe([onMarket, (views, at) => this.strategy.onRecord(views, at)]) });
    this.feedSink = new Pipe([(views, at) => this.merger.onRecord(views, at)]);
    this.index = index;
  }

  /** The feed that syncs a venue's books. */
  attach(venueIndex: number, session: FeedSession): void {
    this.sessions[venueIndex] = session;
  }

  /** After each line: books that the merger found wrong are synced anew. */
  turn(): void {
    for (let instrument = this.merger.takeResync(); instrument >= 0; instrument = this.merger.takeResync()) {
      this.sessions[this.index.instruments[instrument].venue.index]?.resync(instrument, ResyncReason.CROSSED, this.clock.nowNs());
    }
  }
}
