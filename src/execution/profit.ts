/** Marks the pairs' inventories to market, tells observers the P&L, and watches the daily loss. */
import { AMOUNT_DECIMALS } from '../model/decimal.js';
import type { InstrumentIndex } from '../model/instrument.js';
import { NO_INSTRUMENT, RejectReason } from '../record/codes.js';
import { Pnl } from '../record/records.js';
import type { RecordSink } from '../record/slot.js';
import type { PairPnl } from '../position/pnl.js';
import type { MarketView } from '../risk/market.js';
import type { FactWriter } from './fact-writer.js';
import type { Outbox } from './outbox.js';
import type { ExecutionState } from './state.js';

const DAY_NS = 86_400_000_000_000n;

export class Profit {
  /** Last known mid of each pair: value in its quote of one whole base, 10^-8. */
  private readonly mids: bigint[];
  private readonly record: Pnl;
  private readonly told: bigint[];
  /** Assets that P&L is counted in. */
  private readonly quotes: readonly number[];

  constructor(
    private readonly index: InstrumentIndex,
    private readonly state: ExecutionState,
    private readonly facts: FactWriter,
    private readonly outbox: Outbox,
    sink: RecordSink,
    private readonly market: MarketView,
    private readonly maxLoss: bigint,
    private readonly epochUnixNs: bigint,
  ) {
    this.mids = index.pairs.map(() => 0n);
    this.told = index.pairs.map(() => -1n);
    this.record = new Pnl(sink.views);
    this.quotes = [...new Set(index.pairs.map(({ quote }) => quote.index))];
  }

  /** The latest mid of a pair over its venues in sync (mapped quotes at their rate); 0 when there never was one. */
  mid(pair: number): bigint {
    let sum = 0;
    let count = 0;
    for (const i of this.index.pairs[pair].instruments) {
      if (!this.market.inSync(i)) continue;
      const bid = this.market.bestBid(i);
      const ask = this.market.bestAsk(i);
      if (!(bid > 0) || !(ask > 0)) continue;
      sum += ((bid + ask) / 2) * (this.index.instruments[i].quoteRatePpm / 1e6);
      count++;
    }
    if (count > 0) this.mids[pair] = BigInt(Math.round((sum / count) * 10 ** (AMOUNT_DECIMALS - this.index.pairs[pair].priceScale)));
    return this.mids[pair];
  }

  /** Unrealised P&L; without any mid yet the inventory stands at its cost. */
  unrealised(pair: number): bigint {
    const pnl = this.state.pnl[pair];
    if (pnl.inventory === 0n) return -pnl.cost;
    const mid = this.mid(pair);
    return mid === 0n ? 0n : pnl.unrealised(mid);
  }

  /** Value in the instrument's pair quote of a fee in another asset, by that asset's own market on the same venue; 0 = none. */
  feeValue(instrument: number, asset: number, fee: bigint): bigint {
    const traded = this.index.instruments[instrument];
    for (const candidate of this.index.instruments) {
      if (candidate.venue.index !== traded.venue.index || candidate.pair.base.index !== asset || candidate.quote.index !== traded.quote.index) continue;
      const bid = this.market.bestBid(candidate.index);
      const ask = this.market.bestAsk(candidate.index);
      if (!(bid > 0) || !(ask > 0)) continue;
      const price = BigInt(Math.round((bid + ask) / 2));
      const value = (fee * price) / 10n ** BigInt(candidate.pair.priceScale);
      return (value * BigInt(traded.quoteRatePpm)) / 1_000_000n;
    }
    return 0n;
  }

  /** P&L of all pairs with this quote. */
  ofQuote(asset: number): bigint {
    let sum = 0n;
    for (const pair of this.index.pairs) {
      if (pair.quote.index === asset) sum += this.state.pnl[pair.index].realised + this.unrealised(pair.index);
    }
    return sum;
  }

  /** RejectReason.RISK_MAX_LOSS when a day's loss has become too large, else 0. Begins a new day where one has begun. */
  watch(nowNs: number): number {
    const day = Number((this.epochUnixNs + BigInt(Math.trunc(nowNs))) / DAY_NS);
    if (day !== this.state.day) this.rebase(nowNs);
    if (this.state.killedBy !== 0) return 0;
    for (const asset of this.quotes) {
      if (this.state.dayBase[asset] - this.ofQuote(asset) > this.maxLoss) return RejectReason.RISK_MAX_LOSS;
    }
    return 0;
  }

  /** Losses count from here. */
  rebase(nowNs: number): void {
    const first = this.state.day < 0;
    const day = Number((this.epochUnixNs + BigInt(Math.trunc(nowNs))) / DAY_NS);
    for (const asset of this.quotes) this.facts.day(asset, day, first ? 0n : this.ofQuote(asset));
  }

  publish(nowNs: number): void {
    for (const { index } of this.index.pairs) {
      const pnl = this.state.pnl[index];
      if (pnl.fills === 0) continue;
      const unrealised = this.unrealised(index);
      const digest = pnl.realised * 1_000_003n + unrealised * 1009n + pnl.fees + BigInt(pnl.baskets);
      if (this.told[index] === digest) continue;
      const at = this.outbox.slot();
      if (at < 0) return;
      this.told[index] = digest;
      this.write(at, index, pnl, unrealised, nowNs);
    }
  }

  private write(at: number, pair: number, pnl: PairPnl, unrealised: bigint, nowNs: number): void {
    const record = this.record.begin(at, 0, NO_INSTRUMENT, NO_INSTRUMENT);
    record.pair = pair;
    record.baskets = pnl.baskets;
    record.realised = pnl.realised;
    record.unrealised = unrealised;
    record.fees = pnl.fees;
    record.expected = pnl.expected;
    record.tsNs = nowNs;
  }
}
