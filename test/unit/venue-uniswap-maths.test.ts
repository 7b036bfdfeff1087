import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { computeSwapStep } from '../../src/venue/uniswap/swap-math.js';
import { MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK, Q96, sqrtRatioAtTick, tickAtSqrtRatio } from '../../src/venue/uniswap/tick-math.js';
import { v2AmountIn, v2AmountOut, v2KeepsProduct } from '../../src/venue/uniswap/v2.js';
import { V3Pool, type V3Position, type V3Swap } from '../../src/venue/uniswap/v3-pool.js';
import { Prng } from '../../src/sandbox/market/prng.js';
import { absent, captures, recordedLogs, recordedStates, type RecordedLog } from '../fixtures/uniswap-captures.js';

const SWAP = '0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67';
const MINT = '0x7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde';
const BURN = '0x0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c';

const signed = (word: string): bigint => BigInt.asIntN(256, BigInt(word));
const word = (data: string, i: number): bigint => signed(`0x${data.slice(2 + 64 * i, 66 + 64 * i)}`);

t.test('v2: outputs round down, inputs round up, and the pair accepts exactly that', (t) => {
  const [usdc, weth] = [20_000_000_000_000n, 6_250_000_000_000_000_000_000n];
  t.equal(v2AmountOut(10_000_000_000n, usdc, weth), 3_114_072_634_791_556_409n);
  t.equal(v2AmountIn(5_000_000_000_000_000_000n, usdc, weth), 16_060_993_228n);
  t.equal(v2AmountIn(weth, usdc, weth), undefined, 'a pool never gives all it has');
  t.equal(v2AmountOut(0n, usdc, weth), 0n);
  const random = new Prng('uniswap v2');
  for (let i = 0; i < 2000; i++) {
    const reserveIn = BigInt(Math.floor(random.uniform() * 2 ** 50)) * 10_007n + 1n;
    const reserveOut = BigInt(Math.floor(random.uniform() * 2 ** 50)) * 9_973n + 2n;
    const amountIn = (reserveIn * BigInt(Math.floor(random.uniform() * 1e6))) / 1_000_000n + 1n;
    const out = v2AmountOut(amountIn, reserveIn, reserveOut);
    if (!v2KeepsProduct(reserveIn, reserveOut, amountIn, 0n, 0n, out)) t.fail(`case ${i}: the pair would refuse its own quote`);
    if (v2KeepsProduct(reserveIn, reserveOut, amountIn, 0n, 0n, out + 1n)) t.fail(`case ${i}: the pair would give one more`);
    const back = out === 0n ? 0n : v2AmountIn(out, reserveIn, reserveOut)!;
    if (out > 0n && back > amountIn + 1n) t.fail(`case ${i}: taking the same output costs more than it gave`);
  }
  t.end();
});

t.test('ticks and square root prices agree both ways, to the ends of the range', (t) => {
  t.equal(sqrtRatioAtTick(0), Q96);
  t.equal(sqrtRatioAtTick(196_000), 1_428_080_589_594_801_790_570_407_367_332_275n);
  t.equal(sqrtRatioAtTick(MIN_TICK), MIN_SQRT_RATIO);
  t.equal(sqrtRatioAtTick(MAX_TICK), MAX_SQRT_RATIO);
  t.equal(tickAtSqrtRatio(MIN_SQRT_RATIO), MIN_TICK);
  t.equal(tickAtSqrtRatio(MAX_SQRT_RATIO - 1n), MAX_TICK - 1);
  for (let tick = MIN_TICK; tick < MAX_TICK; tick += 601) {
    const price = sqrtRatioAtTick(tick);
    if (tickAtSqrtRatio(price) !== tick) t.fail(`price of ${tick} leads back to another tick`);
    if (tick > MIN_TICK && tickAtSqrtRatio(price - 1n) !== tick - 1) t.fail(`just below ${tick} is not ${tick - 1}`);
  }
  t.end();
});

t.test('v3: one step within a range, to the unit', (t) => {
  const step = computeSwapStep(1_400_569_274_369_653_497_968_298_455_686_454n, sqrtRatioAtTick(195_600), 20_000_000_000_000_000_000n, 10_000_000_000n, true, 500n)!;
  t.same(step, { price: 1_400_556_901_268_269_957_350_749_823_663_343n, amountIn: 9_995_000_000n, amountOut: 3_123_409_906_499_585_644n, feeAmount: 5_000_000n });
  t.end();
});

