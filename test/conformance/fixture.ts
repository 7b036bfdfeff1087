/** What the conformance suite needs to know of a venue: somebody who plays it, and what its frames look like. */
import type { VenueCredentials, VenueEndpoints, VenueSettings } from '../../src/venue/contract.js';

/** A book as the venue itself has it, best first, decimal text. */
export interface VenueBook {
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

/** An order as the venue itself has it. */
export interface VenueOrder {
  readonly clientOrderId: string | null;
  readonly status: string;
  readonly filled: string;
}

/** Somebody who plays the venue, on loopback. */
export interface VenueDouble {
  readonly endpoints: VenueEndpoints;
  readonly credentials: VenueCredentials | undefined;
  readonly settings: VenueSettings;
  book(symbol: string): Promise<VenueBook>;
  fault(fault: { kind: string; count?: number; ms?: number; symbol?: string }): void;
  /** One more ask, alone at the top of the book and below every other venue's bid, for `holdMs`. @returns its price */
  offer(pair: string, qty: string, holdMs: number): string;
  orders(): readonly VenueOrder[];
  /** Resolves when the venue has matched the order; absent where it does that on arrival. */
  matched?(clientOrderId: string): Promise<void>;
  close(): Promise<void>;
}

export interface VenueFixture {
  /** As the registry has it. */
  readonly venue: string;
  /** Base asset and quote of the market that is looked at. */
  readonly base: string;
  readonly quote: string;
  start(): Promise<VenueDouble>;
  /** Whether a frame from the venue changes the book of `symbol`, or is of the chain that it hangs on; the first one of a book does not count. */
  isUpdate(frame: string, symbol: string): boolean;
  /** What a correct reader must notice in such a frame: a wrong checksum, a sequence that does not follow. */
  breakChain(frame: string): string;
  /** The same update with one quantity beyond everything that is exact. */
  withHugeNumber(frame: string): string;
  /** Answers of the venue's metadata requests in which a market is, by what the venue calls it, as the statuses name. */
  readonly statuses: readonly { readonly answers: readonly string[]; readonly symbol: string; readonly status: string }[];
  /** Time in force, as the records have it, of an order that is not to fill at once; GTC where absent. */
  readonly waitingTif?: number;
  /** Its feed says again and again of a book in sync that it still is. */
  readonly affirms?: boolean;
  /** Parts of the credentials that the venue refuses. */
  readonly wrongKeys: Partial<VenueCredentials>;
  /** Cases that cannot be asked of this venue, with the reason that the table shows. */
  readonly without: Readonly<Record<string, string>>;
}
