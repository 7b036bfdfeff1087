/** What the node answers, method by method. Everything here is synchronous and changes nothing. */
import { toHex } from 'viem/utils';
import type { Address } from 'viem';
import { ZERO_ADDRESS } from './addresses.js';
import { GAS_LIMIT, nextBaseFee } from './block.js';
import type { Block } from './block.js';
import { Execution, OutOfGas, Revert } from './execution.js';
import { LogFilter } from './log-filter.js';
import type { EthereumNode } from './node.js';
import { blockJson, logJson, receiptJson, rewardsOf, transactionJson } from './render.js';
import { INVALID_PARAMS, invalidParam, LIMIT_EXCEEDED, reverted, RpcError, serverError } from './rpc-error.js';
import { asAddress, asData, asHash, asObject, asQuantity, blockWithState, findBlock, required } from './rpc-params.js';
import type { Params } from './rpc-params.js';
import { balanceSlot, Layer, nonceSlot } from './state.js';
import { CHAIN_ID, intrinsicGas } from './transaction.js';

export type Method = (params: Params) => unknown;

const CLIENT_VERSION = 'RingsideSandbox/v1.0.0/linux/node';
/** Gas that a call may use where it names none, as geth's --rpc.gascap. */
const CALL_GAS_MAX = 50_000_000;
/** One question for logs may span this many blocks and find this many logs. */
const LOG_RANGE_MAX = 2_000;
const LOGS_MAX = 10_000;
const FEE_HISTORY_MAX = 1_024;
const SUGGESTED_TIP = 100_000_000n;
/** Code of a contract that is native here: it says so when run. */
const STAND_IN_CODE = '0x60006000fd';

export function readMethods(node: EthereumNode): Readonly<Record<string, Method>> {
  const { chain, pool, contracts } = node;
  const blockOf = (params: Params, full: boolean, block: Block | undefined): unknown => (block === undefined ? null : blockJson(block, params[1] === true && full));
  return {
    web3_clientVersion: () => CLIENT_VERSION,
    net_version: () => String(CHAIN_ID),
    net_listening: () => true,
    eth_chainId: () => toHex(CHAIN_ID),
    eth_syncing: () => false,
    eth_accounts: () => [],
    eth_blockNumber: () => toHex(chain.head.number),
    eth_getBlockByNumber: (params) => blockOf(params, true, findBlock(chain, required(params, 0), 0)),
    eth_getBlockByHash: (params) => blockOf(params, true, chain.byHash(asHash(required(params, 0), 0))),
    eth_getBlockTransactionCountByNumber: (params) => toHex(findBlock(chain, required(params, 0), 0)?.mined.length ?? 0),
    eth_gasPrice: () => toHex(nextBaseFee(chain.head) + SUGGESTED_TIP),
    eth_maxPriorityFeePerGas: () => toHex(SUGGESTED_TIP),
    eth_feeHistory: (params) => feeHistory(node, params),
    eth_getBalance: (params) => toHex(blockWithState(chain, params[1], 1).state.get(balanceSlot(asAddress(required(params, 0), 0)))),
    eth_getTransactionCount: (params) => {
      const account = asAddress(required(params, 0), 0);
      if (params[1] === 'pending') return toHex(pool.nextNonce(account, chain.head.state));
      return toHex(blockWithState(chain, params[1], 1).state.get(nonceSlot(account)));
    },
    eth_getCode: (params) => (contracts.has(asAddress(required(params, 0), 0)) ? STAND_IN_CODE : '0x'),
    eth_getTransactionByHash: (params) => {
      const hash = asHash(required(params, 0), 0);
      const located = chain.locate(hash);
      const transaction = located?.mined.transaction ?? pool.get(hash);
      return transaction === undefined ? null : transactionJson(transaction, located);
    },
    eth_getTransactionReceipt: (params) => {
      const located = chain.locate(asHash(required(params, 0), 0));
      return located === undefined ? null : receiptJson(located);
    },
    eth_getBlockReceipts: (params) => {
      const block = findBlock(chain, required(params, 0), 0);
      return block === undefined ? null : block.mined.map((mined) => receiptJson({ block, mined }));
    },
    eth_call: (params) => run(node, params, 'latest').returned,
    eth_estimateGas: (params) => toHex(run(node, params, 'latest').gasUsed),
    eth_getLogs: (params) => logs(node, params),
  };
}

