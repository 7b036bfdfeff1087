/** One instrument's book as OKX's rules need it: its place in the sequence, and the levels only where a checksum is computed over them. */
import type { Instrument } from '../../model/instrument.js';
import { FrameBuffer } from '../frame-buffer.js';
import type { LevelChanges } from '../level-changes.js';
import { LevelSide } from '../level-side.js';
import { StreamedBook } from '../streamed-book.js';
import { bookChecksum } from './checksum.js';
import { NO_SEQ } from './stream-frame.js';

/** Levels a side of the `books` channel. */
export const DEPTH = 400;

export class SyncedBook extends StreamedBook {
  /** Sequence of the last frame applied, and the one that frame followed; NO_SEQ: the stream has none. */
  seq = NO_SEQ;
  previousSeq = NO_SEQ;
  /** The snapshot came by REST and nothing was applied to it yet: the next update may span its sequence. */
  splicing = false;
  /** The current subscription was granted: what comes now belongs to it. */
  granted = false;
  /** There will never be a snapshot (transcripts): updates are published, out of sync. */
  unsynced = false;
  /** Sequence that the first waiting update follows. */
  waitingFrom = NO_SEQ;
  /** Between two frames of the book of which nothing was missed, ns. */
  longestSilenceNs = 0;
  /** Where it stood when it was last taken for stalled, and after how long a silence; 0: it was not, since the last snapshot. */
  stalledSeq = NO_SEQ;
  stalledNs = 0;
  private waiting: FrameBuffer | undefined;
  private sides: { readonly asks: LevelSide; readonly bids: LevelSide } | undefined;

  constructor(instrument: Instrument, readonly number: number) {
    super(instrument);
  }

  noteSilence(ns: number): void {
    if (ns > this.longestSilenceNs) this.longestSilenceNs = ns;
  }

  /** A snapshot that shows what was there before the silence: nothing was missed, the market was quiet. */
  noteSnapshot(seq: number): void {
    if (this.stalledNs > 0 && seq === this.stalledSeq) this.noteSilence(this.stalledNs);
    this.stalledNs = 0;
  }

  /** Updates that wait for a REST snapshot. */
  get buffer(): FrameBuffer {
    return (this.waiting ??= new FrameBuffer());
  }

  get isWaiting(): boolean {
    return this.waiting !== undefined && this.waiting.count > 0;
  }

  stopWaiting(): void {
    this.waiting?.clear();
  }

  override clear(): void {
    this.sides = undefined;
    this.splicing = false;
    this.unsynced = false;
  }

  /** The levels are kept: a checksum can be computed. */
  get keepsLevels(): boolean {
    return this.sides !== undefined;
  }

  keepLevels(): void {
    this.sides = { asks: new LevelSide(true, DEPTH), bids: new LevelSide(false, DEPTH) };
  }

  apply(changes: LevelChanges): void {
    if (this.sides === undefined) return;
    const { asks, bids } = this.sides;
    for (let i = 0; i < changes.count; i++) (changes.sells[i] === 1 ? asks : bids).set(changes.prices, changes.qtys, i);
  }

  /** Of the kept levels. */
  checksum(): number {
    if (this.sides === undefined) return 0;
    const { priceScale, qtyScale } = this.instrument.pair;
    return bookChecksum(this.sides.bids, this.sides.asks, priceScale, qtyScale);
  }

  override isCrossed(): boolean {
    if (this.sides === undefined) return false;
    const { asks, bids } = this.sides;
    return asks.count > 0 && bids.count > 0 && bids.best() >= asks.best();
  }
}
