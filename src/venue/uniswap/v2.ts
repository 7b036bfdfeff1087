/**
 * Swaps of Uniswap v2 as the pair and its router compute them, in base units of the tokens.
 * Source: UniswapV2Library (getAmountOut, getAmountIn) and UniswapV2Pair (swap) of v2-core and v2-periphery.
 */

/** What the pool keeps of the input, ppm. */
export const V2_FEE_PPM = 3000;

/** Output of exactly `amountIn`, rounded down; 0 where a reserve is empty. */
export function v2AmountOut(amountIn: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  if (amountIn <= 0n || reserveIn <= 0n || reserveOut <= 0n) return 0n;
  const withFee = amountIn * 997n;
  return (withFee * reserveOut) / (reserveIn * 1000n + withFee);
}

/** Input that exactly `amountOut` takes, rounded up; undefined when the pool does not hold that much. */
export function v2AmountIn(amountOut: bigint, reserveIn: bigint, reserveOut: bigint): bigint | undefined {
  if (amountOut <= 0n || reserveIn <= 0n || amountOut >= reserveOut) return undefined;
  return (reserveIn * amountOut * 1000n) / ((reserveOut - amountOut) * 997n) + 1n;
}

/** Whether the pair accepts a swap of these amounts: its product, net of the fee, must not shrink. */
export function v2KeepsProduct(reserve0: bigint, reserve1: bigint, in0: bigint, in1: bigint, out0: bigint, out1: bigint): boolean {
  const adjusted0 = (reserve0 + in0 - out0) * 1000n - in0 * 3n;
  const adjusted1 = (reserve1 + in1 - out1) * 1000n - in1 * 3n;
  return adjusted0 * adjusted1 >= reserve0 * reserve1 * 1_000_000n;
}
