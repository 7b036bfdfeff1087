/**
 * Ticks and square root prices of Uniswap v3, to the last unit. A price is token1 per token0 in base units; its square
 * root is held times 2^96.
 * Source: TickMath of v3-core.
 */
export const Q96 = 1n << 96n;
export const MIN_TICK = -887_272;
export const MAX_TICK = 887_272;
/** sqrtRatioAtTick(MIN_TICK): a pool's price may equal it. */
export const MIN_SQRT_RATIO = 4_295_128_739n;
/** sqrtRatioAtTick(MAX_TICK): a pool's price is always below it. */
export const MAX_SQRT_RATIO = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n;

const MAX_UINT256 = (1n << 256n) - 1n;
const Q32 = 1n << 32n;

/** Entry i is 1.0001^(-2^i / 2) times 2^128, as the contract has it. */
const ROOTS: readonly bigint[] = [
  0xfffcb933bd6fad37aa2d162d1a594001n, 0xfff97272373d413259a46990580e213an, 0xfff2e50f5f656932ef12357cf3c7fdccn, 0xffe5caca7e10e4e61c3624eaa0941cd0n,
  0xffcb9843d60f6159c9db58835c926644n, 0xff973b41fa98c081472e6896dfb254c0n, 0xff2ea16466c96a3843ec78b326b52861n, 0xfe5dee046a99a2a811c461f1969c3053n,
  0xfcbe86c7900a88aedcffc83b479aa3a4n, 0xf987a7253ac413176f2b074cf7815e54n, 0xf3392b0822b70005940c7a398e4b70f3n, 0xe7159475a2c29b7443b29c7fa6e889d9n,
  0xd097f3bdfd2022b8845ad8f792aa5825n, 0xa9f746462d870fdf8a65dc1f90e061e5n, 0x70d869a156d2a1b890bb3df62baf32f7n, 0x31be135f97d08fd981231505542fcfa6n,
  0x9aa508b5b7a84e1c677de54f3e99bc9n, 0x5d6af8dedb81196699c329225ee604n, 0x2216e584f5fa1ea926041bedfe98n, 0x48a170391f7dc42444e8fa2n,
];

const LOG_ROOT = Math.log(1.0001) / 2;
const LOG_Q96 = 96 * Math.LN2;

/** Square root price of a tick, times 2^96, rounded up. @param tick from MIN_TICK to MAX_TICK */
export function sqrtRatioAtTick(tick: number): bigint {
  const distance = Math.abs(tick);
  let ratio = (distance & 1) === 0 ? 1n << 128n : ROOTS[0];
  for (let i = 1; i < ROOTS.length; i++) if ((distance & (1 << i)) !== 0) ratio = (ratio * ROOTS[i]) >> 128n;
  if (tick > 0) ratio = MAX_UINT256 / ratio;
  return (ratio + Q32 - 1n) / Q32;
}

/**
 * The greatest tick whose square root price is not above this one. The logarithm of the rounded price is right to one
 * tick; comparisons with exact ratios settle it.
 * @param sqrtPriceX96 from MIN_SQRT_RATIO to below MAX_SQRT_RATIO
 */
export function tickAtSqrtRatio(sqrtPriceX96: bigint): number {
  const guess = Math.floor((Math.log(Number(sqrtPriceX96)) - LOG_Q96) / LOG_ROOT);
  let tick = Math.max(MIN_TICK, Math.min(MAX_TICK - 1, guess));
  while (tick > MIN_TICK && sqrtRatioAtTick(tick) > sqrtPriceX96) tick--;
  while (tick < MAX_TICK - 1 && sqrtRatioAtTick(tick + 1) <= sqrtPriceX96) tick++;
  return tick;
}
