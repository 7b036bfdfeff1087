/**
 * The only door to a venue. `check` answers with RiskApproved or RiskRefused; only this file can make an approval, and
 * only an approval can be turned into orders. A basket is approved as a whole or refused as a whole.
 *
 * Cheap and general checks come first; money last. Nothing is changed by a check: what it looks at changes only when
 * the approved orders are recorded.
 */
import type { Instrument } from '../model/instrument.js';
import { RejectReason } from '../record/codes.js';
import { feeNeeded, type InstrumentAmounts } from '../position/amounts.js';
import type { Positions } from '../position/positions.js';
import { MAX_LEGS, type Basket, type Leg } from './basket.js';
import type { CompiledLimits } from './limits.js';
import type { MarketView } from './market.js';
import { OrderRate } from './rate.js';

class Approved {
  readonly verdict = 'approved';
  /** Nominal: no other object is an approval. */
  private readonly seal: symbol = Symbol('approved');
  basket!: Basket;
  tsDecidedNs = 0;

  sealed(): boolean {
    return this.seal.description === 'approved';
  }
}

/** One object per gate, valid until the next check. */
export type RiskApproved = Approved;

export interface RiskRefused {
  readonly verdict: 'refused';
  basket: Basket;
  /** RejectReason */
  reason: number;
  /** The leg that broke the limit; -1 = the basket as a whole. */
  leg: number;
}

/** What the gate asks of the engine's state. */
export interface RiskContext {
  readonly positions: Positions;
  /** RejectReason why nothing may be sent at all now, or 0. */
  blocked(): number;
  gatewayUp(venue: number): boolean;
  openOrders(venue: number): number;
  /** Unfinished baskets of a pair. */
  basketsOpen(pair: number): number;
}

const NONE = RejectReason.NONE;

export class RiskGate {
  private readonly approved = new Approved();
  private readonly refused: RiskRefused = { verdict: 'refused', basket: undefined as unknown as Basket, reason: 0, leg: -1 };
  private readonly rates: readonly OrderRate[];
  /** What leg k takes away: asset position and amount. */
  private readonly needAt = new Int32Array(MAX_LEGS);
  private readonly need: bigint[] = Array.from({ length: MAX_LEGS }, () => 0n);

  constructor(
    private readonly instruments: readonly Instrument[],
    private readonly amounts: readonly InstrumentAmounts[],
    private readonly limits: CompiledLimits,
    private readonly market: MarketView,
    private readonly context: RiskContext,
    venues: number,
  ) {
    this.rates = Array.from({ length: venues }, () => new OrderRate(limits.maxOrdersPerSecond));
  }

  check(basket: Basket, nowNs: number): RiskApproved | RiskRefused {
    this.refused.leg = -1;
    const reason = this.reasonAgainst(basket, nowNs);
    if (reason === NONE) {
      this.approved.basket = basket;
      this.approved.tsDecidedNs = nowNs;
      return this.approved;
    }
    this.refused.basket = basket;
    this.refused.reason = reason;
    return this.refused;
  }

  /** An order leaves for the venue: it counts against the rate. */
  sent(venue: number, nowNs: number): void {
    this.rates[venue].take(nowNs);
  }

  private reasonAgainst(basket: Basket, nowNs: number): number {
    if (!basket.whole || basket.count === 0) return RejectReason.RISK_MALFORMED;
    const blocked = this.context.blocked();
    if (blocked !== NONE) return blocked;
    if (!(nowNs - basket.tsCauseNs <= this.limits.maxIntentAgeNs)) return RejectReason.RISK_STALE;
    for (let k = 0; k < basket.count; k++) {
      const reason = this.againstLeg(basket, k, nowNs);
      if (reason !== NONE) {
        this.refused.leg = k;
        return reason;
      }
    }
    return NONE;
  }

