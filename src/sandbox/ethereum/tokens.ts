/** The tokens there are, with their mainnet addresses and decimals. */
import { USDC, USDT, WBTC, WETH } from './addresses.js';
import type { TokenSpec } from './token.js';

export const TOKENS = {
  WETH: { address: WETH, name: 'Wrapped Ether', symbol: 'WETH', decimals: 18, kind: 'weth' },
  USDT: { address: USDT, name: 'Tether USD', symbol: 'USDT', decimals: 6, kind: 'tether' },
  USDC: {
    address: USDC, name: 'USD Coin', symbol: 'USDC', decimals: 6, kind: 'plain',
    reasons: ['ERC20: transfer amount exceeds balance', 'ERC20: transfer amount exceeds allowance'],
  },
  WBTC: { address: WBTC, name: 'Wrapped BTC', symbol: 'WBTC', decimals: 8, kind: 'plain' },
} as const satisfies Record<string, TokenSpec>;

export type TokenSymbol = keyof typeof TOKENS;

/** Whole tokens in base units. */
export function unitsOf(symbol: TokenSymbol, whole: bigint): bigint {
  return whole * 10n ** BigInt(TOKENS[symbol].decimals);
}
