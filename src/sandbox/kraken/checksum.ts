/** Kraken's book checksum: CRC32 (IEEE) over the best ten asks, then the best ten bids, digits only. */
const TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  TABLE[byte] = crc;
}

/** CRC32 of an ASCII text, unsigned. */
export function crc32(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) crc = TABLE[(crc ^ text.charCodeAt(i)) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * A level is its price and quantity as scaled integers: the text of an integer already has no point and no leading
 * zeros, which is what the rule asks for.
 */
export interface ScaledLevel {
  price: number;
  qty: number;
}

export function bookChecksum(asks: readonly ScaledLevel[], bids: readonly ScaledLevel[]): number {
  let text = '';
  for (let i = 0; i < asks.length && i < 10; i++) text += `${asks[i].price}${asks[i].qty}`;
  for (let i = 0; i < bids.length && i < 10; i++) text += `${bids[i].price}${bids[i].qty}`;
  return crc32(text);
}
