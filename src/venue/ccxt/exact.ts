/**
 * The library hands out JavaScript numbers. Each stands for the shortest decimal text that reads back as it, which is what
 * the venue wrote wherever that had at most 15 digits; that text is what is scaled, never the number multiplied.
 */
import { parseDecimal, parseScaled, rescale } from '../../model/decimal.js';

/** More decimals than any quantity has. */
const FINE_DECIMALS = 30;

/** As an integer at `decimals`; NaN where it has more decimals, does not fit 2^53 or is no number. */
export function exactly(value: number, decimals: number): number {
  try {
    return parseScaled(String(value), decimals);
  } catch {
    return Number.NaN;
  }
}

/** As an integer at `decimals`, finer digits left out: never more than there is. NaN where it does not fit or is no number. */
export function roundedDown(value: number, decimals: number): number {
  try {
    const scaled = Number(rescale(parseDecimal(String(value), FINE_DECIMALS), FINE_DECIMALS, decimals));
    return Number.isSafeInteger(scaled) ? scaled : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** The text that a number of the library stands for; '' for none. */
export function textOf(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : typeof value === 'string' ? value : '';
}
