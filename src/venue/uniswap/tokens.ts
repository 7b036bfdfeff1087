/** Tokens by their canonical codes, and which token of a pair is the quote. */

/** Wrapped assets are the assets themselves: this engine trades WETH as ETH and WBTC as BTC. */
const CANONICAL: Readonly<Record<string, string>> = { WETH: 'ETH', WBTC: 'BTC', 'USD₮0': 'USDT', 'USD₮': 'USDT' };

const ASSET_CODE = /^[A-Z0-9]{1,12}$/;

/** What prices are told in, the first that a pair has: as exchanges name their pairs. */
const QUOTES: readonly string[] = ['USD', 'USDT', 'USDC', 'DAI', 'FDUSD', 'TUSD', 'PYUSD', 'USDE', 'USDS', 'USDP', 'FRAX', 'LUSD', 'CRVUSD', 'EURC', 'BTC', 'ETH'];

/** Where the quote is no dollar: least notional of an order. */
const LEAST_NOTIONAL: Readonly<Record<string, string>> = { BTC: '0.005', ETH: '0.15' };
const LEAST_NOTIONAL_DOLLARS = '500';

/** Canonical code of a token by the symbol it gives itself; undefined where that is no code. */
export function canonicalCode(symbol: string): string | undefined {
  const code = CANONICAL[symbol] ?? symbol.toUpperCase();
  return ASSET_CODE.test(code) ? code : undefined;
}

/** Whether prices of this pair of codes are in the first of them; else they are in the second, as the contracts tell them. */
export function isQuotedInFirst(first: string, second: string): boolean {
  const rank = (code: string): number => {
    const at = QUOTES.indexOf(code);
    return at < 0 ? QUOTES.length : at;
  };
  return rank(first) < rank(second);
}

/** Orders below this are not worth their gas: the first level of a book is this large, and carries the gas of one swap. */
export function leastNotional(quote: string): string {
  return QUOTES.includes(quote) ? (LEAST_NOTIONAL[quote] ?? LEAST_NOTIONAL_DOLLARS) : '0';
}
