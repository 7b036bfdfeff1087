/** A pool as the generator sees it: a price in quote per base, and the calldata that moves it there. */
import { encodeFunctionData } from 'viem/utils';
import type { Address, Hex } from 'viem';
import { Q96 } from '../../venue/uniswap/tick-math.js';
import { V2_FEE_PPM } from '../../venue/uniswap/v2.js';
import { V2_ROUTER_ABI, V3_ROUTER_ABI } from './abi.js';
import { V2_ROUTER, V3_ROUTER } from './addresses.js';
import { TICK_SPACINGS } from './contracts.js';
import { Deployment } from './deployment.js';
import type { Layer } from './state.js';
import { Token } from './token.js';
import { TOKENS } from './tokens.js';
import type { TokenSymbol } from './tokens.js';
import { squareRoot, V2Pair } from './v2-pair.js';
import { V3Pool } from './v3-pool.js';

export interface MarketSpec {
  readonly base: TokenSymbol;
  readonly quote: TokenSymbol;
  /** Canonical pair whose fair price it follows. */
  readonly fair: string;
  /** Hundredths of a basis point; undefined: a v2 pair. */
  readonly v3Fee?: number;
  /** Quote tokens that move the price by ten basis points. */
  readonly depth: number;
}

const MARKETS: readonly MarketSpec[] = [
  { base: 'WETH', quote: 'USDT', fair: 'ETH/USDT', v3Fee: 500, depth: 250_000 },
  { base: 'WETH', quote: 'USDT', fair: 'ETH/USDT', v3Fee: 3000, depth: 120_000 },
  { base: 'WETH', quote: 'USDT', fair: 'ETH/USDT', depth: 30_000 },
  { base: 'WETH', quote: 'USDC', fair: 'ETH/USDT', v3Fee: 500, depth: 400_000 },
  { base: 'WBTC', quote: 'USDT', fair: 'BTC/USDT', v3Fee: 500, depth: 200_000 },
  { base: 'WBTC', quote: 'USDT', fair: 'BTC/USDT', v3Fee: 3000, depth: 150_000 },
];

/** More than anybody has: the limit price ends the swap. */
const WITHOUT_END = 1n << 120n;
/** Far beyond any block. */
const NO_DEADLINE = 1n << 40n;

export class Market {
  readonly name: string;
  /** What a swap costs, basis points. */
  readonly feeBps: number;
  readonly #baseFirst: boolean;

  constructor(readonly spec: MarketSpec, readonly startPrice: number, readonly venue: V2Pair | V3Pool) {
    this.name = `${spec.base}-${spec.quote} ${spec.v3Fee === undefined ? 'v2' : `v3 ${spec.v3Fee}`}`;
    this.feeBps = (spec.v3Fee ?? V2_FEE_PPM) / 100;
    this.#baseFirst = venue.token0.spec.symbol === spec.base;
  }

  /** Quote per base. */
  price(state: Layer): number {
    return this.#priceAt(this.#sqrtPrice(state));
  }

  /** Square root price times 2^96, as exact as Float64 is. */
  sqrtPriceAt(price: number): bigint {
    const raw = price * 10 ** (TOKENS[this.spec.quote].decimals - TOKENS[this.spec.base].decimals);
    return BigInt(Math.round(Math.sqrt(this.#baseFirst ? raw : 1 / raw) * 2 ** 96));
  }

  /** Liquidity that `depth` quote tokens move by ten basis points, at this price: the change of the root is half of that. */
  liquidityOf(depth: number, price: number): bigint {
    const root = Math.sqrt(price * 10 ** (TOKENS[this.spec.quote].decimals - TOKENS[this.spec.base].decimals));
    return BigInt(Math.round((depth * 10 ** TOKENS[this.spec.quote].decimals) / (root * 0.0005)));
  }

  /** A swap that brings the price there; null where there is nothing to do. */
  moveTo(state: Layer, price: number, trader: Address): { to: Address; data: Hex } | null {
    const now = this.#sqrtPrice(state);
    const target = this.sqrtPriceAt(price);
    if (target === now) return null;
    const { token0, token1 } = this.venue;
    const [tokenIn, tokenOut] = target < now ? [token0.spec.address, token1.spec.address] : [token1.spec.address, token0.spec.address];
    if (this.venue instanceof V3Pool) {
      const params = { tokenIn, tokenOut, fee: this.venue.fee, recipient: trader, amountIn: WITHOUT_END, amountOutMinimum: 0n, sqrtPriceLimitX96: target };
      return { to: V3_ROUTER, data: encodeFunctionData({ abi: V3_ROUTER_ABI, functionName: 'exactInputSingle', args: [params] }) };
    }
    const [reserve0, reserve1] = this.venue.reserves(state);
    const root = squareRoot(reserve0 * reserve1);
    const amountIn = target < now ? (root * Q96) / target - reserve0 : (root * target) / Q96 - reserve1;
    if (amountIn <= 0n) return null;
    return { to: V2_ROUTER, data: encodeFunctionData({ abi: V2_ROUTER_ABI, functionName: 'swapExactTokensForTokens', args: [amountIn, 0n, [tokenIn, tokenOut], trader, NO_DEADLINE] }) };
  }

  #sqrtPrice(state: Layer): bigint {
    if (this.venue instanceof V3Pool) return this.venue.price(state);
    const [reserve0, reserve1] = this.venue.reserves(state);
    return squareRoot((reserve1 << 192n) / reserve0);
  }

  #priceAt(sqrtPrice: bigint): number {
    const raw = (Number(sqrtPrice) / 2 ** 96) ** 2;
    return (this.#baseFirst ? raw : 1 / raw) * 10 ** (TOKENS[this.spec.base].decimals - TOKENS[this.spec.quote].decimals);
  }
}

/** @param priceOf the fair price of a canonical pair now; a market of a pair that has none is left out */
export function listMarkets(priceOf: (pair: string) => number | undefined): { deployment: Deployment; markets: readonly Market[] } {
  const tokens = Object.values(TOKENS).map((spec) => new Token(spec));
  const tokenOf = (symbol: TokenSymbol): Token => tokens.find(({ spec }) => spec.symbol === symbol)!;
  const markets: Market[] = [];
  for (const spec of MARKETS) {
    const startPrice = priceOf(spec.fair);
    if (startPrice === undefined) continue;
    const [token0, token1] = [tokenOf(spec.base), tokenOf(spec.quote)].sort((a, b) => (a.spec.address < b.spec.address ? -1 : 1));
    const venue = spec.v3Fee === undefined ? new V2Pair(token0, token1) : new V3Pool(token0, token1, spec.v3Fee, TICK_SPACINGS.get(spec.v3Fee)!);
    markets.push(new Market(spec, startPrice, venue));
  }
  const venues = markets.map(({ venue }) => venue);
  const pools = venues.filter((venue) => venue instanceof V3Pool);
  return { deployment: new Deployment(tokens, venues.filter((venue) => venue instanceof V2Pair), pools), markets };
}
