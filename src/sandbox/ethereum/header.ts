/** Block headers: the bloom filter of their logs, and the hash that names them. */
import { keccak256, toHex, toRlp } from 'viem/utils';
import type { Address, Hex } from 'viem';
import type { RawLog } from './execution.js';
import { word } from './execution.js';

export interface Header {
  readonly number: number;
  readonly parentHash: Hex;
  readonly timestampS: number;
  readonly baseFee: bigint;
  readonly gasLimit: number;
  readonly gasUsed: number;
  readonly logsBloom: Hex;
  /** Not tries, as on the chain, but digests of what they would hold. */
  readonly stateRoot: Hex;
  readonly transactionsRoot: Hex;
  readonly receiptsRoot: Hex;
  readonly mixHash: Hex;
  readonly extraData: Hex;
}

export const COINBASE: Address = '0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5';
/** keccak of an empty list: no uncles; of an empty trie: no withdrawals. */
export const EMPTY_UNCLES: Hex = '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347';
export const EMPTY_TRIE: Hex = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';
export const ZERO_WORD: Hex = `0x${word(0n)}`;
export const ZERO_NONCE: Hex = '0x0000000000000000';

/** The header's fields in the order of the chain (Cancun), RLP-encoded and hashed. */
export function hashOf(header: Header): Hex {
  const number = (value: number | bigint): Hex => (BigInt(value) === 0n ? '0x' : evenHex(value));
  return keccak256(toRlp([
    header.parentHash, EMPTY_UNCLES, COINBASE, header.stateRoot, header.transactionsRoot, header.receiptsRoot, header.logsBloom, '0x', number(header.number),
    number(header.gasLimit), number(header.gasUsed), number(header.timestampS), header.extraData, header.mixHash, ZERO_NONCE, number(header.baseFee),
    EMPTY_TRIE, '0x', '0x', ZERO_WORD,
  ]));
}

/** One digest of many. */
export function digestOf(parts: readonly Hex[]): Hex {
  return parts.length === 0 ? EMPTY_TRIE : keccak256(`0x${parts.map((part) => part.slice(2)).join('')}`);
}

function evenHex(value: number | bigint): Hex {
  const hex = toHex(value).slice(2);
  return hex.length % 2 === 0 ? `0x${hex}` : `0x0${hex}`;
}

const BLOOM_BYTES = 256;
/** Addresses and topics come again and again. */
const bitsOfItem = new Map<string, readonly number[]>();
const ITEMS_MAX = 10_000;

/** 2048 bits, three for each address and topic (yellow paper, 4.3.1). */
export function bloomOf(logs: readonly RawLog[]): Hex {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const { address, topics } of logs) for (const item of [address, ...topics]) for (const bit of bitsOf(item)) bloom[BLOOM_BYTES - 1 - (bit >> 3)] |= 1 << (bit & 7);
  return toHex(bloom);
}

function bitsOf(item: Hex): readonly number[] {
  const known = bitsOfItem.get(item);
  if (known !== undefined) return known;
  const hash = keccak256(item);
  const bits = [2, 6, 10].map((at) => Number.parseInt(hash.slice(at, at + 4), 16) & 2047);
  if (bitsOfItem.size >= ITEMS_MAX) bitsOfItem.clear();
  bitsOfItem.set(item, bits);
  return bits;
}
