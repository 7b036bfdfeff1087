/**
 * The account: its address, its next nonce, and signed transactions (EIP-1559, type 2). Signing is asynchronous in name
 * only; what is signed first leaves first.
 */
import { RingsideError } from '../../model/errors.js';
import { viemAccounts, viemUtils } from './viem.js';

type Hex = `0x${string}`;

export interface Fees {
  /** Wei a unit of gas. */
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export interface UnsignedTransaction extends Fees {
  readonly nonce: number;
  readonly to: string;
  readonly data: Hex;
  readonly gas: bigint;
}

export interface SignedTransaction {
  readonly raw: Hex;
  /** What the chain will call it. */
  readonly hash: string;
}

const KEY = /^(0x)?[0-9a-fA-F]{64}$/;

export class Wallet {
  /** Lower case. */
  readonly address: string;
  chainId = 0;
  nextNonce = 0;
  private readonly account: ReturnType<ReturnType<typeof viemAccounts>['privateKeyToAccount']>;
  private readonly keccak256 = viemUtils().keccak256;
  private last: Promise<unknown> = Promise.resolve();

  /** @param privateKey 32 bytes in hexadecimal @throws RingsideError PRIVATE_KEY_INVALID */
  constructor(privateKey: string) {
    const key = privateKey.trim();
    if (!KEY.test(key)) throw new RingsideError('PRIVATE_KEY_INVALID', 'the private key of uniswap is not 32 bytes in hexadecimal', { where: 'uniswap', fix: 'Put 64 hexadecimal digits into the file of venues.uniswap.credentials.privateKeyFile.' });
    this.account = viemAccounts().privateKeyToAccount(key.startsWith('0x') ? (key as Hex) : `0x${key}`);
    this.address = this.account.address.toLowerCase();
  }

  /** Sign, and hand over in the order of the calls. */
  sign({ nonce, to, data, gas, maxFeePerGas, maxPriorityFeePerGas }: UnsignedTransaction, then: (signed: SignedTransaction) => void): void {
    const signing = this.account.signTransaction({ type: 'eip1559', chainId: this.chainId, nonce, to: to as Hex, data, gas, maxFeePerGas, maxPriorityFeePerGas, value: 0n });
    this.last = Promise.all([signing, this.last]).then(([raw]) => then({ raw, hash: this.keccak256(raw) }));
  }

  /** Everything that was to be signed has been handed over; for tests. */
  settled(): Promise<unknown> {
    return this.last;
  }
}
