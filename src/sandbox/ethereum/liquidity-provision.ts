/**
 * The contract through which the generator opens pools and its liquidity providers come and go: it stands for the
 * factories' and position managers' ways of the real chain.
 */
import { parseAbi } from 'viem/utils';
import { TOPIC } from './abi.js';
import { lower, V2_FACTORY, V3_FACTORY } from './addresses.js';
import type { Deployment } from './deployment.js';
import { revert } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import type { V2Pair } from './v2-pair.js';
import type { V3Pool } from './v3-pool.js';

export const LIQUIDITY_PROVISION = lower('0x11d0000000000000000000000000000000000001');

export const LIQUIDITY_ABI = parseAbi([
  'function open(address market, uint160 sqrtPrice)', 'function addToPair(address pair, uint256 amount0, uint256 amount1)', 'function takeFromPair(address pair, uint256 shares)',
  'function addToPool(address pool, int24 lower, int24 upper, uint128 amount)', 'function takeFromPool(address pool, int24 lower, int24 upper, uint128 amount)',
]);

export function liquidityProvision({ pairs, pools }: Pick<Deployment, 'pairs' | 'pools'>): Contract {
  const pairAt = (address: string): V2Pair => pairs.find((pair) => pair.address === address) ?? revert();
  const poolAt = (address: string): V3Pool => pools.find((pool) => pool.address === address) ?? revert();
  const own = ({ execution }: Call): Call => ({ execution, sender: LIQUIDITY_PROVISION, value: 0n });
  return nativeContract(LIQUIDITY_PROVISION, LIQUIDITY_ABI, {
    open: (call, address, sqrtPrice) => {
      const { execution } = call;
      const pair = pairs.find((candidate) => candidate.address === address);
      if (pair !== undefined) {
        execution.log(V2_FACTORY, TOPIC.pairCreated, [pair.token0.spec.address, pair.token1.spec.address], [address, pairs.indexOf(pair) + 1]);
        return;
      }
      const pool = poolAt(address);
      execution.log(V3_FACTORY, TOPIC.poolCreated, [pool.token0.spec.address, pool.token1.spec.address, pool.fee], [pool.tickSpacing, address]);
      pool.initialize(own(call), sqrtPrice);
    },
    addToPair: (call, address, amount0, amount1) => {
      const pair = pairAt(address);
      pair.token0.moveFrom(own(call), call.sender, address, amount0);
      pair.token1.moveFrom(own(call), call.sender, address, amount1);
      pair.mint(own(call), LIQUIDITY_PROVISION);
    },
    takeFromPair: (call, address, shares) => pairAt(address).burn(own(call), shares, call.sender),
    addToPool: (call, address, low, high, amount) => {
      const pool = poolAt(address);
      pool.mint(own(call), LIQUIDITY_PROVISION, low, high, amount, (amount0, amount1) => {
        if (amount0 > 0n) pool.token0.moveFrom(own(call), call.sender, address, amount0);
        if (amount1 > 0n) pool.token1.moveFrom(own(call), call.sender, address, amount1);
      });
    },
    takeFromPool: (call, address, low, high, amount) => poolAt(address).burn(own(call), low, high, amount, call.sender),
  });
}
