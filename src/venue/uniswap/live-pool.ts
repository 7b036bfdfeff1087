/** One pool of the feed: what is known of it, what waits to be known, and what of it is published. */
import type { Instrument, PoolFacts } from '../../model/instrument.js';
import type { FeedOptions } from '../contract.js';
import { Ladder, LEVELS_MAX } from './ladder.js';
import type { PoolLog } from './log.js';
import { PoolBook, type Epochs } from './pool-book.js';
import type { PoolHistory } from './pool-history.js';
import type { PoolReader } from './pool-reader.js';

/** Logs that wait for a pool's state; beyond this it is read anew. */
export const WAITING_LOGS_MAX = 4096;

export class LivePool {
  readonly book: PoolBook;
  readonly ladder: Ladder;
  readonly address: string;
  readonly base: string;
  readonly quote: string;
  /** Absent: its state is not known. */
  history: PoolHistory | undefined;
  /** Reading it now, as of `readingBlock`. */
  reader: PoolReader | undefined;
  readingBlock = 0;
  /** In the order in which they came. */
  waiting: PoolLog[] = [];
  /** Logs of blocks up to this one were dropped that may count after all. */
  suspectBlock = 0;
  /** First block of which the node listed all logs and then told another, or took one back; Infinity: none. */
  contradictedBlock = Infinity;
  /** Failed reads in a row, and when to try again. */
  failures = 0;
  retryNs = Infinity;
  /** What is published is not what is known, since then; Infinity: it is. */
  changedNs = Infinity;
  /** Block and time, Unix seconds, of the last event, or of what was read. */
  block = 0;
  time = 0;
  /** When it came. */
  happenedNs = 0;
  /** Gas in the published prices, base units of the quote token. */
  gas = 0n;

  constructor(options: FeedOptions, readonly instrument: Instrument, readonly facts: PoolFacts, epochs: Epochs) {
    this.book = new PoolBook(options, instrument, epochs);
    this.ladder = new Ladder(instrument, facts, Math.min(options.depth, LEVELS_MAX));
    this.address = instrument.symbol;
    this.base = instrument.metadata.base;
    this.quote = instrument.metadata.quote;
  }

  get isChanged(): boolean {
    return this.changedNs !== Infinity;
  }

  change(nowNs: number): void {
    if (!this.isChanged) this.changedNs = nowNs;
  }

  /** @param time Unix seconds */
  happened(block: number, time: number, nowNs: number): void {
    this.block = block;
    this.time = time;
    this.happenedNs = nowNs;
    this.change(nowNs);
  }

  published(): void {
    this.changedNs = Infinity;
    this.failures = 0;
  }

  /** What is read as of this block holds everything up to it; what was taken back before the read began is of no interest. */
  dropWaitingUpTo(number: number): void {
    const gone = new Set(this.waiting.filter(({ removed }) => removed).map(({ blockHash }) => blockHash));
    this.waiting = this.waiting.filter(({ block, blockHash, removed }) => !removed && block > number && !gone.has(blockHash));
  }

  stopReading(): void {
    this.reader?.cancel();
    this.reader = undefined;
    this.retryNs = Infinity;
  }

  forget(): void {
    this.history = undefined;
    this.contradictedBlock = Infinity;
    this.changedNs = Infinity;
  }
}
