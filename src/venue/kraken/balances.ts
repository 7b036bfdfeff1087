/** The account's balances by REST: BalanceEx names assets the old way, leaves out what is zero, and adds what cannot be traded with. */
import { balanceOf } from '../amounts.js';
import { BalanceTotals } from '../balance-totals.js';
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
    const totals = new BalanceTotals(this.options, this.writer);
    for (const [name, entry] of Object.entries(result)) {
      const code = spotAsset(name);
      const { balance, hold_trade: hold } = (entry ?? {}) as { balance?: unknown; hold_trade?: unknown };
      if (code === undefined || typeof balance !== 'string') continue;
      try {
        totals.add(code, balanceOf(balance), typeof hold === 'string' ? balanceOf(hold) : 0n);
      } catch {
        this.options.host.count('malformed');
      }
    }
    totals.tell(nowNs);
  }
}
