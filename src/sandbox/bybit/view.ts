/** One depth of one book as Bybit numbers its changes, each by one. */
import { DepthView, type SideTexts } from '../depth-view.js';
import type { Market } from '../matching/exchange.js';
import { trimmedText } from '../text.js';

export class BookView {
  readonly #market: Market;
  readonly #symbol: string;
  readonly #depth: number;
  readonly #view: DepthView;
  /** Id of the last message. */
  #updateId: number;

  /** @param firstUpdateId ids of a book go on where those before it ended */
  constructor(market: Market, symbol: string, depth: number, firstUpdateId: number) {
    const { priceDecimals, qtyDecimals } = market.spec;
    this.#market = market;
    this.#symbol = symbol;
    this.#depth = depth;
    this.#updateId = firstUpdateId;
    this.#view = new DepthView(market, depth, (price, qty) => `["${trimmedText(price, priceDecimals)}","${trimmedText(qty, qtyDecimals)}"]`);
  }

  get updateId(): number {
    return this.#updateId;
  }

  /** The state up to the last message, so that the next one fits whoever joins now. */
  snapshotText(timeMs: number): string {
    return this.#text('snapshot', this.#view.whole(), timeMs);
  }

  /** As after a restart of the service: the whole book as it is now, with the id 1. */
  restartText(timeMs: number): string {
    this.#updateId = 1;
    this.#view.look();
    return this.snapshotText(timeMs);
  }

  /** The next message; null when nothing in scope changed. `snapshotsOnly`: the whole of it. */
  updateText(timeMs: number, snapshotsOnly: boolean): string | null {
    const changes = this.#view.changes();
    if (changes === null) return null;
    this.#updateId++;
    return snapshotsOnly ? this.snapshotText(timeMs) : this.#text('delta', changes, timeMs);
  }

  /** `ts` stands before `type`, as spot has it. */
  #text(type: string, { bids, asks }: SideTexts, timeMs: number): string {
    const ms = Math.floor(timeMs);
    return `{"topic":"orderbook.${this.#depth}.${this.#symbol}","ts":${ms},"type":"${type}","data":{"s":"${this.#symbol}","b":[${bids}],"a":[${asks}],"u":${this.#updateId},"seq":${this.#market.book.updateId}},"cts":${ms}}`;
  }
}
