/** Logs of pools as eth_subscribe and eth_getLogs give them, read whole or not at all. */
import { Topic } from './abi.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, sqrtRatioAtTick, tickAtSqrtRatio } from './tick-math.js';
import { addressOf, hashOf, holdsWords, intAt, quantityOf, uintAt } from './words.js';
import type { V3Position } from './v3-walk.js';

export type PoolEvent =
  /** v2: the reserves after whatever happened. */
  | { readonly kind: 'sync'; readonly reserve0: bigint; readonly reserve1: bigint }
  /** Amounts as the pool sees them: above 0 = it received. `after` is told by v3 alone; v2 has said it in a Sync before. */
  | { readonly kind: 'swap'; readonly amount0: bigint; readonly amount1: bigint; readonly after: V3Position | undefined }
  /** v3: liquidity added between two ticks; below 0 = taken. */
  | { readonly kind: 'liquidity'; readonly lower: number; readonly upper: number; readonly amount: bigint };

export interface PoolLog {
  /** Lower case. */
  readonly pool: string;
  readonly block: number;
  /** '' in recordings that kept none. */
  readonly blockHash: string;
  readonly index: number;
  /** Unix seconds; undefined where the node does not tell. */
  readonly time: number | undefined;
  readonly transactionHash: string;
  /** It belongs to a block that is no longer part of the chain. */
  readonly removed: boolean;
  readonly event: PoolEvent;
}

const UINT128_MAX = (1n << 128n) - 1n;
const UINT112_MAX = (1n << 112n) - 1n;

function tickOf(value: bigint): number | undefined {
  const tick = Number(value);
  return tick >= MIN_TICK && tick <= MAX_TICK ? tick : undefined;
}

/** Reads first topic, other topics and data; undefined for an event that this venue does not read, null for a damaged one. */
function eventOf(topics: readonly unknown[], data: unknown): PoolEvent | undefined | null {
  switch (topics[0]) {
    case Topic.v2Sync: {
      if (!holdsWords(data, 2)) return null;
      const [reserve0, reserve1] = [uintAt(data, 0), uintAt(data, 1)];
      return reserve0 > UINT112_MAX || reserve1 > UINT112_MAX ? null : { kind: 'sync', reserve0, reserve1 };
    }
    case Topic.v2Swap:
      if (!holdsWords(data, 4)) return null;
      return { kind: 'swap', amount0: uintAt(data, 0) - uintAt(data, 2), amount1: uintAt(data, 1) - uintAt(data, 3), after: undefined };
    case Topic.v3Swap: {
      if (!holdsWords(data, 5)) return null;
      const after = positionOf(uintAt(data, 2), uintAt(data, 3), intAt(data, 4));
      return after === undefined ? null : { kind: 'swap', amount0: intAt(data, 0), amount1: intAt(data, 1), after };
    }
    case Topic.v3Mint: return holdsWords(data, 4) ? liquidityOf(topics, uintAt(data, 1)) : null;
    case Topic.v3Burn: return holdsWords(data, 3) ? liquidityOf(topics, -uintAt(data, 0)) : null;
    default: return hashOf(topics[0]) === undefined ? null : undefined;
  }
}

/** Price and tick must agree: a tick is left downwards when its price is reached. */
function positionOf(price: bigint, liquidity: bigint, tickWord: bigint): V3Position | undefined {
  if (price < MIN_SQRT_RATIO || price >= MAX_SQRT_RATIO || liquidity > UINT128_MAX) return undefined;
  const tick = tickAtSqrtRatio(price);
  if (BigInt(tick) === tickWord) return { price, liquidity, tick };
  return BigInt(tick - 1) === tickWord && sqrtRatioAtTick(tick) === price ? { price, liquidity, tick: tick - 1 } : undefined;
}

function liquidityOf(topics: readonly unknown[], amount: bigint): PoolEvent | null {
  const [, , lowerWord, upperWord] = topics;
  if (!holdsWords(lowerWord, 1) || !holdsWords(upperWord, 1)) return null;
  const [lower, upper] = [tickOf(intAt(lowerWord, 0)), tickOf(intAt(upperWord, 0))];
  return lower === undefined || upper === undefined || lower >= upper || amount > UINT128_MAX || -amount > UINT128_MAX ? null : { kind: 'liquidity', lower, upper, amount };
}

/** A log; undefined for an event that this venue does not read, null where it is none or damaged. */
export function readLog(value: unknown): PoolLog | undefined | null {
  if (typeof value !== 'object' || value === null) return null;
  const log = value as Record<string, unknown>;
  const pool = addressOf(log.address);
  const block = quantityOf(log.blockNumber);
  const index = quantityOf(log.logIndex);
  const blockHash = log.blockHash === undefined ? '' : hashOf(log.blockHash);
  if (pool === undefined || block === undefined || index === undefined || blockHash === undefined || !Array.isArray(log.topics)) return null;
  const event = eventOf(log.topics as unknown[], log.data);
  if (event === undefined || event === null) return event;
  return {
    pool, block, index, event, blockHash,
    transactionHash: hashOf(log.transactionHash) ?? '',
    time: quantityOf(log.blockTimestamp),
    removed: log.removed === true,
  };
}

/** The answer to eth_getLogs, in the chain's order; undefined where it is none. */
export function readLogs(result: unknown): PoolLog[] | undefined {
  if (!Array.isArray(result)) return undefined;
  const logs: PoolLog[] = [];
  for (const value of result as unknown[]) {
    const log = readLog(value);
    if (log === null) return undefined;
    if (log !== undefined) logs.push(log);
  }
  return logs.sort((a, b) => a.block - b.block || a.index - b.index);
}
