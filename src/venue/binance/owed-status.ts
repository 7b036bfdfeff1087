/** A book's last status, which must not get lost: where the sink has no room it is owed, and published before anything else of the book. */
import { BookState, Flag } from '../../record/codes.js';
import { BookStatus } from '../../record/records.js';
import type { RecordSink } from '../../record/slot.js';

export class OwedStatus {
  private readonly record: BookStatus;
  private owed = false;
  private state = 0;
  private reason = 0;
  private epoch = 0;
  /** resyncs, frames, expected, actual, time: kept out of object fields so that no number is boxed. */
  private readonly numbers = new Float64Array(5);

  constructor(private readonly sink: RecordSink, private readonly venue: number, private readonly instrument: number) {
    this.record = new BookStatus(sink.views);
  }

  /** @param state BookState @param reason ResyncReason @param expected what should have come, `actual` what came */
  say(state: number, reason: number, epoch: number, resyncs: number, frames: number, expected: number, actual: number, nowNs: number): void {
    this.owed = true;
    this.state = state;
    this.reason = reason;
    this.epoch = epoch;
    const { numbers } = this;
    numbers[0] = resyncs;
    numbers[1] = frames;
    numbers[2] = expected;
    numbers[3] = actual;
    numbers[4] = nowNs;
    this.settle();
  }

  /** Publish what is owed. False: no room yet. */
  settle(): boolean {
    if (!this.owed) return true;
    const { sink, numbers } = this;
    const at = sink.next();
    if (at < 0) {
      sink.abandon();
      return false;
    }
    const record = this.record.begin(at, this.state === BookState.IN_SYNC ? Flag.IN_SYNC : 0, this.venue, this.instrument);
    record.epoch = this.epoch;
    record.state = this.state;
    record.reason = this.reason;
    record.resyncs = numbers[0];
    record.frames = numbers[1];
    record.expectedSeq = numbers[2];
    record.actualSeq = numbers[3];
    record.tsRecvNs = numbers[4];
    sink.flush();
    this.owed = false;
    return true;
  }
}
