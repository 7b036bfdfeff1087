/** What a replay prints: opportunities and intents as they come, and a summary. The same transcripts print the same bytes. */
import type { MergerCore } from '../book/merger.js';
import { AMOUNT_DECIMALS, formatTrimmed } from '../model/decimal.js';
import { BUY, SELL, type Instrument, type InstrumentIndex } from '../model/instrument.js';
import { Flag, nameOf, OpportunityKind } from '../record/codes.js';
import { CrossedMarket, Opportunity, OrderIntent, typeAt } from '../record/records.js';
import type { SlotViews } from '../record/slot.js';

/** What one venue's feed counted. */
export type FeedCounts = ReadonlyMap<string, number>;

export interface ReplaySummary {
  readonly type: 'summary';
  readonly lines: number;
  readonly malformedLines: number;
  /** By venue: frames, resyncs, gaps and whatever else its feed counted. */
  readonly venues: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly frames: number;
  readonly deltas: number;
  readonly trades: number;
  readonly resyncs: number;
  readonly booksInSync: number;
  readonly books: readonly BookSummary[];
  readonly opportunities: Readonly<Record<string, number>>;
  /** Of what was taken, net of fees, by quote. */
  readonly expectedProfit: Readonly<Record<string, string>>;
  /** Largest edge between two best prices, net of both fees, in basis points; below 0 when fees ate every crossing. */
  readonly bestEdge: BestEdge | null;
}

interface BookSummary {
  readonly venue: string;
  readonly symbol: string;
  readonly pair: string;
  readonly inSync: boolean;
  readonly bid: string;
  readonly bidQty: string;
  readonly ask: string;
  readonly askQty: string;
  readonly levels: readonly [bids: number, asks: number];
}

interface BestEdge {
  readonly netBps: number;
  readonly pair: string;
  readonly buyVenue: string;
  readonly sellVenue: string;
  readonly tsNs: string;
}

const PPM = 1_000_000;

export class ReplayReport {
  private readonly profit = new Map<string, bigint>();
  private bestNet = -Infinity;
  private bestEdge: BestEdge | null = null;
  private readonly market: Reading<CrossedMarket> = new Reading(CrossedMarket);
  private readonly opportunity: Reading<Opportunity> = new Reading(Opportunity);
  private readonly intent: Reading<OrderIntent> = new Reading(OrderIntent);

  constructor(private readonly index: InstrumentIndex, private readonly epochUnixNs: bigint, private readonly isJson: boolean, private readonly print: (line: string) => void) {}

  readonly onMarket = (views: SlotViews, at: number): void => {
    if (typeAt(views, at) !== CrossedMarket.TYPE) return;
    const market = this.market.at(views, at);
    if (market.levels === 0) return;
    const buy = this.index.instruments[market.instrument];
    const sell = this.index.instruments[market.sellInstrument];
    const net = (market.bidPrice * sell.quoteRatePpm * (PPM - sell.takerFeePpm)) / (market.askPrice * buy.quoteRatePpm * (PPM + buy.takerFeePpm)) - 1;
    if (net <= this.bestNet) return;
    this.bestNet = net;
    this.bestEdge = { netBps: Math.round(net * 1e8) / 1e4, pair: buy.pair.name, buyVenue: buy.venue.id, sellVenue: sell.venue.id, tsNs: this.unixNs(market.tsRecvNs) };
  };

  readonly onStrategy = (views: SlotViews, at: number): void => {
    const type = typeAt(views, at);
    if (type === Opportunity.TYPE) this.onOpportunity(this.opportunity.at(views, at));
    else if (type === OrderIntent.TYPE && this.isJson) this.onIntent(this.intent.at(views, at));
  };

  private onOpportunity(opportunity: Opportunity): void {
    const buy = this.index.instruments[opportunity.instrument];
    const sell = this.index.instruments[opportunity.sellInstrument];
    const { pair } = buy;
    const quote = pair.quote.code;
    const kind = nameOf(OpportunityKind, opportunity.kind);
    if (opportunity.kind === OpportunityKind.TAKEN) this.profit.set(quote, (this.profit.get(quote) ?? 0n) + opportunity.expectedProfit);
    const tsNs = this.unixNs(opportunity.tsCauseNs);
    const line = {
      type: 'opportunity', kind, id: opportunity.opportunityId, tsNs, pair: pair.name, buyVenue: buy.venue.id, buySymbol: buy.symbol, sellVenue: sell.venue.id, sellSymbol: sell.symbol,
      qty: formatTrimmed(opportunity.qty, pair.qtyScale), buyPrice: formatTrimmed(opportunity.buyPrice, pair.priceScale), sellPrice: formatTrimmed(opportunity.sellPrice, pair.priceScale),
      expectedProfit: formatTrimmed(opportunity.expectedProfit, AMOUNT_DECIMALS), quote,
    };
    if (this.isJson) this.print(JSON.stringify(line));
    else if (opportunity.kind !== OpportunityKind.CHANGED) {
      this.print(`${isoOf(tsNs)}  ${kind.padEnd(6)}  #${String(line.id).padEnd(5)} ${line.pair.padEnd(9)}  buy ${line.buyVenue} ${line.buyPrice}  sell ${line.sellVenue} ${line.sellPrice}  qty ${line.qty}  profit ${line.expectedProfit} ${quote}`);
    }
  }

