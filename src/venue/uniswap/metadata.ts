/**
 * What the configured pools are: their tokens, fees and kinds from the pools, decimals and symbols from the tokens, all
 * read from the chain. Two batches of calls: the pools, then the tokens they name.
 */
import { unitAt } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { MarketMetadata, PoolFacts } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import { Selector } from './abi.js';
import { batchRequest, batchResults, ethCall, type RpcCall } from './json-rpc.js';
import { canonicalCode, isQuotedInFirst, leastNotional } from './tokens.js';
import { V2_FEE_PPM } from './v2.js';
import { addressAt, addressOf, holdsWords, intAt, textIn, uintAt } from './words.js';

/** What is asked of every pool: whichever of the last two answers tells its kind and price. */
const POOL_CALLS = ['token0', 'token1', 'fee', 'tickSpacing', 'getReserves', 'slot0'] as const;
const TOKEN_CALLS = ['decimals', 'symbol'] as const;
/** The finest units that the scaled integers of a pair have room for, together with those of other venues. */
const PRICE_DECIMALS_MAX = 10;
const QTY_DECIMALS_MAX = 8;
/** Digits of the price that count: a tick is at most a millionth of it. */
const PRICE_DIGITS = 6;
/** A step is worth about this power of ten of the quote, or less. */
const STEP_VALUE_DIGITS = 4;
const POOLS_MAX = 500;

function metadataError(what: string, fix: string): RingsideError {
  return new RingsideError('VENUE_METADATA', `Uniswap: ${what}`, { where: 'uniswap', fix });
}

interface PoolRead {
  readonly address: string;
  readonly token0: string;
  readonly token1: string;
  readonly version: 2 | 3;
  readonly feePpm: number;
  readonly tickSpacing: number;
  /** Token1 per token0 in base units. */
  readonly rawPrice: number;
}

function poolsOf({ settings }: Pick<MetadataContext, 'settings'>): string[] {
  const pools = (settings.pools ?? []).map((text) => {
    const address = addressOf(text);
    if (address === undefined) throw metadataError(`"${text}" is no address of a pool`, 'Write each pool as 0x and 40 hexadecimal digits in venues.uniswap.pools.');
    return address;
  });
  if (pools.length === 0) throw metadataError('no pool is configured', 'List the addresses of pools in venues.uniswap.pools.');
  if (pools.length > POOLS_MAX) throw metadataError(`${pools.length} pools, at most ${POOLS_MAX}`, 'Leave some out of venues.uniswap.pools.');
  return [...new Set(pools)];
}

type Results = ReadonlyMap<string, unknown>;

/** `address.function` → the call. */
function callsOf(addresses: readonly string[], functions: readonly (keyof typeof Selector)[]): Map<string, RpcCall> {
  return new Map(addresses.flatMap((address) => functions.map((name) => [`${address}.${name}`, ethCall(address, Selector[name])] as const)));
}

function resultsOf(answer: string | undefined): Results {
  const results = batchResults(answer ?? '');
  if (results === undefined) throw metadataError('the node does not answer batches of eth_call', 'Check that endpoints.rest of the venue is the JSON-RPC address of an Ethereum node.');
  return results;
}

/** The addresses that were asked about. Batches are answered in any order: sorted, the same pools have the same numbers in every run. */
function addressesIn(results: Results): string[] {
  return [...new Set([...results.keys()].map((id) => id.split('.')[0]))].sort();
}

function readPools(results: Results): PoolRead[] {
  return addressesIn(results).map((address) => readPool(address, (name) => results.get(`${address}.${name}`)));
}

