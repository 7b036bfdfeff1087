import t from 'tap';
import { listMarkets } from '../../actors/discover.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import type { Instrument, InstrumentIndex } from '../../src/model/instrument.js';
import { formatScaled } from '../../src/model/decimal.js';
import { BookState, RejectReason, ResyncReason, TimeInForce } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { coinbase as venue } from '../../src/venue/coinbase/index.js';
import { LiveFeed, LiveGateway, until, clock } from '../fixtures/live-session.js';

const sandbox = await startSandbox({ seed: 7, pairs: 3, venues: ['coinbase'] });
const { coinbase } = sandbox.ready.venues;
t.teardown(() => sandbox.close());

async function loadIndex(): Promise<InstrumentIndex> {
  const endpoints = { ...venue.endpoints, rest: coinbase.rest };
  const markets = (await listMarkets(venue, { endpoints, credentials: coinbase, settings: {} })).filter(({ quote }) => quote === 'USD' || quote === 'USDT');
  return buildInstrumentIndex({
    venues: ['coinbase'],
    markets: markets.map((metadata) => ({ venue: 'coinbase', pair: `${metadata.base}-${metadata.quote}`, quoteRatePpm: 1_000_000, takerFeePpm: metadata.takerFeePpm ?? 6000, makerFeePpm: metadata.makerFeePpm ?? 4000, metadata })),
  });
}

const index = await loadIndex();
const btc: Instrument = index.instruments.find(({ pair }) => pair.base.code === 'BTC')!;

