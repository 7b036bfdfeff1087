/** A venue whose decoder is fuzzed: a chain of real frames, and what a plain reader of JSON makes of one. */

/** Side, price and quantity as the frame has them. */
export type PlainLevel = readonly [side: 'bid' | 'ask', price: unknown, qty: unknown];

export interface PlainFrame {
  readonly symbol: unknown;
  readonly snapshot: boolean;
  readonly levels: readonly PlainLevel[];
  /** What its place in the sequence is read from; the same place, the same text. */
  readonly chain: string;
}

export interface FuzzSubject {
  readonly venue: string;
  /** The market whose book is followed. */
  readonly symbol: string;
  /** Where its frames are below the captures. */
  readonly capture: string;
  /** Real frames that tell the markets (metadata, or frames that a survey reads); those that follow are the chain. */
  readonly frames: (captured: readonly CapturedLine[]) => Chain;
  /** @returns what a valid book frame says, else undefined */
  plain(message: unknown): PlainFrame | undefined;
}

export interface CapturedLine {
  readonly dir: string;
  readonly raw: string;
}

export interface Chain {
  /** The answer to a request for a snapshot, where the venue gives it by REST. */
  readonly rest?: string;
  /** In order: where there is no REST answer the first one is a snapshot. Only book frames of the symbol. */
  readonly updates: readonly string[];
  /** Other real frames of the same connection: trades, tickers, answers, status. */
  readonly others: readonly string[];
}
