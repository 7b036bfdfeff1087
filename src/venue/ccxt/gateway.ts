/**
 * The private side of an exchange through the library: orders by REST, what becomes of them by its private streams where it
 * has them, else by asking.
 *
 * It is ready once the account has answered with its balances; a call that fails on its way makes it unready until the
 * account answers again. The library is told to retry nothing.
 */
import type { Balances, Order, Trade } from 'ccxt';
import { RejectReason, ReportKind, VenueState } from '../../record/codes.js';
import { balanceOf } from '../amounts.js';
import { BalanceTotals } from '../balance-totals.js';
import type { OutgoingOrder } from '../contract.js';
import type { GatewayDriver, GatewayDriverOptions } from '../driven.js';
import { OrderReports } from '../order-reports.js';
import { ReportWriter } from '../report-writer.js';
import { TrackedOrders, type TrackedOrder } from '../tracked-order.js';
import { openClient, type Client } from './client.js';
import { isA, messageOf, refusalOf, venueReasonOf } from './errors.js';
import { textOf } from './exact.js';
import { OrderCalls } from './order-calls.js';
import { OrderProgress } from './order-progress.js';
import { Patience } from './patience.js';

/** Orders that the library may hold at once: it sends them one after another at the exchange's pace, and a late order is a bad one. */
const PENDING_MAX = 4;

export class CcxtGateway implements GatewayDriver {
  ready = false;
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly patience = new Patience();
  private client: Client | undefined;
  private calls: OrderCalls | undefined;
  private progress: OrderProgress | undefined;
  private closed = false;
  private pending = 0;
  private probing = false;

  constructor(private readonly exchange: string, private readonly options: GatewayDriverOptions) {
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
  }

  start(): void {
    void this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.ready = false;
    await this.client?.close();
  }

  onTimer(nowNs: number): void {
    this.writer.drain();
    if (this.ready) this.progress?.onTimer(nowNs);
  }

  place(outgoing: OutgoingOrder, nowNs: number): boolean {
    const { host } = this.options;
    const { calls, progress } = this;
    if (!this.ready || calls === undefined || progress === undefined) return false;
    if (this.pending >= PENDING_MAX) {
      host.count('rateLimited');
      return false;
    }
    const answer = calls.takes(outgoing.tif) ? calls.place(outgoing) : undefined;
    if (answer === undefined) return false;
    const order = progress.begin(outgoing, nowNs);
    this.pending++;
    void answer.then((told) => {
      host.onAnswered(host.nowNs() - nowNs);
      this.reports.acknowledge(order, 0, host.nowNs());
      progress.observe(order, told);
    }, (error: unknown) => this.onPlaceError(order, error)).finally(() => {
      this.pending--;
      progress.answered(order);
      host.onReported();
    });
    return true;
  }

  cancel(outgoing: OutgoingOrder, nowNs: number): boolean {
    const { calls, progress } = this;
    if (!this.ready || calls === undefined || progress === undefined) return false;
    const order = this.orders.get(outgoing.orderId);
    if (order === undefined || order.venueOrderId === '') {
      // The exchange's number of it comes first; the executor cancels again once the order is known to live.
      progress.ask(outgoing);
      return true;
    }
    order.cancelSentNs = nowNs;
    void calls.cancel(order).then(() => progress.askTracked(order), (error: unknown) => this.onCancelError(order, error));
    return true;
  }

  query(outgoing: OutgoingOrder): boolean {
    if (this.progress === undefined) return false;
    this.progress.ask(outgoing);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    const { calls } = this;
    if (!this.ready || calls === undefined) return false;
    for (const order of this.orders.live) if (!order.immediate) order.cancelSentNs = nowNs;
    void this.call('cancelAll', async () => {
      await calls.cancelOpen(this.options.instruments.map(({ symbol }) => symbol));
      this.progress?.lostSight(this.options.host.nowNs());
    });
    return true;
  }

  requestBalances(): boolean {
    const { calls } = this;
    if (calls === undefined) return false;
    void this.call('fetchBalance', async () => this.tellBalances(await calls.balances()));
    return true;
  }

  /** Load the library and the markets until that works, then ask for the account. */
  private async run(): Promise<void> {
    const { exchange, options: { endpoints, credentials } } = this;
    while (!this.closed && this.client === undefined) {
      try {
        const client = await openClient({ exchange, endpoints, credentials });
        await client.loadMarkets();
        this.begin(client);
      } catch (error) {
        this.failed('loadMarkets', error);
        await this.patience.pause();
      }
    }
    void this.probe();
  }

