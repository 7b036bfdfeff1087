/**
 * A venue that is not there: takes the place of a venue's gateway session (the contract in src/venue/contract.ts) and
 * fills orders against the venue's live book.
 *
 * * An order arrives half the latency after it was placed and its reports come back half of it later.
 * * It takes what the book shows at its arrival, level by level, never more, and never twice the same (see PaperBook).
 * * The rest of an IOC order expires; FOK fills whole or not at all; a GTC order rests, holds its funds, and fills as a
 *   maker at its own price whenever the book comes to cross it.
 * * Fees by the instrument's rates, in what is received or in quote as the venue takes them; balances as configured;
 *   what cannot be paid is rejected.
 * * No book in sync: nothing fills.
 *
 * Its state dies with its worker: a restarted one begins with the configured balances.
 */
import type { Instrument } from '../model/instrument.js';
import { BalanceKind, Flag, NO_INSTRUMENT, RejectReason, ReportKind, TimeInForce } from '../record/codes.js';
import { Balance, ExecutionReport, Fill } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';
import { feeNeeded, InstrumentAmounts } from '../position/amounts.js';
import { PaperBook, type DepthReader } from './paper-book.js';

/** What is needed of an OutgoingOrder. */
export interface PaperOrder {
  readonly instrument: Instrument;
  readonly orderId: number;
  readonly side: 0 | 1;
  readonly tif: number;
  readonly price: number;
  readonly qty: number;
}

export interface PaperGatewayOptions {
  readonly venueIndex: number;
  readonly instruments: readonly Instrument[];
  readonly sink: RecordSink;
  readonly depth: DepthReader;
  /** From placing to the report of it. */
  readonly latencyNs: number;
  /** Fees are taken from what is received (Binance); else in quote (Kraken). */
  readonly feeInReceived: boolean;
  /** Opening balances, 10^-8, by asset index. */
  readonly balances: readonly bigint[];
  /** Index of an asset by its code. */
  assetIndex(code: string): number | undefined;
}

interface Trade {
  readonly tradeId: number;
  readonly price: number;
  readonly qty: number;
  readonly quoteAmount: bigint;
  readonly fee: bigint;
  readonly feeAsset: number;
  readonly maker: boolean;
}

interface Account {
  readonly order: PaperOrder;
  readonly amounts: InstrumentAmounts;
  readonly sell: boolean;
  readonly trades: Trade[];
  tsSentNs: number;
  cumQty: number;
  held: bigint;
  /** ReportKind of what it is: OPEN, FILLED, EXPIRED, CANCELLED, REJECTED. */
  status: number;
}

/** Something that happens at a time; false = the sink is full, try again. */
interface Event {
  readonly dueNs: number;
  run(nowNs: number): boolean;
}

const REMEMBERED_ORDERS = 8192;

export class PaperGateway {
  /** Logged on: from the first `onOpen`. */
  ready = false;
  private readonly book: PaperBook;
  private readonly amounts = new Map<number, InstrumentAmounts>();
  private readonly total: bigint[];
  private readonly held: bigint[];
  private readonly orders = new Map<number, Account>();
  private readonly resting = new Set<Account>();
  /** On the way to the venue and back; each in order of time, because the latency is one. */
  private readonly arrivals: Event[] = [];
  private readonly answers: Event[] = [];
  private nextTradeId = 1;
  private readonly report: ExecutionReport;
  private readonly fill: Fill;
  private readonly balance: Balance;

  constructor(private readonly options: PaperGatewayOptions) {
    this.book = new PaperBook(options.depth);
    for (const instrument of options.instruments) {
      const base = options.assetIndex(instrument.metadata.base) ?? instrument.pair.base.index;
      this.amounts.set(instrument.index, new InstrumentAmounts(instrument, base));
    }
    this.total = [...options.balances];
    this.held = options.balances.map(() => 0n);
    this.report = new ExecutionReport(options.sink.views);
    this.fill = new Fill(options.sink.views);
    this.balance = new Balance(options.sink.views);
  }

  socketPath(): string {
    return '';
  }

  onOpen(): void {
    this.ready = true;
  }

  onFrame(): void {
    // There is no other side that could send one.
  }

  onResponse(): void {
    // Nor one that could answer.
  }

  onClose(): void {
    this.ready = false;
  }

  onTimer(nowNs: number): void {
    this.turn(nowNs);
  }

  place(order: PaperOrder, nowNs: number): boolean {
    const amounts = this.amounts.get(order.instrument.index);
    if (!this.ready || amounts === undefined) return false;
    // The caller's object may be reused for the next order.
    const account: Account = { order: { ...order }, amounts, sell: order.side === 1, trades: [], tsSentNs: nowNs, cumQty: 0, held: 0n, status: ReportKind.OPEN };
    this.arrive(nowNs, (atNs) => this.execute(account, atNs));
    return true;
  }

