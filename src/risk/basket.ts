/** A basket of legs that a strategy wants, gathered from its OrderIntent records. Objects are made once and reused. */
import { Flag } from '../record/codes.js';
import type { OrderIntent } from '../record/records.js';

/** More legs than any strategy here has; a larger batch is malformed. */
export const MAX_LEGS = 8;

export interface Leg {
  instrument: number;
  venue: number;
  sell: boolean;
  tif: number;
  price: number;
  qty: number;
}

export class Basket {
  strategy = 0;
  opportunityId = 0;
  pair = 0;
  frame = 0;
  tsCauseNs = 0;
  /** As the strategy announced them; equals `count` when whole. */
  announced = 0;
  /** Legs gathered. */
  count = 0;
  expectedProfit = 0n;
  /** Identifies the legs: with strategy, cause and frame it tells an intent seen again from a new one. */
  hash = 0;
  whole = false;
  readonly legs: readonly Leg[] = Array.from({ length: MAX_LEGS }, () => ({ instrument: 0, venue: 0, sell: false, tif: 0, price: 0, qty: 0 }));

  /** Add one leg. True when the basket is complete (its LAST leg came), whole or not. */
  add(intent: OrderIntent): boolean {
    if ((intent.flags & Flag.FIRST) !== 0) this.begin(intent);
    else if (intent.opportunityId !== this.opportunityId || intent.tsCauseNs !== this.tsCauseNs) {
      this.begin(intent);
      this.whole = false;
    }
    if (this.count >= MAX_LEGS) this.whole = false;
    else this.take(intent);
    if ((intent.flags & Flag.LAST) === 0) return false;
    if (this.count !== this.announced) this.whole = false;
    return true;
  }

  private begin(intent: OrderIntent): void {
    this.strategy = intent.strategy;
    this.opportunityId = intent.opportunityId;
    this.pair = intent.pair;
    this.frame = intent.frame;
    this.tsCauseNs = intent.tsCauseNs;
    this.announced = intent.legs;
    this.expectedProfit = intent.expectedProfit;
    this.count = 0;
    this.hash = 0;
    this.whole = true;
  }

  private take(intent: OrderIntent): void {
    const leg = this.legs[this.count++];
    leg.instrument = intent.instrument;
    leg.venue = intent.venue;
    leg.sell = (intent.flags & Flag.SELL) !== 0;
    leg.tif = intent.tif;
    leg.price = intent.price;
    leg.qty = intent.qty;
    let hash = Math.imul(this.hash ^ leg.instrument, 0x9e3779b1) + (leg.sell ? 1 : 0);
    hash = Math.imul(hash ^ (leg.price % 0x7fffffff), 0x85ebca6b);
    this.hash = (hash ^ (hash >>> 15)) >>> 0;
  }
}
