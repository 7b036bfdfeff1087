/**
 * An order of a gateway that is gone: nobody knows its hash, but its transaction carries its id. What the account gave
 * away lately leads to its transactions; one that is not among them has filled nothing.
 */
import { Topic } from './abi.js';
import { readReceipt, type Receipt } from './receipt.js';
import type { RpcSocket } from './rpc-socket.js';
import { addressWord, isTaggedWith } from './swap-call.js';
import { hashOf, quantity, quantityOf } from './words.js';

/** Blocks looked back: an hour of Ethereum's. */
const BLOCKS_BACK = 300;

export type Recovered =
  | { readonly kind: 'mined'; readonly hash: string; readonly receipt: Receipt }
  /** Transactions of the account are under way; it may be one of them. Or the node did not answer. */
  | { readonly kind: 'unclear' }
  /** It filled nothing, and will not. */
  | { readonly kind: 'nothing' };

export class OrderRecovery {
  constructor(private readonly rpc: RpcSocket, private readonly account: string) {}

  find(clientOrderId: string, headNumber: number, nowNs: number, then: (found: Recovered, nowNs: number) => void): void {
    const unclear = (answeredNs: number): void => then({ kind: 'unclear' }, answeredNs);
    this.countsAgree(nowNs, (agree, agreedNs) => {
      if (!agree) return unclear(agreedNs);
      return this.hashes(headNumber, agreedNs, (hashes, hashesNs) => {
        if (hashes === undefined) return unclear(hashesNs);
        return this.search(hashes, clientOrderId, hashesNs, then);
      });
    });
  }

  /** Whether nothing of the account waits for a block. */
  private countsAgree(nowNs: number, then: (agree: boolean, nowNs: number) => void): void {
    const count = (block: string, next: (value: number | undefined, nowNs: number) => void): void =>
      this.rpc.ask({ method: 'eth_getTransactionCount', params: [this.account, block] }, nowNs, (result, _error, answeredNs) => next(quantityOf(result), answeredNs));
    count('pending', (pending) => count('latest', (latest, answeredNs) => then(pending !== undefined && pending === latest, answeredNs)));
  }

  /** Transactions in which the account gave a token away. */
  private hashes(headNumber: number, nowNs: number, then: (hashes: string[] | undefined, nowNs: number) => void): void {
    const filter = { fromBlock: quantity(Math.max(0, headNumber - BLOCKS_BACK)), toBlock: 'latest', topics: [Topic.transfer, addressWord(this.account)] };
    this.rpc.ask({ method: 'eth_getLogs', params: [filter] }, nowNs, (result, _error, answeredNs) => {
      if (!Array.isArray(result)) return then(undefined, answeredNs);
      const hashes = (result as unknown[]).map((log) => hashOf((log as { transactionHash?: unknown } | null)?.transactionHash));
      return then(hashes.includes(undefined) ? undefined : [...new Set(hashes as string[])], answeredNs);
    });
  }

  private search(hashes: readonly string[], clientOrderId: string, nowNs: number, then: (found: Recovered, nowNs: number) => void): void {
    const hash = hashes.at(-1);
    if (hash === undefined) return then({ kind: 'nothing' }, nowNs);
    this.rpc.ask({ method: 'eth_getTransactionByHash', params: [hash] }, nowNs, (result, error, answeredNs) => {
      const input = (result as { input?: unknown } | null)?.input;
      if (error !== undefined || typeof input !== 'string') then({ kind: 'unclear' }, answeredNs);
      else if (isTaggedWith(input, clientOrderId)) this.receipt(hash, answeredNs, then);
      else this.search(hashes.slice(0, -1), clientOrderId, answeredNs, then);
    });
    return undefined;
  }

  private receipt(hash: string, nowNs: number, then: (found: Recovered, nowNs: number) => void): void {
    this.rpc.ask({ method: 'eth_getTransactionReceipt', params: [hash] }, nowNs, (result, _error, answeredNs) => {
      const receipt = readReceipt(result, this.account);
      then(receipt === undefined ? { kind: 'unclear' } : { kind: 'mined', hash, receipt }, answeredNs);
    });
  }
}
