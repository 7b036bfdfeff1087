/**
 * The shared memory that rings, books, counters and the ledger live in. A plain SharedArrayBuffer starts wherever the
 * allocator puts it (16 bytes past a page here), so that every slot straddles two cache lines and a hop takes four times
 * as long. A shared WebAssembly.Memory starts on a page: it is used for nothing but that.
 */
const PAGE_BYTES = 65_536;
const LINE_BYTES = 64;

export class Arena {
  readonly buffer: SharedArrayBuffer;
  private used = 0;

  /** @param bytes all that will ever be allocated; at most 2 GiB */
  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.buffer = memory.buffer;
  }

  /** Byte offset of `bytes` zeroed bytes on cache lines of their own. @throws RangeError when the arena is used up */
  allocate(bytes: number): number {
    const at = this.used;
    const end = at + Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
    if (end > this.buffer.byteLength) throw new RangeError(`arena of ${this.buffer.byteLength} bytes has no ${bytes} left at ${at}`);
    this.used = end;
    return at;
  }
}
