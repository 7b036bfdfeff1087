/**
 * Which books a product id of the market data concerns. `BTC-USDC` is an alias of `BTC-USD`: one order book, told under
 * the second name only, though orders name either.
 */
import type { Instrument } from '../../model/instrument.js';
import { StreamedBook } from '../streamed-book.js';
import { SymbolTable } from '../symbol-table.js';

export class CoinbaseBook extends StreamedBook {
  /** The name that market data has for it. */
  readonly product: string;

  constructor(instrument: Instrument) {
    super(instrument);
    this.product = instrument.metadata.altSymbol ?? instrument.symbol;
  }
}

export class Products {
  readonly books: readonly CoinbaseBook[];
  private readonly groups: CoinbaseBook[][] = [];
  private readonly table: SymbolTable;

  constructor(instruments: readonly Instrument[]) {
    this.books = instruments.map((instrument) => new CoinbaseBook(instrument));
    const names = new Map<string, number>();
    for (const book of this.books) {
      const known = names.get(book.product);
      if (known !== undefined) {
        this.groups[known].push(book);
        continue;
      }
      names.set(book.product, this.groups.length);
      this.groups.push([book]);
    }
    this.table = new SymbolTable(names);
  }

  /** Number of the product whose id stands in bytes[from, to), or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    return this.table.find(bytes, from, to);
  }

  /** The books that product number stands for, at least one. */
  booksOf(product: number): readonly CoinbaseBook[] {
    return this.groups[product];
  }

  /** Cold path: by name. */
  named(product: unknown): readonly CoinbaseBook[] {
    return this.books.filter((book) => book.product === product);
  }
}
