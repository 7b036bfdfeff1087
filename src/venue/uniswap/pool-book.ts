/** What is published of one pool: its ladder as a snapshot for every state, and whether that state is certain. */
import type { Instrument } from '../../model/instrument.js';
import { BookState, Flag, ResyncReason } from '../../record/codes.js';
import { BookDelta, BookStatus } from '../../record/records.js';
import type { FeedOptions } from '../contract.js';
import type { LevelChanges } from '../level-changes.js';

/** Epochs of a feed's books: each loss begins another. */
export class Epochs {
  constructor(private last: number) {}

  next(): number {
    this.last = (this.last + 1) & 0xffff;
    return this.last;
  }
}

export interface PublishedState {
  readonly frame: number;
  readonly block: number;
  readonly tsVenueNs: number;
  readonly tsRecvNs: number;
}

export class PoolBook {
  private readonly delta: BookDelta;
  private readonly status: BookStatus;
  private epoch: number;
  private state: number = BookState.OUT_OF_SYNC;
  private reason: number = ResyncReason.START;
  private resyncs = 0;
  private frames = 0;
  /** State and epoch as last published; -1: not yet. */
  private saidState = -1;
  private saidEpoch = -1;

  constructor(private readonly options: FeedOptions, readonly instrument: Instrument, private readonly epochs: Epochs) {
    this.delta = new BookDelta(options.sink.views);
    this.status = new BookStatus(options.sink.views);
    this.epoch = epochs.next();
  }

  get inSync(): boolean {
    return this.state === BookState.IN_SYNC;
  }

  /** What was published no longer holds. @param reason ResyncReason */
  lose(reason: number, nowNs: number): void {
    if (this.state === BookState.OUT_OF_SYNC && this.saidState === this.state) return;
    if (this.state !== BookState.OUT_OF_SYNC) {
      this.options.host.count('resyncs');
      this.resyncs++;
      this.epoch = this.epochs.next();
    }
    this.state = BookState.OUT_OF_SYNC;
    this.reason = reason;
    this.settle(nowNs);
  }

  /** The pool's state is this now, for certain. Where the ring has no room the book is out of sync: publish again later. */
  publish(changes: LevelChanges, of: PublishedState): void {
    this.frames++;
    if (this.write(changes, of)) this.options.sink.flush();
    else {
      this.options.sink.abandon();
      this.options.host.count('ringFull');
      this.saidState = -1;
      this.epoch = this.epochs.next();
      this.state = BookState.OUT_OF_SYNC;
      this.reason = ResyncReason.RING_FULL;
      this.settle(of.tsRecvNs);
    }
  }

  /** It is still so: the node was asked. */
  affirm(nowNs: number): void {
    if (!this.inSync) return;
    if (this.writeStatus(nowNs)) this.options.sink.flush();
    else this.options.sink.abandon();
  }

  /** Say what is not said yet. */
  settle(nowNs: number): void {
    if (this.state !== this.saidState || this.epoch !== this.saidEpoch) {
      if (this.writeStatus(nowNs)) this.options.sink.flush();
      else this.options.sink.abandon();
    }
  }

  private write(changes: LevelChanges, { frame, block, tsVenueNs, tsRecvNs }: PublishedState): boolean {
    const { sink, venueIndex } = this.options;
    const { delta, instrument } = this;
    if (this.epoch !== this.saidEpoch && !this.writeStatus(tsRecvNs)) return false;
    // A pool with nothing to trade is an empty book: the one level that says so has no quantity.
    const levels = Math.max(1, changes.count);
    for (let i = 0; i < levels; i++) {
      const at = sink.next();
      if (at < 0) return false;
      const isEmpty = changes.count === 0;
      const isAsk = !isEmpty && changes.sells[i] === 1;
      delta.begin(at, Flag.SNAPSHOT | (i === 0 ? Flag.FIRST : 0) | (i === levels - 1 ? Flag.LAST : 0) | (isAsk ? Flag.SELL : 0), venueIndex, instrument.index);
      delta.epoch = this.epoch;
      delta.frame = frame;
      delta.price = isEmpty ? instrument.tick : changes.prices[i];
      delta.qty = isEmpty ? 0 : changes.qtys[i];
      delta.venueSeq = block;
      delta.tsVenueNs = tsVenueNs;
      delta.tsRecvNs = tsRecvNs;
    }
    if (this.inSync) return true;
    this.state = BookState.IN_SYNC;
    this.reason = ResyncReason.NONE;
    return this.writeStatus(tsRecvNs);
  }

  private writeStatus(nowNs: number): boolean {
    const at = this.options.sink.next();
    if (at < 0) return false;
    const { status } = this;
    status.begin(at, this.inSync ? Flag.IN_SYNC : 0, this.options.venueIndex, this.instrument.index);
    status.epoch = this.epoch;
    status.state = this.state;
    status.reason = this.reason;
    status.tsRecvNs = nowNs;
    status.expectedSeq = 0;
    status.actualSeq = 0;
    status.resyncs = this.resyncs;
    status.frames = this.frames;
    this.saidState = this.state;
    this.saidEpoch = this.epoch;
    return true;
  }
}
