/** A frame copied into one buffer for all frames, which goes on with zeros: no digit, so that number scans stop, and room to read words. */

const SENTINEL_BYTES = 16;

export class LoadedFrame {
  bytes = new Uint8Array(1 << 16);
  view = new DataView(this.bytes.buffer);
  end = 0;

  protected load(frame: Uint8Array, length: number): void {
    if (length + SENTINEL_BYTES > this.bytes.length) {
      this.bytes = new Uint8Array(2 * (length + SENTINEL_BYTES));
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(frame.length === length ? frame : frame.subarray(0, length));
    this.view.setFloat64(length, 0);
    this.view.setFloat64(length + 8, 0);
    this.end = length;
  }
}
