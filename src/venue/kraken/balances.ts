/** The account's balances by REST: BalanceEx names assets the old way, leaves out what is zero, and adds what cannot be traded with. */
import { balanceOf } from '../amounts.js';
import type { GatewayOptions } from '../contract.js';
import type { ReportWriter } from '../report-writer.js';
import { spotAsset } from './asset-names.js';
import type { PrivateRequests } from './private-requests.js';

const BALANCES_PATH = '/0/private/BalanceEx';

export class BalanceRequest {
  constructor(private readonly options: GatewayOptions, private readonly requests: PrivateRequests, private readonly writer: ReportWriter) {}

  request(nowNs: number): void {
    this.requests.drop(BALANCES_PATH);
    this.requests.add({
      path: BALANCES_PATH, points: 1,
      onAnswer: (result, error, answeredNs) => {
        if (error === undefined && typeof result === 'object' && result !== null) this.tell(result as Record<string, unknown>, answeredNs);
      },
    }, nowNs);
  }

  private tell(result: Readonly<Record<string, unknown>>, nowNs: number): void {
    const totals = new Map<number, { total: bigint; held: bigint }>();
    const add = (code: string, total: bigint, held: bigint): void => {
      const asset = this.options.assetIndex(code);
      if (asset === undefined) return;
      const before = totals.get(asset) ?? { total: 0n, held: 0n };
      totals.set(asset, { total: before.total + total, held: before.held + held });
    };
    for (const { metadata } of this.options.instruments) {
      add(metadata.base, 0n, 0n);
      add(metadata.quote, 0n, 0n);
    }
    for (const [name, entry] of Object.entries(result)) {
      const code = spotAsset(name);
      const { balance, hold_trade: hold } = (entry ?? {}) as { balance?: unknown; hold_trade?: unknown };
      if (code === undefined || typeof balance !== 'string') continue;
      try {
        add(code, balanceOf(balance), typeof hold === 'string' ? balanceOf(hold) : 0n);
      } catch {
        this.options.host.count('malformed');
      }
    }
    let left = totals.size;
    for (const [asset, { total, held }] of totals) this.writer.write({ type: 'balance', asset, total, held, last: --left === 0, tsNs: nowNs });
  }
}
