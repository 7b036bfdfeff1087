/** The account's balances by REST, page by page: there is no channel for them. */
import { balanceOf } from '../amounts.js';
import { BalanceTotals } from '../balance-totals.js';
import type { GatewayOptions } from '../contract.js';
import type { ReportWriter } from '../report-writer.js';
import { cursorOf, isFields, listOf, textOf } from './private-messages.js';
import type { PrivateRequests } from './private-requests.js';

const PATH = '/api/v3/brokerage/accounts';
const ACCOUNTS_A_PAGE = 250;
const PAGES_MAX = 40;

export class BalanceRequest {
  constructor(private readonly options: GatewayOptions, private readonly requests: PrivateRequests, private readonly writer: ReportWriter) {}

  request(nowNs: number): void {
    this.requests.drop(PATH);
    this.readPage('', 0, new BalanceTotals(this.options, this.writer), nowNs);
  }

  private readPage(cursor: string, page: number, totals: BalanceTotals, nowNs: number): void {
    const query = `limit=${ACCOUNTS_A_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const onAnswer = (_status: number, answer: unknown, answeredNs: number): void => {
      // Half a list would say of the rest that it is not held.
      if (!isFields(answer) || !Array.isArray(answer.accounts)) return;
      for (const { currency, available_balance: available, hold } of listOf(answer, 'accounts')) this.add(totals, textOf(currency), available, hold);
      const next = cursorOf(answer);
      if (next !== '' && page + 1 < PAGES_MAX) this.readPage(next, page + 1, totals, answeredNs);
      else totals.tell(answeredNs);
    };
    this.requests.add({ method: 'GET', path: PATH, query, onAnswer }, nowNs);
  }

  private add(totals: BalanceTotals, currency: string, available: unknown, hold: unknown): void {
    try {
      const free = balanceOf(isFields(available) ? textOf(available.value) : '0');
      const held = balanceOf(isFields(hold) ? textOf(hold.value) : '0');
      totals.add(currency, free + held, held);
    } catch {
      this.options.host.count('malformed');
    }
  }
}
