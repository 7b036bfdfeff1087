/**
 * The executor: intents in, approved orders out; what venues say in, order states, positions and P&L out. No threads,
 * no I/O, no clock: its host feeds it records and time.
 *
 *   const executor = new Executor({
 *     index,                    // the session's instrument index
 *     venues,                   // indices of the venues we trade on (those with a gateway)
 *     ledger: {buffer, byteOffset, byteLength},   // ledgerBytes(262_144), zeroed for a new session, kept over restarts
 *     sink,                     // the `orders` ring
 *     published,                // records ever published on it: ringStats(ring).published after the producer was made; 0 for a new ring
 *     market, limits, epochUnixNs, nowNs: clock.nowNs(),
 *   });
 *
 * Calls, all from one thread:
 * * `onRecord(views, at, nowNs)` for each OrderIntent of the strategies' rings and each ExecutionReport, Fill, Balance
 *   and VenueStatus of the gateways' rings; other types are ignored. False = no room now (the orders ring is blocked and
 *   the ledger full): do not advance the consumer, try again later. Commit input cursors after the call, per turn; what
 *   a successor sees again changes nothing.
 * * `onTimer(nowNs)` about ten times a second.
 * * `kill`, `unkill`, `cancelAll`, `requestBalances`, `setJournal`, `stop` on command; `snapshot()` for screens.
 *
 * What gateways must do with the orders ring:
 * * take the OrderCommand records of their venue: NEW, CANCEL, QUERY, CANCEL_ALL, BALANCES;
 * * commit their cursor BEFORE placing a NEW: a gateway that dies in between must not place it again (the order is then
 *   asked for, not found, and given up);
 * * answer a NEW that was not written to the socket with a report REJECTED, reason NOT_SENT;
 * * write VenueStatus (channel GATEWAY) UP when `ready`, anything else when not, and UP again after a restart; Balance
 *   records of kind VENUE (FIRST … LAST) after BALANCES.
 *
 * On paper (paper-gateway.ts) the same holds; call its `turn(nowNs)` on every turn of the gateway actor.
 *
 * Start: gateway UP → CANCEL_ALL and BALANCES → opening positions → trading. A successor (the ledger holds facts) doubts
 * every unfinished order, asks for each, and trades again when all are known; the kill switch is as it was, but
 * `setJournal(false)` and `stop` have to be said again. Stop: `stop(nowNs)`, wait for `idle`,
 * `requestBalances(nowNs)`, wait for `reconciliation().missing` to be empty, then `snapshot()`.
 */
import type { InstrumentIndex } from '../model/instrument.js';
import { NO_INSTRUMENT, OrderAction, OrderState, RejectReason, SessionEventKind, VenueChannel, VenueState } from '../record/codes.js';
import { Balance, ExecutionReport, Fill, OrderIntent, SessionEvent, VenueStatus, typeAt } from '../record/records.js';
import type { RecordSink, SlotViews } from '../record/slot.js';
import { amountsOf } from '../position/amounts.js';
import type { Reconciliation } from '../position/reconcile.js';
import { Basket } from '../risk/basket.js';
import { RiskGate, type RiskApproved, type RiskContext } from '../risk/gate.js';
import { compileLimits, type RiskLimits } from '../risk/limits.js';
import type { MarketView } from '../risk/market.js';
import { Accounts } from './accounts.js';
import { retainedFacts, writeState } from './compaction.js';
import { DESK_TIMINGS, OrderDesk, type DeskTimings } from './desk.js';
import { FactWriter } from './fact-writer.js';
import { Ledger, type CrashPoint, type LedgerMemory } from './ledger.js';
import { Outbox } from './outbox.js';
import { Profit } from './profit.js';
import { reconciliationSnapshot, stateSnapshot, type ExecutorSnapshot } from './snapshot.js';
import { ExecutionState } from './state.js';

export interface ExecutorOptions {
  readonly index: InstrumentIndex;
  readonly venues: readonly number[];
  readonly ledger: LedgerMemory;
  readonly sink: RecordSink;
  readonly published: number;
  readonly market: MarketView;
  readonly limits: RiskLimits;
  readonly epochUnixNs: bigint;
  readonly nowNs: number;
  /** Send nothing new until `resumeTrading`: a successor does not know whether it was stopped. Default: trade when ready. */
  readonly stopped?: boolean;
  /** Over the defaults; `answerNs` follows limits.legTimeoutMs. */
  readonly timings?: Partial<DeskTimings>;
  /** For tests: called wherever a worker may die. */
  readonly crashPoint?: CrashPoint;
}

