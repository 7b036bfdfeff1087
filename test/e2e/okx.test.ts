import t from 'tap';
import { BookState } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { okx as venue } from '../../src/venue/okx/index.js';
import { LiveFeed, LiveGateway, until } from '../fixtures/live-session.js';
import { dayOfTrading, lostOnTheWay } from '../fixtures/gateway-stories.js';
import { loadIndex, SandboxMarket } from '../fixtures/sandbox-market.js';

const sandbox = await startSandbox({ seed: 13, pairs: 3, venues: ['okx'] });
const { okx } = sandbox.ready.venues;
t.teardown(() => sandbox.close());

const index = await loadIndex(venue, okx, 'USDT');
const btc = index.find('okx', 'BTC-USDT');
const market = new SandboxMarket(okx.rest, btc);

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

const traded = { sandbox, venue, index, btc, market };

t.test('orders, fills, cancellations and balances come back exactly as the sandbox keeps them', (t) => dayOfTrading(t, traded));

t.test('what is lost on the way is found out by asking', (t) => lostOnTheWay(t, traded, 2100));

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
