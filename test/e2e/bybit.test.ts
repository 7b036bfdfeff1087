import t from 'tap';
import { BookState } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { bybit as venue } from '../../src/venue/bybit/index.js';
import { LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';
import { dayOfTrading, lostOnTheWay } from '../fixtures/gateway-stories.js';
import { loadIndex, SandboxMarket } from '../fixtures/sandbox-market.js';

const sandbox = await startSandbox({ seed: 13, pairs: 3, venues: ['bybit'] });
const { bybit } = sandbox.ready.venues;
t.teardown(() => sandbox.close());

const index = await loadIndex(venue, bybit, 'USDT');
const btc = index.find('bybit', 'BTCUSDT');
const market = new SandboxMarket(bybit.rest, btc);

t.test("the feed keeps the sandbox's books level by level, through gaps, doubled and damaged frames, restarts, silence and lost connections", async (t) => {
  t.same([btc.takerFeePpm, btc.makerFeePpm], [300, 150], 'the account tells its fees');
  const feed = new LiveFeed(index, bybit, 50, 1.5e9, venue);
  t.teardown(() => feed.line.close());
  const { counts } = feed.line;
  const inSync = (): boolean => index.instruments.every((instrument) => feed.replica.states[instrument.index] === BookState.IN_SYNC);
  const same = async (): Promise<boolean> => (await until(inSync, 8000)) && market.equals(feed, 50);
  t.ok(await same(), 'the books are the same');
  t.ok(await until(() => feed.replica.deltas > 500 && feed.replica.trades.length > 3));
  t.equal(counts.gaps, undefined);

  sandbox.fault('bybit', { kind: 'skip-depth', symbol: 'BTCUSDT' });
  t.ok(await until(() => (counts.gaps ?? 0) > 0), 'a gap is noticed');
  t.ok(await same(), 'and mended');

  sandbox.fault('bybit', { kind: 'duplicate-depth', symbol: 'BTCUSDT' });
  t.ok(await until(() => (counts.duplicates ?? 0) > 0), 'a doubled frame is noticed');
  t.ok(await same(), 'and mended');

  sandbox.fault('bybit', { kind: 'malformed-depth', symbol: 'BTCUSDT' });
  t.ok(await until(() => (counts.malformed ?? 0) > 0), 'a damaged frame is noticed');
  t.ok(await same(), 'and mended');

  const resyncs = counts.resyncs;
  const before = feed.replica.history.length;
  sandbox.fault('bybit', { kind: 'restart-books' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.ok(await same(), 'ids that begin anew are a new book');
  t.equal(counts.resyncs, resyncs, 'for which nobody has to ask');
  t.equal(feed.replica.history.length, before);

  sandbox.fault('bybit', { kind: 'stall', ms: 2500 });
  t.ok(await until(() => (counts.stalls ?? 0) > 0), 'silence is noticed');
  t.ok(await same(), 'and mended');

  feed.line.reconnect();
  t.ok(await until(() => feed.replica.history.slice(before).some((entry) => entry.startsWith(`${btc.index}:${BookState.OUT_OF_SYNC}`))), 'a lost connection is said at once');
  t.ok(await same(), 'and mended');
  t.equal(counts.rejected, undefined);
});

const traded = { sandbox, venue, index, btc, market };

t.test('orders, fills, cancellations and balances come back exactly as the sandbox keeps them', (t) => dayOfTrading(t, traded));

t.test('what is lost on the way is found out by asking', (t) => lostOnTheWay(t, traded, 1100));

t.test('a venue that refuses the key is not ready, and says why', async (t) => {
  const live = new LiveGateway(index, bybit, { apiKey: bybit.apiKey, secret: 'wrong' }, 'rsC-', venue);
  t.teardown(() => live.line.close());
  t.ok(await until(() => (live.line.counts.authFailures ?? 0) > 1));
  t.equal(live.gateway.ready, false);
});
