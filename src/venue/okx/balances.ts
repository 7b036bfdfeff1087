/** The account's balances by REST: `account/balance`. What is frozen is held by orders. */
import { balanceOf } from '../amounts.js';
import { BalanceTotals } from '../balance-totals.js';
import type { GatewayOptions } from '../contract.js';
import type { ReportWriter } from '../report-writer.js';
import type { PrivateRequests } from './private-requests.js';
import { Code } from './venue-error.js';

const PATH = '/api/v5/account/balance';

interface Detail {
  readonly ccy?: unknown;
  readonly cashBal?: unknown;
  readonly frozenBal?: unknown;
}

export class BalanceRequest {
  constructor(private readonly options: GatewayOptions, private readonly requests: PrivateRequests, private readonly writer: ReportWriter) {}

  request(nowNs: number): void {
    this.requests.drop(PATH);
    this.requests.askList(PATH, ([account], code, answeredNs) => {
      const { details } = (account ?? {}) as { readonly details?: unknown };
      if (code === Code.OK && Array.isArray(details)) this.tell(details as (Detail | null)[], answeredNs);
    }, nowNs);
  }

  private tell(details: readonly (Detail | null)[], nowNs: number): void {
    const totals = new BalanceTotals(this.options, this.writer);
    for (const { ccy, cashBal, frozenBal } of details.map((detail) => detail ?? {})) {
      if (typeof ccy !== 'string' || typeof cashBal !== 'string' || cashBal === '') continue;
      try {
        totals.add(ccy, balanceOf(cashBal), typeof frozenBal === 'string' && frozenBal !== '' ? balanceOf(frozenBal) : 0n);
      } catch {
        this.options.host.count('malformed');
      }
    }
    totals.tell(nowNs);
  }
}
