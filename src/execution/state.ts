/**
 * The executor's state: a fold over the ledger. `apply` is the only place where it changes, live and in recovery alike,
 * so a successor that applies the same facts has the same state, to the last unit.
 */
import type { InstrumentIndex } from '../model/instrument.js';
import { BalanceKind, Flag, OrderAction, OrderState, VenueState } from '../record/codes.js';
import { Balance, Fill, OrderCommand, OrderUpdate, VenueStatus, typeAt } from '../record/records.js';
import type { SlotViews } from '../record/slot.js';
import { feeNeeded, type InstrumentAmounts } from '../position/amounts.js';
import { PairPnl } from '../position/pnl.js';
import { Positions } from '../position/positions.js';
import { BasketTable, type BasketEntry } from './baskets.js';
import { FactCursor, FactType } from './facts.js';
import { isTerminal } from './order-state.js';
import { OrderTable, type Order } from './orders.js';

/** Counters that are part of the state. Refusals by reason, finished orders by state, then single ones. */
export const Count = { REFUSED: 0, FINISHED: 128, BASKETS_SENT: 160, BASKETS_REFUSED: 161, RESIDUALS: 162, FILLS: 163, ORDERS_SENT: 164 } as const;
const COUNTS = 192;

/** How a BASKET fact is meant (byte 48): as it happened, or carried over. */
export const BasketFact = { HAPPENED: 0, KEY: 1, OPEN: 2 } as const;

export class ExecutionState {
  readonly positions: Positions;
  readonly pnl: readonly PairPnl[];
  readonly orders: OrderTable;
  readonly baskets: BasketTable;
  readonly counts = new Float64Array(COUNTS);
  readonly gatewayUp: Uint8Array;
  /** Opening balances of this venue are known. */
  readonly opened: Uint8Array;
  nextOrderId = 1;
  nextBasketId = 1;
  /** RejectReason why the kill switch is on; 0 = off. */
  killedBy = 0;
  /** UTC day, and P&L per quote asset when it began. */
  day = -1;
  readonly dayBase: bigint[];
  /** Of the current half: facts carried over, number of the first one after them. */
  carried = 0;
  firstFact = 0;

  private feeValue = 0n;
  private readonly command: OrderCommand;
  private readonly update: OrderUpdate;
  private readonly fill: Fill;
  private readonly balance: Balance;
  private readonly status: VenueStatus;
  private readonly fact: FactCursor;

  constructor(index: InstrumentIndex, private readonly amounts: readonly InstrumentAmounts[], private readonly views: SlotViews) {
    const venues = index.venues.length;
    this.positions = new Positions(venues, index.assets.length);
    this.pnl = index.pairs.map(() => new PairPnl());
    this.orders = new OrderTable(venues);
    this.baskets = new BasketTable(index.pairs.length);
    this.gatewayUp = new Uint8Array(venues);
    this.opened = new Uint8Array(venues);
    this.dayBase = index.assets.map(() => 0n);
    this.command = new OrderCommand(views);
    this.update = new OrderUpdate(views);
    this.fill = new Fill(views);
    this.balance = new Balance(views);
    this.status = new VenueStatus(views);
    this.fact = new FactCursor(views);
  }

  /** Take in the fact at byte offset `at` of the ledger. */
  apply(at: number): void {
    switch (typeAt(this.views, at)) {
      case OrderUpdate.TYPE: return this.applyUpdate(this.update.wrap(at));
      case Fill.TYPE: return this.applyFill(this.fill.wrap(at));
      case OrderCommand.TYPE: return this.applyCommand(this.command.wrap(at));
      case FactType.BASKET: return this.applyBasket(this.fact.wrap(at));
      case FactType.FEE_VALUE:
        this.feeValue = this.fact.wrap(at).i64(16);
        return;
      case Balance.TYPE: return this.applyBalance(this.balance.wrap(at));
      case VenueStatus.TYPE:
        this.gatewayUp[this.status.wrap(at).venue] = this.status.state === VenueState.UP ? 1 : 0;
        return;
      default: return this.applyRare(this.fact.wrap(at), typeAt(this.views, at));
    }
  }

  private applyCommand(command: OrderCommand): void {
    if (command.action !== OrderAction.NEW) return;
    const order = this.orders.create(command.orderId);
    const basket = this.baskets.find(command.basketId);
    order.basketId = command.basketId;
    order.leg = basket?.orders ?? 0;
    order.strategy = basket?.strategy ?? 0;
    order.instrument = command.instrument;
    order.venue = command.venue;
    order.sell = (command.flags & Flag.SELL) !== 0;
    order.tif = command.tif;
    order.price = command.price;
    order.qty = command.qty;
    order.frame = command.frame;
    order.tsCauseNs = command.tsCauseNs;
    order.tsSentNs = command.tsDecidedNs;
    if (basket !== undefined) basket.orders++;
    this.nextOrderId = Math.max(this.nextOrderId, command.orderId + 1);
    this.counts[Count.ORDERS_SENT]++;
    this.openOrder(order);
  }

