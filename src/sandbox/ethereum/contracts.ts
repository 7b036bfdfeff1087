/** All contracts by address: tokens and pools, and what finds them, trades on them and reads them. */
import type { Address } from 'viem';
import { V2_FACTORY_ABI, V3_FACTORY_ABI } from './abi.js';
import { V2_FACTORY, V3_FACTORY, ZERO_ADDRESS } from './addresses.js';
import type { Deployment } from './deployment.js';
import { revert } from './execution.js';
import type { Contract } from './execution.js';
import { liquidityProvision } from './liquidity-provision.js';
import { multicall3 } from './multicall.js';
import { nativeContract } from './native-contract.js';
import { quoterV2 } from './quoter.js';
import { v2Router } from './v2-router.js';
import { v3Router } from './v3-router.js';

/** Fee in hundredths of a basis point → distance between usable ticks. */
export const TICK_SPACINGS: ReadonlyMap<number, number> = new Map([[100, 1], [500, 10], [3000, 60], [10_000, 200]]);

export function contractsOf(deployment: Deployment): ReadonlyMap<Address, Contract> {
  const own = [...deployment.tokens, ...deployment.pairs, ...deployment.pools].map(({ contract }) => contract);
  const shared = [v2Factory(deployment), v3Factory(deployment), v2Router(deployment), v3Router(deployment), quoterV2(deployment), multicall3(), liquidityProvision(deployment)];
  return new Map([...own, ...shared].map((contract) => [contract.address, contract]));
}

function v2Factory(deployment: Deployment): Contract {
  return nativeContract(V2_FACTORY, V2_FACTORY_ABI, {
    getPair: (_call, a, b) => deployment.pair(a, b)?.address ?? ZERO_ADDRESS,
    allPairs: (_call, index) => deployment.pairs[Number(index)]?.address ?? revert(),
    allPairsLength: () => BigInt(deployment.pairs.length),
  });
}

function v3Factory(deployment: Deployment): Contract {
  return nativeContract(V3_FACTORY, V3_FACTORY_ABI, {
    getPool: (_call, a, b, fee) => deployment.pool(a, b, fee)?.address ?? ZERO_ADDRESS,
    feeAmountTickSpacing: (_call, fee) => TICK_SPACINGS.get(fee) ?? 0,
  });
}
