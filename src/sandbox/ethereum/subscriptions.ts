/** eth_subscribe: who listens to what on which connection, and the notifications of blocks, logs and pending transactions. */
import { keccak256, toHex } from 'viem/utils';
import type { Hex } from 'viem';
import type { Faults } from '../faults.js';
import type { Block } from './block.js';
import type { ChainEvent } from './chain.js';
import { LogFilter } from './log-filter.js';
import { headJson, logJson, transactionJson } from './render.js';
import { METHOD_NOT_FOUND, RpcError, serverError } from './rpc-error.js';
import { asObject, required } from './rpc-params.js';
import type { Params } from './rpc-params.js';
import type { Transaction } from './transaction.js';

/** A connection, as far as notifications go. */
export interface Subscriber {
  notify(text: string): void;
  /** As `notify`, after a while. */
  notifyLater(text: string, ms: number): void;
}

type Topic = { readonly kind: 'newHeads' | 'syncing' } | { readonly kind: 'logs'; readonly filter: LogFilter } | { readonly kind: 'newPendingTransactions'; readonly full: boolean };

interface Subscription {
  readonly id: Hex;
  readonly subscriber: Subscriber;
  readonly topic: Topic;
}

export class Subscriptions {
  readonly #subscriptions = new Map<Hex, Subscription>();
  readonly #faults: Faults;
  readonly #seed: number;
  #count = 0;

  constructor(seed: number, faults: Faults) {
    this.#seed = seed;
    this.#faults = faults;
  }

  /** @throws RpcError */
  subscribe(subscriber: Subscriber, params: Params): Hex {
    const topic = topicOf(params);
    const id: Hex = `0x${keccak256(toHex(`${this.#seed}:subscription:${this.#count++}`)).slice(2, 34)}`;
    this.#subscriptions.set(id, { id, subscriber, topic });
    return id;
  }

  /** @throws RpcError */
  unsubscribe(subscriber: Subscriber, params: Params): boolean {
    const id = required(params, 0) as Hex;
    if (this.#subscriptions.get(id)?.subscriber !== subscriber) throw serverError('subscription not found');
    return this.#subscriptions.delete(id);
  }

  /** Subscriptions die with their connection. */
  forget(subscriber: Subscriber): void {
    for (const [id, subscription] of this.#subscriptions) if (subscription.subscriber === subscriber) this.#subscriptions.delete(id);
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** Logs that are gone first, lowest block first, then each new block: its head before its logs or after, as it happens on the chain. */
  publish({ removed, added }: ChainEvent): void {
    for (const block of removed) this.#publishLogs(block, true);
    for (const block of added) {
      const headFirst = (block.number & 1) === 0;
      if (headFirst) this.#publishHead(block);
      this.#publishLogs(block, false);
      if (!headFirst) this.#publishHead(block);
    }
  }

  publishPending(transaction: Transaction): void {
    for (const { id, subscriber, topic } of this.#subscriptions.values()) {
      if (topic.kind === 'newPendingTransactions') subscriber.notify(notification(id, topic.full ? transactionJson(transaction, undefined) : transaction.hash));
    }
  }

  #publishHead(block: Block): void {
    const listeners = [...this.#subscriptions.values()].filter(({ topic }) => topic.kind === 'newHeads');
    if (listeners.length === 0 || this.#faults.take('skip-heads') !== null) return;
    const lateMs = this.#faults.take('late-heads');
    for (const { id, subscriber } of listeners) {
      const text = notification(id, headJson(block));
      if (lateMs === null) subscriber.notify(text);
      else subscriber.notifyLater(text, lateMs);
    }
  }

  #publishLogs(block: Block, removed: boolean): void {
    const listeners = [...this.#subscriptions.values()].filter(({ topic }) => topic.kind === 'logs');
    if (listeners.length === 0) return;
    for (const log of block.logs) {
      const takers = listeners.filter(({ topic }) => topic.kind === 'logs' && topic.filter.takes(log));
      if (takers.length === 0 || this.#faults.take('skip-depth', log.address) !== null) continue;
      const cut = this.#faults.take('malformed-depth', log.address) !== null;
      const times = this.#faults.take('duplicate-depth', log.address) === null ? 1 : 2;
      for (const { id, subscriber } of takers) {
        const text = notification(id, logJson(log, block, removed));
        for (let i = 0; i < times; i++) subscriber.notify(cut ? text.slice(0, text.length >> 1) : text);
      }
    }
  }
}

function topicOf(params: Params): Topic {
  const kind = required(params, 0);
  switch (kind) {
    case 'newHeads': case 'syncing': return { kind };
    case 'logs': return { kind, filter: new LogFilter(asObject(params[1] ?? {}, 1), 1) };
    case 'newPendingTransactions': return { kind, full: params[1] === true };
    default: throw new RpcError(METHOD_NOT_FOUND, `no "${String(kind).slice(0, 40)}" subscription in eth namespace`);
  }
}

function notification(subscription: Hex, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result } });
}
