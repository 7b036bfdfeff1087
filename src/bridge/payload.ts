/**
 * What a NATS message carries: a header of 16 bytes and the record's slot as it stood in the ring, little-endian.
 *
 *   0          4        5      6         7    8                16                                  80
 *   +----------+--------+------+---------+----+----------------+-----------------------------------+
 *   | magic u32| format | type | version | 0  | epoch u64      | the 64 bytes of docs/records.md   |
 *   +----------+--------+------+---------+----+----------------+-----------------------------------+
 *
 * magic = "RSD1". type and version are the record's. epoch = Unix time in ns that the record's times count from.
 */
import { SLOT_BYTES } from '../record/define.js';
import { RECORDS } from '../record/schema.js';
import { SlotViews } from '../record/slot.js';

export const HEADER_BYTES = 16;
export const PAYLOAD_BYTES = HEADER_BYTES + SLOT_BYTES;
export const FORMAT = 1;
/** "RSD1" as it stands in the message. */
const MAGIC = 0x31445352;

const VERSIONS = new Uint8Array(256);
for (const { id, version } of RECORDS) VERSIONS[id] = version;

/** Writes payloads. Each is memory of its own, because the client keeps it until the socket takes it. */
export class PayloadWriter {
  private readonly draft = new Uint8Array(PAYLOAD_BYTES);
  private readonly slot = this.draft.subarray(HEADER_BYTES);

  constructor(epochUnixNs: bigint) {
    const view = new DataView(this.draft.buffer);
    view.setUint32(0, MAGIC, true);
    this.draft[4] = FORMAT;
    view.setBigUint64(8, epochUnixNs, true);
  }

  write(views: SlotViews, at: number): Uint8Array {
    const type = views.u8[at + 4];
    this.draft[5] = type;
    this.draft[6] = VERSIONS[type];
    this.slot.set(views.u8.subarray(at, at + SLOT_BYTES));
    return this.draft.slice();
  }
}

export interface Payload {
  readonly type: number;
  readonly version: number;
  readonly epochUnixNs: bigint;
  /** The slot at offset 0. */
  readonly views: SlotViews;
}

/** Undefined when it is no payload of this format. */
export function readPayload(bytes: Uint8Array): Payload | undefined {
  if (bytes.byteLength !== PAYLOAD_BYTES) return undefined;
  const copy = new Uint8Array(PAYLOAD_BYTES); // aligned, whatever buffer the client received it in
  copy.set(bytes);
  const view = new DataView(copy.buffer);
  if (view.getUint32(0, true) !== MAGIC || copy[4] !== FORMAT || copy[5] !== copy[HEADER_BYTES + 4]) return undefined;
  return { type: copy[5], version: copy[6], epochUnixNs: view.getBigUint64(8, true), views: new SlotViews(copy.buffer, HEADER_BYTES) };
}
