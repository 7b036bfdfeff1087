/** Running a call: who calls what, on which state, with how much gas; what it logs; and how it fails. */
import { encodeAbiParameters } from 'viem/utils';
import type { Address, Hex } from 'viem';
import { balanceSlot, Layer } from './state.js';

/** `data` is what the contract says: `Error(string)`, or nothing. */
export class Revert extends Error {
  constructor(readonly data: Hex) {
    super('execution reverted');
  }
}

export class OutOfGas extends Error {
  constructor() {
    super('out of gas');
  }
}

const ERROR_SELECTOR = '0x08c379a0';

/** Revert with `Error(reason)`; without a reason, as a bare `require` does. */
export function revert(reason?: string): never {
  throw new Revert(reason === undefined ? '0x' : `${ERROR_SELECTOR}${encodeAbiParameters([{ type: 'string' }], [reason]).slice(2)}`);
}

export function require(condition: boolean, reason?: string): asserts condition {
  if (!condition) revert(reason);
}

export interface RawLog {
  address: Address;
  topics: Hex[];
  data: Hex;
}

/** What a contract can see of the block it runs in. */
export interface BlockContext {
  number: number;
  timestampS: number;
  baseFee: bigint;
}

export interface Contract {
  readonly address: Address;
  run(call: Call, data: Hex): Hex;
}

export interface Call {
  readonly execution: Execution;
  /** msg.sender */
  readonly sender: Address;
  readonly value: bigint;
}

const WORD = 1n << 256n;

/** One 32-byte word, without 0x: numbers in two's complement, addresses padded. */
export function word(value: bigint | number | Address): string {
  if (typeof value === 'string') return value.slice(2).padStart(64, '0');
  const whole = BigInt(value);
  return (whole < 0n ? whole + WORD : whole).toString(16).padStart(64, '0');
}

export class Execution {
  readonly block: BlockContext;
  readonly logs: RawLog[] = [];
  readonly #contracts: ReadonlyMap<Address, Contract>;
  readonly #gasLimit: number;
  #state: Layer;
  #gasUsed = 0;

  constructor(contracts: ReadonlyMap<Address, Contract>, state: Layer, block: BlockContext, gasLimit: number) {
    this.#contracts = contracts;
    this.#state = state;
    this.block = block;
    this.#gasLimit = gasLimit;
  }

  get state(): Layer {
    return this.#state;
  }

  get gasUsed(): number {
    return this.#gasUsed;
  }

  use(gas: number): void {
    this.#gasUsed += gas;
    if (this.#gasUsed <= this.#gasLimit) return;
    this.#gasUsed = this.#gasLimit;
    throw new OutOfGas();
  }

  /** Where no contract is, a call moves the value and returns nothing. @throws Revert, OutOfGas */
  call(sender: Address, to: Address, data: Hex, value = 0n): Hex {
    if (value > 0n) {
      require(this.#state.get(balanceSlot(sender)) >= value);
      this.#state.add(balanceSlot(sender), -value);
      this.#state.add(balanceSlot(to), value);
    }
    return this.#contracts.get(to)?.run({ execution: this, sender, value }, data) ?? '0x';
  }

  /** Run something whose failure is the caller's to handle: a revert takes back what it did. */
  attempt<T>(action: () => T, keep: boolean = true): { result: T } | { revert: Revert } {
    const below = this.#state;
    const logged = this.logs.length;
    this.#state = new Layer(below);
    let kept = false;
    try {
      const result = action();
      if (keep) this.#state.commit();
      kept = keep;
      return { result };
    } catch (error) {
      if (error instanceof Revert) return { revert: error };
      throw error;
    } finally {
      this.#state = below;
      if (!kept) this.logs.length = logged;
    }
  }

  /** @param data words, not indexed */
  log(address: Address, topic: Hex, indexed: readonly (bigint | number | Address)[], data: readonly (bigint | number | Address)[]): void {
    this.use(375 * (2 + indexed.length) + 256 * data.length);
    this.logs.push({ address, topics: [topic, ...indexed.map((value): Hex => `0x${word(value)}`)], data: `0x${data.map(word).join('')}` });
  }
}
