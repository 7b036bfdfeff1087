/** Numbers of orders and fills: exact where the engine's scales hold them, else rounded to the nearest unit; out they go exact. */
import { AMOUNT_DECIMALS, parseDecimal, POW10 } from '../model/decimal.js';

/** Decimals no amount of the venue exceeds. */
const FINE_DECIMALS = 30;

/** A decimal text at `decimals`, rounded half away from zero where it has more. @throws RingsideError NUMBER_MALFORMED, NUMBER_TOO_PRECISE beyond 30 decimals */
function roundedDecimal(text: string, decimals: number): bigint {
  const fine = parseDecimal(text, FINE_DECIMALS);
  const unit = 10n ** BigInt(FINE_DECIMALS - decimals);
  return (fine + (fine < 0n ? -unit : unit) / 2n) / unit;
}

/** A money amount in 10^-8 units. */
export function amountOf(text: string): bigint {
  return roundedDecimal(text, AMOUNT_DECIMALS);
}

/** A balance in 10^-8 units, never more than the venue says. */
export function balanceOf(text: string): bigint {
  return parseDecimal(text, FINE_DECIMALS) / 10n ** BigInt(FINE_DECIMALS - AMOUNT_DECIMALS);
}

/** A price or quantity at the pair's scale. */
export function scaledOf(text: string, decimals: number): number {
  return Number(roundedDecimal(text, decimals));
}

/** Exact decimal text of a scaled integer up to 2^53, all its decimals shown. */
export function decimalText(value: number, decimals: number): string {
  if (decimals === 0) return String(value);
  const unit = POW10[decimals];
  let whole = Math.floor(value / unit);
  let rest = value - whole * unit;
  // The quotient may have been rounded up to the next integer.
  if (rest < 0) {
    whole--;
    rest += unit;
  }
  return `${whole}.${String(rest).padStart(decimals, '0')}`;
}
