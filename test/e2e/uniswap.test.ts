import t from 'tap';
import { listMarkets } from '../../actors/discover.js';
import { AMOUNT_DECIMALS, formatScaled, parseDecimal } from '../../src/model/decimal.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import type { Instrument } from '../../src/model/instrument.js';
import { BookState, TimeInForce } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import type { VenueSettings } from '../../src/venue/contract.js';
import { uniswap as venue } from '../../src/venue/uniswap/index.js';
import type { PoolState } from '../../src/venue/uniswap/pool-state.js';
import { clock, LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';
import { sandboxPool } from '../fixtures/uniswap-sandbox.js';

const sandbox = await startSandbox({ seed: 7, venues: ['uniswap'], own: { uniswap: { blockMs: 200 } } });
const { uniswap } = sandbox.ready.venues;
t.teardown(() => sandbox.close());
const settings: VenueSettings = { ...uniswap.settings, givesApprovals: true };

const markets = await listMarkets(venue, { endpoints: { ...venue.endpoints, rest: uniswap.rest }, credentials: uniswap, settings });
const index = buildInstrumentIndex({
  venues: ['uniswap'],
  markets: markets.map((metadata) => ({ venue: 'uniswap', pair: `${metadata.base}-${metadata.quote}`, quoteRatePpm: 1_000_000, takerFeePpm: 0, makerFeePpm: 0, metadata })),
});

/** Dearest gas of a swap here, in dollars: the base fee stays around a gwei. */
const GAS_MAX = 2;

/** Whether the levels cost what this pool takes for them, with at most the gas of so many least orders on top, and a tick. */
function costs(feed: LiveFeed, instrument: Instrument, pool: PoolState): boolean {
  const { priceScale, qtyScale } = instrument.pair;
  const { pool: facts } = instrument.metadata;
  const [base, quote] = facts!.baseIsToken0 ? [facts!.token0, facts!.token1] : [facts!.token1, facts!.token0];
  return (['asks', 'bids'] as const).every((side) => {
    const quoteOf = side === 'asks' ? pool.costs() : pool.proceeds();
    const levels = feed.replica.levels(side, instrument.index);
    let qty = 0n;
    let told = 0;
    return levels.length > 0 && levels.every(([price, levelQty]) => {
      qty += BigInt(levelQty);
      told += (price / 10 ** priceScale) * (levelQty / 10 ** qtyScale);
      const real = Number(quoteOf(qty * 10n ** BigInt(base.decimals - qtyScale)) ?? 0n) / 10 ** quote.decimals;
      const worse = side === 'asks' ? told - real : real - told;
      const rounding = (10 ** -priceScale * Number(qty)) / 10 ** qtyScale;
      return worse > -1e-3 && worse < GAS_MAX * Math.max(1, real / 500) + rounding;
    });
  });
}

t.test("every pool's levels cost what the sandbox's own pool takes, through reorganisations, lost logs and heads, and lost connections", async (t) => {
  t.ok(index.instruments.length >= 5 && index.pairs.some(({ instruments }) => instruments.length > 1), 'several pools of one pair');
  const feed = new LiveFeed(index, uniswap, 20, 3e9, venue, settings);
  t.teardown(() => feed.line.close());
  const inSync = (): boolean => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC);
  const same = async (): Promise<boolean> => {
    const left = new Set(index.instruments);
    // The two are read a moment apart: equal once in many reads is equal.
    for (let attempt = 0; attempt < 400 && left.size > 0; attempt++) {
      for (const instrument of left) {
        const { state } = await sandboxPool(uniswap.rest, instrument);
        if (inSync() && costs(feed, instrument, state)) left.delete(instrument);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return left.size === 0;
  };
  t.ok(await until(inSync), 'all pools come into sync');
  t.ok(await same());
  for (const fault of [
    { kind: 'reorg', count: 1 }, { kind: 'reorg', count: 3 }, { kind: 'skip-depth', count: 4 }, { kind: 'duplicate-depth', count: 4 }, { kind: 'malformed-depth', count: 2 },
    { kind: 'skip-heads', count: 2 }, { kind: 'late-heads', count: 2, ms: 300 }, { kind: 'drop-connections' }, { kind: 'stall', ms: 600 },
  ] as const) {
    await fetch(`${uniswap.rest}/sandbox/fault`, { method: 'POST', body: JSON.stringify(fault) });
    await new Promise((resolve) => setTimeout(resolve, 700));
    t.ok(await until(inSync, 8000), `${fault.kind}: back in sync`);
    t.ok(await same(), `${fault.kind}: and right`);
  }
  t.ok(feed.replica.trades.length > 10, `${feed.replica.trades.length} trades`);
  t.ok(feed.line.counts.gaps >= 1 && feed.line.counts.malformed >= 1);
});

t.test('orders are swaps on the chain: fills and balances are those of its own ledger, also when a connection or a block is lost', async (t) => {
  const feed = new LiveFeed(index, uniswap, 20, 10e9, venue, settings);
  const gateway = new LiveGateway(index, { rest: uniswap.rest, wsPrivate: uniswap.ws }, uniswap, 'u', venue, settings);
  t.teardown(() => {
    feed.line.close();
    gateway.line.close();
  });
  t.ok(await until(() => gateway.gateway.ready, 8000), 'approved and ready');
  t.ok(await until(() => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC)));
  const balances = async (): Promise<Map<string, bigint>> => {
    gateway.reader.balances.length = 0;
    gateway.gateway.requestBalances(clock.nowNs());
    await until(() => gateway.reader.balances.some(({ last }) => last));
    return new Map(gateway.reader.balances.map(({ asset, total }) => [index.assets[asset].code, total]));
  };
  const expected = await balances();
  const add = (code: string, amount: bigint): void => void expected.set(code, expected.get(code)! + amount);
  const ended = (id: number): boolean => /FILLED|EXPIRED/.test(gateway.reader.kinds(id));
  let id = 0;
  const placed: Instrument[] = [];
  for (const instrument of index.instruments) {
    for (const side of [0, 1] as const) {
      const [price, qty] = feed.replica.levels(side === 0 ? 'asks' : 'bids', instrument.index)[0];
      const limit = Math.round(price * (side === 0 ? 1.002 : 0.998));
      placed[++id] = instrument;
      t.ok(gateway.gateway.place(gateway.order(id, instrument, side, TimeInForce.IOC, limit, qty), clock.nowNs()));
      if (id === 3) await fetch(`${uniswap.rest}/sandbox/fault`, { method: 'POST', body: JSON.stringify({ kind: 'drop-connections' }) });
      if (id === 5) await fetch(`${uniswap.rest}/sandbox/fault`, { method: 'POST', body: JSON.stringify({ kind: 'reorg-out', count: 1 }) });
      if (id === 7) await fetch(`${uniswap.rest}/sandbox/fault`, { method: 'POST', body: JSON.stringify({ kind: 'revert-transactions', count: 1 }) });
      const last = id;
      t.ok(await until(() => ended(last) && gateway.gateway.ready, 15_000), `order ${id}: ${gateway.reader.kinds(id)}`);
    }
  }
  t.match(gateway.reader.kinds(7), /EXPIRED$/);
  t.ok(gateway.reader.fills.length >= 8, `${gateway.reader.fills.length} fills`);
  for (const { orderId, qty, quoteAmount, sell, fee } of gateway.reader.fills) {
    const { pair, quote } = placed[orderId];
    const base = parseDecimal(formatScaled(qty, pair.qtyScale), AMOUNT_DECIMALS);
    add(pair.base.code, sell ? -base : base);
    add(quote.code, sell ? quoteAmount : -quoteAmount);
    add('ETH', -fee);
  }
  t.same(await balances(), expected, 'opening balances and fills are the balances, to the last unit');
  const { balances: ledger, trades } = (await (await fetch(`${uniswap.rest}/sandbox/ledger`)).json()) as { balances: Record<string, { free: string }>; trades: unknown[] };
  const floor = (text: string): bigint => parseDecimal(text, 18) / 10n ** 10n;
  t.equal(expected.get('USDT'), floor(ledger.USDT.free));
  t.equal(expected.get('BTC'), floor(ledger.WBTC.free));
  t.equal(trades.length, gateway.reader.fills.length, 'one fill for each swap of the ledger');
});
