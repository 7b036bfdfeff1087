/** The names behind the indices of records: one JSON document a session, so that observers need nothing else and may come late. */
import type { InstrumentIndex } from '../model/instrument.js';
import { FORMAT } from './payload.js';

export interface SessionInfo {
  /** Letters, digits, _ and -. */
  readonly session: string;
  readonly mode: string;
  /** Unix time in ns that record times count from. */
  readonly epochUnixNs: bigint;
  /** Strategy ids by index. */
  readonly strategies: readonly string[];
}

export interface IndexDocument {
  readonly type: 'index';
  readonly format: number;
  readonly session: string;
  readonly mode: string;
  /** Decimal text: it does not fit a JSON number exactly. */
  readonly epochUnixNs: string;
  readonly venues: readonly string[];
  readonly assets: readonly string[];
  readonly strategies: readonly string[];
  readonly pairs: readonly { readonly name: string; readonly quote: string; readonly priceScale: number; readonly qtyScale: number }[];
  readonly instruments: readonly { readonly venue: number; readonly pair: number; readonly symbol: string }[];
}

export function indexDocument({ session, mode, epochUnixNs, strategies }: SessionInfo, index: InstrumentIndex): IndexDocument {
  return {
    type: 'index', format: FORMAT, session, mode, epochUnixNs: epochUnixNs.toString(), strategies,
    venues: index.venues.map(({ id }) => id),
    assets: index.assets.map(({ code }) => code),
    pairs: index.pairs.map(({ name, quote, priceScale, qtyScale }) => ({ name, quote: quote.code, priceScale, qtyScale })),
    instruments: index.instruments.map(({ venue, pair, symbol }) => ({ venue: venue.index, pair: pair.index, symbol })),
  };
}

/** Undefined when the text is no index document of this format. */
export function parseIndexDocument(text: string): IndexDocument | undefined {
  try {
    const document = JSON.parse(text) as Partial<IndexDocument>;
    return document.type === 'index' && document.format === FORMAT && typeof document.session === 'string' ? (document as IndexDocument) : undefined;
  } catch {
    return undefined;
  }
}