  private applyBasket(fact: FactCursor): void {
    const kind = fact.u8(48);
    if (kind !== BasketFact.OPEN) this.baskets.remember(fact.u8(6), fact.f64(24), fact.u32(20), fact.u32(44));
    if (kind === BasketFact.KEY) return;
    const reason = fact.u16(42);
    this.nextBasketId = Math.max(this.nextBasketId, fact.u32(12) + 1);
    if (reason !== 0) {
      this.counts[Count.REFUSED + reason]++;
      this.counts[Count.BASKETS_REFUSED]++;
      return;
    }
    const basket = this.baskets.create(fact.u32(12));
    basket.strategy = fact.u8(6);
    basket.legs = fact.u8(7);
    basket.opportunityId = fact.u32(16);
    basket.frame = fact.u32(20);
    basket.tsCauseNs = fact.f64(24);
    basket.expected = fact.i64(32);
    basket.pair = fact.u16(40);
    basket.hash = fact.u32(44);
    if (kind === BasketFact.HAPPENED) this.counts[Count.BASKETS_SENT]++;
    else {
      basket.orders = fact.u8(49);
      basket.residualQty = fact.f64(56);
    }
  }

  private applyUpdate(update: OrderUpdate): void {
    const order = this.orders.find(update.orderId);
    if (order === undefined) return; // a refused leg: never an order
    const { state } = update;
    const was = order.state;
    order.reason = update.reason;
    order.state = state;
    if (state === OrderState.ACKED || state === OrderState.PARTIALLY_FILLED) order.seenAlive = true;
    if (isTerminal(state) && order.openAt >= 0) {
      this.counts[Count.FINISHED + state]++;
      this.finishOrder(order);
    } else if (!isTerminal(state) && order.openAt < 0) {
      this.counts[Count.FINISHED + was]--;
      this.openOrder(order);
    } else if (was !== state && isTerminal(was)) {
      this.counts[Count.FINISHED + was]--;
      this.counts[Count.FINISHED + state]++;
    }
  }

  private applyFill(fill: Fill): void {
    const order = this.orders.find(fill.orderId)!;
    const amounts = this.amounts[order.instrument];
    const { qty, price, quoteAmount, feeAsset, fee } = fill;
    const base = amounts.baseOf(qty);
    order.tradeIds.push(fill.tradeId);
    order.cumQty += qty;
    order.cumQuote += quoteAmount;
    this.counts[Count.FILLS]++;
    this.positions.trade(amounts, order.sell, base, quoteAmount, feeAsset, fee);

    let feeInPairQuote = this.feeValue;
    let baseFee = 0n;
    if (fee === 0n) feeInPairQuote = 0n;
    else if (feeAsset === amounts.quote) feeInPairQuote = amounts.inPairQuote(fee);
    else if (feeAsset === amounts.base) {
      baseFee = fee;
      feeInPairQuote = amounts.inPairQuote(amounts.valueOf(fee, price));
    } else if (feeInPairQuote === 0n) this.pnl[amounts.pair].unvaluedFees++;
    this.feeValue = 0n;
    this.pnl[amounts.pair].trade(order.sell, base, amounts.inPairQuote(quoteAmount), baseFee, baseFee === 0n ? 0n : feeInPairQuote, feeInPairQuote);

    const basket = this.baskets.find(order.basketId);
    if (basket !== undefined) basket.residualQty += order.sell ? -qty : qty;
    if (order.openAt >= 0) this.hold(order);
  }

  private applyBalance(balance: Balance): void {
    if (balance.kind !== BalanceKind.OPENING) return;
    this.positions.open(balance.venue, balance.asset, balance.total);
    if ((balance.flags & Flag.LAST) !== 0) this.opened[balance.venue] = 1;
  }

