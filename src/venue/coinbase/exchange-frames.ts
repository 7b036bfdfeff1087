/**
 * Frames of the older Exchange feed, as transcripts hold them: snapshot, l2update, match, ticker. Its level2 has no
 * sequence: a book is right from its snapshot on as long as the connection lasts.
 * Source: docs.cdp.coinbase.com, "Exchange WebSocket channels".
 */
import type { FeedOptions } from '../contract.js';
import { LevelChanges } from '../level-changes.js';
import { ObjectFields } from '../object-fields.js';
import { MALFORMED, scanned } from '../scan.js';
import { scanInteger } from '../scan-number.js';
import type { EpochParts } from '../scan-time.js';
import type { BookSync } from './book-sync.js';
import { readChanges, readSide } from './level-reader.js';
import type { CoinbaseBook, Products } from './products.js';
import { QuoteReader } from './quote-reader.js';
import type { TradeReader } from './trade-reader.js';
import { readTime } from './venue-time.js';

const FIELDS = ['type', 'product_id', 'bids', 'asks', 'changes', 'time', 'sequence'] as const;
const FIELD = Object.fromEntries(FIELDS.map((name, index) => [name, index])) as Record<(typeof FIELDS)[number], number>;
/** History, orders of others one by one, and words about the connection: nothing for a book. */
const QUIET = new Set(['subscriptions', 'heartbeat', 'last_match', 'status', 'received', 'open', 'done', 'change', 'activate']);

export class ExchangeFrames {
  private readonly fields = new ObjectFields(FIELDS);
  private readonly changes = new LevelChanges();
  private readonly quotes: QuoteReader;
  private readonly time = new Float64Array(1);

  constructor(private readonly options: FeedOptions, private readonly products: Products, private readonly sync: BookSync, private readonly trades: TradeReader, private readonly epoch: EpochParts) {
    this.quotes = new QuoteReader(options, products, ['best_bid_size', 'best_ask_size']);
  }

  /** A whole frame without a channel. @returns false where it is none of this feed's */
  onFrame(bytes: Uint8Array, end: number, frame: number, tsRecvNs: number): boolean {
    const { fields } = this;
    if (fields.read(bytes, 0, end) < 0) return false;
    const type = fields.text(bytes, FIELD.type);
    if (QUIET.has(type)) return true;
    this.time[0] = 0;
    if (fields.at(FIELD.time) >= 0) readTime(bytes, fields.at(FIELD.time), end, this.epoch, this.time);
    if (type === 'snapshot' || type === 'l2update') this.onLevels(type === 'snapshot', bytes, end, frame, tsRecvNs);
    else if (type === 'match') this.onMatch(bytes, end, frame, tsRecvNs);
    else if (type === 'ticker') this.onTicker(bytes, end, frame);
    else return false;
    return true;
  }

  private onLevels(isSnapshot: boolean, bytes: Uint8Array, end: number, frame: number, tsRecvNs: number): void {
    const books = this.products.named(this.fields.text(bytes, FIELD.product_id));
    if (books.length === 0) return this.options.host.count('unknownSymbol');
    for (const book of books) {
      const code = this.readLevels(isSnapshot, bytes, end, book);
      if (code < 0) this.sync.onBroken([book], code, tsRecvNs);
      else this.sync.onEvent(book, isSnapshot, this.changes, frame, 0, this.time[0], tsRecvNs);
    }
  }

  private readLevels(isSnapshot: boolean, bytes: Uint8Array, end: number, book: CoinbaseBook): number {
    const { fields, changes } = this;
    changes.clear();
    if (!isSnapshot) return fields.at(FIELD.changes) < 0 ? MALFORMED : readChanges(bytes, fields.at(FIELD.changes), end, book, changes);
    if (fields.at(FIELD.bids) < 0 || fields.at(FIELD.asks) < 0) return MALFORMED;
    const code = readSide(bytes, fields.at(FIELD.bids), end, book, 0, changes);
    return code < 0 ? code : readSide(bytes, fields.at(FIELD.asks), end, book, 1, changes);
  }

  private onMatch(bytes: Uint8Array, end: number, frame: number, tsRecvNs: number): void {
    const { sink, host } = this.options;
    if (this.trades.read(bytes, 0, end, frame, tsRecvNs) >= 0) return sink.flush();
    sink.abandon();
    return host.count('malformed');
  }

  private onTicker(bytes: Uint8Array, end: number, frame: number): void {
    const at = this.fields.at(FIELD.sequence);
    const sequence = at >= 0 && scanInteger(bytes, at, end) >= 0 ? scanned[0] : 0;
    this.quotes.read(bytes, 0, end, frame, sequence, this.time[0]);
  }
}
