/**
 * Transactions on their way: sent once, followed by their hashes until a receipt has two blocks on top of it, and where they
 * do not get anywhere replaced, under their nonce, by one that does nothing. A nonce that stays empty would hold up all
 * later ones.
 */
import type { RpcSocket } from './rpc-socket.js';
import type { Head } from './chain.js';
import { readReceipt, type Receipt } from './receipt.js';
import { refusalOf, Refusal } from './venue-error.js';
import type { Fees, Wallet } from './wallet.js';
import { quantityOf } from './words.js';

type Hex = `0x${string}`;

export interface TransactionCall {
  readonly to: string;
  readonly data: Hex;
  readonly gas: bigint;
  /** Unix seconds; no later block can make it succeed. */
  readonly deadline: number;
}

export interface Sent {
  readonly nonce: number;
  readonly fees: Fees;
  readonly deadline: number;
  /** '' until it is signed. */
  hash: string;
  /** The node has it, or had. */
  accepted: boolean;
  /** Heads since it was sent, and those in a row at which the node did not know it. */
  heads: number;
  missing: number;
  /** What was sent in its place. */
  replacement: Sent | undefined;
  /** Whom to tell; a replacement has nobody. */
  readonly watcher: Watcher | undefined;
}

export interface Watcher {
  onAccepted(sent: Sent, nowNs: number): void;
  /** It will never be mined: the node did not take it. @param reason RejectReason */
  onRefused(sent: Sent, reason: number, nowNs: number): void;
  /** The node's answer says nothing. */
  onUnclear(sent: Sent, nowNs: number): void;
  onMined(sent: Sent, receipt: Receipt, nowNs: number): void;
  /** Another one has its nonce: it will never be mined. */
  onReplaced(sent: Sent, nowNs: number): void;
}

export interface TransactionsHost {
  readonly rpc: RpcSocket;
  readonly wallet: Wallet;
  fees(): Fees;
  /** Gas was paid for one that replaced another. */
  onGasPaid(wei: bigint): void;
}

/** Blocks on top of a receipt's own before it is believed: reorganisations of up to two blocks have been seen. */
const CONFIRMATIONS = 2;
/** Heads before anybody asks whether the node still has it, and heads at which it did not before it is replaced. */
const PATIENCE_HEADS = 2;
const MISSING_HEADS = 2;
/** A nonce that is used up, and no receipt of ours for so many heads: it was somebody else's. */
const FOREIGN_HEADS = 6;
const SELF_GAS = 21_000n;
/** Nodes want a tenth more of both fees. */
const BUMP_PERCENT = 115n;

export class Transactions {
  readonly pending = new Set<Sent>();

  constructor(private readonly host: TransactionsHost) {}

  /** Sign and send under the next nonce. */
  send(call: TransactionCall, watcher: Watcher, nowNs: number): Sent {
    const { wallet } = this.host;
    return this.write(call, wallet.nextNonce++, this.host.fees(), watcher, nowNs);
  }

  /** Put one that does nothing in its place; whichever is mined counts. */
  replace(sent: Sent, nowNs: number): void {
    if (sent.replacement !== undefined || !this.pending.has(sent)) return;
    const now = this.host.fees();
    const raised = (fee: bigint, current: bigint): bigint => {
      const bumped = (fee * BUMP_PERCENT) / 100n + 1n;
      return bumped > current ? bumped : current;
    };
    const fees = { maxFeePerGas: raised(sent.fees.maxFeePerGas, now.maxFeePerGas), maxPriorityFeePerGas: raised(sent.fees.maxPriorityFeePerGas, now.maxPriorityFeePerGas) };
    sent.replacement = this.write(this.nothing(), sent.nonce, fees, undefined, nowNs);
  }

  onHead(head: Head, nowNs: number): void {
    for (const sent of this.pending) {
      sent.heads++;
      this.look(sent, head, nowNs, () => this.onUnmined(sent, head, nowNs));
    }
  }

  /** Ask for the receipt. @param otherwise there is none yet, or not enough blocks on top of it */
  look(sent: Sent, head: Head, nowNs: number, otherwise: () => void): void {
    if (sent.hash === '') return;
    this.host.rpc.askNow({ method: 'eth_getTransactionReceipt', params: [sent.hash] }, nowNs, (result, _error, answeredNs) => {
      if (!this.pending.has(sent)) return;
      const receipt = readReceipt(result, this.host.wallet.address);
      if (receipt !== undefined && receipt.block + CONFIRMATIONS <= head.number) this.settle(sent, receipt, answeredNs);
      else if (receipt === undefined) otherwise();
    });
  }

