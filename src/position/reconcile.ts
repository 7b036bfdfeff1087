/** The engine's positions held against the venues' own balances, to the last unit. */
import type { Positions } from './positions.js';

export interface Difference {
  readonly venue: number;
  readonly asset: number;
  readonly engine: bigint;
  readonly atVenue: bigint;
}

export interface Reconciliation {
  /** Every venue was asked and answered, and there is no difference at all. */
  readonly reconciled: boolean;
  /** Venues that have not answered. */
  readonly missing: readonly number[];
  readonly differences: readonly Difference[];
}

/** @param venueTotals by venue and asset as in Positions; undefined where the venue has not answered */
export function reconcile(positions: Positions, venues: readonly number[], venueTotals: readonly (readonly bigint[] | undefined)[]): Reconciliation {
  const differences: Difference[] = [];
  const missing: number[] = [];
  for (const venue of venues) {
    const totals = venueTotals[venue];
    if (totals === undefined) {
      missing.push(venue);
      continue;
    }
    for (let asset = 0; asset < positions.assets; asset++) {
      const engine = positions.total[positions.at(venue, asset)];
      const atVenue = totals[asset] ?? 0n;
      if (engine !== atVenue) differences.push({ venue, asset, engine, atVenue });
    }
  }
  return { reconciled: missing.length === 0 && differences.length === 0, missing, differences };
}
