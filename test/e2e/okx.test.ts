import t from 'tap';
import { BookState, RejectReason, TimeInForce } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { okx as venue } from '../../src/venue/okx/index.js';
import { clock, LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';
import { loadIndex, SandboxMarket } from '../fixtures/sandbox-market.js';

const sandbox = await startSandbox({ seed: 13, pairs: 3, venues: ['okx'] });
const { okx } = sandbox.ready.venues;
t.teardown(() => sandbox.close());

const index = await loadIndex(venue, okx, 'USDT');
const btc = index.find('okx', 'BTC-USDT');
const market = new SandboxMarket(okx.rest, btc);
const { pair } = btc;
const qty = 0.02 * 10 ** pair.qtyScale;

t.test("the feed keeps the sandbox's books level by level, through gaps, doubled and damaged frames, falling sequences, silence, maintenance and lost connections", async (t) => {
  t.same([btc.takerFeePpm, btc.makerFeePpm], [250, 100], 'the account tells its fees');
  const feed = new LiveFeed(index, okx, 400, 1.5e9, venue);
  t.teardown(() => feed.line.close());
  const { counts } = feed.line;
  const inSync = (): boolean => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC);
  const same = async (): Promise<boolean> => (await until(inSync, 8000)) && market.equals(feed, 400);
  t.ok(await same(), 'the books are the same');
  t.ok(await until(() => feed.replica.deltas > 500 && feed.replica.trades.length > 3));
  t.equal(counts.gaps, undefined);

  sandbox.fault('okx', { kind: 'skip-depth', symbol: 'BTC-USDT' });
  t.ok(await until(() => (counts.gaps ?? 0) > 0), 'a gap is noticed');
  t.ok(await same(), 'and mended');

  sandbox.fault('okx', { kind: 'duplicate-depth', symbol: 'BTC-USDT' });
  t.ok(await until(() => (counts.duplicates ?? 0) > 0), 'a doubled frame is noticed');
  t.ok(await same(), 'and mended');

  sandbox.fault('okx', { kind: 'malformed-depth', symbol: 'BTC-USDT' });
  t.ok(await until(() => (counts.malformed ?? 0) > 0), 'a damaged frame is noticed');
  t.ok(await same(), 'and mended');

  const resyncs = counts.resyncs;
  const before = feed.replica.history.length;
  sandbox.fault('okx', { kind: 'restart-books' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.ok(await same(), 'a sequence that falls behind the one last seen is followed');
  t.equal(counts.resyncs, resyncs, 'without asking anew');
  t.equal(feed.replica.history.length, before);

  sandbox.fault('okx', { kind: 'stall', ms: 2500 });
  t.ok(await until(() => (counts.stalls ?? 0) > 0), 'silence is noticed');
  t.ok(await same(), 'and mended');

  sandbox.fault('okx', { kind: 'maintenance', ms: 300 });
  t.ok(await until(() => feed.replica.states[btc.index] === BookState.HALTED), 'announced maintenance stops trading');
  t.ok(await same(), 'and its end begins it anew');

  sandbox.fault('okx', { kind: 'server-shutdown', ms: 5000 });
  t.ok(await until(() => feed.replica.history.at(-1) !== undefined && feed.replica.states[btc.index] === BookState.OUT_OF_SYNC), 'an announced upgrade is heeded before the connection is cut');
  t.ok(await same(), 'on another connection');

  feed.line.reconnect();
  t.ok(await until(() => feed.replica.history.slice(before).some((entry) => entry.startsWith(`${btc.index}:${BookState.OUT_OF_SYNC}`))), 'a lost connection is said at once');
  t.ok(await same(), 'and mended');
  t.equal(counts.rejected, undefined);
});

t.test('orders, fills, cancellations and balances come back exactly as the sandbox keeps them', async (t) => {
  const live = new LiveGateway(index, okx, okx, 'rsA', venue);
  t.teardown(() => live.line.close());
  const { gateway, reader } = live;
  t.equal(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, 1, 1), clock.nowNs()), false, 'nothing leaves before the session is ready');
  t.ok(await until(() => gateway.ready));
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.some(({ last }) => last)));
  const balanceOf = (code: string): bigint => reader.balances.findLast(({ asset }) => index.assets[asset].code === code)!.total;
  const opening = { base: balanceOf('BTC'), quote: balanceOf('USDT') };

  const price = await market.priceAt(1.01);
  t.ok(gateway.place(live.order(1, btc, 0, TimeInForce.IOC, price, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(1).includes('FILLED')), 'an aggressive IOC fills');
  t.equal(reader.kinds(1), 'ACK FILLED');
  const bought = reader.fills.filter(({ orderId }) => orderId === 1);
  t.equal(bought.reduce((sum, fill) => sum + fill.qty, 0), qty);
  const paid = bought.reduce((sum, fill) => sum + fill.quoteAmount, 0n);
  const fees = bought.reduce((sum, fill) => sum + fill.fee, 0n);
  t.ok(fees > 0n && bought.every(({ feeAsset, sell, maker }) => index.assets[feeAsset].code === 'BTC' && !sell && !maker), 'the fee is taken from what is bought');

  const far = await market.priceAt(0.7);
  t.ok(gateway.place(live.order(2, btc, 0, TimeInForce.IOC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(2) === 'ACK EXPIRED'), 'an IOC that finds nothing expires');
  t.ok(gateway.place(live.order(7, btc, 0, TimeInForce.FOK, await market.priceAt(1.0001), qty * 1000), clock.nowNs()));
  t.ok(await until(() => /ACK EXPIRED|REJECTED/.test(reader.kinds(7))), 'a FOK that is too large expires');

  t.ok(gateway.place(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(3) === 'ACK'));
  gateway.query(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(3) === 'ACK OPEN'), 'a resting order is open');
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.findLast(({ asset }) => index.assets[asset].code === 'USDT')!.held > 0n), 'and holds its quote');
  t.ok(gateway.cancel(live.order(3, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(3) === 'ACK OPEN CANCELLED'));

  t.ok(gateway.place(live.order(4, btc, 0, TimeInForce.GTC, far, qty * 1e4), clock.nowNs()));
  t.ok(await until(() => reader.kinds(4) === 'REJECTED'));
  t.equal(reader.reports.findLast(({ orderId }) => orderId === 4)!.reason, RejectReason.INSUFFICIENT_FUNDS);
  t.ok(gateway.place(live.order(8, btc, 0, TimeInForce.GTC, await market.priceAt(2), qty), clock.nowNs()));
  t.ok(await until(() => reader.kinds(8) === 'REJECTED'));
  t.equal(reader.reports.findLast(({ orderId }) => orderId === 8)!.reason, RejectReason.BAD_PRICE);

  for (const id of [5, 6]) gateway.place(live.order(id, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(5) === 'ACK' && reader.kinds(6) === 'ACK'));
  gateway.cancelAll(clock.nowNs());
  t.ok(await until(() => reader.kinds(5) === 'ACK CANCELLED' && reader.kinds(6) === 'ACK CANCELLED'), 'cancel all leaves nothing open');

  const told = reader.balances.length;
  gateway.requestBalances(clock.nowNs());
  t.ok(await until(() => reader.balances.slice(told).some(({ last }) => last)));
  t.equal(balanceOf('BTC') - opening.base, bought.reduce((sum, fill) => sum + BigInt(fill.qty) * 10n ** BigInt(8 - pair.qtyScale), 0n) - fees, 'base balance moved by the fills and fees, to the last unit');
  t.equal(opening.quote - balanceOf('USDT'), paid, 'quote balance moved by the cost');
});

