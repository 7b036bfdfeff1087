/** Uniswap v2's Router02: swaps along a path of pairs. Source: UniswapV2Router02 and UniswapV2Library of v2-periphery. */
import type { Address } from 'viem';
import { v2AmountIn, v2AmountOut } from '../../venue/uniswap/v2.js';
import { V2_ROUTER_ABI } from './abi.js';
import { V2_FACTORY, V2_ROUTER, WETH } from './addresses.js';
import type { Deployment } from './deployment.js';
import { require, revert } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import type { Layer } from './state.js';
import { orRevertWith } from './transfer.js';
import type { V2Pair } from './v2-pair.js';

const ROUTER_GAS = 8_000;

export function v2Router(deployment: Deployment): Contract {
  const hop = (a: Address, b: Address): V2Pair => deployment.pair(a, b) ?? revert();

  const amountsOut = (state: Layer, amountIn: bigint, path: readonly Address[]): bigint[] => {
    require(path.length >= 2, 'UniswapV2Library: INVALID_PATH');
    const amounts = [amountIn];
    for (let i = 1; i < path.length; i++) {
      const [reserveIn, reserveOut] = reservesFrom(state, hop(path[i - 1], path[i]), path[i - 1]);
      require(amounts[i - 1] > 0n, 'UniswapV2Library: INSUFFICIENT_INPUT_AMOUNT');
      require(reserveIn > 0n && reserveOut > 0n, 'UniswapV2Library: INSUFFICIENT_LIQUIDITY');
      amounts.push(v2AmountOut(amounts[i - 1], reserveIn, reserveOut));
    }
    return amounts;
  };

  const amountsIn = (state: Layer, amountOut: bigint, path: readonly Address[]): bigint[] => {
    require(path.length >= 2, 'UniswapV2Library: INVALID_PATH');
    const amounts = [amountOut];
    for (let i = path.length - 1; i > 0; i--) {
      const [reserveIn, reserveOut] = reservesFrom(state, hop(path[i - 1], path[i]), path[i - 1]);
      require(amounts[0] > 0n, 'UniswapV2Library: INSUFFICIENT_OUTPUT_AMOUNT');
      require(reserveIn > 0n && reserveOut > 0n, 'UniswapV2Library: INSUFFICIENT_LIQUIDITY');
      amounts.unshift(v2AmountIn(amounts[0], reserveIn, reserveOut) ?? revert('ds-math-sub-underflow'));
    }
    return amounts;
  };

  const swapAlong = ({ execution, sender }: Call, amounts: readonly bigint[], path: readonly Address[], to: Address): void => {
    const router: Call = { execution, sender: V2_ROUTER, value: 0n };
    const paid = deployment.token(path[0]);
    orRevertWith('TransferHelper: TRANSFER_FROM_FAILED', () => paid.moveFrom(router, sender, hop(path[0], path[1]).address, amounts[0]));
    for (let i = 1; i < path.length; i++) {
      const pair = hop(path[i - 1], path[i]);
      const first = pair.token0.spec.address === path[i - 1];
      pair.swap(router, first ? 0n : amounts[i], first ? amounts[i] : 0n, i + 1 < path.length ? hop(path[i], path[i + 1]).address : to);
    }
  };

  const begin = ({ execution }: Call, deadline: bigint): void => {
    execution.use(ROUTER_GAS);
    require(deadline >= BigInt(execution.block.timestampS), 'UniswapV2Router: EXPIRED');
  };

  return nativeContract(V2_ROUTER, V2_ROUTER_ABI, {
    factory: () => V2_FACTORY, WETH: () => WETH,
    getAmountsOut: ({ execution: { state } }, amountIn, path) => amountsOut(state, amountIn, path),
    getAmountsIn: ({ execution: { state } }, amountOut, path) => amountsIn(state, amountOut, path),
    swapExactTokensForTokens: (call, amountIn, amountOutMin, path, to, deadline) => {
      begin(call, deadline);
      const amounts = amountsOut(call.execution.state, amountIn, path);
      require(amounts[amounts.length - 1] >= amountOutMin, 'UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT');
      swapAlong(call, amounts, path, to);
      return amounts;
    },
    swapTokensForExactTokens: (call, amountOut, amountInMax, path, to, deadline) => {
      begin(call, deadline);
      const amounts = amountsIn(call.execution.state, amountOut, path);
      require(amounts[0] <= amountInMax, 'UniswapV2Router: EXCESSIVE_INPUT_AMOUNT');
      swapAlong(call, amounts, path, to);
      return amounts;
    },
  });
}

function reservesFrom(state: Layer, pair: V2Pair, tokenIn: Address): readonly [bigint, bigint] {
  const [reserve0, reserve1] = pair.reserves(state);
  return pair.token0.spec.address === tokenIn ? [reserve0, reserve1] : [reserve1, reserve0];
}
