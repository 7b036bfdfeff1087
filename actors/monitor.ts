/**
 * What screens, the API and the summary say of opportunities, orders, fills and profit: counted from the records of the
 * intents and orders rings, by a lossy cursor of the main thread. What it missed it says.
 */
import type { InstrumentIndex } from '../src/model/instrument.js';
import { Flag, nameOf, OpportunityKind, OrderState, RejectReason } from '../src/record/codes.js';
import { SLOT_BYTES } from '../src/record/define.js';
import { Fill, Opportunity, OrderUpdate, Pnl, typeAt } from '../src/record/records.js';
import { SlotViews } from '../src/record/slot.js';
import { LossyConsumer } from '../src/ring/consumer.js';
import type { RingDescriptor } from '../src/ring/layout.js';
import { AMOUNT_DECIMALS, formatScaled, formatTrimmed } from '../src/model/decimal.js';
import type { EngineStatus } from '../src/control/status.js';
import { MONITOR } from './topology.js';

type SeenOpportunity = EngineStatus['opportunities']['recent'][number];
type SeenOrder = EngineStatus['orders']['recent'][number];
type PairProfit = EngineStatus['pnl']['pairs'][number];

const RECENT = 20;
/** What a leg has that risk refused: it never became an order. */
const NO_ORDER = 0;
/** A finished order may still move (a late fill) as long as it is among this many. */
const REMEMBERED = 10_000;
const FINAL_STATES: ReadonlySet<number> = new Set([OrderState.FILLED, OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED, OrderState.REFUSED]);

/** Exact sums of the Pnl records, in 10^-8 of the quote. */
interface Profit {
  baskets: number;
  realised: bigint;
  unrealised: bigint;
  fees: bigint;
  expected: bigint;
}

export class Monitor {
  readonly opportunities = { found: 0, taken: 0, open: 0 };
  readonly recentOpportunities: SeenOpportunity[] = [];
  /** State of the last orders seen, by engine order id, and how many are in each state. */
  private readonly states = new Map<number, number>();
  private readonly counts = new Map<number, number>();
  private readonly recent = new Map<number, SeenOrder>();
  private readonly profits = new Map<number, Profit>();
  fills = 0;
  sent = 0;
  private readonly copy = new SlotViews(new ArrayBuffer(SLOT_BYTES));
  private readonly opportunity = new Opportunity(this.copy);
  private readonly update = new OrderUpdate(this.copy);
  private readonly pnl = new Pnl(this.copy);
  private readonly inputs: readonly LossyConsumer[];

  /** @param unixMsAt wall clock of an engine time, for display */
  constructor(private readonly index: InstrumentIndex, rings: readonly RingDescriptor[], private readonly unixMsAt: (ns: number) => number) {
    this.inputs = rings.map((ring) => new LossyConsumer(ring, MONITOR, this.copy.i32));
  }

  /** Take in what has been published since the last time. */
  poll(): void {
    for (const input of this.inputs) {
      while (input.poll()) this.onRecord();
      input.commit();
    }
  }

  get missed(): number {
    return this.inputs.reduce((sum, input) => sum + input.missed, 0);
  }

  /** Orders by state. */
  orderCounts(): Record<string, number> {
    return Object.fromEntries([...this.counts].filter(([, count]) => count > 0).map(([state, count]) => [nameOf(OrderState, state), count]));
  }

  openOrders(): number {
    let open = 0;
    for (const [state, count] of this.counts) if (!FINAL_STATES.has(state)) open += count;
    return open;
  }

  recentOrders(): SeenOrder[] {
    return [...this.recent.values()].reverse();
  }

  /** By pair, and the sum of each quote currency: different quotes are never added up. */
  profit(): EngineStatus['pnl'] {
    const totals = new Map<string, Profit>();
    const pairs = this.index.pairs.flatMap((pair): PairProfit[] => {
      const profit = this.profits.get(pair.index);
      if (profit === undefined) return [];
      const total = totals.get(pair.quote.code) ?? { baskets: 0, realised: 0n, unrealised: 0n, fees: 0n, expected: 0n };
      totals.set(pair.quote.code, add(total, profit));
      return [{ pair: pair.name, ...texts(pair.quote.code, profit) }];
    });
    return { pairs, totals: [...totals].map(([quote, profit]) => texts(quote, profit)) };
  }

