/** A transaction takes effect: gas is bought and paid for whether or not the call succeeds. */
import type { Address } from 'viem';
import { Execution, OutOfGas, Revert } from './execution.js';
import type { BlockContext, Contract, RawLog } from './execution.js';
import { COINBASE } from './header.js';
import { balanceSlot, Layer, nonceSlot } from './state.js';
import { effectiveTip, intrinsicGas } from './transaction.js';
import type { Transaction } from './transaction.js';

export interface Outcome {
  /** 0: reverted or out of gas. */
  readonly status: 0 | 1;
  readonly gasUsed: number;
  /** Wei. */
  readonly effectiveGasPrice: bigint;
  readonly logs: readonly RawLog[];
}

/** @param failing it reverts whatever it does: a fault */
export function applyTransaction(contracts: ReadonlyMap<Address, Contract>, state: Layer, block: BlockContext, transaction: Transaction, failing: boolean): Outcome {
  const { from, to, data, value, gas } = transaction;
  const price = block.baseFee + effectiveTip(transaction, block.baseFee);
  state.add(nonceSlot(from), 1n);
  state.add(balanceSlot(from), -price * BigInt(gas));
  const layer = new Layer(state);
  const execution = new Execution(contracts, layer, block, gas);
  const status = succeeds(() => {
    execution.use(intrinsicGas(data));
    execution.call(from, to, data, value);
    if (failing) throw new Revert('0x');
  }) ? 1 : 0;
  if (status === 1) layer.commit();
  const { gasUsed } = execution;
  state.add(balanceSlot(from), price * BigInt(gas - gasUsed));
  state.add(balanceSlot(COINBASE), (price - block.baseFee) * BigInt(gasUsed));
  return { status, gasUsed, effectiveGasPrice: price, logs: status === 1 ? execution.logs : [] };
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Revert || error instanceof OutOfGas) return false;
    throw error;
  }
}
