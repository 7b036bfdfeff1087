/** A first look at a transcript of Bybit frames: which symbols, how many decimals they use (trailing zeros are not sent), and instruments-info where it was recorded. */
import type { MarketMetadata } from '../../model/instrument.js';
import type { SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { textOf } from '../scan.js';
import { refinedMarket, significantDecimals, splitSymbol, surveyedMarket } from '../surveyed-market.js';
import { bybitMetadata } from './metadata.js';
import { OLDER_TOPIC, OlderFrames } from './older-frames.js';

interface WireDecimals {
  price: number;
  qty: number;
}

const TOPIC = /^(?:orderbook\.\d+|publicTrade)\.([A-Za-z0-9]+)$/;

interface Message {
  readonly topic?: unknown;
  readonly data?: unknown;
}

interface Book {
  readonly b?: unknown;
  readonly a?: unknown;
}

export class BybitSurvey implements TranscriptSurvey {
  private readonly seen = new Map<string, WireDecimals>();
  private readonly known = new Map<string, MarketMetadata>();
  private readonly older = new OlderFrames();

  onFrame(bytes: Uint8Array, length: number): void {
    const text = textOf(bytes, 0, length);
    this.note(OLDER_TOPIC.test(text) ? (this.older.translate(text) ?? '') : text);
  }

  private note(frame: string): void {
    const message = parse(frame) as Message | null | undefined;
    if (typeof message !== 'object' || message === null || typeof message.topic !== 'string') return;
    const symbol = TOPIC.exec(message.topic)?.[1];
    if (symbol === undefined || typeof message.data !== 'object' || message.data === null) return;
    const seen = this.of(symbol);
    if (Array.isArray(message.data)) {
      for (const trade of message.data as ({ p?: unknown; v?: unknown } | null)[]) noteLevel(seen, trade?.p, trade?.v);
      return;
    }
    const { b, a } = message.data as Book;
    for (const side of [b, a]) {
      if (Array.isArray(side)) for (const level of side as unknown[]) if (Array.isArray(level)) noteLevel(seen, level[0], level[1]);
    }
  }

  onResponse(_url: string | undefined, body: string): void {
    if (!body.includes('lotSizeFilter')) return;
    try {
      for (const metadata of bybitMetadata.parse([body])) this.known.set(metadata.symbol, metadata);
    } catch {
      // A recording may be damaged: what it does not tell is read off its frames.
    }
  }

  markets(): SurveyedMarket[] {
    return [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, { price, qty }]) => {
      const known = this.known.get(symbol);
      return { metadata: known === undefined ? surveyedMarket(symbol, ...splitSymbol(symbol), price, qty) : refinedMarket(known, price, qty), fromVenue: known !== undefined };
    });
  }

  /** Books come over the socket: no session asks for anything. */
  answers(): boolean {
    return false;
  }

  private of(symbol: string): WireDecimals {
    let seen = this.seen.get(symbol);
    if (seen === undefined) this.seen.set(symbol, (seen = { price: 0, qty: 0 }));
    return seen;
  }
}

function noteLevel(seen: WireDecimals, price: unknown, qty: unknown): void {
  seen.price = Math.max(seen.price, significantDecimals(price));
  seen.qty = Math.max(seen.qty, significantDecimals(qty));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