  cancel(order: PaperOrder, nowNs: number): boolean {
    if (!this.ready) return false;
    const { orderId } = order;
    this.arrive(nowNs, (atNs) => {
      const account = this.orders.get(orderId);
      if (account === undefined || !this.resting.has(account)) this.say(atNs, orderId, ReportKind.CANCEL_REJECTED, RejectReason.UNKNOWN_ORDER, 0, 0);
      else this.end(account, ReportKind.CANCELLED, atNs);
    });
    return true;
  }

  query(order: PaperOrder, nowNs: number): boolean {
    if (!this.ready) return false;
    const { orderId } = order;
    this.arrive(nowNs, (atNs) => {
      const account = this.orders.get(orderId);
      if (account === undefined) return this.say(atNs, orderId, ReportKind.NOT_FOUND, RejectReason.UNKNOWN_ORDER, 0, 0);
      for (const trade of account.trades) this.sayFill(account, trade, atNs);
      return this.say(atNs, orderId, account.status, 0, account.cumQty, 0);
    });
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.ready) return false;
    this.arrive(nowNs, (atNs) => {
      for (const account of this.resting) this.end(account, ReportKind.CANCELLED, atNs);
    });
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.ready) return false;
    this.arrive(nowNs, (atNs) => {
      const rows = this.total.map((total, asset) => ({ asset, total, held: this.held[asset] }));
      this.answer(atNs, () => this.writeBalances(rows, atNs));
    });
    return true;
  }

  /** Let everything happen that is due, and resting orders be filled by the book. Returns the number of events. */
  turn(nowNs: number): number {
    let done = 0;
    while (this.arrivals.length > 0 && this.arrivals[0].dueNs <= nowNs) {
      const event = this.arrivals.shift()!;
      event.run(event.dueNs);
      done++;
    }
    for (const account of this.resting) this.fillResting(account, nowNs);
    while (this.answers.length > 0 && this.answers[0].dueNs <= nowNs) {
      if (!this.answers[0].run(nowNs)) break;
      this.answers.shift();
      done++;
    }
    return done;
  }

  private arrive(nowNs: number, work: (atNs: number) => void): void {
    this.arrivals.push({
      dueNs: nowNs + this.options.latencyNs / 2,
      run: (atNs) => {
        work(atNs);
        return true;
      },
    });
  }

  private answer(atNs: number, run: () => boolean): void {
    this.answers.push({ dueNs: atNs + this.options.latencyNs / 2, run });
  }

  private execute(account: Account, atNs: number): void {
    const { order } = account;
    this.remember(account);
    if (!this.reserve(account)) {
      account.status = ReportKind.REJECTED;
      return this.say(atNs, order.orderId, ReportKind.REJECTED, RejectReason.INSUFFICIENT_FUNDS, 0, account.tsSentNs);
    }
    this.say(atNs, order.orderId, ReportKind.ACK, 0, 0, account.tsSentNs);
    const levels: [price: number, qty: number][] = [];
    const available = this.book.walk(order.instrument.index, account.sell, order.price, order.qty, (price, qty) => levels.push([price, qty]));
    if (order.tif !== TimeInForce.FOK || available === order.qty) {
      for (const [price, qty] of levels) {
        this.book.consume(order.instrument.index, account.sell, price, qty);
        this.trade(account, price, qty, false, atNs);
      }
    }
    if (account.cumQty === order.qty) this.end(account, ReportKind.FILLED, atNs);
    else if (order.tif === TimeInForce.GTC) this.resting.add(account);
    else this.end(account, ReportKind.EXPIRED, atNs);
  }

  /** The book has come to cross a resting order: it is filled at its own price. */
  private fillResting(account: Account, nowNs: number): void {
    const { order, sell } = account;
    const levels: [price: number, qty: number][] = [];
    this.book.walk(order.instrument.index, sell, order.price, order.qty - account.cumQty, (price, qty) => levels.push([price, qty]));
    for (const [price, qty] of levels) {
      this.book.consume(order.instrument.index, sell, price, qty);
      this.trade(account, order.price, qty, true, nowNs);
    }
    if (account.cumQty === order.qty) this.end(account, ReportKind.FILLED, nowNs);
  }

  private trade(account: Account, price: number, qty: number, maker: boolean, atNs: number): void {
    const { order: { instrument }, amounts, sell } = account;
    const base = amounts.baseOf(qty);
    const quoteAmount = amounts.quoteOf(price, qty);
    const inBase = this.options.feeInReceived && !sell;
    const fee = ((inBase ? base : quoteAmount) * BigInt(maker ? instrument.makerFeePpm : instrument.takerFeePpm)) / 1_000_000n;
    const feeAsset = inBase ? amounts.base : amounts.quote;
    this.total[amounts.base] += sell ? -base : base;
    this.total[amounts.quote] += sell ? quoteAmount : -quoteAmount;
    this.total[feeAsset] -= fee;
    account.cumQty += qty;
    this.hold(account);
    const trade: Trade = { tradeId: this.nextTradeId++, price, qty, quoteAmount, fee, feeAsset, maker };
    account.trades.push(trade);
    this.sayFill(account, trade, atNs);
  }

  private end(account: Account, status: number, atNs: number): void {
    account.status = status;
    this.resting.delete(account);
    this.hold(account);
    this.say(atNs, account.order.orderId, status, 0, account.cumQty, 0);
  }

  /** Hold the order's funds. False: they are not there. */
  private reserve(account: Account): boolean {
    this.hold(account);
    const asset = spent(account);
    if (this.held[asset] <= this.total[asset]) return true;
    account.status = ReportKind.REJECTED;
    this.hold(account);
    return false;
  }

  /** Bring what is held for the order up to what it may still take. */
  private hold(account: Account): void {
    const { order, amounts, sell } = account;
    const rest = account.status === ReportKind.OPEN ? order.qty - account.cumQty : 0;
    const cost = sell ? 0n : amounts.quoteNeeded(order.price, rest);
    const needed = sell ? amounts.baseOf(rest) : cost + (this.options.feeInReceived ? 0n : feeNeeded(cost, order.instrument.takerFeePpm));
    this.held[spent(account)] += needed - account.held;
    account.held = needed;
  }

  private remember(account: Account): void {
    this.orders.set(account.order.orderId, account);
    if (this.orders.size <= REMEMBERED_ORDERS) return;
    for (const [orderId, old] of this.orders) {
      if (this.resting.has(old)) continue;
      this.orders.delete(orderId);
      return;
    }
  }

  private say(atNs: number, orderId: number, kind: number, reason: number, cumQty: number, tsSentNs: number): void {
    this.answer(atNs, () => {
      const at = this.options.sink.next();
      if (at < 0) return false;
      const report = this.report.begin(at, 0, this.options.venueIndex, this.orders.get(orderId)?.order.instrument.index ?? NO_INSTRUMENT);
      report.reason = reason;
      report.orderId = orderId;
      report.kind = kind;
      report.attempt = 1;
      report.cumQty = cumQty;
      report.venueOrderId = orderId;
      report.tsSentNs = tsSentNs;
      report.tsVenueNs = atNs;
      report.tsRecvNs = atNs + this.options.latencyNs / 2;
      this.options.sink.flush();
      return true;
    });
  }

  private sayFill(account: Account, trade: Trade, atNs: number): void {
    this.answer(atNs, () => {
      const at = this.options.sink.next();
      if (at < 0) return false;
      const { order, sell } = account;
      const fill = this.fill.begin(at, (sell ? Flag.SELL : 0) | (trade.maker ? Flag.MAKER : 0), this.options.venueIndex, order.instrument.index);
      fill.feeAsset = trade.feeAsset;
      fill.orderId = order.orderId;
      fill.tradeId = trade.tradeId;
      fill.price = trade.price;
      fill.qty = trade.qty;
      fill.quoteAmount = trade.quoteAmount;
      fill.fee = trade.fee;
      fill.tsRecvNs = atNs + this.options.latencyNs / 2;
      this.options.sink.flush();
      return true;
    });
  }

  private writeBalances(rows: readonly { asset: number; total: bigint; held: bigint }[], atNs: number): boolean {
    for (let i = 0; i < rows.length; i++) {
      const at = this.options.sink.next();
      if (at < 0) {
        this.options.sink.abandon();
        return false;
      }
      const balance = this.balance.begin(at, (i === 0 ? Flag.FIRST : 0) | (i === rows.length - 1 ? Flag.LAST : 0), this.options.venueIndex, NO_INSTRUMENT);
      balance.asset = rows[i].asset;
      balance.kind = BalanceKind.VENUE;
      balance.total = 0n;
      balance.venueTotal = rows[i].total;
      balance.held = rows[i].held;
      balance.tsNs = atNs;
    }
    this.options.sink.flush();
    return true;
  }
}

/** The asset an order takes away. */
function spent({ sell, amounts }: Account): number {
  return sell ? amounts.base : amounts.quote;
}
