/**
 * cross-venue: taker-taker arbitrage. Where a bid of one venue stands above an ask of another by more than both taker
 * fees, buy on the one and sell on the other at once, immediate-or-cancel, as much as the two books and the limits
 * allow. Whether a basket of the pair is still in flight is the executor's to know: it refuses, the strategy only keeps
 * a distance between two baskets of a pair.
 *
 * An opportunity is OPENED, may be CHANGED, and ends TAKEN (intents were written) or CLOSED. After a TAKEN the same
 * direction opens again, under a new id, when the cool-down is over.
 */
import { z } from 'zod';
import { AMOUNT_DECIMALS, parseDecimal } from '../model/decimal.js';
import type { InstrumentIndex } from '../model/instrument.js';
import { Flag, OpportunityKind, TimeInForce } from '../record/codes.js';
import { CrossedLevel, CrossedMarket, Opportunity, OrderIntent, typeAt } from '../record/records.js';
import type { RecordSink, SlotViews } from '../record/slot.js';
import { BasketWalk, Legs, LEVELS_MAX, type BasketLimits } from './basket.js';
import type { Strategy, StrategyContext, StrategyDefinition } from './contract.js';

const decimal = (doc: string) =>
  z.string().regex(/^\d{1,10}(\.\d{1,8})?$/, 'must be a decimal as text, at most 8 decimals, for example "250.00"').meta({ accepted: 'a decimal as text, at most 8 decimals, for example "250.00"', doc });
const number = (from: number, to: number, doc: string) => z.number().min(from).max(to).meta({ accepted: `a number from ${from} to ${to}`, doc });

const crossVenueConfig = z.strictObject({
  maxNotionalQuote: decimal('Most that one leg of a basket may be worth at its limit price, in the quote of the pair').default('1000'),
  maxQtyBase: decimal('Most that a basket may buy and sell, in the base of the pair; no limit when absent').optional(),
  minProfitQuote: decimal('Least profit of a basket net of fees, in the quote of the pair').default('0.05'),
  minProfitBps: number(0, 10_000, 'Least profit net of fees, in basis points of what the buy leg costs').default(1),
  slippageBps: number(0, 1000, 'How far beyond the worst level seen a limit price may lie').default(0),
  coolDownMs: number(0, 3_600_000, 'Least time between two baskets of a pair').default(250),
});
export type CrossVenueConfig = z.output<typeof crossVenueConfig>;

function amount(text: string): bigint {
  return parseDecimal(text, AMOUNT_DECIMALS);
}

/** One direction: buy here, sell there. */
class Direction {
  readonly legs: Legs;
  /** Id of the open opportunity; 0 = none. */
  opportunityId = 0;
  /** Quantity and worst prices as last told. */
  readonly told = new Float64Array(3);
  profit = 0n;
  /** Taken, and the cool-down has not passed. */
  isTaken = false;

  constructor(index: InstrumentIndex, buy: number, sell: number, limits: BasketLimits) {
    this.legs = new Legs(index.instruments[buy], index.instruments[sell], limits);
  }

  isTold(walk: BasketWalk): boolean {
    return this.told[0] === walk.best[0] && this.told[1] === walk.best[1] && this.told[2] === walk.best[2] && this.profit === walk.profit;
  }

  remember(walk: BasketWalk): void {
    this.told.set(walk.best);
    this.profit = walk.profit;
  }
}

class CrossVenue implements Strategy {
  private readonly index: InstrumentIndex;
  private readonly sink: RecordSink;
  private readonly strategyIndex: number;
  private readonly limits: BasketLimits;
  private readonly coolDownNs: number;
  private readonly counters = { found: 0, changed: 0, closed: 0, taken: 0, sinkFull: 0 };
  private nextId: number;

  private readonly walk = new BasketWalk();
  private readonly opportunity: Opportunity;
  private readonly intent: OrderIntent;
  private input: SlotViews | undefined;
  private market!: CrossedMarket;
  private level!: CrossedLevel;

  /** Directions by buy instrument, then by sell instrument; made when they first cross. */
  private readonly directions: (Direction | undefined)[][];
  /** Per pair: no basket before this, ns. */
  private readonly quietUntilNs: Float64Array;

  /** The crossed market being read: levels still to come, its direction, frame and time. */
  private pending = 0;
  private direction: Direction | undefined;
  private frame = 0;
  private readonly causeNs = new Float64Array(1);

  constructor(config: CrossVenueConfig, context: StrategyContext) {
    this.index = context.index;
    this.sink = context.sink;
    this.strategyIndex = context.strategyIndex;
    this.nextId = context.firstOpportunityId ?? 1;
    this.opportunity = new Opportunity(context.sink.views);
    this.intent = new OrderIntent(context.sink.views);
    this.directions = context.index.instruments.map(() => []);
    this.quietUntilNs = new Float64Array(context.index.pairs.length).fill(-Infinity);
    this.coolDownNs = config.coolDownMs * 1e6;
    this.limits = {
      maxNotional: amount(config.maxNotionalQuote),
      maxQty: config.maxQtyBase === undefined ? undefined : amount(config.maxQtyBase),
      minProfit: amount(config.minProfitQuote),
      minProfitPpm: Math.round(config.minProfitBps * 100),
      slippagePpm: Math.round(config.slippageBps * 100),
    };
  }

  stats(): Record<string, number> {
    return { ...this.counters };
  }

  onRecord(views: SlotViews, at: number): void {
    if (views !== this.input) {
      this.input = views;
      this.market = new CrossedMarket(views);
      this.level = new CrossedLevel(views);
    }
    const type = typeAt(views, at);
    if (type === CrossedLevel.TYPE) this.onLevel(this.level.wrap(at));
    else if (type === CrossedMarket.TYPE) this.onMarket(this.market.wrap(at));
  }

