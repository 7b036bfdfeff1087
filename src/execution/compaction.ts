/**
 * A state written as facts: what it takes to go on. Of the finished orders the newest are carried, with their trade
 * ids, because a late or repeated report may still come for them.
 */
import { Flag } from '../record/codes.js';
import type { SlotViews } from '../record/slot.js';
import type { Positions } from '../position/positions.js';
import type { PairPnl } from '../position/pnl.js';
import { FactCursor, FactType, TRADES_PER_FACT } from './facts.js';
import type { Order } from './orders.js';
import { BasketFact, type ExecutionState } from './state.js';

/** Facts that finished orders may take in a half of this capacity. */
export function retainedFacts(capacity: number): number {
  return Math.min(2048, capacity >> 2);
}

/** @param firstFact number of the first fact after the carried ones @param retain facts for finished orders */
export function writeState(state: ExecutionState, views: SlotViews, firstFact: number, retain: number, append: () => number): void {
  const fact = new FactCursor(views);
  const metaAt = append();
  let carried = 1;
  const next = (type: number): FactCursor => {
    carried++;
    return fact.begin(append(), type);
  };
  writeVenues(state, next);
  writePositions(state.positions, state.opened.length, next);
  state.pnl.forEach((pnl, pair) => writePnl(pnl, pair, next));
  state.counts.forEach((count, kind) => {
    if (count !== 0) next(FactType.CARRY_COUNT).setU16(6, kind).setF64(16, count);
  });
  state.dayBase.forEach((base, asset) => {
    if (state.day >= 0) next(FactType.DAY).setU16(6, asset).setF64(16, state.day).setI64(24, base);
  });
  writeBaskets(state, next);
  for (const order of newestFinished(state, retain)) writeOrder(order, next);
  for (const order of state.orders.open) writeOrder(order, next);
  fact.begin(metaAt, FactType.META).setU8(6, state.killedBy).setU32(12, carried).setU32(16, firstFact >>> 0).setU32(20, state.nextOrderId).setU32(24, state.nextBasketId);
  state.carried = carried;
  state.firstFact = firstFact;
}

/** Oldest first, as many as fit. */
function newestFinished(state: ExecutionState, facts: number): Order[] {
  const kept: Order[] = [];
  let room = facts;
  for (const order of state.orders.latest(state.nextOrderId, facts)) {
    room -= 1 + Math.ceil(order.tradeIds.length / TRADES_PER_FACT);
    if (room < 0) break;
    if (order.finished) kept.push(order);
  }
  return kept.reverse();
}

type Next = (type: number) => FactCursor;

function writeVenues(state: ExecutionState, next: Next): void {
  state.opened.forEach((opened, venue) => {
    next(FactType.CARRY_VENUE).setU16(8, venue).setU8(6, state.gatewayUp[venue]).setU8(7, opened);
  });
}

function writePositions(positions: Positions, venues: number, next: Next): void {
  for (let venue = 0; venue < venues; venue++) {
    for (let asset = 0; asset < positions.assets; asset++) {
      const at = positions.at(venue, asset);
      if (positions.total[at] === 0n && positions.opening[at] === 0n) continue;
      next(FactType.CARRY_POSITION).setU16(8, venue).setU16(6, asset).setI64(16, positions.opening[at]).setI64(24, positions.total[at]);
    }
  }
}

function writePnl(pnl: PairPnl, pair: number, next: Next): void {
  next(FactType.CARRY_PNL).setU16(6, pair).setU32(12, pnl.baskets).setI64(16, pnl.inventory).setI64(24, pnl.cost).setI64(32, pnl.realised)
    .setI64(40, pnl.fees).setI64(48, pnl.expected).setU32(56, pnl.fills).setU32(60, pnl.unvaluedFees);
}

function writeBaskets(state: ExecutionState, next: Next): void {
  state.baskets.keys((strategy, tsCauseNs, frame, hash) => {
    next(FactType.BASKET).setU8(6, strategy).setF64(24, tsCauseNs).setU32(20, frame).setU32(44, hash).setU8(48, BasketFact.KEY);
  });
  for (const basket of state.baskets.unfinished()) {
    next(FactType.BASKET).setU8(6, basket.strategy).setU8(7, basket.legs).setU32(12, basket.basketId).setU32(16, basket.opportunityId).setU32(20, basket.frame)
      .setF64(24, basket.tsCauseNs).setI64(32, basket.expected).setU16(40, basket.pair).setU32(44, basket.hash)
      .setU8(48, BasketFact.OPEN).setU8(49, basket.orders).setF64(56, basket.residualQty);
  }
}

function writeOrder(order: Order, next: Next): void {
  const fact = next(FactType.CARRY_ORDER);
  fact.setU8(5, (order.sell ? Flag.SELL : 0) | (order.seenAlive ? Flag.IN_SYNC : 0)).setU16(8, order.venue).setU16(10, order.instrument)
    .setU8(6, order.state).setU8(7, order.tif).setU32(12, order.orderId).setU32(16, order.basketId).setU8(20, order.leg).setU8(21, order.strategy).setU16(22, order.reason)
    .setF64(24, order.price).setF64(32, order.qty).setF64(40, order.cumQty).setI64(48, order.cumQuote).setF64(56, order.tsSentNs);
  for (let from = 0; from < order.tradeIds.length; from += TRADES_PER_FACT) {
    const trades = next(FactType.CARRY_TRADES).setU32(12, order.orderId);
    const ids = order.tradeIds.slice(from, from + TRADES_PER_FACT);
    ids.forEach((id, i) => trades.setF64(16 + i * 8, id));
    trades.setU8(6, ids.length);
  }
}

