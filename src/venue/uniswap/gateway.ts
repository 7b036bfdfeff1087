/**
 * Orders as swaps: built for a router, signed, sent to the node, and followed until their receipts tell. Sans-I/O.
 *
 * A swap fills whole or, beyond its limit or deadline, not at all: then it reverts, has paid its gas, and the order has
 * EXPIRED. Nothing can rest on a pool, so GTC is not taken. A fill is told when another block stands on that of the
 * receipt. Gas is a fee in ETH: that of what filled nothing (reverts, approvals, cancellations) is borne by the next fill.
 */
import { formatScaled, AMOUNT_DECIMALS } from '../../model/decimal.js';
import { RejectReason, ReportKind, TimeInForce, VenueReason } from '../../record/codes.js';
import type { GatewayOptions, GatewaySession, OutgoingOrder } from '../contract.js';
import { OrderReports, type TradeFacts } from '../order-reports.js';
import { ReportWriter } from '../report-writer.js';
import { pick, TrackedOrders, type TrackedOrder } from '../tracked-order.js';
import { Account } from './account.js';
import { readHead, type Head } from './chain.js';
import { tipOf } from './gas.js';
import { LogOn } from './log-on.js';
import { OrderRecovery } from './order-recovery.js';
import type { Receipt } from './receipt.js';
import { RpcSocket } from './rpc-socket.js';
import { baseAndQuote, factsOf, routerOf, SwapCalls, swapAmountsOf } from './swap-call.js';
import { logNumber, swapAmounts } from './trades.js';
import { Transactions, type Sent, type Watcher } from './transactions.js';
import { Wallet, type Fees } from './wallet.js';

/** Seconds of the chain's time after which a swap can only revert: two of its blocks, and some. */
const DEADLINE_S = 30;
/** Gas a swap may use: a v3 swap across many ticks, with room. */
const SWAP_GAS = 600_000n;
const STALL_NS = 15e9;
const NO_BLOCK_NS = 90e9;
/** A transaction the node has not answered for by then is unknown. */
const ANSWER_NS = 5e9;
/** Ends of orders that are remembered, to be told again when asked. */
const OUTCOMES_MAX = 4096;

const decoder = new TextDecoder();

interface Swap {
  readonly order: TrackedOrder;
  readonly sent: Sent;
  /** What it may take of which token. */
  readonly tokenIn: string;
  readonly largestIn: bigint;
}

/** How an order ended. */
interface Outcome {
  readonly kind: number;
  readonly trade: TradeFacts | undefined;
  readonly cumQty: number;
}

export class UniswapGateway implements GatewaySession {
  private readonly rpc: RpcSocket;
  private readonly wallet: Wallet;
  private readonly account: Account;
  private readonly calls = new SwapCalls();
  private readonly transactions: Transactions;
  private readonly logOn: LogOn;
  private readonly recovery: OrderRecovery;
  private readonly writer: ReportWriter;
  private readonly orders = new TrackedOrders();
  private readonly reports: OrderReports;
  private readonly swaps = new Map<number, Swap>();
  private readonly outcomes = new Map<number, Outcome>();
  private readonly tip: bigint;
  private head: Head | undefined;
  private lastHeadNs = 0;
  private open = false;
  private loggedOn = false;

  /** @throws RingsideError PRIVATE_KEY_INVALID */
  constructor(private readonly options: GatewayOptions) {
    this.rpc = new RpcSocket((text) => options.host.send(text));
    this.wallet = new Wallet(options.credentials.privateKey ?? options.credentials.secret);
    this.account = new Account(options);
    this.writer = new ReportWriter(options.sink, options.venueIndex);
    this.reports = new OrderReports(options, this.orders, this.writer);
    this.recovery = new OrderRecovery(this.rpc, this.wallet.address);
    this.tip = tipOf(options.settings.priorityFeeGwei);
    this.transactions = new Transactions({ rpc: this.rpc, wallet: this.wallet, fees: () => this.fees(), onGasPaid: (wei) => this.account.owe(wei) });
    this.logOn = new LogOn(options, this.rpc, this.wallet, this.account, this.calls, this.transactions, {
      onHead: (head, nowNs) => this.onHead(head, nowNs),
      onReady: () => {
        this.loggedOn = true;
      },
      onFailed: () => this.reconnect(VenueReason.PROTOCOL),
      onNotApproved: () => options.host.count('authFailures'),
    });
  }

  /** The whole address is in the endpoints. */
  socketPath(): string {
    return '';
  }

  get ready(): boolean {
    return this.loggedOn;
  }

  onOpen(nowNs: number): void {
    this.open = true;
    this.lastHeadNs = nowNs;
    this.rpc.reset();
    this.logOn.start(nowNs);
  }

  onClose(nowNs: number): void {
    this.open = false;
    this.loggedOn = false;
    this.rpc.reset();
    this.logOn.cancel();
    for (const order of this.orders.live) this.reports.unknown(order, nowNs);
  }

  /** Everything is asked over the socket. */
  onResponse(): void {}

