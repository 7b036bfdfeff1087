/** Decimal digits of integers as ASCII bytes, without a text in between: what checksums are computed over. */

/** `00` … `99`. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => 48 + ((i & 1) === 0 ? Math.floor(i / 20) : (i >> 1) % 10));

/** Write an integer in 1 … 2^31-1 (0 writes nothing) and return where it ends. */
function writeSmall(into: Uint8Array, value: number, at: number): number {
  let digits = 0;
  for (let bound = 1; bound <= value && digits < 10; bound *= 10) digits++;
  return writePadded(into, value, digits, at);
}

/** Write exactly `digits` digits of an integer below 2^31 and return where they end. */
export function writePadded(into: Uint8Array, value: number, digits: number, at: number): number {
  let end = at + digits;
  while (end - at >= 2) {
    const rest = (value / 100) | 0;
    const pair = (value - rest * 100) << 1;
    into[--end] = PAIRS[pair + 1]!;
    into[--end] = PAIRS[pair]!;
    value = rest;
  }
  if (end > at) into[at] = 48 + value;
  return at + digits;
}

/** Write the digits of an integer in 0 … 2^53 (0 writes nothing: all its zeros are leading) and return where they end. */
export function writeDigits(into: Uint8Array, value: number, at: number): number {
  if (value < 1e9) return writeSmall(into, value | 0, at);
  let high = Math.floor(value / 1e9);
  let low = value - high * 1e9;
  // Above 2^52 the quotient may have been rounded up to the next integer.
  if (low < 0) {
    high--;
    low += 1e9;
  }
  return writePadded(into, low | 0, 9, writeSmall(into, high | 0, at));
}
