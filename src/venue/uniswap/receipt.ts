/** What became of a transaction: only its receipt is the truth. */
import { Topic } from './abi.js';
import { addressAt, addressOf, bigQuantityOf, hashOf, holdsWords, quantityOf, uintAt } from './words.js';

export interface Receipt {
  readonly block: number;
  readonly succeeded: boolean;
  /** Wei. */
  readonly gasPaid: bigint;
  /** What this account got of each token (below 0: gave), base units, by address. */
  readonly changes: ReadonlyMap<string, bigint>;
  /** Index of the first log of a pool, where one is asked for; -1: it logged nothing. */
  indexOfLog(address: string): number;
}

interface ReceiptLog {
  readonly address: string;
  readonly topics: readonly unknown[];
  readonly data: unknown;
  readonly index: number;
}

/** A receipt; undefined where it is none or damaged. Null, which nodes say of what is not mined, is none. */
export function readReceipt(value: unknown, account: string): Receipt | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const receipt = value as Record<string, unknown>;
  const block = quantityOf(receipt.blockNumber);
  const status = quantityOf(receipt.status);
  const gasUsed = bigQuantityOf(receipt.gasUsed);
  const gasPrice = bigQuantityOf(receipt.effectiveGasPrice);
  const logs = logsOf(receipt.logs);
  if (block === undefined || status === undefined || gasUsed === undefined || gasPrice === undefined || logs === undefined || hashOf(receipt.transactionHash) === undefined) return undefined;
  return {
    block, succeeded: status === 1, gasPaid: gasUsed * gasPrice,
    changes: changesOf(logs, account),
    indexOfLog: (address) => logs.find((log) => log.address === address)?.index ?? -1,
  };
}

function logsOf(value: unknown): ReceiptLog[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const logs: ReceiptLog[] = [];
  for (const entry of value as unknown[]) {
    const { address, topics, data, logIndex } = (entry ?? {}) as Record<string, unknown>;
    const from = addressOf(address);
    const index = quantityOf(logIndex);
    if (from === undefined || index === undefined || !Array.isArray(topics)) return undefined;
    logs.push({ address: from, topics: topics as unknown[], data, index });
  }
  return logs;
}

/** Sums of ERC-20 Transfers from and to the account. */
function changesOf(logs: readonly ReceiptLog[], account: string): Map<string, bigint> {
  const changes = new Map<string, bigint>();
  for (const { address, topics: [topic, from, to], data } of logs) {
    if (topic !== Topic.transfer || !holdsWords(from, 1) || !holdsWords(to, 1) || !holdsWords(data, 1)) continue;
    const amount = uintAt(data, 0);
    let change = changes.get(address) ?? 0n;
    if (addressAt(from, 0) === account) change -= amount;
    if (addressAt(to, 0) === account) change += amount;
    changes.set(address, change);
  }
  return changes;
}
