/** Uniswap's SwapRouter02, as far as v3 pools and one hop go. Source: V3SwapRouter and MulticallExtended of swap-router-contracts. */
import type { Address, Hex } from 'viem';
import { MAX_SQRT_RATIO, MIN_SQRT_RATIO } from '../../venue/uniswap/tick-math.js';
import { V3_ROUTER_ABI } from './abi.js';
import { V3_FACTORY, V3_ROUTER, WETH } from './addresses.js';
import type { Deployment } from './deployment.js';
import { require, revert } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import { orRevertWith } from './transfer.js';
import type { Payment, SwapResult, V3Pool } from './v3-pool.js';

const ROUTER_GAS = 9_000;
/** Recipients that stand for the caller and for the router itself. */
const MSG_SENDER = '0x0000000000000000000000000000000000000001';
const ADDRESS_THIS = '0x0000000000000000000000000000000000000002';
const INT256_END = 1n << 255n;

interface Hop {
  readonly tokenIn: Address;
  readonly tokenOut: Address;
  readonly fee: number;
  readonly recipient: Address;
  readonly sqrtPriceLimitX96: bigint;
}

/** token0 goes in where its address is the lower one; no limit given stands for the last price there is. */
export function orderOf({ tokenIn, tokenOut, sqrtPriceLimitX96 }: Omit<Hop, 'fee' | 'recipient'>, amount: bigint): { zeroForOne: boolean; amount: bigint; limit: bigint } {
  const zeroForOne = tokenIn < tokenOut;
  const limit = sqrtPriceLimitX96 !== 0n ? sqrtPriceLimitX96 : zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n;
  return { zeroForOne, amount, limit };
}

export function v3Router(deployment: Deployment): Contract {
  const poolOf = ({ tokenIn, tokenOut, fee }: Hop): V3Pool => deployment.pool(tokenIn, tokenOut, fee) ?? revert();

  /** What the pool asks for in its callback is pulled from the caller. */
  const payer = ({ execution, sender }: Call, pool: V3Pool): Payment => (amount0, amount1) => {
    const [token, amount] = amount0 > 0n ? [pool.token0, amount0] : [pool.token1, amount1];
    orRevertWith('STF', () => token.moveFrom({ execution, sender: V3_ROUTER, value: 0n }, sender, pool.address, amount));
  };

  const swap = (call: Call, hop: Hop, amount: bigint): SwapResult => {
    call.execution.use(ROUTER_GAS);
    require(amount < INT256_END && amount > -INT256_END);
    const pool = poolOf(hop);
    const recipient = hop.recipient === MSG_SENDER ? call.sender : hop.recipient === ADDRESS_THIS ? V3_ROUTER : hop.recipient;
    return pool.swap({ execution: call.execution, sender: V3_ROUTER, value: 0n }, orderOf(hop, amount), recipient, payer(call, pool));
  };

  const router: Contract = nativeContract(V3_ROUTER, V3_ROUTER_ABI, {
    factory: () => V3_FACTORY, WETH9: () => WETH,
    exactInputSingle: (call, params) => {
      const { amount0, amount1 } = swap(call, params, params.amountIn);
      const amountOut = -(amount0 < 0n ? amount0 : amount1);
      require(amountOut >= params.amountOutMinimum, 'Too little received');
      return amountOut;
    },
    exactOutputSingle: (call, params) => {
      const { amount0, amount1 } = swap(call, params, -params.amountOut);
      const [amountIn, amountOut] = amount0 > 0n ? [amount0, -amount1] : [amount1, -amount0];
      require(params.sqrtPriceLimitX96 !== 0n || amountOut === params.amountOut);
      require(amountIn <= params.amountInMaximum, 'Too much requested');
      return amountIn;
    },
    multicall: (call, ...given) => {
      const [deadline, calls] = given.length === 2 ? given : [null, given[0]];
      require(deadline === null || deadline >= BigInt(call.execution.block.timestampS), 'Transaction too old');
      return calls.map((data: Hex) => router.run(call, data));
    },
  });
  return router;
}
