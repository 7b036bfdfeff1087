/** Views over memory that holds 64-byte slots, and what a codec needs to write into it. */
import { SLOT_BYTES } from './define.js';

/** Typed views over the same bytes. Byte offset `at` → u8[at], u16[at >> 1], i32[at >> 2], f64[at >> 3]. */
export class SlotViews {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly i64: BigInt64Array;

  /** @param byteOffset multiple of 8 @param byteLength multiple of 64 */
  constructor(readonly buffer: ArrayBufferLike, readonly byteOffset = 0, readonly byteLength = buffer.byteLength - byteOffset) {
    this.u8 = new Uint8Array(buffer, byteOffset, byteLength);
    this.u16 = new Uint16Array(buffer, byteOffset, byteLength >> 1);
    this.u32 = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    this.i32 = new Int32Array(buffer, byteOffset, byteLength >> 2);
    this.f64 = new Float64Array(buffer, byteOffset, byteLength >> 3);
    this.i64 = new BigInt64Array(buffer, byteOffset, byteLength >> 3);
  }
}

/**
 * Where codecs, mergers and strategies write. One writer; records become visible only at `flush`, all of them or none,
 * so that half a venue frame is never seen.
 */
export interface RecordSink {
  readonly views: SlotViews;
  /** Byte offset in `views` of the next slot, or -1 when the reader is too far behind (then nothing of the batch may be flushed: call `abandon`). */
  next(): number;
  /** Publish every slot taken with `next` since the last flush as one batch. */
  flush(): void;
  /** Forget every slot taken since the last flush. */
  abandon(): void;
}

/** A sink in plain memory of fixed capacity; for tests, decoding and replay driven by the caller. */
export class MemorySink implements RecordSink {
  readonly views: SlotViews;
  /** Records flushed so far. */
  count = 0;
  private taken = 0;

  constructor(capacity = 1024) {
    this.views = new SlotViews(new ArrayBuffer(capacity * SLOT_BYTES));
  }

  next(): number {
    const at = (this.count + this.taken) * SLOT_BYTES;
    if (at + SLOT_BYTES > this.views.byteLength) return -1;
    this.views.u8.fill(0, at, at + SLOT_BYTES);
    this.taken++;
    return at;
  }

  flush(): void {
    this.count += this.taken;
    this.taken = 0;
  }

  abandon(): void {
    this.taken = 0;
  }

  clear(): void {
    this.count = 0;
    this.taken = 0;
  }
}
