/** ERC-20 tokens, with the ways of the four that matter: what they say when they refuse, and what Tether does not return. */
import type { Address } from 'viem';
import { ERC20_ABI, TETHER_ABI, TOPIC, WETH_ABI } from './abi.js';
import { ZERO_ADDRESS } from './addresses.js';
import { require } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import { balanceSlot } from './state.js';
import type { Layer } from './state.js';

export interface TokenSpec {
  readonly address: Address;
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly kind: 'plain' | 'tether' | 'weth';
  /** Reasons given for too small a balance and allowance; most give none. */
  readonly reasons?: readonly [balance: string, allowance: string];
}

const UNLIMITED = (1n << 256n) - 1n;
const TRANSFER_GAS = 24_000;
const APPROVE_GAS = 23_500;
const ALLOWANCE_GAS = 6_000;

export class Token {
  readonly contract: Contract;

  constructor(readonly spec: TokenSpec) {
    this.contract = this.#contract();
  }

  balanceOf(state: Layer, owner: Address): bigint {
    return state.get(this.#balance(owner));
  }

  allowance(state: Layer, owner: Address, spender: Address): bigint {
    return state.get(this.#allowance(owner, spender));
  }

  /** Put new units into an account, outside of any transaction. */
  issue(state: Layer, owner: Address, amount: bigint): void {
    state.add(this.#balance(owner), amount);
    state.add(this.#supplySlot, amount);
  }

  /** Let a spender have whatever it asks for, outside of any transaction. */
  allowAll(state: Layer, owner: Address, spender: Address): void {
    state.set(this.#allowance(owner, spender), UNLIMITED);
  }

  /** @throws Revert when `from` has less */
  move({ execution }: Call, from: Address, to: Address, amount: bigint): void {
    execution.use(TRANSFER_GAS);
    const { state } = execution;
    require(this.balanceOf(state, from) >= amount, this.spec.reasons?.[0]);
    state.add(this.#balance(from), -amount);
    state.add(this.#balance(to), amount);
    execution.log(this.spec.address, TOPIC.transfer, [from, to], [amount]);
  }

  /** transferFrom, `call.sender` being the spender. */
  moveFrom(call: Call, from: Address, to: Address, amount: bigint): void {
    const { execution: { state }, sender } = call;
    const allowed = this.allowance(state, from, sender);
    call.execution.use(ALLOWANCE_GAS);
    require(allowed >= amount, this.spec.reasons?.[1]);
    if (allowed !== UNLIMITED) state.set(this.#allowance(from, sender), allowed - amount);
    this.move(call, from, to, amount);
  }

  /** Tether lets an allowance be changed by way of 0 only. */
  approve({ execution, sender }: Call, spender: Address, amount: bigint): void {
    execution.use(APPROVE_GAS);
    const slot = this.#allowance(sender, spender);
    require(this.spec.kind !== 'tether' || amount === 0n || execution.state.get(slot) === 0n);
    execution.state.set(slot, amount);
    execution.log(this.spec.address, TOPIC.approval, [sender, spender], [amount]);
  }

  #contract(): Contract {
    const { address, name, symbol, decimals, kind } = this.spec;
    const reads = {
      name: () => name, symbol: () => symbol,
      totalSupply: ({ execution: { state } }: Call) => state.get(this.#supplySlot),
      balanceOf: ({ execution: { state } }: Call, owner: Address) => this.balanceOf(state, owner),
      allowance: ({ execution: { state } }: Call, owner: Address, spender: Address) => this.allowance(state, owner, spender),
    };
    if (kind === 'tether') {
      return nativeContract(address, TETHER_ABI, {
        ...reads, decimals: () => BigInt(decimals), approve: (call, spender, amount) => this.approve(call, spender, amount),
        transfer: (call, to, amount) => this.move(call, call.sender, to, amount),
        transferFrom: (call, from, to, amount) => this.moveFrom(call, from, to, amount),
      });
    }
    const changes = {
      decimals: () => decimals,
      approve: (call: Call, spender: Address, amount: bigint) => (this.approve(call, spender, amount), true),
      transfer: (call: Call, to: Address, amount: bigint) => {
        require(kind === 'weth' || to !== ZERO_ADDRESS, this.spec.reasons && 'ERC20: transfer to the zero address');
        this.move(call, call.sender, to, amount);
        return true;
      },
      transferFrom: (call: Call, from: Address, to: Address, amount: bigint) => {
        if (kind === 'weth' && from === call.sender) this.move(call, from, to, amount);
        else this.moveFrom(call, from, to, amount);
        return true;
      },
    };
    if (kind === 'plain') return nativeContract(address, ERC20_ABI, { ...reads, ...changes });
    const wrapped = nativeContract(address, WETH_ABI, {
      ...reads, ...changes, deposit: (call) => this.#deposit(call), withdraw: (call, amount) => this.#withdraw(call, amount),
    });
    // Wei sent without calldata is a deposit too.
    return { address, run: (call, data) => (data === '0x' ? (this.#deposit(call), '0x') : wrapped.run(call, data)) };
  }

  #deposit({ execution, sender, value }: Call): void {
    execution.use(TRANSFER_GAS);
    execution.state.add(this.#balance(sender), value);
    execution.log(this.spec.address, TOPIC.deposit, [sender], [value]);
  }

  #withdraw({ execution, sender }: Call, amount: bigint): void {
    execution.use(TRANSFER_GAS);
    const { state } = execution;
    require(this.balanceOf(state, sender) >= amount);
    state.add(this.#balance(sender), -amount);
    state.add(balanceSlot(this.spec.address), -amount);
    state.add(balanceSlot(sender), amount);
    execution.log(this.spec.address, TOPIC.withdrawal, [sender], [amount]);
  }

  /** Every wrapped ether is a wei that the contract holds. */
  get #supplySlot(): string {
    return this.spec.kind === 'weth' ? balanceSlot(this.spec.address) : `${this.spec.address} supply`;
  }

  #balance(owner: Address): string {
    return `${this.spec.address} balance ${owner}`;
  }

  #allowance(owner: Address, spender: Address): string {
    return `${this.spec.address} allowance ${owner} ${spender}`;
  }
}
