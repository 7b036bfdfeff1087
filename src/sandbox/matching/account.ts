/** One account's balances: total and locked per asset, in 10^-8; free is the difference and never negative. */
export interface Balance {
  total: bigint;
  locked: bigint;
}

export class Account {
  readonly balances = new Map<string, Balance>();
  /** Assets whose balance changed since the last flush. */
  readonly changed = new Set<string>();

  constructor(opening: ReadonlyMap<string, bigint>) {
    for (const [asset, total] of opening) this.balances.set(asset, { total, locked: 0n });
  }

  free(asset: string): bigint {
    const balance = this.balances.get(asset);
    return balance === undefined ? 0n : balance.total - balance.locked;
  }

  credit(asset: string, amount: bigint): void {
    const balance = this.#of(asset);
    balance.total += amount;
    this.changed.add(asset);
  }

  /** Move a lock by `difference` (positive holds more back). */
  lock(asset: string, difference: bigint): void {
    if (difference === 0n) return;
    const balance = this.#of(asset);
    balance.locked += difference;
    this.changed.add(asset);
  }

  #of(asset: string): Balance {
    let balance = this.balances.get(asset);
    if (balance === undefined) this.balances.set(asset, (balance = { total: 0n, locked: 0n }));
    return balance;
  }
}