  private begin(client: Client): void {
    const streams = client.has['watchOrders'] === true && client.has['watchMyTrades'] === true;
    this.client = client;
    this.calls = new OrderCalls(client);
    this.progress = new OrderProgress(this.options, this.orders, this.reports, this.calls, streams);
    const { progress } = this;
    if (client.has['watchOrders'] === true) void this.follow<Order>((symbol) => client.watchOrders(symbol), (told) => progress.onStreamedOrder(told));
    if (client.has['watchMyTrades'] === true) void this.follow<Trade>((symbol) => client.watchMyTrades(symbol), (trade) => progress.onStreamedTrade(trade));
  }

  /** A private stream for as long as this lives: of all markets at once or, where the exchange wants one named, of each. */
  private async follow<T>(watch: (symbol: string | undefined) => Promise<T[]>, onEach: (told: T) => void, symbol?: string): Promise<void> {
    const { host, instruments } = this.options;
    const patience = new Patience();
    while (!this.closed) {
      try {
        const batch = await watch(symbol);
        patience.succeeded();
        host.count('frames');
        for (const told of batch) onEach(told);
      } catch (error) {
        if (this.closed) return;
        if (symbol === undefined && isA(error, 'ArgumentsRequired')) {
          for (const instrument of instruments) void this.follow(watch, onEach, instrument.symbol);
          return;
        }
        host.count('gaps');
        this.progress?.lostSight(host.nowNs());
        await patience.pause();
      }
    }
  }

  /** Unready until the account answers. */
  private async probe(): Promise<void> {
    if (this.probing) return;
    this.probing = true;
    this.ready = false;
    while (!this.closed && !this.ready) {
      try {
        await this.calls!.balances();
        this.ready = !this.closed;
        this.patience.succeeded();
        this.options.host.onReported();
      } catch (error) {
        this.failed('fetchBalance', error);
        await this.patience.pause();
      }
    }
    this.probing = false;
  }

  private failed(what: string, error: unknown, isUp = false): void {
    const { host } = this.options;
    host.count(isA(error, 'AuthenticationError') ? 'authFailures' : 'requestErrors');
    host.report('warn', 'CCXT_CALL', `ccxt:${this.exchange} ${what}: ${messageOf(error)}`);
    if (!isUp) host.onState(VenueState.DOWN, venueReasonOf(error), this.patience.attempts + 1, this.patience.nextMs * 1e6);
  }

  /** A call whose failure says something of the way to the exchange. */
  private async call(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (this.closed) return;
      const refused = isA(error, 'ExchangeError') && !isA(error, 'AuthenticationError');
      this.failed(what, error, refused);
      if (!refused) void this.probe();
    }
  }

  private onPlaceError(order: TrackedOrder, error: unknown): void {
    const { host } = this.options;
    const nowNs = host.nowNs();
    // A stream has told that the order lives: whatever failed, it was not the order.
    if (order.acknowledged || order.done) return;
    const reason = refusalOf(error);
    if (reason === undefined) {
      host.count('requestErrors');
      host.report('warn', 'CCXT_CALL', `ccxt:${this.exchange} createOrder: ${messageOf(error)}`);
      this.reports.unknown(order, nowNs);
      void this.probe();
      return;
    }
    if (reason === RejectReason.RATE_LIMITED) host.count('rateLimited');
    this.reports.finish(order, ReportKind.REJECTED, reason, 0, 0, nowNs);
    if (reason === RejectReason.AUTH) {
      host.count('authFailures');
      void this.probe();
    }
  }

  private onCancelError(order: TrackedOrder, error: unknown): void {
    const { host } = this.options;
    order.cancelSentNs = -1;
    const reason = refusalOf(error);
    if (reason === undefined) this.progress?.doubt(order);
    else if (reason === RejectReason.UNKNOWN_ORDER) this.progress?.askTracked(order); // it has ended
    else this.reports.report(order, ReportKind.CANCEL_REJECTED, reason, order.cumQty, 0, host.nowNs());
    host.onReported();
  }

  private tellBalances(balances: Balances): void {
    const { host, instruments } = this.options;
    const totals = new BalanceTotals(this.options, this.writer);
    const amount = (value: unknown): bigint => (textOf(value) === '' ? 0n : balanceOf(textOf(value)));
    for (const code of new Set(instruments.flatMap(({ metadata: { base, quote } }) => [base, quote]))) totals.add(code, amount(balances[code]?.total), amount(balances[code]?.used));
    totals.tell(host.nowNs());
    host.onReported();
  }
}