  private write(call: TransactionCall, nonce: number, fees: Fees, watcher: Watcher | undefined, nowNs: number): Sent {
    const { rpc, wallet } = this.host;
    const sent: Sent = { nonce, fees, deadline: call.deadline, hash: '', accepted: false, heads: 0, missing: 0, replacement: undefined, watcher };
    this.pending.add(sent);
    wallet.sign({ ...call, ...fees, nonce }, ({ raw, hash }) => {
      sent.hash = hash;
      rpc.askNow({ method: 'eth_sendRawTransaction', params: [raw] }, nowNs, (_result, error, answeredNs) => {
        if (!this.pending.has(sent)) return;
        if (error === undefined) this.accept(sent, answeredNs);
        else this.onError(sent, refusalOf(error), answeredNs);
      });
    });
    return sent;
  }

  private accept(sent: Sent, nowNs: number): void {
    sent.accepted = true;
    sent.watcher?.onAccepted(sent, nowNs);
  }

  private onError(sent: Sent, { refusal, reason }: { refusal: number; reason: number }, nowNs: number): void {
    if (refusal === Refusal.KNOWN) return this.accept(sent, nowNs);
    if (refusal === Refusal.UNCLEAR) return sent.watcher?.onUnclear(sent, nowNs);
    this.pending.delete(sent);
    if (sent.watcher === undefined) return undefined; // what it was to replace is followed all the same
    sent.watcher.onRefused(sent, reason, nowNs);
    if (refusal === Refusal.NONCE_TAKEN) this.askNonce(nowNs);
    else this.freeNonce(sent.nonce, nowNs);
    return undefined;
  }

  /** Nothing has this nonce: later ones wait for it. */
  private freeNonce(nonce: number, nowNs: number): void {
    const { wallet } = this.host;
    if (nonce === wallet.nextNonce - 1) wallet.nextNonce--;
    else this.write(this.nothing(), nonce, this.host.fees(), undefined, nowNs);
  }

  /** Somebody else uses this account. */
  private askNonce(nowNs: number): void {
    const { rpc, wallet } = this.host;
    rpc.askNow({ method: 'eth_getTransactionCount', params: [wallet.address, 'pending'] }, nowNs, (result) => {
      wallet.nextNonce = Math.max(wallet.nextNonce, quantityOf(result) ?? 0);
    });
  }

  private onUnmined(sent: Sent, head: Head, nowNs: number): void {
    if (sent.heads < PATIENCE_HEADS) return;
    const { rpc, wallet } = this.host;
    if (sent.heads > FOREIGN_HEADS) {
      rpc.askNow({ method: 'eth_getTransactionCount', params: [wallet.address, 'latest'] }, nowNs, (result, _error, answeredNs) => {
        // Asked after the receipt that was not there: had it been ours, there would have been one.
        if ((quantityOf(result) ?? 0) > sent.nonce) this.look(sent, head, answeredNs, () => this.lose(sent, answeredNs));
      });
    }
    if (head.time > sent.deadline) return this.replace(sent, nowNs);
    rpc.askNow({ method: 'eth_getTransactionByHash', params: [sent.hash] }, nowNs, (result, error, answeredNs) => {
      if (error !== undefined || !this.pending.has(sent)) return;
      sent.missing = result === null ? sent.missing + 1 : 0;
      if (sent.missing >= MISSING_HEADS) this.replace(sent, answeredNs);
    });
    return undefined;
  }

  private settle(sent: Sent, receipt: Receipt, nowNs: number): void {
    this.pending.delete(sent);
    if (sent.replacement !== undefined) this.pending.delete(sent.replacement);
    if (sent.watcher !== undefined) sent.watcher.onMined(sent, receipt, nowNs);
    else {
      this.host.onGasPaid(receipt.gasPaid);
      for (const other of this.pending) if (other.replacement === sent) this.lose(other, nowNs);
    }
  }

  private lose(sent: Sent, nowNs: number): void {
    if (!this.pending.delete(sent)) return;
    sent.watcher?.onReplaced(sent, nowNs);
  }

  private nothing(): TransactionCall {
    return { to: this.host.wallet.address, data: '0x', gas: SELF_GAS, deadline: Infinity };
  }
}
