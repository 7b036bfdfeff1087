/** One pool's state and the events that led to it, so that those of blocks that are gone can be taken back. */
import { isDeepStrictEqual } from 'node:util';
import { REMEMBERED_BLOCKS } from './chain.js';
import type { PoolLog } from './log.js';
import type { PoolState, Undo } from './pool-state.js';

/** What a log did. */
export const Taken = {
  /** The state is another now. */
  APPLIED: 0,
  /** It says what is known, or what no longer counts. */
  KNOWN: 1,
  /** Events were taken back. */
  UNDONE: 2,
  /** The state cannot be brought to where the log belongs: it has to be read anew. */
  LOST: 3,
} as const;

interface Applied {
  readonly log: PoolLog;
  readonly undo: Undo;
}

function isSameLog(a: PoolLog, b: PoolLog): boolean {
  return a.block === b.block && a.blockHash === b.blockHash && a.index === b.index && isDeepStrictEqual(a.event, b.event);
}

export class PoolHistory {
  private readonly applied: Applied[] = [];

  /** @param readAt the block as of whose end the state was read: nothing up to it can be taken back */
  constructor(readonly state: PoolState, private readAt: number) {}

  /** @param hashOf the chain's hash of a block, where it is known */
  take(log: PoolLog, hashOf: (block: number) => string | undefined): number {
    const { block, blockHash, index } = log;
    if (log.removed) return block <= this.readAt ? Taken.LOST : this.forget(block, (entry) => entry.blockHash === blockHash);
    if (block <= this.readAt) return Taken.KNOWN;
    const last = this.applied.at(-1)?.log;
    let outcome: number = Taken.APPLIED;
    if (last !== undefined && (block < last.block || (block === last.block && (blockHash !== last.blockHash || index <= last.index)))) {
      if (this.applied.some(({ log: known }) => known.block === block && known.blockHash === blockHash && known.index === index)) return Taken.KNOWN;
      // One of a branch that counts, and later ones were applied without it.
      if (hashOf(block) === blockHash || blockHash === '' || (block === last.block && blockHash === last.blockHash)) return Taken.LOST;
      this.undoFrom(block);
      outcome = Taken.UNDONE;
    }
    const undo = this.state.apply(log.event);
    if (undo === undefined) return Taken.LOST;
    this.applied.push({ log, undo });
    this.trim(block);
    return outcome;
  }

  /**
   * Blocks from this one on are gone; those of `hash`, which took its place, have been applied perhaps.
   * @returns Taken.KNOWN, UNDONE or LOST
   */
  replace(from: number, hash: string): number {
    if (from <= this.readAt) return Taken.LOST;
    return this.forget(from, (entry) => entry.blockHash !== hash);
  }

  /** The events after a block, in order: a state read as of it lacks them. */
  after(block: number): PoolLog[] {
    return this.applied.filter(({ log }) => log.block > block).map(({ log }) => log);
  }

  /** Whether what was applied of these blocks is what the node lists of them. @param listed of this pool, in order */
  agrees(listed: readonly PoolLog[], from: number, to: number): boolean {
    const within = ({ block }: PoolLog): boolean => block > this.readAt && block >= from && block <= to;
    const applied = this.applied.map(({ log }) => log).filter(within);
    const logs = listed.filter(within);
    return applied.length === logs.length && applied.every((log, i) => isSameLog(log, logs[i]));
  }

  /** Take back everything of and after the first event of such a block. */
  private forget(from: number, isGone: (log: PoolLog) => boolean): number {
    const first = this.applied.find(({ log }) => log.block >= from && isGone(log));
    if (first === undefined) return Taken.KNOWN;
    this.undoFrom(first.log.block);
    return Taken.UNDONE;
  }

  private undoFrom(block: number): void {
    for (let last = this.applied.at(-1); last !== undefined && last.log.block >= block; last = this.applied.at(-1)) {
      last.undo();
      this.applied.pop();
    }
  }

  private trim(block: number): void {
    const floor = block - REMEMBERED_BLOCKS;
    if (floor <= this.readAt || this.applied[0].log.block > floor) return;
    let old = 0;
    while (this.applied[old].log.block <= floor) old++;
    this.applied.splice(0, old);
    this.readAt = floor;
  }
}
