/** JSON-RPC 2.0: one request or many, over whatever carries the text. */
import type { VenueCore } from '../venue-core.js';
import type { EthereumNode } from './node.js';
import { INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, LIMIT_EXCEEDED, METHOD_NOT_FOUND, PARSE_ERROR, RpcError, serverError } from './rpc-error.js';
import { readMethods } from './rpc-methods.js';
import type { Method } from './rpc-methods.js';
import { asData, required } from './rpc-params.js';
import type { Params } from './rpc-params.js';
import type { RequestRate } from './request-rate.js';
import type { Subscriber, Subscriptions } from './subscriptions.js';
import { decodeRawTransaction, TransactionRefused } from './transaction.js';

const BATCH_MAX = 1_000;

export interface RpcContext {
  readonly core: VenueCore;
  readonly node: EthereumNode;
  readonly rate: RequestRate;
  readonly subscriptions: Subscriptions;
}

/** An answer that is never given: a fault. */
export const NO_ANSWER = Symbol('no answer');

export class Rpc {
  readonly #context: RpcContext;
  readonly #methods: Readonly<Record<string, Method>>;

  constructor(context: RpcContext) {
    this.#context = context;
    this.#methods = readMethods(context.node);
  }

  /**
   * @param subscriber null where nothing can be sent unasked (HTTP)
   * @returns what to answer; null: nothing was asked (notifications only); or NO_ANSWER
   */
  async answer(text: string, subscriber: Subscriber | null): Promise<object | null | typeof NO_ANSWER> {
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch {
      return failure(null, new RpcError(PARSE_ERROR, 'parse error'));
    }
    if (!Array.isArray(given)) return this.#one(given, subscriber);
    if (given.length === 0) return failure(null, new RpcError(INVALID_REQUEST, 'empty batch'));
    if (given.length > BATCH_MAX) return failure(null, new RpcError(INVALID_REQUEST, 'batch too large'));
    const answers: object[] = [];
    for (const request of given) {
      const answer = await this.#one(request, subscriber);
      if (answer === NO_ANSWER) return NO_ANSWER;
      if (answer !== null) answers.push(answer);
    }
    return answers.length === 0 ? null : answers;
  }

  async #one(given: unknown, subscriber: Subscriber | null): Promise<object | null | typeof NO_ANSWER> {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return failure(null, new RpcError(INVALID_REQUEST, 'invalid request'));
    const { jsonrpc, id, method, params = [] } = given as Record<string, unknown>;
    if (jsonrpc !== '2.0' || typeof method !== 'string') return failure(id ?? null, new RpcError(INVALID_REQUEST, 'invalid request'));
    if (id === undefined) return null;
    try {
      if (!this.#context.rate.take()) throw new RpcError(LIMIT_EXCEEDED, 'limit exceeded');
      if (!Array.isArray(params)) throw new RpcError(INVALID_PARAMS, 'non-array args');
      const result = await this.#result(method, params, subscriber);
      return result === NO_ANSWER ? NO_ANSWER : { jsonrpc: '2.0', id, result };
    } catch (error) {
      return failure(id, error instanceof RpcError ? error : new RpcError(INTERNAL_ERROR, String(error)));
    }
  }

  #result(method: string, params: Params, subscriber: Subscriber | null): unknown {
    switch (method) {
      case 'eth_sendRawTransaction': return this.#send(params);
      case 'eth_subscribe': return this.#context.subscriptions.subscribe(live(subscriber), params);
      case 'eth_unsubscribe': return this.#context.subscriptions.unsubscribe(live(subscriber), params);
      default: {
        if (!Object.hasOwn(this.#methods, method)) throw new RpcError(METHOD_NOT_FOUND, `the method ${method.slice(0, 60)} does not exist/is not available`);
        return this.#methods[method](params);
      }
    }
  }

  async #send(params: Params): Promise<unknown> {
    const { node, core: { faults, latency } } = this.#context;
    const arrivedNs = latency.now();
    if (faults.active('maintenance')) throw serverError('node is under maintenance');
    if (faults.take('rate-limit') !== null) throw new RpcError(LIMIT_EXCEEDED, 'limit exceeded');
    try {
      const transaction = await decodeRawTransaction(asData(required(params, 0), 0));
      latency.orderIn(arrivedNs, transaction.hash);
      node.submit(transaction);
      const delayMs = faults.take('delay-acks');
      if (delayMs !== null) await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (faults.take('lose-ack') !== null) return NO_ANSWER;
      if (faults.take('error-after-accept') !== null) throw new RpcError(INTERNAL_ERROR, 'internal error');
      return transaction.hash;
    } catch (error) {
      if (error instanceof TransactionRefused) throw serverError(error.message);
      throw error;
    }
  }
}

function live(subscriber: Subscriber | null): Subscriber {
  if (subscriber === null) throw new RpcError(METHOD_NOT_FOUND, 'notifications not supported');
  return subscriber;
}

function failure(id: unknown, error: RpcError): object {
  return { jsonrpc: '2.0', id, error: error.toJson() };
}
