/**
 * Depth updates that wait for a snapshot, as they came: raw bytes and receive times, in memory taken once and grown
 * at most to a bound. Beyond it the buffer refuses, and the caller starts the sync anew.
 */
const START_BYTES = 32 << 10;
const BUFFER_BYTES_MAX = 8 << 20;
const FRAMES_MAX = 1 << 16;

export class FrameBuffer {
  private bytes = new Uint8Array(START_BYTES);
  private used = 0;
  private ends = new Int32Array(256);
  private times = new Float64Array(256);
  count = 0;

  /** False: the bound is reached, nothing was kept. */
  push(frame: Uint8Array, length: number, tsRecvNs: number): boolean {
    if (this.used + length > BUFFER_BYTES_MAX || this.count === FRAMES_MAX) return false;
    if (this.used + length > this.bytes.length) this.growBytes(this.used + length);
    if (this.count === this.ends.length) this.growFrames();
    // A plain loop over a subarray-free copy: `set` would make a view object for every frame.
    const { bytes, used } = this;
    for (let i = 0; i < length; i++) bytes[used + i] = frame[i];
    this.used += length;
    this.ends[this.count] = this.used;
    this.times[this.count] = tsRecvNs;
    this.count++;
    return true;
  }

  /** Frame k; valid until the next push or clear. */
  frame(k: number): Uint8Array {
    return this.bytes.subarray(k === 0 ? 0 : this.ends[k - 1], this.ends[k]);
  }

  tsRecvNs(k: number): number {
    return this.times[k];
  }

  clear(): void {
    this.used = 0;
    this.count = 0;
  }

  private growBytes(least: number): void {
    let size = this.bytes.length;
    while (size < least) size *= 2;
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, this.used));
    this.bytes = bytes;
  }

  private growFrames(): void {
    const ends = new Int32Array(this.ends.length * 2);
    ends.set(this.ends);
    this.ends = ends;
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
  }
}
