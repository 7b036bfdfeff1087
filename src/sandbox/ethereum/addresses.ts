/** Where the contracts live: their mainnet addresses, and those of pools as their factories derive them. */
import { encodeAbiParameters, encodePacked, getCreate2Address, keccak256 } from 'viem/utils';
import type { Address, Hex } from 'viem';

/** All addresses of the sandbox are lower case, so that text compares. */
export const lower = (address: string): Address => address.toLowerCase() as Address;

export const WETH = lower('0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2');
export const USDC = lower('0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48');
export const USDT = lower('0xdac17f958d2ee523a2206206994597c13d831ec7');
export const WBTC = lower('0x2260fac5e5542a773aa44fbcfedf7c193bc2c599');
export const V2_FACTORY = lower('0x5C69bEe701ef814a2B6a3EDD4B1652CB9cc5aA6f');
export const V2_ROUTER = lower('0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D');
export const V3_FACTORY = lower('0x1F98431c8aD98523631AE4a59f267346ea31F984');
export const V3_ROUTER = lower('0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45');
export const QUOTER = lower('0x61fFE014bA17989E743c5F6cB21bF9697530B21e');
export const MULTICALL3 = lower('0xcA11bde05977b3631167028862bE2a173976CA11');
export const ZERO_ADDRESS: Address = '0x0000000000000000000000000000000000000000';

const V2_INIT_CODE_HASH: Hex = '0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f';
const V3_INIT_CODE_HASH: Hex = '0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54';

/** The lower address is token0. */
export function sortTokens(a: Address, b: Address): readonly [Address, Address] {
  return a < b ? [a, b] : [b, a];
}

export function v2PairAddress(a: Address, b: Address): Address {
  const salt = keccak256(encodePacked(['address', 'address'], sortTokens(a, b)));
  return lower(getCreate2Address({ from: V2_FACTORY, salt, bytecodeHash: V2_INIT_CODE_HASH }));
}

/** @param fee hundredths of a basis point */
export function v3PoolAddress(a: Address, b: Address, fee: number): Address {
  const [token0, token1] = sortTokens(a, b);
  const salt = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'address' }, { type: 'uint24' }], [token0, token1, fee]));
  return lower(getCreate2Address({ from: V3_FACTORY, salt, bytecodeHash: V3_INIT_CODE_HASH }));
}