/** Flyweights over one input ring. */
class Input {
  readonly intent: OrderIntent;
  readonly report: ExecutionReport;
  readonly fill: Fill;
  readonly balance: Balance;
  readonly status: VenueStatus;

  constructor(readonly views: SlotViews) {
    this.intent = new OrderIntent(views);
    this.report = new ExecutionReport(views);
    this.fill = new Fill(views);
    this.balance = new Balance(views);
    this.status = new VenueStatus(views);
  }
}

/** Facts that one input can cause, beyond those that every open order or asset may add. */
const ROOM = 64;

/** A successor folds about a million facts a second: this many keep it well within a tenth of one. */
const FOLD_FACTS = 16_384;

export class Executor {
  private readonly index: InstrumentIndex;
  private readonly ledger: Ledger;
  private readonly state: ExecutionState;
  private readonly facts: FactWriter;
  private readonly outbox: Outbox;
  private readonly desk: OrderDesk;
  private readonly accounts: Accounts;
  private readonly profit: Profit;
  private readonly gate: RiskGate;
  private readonly event: SessionEvent;
  private readonly inputs = new Map<SlotViews, Input>();
  /** Being gathered, by strategy. */
  private readonly gathering: Basket[] = [];
  private recovering: boolean;
  private stopping: boolean;
  private journalUp = true;
  private compactions = 0;

  /** @throws RingsideError RISK_LIMIT, INSTRUMENT_SCALE @throws RangeError when the ledger's memory does not fit */
  constructor(options: ExecutorOptions) {
    const { index, sink, market } = options;
    const limits = compileLimits(options.limits, index);
    const amounts = amountsOf(index);
    this.index = index;
    this.stopping = options.stopped ?? false;
    this.ledger = new Ledger(options.ledger, shapeOf(index), options.crashPoint);
    this.state = new ExecutionState(index, amounts, this.ledger.views);
    if (this.ledger.recovered) for (let i = 0; i < this.ledger.committed; i++) this.state.apply(this.ledger.at(i));
    else {
      writeState(this.state, this.ledger.views, 0, 0, () => this.ledger.append());
      this.ledger.seal();
    }
    this.facts = new FactWriter(this.ledger, this.state);
    this.outbox = new Outbox(this.ledger, this.state, sink, options.published);
    this.desk = new OrderDesk(this.state, this.facts, this.outbox, sink, amounts, (instrument, asset, fee) => this.profit.feeValue(instrument, asset, fee),
      { ...DESK_TIMINGS, answerNs: options.limits.legTimeoutMs * 1e6, ...options.timings });
    this.accounts = new Accounts(this.state, this.facts, this.desk, this.outbox, sink, options.venues);
    this.profit = new Profit(index, this.state, this.facts, this.outbox, sink, market, limits.maxLoss, options.epochUnixNs);
    this.gate = new RiskGate(index.instruments, amounts, limits, market, this.riskContext(), index.venues.length);
    this.event = new SessionEvent(sink.views);
    this.recovering = this.state.orders.open.length > 0;
    if (this.ledger.recovered) this.resume(options.nowNs);
  }

  /** A successor: nobody knows what became of the unfinished orders. */
  private resume(nowNs: number): void {
    this.makeRoom();
    this.desk.doubtAll(-1, nowNs);
    this.accounts.resume(nowNs);
    this.finish();
  }

  private riskContext(): RiskContext {
    const { state } = this;
    return {
      positions: state.positions,
      blocked: () => this.blocked(),
      gatewayUp: (venue) => state.gatewayUp[venue] === 1,
      openOrders: (venue) => state.orders.openByVenue[venue],
      basketsOpen: (pair) => state.baskets.openByPair[pair],
    };
  }

  /** RejectReason why nothing may be sent now, or 0. */
  private blocked(): number {
    if (this.state.killedBy !== 0) return this.state.killedBy;
    if (this.stopping || this.recovering || !this.accounts.complete) return RejectReason.RISK_NOT_READY;
    return this.journalUp ? RejectReason.NONE : RejectReason.RISK_JOURNAL_DOWN;
  }

