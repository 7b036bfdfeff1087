/** How the eight decimals of the wire, two words of four, become an integer at a scale of at most eight. */
class EightDecimals {
  /** What one is worth at the scale. */
  readonly units: number;
  /** Bytes of either word that lie beyond the scale: they must be zeros, and are shifted out. */
  readonly highRest: number;
  readonly lowRest: number;
  readonly highShift: number;
  readonly lowShift: number;
  /** What the first word counts in units of the second. */
  readonly lowUnits: number;
  /** Digits before the point that keep the number below 10^15, and in an int32. */
  readonly wholeDigitsMax: number;

  constructor(scale: number) {
    const high = Math.min(scale, 4);
    const low = scale - high;
    this.units = 10 ** scale;
    this.highRest = high === 4 ? 0 : -1 << (8 * high);
    this.lowRest = low === 4 ? 0 : -1 << (8 * low);
    this.highShift = (8 * (4 - high)) & 31;
    this.lowShift = (8 * (4 - low)) & 31;
    this.lowUnits = 10 ** low;
    this.wholeDigitsMax = Math.min(9, 15 - scale);
  }
}

/** By scale. */
export const EIGHT_DECIMALS: readonly EightDecimals[] = Array.from({ length: 9 }, (_, scale) => new EightDecimals(scale));
