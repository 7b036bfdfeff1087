/** The chain's end as the node's heads tell it: what follows on what, and where it was written anew. */
import { bigQuantityOf, hashOf, quantityOf } from './words.js';

export interface Head {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Unix seconds. */
  readonly time: number;
  /** Wei a unit of gas, of the next block; undefined where the header has none. */
  readonly nextBaseFee: bigint | undefined;
}

/** What a head means for what is known of the chain. */
export type Step =
  /** It follows on the last one, or is the first. */
  | { readonly kind: 'next' }
  | { readonly kind: 'known' }
  /** It takes the place of a block of that number: all from there on are gone. */
  | { readonly kind: 'instead'; readonly from: number }
  /** Heads were missed. */
  | { readonly kind: 'gap' };

/** Blocks remembered; the chain is not rewritten deeper than this without our reading everything anew. */
export const REMEMBERED_BLOCKS = 64;

/** Base fees change by at most an eighth from block to block. Source: EIP-1559. */
function baseFeeAfter(baseFee: bigint, gasUsed: bigint, gasLimit: bigint): bigint {
  const target = gasLimit / 2n;
  if (target === 0n || gasUsed === target) return baseFee;
  if (gasUsed > target) {
    const rise = (baseFee * (gasUsed - target)) / target / 8n;
    return baseFee + (rise > 1n ? rise : 1n);
  }
  return baseFee - (baseFee * (target - gasUsed)) / target / 8n;
}

/** A header of newHeads or eth_getBlockByNumber; undefined where it is none. */
export function readHead(value: unknown): Head | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const header = value as Record<string, unknown>;
  const number = quantityOf(header.number);
  const time = quantityOf(header.timestamp);
  const hash = hashOf(header.hash);
  const parentHash = hashOf(header.parentHash);
  if (number === undefined || time === undefined || hash === undefined || parentHash === undefined) return undefined;
  const [baseFee, gasUsed, gasLimit] = [header.baseFeePerGas, header.gasUsed, header.gasLimit].map(bigQuantityOf);
  const nextBaseFee = baseFee === undefined || gasUsed === undefined || gasLimit === undefined ? baseFee : baseFeeAfter(baseFee, gasUsed, gasLimit);
  return { number, hash, parentHash, time, nextBaseFee };
}

export class Chain {
  private readonly hashes = new Map<number, string>();
  last: Head | undefined;

  /** Take a head in; one that does not follow on what is known (`gap`) is not taken. */
  onHead(head: Head): Step {
    const step = this.stepTo(head);
    if (step.kind === 'known' || step.kind === 'gap') return step;
    for (const number of this.hashes.keys()) if (number >= head.number || number <= head.number - REMEMBERED_BLOCKS) this.hashes.delete(number);
    this.hashes.set(head.number - 1, head.parentHash);
    this.hashes.set(head.number, head.hash);
    this.last = head;
    return step;
  }

  /** The hash of a block, where it is remembered. */
  hashOf(number: number): string | undefined {
    return this.hashes.get(number);
  }

  private stepTo(head: Head): Step {
    const { last } = this;
    if (last === undefined) return { kind: 'next' };
    // An old head again: the chain may end there now, or the node said it twice. Only the node can tell.
    if (this.hashes.get(head.number) === head.hash) return { kind: head.number >= last.number ? 'known' : 'gap' };
    if (head.number > last.number + 1 || this.hashes.get(head.number - 1) !== head.parentHash) return { kind: 'gap' };
    return head.number === last.number + 1 ? { kind: 'next' } : { kind: 'instead', from: head.number };
  }
}
