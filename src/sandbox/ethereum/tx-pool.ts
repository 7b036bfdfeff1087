/** Transactions that wait for a block: what is let in, in geth's words when it is not, what replaces what, and who goes first. */
import type { Address, Hex } from 'viem';
import { GAS_LIMIT } from './block.js';
import { balanceSlot, nonceSlot } from './state.js';
import type { Layer } from './state.js';
import { effectiveTip, intrinsicGas, TransactionRefused } from './transaction.js';
import type { Transaction } from './transaction.js';

/** The generator's are always let in. */
const POOL_MAX = 5_000;
/** A replacement must pay this much of what it replaces, percent, in both fees. */
const REPLACEMENT_PERCENT = 110n;
const TRANSACTION_BYTES_MAX = 131_072;

export class TxPool {
  /** Sender → nonce → transaction. */
  readonly #bySender = new Map<Address, Map<number, Transaction>>();
  readonly #byHash = new Map<Hex, Transaction>();

  get(hash: Hex): Transaction | undefined {
    return this.#byHash.get(hash);
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** @throws TransactionRefused */
  add(transaction: Transaction, state: Layer): void {
    if (this.#byHash.has(transaction.hash)) throw new TransactionRefused('already known');
    check(transaction, state);
    const own = this.#bySender.get(transaction.from) ?? new Map<number, Transaction>();
    const former = own.get(transaction.nonce);
    if (former !== undefined && !outbids(transaction, former)) throw new TransactionRefused('replacement transaction underpriced');
    if (former === undefined && !transaction.synthetic && this.#byHash.size >= POOL_MAX) throw new TransactionRefused('txpool is full');
    if (former !== undefined) this.#byHash.delete(former.hash);
    own.set(transaction.nonce, transaction);
    this.#bySender.set(transaction.from, own);
    this.#byHash.set(transaction.hash, transaction);
  }

  /** Transactions of removed blocks wait again; whatever took their place stays. */
  takeBack(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      const own = this.#bySender.get(transaction.from) ?? new Map<number, Transaction>();
      if (own.has(transaction.nonce)) continue;
      own.set(transaction.nonce, transaction);
      this.#bySender.set(transaction.from, own);
      this.#byHash.set(transaction.hash, transaction);
    }
  }

  /** The nonce after everything that waits without a gap. */
  nextNonce(sender: Address, state: Layer): number {
    let nonce = Number(state.get(nonceSlot(sender)));
    const own = this.#bySender.get(sender);
    while (own?.has(nonce) === true) nonce++;
    return nonce;
  }

  /**
   * Those that go into the next block: best tip first, each sender's in the order of nonces, as far as fees, funds and
   * the block's gas allow; of equal tips, the one that came first.
   * @param held whether this one has to wait
   */
  select(state: Layer, baseFee: bigint, held: (transaction: Transaction) => boolean): Transaction[] {
    const queues: Transaction[][] = [];
    for (const [sender, own] of this.#bySender) {
      const queue: Transaction[] = [];
      let funds = state.get(balanceSlot(sender));
      for (let nonce = Number(state.get(nonceSlot(sender))); ; nonce++) {
        const next = own.get(nonce);
        if (next === undefined || next.maxFeePerGas < baseFee || held(next) || funds < costOf(next)) break;
        funds -= costOf(next);
        queue.push(next);
      }
      if (queue.length > 0) queues.push(queue);
    }
    return bestFirst(queues, baseFee);
  }

  /** Forget what the chain has gone past. */
  settle(state: Layer): void {
    for (const [sender, own] of this.#bySender) {
      const next = Number(state.get(nonceSlot(sender)));
      for (const [nonce, { hash }] of own) {
        if (nonce >= next) continue;
        own.delete(nonce);
        this.#byHash.delete(hash);
      }
      if (own.size === 0) this.#bySender.delete(sender);
    }
  }

  remove({ from, nonce, hash }: Transaction): void {
    this.#bySender.get(from)?.delete(nonce);
    this.#byHash.delete(hash);
  }
}

function bestFirst(queues: readonly Transaction[][], baseFee: bigint): Transaction[] {
  const selected: Transaction[] = [];
  let room = GAS_LIMIT;
  const open = queues.map((queue) => ({ queue, at: 0 }));
  while (open.length > 0) {
    let best = 0;
    for (let i = 1; i < open.length; i++) if (tipOf(open[i]) > tipOf(open[best])) best = i;
    const front = open[best];
    const transaction = front.queue[front.at++];
    const fits = transaction.gas <= room;
    if (fits) {
      room -= transaction.gas;
      selected.push(transaction);
    }
    if (!fits || front.at === front.queue.length) open.splice(best, 1);
  }
  return selected;

  function tipOf({ queue, at }: { queue: readonly Transaction[]; at: number }): bigint {
    return effectiveTip(queue[at], baseFee);
  }
}

function check(transaction: Transaction, state: Layer): void {
  const { from, nonce, gas, data, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (data.length / 2 > TRANSACTION_BYTES_MAX) throw new TransactionRefused(`oversized data: transaction size ${data.length / 2}, limit ${TRANSACTION_BYTES_MAX}`);
  if (gas > GAS_LIMIT) throw new TransactionRefused('exceeds block gas limit');
  if (maxPriorityFeePerGas > maxFeePerGas) throw new TransactionRefused('max priority fee per gas higher than max fee per gas');
  const least = intrinsicGas(data);
  if (gas < least) throw new TransactionRefused(`intrinsic gas too low: gas ${gas}, minimum needed ${least}`);
  if (maxPriorityFeePerGas < 1n) throw new TransactionRefused(`transaction underpriced: gas tip cap ${maxPriorityFeePerGas}, minimum needed 1`);
  const next = Number(state.get(nonceSlot(from)));
  if (nonce < next) throw new TransactionRefused(`nonce too low: next nonce ${next}, tx nonce ${nonce}`);
  const balance = state.get(balanceSlot(from));
  const cost = costOf(transaction);
  if (balance < cost) throw new TransactionRefused(`insufficient funds for gas * price + value: balance ${balance}, tx cost ${cost}, overshot ${cost - balance}`);
}

function outbids(transaction: Transaction, former: Transaction): boolean {
  return transaction.maxFeePerGas * 100n >= former.maxFeePerGas * REPLACEMENT_PERCENT && transaction.maxPriorityFeePerGas * 100n >= former.maxPriorityFeePerGas * REPLACEMENT_PERCENT;
}

/** The most it can take from its sender, in wei. */
function costOf({ gas, maxFeePerGas, value }: Transaction): bigint {
  return BigInt(gas) * maxFeePerGas + value;
}
