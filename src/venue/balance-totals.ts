/** An account's balances as one answer: what the venue does not list is not held, and is said to be zero. */
import type { GatewayOptions } from './contract.js';
import type { ReportWriter } from './report-writer.js';

export class BalanceTotals {
  private readonly totals = new Map<number, { total: bigint; held: bigint }>();

  constructor(private readonly options: Pick<GatewayOptions, 'instruments' | 'assetIndex'>, private readonly writer: ReportWriter) {
    for (const { metadata } of options.instruments) {
      this.add(metadata.base, 0n, 0n);
      this.add(metadata.quote, 0n, 0n);
    }
  }

  /** Add what stands in one of the venue's accounts, in 10^-8; an asset the engine does not trade is left out. */
  add(code: string, total: bigint, held: bigint): void {
    const asset = this.options.assetIndex(code);
    if (asset === undefined) return;
    const before = this.totals.get(asset) ?? { total: 0n, held: 0n };
    this.totals.set(asset, { total: before.total + total, held: before.held + held });
  }

  /** Write them all, the last flagged LAST. */
  tell(nowNs: number): void {
    let left = this.totals.size;
    for (const [asset, { total, held }] of this.totals) this.writer.write({ type: 'balance', asset, total, held, last: --left === 0, tsNs: nowNs });
  }
}
