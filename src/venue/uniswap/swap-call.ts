/** Calls of the routers and tokens as a transaction carries them. */
import type { Instrument, PoolFacts } from '../../model/instrument.js';
import type { OutgoingOrder, VenueSettings } from '../contract.js';
import { viemUtils } from './viem.js';
import { word } from './words.js';

type Hex = `0x${string}`;

/** Of Ethereum's main network: Router02 of v2, SwapRouter02. */
const MAINNET_ROUTERS = { v2: '0x7a250d5630b4cf539739df2c5dacb4c659f2488d', v3: '0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45' } as const;

const SIGNATURES = [
  'function approve(address spender, uint256 amount)',
  'function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline)',
  'function swapTokensForExactTokens(uint256 amountOut, uint256 amountInMax, address[] path, address to, uint256 deadline)',
  'struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'struct ExactOutputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountOut; uint256 amountInMaximum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingle params)',
  'function exactOutputSingle(ExactOutputSingle params)',
  'function multicall(uint256 deadline, bytes[] data)',
] as const;

/** What an order means in base units. Selling gives exactly the quantity, buying takes exactly it; the price bounds the other side. */
export interface SwapAmounts {
  readonly tokenIn: string;
  readonly tokenOut: string;
  readonly isExactIn: boolean;
  /** Of the base token. */
  readonly exact: bigint;
  /** Of the quote token: least output, or largest input. */
  readonly limit: bigint;
}

const tenTo = (exponent: number): bigint => 10n ** BigInt(Math.max(0, exponent));

export function baseAndQuote(facts: PoolFacts): { base: PoolFacts['token0']; quote: PoolFacts['token0'] } {
  return facts.baseIsToken0 ? { base: facts.token0, quote: facts.token1 } : { base: facts.token1, quote: facts.token0 };
}

export function swapAmountsOf({ instrument, side, price, qty }: Pick<OutgoingOrder, 'instrument' | 'side' | 'price' | 'qty'>, facts: PoolFacts): SwapAmounts {
  const { priceScale, qtyScale } = instrument.pair;
  const { base, quote } = baseAndQuote(facts);
  const exact = (BigInt(qty) * tenTo(base.decimals - qtyScale)) / tenTo(qtyScale - base.decimals);
  const num = BigInt(price) * BigInt(qty) * tenTo(quote.decimals - priceScale - qtyScale);
  const den = tenTo(priceScale + qtyScale - quote.decimals);
  return side === 0
    ? { tokenIn: quote.address, tokenOut: base.address, isExactIn: false, exact, limit: num / den }
    : { tokenIn: base.address, tokenOut: quote.address, isExactIn: true, exact, limit: (num + den - 1n) / den };
}

/** Which router swaps on this pool. */
export function routerOf(facts: PoolFacts, settings: VenueSettings): string {
  const { v2, v3 } = settings.routers ?? MAINNET_ROUTERS;
  return (facts.version === 2 ? v2 : v3).toLowerCase();
}

export class SwapCalls {
  private readonly utils = viemUtils();
  private readonly abi = this.utils.parseAbi(SIGNATURES);

  /**
   * A swap that reverts after the deadline (Unix seconds) or beyond its limit. The order's id stands behind the call, where no contract looks: by it a
   * later gateway knows its own.
   */
  swap(facts: PoolFacts, { tokenIn, tokenOut, isExactIn, exact, limit }: SwapAmounts, recipient: string, deadline: number, clientOrderId: string): Hex {
    const { utils: { encodeFunctionData }, abi } = this;
    const tag = Buffer.from(clientOrderId, 'latin1').toString('hex');
    const [from, to, receiver] = [tokenIn as Hex, tokenOut as Hex, recipient as Hex];
    if (facts.version === 2) {
      const functionName = isExactIn ? 'swapExactTokensForTokens' : 'swapTokensForExactTokens';
      return `${encodeFunctionData({ abi, functionName, args: [exact, limit, [from, to], receiver, BigInt(deadline)] })}${tag}`;
    }
    const common = { tokenIn: from, tokenOut: to, fee: facts.feePpm, recipient: receiver, sqrtPriceLimitX96: 0n };
    const inner = isExactIn
      ? encodeFunctionData({ abi, functionName: 'exactInputSingle', args: [{ ...common, amountIn: exact, amountOutMinimum: limit }] })
      : encodeFunctionData({ abi, functionName: 'exactOutputSingle', args: [{ ...common, amountOut: exact, amountInMaximum: limit }] });
    return `${encodeFunctionData({ abi, functionName: 'multicall', args: [BigInt(deadline), [inner]] })}${tag}`;
  }

  approve(spender: string, amount: bigint): Hex {
    return this.utils.encodeFunctionData({ abi: this.abi, functionName: 'approve', args: [spender as Hex, amount] });
  }
}

/** Whether a transaction's input ends with this order's id. */
export function isTaggedWith(input: string, clientOrderId: string): boolean {
  return clientOrderId !== '' && input.toLowerCase().endsWith(Buffer.from(clientOrderId, 'latin1').toString('hex'));
}

/** An address as a topic or an argument. */
export function addressWord(address: string): string {
  return `0x${word(address)}`;
}

/** What is traded on a pool, or nothing: markets of other kinds are not this venue's. */
export function factsOf(instrument: Instrument): PoolFacts | undefined {
  return instrument.metadata.pool;
}