interface SandboxBook {
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

async function sandboxBook(symbol: string): Promise<SandboxBook> {
  return (await (await fetch(`${coinbase.rest}/sandbox/book?symbol=${encodeURIComponent(symbol)}`)).json()) as SandboxBook;
}

/** The replica's best levels in the sandbox's own words. */
function seen(feed: LiveFeed, instrument: Instrument, depth: number): SandboxBook {
  const texts = (side: 'bids' | 'asks'): [string, string][] => feed.replica.levels(side, instrument.index).slice(0, depth)
    .map(([price, qty]) => [formatScaled(price, instrument.pair.priceScale), formatScaled(qty, instrument.pair.qtyScale)]);
  return { bids: texts('bids'), asks: texts('asks') };
}

function comparable(book: SandboxBook, depth: number): string {
  return JSON.stringify([book.bids, book.asks].map((side) => side.slice(0, depth).map((level) => level.slice(0, 2).map(Number))));
}

t.test("the feed keeps the sandbox's books level by level, through gaps, doubled and broken frames, stalls and lost connections", async (t) => {
  const feed = new LiveFeed(index, coinbase, 1000, 2.5e9, venue);
  t.teardown(() => feed.line.close());
  const inSync = (): boolean => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC);
  const same = async (): Promise<boolean> => {
    // The two are read a moment apart: equal once in many reads is equal.
    for (let attempt = 0; attempt < 3000; attempt++) {
      const theirs = comparable(await sandboxBook(btc.symbol), 1000);
      if (inSync() && comparable(seen(feed, btc, 1000), 1000) === theirs) return true;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    return false;
  };
  t.ok(await until(inSync), 'all books come into sync');
  t.ok(await same(), 'and are the same, to the last level');
  t.ok(await until(() => feed.replica.deltas > 500 && feed.replica.trades.length > 3));
  for (const counter of ['gaps', 'duplicates', 'malformed', 'outOfRange', 'unknownSymbol', 'rejected']) t.equal(feed.line.counts[counter], undefined, `no ${counter}`);

  for (const [kind, counter, reason] of [['skip-depth', 'gaps', ResyncReason.GAP], ['duplicate-depth', 'duplicates', ResyncReason.DUPLICATE], ['malformed-depth', 'malformed', ResyncReason.MALFORMED]] as const) {
    const before = feed.replica.history.length;
    sandbox.fault('coinbase', { kind, count: 1 });
    t.ok(await until(() => (feed.line.counts[counter] ?? 0) > 0), `${kind} is noticed`);
    t.ok(index.instruments.every(({ index: number }) => feed.replica.history.slice(before).includes(`${number}:${BookState.OUT_OF_SYNC}/${reason}`)), 'for every book of the connection');
    t.ok(await until(inSync) && await same(), 'and mended');
  }

  sandbox.fault('coinbase', { kind: 'stall', ms: 4500 });
  t.ok(await until(() => (feed.line.counts.stalls ?? 0) > 0, 8000), 'silence is noticed');
  t.ok(await until(inSync, 12_000) && await same(), 'and mended');

  const before = feed.replica.history.length;
  sandbox.fault('coinbase', { kind: 'drop-connections' });
  t.ok(await until(() => feed.replica.history.slice(before).some((entry) => entry.startsWith(`${btc.index}:${BookState.OUT_OF_SYNC}`))), 'a lost connection is said at once');
  t.ok(await until(inSync) && await same(), 'and mended');
  feed.line.resync(btc.index, ResyncReason.CROSSED);
  t.ok(await until(inSync) && await same(), 'one book is subscribed to anew by itself');

  sandbox.fault('coinbase', { kind: 'maintenance', ms: 500 });
  t.ok(await until(() => feed.replica.states[btc.index] === BookState.HALTED), 'maintenance halts the books');
  t.ok(await until(inSync) && await same(), 'and its end mends them');
});

t.test('orders, fills, cancellations and balances come back exactly as the sandbox keeps them', async (t) => {
  const live = new LiveGateway(index, coinbase, coinbase, 'rsA-', venue);
  t.teardown(() => live.line.close());
  const { gateway, reader } = live;
  const { pair } = btc;
  t.equal(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, 1, 1), clock.nowNs()), false, 'nothing leaves before the session is ready');
  t.ok(await until(() => gateway.ready));
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.some(({ last }) => last)));
  const balanceOf = (code: string): bigint => reader.balances.findLast(({ asset }) => index.assets[asset].code === code)!.total;
  const opening = { base: balanceOf(pair.base.code), quote: balanceOf(pair.quote.code) };

  const ask = async (): Promise<number> => Math.round(Number((await sandboxBook(btc.symbol)).asks[0][0]) * 10 ** pair.priceScale);
  const qty = 5_000_000 / 10 ** (8 - pair.qtyScale);
  const price = Math.round((await ask()) * 1.01 / btc.tick) * btc.tick;
  t.ok(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, price, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(1).includes('FILLED')), 'an aggressive IOC fills');
  t.equal(reader.kinds(1), 'ACK FILLED');
  const bought = reader.fills.filter(({ orderId }) => orderId === 1);
  t.equal(bought.reduce((sum, fill) => sum + fill.qty, 0), qty);
  const paid = bought.reduce((sum, fill) => sum + fill.quoteAmount, 0n);
  const fees = bought.reduce((sum, fill) => sum + fill.fee, 0n);
  t.ok(fees > 0n && bought.every(({ feeAsset, sell, maker }) => index.assets[feeAsset].code === pair.quote.code && !sell && !maker));

  const far = Math.round(price * 0.7 / btc.tick) * btc.tick;
  t.ok(gateway.place(live.order(2, btc, 0, TimeInForce.IOC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(2) === 'ACK EXPIRED'), 'an IOC that finds nothing expires');

  t.ok(gateway.place(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(3) === 'ACK'));
  gateway.query(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(3) === 'ACK OPEN'), 'a resting order is open');
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.findLast(({ asset }) => index.assets[asset].code === pair.quote.code)!.held > 0n), 'and holds its quote');
  t.ok(gateway.cancel(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(3) === 'ACK OPEN CANCELLED'));
  gateway.cancel(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());

  t.ok(gateway.place(live.order(4, btc, 0, TimeInForce.GTC, far, qty * 1e6), clock.nowNs()));
  t.ok(await until(() => reader.kinds(4) === 'REJECTED'));
  t.equal(reader.reports.findLast(({ orderId }) => orderId === 4)!.reason, RejectReason.INSUFFICIENT_FUNDS);

  for (const id of [5, 6]) gateway.place(live.order(id, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(5) === 'ACK' && reader.kinds(6) === 'ACK'));
  gateway.cancelAll(clock.nowNs());
  t.ok(await until(() => reader.kinds(5) === 'ACK CANCELLED' && reader.kinds(6) === 'ACK CANCELLED'), 'cancel all leaves nothing open');

  const told = reader.balances.length;
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.slice(told).some(({ last }) => last)));
  t.equal(balanceOf(pair.base.code) - opening.base, bought.reduce((sum, fill) => sum + BigInt(fill.qty) * 10n ** BigInt(8 - pair.qtyScale), 0n), 'base balance moved by the fills');
  t.equal(opening.quote - balanceOf(pair.quote.code), paid + fees, 'quote balance moved by cost and fees, to the last unit');
  t.equal(live.line.counts.gaps, undefined);
});

