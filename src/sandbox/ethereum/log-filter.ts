/** Which logs somebody asked for: addresses, and topics by position. */
import type { Address, Hex } from 'viem';
import type { Log } from './block.js';
import { asAddress, asHash } from './rpc-params.js';
import { INVALID_PARAMS, RpcError } from './rpc-error.js';

const TOPICS_MAX = 4;
const ADDRESSES_MAX = 1_000;

export class LogFilter {
  /** Empty: any. */
  readonly #addresses: ReadonlySet<Address>;
  /** By position; null: any. */
  readonly #topics: readonly (ReadonlySet<Hex> | null)[];

  /** @throws RpcError */
  constructor({ address, topics }: { readonly address?: unknown; readonly topics?: unknown }, index: number) {
    const addresses = address === undefined || address === null ? [] : Array.isArray(address) ? address : [address];
    if (addresses.length > ADDRESSES_MAX) throw new RpcError(INVALID_PARAMS, `exceed max addresses: ${ADDRESSES_MAX}`);
    this.#addresses = new Set(addresses.map((given) => asAddress(given, index)));
    const given: unknown[] = Array.isArray(topics) ? topics : [];
    if (given.length > TOPICS_MAX) throw new RpcError(INVALID_PARAMS, 'exceed max topics');
    this.#topics = given.map((topic: unknown) => {
      if (topic === null || topic === undefined) return null;
      const choices: unknown[] = Array.isArray(topic) ? topic : [topic];
      // An empty list, and a null within one, stand for any.
      return choices.length === 0 || choices.includes(null) ? null : new Set(choices.map((choice) => asHash(choice, index)));
    });
  }

  takes({ address, topics }: Log): boolean {
    if (this.#addresses.size > 0 && !this.#addresses.has(address)) return false;
    return this.#topics.every((choices, i) => (choices === null ? true : topics[i] !== undefined && choices.has(topics[i]))) && topics.length >= this.#topics.length;
  }
}
