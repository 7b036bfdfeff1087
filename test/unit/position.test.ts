import t from 'tap';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import { amountsOf } from '../../src/position/amounts.js';
import { PairPnl } from '../../src/position/pnl.js';
import { Positions } from '../../src/position/positions.js';
import { reconcile } from '../../src/position/reconcile.js';
import { Desk, selection, testIndex } from '../fixtures/execution.js';
import { Chance } from '../fixtures/model-exchange.js';

const units = (whole: number): bigint => BigInt(Math.round(whole * 1e8));

t.test('amounts of an instrument are exact, and rounded against us where they must be rounded', (t) => {
  const [btc, , eth] = amountsOf(testIndex());
  t.equal(btc.baseOf(1), 1_000n);
  t.equal(btc.quoteOf(100_01, 12_345), 1_234_623_450n, '100.01 × 0.12345');
  t.equal(eth.baseOf(1), 10_000n);
  t.equal(btc.valueOf(1_000n, 100_00), 100_000n, '0.00001 at 100');
  t.equal(btc.quoteOf(2 ** 50, 2 ** 50), 10n * (2n ** 100n), 'beyond 2^53');
  const [fine] = amountsOf(buildInstrumentIndex({ venues: ['binance'], markets: [selection('binance', 'BTC-USDT', 'B', '0.00001', '0.00001')] }));
  t.equal(fine.quoteOf(1, 1), 0n);
  t.equal(fine.quoteNeeded(1, 1), 1n);
  t.equal(fine.quoteOf(123_456, 7), 8_641n);
  t.equal(fine.quoteNeeded(123_456, 7), 8_642n);
  const fiat = { ...selection('binance', 'BTC-USDT', 'BTCUSD', '0.01', '0.00001'), quoteRatePpm: 1_000_200 };
  const [mapped] = amountsOf(buildInstrumentIndex({ venues: ['binance'], markets: [{ ...fiat, metadata: { ...fiat.metadata, quote: 'USD' } }] }));
  t.equal(mapped.inPairQuote(1_000_000n), 1_000_200n);
  t.throws(() => amountsOf(buildInstrumentIndex({ venues: ['binance'], markets: [selection('binance', 'A1-USDT', 'A', '0.01', '0.000000001')] })), { code: 'INSTRUMENT_SCALE' });
  t.end();
});

t.test('P&L worked by hand', (t) => {
  // Both legs, fees in quote: bought 1 at 100, sold 1 at 101, 0.1 fee each.
  const plain = new PairPnl();
  plain.trade(false, units(1), units(100), 0n, 0n, units(0.1));
  t.same([plain.realised, plain.inventory, plain.cost], [units(-0.1), units(1), units(100)], 'a bought unit is inventory, not profit');
  t.equal(plain.unrealised(units(100.5)), units(0.5));
  plain.trade(true, units(1), units(101), 0n, 0n, units(0.1));
  t.same([plain.realised, plain.inventory, plain.cost, plain.fees], [units(0.8), 0n, 0n, units(0.2)]);

  // The sell first: a short inventory.
  const short = new PairPnl();
  short.trade(true, units(2), units(202), 0n, 0n, 0n);
  t.same([short.inventory, short.cost], [units(-2), units(-202)]);
  t.equal(short.unrealised(units(100)), units(2), 'short 2 from 101, now 100');
  short.trade(false, units(1), units(100), 0n, 0n, 0n);
  t.same([short.realised, short.inventory, short.cost], [units(1), units(-1), units(-101)]);

  // Fee in base: bought 1 at 100 and got 0.999.
  const base = new PairPnl();
  base.trade(false, units(1), units(100), units(0.001), units(0.1), units(0.1));
  t.same([base.realised, base.inventory, base.cost, base.fees], [units(-0.1), units(0.999), units(99.9), units(0.1)]);
  base.trade(true, units(1), units(101), 0n, 0n, units(0.101));
  // 0.999 matched: 101 × 0.999 − 99.9 = 0.999; 0.001 short from 101; fees 0.1 + 0.101.
  t.same([base.realised, base.inventory, base.cost], [units(0.999 - 0.201), units(-0.001), units(-0.101)]);

  // Average cost over two buys, then through zero.
  const average = new PairPnl();
  average.trade(false, units(1), units(100), 0n, 0n, 0n);
  average.trade(false, units(3), units(312), 0n, 0n, 0n);
  average.trade(true, units(2), units(210), 0n, 0n, 0n);
  t.same([average.realised, average.inventory, average.cost], [units(210 - 206), units(2), units(206)], 'average 103');
  average.trade(true, units(5), units(500), 0n, 0n, 0n);
  t.same([average.realised, average.inventory, average.cost], [units(4 + 200 - 206), units(-3), units(-300)]);

  // One leg filled less than the other: the rest stays open and is marked, not realised.
  const legged = new PairPnl();
  legged.trade(false, units(1), units(100), 0n, 0n, 0n);
  legged.trade(true, units(0.4), units(40.8), 0n, 0n, 0n);
  t.same([legged.realised, legged.inventory, legged.unrealised(units(99))], [units(0.8), units(0.6), units(-0.6)]);

  // A rebate is a negative fee.
  const rebate = new PairPnl();
  rebate.trade(false, units(1), units(100), 0n, 0n, units(-0.02));
  t.same([rebate.realised, rebate.fees], [units(0.02), units(-0.02)]);
  t.end();
});

