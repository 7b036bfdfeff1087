/** The account's balances by REST: the coins of the unified account. What is `locked` is held by spot orders. */
import type { GatewayOptions } from '../contract.js';
import { balanceOf } from '../amounts.js';
import { BalanceTotals } from '../balance-totals.js';
import type { ReportWriter } from '../report-writer.js';
import type { PrivateRequests } from './private-requests.js';
import { Code } from './venue-error.js';

const PATH = '/v5/account/wallet-balance';

interface Coin {
  readonly coin?: unknown;
  readonly walletBalance?: unknown;
  readonly locked?: unknown;
}

export class BalanceRequest {
  constructor(private readonly options: GatewayOptions, private readonly requests: PrivateRequests, private readonly writer: ReportWriter) {}

  request(nowNs: number): void {
    this.requests.drop(PATH);
    const onAnswer = (result: unknown, code: number, answeredNs: number): void => {
      const coins = (result as { list?: { coin?: unknown }[] } | undefined)?.list?.[0]?.coin;
      if (code === Code.OK && Array.isArray(coins)) this.tell(coins as (Coin | null)[], answeredNs);
    };
    this.requests.ask({ method: 'GET', path: PATH, payload: 'accountType=UNIFIED', onAnswer }, nowNs);
  }

  private tell(coins: readonly (Coin | null)[], nowNs: number): void {
    const totals = new BalanceTotals(this.options, this.writer);
    for (const { coin, walletBalance, locked } of coins.map((entry) => entry ?? {})) {
      if (typeof coin !== 'string' || typeof walletBalance !== 'string' || walletBalance === '') continue;
      try {
        totals.add(coin, balanceOf(walletBalance), typeof locked === 'string' && locked !== '' ? balanceOf(locked) : 0n);
      } catch {
        this.options.host.count('malformed');
      }
    }
    totals.tell(nowNs);
  }
}
