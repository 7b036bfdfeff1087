/** Parameters of JSON-RPC calls, checked as geth checks them. */
import type { Address, Hex } from 'viem';
import { lower } from './addresses.js';
import type { Block } from './block.js';
import type { Chain } from './chain.js';
import { INVALID_PARAMS, invalidParam, RpcError, serverError } from './rpc-error.js';

export type Params = readonly unknown[];

const QUANTITY = /^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/;
const DATA = /^0x([0-9a-fA-F]{2})*$/;

export function required(params: Params, index: number): unknown {
  const value = params[index];
  if (value === undefined || value === null) throw new RpcError(INVALID_PARAMS, `missing value for required argument ${index}`);
  return value;
}

export function asObject(value: unknown, index: number): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidParam(index, 'json: cannot unmarshal non-object');
  return value as Record<string, unknown>;
}

export function asAddress(value: unknown, index: number): Address {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value)) throw invalidParam(index, 'json: cannot unmarshal value into an address of 20 bytes');
  return lower(value);
}

export function asHash(value: unknown, index: number): Hex {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(value)) throw invalidParam(index, 'json: cannot unmarshal value into a hash of 32 bytes');
  return value.toLowerCase() as Hex;
}

export function asData(value: unknown, index: number): Hex {
  if (typeof value !== 'string' || !DATA.test(value)) throw invalidParam(index, 'json: cannot unmarshal invalid hex string');
  return value.toLowerCase() as Hex;
}

export function asQuantity(value: unknown, index: number): bigint {
  if (typeof value !== 'string' || !QUANTITY.test(value)) throw invalidParam(index, 'json: cannot unmarshal value into a hex quantity without leading zeros');
  return BigInt(value);
}

/** `latest`, a number, or `{blockHash}` and `{blockNumber}`; undefined where there is no such block. */
export function findBlock(chain: Chain, given: unknown, index: number): Block | undefined {
  if (typeof given === 'object' && given !== null) {
    const { blockHash, blockNumber } = given as Record<string, unknown>;
    return blockHash === undefined ? findBlock(chain, blockNumber, index) : chain.byHash(asHash(blockHash, index));
  }
  switch (given) {
    case undefined: case null: case 'latest': case 'pending': return chain.head;
    case 'earliest': return chain.at(chain.first);
    case 'safe': return chain.safe;
    case 'finalized': return chain.finalized;
    default: return chain.at(Number(asQuantity(given, index)));
  }
}

/** The block whose state is asked for. @throws RpcError where it is unknown, or too old */
export function blockWithState(chain: Chain, given: unknown, index: number): Block {
  const block = findBlock(chain, given, index);
  if (block === undefined) throw serverError(typeof given === 'object' && given !== null && 'blockHash' in given ? 'header for hash not found' : 'header not found');
  if (!chain.hasState(block)) throw serverError(`missing trie node ${block.stateRoot.slice(2)} (path ) state ${block.stateRoot} is not available`);
  return block;
}
