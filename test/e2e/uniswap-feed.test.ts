/**
 * Uniswap's feed on the sandbox's Ethereum node: after everything that can happen to a chain and a connection its books
 * are those of a feed that has just read the pools.
 */
import t from 'tap';
import { listMarkets } from '../../actors/discover.js';
import { buildInstrumentIndex } from '../../src/model/instrument-index.js';
import { BookState } from '../../src/record/codes.js';
import { startSandbox } from '../../src/sandbox/index.js';
import type { FaultOrder } from '../../src/sandbox/index.js';
import { uniswap as venue } from '../../src/venue/uniswap/index.js';
import { LiveFeed, until } from '../fixtures/live-session.js';

const LEVELS = 20;
const STALL_NS = 5e9;

const sandbox = await startSandbox({ seed: 7, venues: ['uniswap'], own: { uniswap: { blockMs: 200 } } });
const access = sandbox.ready.venues['uniswap'];
t.teardown(() => sandbox.close());

const markets = await listMarkets(venue, { endpoints: { ...venue.endpoints, rest: access.rest }, credentials: { apiKey: '', secret: '' }, settings: access.settings! });
const index = buildInstrumentIndex({
  venues: ['uniswap'],
  markets: markets.map((metadata) => ({ venue: 'uniswap', pair: `${metadata.base}-${metadata.quote}`, quoteRatePpm: 1_000_000, takerFeePpm: 0, makerFeePpm: 0, metadata })),
});

function isInSync({ replica }: LiveFeed): boolean {
  return index.instruments.every((instrument) => replica.states[instrument.index] === BookState.IN_SYNC);
}

function books({ replica }: LiveFeed): string {
  return JSON.stringify(index.instruments.map((instrument) => [replica.levels('bids', instrument.index), replica.levels('asks', instrument.index)]));
}

t.test("the sandbox's pools are the engine's markets, decimals and all", (t) => {
  t.same(markets.map(({ base, quote }) => `${base}-${quote}`).sort(), ['BTC-USDT', 'BTC-USDT', 'ETH-USDC', 'ETH-USDT', 'ETH-USDT', 'ETH-USDT']);
  t.end();
});

t.test('books hold through reorgs, late and missing heads, missing and doubled logs, garbage, lost connections and a chain that stands still', async (t) => {
  const feed = new LiveFeed(index, access, LEVELS, STALL_NS, venue);
  t.teardown(() => feed.line.close());
  t.ok(await until(() => isInSync(feed)), 'all books come into sync');
  const faults: readonly (FaultOrder | null)[] = [
    null, { kind: 'reorg', count: 1 }, { kind: 'reorg', count: 2 }, { kind: 'late-heads', count: 3, ms: 700 }, { kind: 'skip-heads', count: 3 }, { kind: 'skip-depth', count: 2 },
    { kind: 'duplicate-depth', count: 5 }, { kind: 'malformed-depth', count: 2 }, { kind: 'drop-connections' }, { kind: 'stall', ms: 1_500 },
  ];
  for (const fault of faults) {
    const before = feed.replica.deltas;
    if (fault !== null) sandbox.fault('uniswap', fault);
    await until(() => feed.replica.deltas > before + 200, 1_500);
    const other = new LiveFeed(index, access, LEVELS, STALL_NS, venue);
    // The two hear of a block a moment apart.
    t.ok(await until(() => isInSync(feed) && isInSync(other) && books(feed) === books(other), 10_000), `${fault?.kind ?? 'nothing'}: the same books`);
    other.line.close();
  }
  t.match(feed.line.counts, { malformed: 2 });
});
