/** Amounts as clients write them: positive decimal texts. */
import { decimalsOf, parseDecimal } from '../model/decimal.js';

/**
 * As units of 10^-decimals.
 * @param malformed makes the error for what is no positive number the engine holds @param tooPrecise for one with more decimals
 */
export function positiveUnits(value: unknown, decimals: number, malformed: () => Error, tooPrecise: () => Error): bigint {
  const text = typeof value === 'string' ? value : '';
  let precise: number;
  try {
    precise = decimalsOf(text);
  } catch {
    throw malformed();
  }
  if (precise > decimals) throw tooPrecise();
  const scaled = parseDecimal(text, decimals);
  if (scaled <= 0n || scaled > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed();
  return scaled;
}