  /** Take in one record. False = no room now; see the head of this file. */
  onRecord(views: SlotViews, at: number, nowNs: number): boolean {
    const type = typeAt(views, at);
    const input = this.inputs.get(views) ?? this.attach(views);
    if (type === OrderIntent.TYPE) return this.onIntent(input.intent.wrap(at), nowNs);
    if (type !== Fill.TYPE && type !== ExecutionReport.TYPE && type !== Balance.TYPE && type !== VenueStatus.TYPE) return true;
    if (!this.makeRoom()) return false;
    if (type === Fill.TYPE) this.desk.onFill(input.fill.wrap(at), views, nowNs);
    else if (type === ExecutionReport.TYPE) this.desk.onReport(input.report.wrap(at), nowNs);
    else if (type === Balance.TYPE) this.accounts.onBalance(input.balance.wrap(at), nowNs);
    else this.onStatus(input.status.wrap(at), views, nowNs);
    if (this.recovering) this.recovering = this.anyDoubt();
    this.finish();
    return true;
  }

  onTimer(nowNs: number): void {
    this.outbox.flush();
    if (this.ledger.committed - this.state.carried > FOLD_FACTS || this.ledger.free < this.ledger.capacity >> 2) this.compact();
    if (!this.makeRoom()) return;
    this.desk.onTimer(nowNs);
    this.accounts.onTimer(nowNs);
    const reason = this.profit.watch(nowNs);
    if (reason !== 0) this.killBy(reason, nowNs);
    this.accounts.publish(nowNs);
    this.profit.publish(nowNs);
    if (this.recovering) this.recovering = this.anyDoubt();
    this.finish();
  }

  /** Nothing new leaves, everything open is cancelled, until `unkill`. Survives a restart. False = no room, try again. */
  kill(nowNs: number): boolean {
    if (!this.makeRoom()) return false;
    this.killBy(RejectReason.RISK_KILLED, nowNs);
    this.finish();
    return true;
  }

  /** Release the kill switch; the daily loss counts from here. */
  unkill(nowNs: number): boolean {
    if (!this.makeRoom()) return false;
    if (this.state.killedBy !== 0) {
      this.facts.killed(0);
      this.profit.rebase(nowNs);
      this.tell(SessionEventKind.KILL_SWITCH, 0, nowNs);
    }
    this.finish();
    return true;
  }

  /** Cancel every open order, and have the venues cancel whatever else is open on this account. */
  cancelAll(nowNs: number): boolean {
    if (!this.makeRoom()) return false;
    this.cancelEverything(nowNs);
    this.finish();
    return true;
  }

  /** No new orders from now on; open ones are cancelled. */
  stop(nowNs: number): boolean {
    this.stopping = true;
    if (!this.makeRoom()) return false;
    this.desk.cancelAll(nowNs);
    this.accounts.publish(nowNs);
    this.profit.publish(nowNs);
    this.finish();
    return true;
  }

  /** Take orders again after `stop`. */
  resumeTrading(): void {
    this.stopping = false;
  }

  /** Ask all venues for their balances; then see `reconciliation`. */
  requestBalances(nowNs: number): void {
    this.accounts.request(nowNs);
    this.finish();
  }

  /** Whether the journal keeps what we publish; without it nothing new is sent. */
  setJournal(up: boolean): void {
    this.journalUp = up;
  }

  /** No unfinished order, and everything told. */
  get idle(): boolean {
    return this.state.orders.open.length === 0 && this.outbox.empty;
  }

  /** Orders may leave now. */
  get trading(): boolean {
    return this.blocked() === 0;
  }

  /** Positions against the venues' answers to the last `requestBalances`. */
  reconciliation(): Reconciliation {
    return this.accounts.reconciliation();
  }

  snapshot(): ExecutorSnapshot {
    const { state, ledger } = this;
    return {
      phase: this.stopping ? 'stopping' : this.recovering ? 'recovering' : this.accounts.complete ? 'trading' : 'starting',
      killedBy: state.killedBy === 0 ? 'NONE' : state.killedBy === RejectReason.RISK_MAX_LOSS ? 'RISK_MAX_LOSS' : 'RISK_KILLED',
      gateways: Object.fromEntries(this.index.venues.map(({ index, id }) => [id, state.gatewayUp[index] === 1])),
      ...stateSnapshot(state, this.index, this.profit),
      counters: { ...this.desk.counters },
      ledger: { facts: ledger.committed, capacity: ledger.capacity, compactions: this.compactions, recovered: ledger.recovered, unpublished: !this.outbox.empty },
      reconciliation: reconciliationSnapshot(this.accounts.reconciliation(), this.index),
    };
  }

  private attach(views: SlotViews): Input {
    const input = new Input(views);
    this.inputs.set(views, input);
    return input;
  }

