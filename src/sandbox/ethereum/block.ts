/** Blocks: transactions applied one after another on the state of the block before. */
import type { Address, Hex } from 'viem';
import { applyTransaction } from './apply.js';
import type { Outcome } from './apply.js';
import type { BlockContext, Contract, RawLog } from './execution.js';
import { bloomOf, digestOf, hashOf } from './header.js';
import type { Header } from './header.js';
import { Layer } from './state.js';
import type { Transaction } from './transaction.js';

export const GAS_LIMIT = 36_000_000;
const ELASTICITY = 2n;
const BASE_FEE_CHANGE = 8n;

export interface Log extends RawLog {
  readonly transactionHash: Hex;
  readonly transactionIndex: number;
  /** Within the block. */
  readonly logIndex: number;
}

export interface Mined extends Omit<Outcome, 'logs'> {
  readonly transaction: Transaction;
  readonly cumulativeGasUsed: number;
  readonly logs: readonly Log[];
}

export interface Block extends Header {
  readonly hash: Hex;
  readonly mined: readonly Mined[];
  readonly logs: readonly Log[];
  readonly state: Layer;
}

export interface Proposal {
  /** In the order in which they take effect. */
  readonly transactions: readonly Transaction[];
  readonly timestampS: number;
  readonly extraData: Hex;
  /** Whether this one is made to fail. */
  readonly fails: (transaction: Transaction) => boolean;
}

export function buildBlock(contracts: ReadonlyMap<Address, Contract>, parent: Block, { transactions, timestampS, extraData, fails }: Proposal): Block {
  const context: BlockContext = { number: parent.number + 1, timestampS, baseFee: nextBaseFee(parent) };
  const state = new Layer(parent.state);
  const mined: Mined[] = [];
  const logs: Log[] = [];
  let gasUsed = 0;
  for (const transaction of transactions) {
    const outcome = applyTransaction(contracts, state, context, transaction, fails(transaction));
    const transactionIndex = mined.length;
    const own = outcome.logs.map((log, i): Log => ({ ...log, transactionHash: transaction.hash, transactionIndex, logIndex: logs.length + i }));
    gasUsed += outcome.gasUsed;
    mined.push({ ...outcome, transaction, cumulativeGasUsed: gasUsed, logs: own });
    logs.push(...own);
  }
  return seal({ number: context.number, parentHash: parent.hash, timestampS, baseFee: context.baseFee, gasUsed, extraData }, mined, logs, state);
}

type Own = Pick<Header, 'number' | 'parentHash' | 'timestampS' | 'baseFee' | 'gasUsed' | 'extraData'>;

/** Put a header on a block's content. */
export function seal(own: Own, mined: readonly Mined[], logs: readonly Log[], state: Layer): Block {
  const transactionsRoot = digestOf(mined.map(({ transaction }) => transaction.hash));
  const receiptsRoot = digestOf(logs.flatMap(({ topics, data }) => [...topics, data]));
  const header: Header = {
    ...own, gasLimit: GAS_LIMIT, logsBloom: bloomOf(logs), transactionsRoot, receiptsRoot,
    stateRoot: digestOf([own.parentHash, transactionsRoot]), mixHash: digestOf([own.parentHash, receiptsRoot]),
  };
  return { ...header, hash: hashOf(header), mined, logs, state };
}

/** EIP-1559: up to an eighth up or down, by how far the parent was from half full. */
export function nextBaseFee({ baseFee, gasUsed, gasLimit }: Pick<Header, 'baseFee' | 'gasUsed' | 'gasLimit'>): bigint {
  const target = BigInt(gasLimit) / ELASTICITY;
  const excess = BigInt(gasUsed) - target;
  const change = (baseFee * (excess < 0n ? -excess : excess)) / target / BASE_FEE_CHANGE;
  if (excess > 0n) return baseFee + (change > 0n ? change : 1n);
  return excess === 0n ? baseFee : baseFee - change;
}