t.test('v3: liquidity comes and goes with its range, and what is not there cannot be taken', (t) => {
  const pool = new V3Pool(3000, 60);
  pool.moveTo({ price: Q96, liquidity: 0n, tick: 0 });
  t.ok(pool.changeLiquidity(-120, 120, 1000n));
  t.ok(pool.changeLiquidity(60, 180, 500n), 'above the price');
  t.equal(pool.liquidity, 1000n);
  t.same(pool.ticks.all.map(({ index, gross, net }) => [index, gross, net]), [[-120, 1000n, 1000n], [60, 500n, 500n], [120, 1000n, -1000n], [180, 500n, -500n]]);
  t.ok(pool.changeLiquidity(120, 240, 300n));
  t.same(pool.ticks.get(120), { index: 120, price: sqrtRatioAtTick(120), gross: 1300n, net: -700n });
  t.notOk(pool.changeLiquidity(-120, 120, -1001n));
  t.notOk(pool.changeLiquidity(60, 120, -600n), 'one end has too little');
  t.ok(pool.changeLiquidity(-120, 120, 0n), 'a poke changes nothing');
  t.ok(pool.changeLiquidity(-120, 120, -1000n));
  t.equal(pool.liquidity, 0n);
  t.same(pool.ticks.all.map(({ index }) => index), [60, 120, 180, 240]);
  const up = pool.quote(false, 1_000_000n, true)!;
  t.equal(up.price, MAX_SQRT_RATIO - 1n, 'beyond the last range nothing is left to take');
  t.ok(up.amountIn < 1_000_000n && up.crossed === 4);
  t.equal(pool.quote(false, 0n, true), undefined, 'AS');
  t.equal(pool.quote(true, 1n, true, Q96), undefined, 'SPL');
  t.end();
});

t.test('v3: on recorded pools, there and back never gains, and exact output never undercuts exact input', { skip: absent }, (t) => {
  for (const { token0, token1, pool, prices } of recordedStates()) {
    const name = `${token0}/${token1} ${pool.feePpm}`;
    t.equal(tickAtSqrtRatio(pool.price), pool.tick, `${name}: tick of the recorded price`);
    t.ok([...prices].every(([index, price]) => sqrtRatioAtTick(index) === price), `${name}: the prices of ${prices.size} ticks`);
    const below = pool.ticks.all.filter(({ index }) => index <= pool.tick).reduce((sum, { net }) => sum + net, 0n);
    t.equal(below, pool.liquidity, `${name}: what began below is what is in range`);
    for (const zeroForOne of [true, false]) {
      for (let amount = 1_000n; amount < 10n ** 24n; amount *= 997n) {
        const there = pool.quote(zeroForOne, amount, true)!;
        if (there.amountOut === 0n || there.amountIn < amount) continue;
        const exact = pool.quote(zeroForOne, there.amountOut, false)!;
        if (exact.amountIn > amount) t.fail(`${name} ${zeroForOne} ${amount}: the same output costs ${exact.amountIn}`);
        const after = new V3Pool(pool.feePpm, pool.tickSpacing);
        after.moveTo(there);
        for (const tick of pool.ticks.all) after.ticks.set(tick.index, tick.gross, tick.net);
        const back = after.quote(!zeroForOne, there.amountOut, true)!;
        if (back.amountOut >= amount) t.fail(`${name} ${zeroForOne} ${amount}: there and back gives ${back.amountOut}`);
      }
    }
  }
  t.end();
});

/** A recorded pool whose ticks are not known but for those that the swaps themselves gave away. */
class ReplayedPool {
  readonly counts = { exactIn: 0, exactOut: 0, toLimit: 0, learned: 0, unknownTicks: 0, different: 0 };
  private readonly pool: V3Pool;
  private known = false;

  constructor(fee: number, spacing: number) {
    this.pool = new V3Pool(fee, spacing);
  }

  onLog(log: RecordedLog): void {
    if (log.topics[0] === MINT || log.topics[0] === BURN) {
      const amount = log.topics[0] === MINT ? word(log.data, 1) : -word(log.data, 0);
      const [lower, upper] = [Number(signed(log.topics[2])), Number(signed(log.topics[3]))];
      // Positions older than the recording: their ticks are not known, the liquidity in range is.
      if (!this.pool.changeLiquidity(lower, upper, amount) && lower <= this.pool.tick && this.pool.tick < upper) this.pool.liquidity += amount;
    } else if (log.topics[0] === SWAP) this.onSwap(word(log.data, 0), word(log.data, 1), { price: word(log.data, 2), liquidity: word(log.data, 3), tick: Number(word(log.data, 4)) });
  }

