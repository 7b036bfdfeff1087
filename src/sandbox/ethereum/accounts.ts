/** Who is on the chain: the funded account that clients trade with, and the generator's people. All follow from the seed. */
import { createECDH } from 'node:crypto';
import { keccak256, toHex } from 'viem/utils';
import type { Address, Hex } from 'viem';

export interface FundedAccount {
  readonly address: Address;
  readonly privateKey: Hex;
}

export function fundedAccount(seed: number): FundedAccount {
  const privateKey = keccak256(toHex(`${seed}:ethereum:account`));
  const curve = createECDH('secp256k1');
  curve.setPrivateKey(privateKey.slice(2), 'hex');
  const publicKey = curve.getPublicKey().subarray(1);
  return { privateKey, address: addressOf(keccak256(publicKey)) };
}

/** An account of the generator; nobody has its key. */
export function syntheticAccount(seed: number, name: string): Address {
  return addressOf(keccak256(toHex(`${seed}:ethereum:${name}`)));
}

/** The last twenty bytes, as an account is named after its public key's hash. */
function addressOf(hash: Hex): Address {
  return `0x${hash.slice(-40)}`;
}
