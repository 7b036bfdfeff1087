/**
 * A Uniswap v2 pair: reserves, swaps, liquidity; checks, reasons and order of logs as in the contract. The price
 * accumulators, flash swaps and the protocol's fee are not kept.
 */
import type { Address } from 'viem';
import { v2KeepsProduct } from '../../venue/uniswap/v2.js';
import { TOPIC, V2_PAIR_ABI } from './abi.js';
import { v2PairAddress, V2_FACTORY, ZERO_ADDRESS } from './addresses.js';
import { require } from './execution.js';
import type { Call, Contract } from './execution.js';
import { nativeContract } from './native-contract.js';
import type { Layer } from './state.js';
import type { Token } from './token.js';

const SWAP_GAS = 31_000;
const LIQUIDITY_GAS = 60_000;
/** Shares that the first provider leaves in the pair for good. */
const MINIMUM_SHARES = 1000n;

export class V2Pair {
  readonly address: Address;
  readonly contract: Contract;

  constructor(readonly token0: Token, readonly token1: Token) {
    this.address = v2PairAddress(token0.spec.address, token1.spec.address);
    this.contract = nativeContract(this.address, V2_PAIR_ABI, {
      name: () => 'Uniswap V2', symbol: () => 'UNI-V2', decimals: () => 18, factory: () => V2_FACTORY,
      token0: () => token0.spec.address, token1: () => token1.spec.address,
      totalSupply: ({ execution: { state } }) => state.get(`${this.address} supply`),
      balanceOf: ({ execution: { state } }, owner) => state.get(this.#shares(owner)),
      getReserves: ({ execution: { state } }) => [...this.reserves(state), Number(state.get(`${this.address} changed`))] as const,
      swap: (call, out0, out1, to, data) => {
        require(data === '0x');
        this.swap(call, out0, out1, to);
      },
      sync: (call) => this.#update(call),
    });
  }

  reserves(state: Layer): readonly [bigint, bigint] {
    return [state.get(`${this.address} reserve0`), state.get(`${this.address} reserve1`)];
  }

  /** Pays out first, then looks at what came in: that is the caller's to have sent before. */
  swap(call: Call, out0: bigint, out1: bigint, to: Address): void {
    const { execution, sender } = call;
    execution.use(SWAP_GAS);
    require(out0 > 0n || out1 > 0n, 'UniswapV2: INSUFFICIENT_OUTPUT_AMOUNT');
    const [reserve0, reserve1] = this.reserves(execution.state);
    require(out0 < reserve0 && out1 < reserve1, 'UniswapV2: INSUFFICIENT_LIQUIDITY');
    require(to !== this.token0.spec.address && to !== this.token1.spec.address, 'UniswapV2: INVALID_TO');
    const pair: Call = { execution, sender: this.address, value: 0n };
    if (out0 > 0n) this.token0.move(pair, this.address, to, out0);
    if (out1 > 0n) this.token1.move(pair, this.address, to, out1);
    const [balance0, balance1] = this.#balances(execution.state);
    const in0 = balance0 - (reserve0 - out0);
    const in1 = balance1 - (reserve1 - out1);
    require(in0 > 0n || in1 > 0n, 'UniswapV2: INSUFFICIENT_INPUT_AMOUNT');
    require(v2KeepsProduct(reserve0, reserve1, in0, in1, out0, out1), 'UniswapV2: K');
    this.#update(call);
    execution.log(this.address, TOPIC.v2Swap, [sender, to], [in0, in1, out0, out1]);
  }

  /** Shares for what was sent in before. */
  mint(call: Call, to: Address): void {
    const { execution, sender } = call;
    const { state } = execution;
    execution.use(LIQUIDITY_GAS);
    const [reserve0, reserve1] = this.reserves(state);
    const [balance0, balance1] = this.#balances(state);
    const amount0 = balance0 - reserve0;
    const amount1 = balance1 - reserve1;
    const supply = state.get(`${this.address} supply`);
    let shares: bigint;
    if (supply === 0n) {
      shares = squareRoot(amount0 * amount1) - MINIMUM_SHARES;
      this.#issue(call, ZERO_ADDRESS, MINIMUM_SHARES);
    } else shares = least((amount0 * supply) / reserve0, (amount1 * supply) / reserve1);
    require(shares > 0n, 'UniswapV2: INSUFFICIENT_LIQUIDITY_MINTED');
    this.#issue(call, to, shares);
    this.#update(call);
    execution.log(this.address, TOPIC.v2Mint, [sender], [amount0, amount1]);
  }

  /** Take the sender's shares back and pay out what they stand for. */
  burn(call: Call, shares: bigint, to: Address): void {
    const { execution, sender } = call;
    const { state } = execution;
    execution.use(LIQUIDITY_GAS);
    require(state.get(this.#shares(sender)) >= shares, 'ds-math-sub-underflow');
    const supply = state.get(`${this.address} supply`);
    const [balance0, balance1] = this.#balances(state);
    const amount0 = (shares * balance0) / supply;
    const amount1 = (shares * balance1) / supply;
    require(amount0 > 0n && amount1 > 0n, 'UniswapV2: INSUFFICIENT_LIQUIDITY_BURNED');
    state.add(this.#shares(sender), -shares);
    state.add(`${this.address} supply`, -shares);
    execution.log(this.address, TOPIC.transfer, [this.address, ZERO_ADDRESS], [shares]);
    const pair: Call = { execution, sender: this.address, value: 0n };
    this.token0.move(pair, this.address, to, amount0);
    this.token1.move(pair, this.address, to, amount1);
    this.#update(call);
    execution.log(this.address, TOPIC.v2Burn, [sender, to], [amount0, amount1]);
  }

  #issue({ execution }: Call, to: Address, shares: bigint): void {
    execution.state.add(this.#shares(to), shares);
    execution.state.add(`${this.address} supply`, shares);
    execution.log(this.address, TOPIC.transfer, [ZERO_ADDRESS, to], [shares]);
  }

  #update({ execution }: Call): void {
    const { state } = execution;
    const [balance0, balance1] = this.#balances(state);
    state.set(`${this.address} reserve0`, balance0);
    state.set(`${this.address} reserve1`, balance1);
    state.set(`${this.address} changed`, BigInt(execution.block.timestampS));
    execution.log(this.address, TOPIC.sync, [], [balance0, balance1]);
  }

  #balances(state: Layer): readonly [bigint, bigint] {
    return [this.token0.balanceOf(state, this.address), this.token1.balanceOf(state, this.address)];
  }

  #shares(owner: Address): string {
    return `${this.address} shares ${owner}`;
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The greatest integer whose square is not above `value` (Newton's method from above). */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
