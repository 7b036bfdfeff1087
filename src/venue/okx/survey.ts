/** A first look at a transcript of OKX frames: which instruments, how many decimals they use, what the recorded REST bodies are. */
import type { MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { textOf } from '../scan.js';
import { refinedMarket, significantDecimals, surveyedMarket } from '../surveyed-market.js';
import { okxMetadata } from './metadata.js';

interface Seen {
  price: number;
  qty: number;
}

type Fields = Readonly<Record<string, unknown>>;

const PRICES = ['px', 'bidPx', 'askPx'] as const;
const QUANTITIES = ['sz', 'bidSz', 'askSz'] as const;

export class OkxSurvey implements TranscriptSurvey {
  private readonly seen = new Map<string, Seen>();
  private readonly known = new Map<string, MarketMetadata>();
  private readonly snapshots = new Set<string>();

  onFrame(bytes: Uint8Array, length: number): void {
    const frame = parse(textOf(bytes, 0, length));
    const arg = isFields(frame?.arg) ? frame.arg : undefined;
    if (typeof arg?.instId !== 'string' || !Array.isArray(frame?.data)) return;
    const seen = this.of(arg.instId);
    for (const entry of frame.data as unknown[]) if (isFields(entry)) note(seen, entry);
  }

  onResponse(url: string | undefined, body: string): void {
    const answer = parse(body);
    const [first] = Array.isArray(answer?.data) ? (answer.data as unknown[]) : [];
    if (!isFields(first)) return;
    if (Array.isArray(first.asks)) this.noteSnapshot(url, body, first);
    else if (typeof first.instType === 'string') this.learn(body);
  }

  markets(): SurveyedMarket[] {
    return [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, { price, qty }]) => {
      const known = this.known.get(symbol);
      const [base = symbol, quote = 'UNKNOWN'] = symbol.split('-');
      return { metadata: known === undefined ? surveyedMarket(symbol, base, quote, price, qty) : refinedMarket(known, price, qty), fromVenue: known !== undefined };
    });
  }

  /** A snapshot does not name its instrument: its address does, or there is only one. */
  answers(request: HttpRequest, url: string | undefined, body: string): boolean {
    if (!this.snapshots.has(body)) return false;
    return url === undefined ? this.seen.size === 1 : symbolOf(url) === symbolOf(request.path);
  }

  private noteSnapshot(url: string | undefined, body: string, book: Fields): void {
    this.snapshots.add(body);
    const symbol = url === undefined ? undefined : symbolOf(url);
    if (symbol !== undefined) note(this.of(symbol), book);
  }

  /** A recording may be damaged: what it does not tell is read off its frames. */
  private learn(body: string): void {
    try {
      for (const metadata of okxMetadata.parse([body])) this.known.set(metadata.symbol, metadata);
    } catch {
      // No metadata here.
    }
  }

  private of(symbol: string): Seen {
    let seen = this.seen.get(symbol);
    if (seen === undefined) this.seen.set(symbol, (seen = { price: 0, qty: 0 }));
    return seen;
  }
}

function note(seen: Seen, entry: Fields): void {
  for (const side of [entry.asks, entry.bids]) {
    for (const level of Array.isArray(side) ? (side as unknown[]) : []) {
      if (!Array.isArray(level)) continue;
      seen.price = Math.max(seen.price, significantDecimals(level[0]));
      seen.qty = Math.max(seen.qty, significantDecimals(level[1]));
    }
  }
  for (const name of PRICES) seen.price = Math.max(seen.price, significantDecimals(entry[name]));
  for (const name of QUANTITIES) seen.qty = Math.max(seen.qty, significantDecimals(entry[name]));
}

function symbolOf(address: string): string | undefined {
  return new URL(address, 'http://venue').searchParams.get('instId') ?? undefined;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