function readPool(address: string, ask: (name: (typeof POOL_CALLS)[number]) => unknown): PoolRead {
  const [token0, token1, fee, spacing, reserves, slot0] = POOL_CALLS.map(ask);
  if (!holdsWords(token0, 1) || !holdsWords(token1, 1)) throw metadataError(`${address} is no pool on this chain`, 'Check the address, and that the node is on the right network.');
  const tokens = { address, token0: addressAt(token0, 0), token1: addressAt(token1, 0) };
  if (holdsWords(fee, 1) && holdsWords(spacing, 1) && holdsWords(slot0, 2)) {
    return { ...tokens, version: 3, feePpm: Number(uintAt(fee, 0)), tickSpacing: Number(intAt(spacing, 0)), rawPrice: (Number(uintAt(slot0, 0)) / 2 ** 96) ** 2 };
  }
  if (holdsWords(reserves, 2)) return { ...tokens, version: 2, feePpm: V2_FEE_PPM, tickSpacing: 1, rawPrice: Number(uintAt(reserves, 1)) / Number(uintAt(reserves, 0)) };
  throw metadataError(`${address} is a pool neither of v2 nor of v3`, 'Take it out of venues.uniswap.pools.');
}

export interface Token {
  readonly address: string;
  readonly decimals: number;
  readonly code: string;
}

/** A token without a readable name, or with decimals beyond reason, takes its pools out, not the venue. */
function readToken(address: string, results: Results): Token | undefined {
  const decimals = results.get(`${address}.decimals`);
  const code = canonicalCode(textIn(results.get(`${address}.symbol`)) ?? '');
  if (!holdsWords(decimals, 1) || uintAt(decimals, 0) > 30n || code === undefined) return undefined;
  return { address, decimals: Number(uintAt(decimals, 0)), code };
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, value));
}

/**
 * A pool's market. Tick and step follow from its price, so that both are fine enough for it.
 * @param rawPrice token1 per token0 in base units, or 0 where it is not known
 */
export function poolMarket(symbol: string, [token0, token1]: readonly [Token, Token], facts: Pick<PoolFacts, 'version' | 'feePpm' | 'tickSpacing'>, rawPrice: number): MarketMetadata {
  const baseIsToken0 = !isQuotedInFirst(token0.code, token1.code);
  const [base, quote] = baseIsToken0 ? [token0, token1] : [token1, token0];
  const price = (baseIsToken0 ? rawPrice : 1 / rawPrice) * 10 ** (base.decimals - quote.decimals);
  const magnitude = price > 0 && Number.isFinite(price) ? Math.floor(Math.log10(price)) : 0;
  const priceDecimals = clamp(PRICE_DIGITS - magnitude, PRICE_DECIMALS_MAX);
  const qtyDecimals = clamp(STEP_VALUE_DIGITS + magnitude, Math.min(QTY_DECIMALS_MAX, base.decimals));
  return {
    symbol, base: base.code, quote: quote.code, status: 'trading', priceDecimals, qtyDecimals,
    tickSize: unitAt(priceDecimals), stepSize: unitAt(qtyDecimals), minQty: unitAt(qtyDecimals), minNotional: leastNotional(quote.code),
    // The pool's fee is in every price already.
    takerFeePpm: 0, makerFeePpm: 0,
    pool: {
      ...facts, baseIsToken0,
      token0: { address: token0.address, decimals: token0.decimals }, token1: { address: token1.address, decimals: token1.decimals },
    },
  };
}

export const uniswapMetadata: MetadataCodec = {
  next(answers: readonly string[], context: MetadataContext): HttpRequest | undefined {
    if (answers.length === 0) return batchRequest(callsOf(poolsOf(context), POOL_CALLS));
    if (answers.length > 1) return undefined;
    const tokens = readPools(resultsOf(answers[0])).flatMap(({ token0, token1 }) => [token0, token1]);
    return batchRequest(callsOf([...new Set(tokens)], TOKEN_CALLS));
  },

  parse(answers: readonly string[]): MarketMetadata[] {
    const tokens = resultsOf(answers[1]);
    return readPools(resultsOf(answers[0])).flatMap(({ address, token0, token1, version, feePpm, tickSpacing, rawPrice }) => {
      const [first, second] = [readToken(token0, tokens), readToken(token1, tokens)];
      if (first === undefined || second === undefined || first.code === second.code) return [];
      return [poolMarket(address, [first, second], { version, feePpm, tickSpacing }, rawPrice)];
    });
  },
};
