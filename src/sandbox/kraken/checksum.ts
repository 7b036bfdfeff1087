/** Kraken's book checksum: CRC32 (IEEE) over the best ten asks, then the best ten bids, digits only. */
import { crc32 } from '../crc32.js';

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