  private applyRare(fact: FactCursor, type: number): void {
    switch (type) {
      case FactType.META:
        this.killedBy = fact.u8(6);
        this.carried = fact.u32(12);
        this.firstFact = fact.i32(16);
        this.nextOrderId = fact.u32(20);
        this.nextBasketId = fact.u32(24);
        return;
      case FactType.KILL:
        this.killedBy = fact.u16(6);
        return;
      case FactType.DAY:
        this.day = fact.f64(16);
        this.dayBase[fact.u16(6)] = fact.i64(24);
        return;
      case FactType.CARRY_VENUE:
        this.gatewayUp[fact.u16(8)] = fact.u8(6);
        this.opened[fact.u16(8)] = fact.u8(7);
        return;
      case FactType.CARRY_POSITION: {
        const at = this.positions.at(fact.u16(8), fact.u16(6));
        this.positions.opening[at] = fact.i64(16);
        this.positions.total[at] = fact.i64(24);
        return;
      }
      case FactType.CARRY_PNL: return carryPnl(fact, this.pnl[fact.u16(6)]);
      case FactType.CARRY_COUNT:
        this.counts[fact.u16(6)] = fact.f64(16);
        return;
      case FactType.CARRY_ORDER: return this.carryOrder(fact);
      case FactType.CARRY_TRADES: {
        const order = this.orders.find(fact.u32(12))!;
        for (let i = 0; i < fact.u8(6); i++) order.tradeIds.push(fact.f64(16 + i * 8));
        return;
      }
      default: throw new Error(`ledger: fact of unknown type ${type}`);
    }
  }

  private carryOrder(fact: FactCursor): void {
    const order = this.orders.create(fact.u32(12));
    order.state = fact.u8(6);
    order.venue = fact.u16(8);
    order.instrument = fact.u16(10);
    order.sell = (fact.u8(5) & Flag.SELL) !== 0;
    order.seenAlive = (fact.u8(5) & Flag.IN_SYNC) !== 0;
    order.tif = fact.u8(7);
    order.basketId = fact.u32(16);
    order.leg = fact.u8(20);
    order.strategy = fact.u8(21);
    order.reason = fact.u16(22);
    order.price = fact.f64(24);
    order.qty = fact.f64(32);
    order.cumQty = fact.f64(40);
    order.cumQuote = fact.i64(48);
    order.tsSentNs = fact.f64(56);
    if (!isTerminal(order.state)) this.openOrder(order);
  }

  private openOrder(order: Order): void {
    this.orders.setOpen(order);
    this.hold(order);
    const basket = this.baskets.find(order.basketId);
    if (basket === undefined) return;
    if (basket.openLegs++ > 0) return;
    this.baskets.openByPair[basket.pair]++;
    if (this.wasFinished(basket)) this.countFinished(basket, -1);
  }

  private finishOrder(order: Order): void {
    this.orders.setFinished(order);
    this.release(order);
    const basket = this.baskets.find(order.basketId);
    if (basket === undefined || basket.openLegs === 0 || --basket.openLegs > 0) return;
    this.baskets.openByPair[basket.pair]--;
    basket.finished = true;
    this.countFinished(basket, 1);
  }

  /** Reopened by a contradiction: it was counted as finished, and will be again. */
  private wasFinished(basket: BasketEntry): boolean {
    const { finished } = basket;
    basket.finished = false;
    return finished;
  }

  private countFinished(basket: BasketEntry, sign: 1 | -1): void {
    const pnl = this.pnl[basket.pair];
    pnl.baskets += sign;
    pnl.expected += sign === 1 ? basket.expected : -basket.expected;
    if (basket.residualQty !== 0) this.counts[Count.RESIDUALS] += sign;
  }

  private hold(order: Order): void {
    this.release(order);
    const amounts = this.amounts[order.instrument];
    const rest = order.qty - order.cumQty;
    if (order.sell) order.held = amounts.baseOf(rest);
    else {
      const cost = amounts.quoteNeeded(order.price, rest);
      order.held = cost + feeNeeded(cost, amounts.instrument.takerFeePpm);
      order.incoming = amounts.baseOf(rest);
      this.positions.incoming[this.positions.at(order.venue, amounts.base)] += order.incoming;
    }
    this.positions.held[this.positions.at(order.venue, order.sell ? amounts.base : amounts.quote)] += order.held;
  }

  private release(order: Order): void {
    if (order.held === 0n && order.incoming === 0n) return;
    const amounts = this.amounts[order.instrument];
    this.positions.held[this.positions.at(order.venue, order.sell ? amounts.base : amounts.quote)] -= order.held;
    this.positions.incoming[this.positions.at(order.venue, amounts.base)] -= order.incoming;
    order.held = 0n;
    order.incoming = 0n;
  }
}

function carryPnl(fact: FactCursor, pnl: PairPnl): void {
  pnl.baskets = fact.u32(12);
  pnl.inventory = fact.i64(16);
  pnl.cost = fact.i64(24);
  pnl.realised = fact.i64(32);
  pnl.fees = fact.i64(40);
  pnl.expected = fact.i64(48);
  pnl.fills = fact.u32(56);
  pnl.unvaluedFees = fact.u32(60);
}
