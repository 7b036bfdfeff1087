/**
 * The node without its sockets: chain, pool and traffic, driven step by step. Halfway between two blocks the traffic of
 * the next one is let loose, at a block's time whoever is in the pool and pays is in it.
 */
import { toHex } from 'viem/utils';
import type { Address, Hex } from 'viem';
import type { Faults } from '../faults.js';
import { fundedAccount } from './accounts.js';
import type { FundedAccount } from './accounts.js';
import { buildBlock, nextBaseFee } from './block.js';
import type { Block } from './block.js';
import { Chain } from './chain.js';
import type { ChainEvent } from './chain.js';
import { contractsOf } from './contracts.js';
import type { Deployment } from './deployment.js';
import type { Contract } from './execution.js';
import { firstBlocks } from './genesis.js';
import { listMarkets } from './market.js';
import type { Market } from './market.js';
import { EVERYBODY_ELSE, foundersOf, Traffic } from './traffic.js';
import { effectiveTip } from './transaction.js';
import type { Transaction } from './transaction.js';
import { TxPool } from './tx-pool.js';

export interface NodeOptions {
  readonly seed: number;
  /** Steps from one block to the next, at least 2. */
  readonly stepsPerBlock: number;
  readonly stepMs: number;
  readonly virtualMs: () => number;
  readonly faults: Faults;
  /** Nobody of the generator trades. */
  readonly isFrozen: () => boolean;
  /** Fair price of a canonical pair now; undefined: there is no such pair. */
  readonly fair: (pair: string) => number | undefined;
}

/** Transactions of clients that are remembered for the ledger. */
const SENT_MAX = 10_000;

export class EthereumNode {
  readonly account: FundedAccount;
  readonly chain: Chain;
  readonly pool = new TxPool();
  readonly deployment: Deployment;
  readonly markets: readonly Market[];
  readonly contracts: ReadonlyMap<Address, Contract>;
  /** What clients sent and was taken, oldest first. */
  readonly sent: Transaction[] = [];
  onChain: (event: ChainEvent) => void = () => undefined;
  onPending: (transaction: Transaction) => void = () => undefined;
  readonly #options: NodeOptions;
  readonly #traffic: Traffic;
  /** Hash → virtual time until which it is kept out of blocks. */
  readonly #heldUntilMs = new Map<Hex, number>();
  /** Those made to fail, which they do in every branch. */
  readonly #failing = new Set<Hex>();
  #branch = 0;

  constructor(options: NodeOptions) {
    const { seed, fair, virtualMs, stepMs, stepsPerBlock } = options;
    this.#options = options;
    this.account = fundedAccount(seed);
    const { deployment, markets } = listMarkets(fair);
    this.deployment = deployment;
    this.markets = markets;
    this.contracts = new Map([...contractsOf(deployment), [EVERYBODY_ELSE.address, EVERYBODY_ELSE]]);
    const founders = foundersOf(seed, this.account.address);
    const [genesis, first] = firstBlocks(seed, Math.floor(virtualMs() / 1000), this.contracts, deployment.tokens, markets, founders);
    this.chain = new Chain(genesis);
    this.chain.extend(first);
    this.#traffic = new Traffic(seed, markets, founders, (pair) => fair(pair)!, stepsPerBlock * stepMs, virtualMs());
  }

  /** @param step number of the market's step */
  advance(step: number): void {
    const { stepsPerBlock, faults, virtualMs, isFrozen } = this.#options;
    if (faults.active('stall')) return;
    const at = step % stepsPerBlock;
    if (at === Math.floor(stepsPerBlock / 2)) this.#letLoose(this.#traffic.next(this.chain.head, this.pool, virtualMs(), isFrozen()));
    if (at !== 0) return;
    const depth = faults.takeAll('reorg');
    const depthOut = faults.takeAll('reorg-out');
    if (depth + depthOut > 0) this.#reorganize(Math.max(depth, depthOut), depthOut > 0);
    else this.#extend();
  }

  /** @throws TransactionRefused */
  submit(transaction: Transaction): void {
    const { faults, virtualMs } = this.#options;
    if (faults.take('drop-transactions') !== null) return;
    this.pool.add(transaction, this.chain.head.state);
    const heldMs = faults.take('stuck-pending');
    if (heldMs !== null) this.#heldUntilMs.set(transaction.hash, virtualMs() + heldMs);
    if (this.sent.length >= SENT_MAX) this.sent.shift();
    this.sent.push(transaction);
    this.onPending(transaction);
  }

  /** A crossing on demand: see Traffic.push. */
  push(market: Market, bps: number, holdMs: number): void {
    this.#letLoose(this.#traffic.push(market, bps, holdMs, this.chain.head, this.pool, this.#options.virtualMs()));
  }

  #letLoose(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      this.pool.add(transaction, this.chain.head.state);
      this.onPending(transaction);
    }
  }

  #extend(): void {
    const { head } = this.chain;
    const block = this.#build(head, this.pool.select(head.state, nextBaseFee(head), (transaction) => this.#isHeld(transaction)));
    this.chain.extend(block);
    this.pool.settle(block.state);
    this.onChain({ removed: [], added: [block] });
  }

  /**
   * The last blocks turn out not to have been: others of the same height take their place, with the same transactions
   * the other way round as far as nonces allow. @param out clients' transactions are left out and wait again
   */
  #reorganize(depth: number, out: boolean): void {
    const removed = this.chain.turnBack(depth);
    const added: Block[] = [];
    for (const { mined } of removed) {
      const transactions = mined.map(({ transaction }) => transaction);
      this.pool.takeBack(transactions);
      const { head } = this.chain;
      const block = this.#build(head, reversed(transactions.filter(({ synthetic }) => synthetic || !out), nextBaseFee(head)));
      this.chain.extend(block);
      added.push(block);
    }
    this.pool.settle(this.chain.head.state);
    this.onChain({ removed, added });
  }

  #build(parent: Block, transactions: readonly Transaction[]): Block {
    const timestampS = Math.max(parent.timestampS, Math.floor(this.#options.virtualMs() / 1000));
    return buildBlock(this.contracts, parent, { transactions, timestampS, extraData: toHex(`ringside ${this.#branch++}`), fails: (transaction) => this.#fails(transaction) });
  }

  #isHeld({ hash }: Transaction): boolean {
    const untilMs = this.#heldUntilMs.get(hash);
    if (untilMs === undefined) return false;
    if (this.#options.virtualMs() < untilMs) return true;
    this.#heldUntilMs.delete(hash);
    return false;
  }

  #fails({ hash, synthetic }: Transaction): boolean {
    if (synthetic) return false;
    if (this.#options.faults.take('revert-transactions') !== null) this.#failing.add(hash);
    return this.#failing.has(hash);
  }
}

/** Worst tip first, each sender's in the order of nonces; what the base fee has risen above waits. */
function reversed(transactions: readonly Transaction[], baseFee: bigint): Transaction[] {
  const bySender = new Map<Address, Transaction[]>();
  for (const transaction of transactions) {
    const own = bySender.get(transaction.from);
    if (own === undefined) bySender.set(transaction.from, [transaction]);
    else own.push(transaction);
  }
  const payable = [...bySender.values()].filter((own) => own.every(({ maxFeePerGas }) => maxFeePerGas >= baseFee));
  return payable.sort((a, b) => Number(effectiveTip(a[0], baseFee) - effectiveTip(b[0], baseFee))).flat();
}
