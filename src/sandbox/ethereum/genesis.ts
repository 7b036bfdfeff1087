/** The chain's first two blocks: who owns what, then the pools opened and filled by transactions whose logs can be read. */
import { encodeFunctionData } from 'viem/utils';
import type { Address, Hex } from 'viem';
import { MAX_TICK, tickAtSqrtRatio } from '../../venue/uniswap/tick-math.js';
import { V2_ROUTER, V3_ROUTER } from './addresses.js';
import { buildBlock, seal } from './block.js';
import type { Block } from './block.js';
import type { Contract } from './execution.js';
import { digestOf } from './header.js';
import { LIQUIDITY_ABI, LIQUIDITY_PROVISION } from './liquidity-provision.js';
import type { Market } from './market.js';
import { balanceSlot, Layer } from './state.js';
import type { Token } from './token.js';
import type { TokenSymbol } from './tokens.js';
import { unitsOf } from './tokens.js';
import { syntheticTransaction } from './transaction.js';
import { V3Pool } from './v3-pool.js';

/** About where mainnet is. */
const FIRST_BLOCK = 24_000_000;
const FIRST_BASE_FEE = 1_000_000_000n;
const GAS = 600_000;
const GWEI = 1_000_000_000n;

/** What the funded account opens with, in whole tokens. */
export const OPENING: Readonly<Record<TokenSymbol, bigint>> = { WETH: 400n, USDT: 2_000_000n, USDC: 2_000_000n, WBTC: 20n };
const OPENING_ETHER = 100n;
const ETHER = 10n ** 18n;
/** The generator's people never run out. */
const PLENTY = 10n ** 12n;

export interface Founders {
  readonly funded: Address;
  readonly provider: Address;
  readonly traders: readonly Address[];
}

/** Half-width of a position in basis points and its share of the depth at the middle. */
const POSITIONS: readonly (readonly [halfWidthBps: number, share: number])[] = [[40, 0.35], [150, 0.3], [800, 0.25]];
const FULL_RANGE_SHARE = 0.1;

export function firstBlocks(seed: number, timestampS: number, contracts: ReadonlyMap<Address, Contract>, tokens: readonly Token[], markets: readonly Market[], founders: Founders): readonly [Block, Block] {
  const { funded, provider, traders } = founders;
  const state = new Layer(null);
  for (const owner of [provider, ...traders]) {
    state.set(balanceSlot(owner), PLENTY * ETHER);
    for (const token of tokens) {
      token.issue(state, owner, unitsOf(token.spec.symbol as TokenSymbol, PLENTY));
      for (const spender of [V2_ROUTER, V3_ROUTER, LIQUIDITY_PROVISION]) token.allowAll(state, owner, spender);
    }
  }
  state.set(balanceSlot(funded), OPENING_ETHER * ETHER);
  for (const token of tokens) token.issue(state, funded, unitsOf(token.spec.symbol as TokenSymbol, OPENING[token.spec.symbol as TokenSymbol]));
  const parentHash = digestOf([`0x${seed.toString(16).padStart(64, '0')}`]);
  const genesis = seal({ number: FIRST_BLOCK, parentHash, timestampS, baseFee: FIRST_BASE_FEE, gasUsed: 0, extraData: '0x' }, [], [], state);
  const transactions = markets.flatMap(opening).map((data, nonce) => syntheticTransaction({
    from: provider, to: LIQUIDITY_PROVISION, nonce, value: 0n, data, gas: GAS, maxFeePerGas: 10n * GWEI, maxPriorityFeePerGas: GWEI,
  }));
  return [genesis, buildBlock(contracts, genesis, { transactions, timestampS, extraData: '0x', fails: () => false })];
}

/** Calldata that opens one market and fills it. */
function opening(market: Market): Hex[] {
  const { venue, startPrice, spec: { base, quote, depth } } = market;
  const sqrtPrice = market.sqrtPriceAt(startPrice);
  const calls = [encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'open', args: [venue.address, sqrtPrice] })];
  if (venue instanceof V3Pool) {
    const tick = tickAtSqrtRatio(sqrtPrice);
    const liquidity = market.liquidityOf(depth, startPrice);
    const add = (lower: number, upper: number, share: number): void => {
      const amount = (liquidity * BigInt(Math.round(share * 1000))) / 1000n;
      calls.push(encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'addToPool', args: [venue.address, lower, upper, amount] }));
    };
    for (const [halfWidthBps, share] of POSITIONS) add(...venue.ticksAround(tick, halfWidthBps), share);
    add(...venue.ticksAround(0, MAX_TICK - venue.tickSpacing), FULL_RANGE_SHARE);
  } else {
    const quoteTokens = depth / 0.0005;
    const amounts = { [base]: units(base, quoteTokens / startPrice), [quote]: units(quote, quoteTokens) };
    const args = [venue.address, amounts[venue.token0.spec.symbol], amounts[venue.token1.spec.symbol]] as const;
    calls.push(encodeFunctionData({ abi: LIQUIDITY_ABI, functionName: 'addToPair', args }));
  }
  return calls;
}

function units(symbol: TokenSymbol, tokens: number): bigint {
  return unitsOf(symbol, BigInt(Math.round(tokens * 1e6))) / 1_000_000n;
}
