/** CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320), eight bytes a step: table `k` advances a byte over k zero bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let k = 1; k < 8; k++) {
      const shorter = tables[(k - 1) * 256 + byte];
      tables[k * 256 + byte] = tables[shorter & 0xff] ^ (shorter >>> 8);
    }
  }
  return tables;
}

/** What an unfinished checksum starts from; pass the result of one call to the next to go on. */
export const CRC_START = -1;

/** Advance an unfinished checksum over bytes[from, to). */
export function crcAdvance(crc: number, bytes: Uint8Array, from: number, to: number): number {
  const tables = TABLES;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    crc = tables[1792 + (low & 0xff)] ^ tables[1536 + ((low >>> 8) & 0xff)] ^ tables[1280 + ((low >>> 16) & 0xff)] ^ tables[1024 + (low >>> 24)]
      ^ tables[768 + bytes[at + 4]] ^ tables[512 + bytes[at + 5]] ^ tables[256 + bytes[at + 6]] ^ tables[bytes[at + 7]];
  }
  for (; at < to; at++) crc = tables[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return crc;
}

/** The checksum proper, unsigned. */
export function crcFinish(crc: number): number {
  return (crc ^ -1) >>> 0;
}
