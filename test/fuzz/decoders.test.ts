/** A short run of what `npm run fuzz` does at length. */
import t from 'tap';
import { seeded } from '../fixtures/kraken.js';
import { captureOf, Fuzz, readChain } from './run.js';
import { SUBJECTS } from './subjects.js';

const FRAMES = 4000;

for (const subject of SUBJECTS) {
  const path = captureOf(subject, '../shared/captures');
  t.test(`${subject.venue} takes damaged frames of ${subject.capture.split('/')[0]} whole and right, or not at all`, { skip: path === undefined && 'the captures are not here' }, async (t) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    const { failures, published, refused } = new Fuzz(subject, await readChain(subject, path!), seeded(seed)).run(FRAMES);
    t.same(failures, [], `SEED=${seed}`);
    t.ok(published > 0 && refused > 0, `${published} published, ${refused} refused`);
  });
}