  private onMarket(market: CrossedMarket): void {
    this.direction = this.directionOf(market.instrument, market.sellInstrument);
    this.frame = market.frame;
    this.causeNs[0] = market.tsRecvNs;
    this.pending = market.levels;
    this.walk.clear();
    if (market.levels !== 0) return;
    this.direction.isTaken = false;
    this.close(this.direction);
  }

  private directionOf(buy: number, sell: number): Direction {
    const row = this.directions[buy];
    let direction = row[sell];
    if (direction === undefined) {
      direction = new Direction(this.index, buy, sell, this.limits);
      row[sell] = direction;
    }
    return direction;
  }

  private onLevel(level: CrossedLevel): void {
    if (this.pending === 0) return; // its market came before we did
    const { walk } = this;
    if ((level.flags & Flag.SELL) !== 0) {
      if (walk.asks < LEVELS_MAX) {
        walk.askPrices[walk.asks] = level.price;
        walk.askQtys[walk.asks++] = level.qty;
      }
    } else if (walk.bids < LEVELS_MAX) {
      walk.bidPrices[walk.bids] = level.price;
      walk.bidQtys[walk.bids++] = level.qty;
    }
    if (--this.pending === 0) this.evaluate(this.direction!);
  }

  private evaluate(direction: Direction): void {
    const { walk, causeNs } = this;
    const pair = direction.legs.buy.pair.index;
    const isQuiet = causeNs[0] < this.quietUntilNs[pair];
    if (direction.isTaken) {
      if (isQuiet) return;
      direction.isTaken = false;
    }
    if (!walk.size(direction.legs) || !walk.confirm(direction.legs)) return this.close(direction);
    if (isQuiet) return this.tell(direction);
    return this.take(direction, pair);
  }

  /** Say what is seen, where it differs from what was last said. */
  private tell(direction: Direction): void {
    const isNew = direction.opportunityId === 0;
    if (!isNew && direction.isTold(this.walk)) return;
    const id = isNew ? this.nextId : direction.opportunityId;
    if (!this.writeOpportunity(direction, id, isNew ? OpportunityKind.OPENED : OpportunityKind.CHANGED)) return;
    this.sink.flush();
    direction.remember(this.walk);
    if (isNew) this.open(direction);
    else this.counters.changed++;
  }

  private open(direction: Direction): void {
    direction.opportunityId = this.nextId++;
    this.counters.found++;
  }

  private close(direction: Direction): void {
    if (direction.opportunityId === 0) return;
    this.walk.best.set(direction.told);
    this.walk.profit = direction.profit;
    if (!this.writeOpportunity(direction, direction.opportunityId, OpportunityKind.CLOSED)) return;
    this.sink.flush();
    direction.opportunityId = 0;
    this.counters.closed++;
  }

  /** OPENED where it is new, the legs, TAKEN: one batch. */
  private take(direction: Direction, pair: number): void {
    const isNew = direction.opportunityId === 0;
    const id = isNew ? this.nextId : direction.opportunityId;
    const written = (!isNew || this.writeOpportunity(direction, id, OpportunityKind.OPENED))
      && this.writeLeg(direction, id, 0) && this.writeLeg(direction, id, 1)
      && this.writeOpportunity(direction, id, OpportunityKind.TAKEN);
    if (!written) return;
    this.sink.flush();
    if (isNew) this.open(direction);
    direction.opportunityId = 0;
    direction.isTaken = true;
    this.counters.taken++;
    this.quietUntilNs[pair] = this.causeNs[0] + this.coolDownNs;
  }

  private next(): number {
    const at = this.sink.next();
    if (at < 0) {
      this.sink.abandon();
      this.counters.sinkFull++;
    }
    return at;
  }

  private writeOpportunity(direction: Direction, id: number, kind: number): boolean {
    const at = this.next();
    if (at < 0) return false;
    const { buy, sell } = direction.legs;
    const record = this.opportunity.begin(at, 0, buy.venue.index, buy.index);
    record.sellInstrument = sell.index;
    record.opportunityId = id;
    record.kind = kind;
    record.strategy = this.strategyIndex;
    record.pair = buy.pair.index;
    record.frame = this.frame;
    record.qty = this.walk.best[0];
    record.buyPrice = this.walk.best[1];
    record.sellPrice = this.walk.best[2];
    record.expectedProfit = this.walk.profit;
    record.tsCauseNs = this.causeNs[0];
    return true;
  }

  /** @param leg 0 = buy, 1 = sell */
  private writeLeg(direction: Direction, id: number, leg: 0 | 1): boolean {
    const at = this.next();
    if (at < 0) return false;
    const { legs } = direction;
    const instrument = leg === 0 ? legs.buy : legs.sell;
    const record = this.intent.begin(at, leg === 0 ? Flag.FIRST : Flag.LAST | Flag.SELL, instrument.venue.index, instrument.index);
    record.strategy = this.strategyIndex;
    record.leg = leg;
    record.opportunityId = id;
    record.legs = 2;
    record.tif = TimeInForce.IOC;
    record.pair = instrument.pair.index;
    record.frame = this.frame;
    record.price = leg === 0 ? this.walk.buyLimit(legs) : this.walk.sellLimit(legs);
    record.qty = this.walk.best[0];
    record.expectedProfit = this.walk.profit;
    record.tsCauseNs = this.causeNs[0];
    return true;
  }
}

export const crossVenue: StrategyDefinition<typeof crossVenueConfig> = {
  id: 'cross-venue',
  configSchema: crossVenueConfig,
  create: (config, context) => new CrossVenue(config, context),
};