  private onIntent(intent: OrderIntent): void {
    const { venue, symbol, pair } = this.index.instruments[intent.instrument];
    this.print(JSON.stringify({
      type: 'intent', opportunity: intent.opportunityId, leg: intent.leg, tsNs: this.unixNs(intent.tsCauseNs), venue: venue.id, symbol, side: (intent.flags & Flag.SELL) === 0 ? 'buy' : 'sell',
      price: formatTrimmed(intent.price, pair.priceScale), qty: formatTrimmed(intent.qty, pair.qtyScale),
    }));
  }

  summary(merger: MergerCore, strategy: Record<string, number>, feeds: ReadonlyMap<string, FeedCounts>, lines: number, malformedLines: number): ReplaySummary {
    const { frames, deltas, trades } = merger.counters;
    const venues = Object.fromEntries([...feeds].map(([venue, counts]) => [venue, Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))]));
    const books = merger.books.map(({ instrument, book, top, inSync }): BookSummary => ({
      venue: instrument.venue.id, symbol: instrument.symbol, pair: instrument.pair.name, inSync, ...prices(instrument, top), levels: [book.levels(BUY), book.levels(SELL)],
    }));
    return {
      type: 'summary', lines, malformedLines, venues, frames, deltas, trades,
      resyncs: [...feeds.values()].reduce((sum, counts) => sum + (counts.get('resyncs') ?? 0), 0),
      booksInSync: books.filter(({ inSync }) => inSync).length, books,
      opportunities: strategy,
      expectedProfit: Object.fromEntries([...this.profit].map(([quote, profit]) => [quote, formatTrimmed(profit, AMOUNT_DECIMALS)])),
      bestEdge: this.bestEdge,
    };
  }

  private unixNs(ns: number): string {
    return (this.epochUnixNs + BigInt(ns)).toString();
  }
}

/** A flyweight over whatever views the record stands in. */
class Reading<T extends { wrap(at: number): T }> {
  private views: SlotViews | undefined;
  private flyweight!: T;

  constructor(private readonly kind: new (views: SlotViews) => T) {}

  at(views: SlotViews, at: number): T {
    if (views !== this.views) {
      this.views = views;
      this.flyweight = new this.kind(views);
    }
    return this.flyweight.wrap(at);
  }
}

function prices({ pair }: Instrument, top: Float64Array): Pick<BookSummary, 'bid' | 'bidQty' | 'ask' | 'askQty'> {
  return {
    bid: formatTrimmed(top[0], pair.priceScale), bidQty: formatTrimmed(top[1], pair.qtyScale),
    ask: formatTrimmed(top[2], pair.priceScale), askQty: formatTrimmed(top[3], pair.qtyScale),
  };
}

function isoOf(unixNs: string): string {
  return new Date(Number(BigInt(unixNs) / 1_000_000n)).toISOString();
}

/** The summary for people. */
export function summaryText(summary: ReplaySummary): string {
  const { opportunities, bestEdge } = summary;
  const rows = summary.books.map(({ venue, symbol, pair, inSync, bid, bidQty, ask, askQty, levels }) => [
    venue, symbol, pair, inSync ? 'in sync' : 'OUT OF SYNC', `${bid} × ${bidQty}`, `${ask} × ${askQty}`, `${levels[0]} + ${levels[1]}`,
  ]);
  const profits = Object.entries(summary.expectedProfit).map(([quote, profit]) => `${profit} ${quote}`).join(', ');
  const edge = bestEdge === null ? 'no two books crossed' : `${bestEdge.netBps} bps net of fees (${bestEdge.pair}: buy ${bestEdge.buyVenue}, sell ${bestEdge.sellVenue}, ${isoOf(bestEdge.tsNs)})`;
  return [
    '',
    ...table(['venue', 'symbol', 'pair', 'book', 'bid', 'ask', 'levels'], rows),
    '',
    `${summary.lines} lines, ${summary.malformedLines} malformed; ${summary.frames} frames, ${summary.deltas} level changes, ${summary.trades} trades`,
    `${summary.booksInSync} of ${summary.books.length} books in sync at the end, ${summary.resyncs} resyncs`,
    `opportunities: ${opportunities.found ?? 0} opened, ${opportunities.taken ?? 0} taken, ${opportunities.closed ?? 0} closed${profits === '' ? '' : `; expected profit of what was taken: ${profits}`}`,
    `best edge: ${edge}`,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}