  private onRecord(): void {
    switch (typeAt(this.copy, 0)) {
      case Opportunity.TYPE: return this.onOpportunity();
      case OrderUpdate.TYPE: return this.onOrder();
      case Fill.TYPE: this.fills++; return;
      case Pnl.TYPE: {
        const { pnl } = this;
        this.profits.set(pnl.pair, { baskets: pnl.baskets, realised: pnl.realised, unrealised: pnl.unrealised, fees: pnl.fees, expected: pnl.expected });
      }
    }
  }

  private onOpportunity(): void {
    const { opportunity, opportunities, index } = this;
    const { kind } = opportunity;
    if (kind === OpportunityKind.OPENED) {
      opportunities.found++;
      opportunities.open++;
    } else if (kind !== OpportunityKind.CHANGED) {
      opportunities.open--; // it ends taken or closed
      if (kind === OpportunityKind.TAKEN) opportunities.taken++;
    }
    const pair = index.pairs[opportunity.pair];
    if (kind === OpportunityKind.CHANGED || pair === undefined) return;
    this.recentOpportunities.unshift({
      at: new Date(this.unixMsAt(opportunity.tsCauseNs)).toISOString(), pair: pair.name, quote: pair.quote.code, kind: nameOf(OpportunityKind, kind),
      buyVenue: this.venueOf(opportunity.instrument), sellVenue: this.venueOf(opportunity.sellInstrument),
      qty: formatTrimmed(opportunity.qty, pair.qtyScale), buyPrice: formatScaled(opportunity.buyPrice, pair.priceScale), sellPrice: formatScaled(opportunity.sellPrice, pair.priceScale),
      expectedProfit: formatTrimmed(opportunity.expectedProfit, AMOUNT_DECIMALS),
    });
    this.recentOpportunities.length = Math.min(this.recentOpportunities.length, RECENT);
  }

  private onOrder(): void {
    const { update, index } = this;
    this.count(update.orderId, update.state);
    const instrument = index.instruments[update.instrument];
    if (instrument === undefined) return;
    const { pair } = instrument;
    const key = update.orderId === NO_ORDER ? -(update.basketId * 8 + update.leg) : update.orderId;
    this.recent.delete(key);
    this.recent.set(key, {
      at: new Date(this.unixMsAt(update.tsNs)).toISOString(), orderId: update.orderId, basketId: update.basketId, venue: instrument.venue.id, pair: pair.name,
      side: (update.flags & Flag.SELL) === 0 ? 'buy' : 'sell', price: formatScaled(update.price, pair.priceScale),
      qty: formatTrimmed(update.qty, pair.qtyScale), filled: formatTrimmed(update.cumQty, pair.qtyScale),
      state: nameOf(OrderState, update.state), reason: update.reason === RejectReason.NONE ? '' : nameOf(RejectReason, update.reason),
    });
    if (this.recent.size > RECENT) this.recent.delete(this.recent.keys().next().value!);
  }

  private count(orderId: number, state: number): void {
    const before = orderId === NO_ORDER ? undefined : this.states.get(orderId);
    if (before !== undefined) this.counts.set(before, this.counts.get(before)! - 1);
    this.counts.set(state, (this.counts.get(state) ?? 0) + 1);
    if (orderId === NO_ORDER) return;
    if (state === OrderState.SENT && (before === undefined || before === OrderState.NEW)) this.sent++;
    this.states.set(orderId, state);
    if (this.states.size > REMEMBERED) this.forgetOldest();
  }

  private forgetOldest(): void {
    for (const [orderId, state] of this.states) {
      if (!FINAL_STATES.has(state)) continue;
      this.states.delete(orderId);
      return;
    }
  }

  private venueOf(instrument: number): string {
    return this.index.instruments[instrument]?.venue.id ?? '';
  }
}

function add(a: Profit, b: Profit): Profit {
  return { baskets: a.baskets + b.baskets, realised: a.realised + b.realised, unrealised: a.unrealised + b.unrealised, fees: a.fees + b.fees, expected: a.expected + b.expected };
}

function texts(quote: string, profit: Profit): EngineStatus['pnl']['totals'][number] {
  const text = (amount: bigint): string => formatTrimmed(amount, AMOUNT_DECIMALS);
  return { quote, baskets: profit.baskets, realised: text(profit.realised), unrealised: text(profit.unrealised), fees: text(profit.fees), expected: text(profit.expected) };
}