  onTimer(nowNs: number): void {
    this.writer.drain();
    if (!this.open) return;
    this.logOn.onTimer(nowNs);
    this.reports.doubtOverdue(nowNs);
    if (nowNs - this.rpc.oldestNs() > STALL_NS || nowNs - this.lastHeadNs > NO_BLOCK_NS) this.reconnect(VenueReason.STALL);
  }

  onFrame(bytes: Uint8Array, length: number, tsRecvNs: number): void {
    const { host } = this.options;
    host.count('frames');
    this.writer.drain();
    let message: { id?: unknown; params?: { result?: unknown } } | null;
    try {
      message = JSON.parse(decoder.decode(bytes.subarray(0, length))) as typeof message;
    } catch {
      message = null;
    }
    if (typeof message !== 'object' || message === null) host.count('malformed');
    else if (message.id !== undefined) this.rpc.onAnswer(message, tsRecvNs);
    else {
      const head = readHead(message.params?.result);
      if (head === undefined) host.count('malformed');
      else this.onHead(head, tsRecvNs);
    }
  }

  place(order: OutgoingOrder, nowNs: number): boolean {
    const facts = factsOf(order.instrument);
    const { head } = this;
    if (!this.ready || head === undefined || facts === undefined || order.tif === TimeInForce.GTC) return false;
    const amounts = swapAmountsOf(order, facts);
    const largestIn = amounts.isExactIn ? amounts.exact : amounts.limit;
    const tracked = this.orders.add({ ...pick(order), sentNs: nowNs });
    if (!this.affords(amounts.tokenIn, largestIn)) {
      this.reports.finish(tracked, ReportKind.REJECTED, RejectReason.INSUFFICIENT_FUNDS, 0, 0, nowNs);
      return true;
    }
    const deadline = head.time + DEADLINE_S;
    const data = this.calls.swap(facts, amounts, this.wallet.address, deadline, order.clientOrderId);
    tracked.answerDueNs = nowNs + ANSWER_NS;
    const sent = this.transactions.send({ to: routerOf(facts, this.options.settings), data, gas: SWAP_GAS, deadline }, this.watcherOf(tracked), nowNs);
    this.swaps.set(order.orderId, { order: tracked, sent, tokenIn: amounts.tokenIn, largestIn });
    return true;
  }

  /** A transaction that does nothing takes its place, where it is not too late. */
  cancel(order: OutgoingOrder, nowNs: number): boolean {
    const swap = this.swaps.get(order.orderId);
    if (!this.open || swap === undefined) return false;
    swap.order.cancelSentNs = nowNs;
    this.transactions.replace(swap.sent, nowNs);
    return true;
  }

  cancelAll(nowNs: number): boolean {
    if (!this.open) return false;
    for (const { order, sent } of this.swaps.values()) {
      order.cancelSentNs = nowNs;
      this.transactions.replace(sent, nowNs);
    }
    return true;
  }

  query(order: OutgoingOrder, nowNs: number): boolean {
    const { head } = this;
    if (!this.open || head === undefined) return false;
    const outcome = this.outcomes.get(order.orderId);
    const swap = this.swaps.get(order.orderId);
    const tracked = this.orders.get(order.orderId);
    if (outcome !== undefined && tracked !== undefined) this.tellAgain(tracked, outcome, nowNs);
    else if (swap !== undefined) this.transactions.look(swap.sent, head, nowNs, () => this.askWhether(swap, nowNs));
    else if (tracked === undefined || !tracked.done) this.recover(order, head, nowNs);
    return true;
  }

  requestBalances(nowNs: number): boolean {
    if (!this.open || this.head === undefined) return false;
    this.account.read(this.rpc, this.wallet.address, this.head.number, nowNs, (complete, readNs) => {
      if (complete) this.account.tell(this.writer, readNs);
      else this.options.host.count('requestErrors');
    });
    return true;
  }

  // ---- the chain ----

  private onHead(head: Head, nowNs: number): void {
    this.lastHeadNs = nowNs;
    this.head = head;
    this.transactions.onHead(head, nowNs);
  }

  /** Base fees rise by an eighth a block at most: twice the next one's lasts for five full blocks. */
  private fees(): Fees {
    const baseFee = this.head?.nextBaseFee ?? 0n;
    return { maxPriorityFeePerGas: this.tip, maxFeePerGas: baseFee * 2n + this.tip };
  }

  /** Whether the account has this much besides what is under way, and ether for the gas. */
  private affords(token: string, amount: bigint): boolean {
    let committed = amount;
    for (const swap of this.swaps.values()) if (swap.tokenIn === token) committed += swap.largestIn;
    const gas = SWAP_GAS * this.fees().maxFeePerGas * BigInt(this.swaps.size + 1);
    return this.account.balanceOf(token) >= committed && this.account.ether >= gas;
  }

  // ---- what becomes of orders ----

