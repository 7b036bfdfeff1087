/** Uniswap's QuoterV2: what a swap would come to, found by tracing it. Source: QuoterV2 of view-quoter and v3-periphery. */
import type { Address } from 'viem';
import { QUOTER_ABI } from './abi.js';
import { QUOTER, V3_FACTORY, WETH } from './addresses.js';
import type { Deployment } from './deployment.js';
import { require, revert } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import type { SwapResult } from './v3-pool.js';
import { orderOf } from './v3-router.js';

const QUOTE_GAS = 45_000;
const CROSSING_GAS = 22_000;

interface Question {
  readonly tokenIn: Address;
  readonly tokenOut: Address;
  readonly fee: number;
  readonly sqrtPriceLimitX96: bigint;
}

export function quoterV2(deployment: Deployment): Contract {
  const trace = ({ execution }: Call, question: Question, amount: bigint): SwapResult => {
    const pool = deployment.pool(question.tokenIn, question.tokenOut, question.fee) ?? revert();
    const result = pool.trace(execution.state, orderOf(question, amount));
    execution.use(gasOf(result));
    return result;
  };
  return nativeContract(QUOTER, QUOTER_ABI, {
    factory: () => V3_FACTORY, WETH9: () => WETH,
    quoteExactInputSingle: (call, params) => {
      const result = trace(call, params, params.amountIn);
      return [-(result.amount0 < 0n ? result.amount0 : result.amount1), result.price, result.crossed, BigInt(gasOf(result))] as const;
    },
    quoteExactOutputSingle: (call, params) => {
      const result = trace(call, params, -params.amount);
      const [amountIn, amountOut] = result.amount0 > 0n ? [result.amount0, -result.amount1] : [result.amount1, -result.amount0];
      require(params.sqrtPriceLimitX96 !== 0n || amountOut === params.amount, 'Unexpected error');
      return [amountIn, result.price, result.crossed, BigInt(gasOf(result))] as const;
    },
  });
}

function gasOf({ crossed }: SwapResult): number {
  return QUOTE_GAS + CROSSING_GAS * crossed;
}
