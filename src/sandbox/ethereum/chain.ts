/** The canonical chain: its blocks by number and hash, its transactions, and how it is extended and turned back. */
import type { Hex } from 'viem';
import type { Block, Mined } from './block.js';

/** Blocks that are remembered, with their logs. */
const BLOCKS_MAX = 5_000;
/** Blocks whose state can still be read, as with a node that keeps no archive. */
export const STATES_MAX = 128;
/** How far behind the head a block is called safe and final: one and two epochs. */
const SAFE_BLOCKS = 32;
const FINAL_BLOCKS = 64;

/** What became of the chain's end: blocks that are no longer part of it (lowest first), then those that now are. */
export interface ChainEvent {
  readonly removed: readonly Block[];
  readonly added: readonly Block[];
}

export interface Located {
  readonly block: Block;
  readonly mined: Mined;
}

export class Chain {
  readonly #canonical = new Map<number, Block>();
  /** Orphans too, while their state can be read. */
  readonly #byHash = new Map<Hex, Block>();
  readonly #located = new Map<Hex, Located>();
  /** Oldest first. */
  readonly #orphans: Block[] = [];
  #first: number;
  #head: Block;

  constructor(genesis: Block) {
    this.#head = genesis;
    this.#first = genesis.number;
    this.#add(genesis);
  }

  get head(): Block {
    return this.#head;
  }

  /** Number of the oldest block that is remembered. */
  get first(): number {
    return this.#first;
  }

  at(number: number): Block | undefined {
    return this.#canonical.get(number);
  }

  byHash(hash: Hex): Block | undefined {
    return this.#byHash.get(hash);
  }

  /** Where a transaction was mined, on the canonical chain. */
  locate(hash: Hex): Located | undefined {
    return this.#located.get(hash);
  }

  isCanonical(block: Block): boolean {
    return this.#canonical.get(block.number) === block;
  }

  get safe(): Block {
    return this.at(Math.max(this.#first, this.#head.number - SAFE_BLOCKS))!;
  }

  get finalized(): Block {
    return this.at(Math.max(this.#first, this.#head.number - FINAL_BLOCKS))!;
  }

  /** The state of a block is there for a while only. */
  hasState(block: Block): boolean {
    return this.#head.number - block.number < STATES_MAX;
  }

  /** @param block its parent is the head */
  extend(block: Block): void {
    this.#add(block);
    this.#head = block;
    this.at(block.number - STATES_MAX + 1)?.state.settleParent();
    while (this.#orphans.length > 0 && !this.hasState(this.#orphans[0])) this.#byHash.delete(this.#orphans.shift()!.hash);
    for (; block.number - this.#first >= BLOCKS_MAX; this.#first++) this.#forget(this.at(this.#first)!);
  }

  /** Take the last blocks off; returns them, lowest first. At least the first block stays. */
  turnBack(depth: number): Block[] {
    const removed: Block[] = [];
    while (removed.length < depth && this.#head.number > this.#first) {
      removed.unshift(this.#head);
      this.#canonical.delete(this.#head.number);
      for (const { transaction } of this.#head.mined) this.#located.delete(transaction.hash);
      this.#head = this.at(this.#head.number - 1)!;
    }
    this.#orphans.push(...removed);
    return removed;
  }

  #add(block: Block): void {
    this.#canonical.set(block.number, block);
    this.#byHash.set(block.hash, block);
    for (const mined of block.mined) this.#located.set(mined.transaction.hash, { block, mined });
  }

  #forget(block: Block): void {
    this.#canonical.delete(block.number);
    this.#byHash.delete(block.hash);
    for (const { transaction } of block.mined) this.#located.delete(transaction.hash);
  }
}
