/**
 * The truth behind all venues: one fair price per pair, and the episodes in which a venue drifts away from it.
 * An episode moves one venue's whole book by more than two venues' fees and spreads, then lets it return: that is a
 * crossing that opens and decays. Step numbers drive everything; the wall clock plays no part.
 */
import { Prng } from './prng.js';
import type { FairSpec } from './specs.js';

/** Log-price volatility, in basis points per square root of a second. */
const VOLATILITY_BPS = 0.9;
/** Two venues' taker fees and half-spreads: displacement beyond this is profit. */
const BREAK_EVEN_BPS = 8.5;
/** An episode ends this far above break-even and then closes at once: venues do not hover at the edge. */
const CLOSING_MARGIN_BPS = 1.4;
const CLOSING_STEPS = 4;
const EPISODE_GAP_MS_MEAN = 7_000;
const HISTORY = 64;

export class FairPrice {
  /** Displacement of each venue from the fair price, in basis points. */
  readonly displacementBps: Record<string, number>;
  readonly #prng: Prng;
  readonly #episodes: Prng;
  readonly #stepMs: number;
  readonly #sigma: number;
  readonly #history = new Float64Array(HISTORY);
  readonly #leader: FairPrice | null;
  readonly #venues: readonly string[];
  #basisBps: number;
  #price: number;
  #step = 0;
  #episodeVenue = '';
  #episodePeakBps = 0;
  #episodeFrom = -1;
  #episodeSteps = 0;
  #nextEpisode: number;

  constructor(seed: number, spec: FairSpec, leader: FairPrice | null, stepMs: number) {
    this.#prng = new Prng(`${seed}:fair:${spec.name}`);
    this.#episodes = new Prng(`${seed}:episodes:${spec.name}`);
    this.#stepMs = stepMs;
    this.#sigma = (VOLATILITY_BPS / 10_000) * Math.sqrt(stepMs / 1000);
    this.#leader = leader;
    this.#venues = spec.venues;
    this.displacementBps = Object.fromEntries(spec.venues.map((venue) => [venue, 0]));
    this.#basisBps = leader === null ? 0 : this.#prng.between(-4, 4);
    this.#price = spec.startPrice;
    this.#history.fill(spec.startPrice);
    this.#nextEpisode = this.#episodeGap();
  }

  /** Fair price `lagSteps` ago (at most 63). */
  priceBefore(lagSteps: number): number {
    return this.#history[(this.#step - lagSteps + HISTORY * 2) % HISTORY];
  }

  advance(): void {
    this.#step++;
    const shock = this.#prng.normal();
    if (this.#leader === null) this.#price *= Math.exp(this.#sigma * shock);
    else {
      this.#basisBps = this.#basisBps * 0.9999 + shock * 0.02;
      this.#price = this.#leader.priceBefore(0) * (1 + this.#basisBps / 10_000);
    }
    this.#history[this.#step % HISTORY] = this.#price;
    if (this.#venues.length > 1) this.#advanceEpisode();
  }

  #advanceEpisode(): void {
    if (this.#episodeFrom < 0) {
      if (this.#step < this.#nextEpisode) return;
      const venue = this.#venues[Math.floor(this.#episodes.uniform() * this.#venues.length)];
      const sign = this.#episodes.uniform() < 0.5 ? -1 : 1;
      const peakBps = BREAK_EVEN_BPS + this.#episodes.between(3, 11);
      const profitableMs = this.#episodes.logBetween(130, 2_600);
      this.#episodeVenue = venue;
      this.#episodePeakBps = sign * peakBps;
      this.#episodeFrom = this.#step;
      this.#episodeSteps = Math.max(6, Math.round(profitableMs / this.#stepMs));
    }
    const age = this.#step - this.#episodeFrom;
    if (age >= this.#episodeSteps + CLOSING_STEPS) {
      this.displacementBps[this.#episodeVenue] = 0;
      this.#episodeFrom = -1;
      this.#nextEpisode = this.#step + this.#episodeGap();
      return;
    }
    const endBps = BREAK_EVEN_BPS + CLOSING_MARGIN_BPS;
    const decayed = Math.abs(this.#episodePeakBps) - (Math.abs(this.#episodePeakBps) - endBps) * Math.min(1, age / this.#episodeSteps);
    const closing = Math.max(0, age - this.#episodeSteps) / CLOSING_STEPS;
    this.displacementBps[this.#episodeVenue] = Math.sign(this.#episodePeakBps) * decayed * Math.min(1, (age + 1) / 2) * (1 - closing);
  }

  #episodeGap(): number {
    return Math.ceil((1_000 + this.#episodes.exponential(EPISODE_GAP_MS_MEAN)) / this.#stepMs);
  }
}
