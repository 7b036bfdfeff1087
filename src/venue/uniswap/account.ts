/** What the account holds, as far as the gateway knows: tokens, ether for gas, and gas that was paid and is not booked yet. */
import type { GatewayOptions } from '../contract.js';
import type { ReportWriter } from '../report-writer.js';
import { Selector } from './abi.js';
import { Dust } from './dust.js';
import { ethCall } from './json-rpc.js';
import type { Receipt } from './receipt.js';
import type { RpcSocket } from './rpc-socket.js';
import { bigQuantityOf, holdsWords, quantity, uintAt, word } from './words.js';

const ETH = 'ETH';
const ETH_DECIMALS = 18;

export interface HeldToken {
  readonly address: string;
  /** Canonical code. */
  readonly code: string;
  readonly decimals: number;
}

export class Account {
  readonly tokens: readonly HeldToken[];
  /** Base units, by token. */
  private readonly balances = new Map<string, bigint>();
  /** Wei. */
  ether = 0n;
  /** Gas of transactions that filled nothing, wei: the next fill bears it. */
  private unbooked = 0n;
  private readonly dust = new Map<string, Dust>();

  constructor(private readonly options: GatewayOptions) {
    const byAddress = new Map<string, HeldToken>();
    for (const { metadata } of options.instruments) {
      const { pool } = metadata;
      if (pool === undefined) continue;
      const [base, quote] = pool.baseIsToken0 ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
      byAddress.set(base.address, { ...base, code: metadata.base });
      byAddress.set(quote.address, { ...quote, code: metadata.quote });
    }
    this.tokens = [...byAddress.values()];
    for (const { code, decimals } of this.tokens) this.dust.set(code, new Dust(decimals));
    if (!this.dust.has(ETH)) this.dust.set(ETH, new Dust(ETH_DECIMALS));
  }

  balanceOf(token: string): bigint {
    return this.balances.get(token) ?? 0n;
  }

  /** Read everything as of one block. @param then false: an answer was none */
  read(rpc: RpcSocket, owner: string, block: number, nowNs: number, then: (complete: boolean, nowNs: number) => void): void {
    let left = this.tokens.length + 1;
    let complete = true;
    const settle = (value: bigint | undefined, keep: (value: bigint) => void, answeredNs: number): void => {
      if (value === undefined) complete = false;
      else keep(value);
      if (--left === 0) then(complete, answeredNs);
    };
    rpc.askNow({ method: 'eth_getBalance', params: [owner, quantity(block)] }, nowNs, (result, _error, answeredNs) => settle(bigQuantityOf(result), (value) => {
      this.ether = value;
    }, answeredNs));
    for (const { address } of this.tokens) {
      rpc.askNow(ethCall(address, Selector.balanceOf + word(owner), quantity(block)), nowNs, (result, _error, answeredNs) =>
        settle(holdsWords(result, 1) ? uintAt(result, 0) : undefined, (value) => void this.balances.set(address, value), answeredNs));
    }
  }

  /** What was read, as one batch of records. ETH is what there is of it, wrapped and as ether. */
  tell(writer: ReportWriter, nowNs: number): void {
    const totals = new Map<number, bigint>();
    const ether = this.ether + this.unbooked;
    const units = new Map(this.tokens.map(({ address, code }) => [code, this.balanceOf(address)]));
    units.set(ETH, (units.get(ETH) ?? 0n) + ether);
    for (const [code, value] of units) {
      const asset = this.options.assetIndex(code);
      if (asset !== undefined) totals.set(asset, this.dust.get(code)!.balance(value));
    }
    let left = totals.size;
    for (const [asset, total] of totals) writer.write({ type: 'balance', asset, total, held: 0n, last: --left === 0, tsNs: nowNs });
  }

  /** A transaction was mined: what it moved, and its gas, in what is known here. */
  onMined({ changes, gasPaid }: Receipt): void {
    for (const [token, change] of changes) this.balances.set(token, this.balanceOf(token) + change);
    this.ether -= gasPaid;
  }

  /** Gas that no fill bears yet. */
  owe(wei: bigint): void {
    this.unbooked += wei;
  }

  /** All gas that is to be booked, in 10^-8 ETH; 0n where the engine keeps no account of ETH. */
  takeFee(gasPaid: bigint): bigint {
    const wei = this.unbooked + gasPaid;
    this.unbooked = 0n;
    return this.options.assetIndex(ETH) === undefined ? 0n : this.dust.get(ETH)!.spent(wei);
  }

  /** What was given (below 0) or got of a token, in 10^-8, so that the sum of all is the balance. */
  told(code: string, change: bigint): bigint {
    const dust = this.dust.get(code)!;
    return change < 0n ? dust.spent(-change) : dust.received(change);
  }
}
