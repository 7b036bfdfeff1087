/**
 * The public side of an exchange through the library: it owns sockets, subscriptions and the rules of sync; this follows
 * its books and trades and says when they cannot be believed.
 */
import { VenueReason, VenueState } from '../../record/codes.js';
import type { FeedDriver, FeedDriverOptions } from '../driven.js';
import { LibraryBooks, type LastMessage } from './books.js';
import { openClient, type Client } from './client.js';
import { Connections } from './connections.js';
import { messageOf, venueReasonOf } from './errors.js';
import { Patience } from './patience.js';
import { TradeWriter } from './trades.js';

export class CcxtFeed implements FeedDriver {
  private readonly books: LibraryBooks;
  private readonly trades: TradeWriter;
  private readonly patience = new Patience();
  private client: Client | undefined;
  private connections: Connections | undefined;
  private closed = false;
  private readonly last: LastMessage = { tsRecvNs: 0, number: 0 };

  constructor(private readonly exchange: string, private readonly options: FeedDriverOptions) {
    this.books = new LibraryBooks(options, {
      watch: (symbol) => this.client!.watchOrderBook(symbol),
      onSilence: () => this.connections!.drop(),
      last: this.last,
    });
    this.trades = new TradeWriter(options);
  }

  start(): void {
    void this.run();
  }

  onTimer(nowNs: number): void {
    this.books.onTimer(nowNs);
  }

  resync(instrument: number, reason: number, nowNs: number): void {
    for (const book of this.books.books) if (book.instrument.index === instrument) this.books.resync(book, reason, nowNs);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.books.close(this.options.host.nowNs());
    await this.client?.close();
  }

  /** Load the library and the markets, which it needs before it streams, until that works; then follow every symbol. */
  private async run(): Promise<void> {
    const { host, endpoints } = this.options;
    host.onState(VenueState.CONNECTING, VenueReason.START, 0, 0);
    while (!this.closed) {
      try {
        // Without keys: public streams need none, and a client with keys asks for more.
        const client = await openClient({ exchange: this.exchange, endpoints, credentials: undefined });
        await client.loadMarkets();
        if (this.closed) return;
        this.follow(client);
        return;
      } catch (error) {
        host.count('requestErrors');
        host.report('warn', 'CCXT_CALL', `ccxt:${this.exchange} loadMarkets: ${messageOf(error)}`);
        host.onState(VenueState.DOWN, venueReasonOf(error), this.patience.attempts + 1, this.patience.nextMs * 1e6);
        await this.patience.pause();
      }
    }
  }

  private follow(client: Client): void {
    const { host } = this.options;
    this.client = client;
    this.connections = new Connections(client, {
      onUp: () => host.onState(VenueState.UP, VenueReason.NONE, 0, 0),
      onDown: (error) => {
        host.onState(VenueState.DOWN, this.closed || error === undefined ? VenueReason.CLOSED : venueReasonOf(error), 1, 0);
      },
      onMessage: () => {
        host.count('frames');
        this.last.number++;
        this.last.tsRecvNs = host.nowNs();
      },
    });
    this.last.tsRecvNs = host.nowNs();
    this.books.onOpen(this.last.tsRecvNs);
    if (client.has['watchTrades'] === true) for (const book of this.books.books) void this.followTrades(client, book.instrument.symbol);
  }

  /** Trades are no reason to trade: where their stream fails it is begun again, and the books are not doubted. */
  private async followTrades(client: Client, symbol: string): Promise<void> {
    const book = this.books.books.find(({ instrument }) => instrument.symbol === symbol)!;
    const patience = new Patience();
    while (!this.closed) {
      try {
        const trades = await client.watchTrades(symbol);
        patience.succeeded();
        this.trades.write(book, trades, this.last.number >>> 0, this.last.tsRecvNs);
        this.options.host.onPublished(this.last.tsRecvNs);
      } catch {
        if (!this.closed) await patience.pause();
      }
    }
  }
}
