/**
 * The generator's makers in one market of one venue. Prices stand on a fixed grid of cells (one jittered price per
 * cell), so that when the venue's view of the price moves, only the levels between the old and the new touch change.
 */
import { hashPair, hashText, Prng } from './prng.js';
import type { FairPrice } from './fair.js';
import type { Exchange, Market } from '../matching/exchange.js';
import type { Side } from '../matching/order.js';

export interface MakerCharacter {
  /** How many steps behind the fair price this venue quotes. */
  lagSteps: number;
  halfSpreadBps: number;
  /** Standard deviation of the venue's own wobble, in basis points. */
  noiseBps: number;
  /** Mean value of a level at the touch, in quote units. */
  levelValue: number;
  /** Levels kept on each side. */
  levels: number;
  /** Decimals to which the generator rounds quantities. */
  qtyDecimals: number;
  tradesPerSecond: number;
}

const CELL_BPS = 0.6;
/** Far levels are kept a little longer than needed, so that they do not flicker. */
const SLACK_CELLS = 12;

export class Maker {
  readonly #market: Market;
  readonly #exchange: Exchange;
  readonly #fair: FairPrice;
  readonly #character: MakerCharacter;
  readonly #prng: Prng;
  readonly #cellUnits: number;
  readonly #jitterSeed: number;
  readonly #scale: number;
  readonly #qtyMultiple: number;
  readonly #stepMs: number;
  /** Cells lo..hi of each side are quoted, except those emptied by takers. */
  readonly #range: Record<Side, { lo: number; hi: number }>;
  /** Cell → step at which a taken level comes back. */
  readonly #empty: Record<Side, Map<number, number>> = { buy: new Map(), sell: new Map() };
  #wobbleBps = 0;
  #step = 0;
  #nextTradeStep: number;

  constructor(seed: number, market: Market, exchange: Exchange, fair: FairPrice, character: MakerCharacter, stepMs: number) {
    const { spec } = market;
    this.#market = market;
    this.#exchange = exchange;
    this.#fair = fair;
    this.#character = character;
    this.#stepMs = stepMs;
    this.#prng = new Prng(`${seed}:maker:${spec.venue}:${spec.pair}`);
    this.#jitterSeed = hashText(`${seed}:cells:${spec.venue}:${spec.pair}`, 1);
    this.#scale = 10 ** spec.priceDecimals;
    this.#qtyMultiple = 10 ** Math.max(0, spec.qtyDecimals - character.qtyDecimals);
    this.#cellUnits = Math.max(1, Math.round((spec.startPrice * this.#scale * CELL_BPS) / 10_000));
    this.#nextTradeStep = this.#tradeGap();
    const { bidEdge, askEdge } = this.#edges();
    const high = this.#cellBelow(bidEdge);
    const low = this.#cellAbove(askEdge);
    this.#range = { buy: { lo: high + 1, hi: high }, sell: { lo: low, hi: low - 1 } };
    this.#follow(bidEdge, askEdge);
  }

