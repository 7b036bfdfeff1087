/**
 * Asks for book snapshots by REST within what the venue allows an address: a few at a time, at most half of the allowance,
 * silent for as long as a 429 or 418 says.
 */
import type { FeedHost } from './contract.js';

const IN_FLIGHT_MAX = 10;
/** What we do where a refusal names no time. */
const PAUSE_NS = 60e9;
const BAN_NS = 300e9;
/** An answer that never came: the host has given up on it long before. */
const LOST_NS = 30e9;

/** Where a venue's snapshots are, and what asking costs. */
export interface SnapshotSource {
  pathOf(symbol: string): string;
  /** What one question weighs, and how much weight an address may spend in each window. */
  readonly weight: number;
  readonly weightPerWindow: number;
  readonly windowNs: number;
}

interface Wanted {
  readonly book: number;
  readonly symbol: string;
  /** Not before this time. */
  fromNs: number;
  tag: number;
  sentNs: number;
}

export class SnapshotRequests {
  private readonly capacity: number;
  private budget: number;
  private refilledNs = 0;
  private pausedUntilNs = 0;
  private nextTag = 1;
  private waiting: Wanted[] = [];
  private inFlight: Wanted[] = [];

  constructor(private readonly source: SnapshotSource, private readonly host: FeedHost) {
    this.capacity = source.weightPerWindow / 2;
    this.budget = this.capacity;
  }

  /** Ask for a snapshot of a book, not before `fromNs`; an earlier wish or question for the same book is forgotten. */
  want(book: number, symbol: string, fromNs: number, nowNs: number): void {
    this.forget(book);
    this.waiting.push({ book, symbol, fromNs, tag: 0, sentNs: 0 });
    this.pump(nowNs);
  }

  forget(book: number): void {
    this.waiting = this.waiting.filter((wanted) => wanted.book !== book);
    this.inFlight = this.inFlight.filter((wanted) => wanted.book !== book);
  }

  /** The connection is gone, and with it every question. */
  clear(): void {
    this.waiting = [];
    this.inFlight = [];
  }

  /** @returns the book this answers, or -1 when nobody waits for it any more */
  answered(tag: number, status: number, nowNs: number, retryAfterNs: number): number {
    const wanted = this.inFlight.find((candidate) => candidate.tag === tag);
    if (status === 429 || status === 418) {
      const silence = retryAfterNs > 0 ? retryAfterNs : status === 418 ? BAN_NS : PAUSE_NS;
      this.pausedUntilNs = Math.max(this.pausedUntilNs, nowNs + silence);
      this.host.count('requestErrors');
    }
    if (wanted === undefined) return -1;
    this.inFlight = this.inFlight.filter((candidate) => candidate !== wanted);
    return wanted.book;
  }

  pump(nowNs: number): void {
    const { weight, windowNs } = this.source;
    this.budget = Math.min(this.capacity, this.budget + (Math.max(0, nowNs - this.refilledNs) / windowNs) * this.capacity);
    this.refilledNs = nowNs;
    this.requeueLost(nowNs);
    if (nowNs < this.pausedUntilNs) return;
    while (this.inFlight.length < IN_FLIGHT_MAX && this.budget >= weight) {
      const index = this.waiting.findIndex(({ fromNs }) => fromNs <= nowNs);
      if (index < 0) return;
      const [wanted] = this.waiting.splice(index, 1);
      wanted.tag = this.nextTag++;
      wanted.sentNs = nowNs;
      this.budget -= weight;
      this.inFlight.push(wanted);
      this.host.request(wanted.tag, { method: 'GET', path: this.source.pathOf(wanted.symbol) });
    }
  }

  private requeueLost(nowNs: number): void {
    const lost = this.inFlight.filter(({ sentNs }) => nowNs - sentNs > LOST_NS);
    if (lost.length === 0) return;
    this.inFlight = this.inFlight.filter((wanted) => !lost.includes(wanted));
    for (const wanted of lost) this.waiting.push({ ...wanted, fromNs: nowNs });
  }
}