t.test('what is lost on the way is found out by asking', async (t) => {
  const live = new LiveGateway(index, okx, okx, 'rsB', venue);
  t.teardown(() => live.line.close());
  const { gateway, reader } = live;
  const high = await market.priceAt(1.02);
  const far = await market.priceAt(0.7);
  t.ok(await until(() => gateway.ready));

  for (const [id, kind] of [[11, 'lose-ack'], [12, 'error-after-accept'], [13, 'events-first'], [14, 'delay-acks']] as const) {
    sandbox.fault('okx', { kind, count: 1 });
    gateway.place(live.order(id, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
    t.ok(await until(() => reader.kinds(id).includes('FILLED')), `${kind}: the channel tells`);
    t.notOk(reader.kinds(id).includes('REJECTED'), 'an unclear answer is no rejection');
  }
  sandbox.fault('okx', { kind: 'rate-limit', count: 1 });
  gateway.place(live.order(15, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  t.ok(await until(() => reader.kinds(15) === 'REJECTED'));

  // The socket goes down with orders on their way: only the venue knows. Nothing is sent for two seconds after a refusal.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  gateway.place(live.order(16, btc, 0, TimeInForce.IOC, high, qty), clock.nowNs());
  gateway.place(live.order(17, btc, 0, TimeInForce.GTC, far, qty), clock.nowNs());
  sandbox.fault('okx', { kind: 'drop-connections' });
  t.ok(await until(() => !gateway.ready));
  t.ok(await until(() => gateway.ready));
  for (const id of [16, 17]) gateway.query(live.order(id, btc, 0, id === 16 ? TimeInForce.IOC : TimeInForce.GTC, id === 16 ? high : far, qty), clock.nowNs());
  const settled = (id: number): boolean => /FILLED|OPEN|NOT_FOUND/.test(reader.kinds(id));
  t.ok(await until(() => settled(16) && settled(17), 12_000), 'asking ends the doubt');
  const arrived = JSON.stringify(sandbox.ledger('okx')).includes('rsB16');
  t.equal(reader.kinds(16).includes('FILLED'), arrived, 'in favour of what really happened');
  t.equal(reader.fills.filter(({ orderId }) => orderId === 16).reduce((sum, fill) => sum + fill.qty, 0), arrived ? qty : 0);
  t.equal(new Set(reader.fills.map(({ orderId, tradeId }) => `${orderId} ${tradeId}`)).size, reader.fills.length, 'no fill is told twice');
  gateway.cancelAll(clock.nowNs());
});

t.test('the older and the announced dialect: books with checksums, and snapshots by REST alone', async (t) => {
  for (const own of [{ checksums: true }, { snapshots: 'rest' }]) {
    const other = await startSandbox({ seed: 13, pairs: 3, venues: ['okx'], own: { okx: own } });
    const access = other.ready.venues['okx'];
    const feed = new LiveFeed(index, access, 400, 10e9, venue);
    t.teardown(() => {
      feed.line.close();
      return other.close();
    });
    const there = new SandboxMarket(access.rest, btc);
    const same = async (): Promise<boolean> => (await until(() => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC), 8000)) && there.equals(feed, 400);
    t.ok(await same(), JSON.stringify(own));
    other.fault('okx', 'checksums' in own ? { kind: 'corrupt-checksum', symbol: 'BTC-USDT' } : { kind: 'skip-depth', symbol: 'BTC-USDT' });
    t.ok(await until(() => (feed.line.counts['checksumFailures'] ?? 0) + (feed.line.counts['gaps'] ?? 0) > 0));
    t.ok(await same(), 'mended');
  }
});

t.test('a venue that refuses the key is not ready, and says why', async (t) => {
  const live = new LiveGateway(index, okx, { apiKey: okx.apiKey, secret: 'wrong', passphrase: okx.passphrase }, 'rsC', venue);
  t.teardown(() => live.line.close());
  t.ok(await until(() => (live.line.counts.authFailures ?? 0) > 1));
  t.equal(live.gateway.ready, false);
});
