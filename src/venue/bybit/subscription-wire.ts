/**
 * The text of subscriptions within the venue's limits: ten topics a message, and so many characters of topics a
 * connection. Messages leave in a short burst, then paced: how fast a public connection may ask is nowhere said.
 * Source: bybit-exchange.github.io/docs/v5/ws/connect ("public channel - args limits").
 */
import { RingsideError } from '../../model/errors.js';
import type { BookWire } from '../streamed-books.js';

const TOPICS_A_MESSAGE = 10;
const ARGUMENT_CHARS_MAX = 21_000;
/** Quotes and comma of a topic in the list. */
const PUNCTUATION_CHARS = 3;
const BURST_MESSAGES = 20;
const MESSAGES_PER_NS = 50 / 1e9;
/** Requests waiting to leave beyond which nothing that can wait is asked for. */
const WAITING_MAX = 50;
/** Requests whose answer is waited for. */
const UNANSWERED_MAX = 1024;

/** Depths of books that are a snapshot and changes, ascending. (Depth 1 is snapshots only.) */
const DEPTHS: readonly number[] = [50, 200, 1000];

/** What a request asked for, by symbol. */
export interface Asked {
  readonly isBook: boolean;
  readonly symbols: readonly string[];
}

export class SubscriptionWire implements BookWire {
  /** Levels a side of the book topics. */
  readonly depth: number;
  /** Those whose trades fit beside the books. */
  private readonly tradeSymbols: readonly string[];
  private readonly waiting: string[] = [];
  private readonly unanswered = new Map<string, Asked>();
  private tokens = BURST_MESSAGES;
  private tokensNs = 0;
  private requests = 0;
  /** One topic a message: the venue refused a list without naming which of it. */
  private alone = false;

  /** @throws RingsideError TOO_MANY_STREAMS when the books alone exceed a connection */
  constructor(private readonly send: (text: string) => void, symbols: readonly string[], depth: number) {
    this.depth = DEPTHS.find((offered) => offered >= depth) ?? DEPTHS[DEPTHS.length - 1];
    let left = ARGUMENT_CHARS_MAX;
    for (const symbol of symbols) left -= this.bookTopic(symbol).length + PUNCTUATION_CHARS;
    if (left < 0) {
      throw new RingsideError('TOO_MANY_STREAMS', `the topics of ${symbols.length} books have ${ARGUMENT_CHARS_MAX - left} characters, Bybit allows ${ARGUMENT_CHARS_MAX} a connection`, { where: 'bybit', fix: 'Configure fewer pairs: about 800 books fit.' });
    }
    this.tradeSymbols = symbols.filter((symbol) => (left -= tradeTopic(symbol).length + PUNCTUATION_CHARS) >= 0);
  }

  /** A new connection starts with a full allowance. */
  reset(nowNs: number): void {
    this.tokens = BURST_MESSAGES;
    this.tokensNs = nowNs;
    this.alone = false;
    this.waiting.length = 0;
    this.unanswered.clear();
  }

  mayRequest(): boolean {
    return this.waiting.length < WAITING_MAX;
  }

  subscribeBooks(symbols: readonly string[]): void {
    this.ask('subscribe', symbols, true);
  }

  unsubscribeBooks(symbols: readonly string[]): void {
    this.ask('unsubscribe', symbols, true);
  }

  /** Trades of all symbols, or of those of these that fit. */
  subscribeTrades(symbols: readonly string[] = this.tradeSymbols): void {
    this.ask('subscribe', symbols, false);
  }

  /** From now on one topic a message, so that a refusal is of that topic. */
  askSingly(): void {
    this.alone = true;
  }

  ping(): void {
    this.send(`{"req_id":"${++this.requests}","op":"ping"}`);
  }

  /** Send what waits, as far as the pace allows. */
  pump(nowNs: number): void {
    if (this.waiting.length === 0) return;
    this.tokens = Math.min(BURST_MESSAGES, this.tokens + (nowNs - this.tokensNs) * MESSAGES_PER_NS);
    this.tokensNs = nowNs;
    while (this.tokens >= 1 && this.waiting.length > 0) {
      this.tokens--;
      this.send(this.waiting.shift()!);
    }
  }

  /** What the answered request asked for. */
  answered(requestId: unknown): Asked | undefined {
    if (typeof requestId !== 'string') return undefined;
    const asked = this.unanswered.get(requestId);
    this.unanswered.delete(requestId);
    return asked;
  }

  private bookTopic(symbol: string): string {
    return `orderbook.${this.depth}.${symbol}`;
  }

  private ask(op: 'subscribe' | 'unsubscribe', symbols: readonly string[], isBook: boolean): void {
    const size = this.alone ? 1 : TOPICS_A_MESSAGE;
    for (let i = 0; i < symbols.length; i += size) {
      const batch = symbols.slice(i, i + size);
      const requestId = String(++this.requests);
      if (op === 'subscribe') this.expect(requestId, { isBook, symbols: batch });
      this.waiting.push(JSON.stringify({ req_id: requestId, op, args: batch.map((symbol) => (isBook ? this.bookTopic(symbol) : tradeTopic(symbol))) }));
    }
  }

  private expect(requestId: string, asked: Asked): void {
    this.unanswered.set(requestId, asked);
    if (this.unanswered.size <= UNANSWERED_MAX) return;
    for (const oldest of this.unanswered.keys()) {
      this.unanswered.delete(oldest);
      break;
    }
  }
}

function tradeTopic(symbol: string): string {
  return `publicTrade.${symbol}`;
}