  private watcherOf(order: TrackedOrder): Watcher {
    return {
      onAccepted: (sent, nowNs) => {
        order.answerDueNs = -1;
        this.orders.name(order, sent.hash);
        this.reports.acknowledge(order, 0, nowNs);
      },
      onRefused: (_sent, reason, nowNs) => this.end(order, { kind: ReportKind.REJECTED, trade: undefined, cumQty: 0 }, reason, nowNs),
      onUnclear: (_sent, nowNs) => {
        order.answerDueNs = -1;
        this.reports.unknown(order, nowNs);
      },
      onMined: (sent, receipt, nowNs) => this.onMined(order, sent.hash, receipt, nowNs),
      onReplaced: (_sent, nowNs) => this.end(order, { kind: this.unfilled(order), trade: undefined, cumQty: 0 }, RejectReason.NONE, nowNs),
    };
  }

  private unfilled(order: TrackedOrder): number {
    return order.cancelSentNs < 0 ? ReportKind.EXPIRED : ReportKind.CANCELLED;
  }

  private onMined(order: TrackedOrder, hash: string, receipt: Receipt, nowNs: number): void {
    this.account.onMined(receipt);
    const trade = receipt.succeeded ? this.tradeOf(order, hash, receipt) : undefined;
    if (trade === undefined) {
      this.account.owe(receipt.gasPaid);
      if (receipt.succeeded) {
        // Something was swapped, and how much cannot be told: nobody may take it for nothing.
        this.options.host.count('malformed');
        order.answerDueNs = -1;
        this.swaps.delete(order.orderId);
        this.reports.report(order, ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, nowNs);
        return;
      }
      this.end(order, { kind: this.unfilled(order), trade: undefined, cumQty: 0 }, RejectReason.NONE, nowNs);
      return;
    }
    this.reports.fill(order, trade, nowNs);
    this.end(order, { kind: ReportKind.FILLED, trade, cumQty: order.cumQty }, RejectReason.NONE, nowNs);
  }

  /** What was really given and got, and the gas, in the engine's terms. */
  private tradeOf({ instrument }: TrackedOrder, hash: string, receipt: Receipt): TradeFacts | undefined {
    const facts = instrument.metadata.pool!;
    const { base, quote } = baseAndQuote(facts);
    const [baseChange, quoteChange] = [base, quote].map(({ address }) => receipt.changes.get(address) ?? 0n);
    const pool = facts.baseIsToken0 ? [-baseChange, -quoteChange] : [-quoteChange, -baseChange];
    const amounts = swapAmounts(instrument, facts, pool[0], pool[1]);
    if (amounts === undefined) return undefined;
    const { priceScale, qtyScale } = instrument.pair;
    const cost = this.account.told(instrument.metadata.quote, quoteChange);
    this.account.told(instrument.metadata.base, baseChange);
    return {
      executionId: hash, number: logNumber(receipt.block, Math.max(0, receipt.indexOfLog(instrument.symbol))), maker: false,
      price: formatScaled(amounts.price, priceScale), qty: formatScaled(amounts.qty, qtyScale), cost: formatScaled(cost, AMOUNT_DECIMALS),
      fee: formatScaled(this.account.takeFee(receipt.gasPaid), AMOUNT_DECIMALS), feeAsset: 'ETH',
    };
  }

  private end(order: TrackedOrder, outcome: Outcome, reason: number, nowNs: number): void {
    order.answerDueNs = -1;
    this.swaps.delete(order.orderId);
    this.outcomes.set(order.orderId, outcome);
    if (this.outcomes.size > OUTCOMES_MAX) for (const oldest of [...this.outcomes.keys()].slice(0, OUTCOMES_MAX / 2)) this.outcomes.delete(oldest);
    this.reports.finish(order, outcome.kind, reason, outcome.cumQty, 0, nowNs);
  }

  private tellAgain(order: TrackedOrder, { kind, trade, cumQty }: Outcome, nowNs: number): void {
    if (trade !== undefined) {
      order.executions.delete(trade.executionId);
      this.reports.fill(order, trade, nowNs);
    }
    this.reports.report(order, kind, RejectReason.NONE, cumQty, 0, nowNs);
  }

  /** It has no receipt: is it known at all? */
  private askWhether({ order, sent }: Swap, nowNs: number): void {
    this.rpc.askNow({ method: 'eth_getTransactionByHash', params: [sent.hash] }, nowNs, (result, error, answeredNs) => {
      if (order.done) return;
      const known = error === undefined && result !== null && result !== undefined;
      if (known) order.unknown = false;
      this.reports.report(order, known ? ReportKind.OPEN : ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, answeredNs);
    });
  }

  /** An order of a gateway before this one. */
  private recover(order: OutgoingOrder, head: Head, nowNs: number): void {
    const copy = { ...pick(order), sentNs: 0 };
    this.recovery.find(order.clientOrderId, head.number, nowNs, (found, foundNs) => {
      const tracked = this.orders.get(copy.orderId) ?? this.orders.add(copy);
      if (tracked.done) return;
      if (found.kind === 'mined') this.onMined(tracked, found.hash, found.receipt, foundNs);
      else this.reports.report(tracked, found.kind === 'nothing' ? ReportKind.NOT_FOUND : ReportKind.UNKNOWN, RejectReason.NONE, 0, 0, foundNs);
    });
  }

  private reconnect(reason: number): void {
    this.open = false;
    this.options.host.reconnect(reason);
  }
}
