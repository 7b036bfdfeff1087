/** Ethereum JSON-RPC in HTTP bodies: named calls in one batch, and their results by name. */
import type { HttpRequest } from '../contract.js';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Reading a contract. @param block a quantity, or `latest` */
export function ethCall(to: string, data: string, block = 'latest'): RpcCall {
  return { method: 'eth_call', params: [{ to, data }, block] };
}

/** All calls as one request to the node's root. The name of a call is its id, so that the answer says what it answers. */
export function batchRequest(calls: ReadonlyMap<string, RpcCall>): HttpRequest {
  const body = JSON.stringify([...calls].map(([id, { method, params }]) => ({ jsonrpc: '2.0', id, method, params })));
  return { method: 'POST', path: '', headers: { 'content-type': 'application/json' }, body };
}

/** Results by name, undefined for calls that failed; undefined as a whole where the body is no answer to a batch. */
export function batchResults(body: string): ReadonlyMap<string, unknown> | undefined {
  let answers: unknown;
  try {
    answers = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!Array.isArray(answers)) return undefined;
  return new Map((answers as unknown[]).flatMap((answer): [string, unknown][] => {
    const { id, result } = (answer ?? {}) as { id?: unknown; result?: unknown };
    return typeof id === 'string' ? [[id, result]] : [];
  }));
}