/** @throws RpcError code 3 when the call reverts */
function run({ chain, contracts }: EthereumNode, params: Params, fallback: string): { returned: string; gasUsed: number } {
  const call = asObject(required(params, 0), 0);
  const block = blockWithState(chain, params[1] ?? fallback, 1);
  const from: Address = call['from'] === undefined || call['from'] === null ? ZERO_ADDRESS : asAddress(call['from'], 0);
  const to = call['to'] === undefined || call['to'] === null ? undefined : asAddress(call['to'], 0);
  if (to === undefined) throw serverError('contract creation is not part of this sandbox');
  const given = call['input'] ?? call['data'];
  const data = given === undefined || given === null ? '0x' : asData(given, 0);
  const value = call['value'] === undefined || call['value'] === null ? 0n : asQuantity(call['value'], 0);
  const gas = call['gas'] === undefined || call['gas'] === null ? CALL_GAS_MAX : Math.min(CALL_GAS_MAX, Number(asQuantity(call['gas'], 0)));
  checkFees(call, from, nextBaseFee(block));
  const execution = new Execution(contracts, new Layer(block.state), { number: block.number + 1, timestampS: block.timestampS, baseFee: nextBaseFee(block) }, gas);
  if (value > block.state.get(balanceSlot(from))) throw serverError(`insufficient funds for gas * price + value: address ${from} have ${block.state.get(balanceSlot(from))} want ${value}`);
  try {
    execution.use(intrinsicGas(data));
    const returned = execution.call(from, to, data, value);
    return { returned, gasUsed: execution.gasUsed };
  } catch (error) {
    if (error instanceof Revert) throw reverted(error.data);
    if (error instanceof OutOfGas) throw serverError('out of gas');
    throw error;
  }
}

/** A caller who says what he would pay must be able to pay it. */
function checkFees(call: Record<string, unknown>, from: Address, baseFee: bigint): void {
  if (call['maxFeePerGas'] === undefined || call['maxFeePerGas'] === null) return;
  const fee = asQuantity(call['maxFeePerGas'], 0);
  if (fee !== 0n && fee < baseFee) throw serverError(`max fee per gas less than block base fee: address ${from}, maxFeePerGas: ${fee}, baseFee: ${baseFee}`);
}

function logs({ chain }: EthereumNode, params: Params): unknown[] {
  const criteria = asObject(required(params, 0), 0);
  const filter = new LogFilter(criteria, 0);
  const found: unknown[] = [];
  const collect = (block: Block): void => {
    for (const log of block.logs) if (filter.takes(log)) found.push(logJson(log, block, false));
    if (found.length > LOGS_MAX) throw new RpcError(LIMIT_EXCEEDED, `query returned more than ${LOGS_MAX} results`);
  };
  if (criteria['blockHash'] !== undefined) {
    if (criteria['fromBlock'] !== undefined || criteria['toBlock'] !== undefined) throw new RpcError(INVALID_PARAMS, 'cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other');
    const block = chain.byHash(asHash(criteria['blockHash'], 0));
    if (block === undefined) throw serverError('unknown block');
    collect(block);
    return found;
  }
  const from = numberOf(chain.head.number, criteria['fromBlock'], findBlock(chain, criteria['fromBlock'], 0));
  const to = numberOf(chain.head.number, criteria['toBlock'], findBlock(chain, criteria['toBlock'], 0));
  if (from > to) throw new RpcError(INVALID_PARAMS, 'invalid block range params');
  if (to - from >= LOG_RANGE_MAX) throw new RpcError(LIMIT_EXCEEDED, `exceed maximum block range: ${LOG_RANGE_MAX}`);
  for (let number = Math.max(from, chain.first); number <= Math.min(to, chain.head.number); number++) collect(chain.at(number)!);
  return found;
}

/** Numbers of blocks that are not there yet, or no more, are fine in a range. */
function numberOf(head: number, given: unknown, block: Block | undefined): number {
  return block?.number ?? (given === undefined ? head : Number(BigInt(given as string)));
}

function feeHistory({ chain }: EthereumNode, params: Params): unknown {
  const asked = typeof params[0] === 'number' ? params[0] : Number(asQuantity(required(params, 0), 0));
  const newest = findBlock(chain, params[1], 1);
  if (newest === undefined) throw serverError('request beyond head block');
  const percentiles = params[2] ?? [];
  if (!Array.isArray(percentiles) || percentiles.some((value, i) => typeof value !== 'number' || value < 0 || value > 100 || (i > 0 && value < percentiles[i - 1]))) throw invalidParam(2, 'invalid reward percentile');
  const count = Math.min(asked, FEE_HISTORY_MAX, newest.number - chain.first + 1);
  const blocks = Array.from({ length: count }, (_, i) => chain.at(newest.number - count + 1 + i)!);
  return {
    oldestBlock: toHex(newest.number - count + 1), baseFeePerGas: [...blocks.map(({ baseFee }) => toHex(baseFee)), toHex(nextBaseFee(newest))],
    gasUsedRatio: blocks.map(({ gasUsed }) => gasUsed / GAS_LIMIT), baseFeePerBlobGas: Array.from({ length: count + 1 }, () => '0x1'), blobGasUsedRatio: blocks.map(() => 0),
    ...(percentiles.length === 0 ? {} : { reward: blocks.map((block) => rewardsOf(block, percentiles as number[])) }),
  };
}
