/**
 * Exact decimals as scaled integers. A value `v` at scale `d` stands for v / 10^d.
 * Hot paths hold scaled integers in Float64 (exact up to 2^53); money at rest is bigint.
 */
import { RingsideError } from './errors.js';

/** 10^0 … 10^18; exact in Float64 up to 10^22. */
export const POW10: readonly number[] = Array.from({ length: 19 }, (_, i) => 10 ** i);

/** Decimals of every amount at rest: balances, quote amounts, fees. One unit is 10^-8 of an asset. */
export const AMOUNT_DECIMALS = 8;

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Parse a decimal text (also `1e-08`, as venues send) into a bigint at `decimals`.
 * @throws RingsideError NUMBER_MALFORMED when the text is no number, NUMBER_TOO_PRECISE when digits would be lost.
 */
export function parseDecimal(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RingsideError('NUMBER_MALFORMED', `"${text.slice(0, 40)}" is not a decimal number`);
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const shift = decimals - fraction.length + Number(exponent);
  if (shift > 60 || shift < -400) throw new RingsideError('NUMBER_OUT_OF_RANGE', `"${text.slice(0, 40)}" is out of range`);
  let scaled: bigint;
  if (shift >= 0) scaled = BigInt(digits) * 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    scaled = BigInt(digits) / divisor;
    if (scaled * divisor !== BigInt(digits)) {
      throw new RingsideError('NUMBER_TOO_PRECISE', `"${text.slice(0, 40)}" has more than ${decimals} decimals`);
    }
  }
  return sign === '-' ? -scaled : scaled;
}

/**
 * Parse a decimal text into a scaled integer held in a number.
 * @throws RingsideError as parseDecimal, and NUMBER_OUT_OF_RANGE beyond ±2^53.
 */
export function parseScaled(text: string, decimals: number): number {
  const value = Number(parseDecimal(text, decimals));
  if (!Number.isSafeInteger(value)) throw new RingsideError('NUMBER_OUT_OF_RANGE', `"${text}" does not fit 2^53 at ${decimals} decimals`);
  return value;
}

/** The shortest number of decimals that holds the text exactly: `0.0100` → 2, `1e-08` → 8, `12` → 0. */
export function decimalsOf(text: string): number {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RingsideError('NUMBER_MALFORMED', `"${text.slice(0, 40)}" is not a decimal number`);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  const exponent = Number(match[4] ?? 0);
  if (fraction === '' && exponent < 0) {
    const zeros = /0*$/.exec(match[2])![0].length;
    return Number(match[2]) === 0 ? 0 : Math.max(0, -exponent - zeros);
  }
  return Math.max(0, fraction.length - exponent);
}

/** Exact decimal text of a scaled integer, always with `decimals` digits after the point. */
export function formatScaled(value: number | bigint, decimals: number): string {
  const digits = (value < 0 ? -value : value).toString().padStart(decimals + 1, '0');
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return value < 0 ? `-${text}` : text;
}

/** As formatScaled, with trailing zeros (and a bare point) removed: `1.2300` → `1.23`, `5.00` → `5`. */
export function formatTrimmed(value: number | bigint, decimals: number): string {
  const text = formatScaled(value, decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, '');
}

/** 10^-decimals: 1 → `0.1`. */
export function unitAt(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}

/** Change a bigint's scale; digits that do not fit are rounded towards negative infinity. */
export function rescale(value: bigint, from: number, to: number): bigint {
  if (to >= from) return value * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}
