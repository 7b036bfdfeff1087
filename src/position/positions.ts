/**
 * What the engine holds: per venue and asset, in 10^-8 of the asset, exact.
 *
 *   total    opening balance as the venue said it at the start, plus every fill and fee since
 *   held     what open orders may still take away: the rest of a sell in base, of a buy in quote with the taker fee
 *   incoming what open buys may still bring in base
 *
 * `total` and `opening` are a fold over the ledger; `held` and `incoming` follow from the open orders.
 */
import type { InstrumentAmounts } from './amounts.js';

export class Positions {
  readonly opening: bigint[];
  readonly total: bigint[];
  readonly held: bigint[];
  readonly incoming: bigint[];

  constructor(readonly venues: number, readonly assets: number) {
    const zeros = (): bigint[] => Array.from({ length: venues * assets }, () => 0n);
    this.opening = zeros();
    this.total = zeros();
    this.held = zeros();
    this.incoming = zeros();
  }

  /** Where an asset of a venue stands in the arrays. */
  at(venue: number, asset: number): number {
    return venue * this.assets + asset;
  }

  /** What can still be spent. */
  free(venue: number, asset: number): bigint {
    const at = this.at(venue, asset);
    return this.total[at] - this.held[at];
  }

  open(venue: number, asset: number, amount: bigint): void {
    const at = this.at(venue, asset);
    this.opening[at] = amount;
    this.total[at] = amount;
  }

  /** A trade of ours: base against quote, and the fee in whatever asset it was charged. */
  trade(amounts: InstrumentAmounts, sell: boolean, base: bigint, quote: bigint, feeAsset: number, fee: bigint): void {
    const baseAt = this.at(amounts.venue, amounts.base);
    const quoteAt = this.at(amounts.venue, amounts.quote);
    this.total[baseAt] += sell ? -base : base;
    this.total[quoteAt] += sell ? quote : -quote;
    if (fee !== 0n) this.total[this.at(amounts.venue, feeAsset)] -= fee;
  }
}