t.test('what is lost on the way is found out by asking', async (t) => {
  const live = new LiveGateway(index, coinbase, coinbase, 'rsB-', venue);
  t.teardown(() => live.line.close());
  const { gateway, reader } = live;
  const { pair } = btc;
  const qty = 5_000_000 / 10 ** (8 - pair.qtyScale);
  const best = Math.round(Number((await sandboxBook(btc.symbol)).asks[0][0]) * 10 ** pair.priceScale);
  const high = Math.round(best * 1.02 / btc.tick) * btc.tick;
  const far = Math.round(best * 0.7 / btc.tick) * btc.tick;
  t.ok(await until(() => gateway.ready));

  sandbox.fault('coinbase', { kind: 'lose-ack', count: 1 });
  gateway.place(live.order(11, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(11) === 'ACK FILLED'), 'without the answer the channel tells');

  sandbox.fault('coinbase', { kind: 'error-after-accept', count: 1 });
  gateway.place(live.order(12, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(12).includes('FILLED')), 'an unclear error is no rejection');
  t.notOk(reader.kinds(12).includes('REJECTED'));

  sandbox.fault('coinbase', { kind: 'events-first', count: 1 });
  gateway.place(live.order(13, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(13) === 'ACK FILLED'), 'events before the answer are the same story');

  // The connection goes down with the order on its way: only the venue knows.
  gateway.place(live.order(14, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  gateway.place(live.order(15, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  live.line.session.onClose(clock.nowNs());
  live.line.reconnect();
  reader.drain();
  t.match(reader.kinds(14), /^UNKNOWN/);
  t.ok(await until(() => gateway.ready));
  for (const id of [14, 15]) gateway.query(live.order(id, btc, 0, id === 14 ? TimeInForce.IOC : TimeInForce.GTC, id === 14 ? high : far, qty), clock.nowNs());
  const settled = (id: number): boolean => /FILLED|OPEN|NOT_FOUND/.test(reader.kinds(id));
  t.ok(await until(() => settled(14) && settled(15), 12_000), 'asking ends the doubt');
  const ledger = sandbox.ledger('coinbase') as unknown as { orders: { clientOrderId?: string }[] };
  const arrived = JSON.stringify(ledger).includes('rsB-14');
  t.equal(reader.kinds(14).includes('FILLED'), arrived, 'in favour of what really happened');
  const fills = reader.fills.filter(({ orderId }) => orderId === 14);
  t.equal(fills.reduce((sum, fill) => sum + fill.qty, 0), arrived ? qty : 0);
  t.equal(new Set(reader.fills.map(({ orderId, tradeId }) => `${orderId} ${tradeId}`)).size, reader.fills.length, 'no fill is told twice');
  gateway.cancelAll(clock.nowNs());
});

t.test('a venue that refuses the key is not ready, and says why', async (t) => {
  const live = new LiveGateway(index, coinbase, { apiKey: 'wrong', secret: coinbase.secret }, 'rsC-', venue);
  t.teardown(() => live.line.close());
  t.ok(await until(() => (live.line.counts.authFailures ?? 0) > 0));
  t.equal(live.gateway.ready, false);
});
