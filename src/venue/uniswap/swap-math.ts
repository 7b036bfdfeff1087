/**
 * One step of a Uniswap v3 swap, between two prices at one liquidity, with every rounding of the contracts: the pool
 * always gets the unit that does not divide.
 * Source: SqrtPriceMath and SwapMath of v3-core.
 */
import { Q96 } from './tick-math.js';

const FEE_UNITS = 1_000_000n;
const MAX_UINT256 = (1n << 256n) - 1n;

function divideUp(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return quotient * denominator === numerator ? quotient : quotient + 1n;
}

/** Token0 between two square root prices, in any order, none of them 0. */
export function amount0Between(a: bigint, b: bigint, liquidity: bigint, roundUp: boolean): bigint {
  const [lower, upper] = a < b ? [a, b] : [b, a];
  const scaled = (liquidity << 96n) * (upper - lower);
  return roundUp ? divideUp(divideUp(scaled, upper), lower) : scaled / upper / lower;
}

/** Token1 between two square root prices, in any order. */
export function amount1Between(a: bigint, b: bigint, liquidity: bigint, roundUp: boolean): bigint {
  const scaled = liquidity * (a < b ? b - a : a - b);
  return roundUp ? divideUp(scaled, Q96) : scaled / Q96;
}

/** Price after token0 came in; rounded up. */
function priceAfterToken0In(price: bigint, liquidity: bigint, amount: bigint): bigint {
  if (amount === 0n) return price;
  const scaled = liquidity << 96n;
  const product = amount * price;
  // The contract takes a coarser way where its 256 bits do not hold the finer one.
  const denominator = scaled + product;
  if (product <= MAX_UINT256 && denominator <= MAX_UINT256) return divideUp(scaled * price, denominator);
  return divideUp(scaled, scaled / price + amount);
}

/** Price after token0 went out; rounded up. Undefined: there is not that much of it. */
function priceAfterToken0Out(price: bigint, liquidity: bigint, amount: bigint): bigint | undefined {
  const scaled = liquidity << 96n;
  const product = amount * price;
  return product <= MAX_UINT256 && scaled > product ? divideUp(scaled * price, scaled - product) : undefined;
}

/** Price after token1 went out; rounded down. Undefined: there is not that much of it. */
function priceAfterToken1Out(price: bigint, liquidity: bigint, amount: bigint): bigint | undefined {
  const taken = divideUp(amount << 96n, liquidity);
  return price > taken ? price - taken : undefined;
}

/** Square root price after `amountIn`, net of the fee, at this liquidity (not 0). @param zeroForOne token0 comes in, the price falls */
export function priceAfterInput(price: bigint, liquidity: bigint, amountIn: bigint, zeroForOne: boolean): bigint {
  return zeroForOne ? priceAfterToken0In(price, liquidity, amountIn) : price + (amountIn << 96n) / liquidity;
}

/** Square root price after `amountOut` left, at this liquidity (not 0); undefined where the contract would revert. */
export function priceAfterOutput(price: bigint, liquidity: bigint, amountOut: bigint, zeroForOne: boolean): bigint | undefined {
  return zeroForOne ? priceAfterToken1Out(price, liquidity, amountOut) : priceAfterToken0Out(price, liquidity, amountOut);
}

export interface SwapStep {
  /** Square root price after the step, times 2^96. */
  readonly price: bigint;
  /** Without the fee. */
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  readonly feeAmount: bigint;
}

/** Input, without the fee, that moves the price from one to the other. The direction is that of the prices. */
export function inputBetween(from: bigint, to: bigint, liquidity: bigint): bigint {
  return from >= to ? amount0Between(to, from, liquidity, true) : amount1Between(from, to, liquidity, true);
}

/** Output that moving the price from one to the other gives. */
export function outputBetween(from: bigint, to: bigint, liquidity: bigint): bigint {
  return from >= to ? amount1Between(to, from, liquidity, false) : amount0Between(from, to, liquidity, false);
}

/**
 * Swap until `remaining` is used up or the target price is reached. Undefined where the contract would revert.
 * @param target its side of `price` tells the direction: at or below it token0 comes in
 * @param remaining input still to be given (with its fee) or output still to be taken, above 0
 * @param feePpm the pool's fee
 */
export function computeSwapStep(price: bigint, target: bigint, liquidity: bigint, remaining: bigint, exactIn: boolean, feePpm: bigint): SwapStep | undefined {
  const zeroForOne = price >= target;
  let next: bigint | undefined = target;
  if (exactIn) {
    const net = (remaining * (FEE_UNITS - feePpm)) / FEE_UNITS;
    if (net < inputBetween(price, target, liquidity)) next = priceAfterInput(price, liquidity, net, zeroForOne);
  } else if (remaining < outputBetween(price, target, liquidity)) next = priceAfterOutput(price, liquidity, remaining, zeroForOne);
  if (next === undefined) return undefined;
  const amountIn = inputBetween(price, next, liquidity);
  const whole = outputBetween(price, next, liquidity);
  const amountOut = !exactIn && whole > remaining ? remaining : whole;
  const feeAmount = exactIn && next !== target ? remaining - amountIn : divideUp(amountIn * feePpm, FEE_UNITS - feePpm);
  return { price: next, amountIn, amountOut, feeAmount };
}
