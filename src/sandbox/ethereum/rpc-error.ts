/** Errors of JSON-RPC, with geth's codes and words. */
import { decodeAbiParameters } from 'viem/utils';
import type { Hex } from 'viem';

export class RpcError extends Error {
  constructor(readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }

  toJson(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...(this.data === undefined ? {} : { data: this.data }) };
  }
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** Everything that a node has no number for. */
export const SERVER_ERROR = -32000;
/** As providers say that a question was too large or too frequent. */
export const LIMIT_EXCEEDED = -32005;
const EXECUTION_REVERTED = 3;

const ERROR_SELECTOR = '0x08c379a0';

export function invalidParam(index: number, why: string): RpcError {
  return new RpcError(INVALID_PARAMS, `invalid argument ${index}: ${why}`);
}

export function serverError(message: string): RpcError {
  return new RpcError(SERVER_ERROR, message);
}

/** @param data what the contract reverted with */
export function reverted(data: Hex): RpcError {
  return new RpcError(EXECUTION_REVERTED, data.startsWith(ERROR_SELECTOR) ? `execution reverted: ${reasonOf(data)}` : 'execution reverted', data);
}

function reasonOf(data: Hex): string {
  return decodeAbiParameters([{ type: 'string' }], `0x${data.slice(10)}`)[0];
}