  private againstLeg(basket: Basket, k: number, nowNs: number): number {
    const leg = basket.legs[k];
    const instrument = this.instruments[leg.instrument];
    if (instrument === undefined || instrument.venue.index !== leg.venue) return RejectReason.RISK_MALFORMED;
    const sameVenue = legsBefore(basket, k);
    if (this.context.basketsOpen(instrument.pair.index) > 0) return RejectReason.RISK_LEG_IN_FLIGHT;
    if (!this.context.gatewayUp(leg.venue)) return RejectReason.RISK_GATEWAY_DOWN;
    if (this.context.openOrders(leg.venue) + sameVenue + 1 > this.limits.maxOpenOrders) return RejectReason.RISK_OPEN_ORDERS;
    if (!this.rates[leg.venue].allows(sameVenue + 1, nowNs)) return RejectReason.RISK_RATE;
    const size = againstSize(leg, instrument);
    if (size !== NONE) return size;
    const market = this.againstMarket(leg, nowNs);
    if (market !== NONE) return market;
    return this.againstMoney(k, leg, instrument);
  }

  private againstMarket(leg: Leg, nowNs: number): number {
    const { market, limits } = this;
    if (!market.inSync(leg.instrument)) return RejectReason.RISK_NOT_IN_SYNC;
    if (!(nowNs - market.tsRecvNs(leg.instrument) <= limits.staleBookNs)) return RejectReason.RISK_STALE;
    const opposite = leg.sell ? market.bestBid(leg.instrument) : market.bestAsk(leg.instrument);
    if (!(opposite > 0)) return RejectReason.RISK_PRICE_COLLAR;
    const tooFar = leg.sell ? leg.price < opposite * (1 - limits.collar) : leg.price > opposite * (1 + limits.collar);
    return tooFar ? RejectReason.RISK_PRICE_COLLAR : NONE;
  }

  private againstMoney(k: number, leg: Leg, instrument: Instrument): number {
    const { limits, context: { positions } } = this;
    const amounts = this.amounts[leg.instrument];
    const base = amounts.baseOf(leg.qty);
    const notional = amounts.quoteNeeded(leg.price, leg.qty);
    if (notional < BigInt(instrument.minNotional)) return RejectReason.RISK_MIN_NOTIONAL;
    const maxBase = limits.maxOrderBase[amounts.base];
    if (notional > limits.maxOrderNotional || (maxBase !== undefined && base > maxBase)) return RejectReason.RISK_MAX_ORDER;

    const baseAt = positions.at(leg.venue, amounts.base);
    const change = positions.total[baseAt] - positions.opening[baseAt];
    const after = leg.sell ? positions.held[baseAt] + base - change : change + positions.incoming[baseAt] + base;
    if (after > 0n && amounts.valueOf(after, leg.price) > limits.maxPositionNotional) return RejectReason.RISK_MAX_POSITION;
    const received = leg.sell ? positions.at(leg.venue, amounts.quote) : baseAt;
    const maxHolding = limits.maxHolding[received];
    if (maxHolding !== undefined && positions.total[received] + positions.incoming[received] + (leg.sell ? notional : base) > maxHolding) return RejectReason.RISK_MAX_POSITION;

    const spent = leg.sell ? baseAt : positions.at(leg.venue, amounts.quote);
    let need = leg.sell ? base : notional + feeNeeded(notional, instrument.takerFeePpm);
    this.needAt[k] = spent;
    this.need[k] = need;
    for (let before = 0; before < k; before++) if (this.needAt[before] === spent) need += this.need[before];
    return need > positions.total[spent] - positions.held[spent] ? RejectReason.RISK_BALANCE : NONE;
  }
}

/** Legs before k that go to the same venue. */
function legsBefore(basket: Basket, k: number): number {
  let count = 0;
  for (let before = 0; before < k; before++) if (basket.legs[before].venue === basket.legs[k].venue) count++;
  return count;
}

/** Quantity and price as the venue accepts them. */
function againstSize(leg: Leg, instrument: Instrument): number {
  if (!Number.isSafeInteger(leg.qty) || leg.qty <= 0 || leg.qty < instrument.minQty || leg.qty % instrument.step !== 0) return RejectReason.RISK_STEP;
  if (!Number.isSafeInteger(leg.price) || leg.price <= 0 || leg.price % instrument.tick !== 0) return RejectReason.RISK_TICK;
  return NONE;
}