t.test('over any trades, realised less the cost of what is held is what quote has changed by, to the last unit', (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = new Chance(seed);
    const pnl = new PairPnl();
    let quoteChange = 0n;
    let baseChange = 0n;
    for (let i = 0; i < 60; i++) {
      const sell = chance.happens(0.5);
      const base = BigInt(chance.int(1, 1_000_000_007));
      const quote = (base * BigInt(chance.int(90_000_000, 110_000_000))) / 997n;
      const baseFee = chance.happens(0.5) ? base / 1000n : 0n;
      const feeValue = baseFee > 0n ? quote / 1000n : quote / 777n;
      pnl.trade(sell, base, quote, baseFee, baseFee > 0n ? feeValue : 0n, feeValue);
      quoteChange += (sell ? quote : -quote) - (baseFee > 0n ? 0n : feeValue);
      baseChange += (sell ? -base : base) - baseFee;
    }
    if (pnl.inventory !== baseChange || pnl.realised - pnl.cost !== quoteChange) return t.fail(`seed ${seed}: ${pnl.realised} − ${pnl.cost} is not ${quoteChange}`);
  }
  t.pass();
  return t.end();
});

t.test('fees leave the asset they were charged in, and are valued in quote where that asset has a market', (t) => {
  const markets = [
    selection('binance', 'BTC-USDT', 'BTCUSDT', '0.01', '0.00001'), selection('kraken', 'BTC-USDT', 'BTC/USDT', '0.1', '0.00001'),
    selection('binance', 'BNB-USDT', 'BNBUSDT', '0.01', '0.0001'), selection('kraken', 'XMR-USDT', 'XMR/USDT', '0.01', '0.0001'),
  ];
  const desk = new Desk({ index: buildInstrumentIndex({ venues: ['binance', 'kraken'], markets }) });
  for (const venue of [0, 1]) {
    desk.gateway(venue, true);
    desk.balances(venue, { BTC: units(10), USDT: units(1000), BNB: units(5) });
  }
  desk.market.set(3, 0, 0, false, 0);
  desk.market.set(2, 599_00, 601_00, true, desk.nowNs);
  desk.intent([{ instrument: 0, side: 'buy', price: 100_10, qty: 1_000 }, { instrument: 1, side: 'sell', price: 100_00, qty: 1_000 }]);
  desk.fill(1, 1, 100_00, 1_000, { fee: units(0.0001), feeAsset: 'BNB' });
  t.equal(desk.total('binance', 'BNB'), '4.9999');
  t.match(desk.executor.snapshot().pnl[0], { fees: '0.06', realised: '-0.06', inventory: '0.01', unvaluedFees: 0 }, '0.0001 BNB at 600');
  desk.fill(2, 2, 100_00, 500, { fee: units(0.001), feeAsset: 'XMR' });
  t.equal(desk.total('kraken', 'XMR'), '-0.001', 'the venue took it: the books say so');
  t.match(desk.executor.snapshot().pnl[0], { fees: '0.06', unvaluedFees: 1 });
  desk.restart();
  t.match(desk.executor.snapshot().pnl[0], { fees: '0.06', realised: '-0.06', inventory: '0.005', unvaluedFees: 1 }, 'the value is part of the facts');
  t.end();
});

t.test('reconciliation lists every difference and is true only when every venue answered and none is left', (t) => {
  const positions = new Positions(2, 2);
  positions.open(0, 0, 5n);
  positions.open(1, 1, 7n);
  t.same(reconcile(positions, [0, 1], [[5n, 0n], [0n, 7n]]), { reconciled: true, missing: [], differences: [] });
  t.same(reconcile(positions, [0, 1], [[5n], undefined]), { reconciled: false, missing: [1], differences: [] });
  t.same(reconcile(positions, [0, 1], [[4n], [0n, 8n]]).differences, [{ venue: 0, asset: 0, engine: 5n, atVenue: 4n }, { venue: 1, asset: 1, engine: 7n, atVenue: 8n }]);
  t.end();
});
