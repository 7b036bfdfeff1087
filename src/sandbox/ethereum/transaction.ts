/** Transactions: signed ones taken apart and their sender recovered, the generator's made up. */
import { keccak256, parseTransaction, recoverAddress, serializeTransaction } from 'viem/utils';
import type { Address, Hex, TransactionSerializableEIP1559, TransactionSerializedEIP1559 } from 'viem';
import { lower } from './addresses.js';

/** The sandbox's chain says that it is mainnet: addresses and chain id are what a client is configured for. */
export const CHAIN_ID = 1;

export interface Transaction {
  readonly hash: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly nonce: number;
  readonly value: bigint;
  readonly data: Hex;
  readonly gas: number;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly signature: { readonly r: Hex; readonly s: Hex; readonly yParity: number };
  /** The generator's own. */
  readonly synthetic: boolean;
}

/** Why a raw transaction cannot be taken, in geth's words. */
export class TransactionRefused extends Error {}

/** Half the order of secp256k1: signatures above it were forbidden by EIP-2. */
const S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** @throws TransactionRefused */
export async function decodeRawTransaction(raw: Hex): Promise<Transaction> {
  if (raw === '0x') throw new TransactionRefused('typed transaction too short');
  const type = Number.parseInt(raw.slice(2, 4), 16);
  if (type >= 0xc0) throw new TransactionRefused('only replay-protected (EIP-155) transactions of type 2 are taken by this sandbox');
  if (type !== 2) throw new TransactionRefused('transaction type not supported');
  const fields = fieldsOf(raw as TransactionSerializedEIP1559);
  if (fields.chainId !== CHAIN_ID) throw new TransactionRefused(`invalid chain id for signer: have ${fields.chainId} want ${CHAIN_ID}`);
  if (fields.to === undefined || fields.to === null) throw new TransactionRefused('contract creation is not part of this sandbox');
  const { r, s, yParity = 0 } = fields;
  if (r === undefined || s === undefined || BigInt(r) === 0n || BigInt(s) === 0n || BigInt(s) > S_MAX) throw new TransactionRefused('invalid transaction v, r, s values');
  return {
    hash: keccak256(raw), from: await senderOf(fields, { r, s, yParity }), to: lower(fields.to), nonce: fields.nonce ?? 0, value: fields.value ?? 0n, data: fields.data ?? '0x',
    gas: Number(fields.gas ?? 0n), maxFeePerGas: fields.maxFeePerGas ?? 0n, maxPriorityFeePerGas: fields.maxPriorityFeePerGas ?? 0n,
    signature: { r, s, yParity }, synthetic: false,
  };
}

type SignedFields = ReturnType<typeof parseTransaction<TransactionSerializedEIP1559>>;

function fieldsOf(raw: TransactionSerializedEIP1559): SignedFields {
  try {
    return parseTransaction(raw);
  } catch {
    throw new TransactionRefused('rlp: value does not fit the fields of a type 2 transaction');
  }
}

async function senderOf({ r: _r, s: _s, v: _v, yParity: _yParity, ...unsigned }: SignedFields, signature: Transaction['signature']): Promise<Address> {
  try {
    return lower(await recoverAddress({ hash: keccak256(serializeTransaction(unsigned)), signature }));
  } catch {
    throw new TransactionRefused('invalid sender');
  }
}

export type TransactionFields = Pick<Transaction, 'from' | 'to' | 'nonce' | 'value' | 'data' | 'gas' | 'maxFeePerGas' | 'maxPriorityFeePerGas'>;

/** A transaction of the generator: its signature is made up from its content, so that it costs nothing and repeats with the seed. */
export function syntheticTransaction(fields: TransactionFields): Transaction {
  const { from, to, nonce, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = fields;
  const unsigned: TransactionSerializableEIP1559 = { type: 'eip1559', chainId: CHAIN_ID, to, nonce, value, data, gas: BigInt(gas), maxFeePerGas, maxPriorityFeePerGas };
  const r = keccak256(`${serializeTransaction(unsigned)}${from.slice(2)}`);
  const s: Hex = `0x1${r.slice(34)}${r.slice(2, 33)}`;
  return { ...fields, hash: keccak256(serializeTransaction(unsigned, { r, s, yParity: 0 })), signature: { r, s, yParity: 0 }, synthetic: true };
}

/** What a unit of gas pays the block's producer: the tip, as far as the fee cap leaves room above the base fee. */
export function effectiveTip({ maxFeePerGas, maxPriorityFeePerGas }: Pick<Transaction, 'maxFeePerGas' | 'maxPriorityFeePerGas'>, baseFee: bigint): bigint {
  const room = maxFeePerGas - baseFee;
  return maxPriorityFeePerGas < room ? maxPriorityFeePerGas : room;
}

const INTRINSIC_GAS = 21_000;

/** Gas for being a transaction at all: 21,000 and its calldata (EIP-2028). */
export function intrinsicGas(data: Hex): number {
  let gas = INTRINSIC_GAS;
  for (let i = 2; i < data.length; i += 2) gas += data.startsWith('00', i) ? 4 : 16;
  return gas;
}