  /** A taker emptied a level: it stays empty for a while. */
  taken(side: Side, price: number): void {
    const cell = Math.floor(price / this.#cellUnits);
    this.#empty[side].set(cell, this.#step + Math.ceil((400 + (hashPair(cell, this.#step) % 1_200)) / this.#stepMs));
  }

  /** One step: follow the price, bring levels back, trade now and then, then change `refreshes` quantities. */
  advance(step: number, refreshes: number): void {
    this.#step = step;
    this.#wobbleBps = this.#wobbleBps * 0.98 + this.#prng.normal() * this.#character.noiseBps * 0.2;
    const { bidEdge, askEdge } = this.#edges();
    this.#follow(bidEdge, askEdge);
    this.#refill('buy');
    this.#refill('sell');
    for (let i = 0; i < refreshes; i++) this.#refresh();
    if (step >= this.#nextTradeStep) {
      this.#nextTradeStep = step + this.#tradeGap();
      this.#tradeOnce();
    }
  }

  /** After the market was held still: bring back whatever was withdrawn meanwhile. */
  resume(): void {
    for (const side of ['buy', 'sell'] as const) {
      const { lo, hi } = this.#range[side];
      const half = this.#market.book.side(side);
      const { bidEdge, askEdge } = this.#edges();
      for (let cell = lo; cell <= hi; cell++) {
        const price = this.#priceOf(cell);
        const passed = side === 'buy' ? price > bidEdge : price < askEdge;
        if (passed) this.#drop(side, cell);
        else if (half.levelAt(price) === undefined) this.#empty[side].set(cell, 0);
      }
    }
  }

  #edges(): { bidEdge: number; askEdge: number } {
    const displaced = this.#wobbleBps + this.#fair.displacementBps[this.#market.spec.venue];
    const mid = this.#fair.priceBefore(this.#character.lagSteps) * (1 + displaced / 10_000) * this.#scale;
    const half = Math.max(0.5, (mid * this.#character.halfSpreadBps) / 10_000);
    const bidEdge = Math.floor(mid - half);
    return { bidEdge, askEdge: Math.max(bidEdge + 1, Math.ceil(mid + half)) };
  }

  /** Withdraw what the price has passed, then quote what it uncovered: bids and asks never meet. */
  #follow(bidEdge: number, askEdge: number): void {
    const { levels } = this.#character;
    const { buy, sell } = this.#range;
    const bidTop = this.#cellBelow(bidEdge);
    const askTop = this.#cellAbove(askEdge);
    for (; buy.hi > bidTop && buy.hi >= buy.lo; buy.hi--) this.#drop('buy', buy.hi);
    for (; sell.lo < askTop && sell.lo <= sell.hi; sell.lo++) this.#drop('sell', sell.lo);
    if (buy.hi < buy.lo) ({ lo: buy.lo, hi: buy.hi } = { lo: bidTop + 1, hi: bidTop });
    if (sell.hi < sell.lo) ({ lo: sell.lo, hi: sell.hi } = { lo: askTop, hi: askTop - 1 });
    while (buy.hi < bidTop) this.#quote('buy', ++buy.hi);
    while (sell.lo > askTop) this.#quote('sell', --sell.lo);
    while (buy.lo > bidTop - levels + 1) this.#quote('buy', --buy.lo);
    while (sell.hi < askTop + levels - 1) this.#quote('sell', ++sell.hi);
    while (buy.lo < bidTop - levels - SLACK_CELLS) this.#drop('buy', buy.lo++);
    while (sell.hi > askTop + levels + SLACK_CELLS) this.#drop('sell', sell.hi--);
  }

  #refill(side: Side): void {
    const empty = this.#empty[side];
    if (empty.size === 0) return;
    const { lo, hi } = this.#range[side];
    for (const [cell, step] of empty) {
      if (cell < lo || cell > hi) empty.delete(cell);
      else if (step <= this.#step) {
        empty.delete(cell);
        this.#quote(side, cell);
      }
    }
  }

  /** Change one level's quantity; levels near the touch change most. */
  #refresh(): void {
    const side: Side = this.#prng.uniform() < 0.5 ? 'buy' : 'sell';
    const depth = Math.floor(this.#character.levels * Math.pow(this.#prng.uniform(), 2.2));
    const qty = this.#quantity(depth);
    const { lo, hi } = this.#range[side];
    const cell = side === 'buy' ? hi - depth : lo + depth;
    if (cell < lo || cell > hi || this.#empty[side].has(cell)) return;
    this.#exchange.quoteSynthetic(this.#market, side, this.#priceOf(cell), qty);
  }

  #tradeOnce(): void {
    const side: Side = this.#prng.uniform() < 0.5 ? 'buy' : 'sell';
    const share = this.#prng.between(0.05, 0.6);
    const best = this.#market.book.opposite(side).best();
    if (best === undefined) return;
    const qty = Math.max(this.#qtyMultiple, Math.floor((best.qty * share) / this.#qtyMultiple) * this.#qtyMultiple);
    this.#exchange.takeSynthetic(this.#market, side, best.price, Math.min(qty, best.qty));
  }

  #quote(side: Side, cell: number): void {
    if (this.#empty[side].has(cell)) return;
    const depth = side === 'buy' ? this.#range.buy.hi - cell : cell - this.#range.sell.lo;
    this.#exchange.quoteSynthetic(this.#market, side, this.#priceOf(cell), this.#quantity(Math.abs(depth)));
  }

  #drop(side: Side, cell: number): void {
    this.#market.book.setSynthetic(side, this.#priceOf(cell), 0);
  }

  #quantity(depth: number): number {
    const { levelValue } = this.#character;
    const value = levelValue * (0.4 + Math.min(4, depth / 8)) * (0.15 + this.#prng.exponential(0.85));
    const units = (value / this.#fair.priceBefore(0)) * 10 ** this.#market.spec.qtyDecimals;
    return Math.max(this.#qtyMultiple, Math.round(units / this.#qtyMultiple) * this.#qtyMultiple);
  }

  #priceOf(cell: number): number {
    return cell * this.#cellUnits + (hashPair(cell, this.#jitterSeed) % this.#cellUnits);
  }

  /** Highest cell whose price is at most `edge`. */
  #cellBelow(edge: number): number {
    const cell = Math.floor(edge / this.#cellUnits);
    return this.#priceOf(cell) <= edge ? cell : cell - 1;
  }

  /** Lowest cell whose price is at least `edge`. */
  #cellAbove(edge: number): number {
    const cell = Math.floor(edge / this.#cellUnits);
    return this.#priceOf(cell) >= edge ? cell : cell + 1;
  }

  #tradeGap(): number {
    return Math.max(1, Math.round(this.#prng.exponential(1000 / this.#character.tradesPerSecond) / this.#stepMs));
  }
}
