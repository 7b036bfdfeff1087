/**
 * What has to be known and done before an order may leave: the chain, the account's nonce and balances, and that the
 * routers may take its tokens. Approvals that are missing are given where that is wanted, else waited for.
 */
import { RejectReason } from '../../record/codes.js';
import type { GatewayOptions } from '../contract.js';
import { Selector } from './abi.js';
import type { Account } from './account.js';
import { readHead, type Head } from './chain.js';
import { ethCall } from './json-rpc.js';
import type { RpcSocket } from './rpc-socket.js';
import { factsOf, routerOf, type SwapCalls } from './swap-call.js';
import type { Transactions } from './transactions.js';
import type { Wallet } from './wallet.js';
import { holdsWords, quantityOf, uintAt, word } from './words.js';

const UINT256_MAX = (1n << 256n) - 1n;
/** An allowance below this may run out. */
const ENOUGH = 1n << 96n;
const APPROVE_GAS = 80_000n;
/** Allowances that somebody else has to give are looked at again after this. */
const LOOK_AGAIN_NS = 30e9;

interface Allowance {
  readonly token: string;
  readonly spender: string;
}

export interface LogOnReader {
  /** The newest block, and with it the fees. */
  onHead(head: Head, nowNs: number): void;
  onReady(nowNs: number): void;
  /** The node's answers are none. */
  onFailed(nowNs: number): void;
  /** The routers may not take these tokens, and nothing is done about it here: that is not wanted, or there is no ether for it. */
  onNotApproved(): void;
}

export class LogOn {
  private attempt = 0;
  private againNs = Infinity;

  constructor(
    private readonly options: GatewayOptions,
    private readonly rpc: RpcSocket,
    private readonly wallet: Wallet,
    private readonly account: Account,
    private readonly calls: SwapCalls,
    private readonly transactions: Transactions,
    private readonly reader: LogOnReader,
  ) {}

  start(nowNs: number): void {
    const attempt = ++this.attempt;
    const fail = (failedNs: number): void => {
      if (attempt === this.attempt) this.reader.onFailed(failedNs);
    };
    const ask = (method: string, params: readonly unknown[], then: (result: unknown, nowNs: number) => void): void =>
      this.rpc.ask({ method, params }, nowNs, (result, _error, answeredNs) => {
        if (attempt === this.attempt) then(result, answeredNs);
      });
    ask('eth_subscribe', ['newHeads'], (result, answeredNs) => {
      if (typeof result !== 'string') fail(answeredNs);
    });
    ask('eth_chainId', [], (result, answeredNs) => {
      const chainId = quantityOf(result);
      if (chainId === undefined) fail(answeredNs);
      else this.wallet.chainId = chainId;
    });
    ask('eth_getTransactionCount', [this.wallet.address, 'pending'], (result, answeredNs) => {
      const count = quantityOf(result);
      if (count === undefined) fail(answeredNs);
      // What was sent on the connection before may not have arrived: its nonces are not given again.
      else this.wallet.nextNonce = Math.max(count, ...[...this.transactions.pending].map(({ nonce }) => nonce + 1));
    });
    ask('eth_getBlockByNumber', ['latest', false], (result, answeredNs) => {
      const head = readHead(result);
      if (head === undefined) return fail(answeredNs);
      this.reader.onHead(head, answeredNs);
      return this.account.read(this.rpc, this.wallet.address, head.number, answeredNs, (complete, readNs) => {
        if (attempt !== this.attempt) return;
        if (complete) this.checkAllowances(attempt, readNs);
        else fail(readNs);
      });
    });
  }

  cancel(): void {
    this.attempt++;
    this.againNs = Infinity;
  }

  onTimer(nowNs: number): void {
    if (nowNs < this.againNs) return;
    this.againNs = Infinity;
    this.checkAllowances(this.attempt, nowNs);
  }

  /** Each token of each pool, with the router that swaps there. */
  private allowances(): Allowance[] {
    const found = new Map<string, Allowance>();
    for (const instrument of this.options.instruments) {
      const facts = factsOf(instrument);
      if (facts === undefined) continue;
      const spender = routerOf(facts, this.options.settings);
      for (const { address: token } of [facts.token0, facts.token1]) found.set(`${token} ${spender}`, { token, spender });
    }
    return [...found.values()];
  }

  private checkAllowances(attempt: number, nowNs: number): void {
    const allowances = this.allowances();
    const missing: (Allowance & { readonly granted: bigint })[] = [];
    let left = allowances.length;
    if (left === 0) return this.reader.onReady(nowNs);
    for (const allowance of allowances) {
      this.rpc.ask(ethCall(allowance.token, Selector.allowance + word(this.wallet.address) + word(allowance.spender)), nowNs, (result, _error, answeredNs) => {
        if (attempt !== this.attempt) return;
        if (!holdsWords(result, 1)) {
          this.reader.onFailed(answeredNs);
          return;
        }
        if (uintAt(result, 0) < ENOUGH) missing.push({ ...allowance, granted: uintAt(result, 0) });
        if (--left > 0) return;
        if (missing.length === 0) this.reader.onReady(answeredNs);
        else if (this.options.settings.givesApprovals === true) this.approve(missing, attempt, answeredNs);
        else this.lookAgain(answeredNs);
      });
    }
    return undefined;
  }

  /** Somebody has to give the allowances, or the ether to give them with. */
  private lookAgain(nowNs: number): void {
    this.attempt++;
    this.againNs = nowNs + LOOK_AGAIN_NS;
    this.reader.onNotApproved();
  }

  /** All at once; when the last is mined everything is looked at again. Some tokens (Tether) change an allowance only by way of 0. */
  private approve(missing: readonly (Allowance & { readonly granted: bigint })[], attempt: number, nowNs: number): void {
    const steps = missing.flatMap(({ token, spender, granted }) => (granted === 0n ? [UINT256_MAX] : [0n, UINT256_MAX]).map((amount) => ({ token, spender, amount })));
    let left = steps.length;
    const settled = (settledNs: number): void => {
      if (--left === 0 && attempt === this.attempt) this.checkAllowances(attempt, settledNs);
    };
    for (const { token, spender, amount } of steps) {
      this.transactions.send({ to: token, data: this.calls.approve(spender, amount), gas: APPROVE_GAS, deadline: Infinity }, {
        onAccepted: () => undefined,
        onRefused: (_sent, reason, refusedNs) => {
          if (attempt !== this.attempt) return;
          if (reason === RejectReason.INSUFFICIENT_FUNDS) this.lookAgain(refusedNs);
          else this.reader.onFailed(refusedNs);
        },
        onUnclear: () => undefined,
        onMined: (_sent, receipt, minedNs) => {
          this.account.onMined(receipt);
          this.account.owe(receipt.gasPaid);
          settled(minedNs);
        },
        onReplaced: (_sent, replacedNs) => settled(replacedNs),
      }, nowNs);
    }
  }
}
