/**
 * A first look at a transcript of Coinbase frames, of Advanced Trade or the older Exchange: its products, their metadata
 * where the recording holds a list of products, else the decimals on the wire (trailing zeros are not always sent).
 */
import type { MarketMetadata } from '../../model/instrument.js';
import type { SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { textOf } from '../scan.js';
import { refinedMarket, significantDecimals, surveyedMarket } from '../surveyed-market.js';
import { productsOf, readProduct } from './metadata.js';

interface Decimals {
  price: number;
  qty: number;
}

interface Event {
  readonly product_id?: unknown;
  readonly updates?: unknown;
  readonly trades?: unknown;
  readonly tickers?: unknown;
}

interface Frame extends Event {
  readonly events?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly changes?: unknown;
  readonly price?: unknown;
  readonly size?: unknown;
}

interface Row {
  readonly product_id?: unknown;
  readonly price_level?: unknown;
  readonly new_quantity?: unknown;
  readonly price?: unknown;
  readonly size?: unknown;
  readonly best_bid?: unknown;
  readonly best_bid_quantity?: unknown;
  readonly best_ask?: unknown;
  readonly best_ask_quantity?: unknown;
}

export class CoinbaseSurvey implements TranscriptSurvey {
  private readonly seen = new Map<string, Decimals>();
  private readonly known = new Map<string, MarketMetadata>();

  onFrame(bytes: Uint8Array, length: number): void {
    const frame = parse(textOf(bytes, 0, length)) as Frame | undefined;
    if (typeof frame !== 'object' || frame === null) return;
    if (Array.isArray(frame.events)) for (const event of rows(frame.events)) this.onEvent(event);
    else this.onExchangeFrame(frame);
  }

  onResponse(_url: string | undefined, body: string): void {
    const answer = parse(body);
    const one = typeof answer === 'object' && answer !== null && 'product_id' in answer ? [answer as Readonly<Record<string, unknown>>] : productsOf(answer);
    for (const product of one ?? []) {
      const metadata = readProduct(product);
      if (metadata !== undefined) this.known.set(metadata.symbol, metadata);
    }
  }

  markets(): SurveyedMarket[] {
    return [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, decimals]) => {
      const known = this.known.get(symbol);
      const [base, quote = 'UNKNOWN'] = symbol.split('-');
      const metadata = known === undefined ? surveyedMarket(symbol, base, quote, decimals.price, decimals.qty) : refinedMarket(known, decimals.price, decimals.qty);
      return { metadata, fromVenue: known !== undefined };
    });
  }

  /** Books come over the socket: no session asks for anything. */
  answers(): boolean {
    return false;
  }

  private onEvent(event: Event): void {
    for (const { price_level: price, new_quantity: qty } of rows(event.updates) as Row[]) this.note(event.product_id, price, qty);
    for (const { product_id: product, price, size } of rows(event.trades) as Row[]) this.note(product, price, size);
    for (const ticker of rows(event.tickers) as Row[]) {
      this.note(ticker.product_id, ticker.best_bid, ticker.best_bid_quantity);
      this.note(ticker.product_id, ticker.best_ask, ticker.best_ask_quantity);
    }
    // A product may be known by an event that says nothing of it.
    if (Array.isArray(event.updates)) this.note(event.product_id, undefined, undefined);
  }

  private onExchangeFrame({ product_id: product, bids, asks, changes, price, size }: Frame): void {
    for (const [levelPrice, qty] of [...levels(bids), ...levels(asks)]) this.note(product, levelPrice, qty);
    for (const [, levelPrice, qty] of levels(changes)) this.note(product, levelPrice, qty);
    this.note(product, price, size);
  }

  private note(product: unknown, price: unknown, qty: unknown): void {
    if (typeof product !== 'string') return;
    let seen = this.seen.get(product);
    if (seen === undefined) this.seen.set(product, (seen = { price: 0, qty: 0 }));
    seen.price = Math.max(seen.price, significantDecimals(price));
    seen.qty = Math.max(seen.qty, significantDecimals(qty));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The objects of a list. */
function rows(list: unknown): object[] {
  return Array.isArray(list) ? (list as unknown[]).filter((row): row is object => typeof row === 'object' && row !== null) : [];
}

function levels(list: unknown): unknown[][] {
  return Array.isArray(list) ? (list as unknown[]).filter((row): row is unknown[] => Array.isArray(row)) : [];
}
