/** A whole-number option and its range. */
import { RingsideError } from '../model/errors.js';

/** @throws RingsideError SANDBOX_OPTION_INVALID */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RingsideError('SANDBOX_OPTION_INVALID', `Sandbox option ${name} is ${value}.`, { where: name, fix: `Give a whole number from ${least} to ${most}.` });
}