  private onSwap(amount0: bigint, amount1: bigint, after: V3Position): void {
    if (this.known) {
      const way = this.reproduce(amount0, amount1, after) ?? this.learn(amount0, amount1, after) ?? (after.liquidity === this.pool.liquidity ? 'different' : 'unknownTicks');
      this.counts[way]++;
    }
    this.pool.moveTo(after);
    this.known = true;
  }

  private reproduce(amount0: bigint, amount1: bigint, after: V3Position): 'exactIn' | 'exactOut' | 'toLimit' | undefined {
    const { pool } = this;
    const zeroForOne = amount0 > 0n;
    const [amountIn, amountOut] = zeroForOne ? [amount0, -amount1] : [amount1, -amount0];
    const same = (swap: V3Swap | undefined): boolean => swap !== undefined && swap.amountIn === amountIn && swap.amountOut === amountOut
      && swap.price === after.price && swap.tick === after.tick && swap.liquidity === after.liquidity;
    if (same(pool.quote(zeroForOne, amountIn, true))) return 'exactIn';
    if (same(pool.quote(zeroForOne, amountOut, false))) return 'exactOut';
    return same(pool.quote(zeroForOne, amountIn * 2n + 1n, true, after.price)) ? 'toLimit' : undefined;
  }

  /** The liquidity changed: one tick, and only one, at which it did explains the amounts to the unit. */
  private learn(amount0: bigint, amount1: bigint, after: V3Position): 'learned' | undefined {
    const { ticks, tick, liquidity, tickSpacing } = this.pool;
    const change = amount0 > 0n ? liquidity - after.liquidity : after.liquidity - liquidity;
    const explains = (index: number): boolean => {
      const { gross, net } = ticks.get(index) ?? { gross: 0n, net: 0n };
      ticks.set(index, gross + 1n, net + change);
      const fits = this.reproduce(amount0, amount1, after) !== undefined;
      ticks.set(index, gross, net);
      return fits;
    };
    const between: number[] = [];
    for (let index = Math.ceil(Math.min(tick, after.tick) / tickSpacing) * tickSpacing; index <= Math.max(tick, after.tick); index += tickSpacing) if (explains(index)) between.push(index);
    if (change === 0n || between.length !== 1) return undefined;
    const { gross, net } = ticks.get(between[0]) ?? { gross: 0n, net: 0n };
    ticks.set(between[0], gross + (1n << 100n), net + change);
    return 'learned';
  }
}

for (const { fee, spacing, expected } of [
  { fee: 500, spacing: 10, expected: { exactIn: 3397, exactOut: 384, toLimit: 126, learned: 24, unknownTicks: 19, different: 0 } },
  { fee: 3000, spacing: 60, expected: { exactIn: 166, exactOut: 7, toLimit: 17, learned: 3, unknownTicks: 0, different: 0 } },
]) {
  t.test(`v3: every recorded swap of USDC/WETH ${fee / 10_000} % comes out as on the chain: amounts, price, tick, liquidity`, { skip: absent }, (t) => {
    const replayed = new ReplayedPool(fee, spacing);
    for (const log of recordedLogs(fee)) replayed.onLog(log);
    t.same(replayed.counts, expected, 'swaps over two ticks at once that nobody recorded are the only ones left out');
    t.end();
  });
}

t.test('v2: reserves recorded three blocks apart differ by swaps that the pair accepts', { skip: absent }, (t) => {
  const read = (name: string): string => readFileSync(join(captures, 'tycho', 'uniswap', name), 'utf8');
  const reserves = (text: string): bigint[] => [0, 1].map((i) => BigInt(new RegExp(`"reserve${i}": "(0x[0-9a-f]+)"`).exec(text)![1]));
  const before = reserves(read('uniswap_v2_snapshot.json'));
  const after = reserves(read('uniswap_v2_delta.json'));
  const sold = after[0] - before[0];
  const bought = before[1] - after[1];
  t.ok(sold > 0n && bought > 0n, 'WETH in, USDT out');
  t.ok(v2KeepsProduct(before[0], before[1], sold, 0n, 0n, bought));
  t.ok(v2AmountOut(sold, before[0], before[1]) >= bought);
  t.end();
});