  private onIntent(intent: OrderIntent, nowNs: number): boolean {
    if (!this.makeRoom()) return false;
    const basket = (this.gathering[intent.strategy] ??= new Basket());
    if (!basket.add(intent)) return true;
    if (this.state.baskets.seen(basket)) return true; // decided before a crash
    const verdict = this.gate.check(basket, nowNs);
    if (verdict.verdict === 'refused') this.refuse(basket, verdict.reason, nowNs);
    else if (this.outbox.reserve(2 * basket.count)) this.send(verdict);
    else this.refuse(basket, RejectReason.NOT_SENT, nowNs);
    this.finish();
    return true;
  }

  /** Record the orders of an approved basket; they leave together with the next flush, for all venues at once. */
  private send(approved: RiskApproved): void {
    const { basket, tsDecidedNs } = approved;
    const { baskets, orders } = this.state;
    const basketId = baskets.freeId(this.state.nextBasketId);
    const firstId = this.state.nextOrderId;
    this.facts.decided(basket, basketId, RejectReason.NONE);
    for (let k = 0, id = firstId; k < basket.count; k++, id++) {
      const leg = basket.legs[k];
      id = orders.freeId(id);
      this.facts.ordered(basket, basketId, leg, id, tsDecidedNs);
      this.gate.sent(leg.venue, tsDecidedNs);
    }
    for (let id = firstId; id < this.state.nextOrderId; id++) {
      const order = orders.find(id);
      if (order !== undefined && order.state === OrderState.NEW) this.desk.onSend(order, tsDecidedNs);
    }
  }

  private refuse(basket: Basket, reason: number, nowNs: number): void {
    const basketId = this.state.baskets.freeId(this.state.nextBasketId);
    this.facts.decided(basket, basketId, reason);
    for (let k = 0; k < basket.count; k++) this.facts.refused(basket, basketId, k, reason, nowNs);
  }

  private onStatus(status: VenueStatus, views: SlotViews, nowNs: number): void {
    if (status.channel !== VenueChannel.GATEWAY || status.venue >= this.state.gatewayUp.length) return;
    this.desk.onGateway(status, views, nowNs);
    if (status.state === VenueState.UP) this.accounts.onGatewayUp(status.venue, nowNs);
  }

  private killBy(reason: number, nowNs: number): void {
    if (this.state.killedBy === 0) {
      this.facts.killed(reason);
      this.tell(SessionEventKind.KILL_SWITCH, reason, nowNs);
    }
    this.cancelEverything(nowNs);
  }

  private cancelEverything(nowNs: number): void {
    this.desk.cancelAll(nowNs);
    for (const { index } of this.index.venues) if (this.state.gatewayUp[index] === 1) this.desk.tellVenue(index, OrderAction.CANCEL_ALL, nowNs);
  }

  /** An order of a predecessor whose fate is not known yet. */
  private anyDoubt(): boolean {
    return this.state.orders.open.some((order) => order.state !== OrderState.ACKED && order.state !== OrderState.PARTIALLY_FILLED);
  }

  /** The end of every input: first it is a fact, then it is told. */
  private finish(): void {
    this.ledger.commit();
    this.outbox.flush();
  }

  /** Room in the ledger for whatever one input can cause. */
  private makeRoom(): boolean {
    const needed = ROOM + 2 * this.state.orders.open.length + this.index.assets.length + this.index.venues.length;
    if (this.ledger.free >= needed) return true;
    this.compact();
    return this.ledger.free >= needed;
  }

  /** Carry the state over to the other half. Not while something is unpublished: it would never be told. */
  private compact(): void {
    this.outbox.flush();
    if (!this.outbox.empty) return;
    const first = this.outbox.nextFact;
    this.ledger.compact((append) => writeState(this.state, this.ledger.views, first, retainedFacts(this.ledger.capacity), append));
    this.outbox.restart();
    this.compactions++;
  }

  private tell(kind: number, detail: number, nowNs: number): void {
    const at = this.outbox.slot();
    if (at < 0) return;
    const event = this.event.begin(at, 0, NO_INSTRUMENT, NO_INSTRUMENT);
    event.kind = kind;
    event.actor = 0;
    event.detail = detail;
    event.tsNs = nowNs;
  }
}

/** What the indices in the facts mean, as a number: a ledger of another market selection is not ours. */
function shapeOf(index: InstrumentIndex): number {
  const names = [...index.venues.map(({ id }) => id), ...index.assets.map(({ code }) => code), ...index.instruments.map(({ venue, symbol }) => `${venue.id} ${symbol}`)].join();
  let hash = 0;
  for (let i = 0; i < names.length; i++) hash = (Math.imul(hash, 31) + names.charCodeAt(i)) | 0;
  return hash;
}
