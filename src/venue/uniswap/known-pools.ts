/**
 * Pools of Ethereum's main network between well-known tokens, told by their addresses alone: a factory's pools have
 * addresses that follow from their tokens (CREATE2). For recordings, where there is no chain to ask.
 * Sources: UniswapV2Library (pairFor), PoolAddress of v3-periphery; EIP-1014.
 */
import type { PoolFacts } from '../../model/instrument.js';
import type { Token } from './metadata.js';
import { V2_FEE_PPM } from './v2.js';
import { viemUtils } from './viem.js';
import { word } from './words.js';

export interface KnownPool {
  readonly tokens: readonly [Token, Token];
  readonly facts: Pick<PoolFacts, 'version' | 'feePpm' | 'tickSpacing'>;
}

/** By address: that is also their order in pools. */
const TOKENS: readonly Token[] = ([
  ['0x2260fac5e5542a773aa44fbcfedf7c193bc2c599', 8, 'BTC'],
  ['0x6b175474e89094c44da98b954eedeac495271d0f', 18, 'DAI'],
  ['0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', 6, 'USDC'],
  ['0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2', 18, 'ETH'],
  ['0xdac17f958d2ee523a2206206994597c13d831ec7', 6, 'USDT'],
] as const).map(([address, decimals, code]) => ({ address, decimals, code }));

const V2_FACTORY = '5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f';
const V2_CODE_HASH = '96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f';
const V3_FACTORY = '1f98431c8ad98523631ae4a59f267346ea31f984';
const V3_CODE_HASH = 'e34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54';
/** Fee in ppm → tick spacing. */
const V3_SPACINGS: readonly (readonly [number, number])[] = [[100, 1], [500, 10], [3000, 60], [10_000, 200]];

let known: ReadonlyMap<string, KnownPool> | undefined;

/** A pool by its address, lower case. */
export function knownPool(address: string): KnownPool | undefined {
  known ??= derivePools();
  return known.get(address);
}

function derivePools(): Map<string, KnownPool> {
  const { keccak256 } = viemUtils();
  const hash = (hex: string): string => keccak256(`0x${hex}`).slice(2);
  const addressOf = (factory: string, salt: string, codeHash: string): string => `0x${hash(`ff${factory}${hash(salt)}${codeHash}`).slice(24)}`;
  const pools = new Map<string, KnownPool>();
  TOKENS.forEach((first, i) => {
    for (const second of TOKENS.slice(i + 1)) {
      const tokens = [first, second] as const;
      pools.set(addressOf(V2_FACTORY, first.address.slice(2) + second.address.slice(2), V2_CODE_HASH), { tokens, facts: { version: 2, feePpm: V2_FEE_PPM, tickSpacing: 1 } });
      for (const [feePpm, tickSpacing] of V3_SPACINGS) {
        pools.set(addressOf(V3_FACTORY, word(first.address) + word(second.address) + word(feePpm), V3_CODE_HASH), { tokens, facts: { version: 3, feePpm, tickSpacing } });
      }
    }
  });
  return pools;
}
