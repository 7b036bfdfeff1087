/** A short run of what `npm run fuzz` does at length. */
import t from 'tap';
import { seeded } from '../fixtures/kraken.js';
import { captureOf } from './run.js';
import { RUNS } from './runs.js';

const FRAMES = 4000;

for (const run of RUNS) {
  const path = captureOf(run, '../shared/captures');
  t.test(`${run.venue} takes damaged frames of ${run.capture.split('/')[0]} whole and right, or not at all`, { skip: path === undefined && 'the captures are not here' }, async (t) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    const { failures, published, refused } = (await run.open(path!, seeded(seed))).run(FRAMES);
    t.same(failures, [], `SEED=${seed}`);
    t.ok(published > 0 && refused > 0, `${published} published, ${refused} refused`);
  });
}
