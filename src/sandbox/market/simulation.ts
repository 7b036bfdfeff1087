/**
 * The market of all venues, one step at a time. The step number drives everything: one seed, one market.
 * Virtual time is `startMs + step × stepMs`; no wall clock is read here.
 */
import { FairPrice } from './fair.js';
import { Maker } from './maker.js';
import type { Universe } from './specs.js';
import type { Exchange } from '../matching/exchange.js';
import type { SandboxVenue } from '../venue.js';

/** Levels kept on each side of every book. */
const LEVELS = 120;

export interface SimulationOptions {
  seed: number;
  startMs: number;
  stepMs: number;
  /** Book changes a second, over all markets of all venues. */
  ratePerSecond: number;
}

interface Quoted {
  venue: string;
  maker: Maker;
  exchange: Exchange;
  marketIndex: number;
  /** While a forced crossing stands here: until which step, and at which price. */
  held: { untilStep: number; price: number } | null;
}

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #fairs: FairPrice[] = [];
  readonly #names: readonly string[];
  readonly #quoted: Quoted[] = [];
  /** Markets that are stepped at each step: all of them when few, every n-th when many. */
  readonly #stride: number;
  readonly #refreshesPerTurn: number;
  readonly #owed: Float64Array;
  #step = 0;

  constructor(options: SimulationOptions, venues: readonly SandboxVenue[], universe: Universe, exchanges: Readonly<Record<string, Exchange>>) {
    this.#options = options;
    this.#names = universe.fairs.map(({ name }) => name);
    for (const spec of universe.fairs) {
      const leader = spec.follows === null ? null : this.#fairs[spec.follows];
      this.#fairs.push(new FairPrice(options.seed, spec, leader, options.stepMs));
    }
    for (const { id: venue, character: { lagMs, ...rest } } of venues) {
      const character = { ...rest, lagSteps: Math.min(60, Math.round(lagMs / options.stepMs)), levels: LEVELS, tradesPerSecond: 1.5 };
      const exchange = exchanges[venue];
      const makers = exchange.markets.map((market) => new Maker(options.seed, market, exchange, this.#fairs[market.spec.fair], character, options.stepMs));
      exchange.onSyntheticTaken = (market, side, price) => makers[market.spec.index].taken(side, price);
      makers.forEach((maker, marketIndex) => this.#quoted.push({ venue, maker, exchange, marketIndex, held: null }));
    }
    this.#stride = Math.max(1, Math.ceil(this.#quoted.length / 64));
    this.#refreshesPerTurn = (options.ratePerSecond * options.stepMs * this.#stride) / 1000 / this.#quoted.length;
    this.#owed = new Float64Array(this.#quoted.length);
  }

  get step(): number {
    return this.#step;
  }

  /** While it is frozen time goes on and nothing changes: books can be compared. */
  frozen = false;

  /** A fair price by its canonical pair. */
  fair(pair: string): FairPrice | undefined {
    return this.#fairs[this.#names.indexOf(pair)];
  }

  get virtualMs(): number {
    return this.#options.startMs + this.#step * this.#options.stepMs;
  }

  /** Leave one market alone for `ms`, then take away the generator's ask at `price`. An earlier hold ends at once. */
  hold(venue: string, marketIndex: number, ms: number, price: number): void {
    const quoted = this.#quoted.find((candidate) => candidate.venue === venue && candidate.marketIndex === marketIndex)!;
    if (quoted.held !== null) this.#withdraw(quoted, quoted.held.price);
    quoted.held = { untilStep: this.#step + Math.max(1, Math.ceil(ms / this.#options.stepMs)), price };
  }

  /** End every hold of a pair: its makers are back at once. */
  release(pair: string): void {
    for (const quoted of this.#quoted) {
      if (quoted.held === null || quoted.exchange.markets[quoted.marketIndex].spec.pair !== pair) continue;
      this.#resume(quoted);
      quoted.maker.advance(this.#step, 0);
    }
  }

  #resume(quoted: Quoted): void {
    if (quoted.held !== null) this.#withdraw(quoted, quoted.held.price);
    quoted.held = null;
    quoted.maker.resume();
  }

  #withdraw({ exchange, marketIndex }: Quoted, price: number): void {
    exchange.markets[marketIndex].book.setSynthetic('sell', price, 0);
  }

  /**
   * Advance every price and the books whose turn it is. Each market is owed its share of the rate; what following the
   * price changed is taken off first, the rest is refreshed quantities.
   */
  advance(): void {
    this.#step++;
    if (this.frozen) return;
    for (const fair of this.#fairs) fair.advance();
    for (let i = this.#step % this.#stride; i < this.#quoted.length; i += this.#stride) {
      const quoted = this.#quoted[i];
      const { maker, exchange, marketIndex } = quoted;
      const { book } = exchange.markets[marketIndex];
      if (quoted.held !== null) {
        if (this.#step < quoted.held.untilStep) continue;
        this.#resume(quoted);
      }
      const before = book.updateId;
      const owed = this.#owed[i] + this.#refreshesPerTurn;
      const refreshes = Math.max(0, Math.floor(owed));
      maker.advance(this.#step, refreshes);
      this.#owed[i] = Math.max(-50, owed - (book.updateId - before));
    }
  }
}
