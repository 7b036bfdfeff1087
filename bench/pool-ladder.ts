/** How long does a Swap log of a Uniswap pool take from bytes to a published book? */
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { Instrument } from '../src/model/instrument.js';
import { MemorySink } from '../src/record/slot.js';
import { Topic } from '../src/venue/uniswap/abi.js';
import { knownPool } from '../src/venue/uniswap/known-pools.js';
import { Ladder, LEVELS_MAX } from '../src/venue/uniswap/ladder.js';
import { readLog } from '../src/venue/uniswap/log.js';
import { poolMarket } from '../src/venue/uniswap/metadata.js';
import { Epochs, PoolBook } from '../src/venue/uniswap/pool-book.js';
import { V2State, V3State, type PoolState } from '../src/venue/uniswap/pool-state.js';
import { v2AmountOut } from '../src/venue/uniswap/v2.js';
import { V3Pool } from '../src/venue/uniswap/v3-pool.js';
import { word } from '../src/venue/uniswap/words.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';
import { figures, percentilesOf } from './samples.js';

const NAME = 'pool-ladder';
const SWAPS = 2000;
/** USDC/WETH 0.05 %. */
const POOL = '0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640';
const HASH = `0x${'ab'.repeat(32)}`;
const GAS = 500_000n;
/** A pool as deep as USDC/WETH 0.05 %: some 600 ticks, twelve times 10^18 of liquidity around 3200. */
const START_TICK = 195_610;
const START_PRICE = 1_400_569_274_369_653_497_968_298_455_686_454n;
const POSITIONS = 600;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function instrumentOf(version: 2 | 3): Instrument {
  const metadata = poolMarket(POOL, knownPool(POOL)!.tokens, { version, feePpm: version === 2 ? 3000 : 500, tickSpacing: version === 2 ? 1 : 10 }, 3.125e8);
  return buildInstrumentIndex({ venues: ['uniswap'], markets: [{ venue: 'uniswap', pair: 'ETH-USDC', quoteRatePpm: 1_000_000, takerFeePpm: 0, makerFeePpm: 0, metadata }] }).instruments[0];
}

function deepPool(): V3Pool {
  const pool = new V3Pool(500, 10);
  pool.moveTo({ price: START_PRICE, tick: START_TICK, liquidity: 0n });
  for (let i = 1; i <= POSITIONS; i++) pool.changeLiquidity(START_TICK - 10 * (1 + ((i * i) % 397)), START_TICK + 10 * (1 + ((i * 37) % 401)), 20_000_000_000_000_000n);
  return pool;
}

function frameOf(block: number, topic: string, ...values: (bigint | number)[]): Uint8Array {
  const data = `0x${values.map(word).join('')}`;
  const topics = [topic, `0x${word(1)}`, `0x${word(2)}`];
  const log = { address: POOL, topics, data, blockNumber: `0x${block.toString(16)}`, blockHash: HASH, transactionHash: HASH, transactionIndex: '0x0', logIndex: '0x0', removed: false };
  return encoder.encode(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: '0x1', result: log } }));
}

/** Swaps to and fro, of one to some hundred thousand dollars, as the pool logs them. */
function v3Swaps(pool: V3Pool, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const zeroForOne = i % 2 === 0;
    const size = BigInt(1 + ((i * 7919) % 300)) * 1000n;
    const swap = pool.quote(zeroForOne, zeroForOne ? size * 1_000_000n : (size * 10n ** 18n) / 3200n, true)!;
    pool.moveTo(swap);
    const [amount0, amount1] = zeroForOne ? [swap.amountIn, -swap.amountOut] : [-swap.amountOut, swap.amountIn];
    return frameOf(100 + i, Topic.v3Swap, amount0, amount1, swap.price, swap.liquidity, swap.tick);
  });
}

function v2Syncs(count: number): Uint8Array[] {
  let [reserve0, reserve1] = [20_000_000_000_000n, 6_250_000_000_000_000_000_000n];
  return Array.from({ length: count }, (_, i) => {
    const given = BigInt(1 + ((i * 7919) % 300)) * 100_000_000n;
    if (i % 2 === 0) {
      reserve1 -= v2AmountOut(given, reserve0, reserve1);
      reserve0 += given;
    } else reserve0 -= v2AmountOut((given * 10n ** 12n) / 3200n, reserve1, reserve0);
    return frameOf(100 + i, Topic.v2Sync, reserve0, reserve1);
  });
}

function measure(version: 2 | 3, state: PoolState, frames: readonly Uint8Array[]): BenchResult {
  const instrument = instrumentOf(version);
  const sink = new MemorySink(256);
  const book = new PoolBook({
    instruments: [instrument], venueIndex: 0, sink, epochUnixNs: 0n, firstEpoch: 0, stallNs: 1e9, resyncOnDuplicate: true, depth: LEVELS_MAX, settings: {},
    host: { send: () => undefined, request: () => undefined, reconnect: () => undefined, count: () => undefined },
  }, instrument, new Epochs(0));
  const ladder = new Ladder(instrument, instrument.metadata.pool!, LEVELS_MAX);
  const ns = new Float64Array(frames.length);
  const decoded = new Float64Array(frames.length);
  frames.forEach((frame, i) => {
    const before = performance.now();
    const log = readLog((JSON.parse(decoder.decode(frame)) as { params: { result: unknown } }).params.result)!;
    decoded[i] = (performance.now() - before) * 1e6;
    if (state.apply(log.event) === undefined) throw new Error('the pool contradicts its own log');
    ladder.build(state, GAS);
    book.publish(ladder.changes, { frame: i, block: log.block, tsVenueNs: 0, tsRecvNs: before });
    ns[i] = (performance.now() - before) * 1e6;
    sink.clear();
  });
  const half = frames.length >> 1;
  const { curve, ...percentiles } = percentilesOf(ns.slice(half));
  return {
    bench: NAME, name: `v${version}: log to book`, measured: percentiles, baselines: { decodedAlone: figures(percentilesOf(decoded.slice(half))) },
    targets: [target('p50 at most 1 ms', percentiles.p50Ns <= 1e6)], notes: [`${ladder.changes.count} levels of the last book; the first half of ${frames.length} swaps warms up`],
    curves: { [`v${version}`]: curve },
  };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const swaps = scaled(SWAPS, options, 40);
  options.progress('v3');
  yield await Promise.resolve(measure(3, new V3State(instrumentOf(3).metadata.pool!, deepPool()), v3Swaps(deepPool(), swaps)));
  options.progress('v2');
  yield measure(2, new V2State(instrumentOf(2).metadata.pool!, 20_000_000_000_000n, 6_250_000_000_000_000_000_000n), v2Syncs(swaps));
}

export const poolLadder: Bench = {
  name: NAME,
  question: 'How long does a Swap log of a Uniswap pool take from bytes to a published book?',
  topology: 'one thread; a pool with some 600 ticks, swaps to and fro, twenty levels a side computed with the contracts\' arithmetic',
  run,
};
