/**
 * In which order private calls reach the exchange. Questions go one after another, at the pace the library allows; orders
 * and cancels go at once, past whatever waits: an order that is sent late is worse than one that is refused. Numbers that
 * have to grow from call to call (nonces) do.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from './client.js';

export class CallOrder {
  private readonly urgent = new AsyncLocalStorage<true>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(client: Client) {
    const throttle = client.throttle.bind(client) as (cost?: number) => Promise<void>;
    client.throttle = async (cost) => (this.urgent.getStore() === true ? undefined : throttle(cost));
    const nonce = client.nonce.bind(client);
    let lastNonce = 0;
    client.nonce = () => (lastNonce = Math.max(lastNonce + 1, nonce()));
  }

  now<T>(call: () => Promise<T>): Promise<T> {
    return this.urgent.run(true, call);
  }

  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const answer = this.last.then(call);
    this.last = answer.catch(() => {});
    return answer;
  }
}
