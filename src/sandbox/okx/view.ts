/** One depth of one book as OKX numbers its changes: sequences jump, each names the one it follows, and a quiet book repeats its own. */
import { crc32 } from '../crc32.js';
import { DepthView, type SideTexts, type ViewLevel } from '../depth-view.js';
import { trimmedText } from '../text.js';
import type { OkxSymbol } from './symbols.js';

const CHECKSUM_LEVELS = 25;
/** Sequence after maintenance. */
const RESET_SEQ = 3;

export class BookView {
  readonly #symbol: OkxSymbol;
  readonly #view: DepthView;
  readonly #hasChecksums: boolean;
  #seq: number;
  #falls = false;
  /** What the next checksum is off by. */
  #damage = 0;

  /** @param firstSeq sequences of a book go on where those before ended */
  constructor(symbol: OkxSymbol, depth: number, firstSeq: number, hasChecksums: boolean) {
    const { priceDecimals, qtyDecimals } = symbol.market.spec;
    this.#symbol = symbol;
    this.#seq = firstSeq;
    this.#hasChecksums = hasChecksums;
    this.#view = new DepthView(symbol.market, depth, (price, qty, orders) => `["${trimmedText(price, priceDecimals)}","${trimmedText(qty, qtyDecimals)}","0","${orders}"]`);
  }

  get seq(): number {
    return this.#seq;
  }

  /** The next update has a lower sequence than the one it follows, as after maintenance. */
  fall(): void {
    this.#falls = true;
  }

  damageChecksum(): void {
    this.#damage = 1;
  }

  /** The state up to the last message, so that the next one fits whoever joins now. */
  snapshotText(timeMs: number): string {
    return this.#text('snapshot', this.#view.whole(), -1, timeMs);
  }

  /** The same as REST writes it. */
  restObject(levels: number, timeMs: number): Record<string, unknown> {
    const { bids, asks } = this.#view.whole(levels);
    return { asks: JSON.parse(`[${asks}]`) as unknown, bids: JSON.parse(`[${bids}]`) as unknown, ts: String(Math.floor(timeMs)), seqId: this.#seq };
  }

  /** The next message; null when nothing in scope changed. */
  updateText(timeMs: number): string | null {
    const seen = this.#view.seenId;
    const changes = this.#view.changes();
    if (changes === null) return null;
    const before = this.#seq;
    this.#seq = this.#falls ? RESET_SEQ : before + (this.#view.seenId - seen);
    this.#falls = false;
    return this.#text('update', changes, before, timeMs);
  }

  /** What a quiet book sends: nothing new, following itself. */
  keepAliveText(timeMs: number): string {
    return this.#text('update', { bids: '', asks: '' }, this.#seq, timeMs);
  }

  /** Channels of a few levels, whole every time, without action and chain. */
  wholeText(channel: string, timeMs: number): string {
    const { bids, asks } = this.#view.whole();
    return `{"arg":{"channel":"${channel}","instId":"${this.#symbol.name}"},"data":[{"asks":[${asks}],"bids":[${bids}],"instId":"${this.#symbol.name}","ts":"${Math.floor(timeMs)}","seqId":${this.#seq}}]}`;
  }

  #text(action: string, { bids, asks }: SideTexts, before: number, timeMs: number): string {
    const checksum = this.#hasChecksums ? this.#checksum() : 0;
    return `{"arg":{"channel":"books","instId":"${this.#symbol.name}"},"action":"${action}","data":[{"asks":[${asks}],"bids":[${bids}],"ts":"${Math.floor(timeMs)}","checksum":${checksum},"seqId":${this.#seq},"prevSeqId":${before}}]}`;
  }

  /** As the venue sent it until 2026. */
  #checksum(): number {
    const { priceDecimals, qtyDecimals } = this.#symbol.market.spec;
    const part = (level: ViewLevel | undefined): string[] => (level === undefined ? [] : [trimmedText(level.price, priceDecimals), trimmedText(level.qty, qtyDecimals)]);
    const parts: string[] = [];
    for (let i = 0; i < CHECKSUM_LEVELS; i++) parts.push(...part(this.#view.bids[i]), ...part(this.#view.asks[i]));
    const damage = this.#damage;
    this.#damage = 0;
    return (crc32(parts.join(':')) ^ damage) | 0;
  }
}
