/**
 * What the chain remembers, in layers: the writes of a block lie over those of the block before it, the writes of a
 * transaction over those of its block. A revert or a reorg drops layers; a read at an old block starts at its layer.
 */
export class Layer {
  readonly #writes = new Map<string, bigint>();
  #parent: Layer | null;

  constructor(parent: Layer | null) {
    this.#parent = parent;
  }

  /** 0 where nothing was ever written, as on the chain. */
  get(slot: string): bigint {
    let value = this.#writes.get(slot);
    for (let layer = this.#parent; value === undefined && layer !== null; layer = layer.#parent) value = layer.#writes.get(slot);
    return value ?? 0n;
  }

  set(slot: string, value: bigint): void {
    this.#writes.set(slot, value);
  }

  add(slot: string, difference: bigint): void {
    this.set(slot, this.get(slot) + difference);
  }

  /** Hand these writes to the layer below. */
  commit(): void {
    for (const [slot, value] of this.#writes) this.#parent!.#writes.set(slot, value);
  }

  /** Merge the layer below into the one under it, where there is one: what was below cannot be undone any more. */
  settleParent(): void {
    const below = this.#parent;
    if (below === null || below.#parent === null) return;
    below.commit();
    below.#writes.clear();
    this.#parent = below.#parent;
  }
}

/** Where the chain itself keeps what it knows of an account. */
export const balanceSlot = (account: string): string => `wei ${account}`;
export const nonceSlot = (account: string): string => `nonce ${account}`;
