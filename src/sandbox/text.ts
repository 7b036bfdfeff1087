/** Decimal text of scaled integers, exact and quick: the hot part of frame encoding. */
const ZEROS = '000000000000000000';

/** `value` / 10^decimals with `padTo` digits after the point (padTo ≥ decimals): 50000, 5, 8 → `0.50000000`. */
export function decimalText(value: number, decimals: number, padTo: number = decimals): string {
  let digits = String(value);
  if (digits.length <= decimals) digits = ZEROS.slice(0, decimals + 1 - digits.length) + digits;
  const cut = digits.length - decimals;
  if (padTo === 0) return digits;
  return `${digits.slice(0, cut)}.${digits.slice(cut)}${ZEROS.slice(0, padTo - decimals)}`;
}

/** The same without trailing zeros: 50000, 5 → `0.5`. */
export function trimmedText(value: number, decimals: number): string {
  const text = decimalText(value, decimals);
  if (decimals === 0) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}

/** RFC 3339 with microseconds, as Kraken writes times. */
export function rfc3339(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  const micros = Math.floor((timeMs % 1) * 1000);
  return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
