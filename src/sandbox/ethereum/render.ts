/** Blocks, transactions, receipts and logs as JSON-RPC shows them. */
import { toHex } from 'viem/utils';
import type { Hex } from 'viem';
import type { Block, Log, Mined } from './block.js';
import type { Located } from './chain.js';
import { bloomOf, COINBASE, EMPTY_TRIE, EMPTY_UNCLES, ZERO_NONCE, ZERO_WORD } from './header.js';
import { CHAIN_ID } from './transaction.js';
import type { Transaction } from './transaction.js';

/** Header fields, as `newHeads` sends them. */
export function headJson(block: Block): Record<string, unknown> {
  return {
    number: toHex(block.number), hash: block.hash, parentHash: block.parentHash, nonce: ZERO_NONCE, sha3Uncles: EMPTY_UNCLES, logsBloom: block.logsBloom,
    transactionsRoot: block.transactionsRoot, stateRoot: block.stateRoot, receiptsRoot: block.receiptsRoot, miner: COINBASE, difficulty: '0x0', extraData: block.extraData,
    gasLimit: toHex(block.gasLimit), gasUsed: toHex(block.gasUsed), timestamp: toHex(block.timestampS), mixHash: block.mixHash, baseFeePerGas: toHex(block.baseFee),
    withdrawalsRoot: EMPTY_TRIE, blobGasUsed: '0x0', excessBlobGas: '0x0', parentBeaconBlockRoot: ZERO_WORD,
  };
}

/** About the size of a header, and each transaction's own. */
const HEADER_BYTES = 620;
const TRANSACTION_BYTES = 120;

export function blockJson(block: Block, full: boolean): Record<string, unknown> {
  const bytes = block.mined.reduce((sum, { transaction: { data } }) => sum + TRANSACTION_BYTES + data.length / 2, HEADER_BYTES);
  return {
    ...headJson(block), size: toHex(Math.floor(bytes)), uncles: [], withdrawals: [],
    transactions: block.mined.map((mined) => (full ? transactionJson(mined.transaction, { block, mined }) : mined.transaction.hash)),
  };
}

/** @param located undefined: it waits in the pool */
export function transactionJson(transaction: Transaction, located: Located | undefined): Record<string, unknown> {
  const { from, to, nonce, value, data, gas, hash, maxFeePerGas, maxPriorityFeePerGas, signature: { r, s, yParity } } = transaction;
  return {
    blockHash: located?.block.hash ?? null, blockNumber: located === undefined ? null : toHex(located.block.number),
    transactionIndex: located === undefined ? null : toHex(located.block.mined.indexOf(located.mined)),
    from, to, gas: toHex(gas), gasPrice: toHex(located?.mined.effectiveGasPrice ?? maxFeePerGas), maxFeePerGas: toHex(maxFeePerGas), maxPriorityFeePerGas: toHex(maxPriorityFeePerGas),
    hash, input: data, nonce: toHex(nonce), value: toHex(value), type: '0x2', accessList: [], chainId: toHex(CHAIN_ID),
    v: toHex(yParity), r: toHex(BigInt(r)), s: toHex(BigInt(s)), yParity: toHex(yParity),
  };
}

export function receiptJson({ block, mined }: Located): Record<string, unknown> {
  const { transaction: { hash, from, to }, status, gasUsed, cumulativeGasUsed, effectiveGasPrice, logs } = mined;
  return {
    blockHash: block.hash, blockNumber: toHex(block.number), transactionHash: hash, transactionIndex: toHex(block.mined.indexOf(mined)), from, to, contractAddress: null,
    status: toHex(status), type: '0x2', gasUsed: toHex(gasUsed), cumulativeGasUsed: toHex(cumulativeGasUsed), effectiveGasPrice: toHex(effectiveGasPrice), logsBloom: bloomOf(logs),
    logs: logs.map((log) => logJson(log, block, false)),
  };
}

export function logJson(log: Log, block: Block, removed: boolean): Record<string, unknown> {
  return {
    address: log.address, topics: log.topics, data: log.data, blockNumber: toHex(block.number), transactionHash: log.transactionHash,
    transactionIndex: toHex(log.transactionIndex), blockHash: block.hash, blockTimestamp: toHex(block.timestampS), logIndex: toHex(log.logIndex), removed,
  };
}

/** What a block's transactions paid as tips, at these percentiles of its gas. */
export function rewardsOf({ mined, baseFee, gasUsed }: Block, percentiles: readonly number[]): Hex[] {
  const paid = mined.map(({ effectiveGasPrice, gasUsed: gas }: Mined) => ({ tip: effectiveGasPrice - baseFee, gas })).sort((a, b) => Number(a.tip - b.tip));
  return percentiles.map((percentile) => {
    const threshold = (gasUsed * percentile) / 100;
    let sum = 0;
    const reached = paid.find(({ gas }) => (sum += gas) >= threshold);
    return toHex((reached ?? paid[paid.length - 1])?.tip ?? 0n);
  });
}
