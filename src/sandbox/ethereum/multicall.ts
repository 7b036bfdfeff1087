/** Multicall3: many calls in one, each of which may be allowed to fail. */
import { MULTICALL3_ABI } from './abi.js';
import { MULTICALL3 } from './addresses.js';
import { revert } from './execution.js';
import type { Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import { balanceSlot } from './state.js';
import { CHAIN_ID } from './transaction.js';

export function multicall3(): Contract {
  return nativeContract(MULTICALL3, MULTICALL3_ABI, {
    aggregate3: ({ execution }, calls) => calls.map(({ target, allowFailure, callData }) => {
      const outcome = execution.attempt(() => execution.call(MULTICALL3, target, callData));
      if ('result' in outcome) return { success: true, returnData: outcome.result };
      if (!allowFailure) revert('Multicall3: call failed');
      return { success: false, returnData: outcome.revert.data };
    }),
    getBlockNumber: ({ execution }) => BigInt(execution.block.number),
    getCurrentBlockTimestamp: ({ execution }) => BigInt(execution.block.timestampS),
    getBasefee: ({ execution }) => execution.block.baseFee,
    getChainId: () => BigInt(CHAIN_ID),
    getEthBalance: ({ execution: { state } }, account) => state.get(balanceSlot(account)),
  });
}
