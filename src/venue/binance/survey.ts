/** A first look at a transcript of Binance frames: which symbols, how many decimals they use, which bodies hold what. */
import type { MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { textOf } from '../scan.js';
import { refinedMarket, significantDecimals, splitSymbol, surveyedMarket } from '../surveyed-market.js';
import type { BinanceMarket } from './market.js';
import { BinanceMetadata } from './metadata.js';

interface Seen {
  priceDecimals: number;
  qtyDecimals: number;
  /** Range of update ids: tells whose a snapshot without a name is. */
  firstId: number;
  lastId: number;
}

type Levels = readonly (readonly [string, string])[];

interface Event {
  readonly s?: string;
  readonly U?: number;
  readonly u?: number;
  readonly b?: Levels | string;
  readonly a?: Levels | string | number;
  readonly B?: string;
  readonly A?: string;
  readonly p?: string;
  readonly q?: string;
}

interface DepthBody {
  readonly lastUpdateId?: number;
  readonly symbol?: string;
  readonly bids?: Levels;
  readonly asks?: Levels;
  readonly symbols?: readonly unknown[];
}

export class BinanceSurvey implements TranscriptSurvey {
  private readonly seen = new Map<string, Seen>();
  private readonly known = new Map<string, MarketMetadata>();
  /** Snapshots by their text, which is parsed once. */
  private readonly snapshots = new Map<string, { url: string | undefined; body: DepthBody }>();

  constructor(private readonly market: BinanceMarket) {}

  onFrame(bytes: Uint8Array, length: number): void {
    const frame = parse(textOf(bytes, 0, length)) as { data?: Event } & Event | undefined;
    if (frame === undefined || frame === null || typeof frame !== 'object') return;
    const event: Event = typeof frame.data === 'object' && frame.data !== null ? frame.data : frame;
    if (typeof event.s !== 'string') return;
    if (Array.isArray(event.b) && Array.isArray(event.a)) {
      const seen = this.of(event.s);
      note(seen, event.b as Levels);
      note(seen, event.a as Levels);
      if (typeof event.U === 'number' && typeof event.u === 'number') {
        seen.firstId = Math.min(seen.firstId, event.U);
        seen.lastId = Math.max(seen.lastId, event.u);
      }
    } else if (typeof event.b === 'string' && typeof event.a === 'string' && typeof event.A === 'string' && typeof event.B === 'string' && typeof event.u === 'number') {
      note(this.of(event.s), [[event.b, event.B], [event.a, event.A]]);
    } else if (typeof event.p === 'string' && typeof event.q === 'string' && !('P' in event)) {
      note(this.of(event.s), [[event.p, event.q]]);
    }
  }

  onResponse(url: string | undefined, text: string): void {
    const body = parse(text) as DepthBody | undefined;
    if (body === undefined || body === null || typeof body !== 'object') return;
    if (Array.isArray(body.symbols)) {
      for (const metadata of new BinanceMetadata(this.market).parse([text])) this.known.set(metadata.symbol, metadata);
    } else if (typeof body.lastUpdateId === 'number') this.snapshots.set(text, { url, body });
  }

  markets(): SurveyedMarket[] {
    for (const { url, body } of this.snapshots.values()) {
      const symbol = this.symbolOf(url, body);
      const seen = symbol === undefined ? undefined : this.seen.get(symbol);
      if (seen === undefined) continue;
      note(seen, body.bids ?? []);
      note(seen, body.asks ?? []);
    }
    return [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, seen]) => {
      const known = this.known.get(symbol);
      const metadata = known === undefined ? surveyedMarket(symbol, ...splitSymbol(symbol), seen.priceDecimals, seen.qtyDecimals) : refinedMarket(known, seen.priceDecimals, seen.qtyDecimals);
      return { metadata, fromVenue: known !== undefined };
    });
  }

  answers(request: HttpRequest, url: string | undefined, text: string): boolean {
    const asked = new URL(request.path, 'http://venue').searchParams.get('symbol');
    if (asked === null || (url !== undefined && !new URL(url, 'http://venue').pathname.endsWith('/depth'))) return false;
    const known = this.snapshots.get(text);
    return known !== undefined && this.symbolOf(url, known.body) === asked;
  }

  /** Whose snapshot it is: by its address, its own word, the only symbol there is, or the ids it falls among. */
  private symbolOf(url: string | undefined, body: DepthBody): string | undefined {
    const named = url === undefined ? body.symbol : new URL(url, 'http://venue').searchParams.get('symbol')?.toUpperCase();
    if (named !== undefined) return named;
    const withDepth = [...this.seen].filter(([, { lastId }]) => lastId >= 0);
    if (withDepth.length === 1) return withDepth[0][0];
    const id = body.lastUpdateId ?? -1;
    return withDepth.find(([, { firstId, lastId }]) => id >= firstId - 1 && id <= lastId)?.[0];
  }

  private of(symbol: string): Seen {
    let seen = this.seen.get(symbol);
    if (seen === undefined) this.seen.set(symbol, (seen = { priceDecimals: 0, qtyDecimals: 0, firstId: Infinity, lastId: -1 }));
    return seen;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function note(seen: Seen, levels: Levels): void {
  for (const [price, qty] of levels) {
    seen.priceDecimals = Math.max(seen.priceDecimals, significantDecimals(price));
    seen.qtyDecimals = Math.max(seen.qtyDecimals, significantDecimals(qty));
  }
}
