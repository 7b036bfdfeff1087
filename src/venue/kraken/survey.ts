/**
 * A first look at a transcript of Kraken v2 frames: its symbols, their metadata where the recording holds the
 * instrument channel or AssetPairs, else the decimals on the wire (Kraken pads numbers to the pair's precision).
 */
import type { MarketMetadata } from '../../model/instrument.js';
import type { SurveyedMarket, TranscriptSurvey } from '../contract.js';
import { textOf } from '../scan.js';
import { surveyedMarket } from '../surveyed-market.js';
import { canonicalAsset } from './asset-names.js';
import { krakenMetadata, parseInstrumentFrame } from './metadata.js';

interface Decimals {
  price: number;
  qty: number;
}

const MARKET_DATA = /"channel"\s*:\s*"(?:book|trade|ticker)"/;
const INSTRUMENT = /"channel"\s*:\s*"instrument"/;
const SYMBOL = /"symbol"\s*:\s*"([^"\\]+)"/g;
const NUMBER = /"(price|qty|bid|ask|bid_qty|ask_qty)"\s*:\s*(-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?)/g;
const DECIMALS_MAX = 12;

export class KrakenSurvey implements TranscriptSurvey {
  private readonly seen = new Map<string, Decimals>();
  private readonly known = new Map<string, MarketMetadata>();

  onFrame(bytes: Uint8Array, length: number): void {
    const text = textOf(bytes, 0, length);
    if (INSTRUMENT.test(text)) this.learn(() => parseInstrumentFrame(text));
    if (!MARKET_DATA.test(text)) return;
    const symbols = [...text.matchAll(SYMBOL)];
    symbols.forEach(({ 1: symbol, index }, i) => {
      // One symbol: wherever its name stands, the whole frame is its own.
      const part = symbols.length === 1 ? text : text.slice(index, symbols[i + 1]?.index);
      this.note(symbol, part);
    });
  }

  onResponse(_url: string | undefined, body: string): void {
    if (body.includes('"pair_decimals"')) this.learn(() => krakenMetadata.parse([body]));
    else if (INSTRUMENT.test(body)) this.learn(() => parseInstrumentFrame(body));
  }

  markets(): SurveyedMarket[] {
    return [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, decimals]) => {
      const known = this.known.get(symbol);
      return { metadata: known ?? surveyed(symbol, decimals), fromVenue: known !== undefined };
    });
  }

  /** Kraken's books come over the socket: no session asks for anything. */
  answers(): boolean {
    return false;
  }

  /** A recording may be damaged: what it does not tell is read off its frames. */
  private learn(read: () => MarketMetadata[]): void {
    try {
      for (const metadata of read()) this.known.set(metadata.symbol, metadata);
    } catch {
      // No metadata here.
    }
  }

  private note(symbol: string, text: string): void {
    let seen = this.seen.get(symbol);
    if (seen === undefined) this.seen.set(symbol, (seen = { price: 0, qty: 0 }));
    for (const [, name, , fraction = '', exponent = '0'] of text.matchAll(NUMBER)) {
      const decimals = Math.min(DECIMALS_MAX, Math.max(0, fraction.length - Number(exponent)));
      if (name.endsWith('qty')) seen.qty = Math.max(seen.qty, decimals);
      else seen.price = Math.max(seen.price, decimals);
    }
  }
}

function surveyed(symbol: string, { price, qty }: Decimals): MarketMetadata {
  const [base = symbol, quote = 'UNKNOWN'] = symbol.split('/');
  return surveyedMarket(symbol, canonicalAsset(base), canonicalAsset(quote), price, qty);
}
