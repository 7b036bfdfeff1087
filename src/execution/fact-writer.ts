/** Writes each kind of fact into the ledger and lets the state take it in. Nothing here decides anything. */
import { BalanceKind, Flag, NO_INSTRUMENT, OrderAction, OrderState } from '../record/codes.js';
import { SLOT_BYTES } from '../record/define.js';
import { Balance, Fill, OrderCommand, OrderUpdate } from '../record/records.js';
import type { SlotViews } from '../record/slot.js';
import type { InstrumentAmounts } from '../position/amounts.js';
import type { Basket, Leg } from '../risk/basket.js';
import { FactCursor, FactType } from './facts.js';
import type { Ledger } from './ledger.js';
import type { Order } from './orders.js';
import type { ExecutionState } from './state.js';

const WORDS = SLOT_BYTES >> 2;

export class FactWriter {
  private readonly command: OrderCommand;
  private readonly update: OrderUpdate;
  private readonly fill: Fill;
  private readonly balance: Balance;
  private readonly fact: FactCursor;

  constructor(private readonly ledger: Ledger, private readonly state: ExecutionState) {
    this.command = new OrderCommand(ledger.views);
    this.update = new OrderUpdate(ledger.views);
    this.fill = new Fill(ledger.views);
    this.balance = new Balance(ledger.views);
    this.fact = new FactCursor(ledger.views);
  }

  /** A basket was decided on. @param reason RejectReason it was refused for; 0 = approved */
  decided(basket: Basket, basketId: number, reason: number): void {
    const at = this.ledger.append();
    this.fact.begin(at, FactType.BASKET).setU8(6, basket.strategy).setU8(7, basket.count).setU32(12, basketId).setU32(16, basket.opportunityId).setU32(20, basket.frame)
      .setF64(24, basket.tsCauseNs).setI64(32, basket.expectedProfit).setU16(40, basket.pair).setU16(42, reason).setU32(44, basket.hash);
    this.state.apply(at);
  }

  /** A new order, as its gateway will read it. */
  ordered(basket: Basket, basketId: number, leg: Leg, orderId: number, nowNs: number): void {
    const at = this.ledger.append();
    const command = this.command.begin(at, leg.sell ? Flag.SELL : 0, leg.venue, leg.instrument);
    command.action = OrderAction.NEW;
    command.tif = leg.tif;
    command.orderId = orderId;
    command.basketId = basketId;
    command.frame = basket.frame;
    command.price = leg.price;
    command.qty = leg.qty;
    command.tsCauseNs = basket.tsCauseNs;
    command.tsDecidedNs = nowNs;
    command.venueOrderId = 0;
    this.state.apply(at);
  }

  /** An order is in this state now, or its fills have changed. */
  moved(order: Order, state: number, reason: number, nowNs: number): void {
    const at = this.ledger.append();
    const update = this.update.begin(at, order.sell ? Flag.SELL : 0, order.venue, order.instrument);
    update.reason = reason;
    update.orderId = order.orderId;
    update.basketId = order.basketId;
    update.state = state;
    update.tif = order.tif;
    update.leg = order.leg;
    update.strategy = order.strategy;
    update.price = order.price;
    update.qty = order.qty;
    update.cumQty = order.cumQty;
    update.cumQuote = order.cumQuote;
    update.tsNs = nowNs;
    this.state.apply(at);
  }

  /** A leg that risk refused: told to observers, never an order (orderId 0). */
  refused(basket: Basket, basketId: number, k: number, reason: number, nowNs: number): void {
    const leg = basket.legs[k];
    const update = this.update.begin(this.ledger.append(), leg.sell ? Flag.SELL : 0, leg.venue, leg.instrument);
    update.reason = reason;
    update.orderId = 0;
    update.basketId = basketId;
    update.state = OrderState.REFUSED;
    update.tif = leg.tif;
    update.leg = k;
    update.strategy = basket.strategy;
    update.price = leg.price;
    update.qty = leg.qty;
    update.cumQty = 0;
    update.cumQuote = 0n;
    update.tsNs = nowNs;
  }

  /** Value, in the pair's quote, of the fee of the fill that is written next. */
  feeValued(value: bigint): void {
    const at = this.ledger.append();
    this.fact.begin(at, FactType.FEE_VALUE).setI64(16, value);
    this.state.apply(at);
  }

  /** A fill as its gateway wrote it, of an order that is known. */
  filled(views: SlotViews, from: number, order: Order, amounts: InstrumentAmounts): void {
    const at = this.copy(views, from);
    const fill = this.fill.wrap(at);
    fill.flags = (fill.flags & Flag.MAKER) | (order.sell ? Flag.SELL : 0);
    fill.venue = order.venue;
    fill.instrument = order.instrument;
    if (fill.quoteAmount === 0n) fill.quoteAmount = amounts.quoteOf(fill.price, fill.qty);
    this.state.apply(at);
  }

  gateway(views: SlotViews, from: number): void {
    this.state.apply(this.copy(views, from));
  }

  opening(venue: number, asset: number, amount: bigint, last: boolean, nowNs: number): void {
    const at = this.ledger.append();
    const balance = this.balance.begin(at, last ? Flag.LAST : 0, venue, NO_INSTRUMENT);
    balance.asset = asset;
    balance.kind = BalanceKind.OPENING;
    balance.total = amount;
    balance.venueTotal = amount;
    balance.held = 0n;
    balance.tsNs = nowNs;
    this.state.apply(at);
  }

  /** @param reason RejectReason; 0 = the kill switch is released */
  killed(reason: number): void {
    const at = this.ledger.append();
    this.fact.begin(at, FactType.KILL).setU16(6, reason);
    this.state.apply(at);
  }

  day(asset: number, day: number, base: bigint): void {
    const at = this.ledger.append();
    this.fact.begin(at, FactType.DAY).setU16(6, asset).setF64(16, day).setI64(24, base);
    this.state.apply(at);
  }

  private copy(views: SlotViews, from: number): number {
    const at = this.ledger.append();
    const source = views.i32;
    const target = this.ledger.views.i32;
    for (let i = 1; i < WORDS; i++) target[(at >> 2) + i] = source[(from >> 2) + i];
    return at;
  }
}
