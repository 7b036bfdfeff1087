/** Which ticks are initialised, one bit each, 256 to a word. Source: TickBitmap of v3-core. */
export function wordOf(tick: number, spacing: number): { word: number; bit: number } {
  const compressed = Math.floor(tick / spacing);
  return { word: compressed >> 8, bit: compressed & 255 };
}

/**
 * The next initialised tick at or below `tick` (`down`), or above it, in its word; the end of the word where none is.
 * @param wordAt the bits of a word of the map
 */
export function nextTickInWord(wordAt: (word: number) => bigint, tick: number, spacing: number, down: boolean): { tick: number; initialized: boolean } {
  const { word, bit } = wordOf(down ? tick : (Math.floor(tick / spacing) + 1) * spacing, spacing);
  const bits = wordAt(word);
  const masked = down ? bits & ((1n << BigInt(bit + 1)) - 1n) : bits >> BigInt(bit);
  const initialized = masked !== 0n;
  let found: number;
  if (down) found = initialized ? masked.toString(2).length - 1 : 0;
  else found = initialized ? bit + (masked & -masked).toString(2).length - 1 : 255;
  return { tick: (word * 256 + found) * spacing, initialized };
}
