/** A ring as the RecordSink that codecs, merger, strategies and executor write to. */
import { SlotViews, type RecordSink } from '../src/record/slot.js';
import { ringBytes, type RingDescriptor } from '../src/ring/layout.js';
import { RingProducer } from '../src/ring/producer.js';

export class RingSink implements RecordSink {
  readonly views: SlotViews;
  /** Records published by this sink. */
  flushed = 0;
  protected readonly producer: RingProducer;

  constructor(ring: RingDescriptor) {
    this.views = viewsOf(ring);
    this.producer = new RingProducer(ring);
  }

  next(): number {
    return this.producer.next();
  }

  flush(): void {
    this.flushed += this.producer.flush();
  }

  abandon(): void {
    this.producer.abandon();
  }
}

/** Typed views over a ring; what `next` and `poll` return are byte offsets into them. */
export function viewsOf(ring: RingDescriptor): SlotViews {
  return new SlotViews(ring.buffer, ring.byteOffset, ringBytes(ring.capacity));
}
