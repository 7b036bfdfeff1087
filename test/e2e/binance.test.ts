import t from 'tap';
import { listMarkets } from '../../actors/discover.js';
import { formatScaled } from '../../src/model/decimal.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import type { Instrument, InstrumentIndex } from '../../src/model/instrument.js';
import { BookState, RejectReason, TimeInForce } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { binance as venue } from '../../src/venue/binance/index.js';
import type { VenueCredentials } from '../../src/venue/contract.js';
import { clock, LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';

const sandbox = await startSandbox({ seed: 11, pairs: 3 });
const { binance } = sandbox.ready.venues;
t.teardown(() => sandbox.close());
const hmac: VenueCredentials = { apiKey: binance.apiKey, secret: binance.secret };
const ed25519: VenueCredentials = { ...hmac, privateKey: binance.ed25519PrivateKey };

async function loadIndex(): Promise<InstrumentIndex> {
  const endpoints = { ...venue.endpoints, rest: binance.rest };
  const markets = (await listMarkets(venue, { endpoints, credentials: ed25519, settings: {} })).filter(({ quote }) => quote === 'USDT');
  t.ok(markets.every(({ takerFeePpm, makerFeePpm }) => takerFeePpm !== undefined && makerFeePpm !== undefined), 'the account tells its fees');
  return buildInstrumentIndex({
    venues: ['binance'],
    markets: markets.map((metadata) => ({ venue: 'binance', pair: `${metadata.base}-USDT`, quoteRatePpm: 1_000_000, takerFeePpm: metadata.takerFeePpm ?? 0, makerFeePpm: metadata.makerFeePpm ?? 0, metadata })),
  });
}

const index = await loadIndex();
const btc: Instrument = index.find('binance', 'BTCUSDT');
const { pair } = btc;

interface SandboxBook {
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

async function sandboxBook(symbol: string): Promise<SandboxBook> {
  return (await (await fetch(`${binance.rest}/sandbox/book?symbol=${symbol}`)).json()) as SandboxBook;
}

function seen(feed: LiveFeed, instrument: Instrument): SandboxBook {
  const texts = (side: 'bids' | 'asks'): [string, string][] => feed.replica.levels(side, instrument.index)
    .map(([price, qty]) => [formatScaled(price, instrument.pair.priceScale), formatScaled(qty, instrument.pair.qtyScale)]);
  return { bids: texts('bids'), asks: texts('asks') };
}

function comparable(book: SandboxBook): string {
  return JSON.stringify([book.bids, book.asks].map((side) => side.map((level) => level.slice(0, 2).map(Number))));
}

t.test("the feed keeps the sandbox's whole books, through gaps, doubled frames, silence and lost connections", async (t) => {
  const feed = new LiveFeed(index, binance, 5000, 1.5e9, venue);
  t.teardown(() => feed.line.close());
  const inSync = (): boolean => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC);
  const same = async (): Promise<boolean> => {
    // The stream tells changes every 100 ms: equal once in many reads is equal.
    for (let attempt = 0; attempt < 3000; attempt++) {
      const theirs = comparable(await sandboxBook(btc.symbol));
      if (inSync() && comparable(seen(feed, btc)) === theirs) return true;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    return false;
  };
  t.ok(await until(inSync), 'all books come into sync');
  t.ok(await same(), 'and are the same');
  t.ok(await until(() => feed.replica.deltas > 500));
  t.equal(feed.line.counts.gaps, undefined);

  sandbox.fault('binance', { kind: 'duplicate-depth', count: 2 });
  t.ok(await until(() => (feed.line.counts.duplicates ?? 0) > 0), 'a doubled frame is counted');
  t.ok(await until(inSync) && await same(), 'and its book is synced anew');
  t.ok((feed.line.counts.resyncs ?? 0) > 0, 'which is counted');

  sandbox.fault('binance', { kind: 'skip-depth', count: 1, symbol: btc.symbol });
  t.ok(await until(() => (feed.line.counts.gaps ?? 0) > 0), 'a missing frame is noticed');
  t.ok(await until(inSync) && await same(), 'and mended');
  t.ok((feed.line.counts.resyncs ?? 0) > 0);

  sandbox.fault('binance', { kind: 'stall', ms: 2500 });
  t.ok(await until(() => (feed.line.counts.stalls ?? 0) > 0), 'silence is noticed');
  t.ok(await until(inSync, 8000) && await same(), 'and mended');

  const before = feed.replica.history.length;
  sandbox.fault('binance', { kind: 'drop-connections' });
  t.ok(await until(() => feed.replica.history.slice(before).some((entry) => entry.startsWith(`${btc.index}:${BookState.OUT_OF_SYNC}`))), 'a lost connection is said at once');
  t.ok(await until(inSync) && await same(), 'and mended');
  t.equal(feed.line.counts.malformed, undefined);
});

async function bestAsk(): Promise<number> {
  return Math.round(Number((await sandboxBook(btc.symbol)).asks[0][0]) * 10 ** pair.priceScale);
}

for (const [name, credentials, prefix] of [['an Ed25519 session', ed25519, 'rsE-'], ['signed requests', hmac, 'rsH-']] as const) {
  t.test(`orders, fills, cancellations and balances come back exactly as the sandbox keeps them, with ${name}`, async (t) => {
    const live = new LiveGateway(index, { wsAuth: binance.wsApi, rest: binance.rest }, credentials, prefix, venue);
    t.teardown(() => live.line.close());
    const { gateway, reader } = live;
    t.equal(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, 1, 1), clock.nowNs()), false, 'nothing leaves before the session is ready');
    t.ok(await until(() => gateway.ready));
    const balanceOf = (code: string): bigint => reader.balances.findLast(({ asset }) => index.assets[asset].code === code)!.total;
    const ask = async (): Promise<void> => {
      const told = reader.balances.length;
      gateway.requestBalances(clock.nowNs());
      t.ok(await until(() => reader.balances.slice(told).some(({ last }) => last)));
    };
    await ask();
    const opening = { base: balanceOf('BTC'), quote: balanceOf('USDT') };

    const qty = 5_000_000 / 10 ** (8 - pair.qtyScale);
    const price = Math.round((await bestAsk()) * 1.01 / btc.tick) * btc.tick;
    t.ok(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, price, qty), clock.nowNs()));
    t.ok(await until(() => reader.kinds(1).endsWith('FILLED')), 'an aggressive IOC fills');
    await until(() => (live.line.counts.duplicateFills ?? 0) > 0);
    const bought = reader.fills.filter(({ orderId }) => orderId === 1);
    t.equal(bought.reduce((sum, fill) => sum + fill.qty, 0), qty, 'each fill is told once though it comes as answer and as event');
    t.equal(new Set(bought.map(({ tradeId }) => tradeId)).size, bought.length);
    t.match(reader.kinds(1), /^ACK (PARTIAL )*FILLED$/);
    const paid = bought.reduce((sum, fill) => sum + fill.quoteAmount, 0n);
    const fees = bought.reduce((sum, fill) => sum + fill.fee, 0n);
    t.ok(fees > 0n && bought.every(({ feeAsset, sell, maker }) => index.assets[feeAsset].code === 'BTC' && !sell && !maker), 'the fee of a purchase is paid in what was bought');

    const far = Math.round(price * 0.7 / btc.tick) * btc.tick;
    t.ok(gateway.place(live.order(2, btc, 0, TimeInForce.IOC, far, qty), clock.nowNs()));
    t.ok(await until(() => reader.kinds(2) === 'ACK EXPIRED'), 'an IOC that finds nothing expires');

    t.ok(gateway.place(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
    t.ok(await until(() => reader.kinds(3) === 'ACK'));
    gateway.query(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
    t.ok(await until(() => reader.kinds(3) === 'ACK OPEN'), 'a resting order is open');
    await ask();
    t.ok(reader.balances.findLast(({ asset }) => index.assets[asset].code === 'USDT')!.held > 0n, 'and holds its quote');
    t.ok(gateway.cancel(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
    t.ok(await until(() => reader.kinds(3) === 'ACK OPEN CANCELLED'));
    gateway.cancel(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
    t.ok(await until(() => reader.kinds(3) === 'ACK OPEN CANCELLED CANCEL_REJECTED'), 'what is gone cannot be cancelled again');

    t.ok(gateway.place(live.order(4, btc, 0, TimeInForce.GTC, far, qty * 1e6), clock.nowNs()));
    t.ok(await until(() => reader.kinds(4) === 'REJECTED'));
    t.ok(gateway.place(live.order(9, btc, 0, TimeInForce.GTC, far + 1e9, btc.step), clock.nowNs()));
    t.ok(await until(() => reader.kinds(9) === 'REJECTED'), 'a filter rejects');

    for (const id of [5, 6]) gateway.place(live.order(id, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
    t.ok(await until(() => reader.kinds(5) === 'ACK' && reader.kinds(6) === 'ACK'));
    gateway.cancelAll(clock.nowNs());
    t.ok(await until(() => reader.kinds(5) === 'ACK CANCELLED' && reader.kinds(6) === 'ACK CANCELLED'), 'cancel all leaves nothing open');

    gateway.query(live.order(77, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
    t.ok(await until(() => reader.kinds(77) === 'NOT_FOUND'), 'an order that never was is not found');

    await ask();
    const received = bought.reduce((sum, fill) => sum + BigInt(fill.qty) * 10n ** BigInt(8 - pair.qtyScale), 0n);
    t.equal(balanceOf('BTC') - opening.base, received - fees, 'base balance moved by the fills less fees');
    t.equal(opening.quote - balanceOf('USDT'), paid, 'quote balance moved by the cost, to the last unit');
    t.equal(live.line.counts.malformed, undefined);
  });
}

t.test('what is lost on the way is found out by asking', async (t) => {
  const live = new LiveGateway(index, { wsAuth: binance.wsApi, rest: binance.rest }, ed25519, 'rsL-', venue);
  t.teardown(() => live.line.close());
  const { gateway, reader } = live;
  const qty = 5_000_000 / 10 ** (8 - pair.qtyScale);
  const high = Math.round((await bestAsk()) * 1.02 / btc.tick) * btc.tick;
  t.ok(await until(() => gateway.ready));

  sandbox.fault('binance', { kind: 'error-after-accept', count: 1 });
  gateway.place(live.order(1, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(1).includes('UNKNOWN')), 'a server error is no rejection');
  t.notOk(reader.kinds(1).includes('REJECTED'));
  const before = reader.fills.length;
  gateway.query(live.order(1, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.fills.length > before && reader.kinds(1).endsWith('FILLED')), 'asking tells the fills, then the end');

  sandbox.fault('binance', { kind: 'lose-ack', count: 1 });
  gateway.place(live.order(2, btc, 1, TimeInForce.IOC, Math.round(high * 0.9 / btc.tick) * btc.tick, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(2).includes('FILLED')), 'the events tell what the answer does not');
  sandbox.fault('binance', { kind: 'drop-connections' });
  t.ok(await until(() => !gateway.ready) && await until(() => gateway.ready), 'the session comes back by itself');

  sandbox.fault('binance', { kind: 'lose-ack', count: 1 });
  gateway.place(live.order(3, btc, 0, TimeInForce.GTC, Math.round(high * 0.7 / btc.tick) * btc.tick, qty), clock.nowNs());
  sandbox.fault('binance', { kind: 'drop-connections' });
  t.ok(await until(() => reader.kinds(3).includes('UNKNOWN')), 'a lost connection leaves what is on its way unknown');
  t.ok(await until(() => gateway.ready));
  gateway.query(live.order(3, btc, 0, TimeInForce.GTC, 0, qty), clock.nowNs());
  t.ok(await until(() => /(OPEN|NOT_FOUND)$/.test(reader.kinds(3))), 'until it is asked for');
  gateway.cancelAll(clock.nowNs());

  sandbox.fault('binance', { kind: 'rate-limit', count: 1 });
  gateway.place(live.order(4, btc, 0, TimeInForce.GTC, Math.round(high * 0.7 / btc.tick) * btc.tick, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(4) === 'REJECTED'));
  t.equal(reader.reports.findLast(({ orderId }) => orderId === 4)!.reason, RejectReason.RATE_LIMITED);
  t.equal(gateway.place(live.order(5, btc, 0, TimeInForce.GTC, high, qty), clock.nowNs()), false, 'the venue asked for silence and gets it');
});
