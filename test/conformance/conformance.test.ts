/** Every venue of the registry against every numbered case. `CONFORMANCE=kraken,F4` narrows it to a venue, a case or both. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VENUES } from '../../src/venue/registry.js';
import { FEED_CASES } from './feed-cases.js';
import { FIXTURES } from './fixtures/index.js';
import { METADATA_CASES } from './metadata-cases.js';
import { ORDER_CASES } from './order-cases.js';
import { Rig } from './rig.js';
import { conformanceTable, type Outcome } from './table.js';

const PAGE = join(import.meta.dirname, '../../../docs/conformance.md');
const CASES = [...METADATA_CASES, ...FEED_CASES, ...ORDER_CASES];
const ORDERS = new Set(ORDER_CASES.map(({ id }) => id));
const words = (process.env.CONFORMANCE ?? '').split(',').filter((word) => word !== '');
const wanted = (list: readonly string[], id: string): boolean => !words.some((word) => list.includes(word)) || words.includes(id);
const outcomes = new Map<string, Outcome>();

const IDS = VENUES.map(({ id }) => id);

for (const venue of VENUES) {
  if (!wanted(IDS, venue.id)) continue;
  t.test(venue.id, { timeout: 230_000 }, async (t) => {
    const fixture = FIXTURES.find((candidate) => candidate.venue === venue.id);
    if (fixture === undefined) return t.fail(`${venue.id} has no fixture in test/conformance/fixtures`);
    const rig = await Rig.start(venue, fixture);
    t.teardown(() => rig.double.close());
    for (const entry of CASES) {
      const { id, title } = entry;
      const reason = fixture.without[id] ?? (ORDERS.has(id) && venue.createGateway === undefined ? 'market data only' : undefined);
      if (reason !== undefined) outcomes.set(`${venue.id} ${id}`, { without: reason });
      if (reason !== undefined || !wanted(CASES.map((other) => other.id), id)) continue;
      await t.test(`${id} ${title}`, async (t) => {
        await entry.run(t, rig);
        outcomes.set(`${venue.id} ${id}`, t.passing() ? 'passed' : 'failed');
      });
    }
    return undefined;
  });
}

t.test('the table in the docs says the same', { skip: words.length > 0 && 'only a part was asked for' }, (t) => {
  const page = conformanceTable(IDS, CASES, (venue, id) => outcomes.get(`${venue} ${id}`) ?? 'failed');
  if (process.env.RINGSIDE_TEST_UPDATE === '1') writeFileSync(PAGE, page);
  t.equal(readFileSync(PAGE, 'utf8'), page, 'else: RINGSIDE_TEST_UPDATE=1 npm test -- conformance');
  t.end();
});
