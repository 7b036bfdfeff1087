/** The generator's transactions: what its traders intend in the pools, and everybody else's use of the chain. */
import type { Address } from 'viem';
import { Prng } from '../market/prng.js';
import { syntheticAccount } from './accounts.js';
import { lower } from './addresses.js';
import { GAS_LIMIT, nextBaseFee } from './block.js';
import type { Block } from './block.js';
import type { Contract } from './execution.js';
import type { Founders } from './genesis.js';
import type { Market } from './market.js';
import { PoolTrader } from './pool-trader.js';
import type { Intention } from './pool-trader.js';
import { syntheticTransaction } from './transaction.js';
import type { Transaction } from './transaction.js';
import type { TxPool } from './tx-pool.js';

const TRADERS = 24;
const GWEI = 1e9;
/** The base fee wanders around this, wei. */
const USUAL_BASE_FEE = 1e9;

/** Burns the gas that its calldata says: all the transactions of a block that have nothing to do with pools, in one. */
export const EVERYBODY_ELSE: Contract = {
  address: lower('0xe1e0000000000000000000000000000000000001'),
  run: ({ execution }, data) => {
    execution.use(Number(BigInt(data)));
    return '0x';
  },
};

export function foundersOf(seed: number, funded: Address): Founders {
  return { funded, provider: syntheticAccount(seed, 'provider'), traders: Array.from({ length: TRADERS }, (_, i) => syntheticAccount(seed, `trader ${i}`)) };
}

export class Traffic {
  readonly #traders: readonly PoolTrader[];
  readonly #fairOf: (pair: string) => number;
  readonly #prng: Prng;
  readonly #somebody: Address;

  constructor(seed: number, markets: readonly Market[], founders: Founders, fairOf: (pair: string) => number, blockMs: number, nowMs: number) {
    this.#fairOf = fairOf;
    this.#prng = new Prng(`${seed}:ethereum:traffic`);
    this.#somebody = founders.traders[0];
    this.#traders = markets.map((market) => new PoolTrader(market, new Prng(`${seed}:ethereum:${market.name}`), founders.traders.slice(1), founders.provider, blockMs, nowMs));
  }

  /** Transactions for the next block, as things stand at the head. @param frozen nobody trades */
  next(head: Block, pool: TxPool, nowMs: number, frozen: boolean): Transaction[] {
    const intentions = frozen ? [] : this.#traders.flatMap((trader) => trader.propose(head.state, this.#fairOf(trader.market.spec.fair), nowMs));
    return this.#signed([...intentions, this.#everybodyElse(head)], head, pool);
  }

  /** Move a pool away from the fair price with the next block and leave it there for a while. */
  push(market: Market, bps: number, holdMs: number, head: Block, pool: TxPool, nowMs: number): Transaction[] {
    const trader = this.#traders.find((candidate) => candidate.market === market)!;
    trader.hold(nowMs + holdMs);
    return this.#signed(trader.push(head.state, this.#fairOf(market.spec.fair), bps), head, pool);
  }

  /** So much that the base fee stays about where it usually is. */
  #everybodyElse(head: Block): Intention {
    const pull = Math.max(-0.5, Math.min(0.5, Math.log(Number(head.baseFee) / USUAL_BASE_FEE)));
    const wobble = Math.max(-0.5, Math.min(0.5, this.#prng.normal() * 0.2));
    const gas = Math.round((GAS_LIMIT / 2) * Math.max(0.1, Math.min(1.6, 0.95 + wobble - pull)));
    return { from: this.#somebody, to: EVERYBODY_ELSE.address, data: `0x${gas.toString(16).padStart(64, '0')}`, gas: gas + 30_000, tipGwei: 0.001 };
  }

  #signed(intentions: readonly Intention[], head: Block, pool: TxPool): Transaction[] {
    const nonces = new Map<Address, number>();
    return intentions.map(({ from, to, data, gas, tipGwei }) => {
      const nonce = nonces.get(from) ?? pool.nextNonce(from, head.state);
      nonces.set(from, nonce + 1);
      const maxPriorityFeePerGas = BigInt(Math.round(tipGwei * GWEI));
      return syntheticTransaction({ from, to, nonce, value: 0n, data, gas, maxPriorityFeePerGas, maxFeePerGas: nextBaseFee(head) * 3n + maxPriorityFeePerGas });
    });
  }
}
