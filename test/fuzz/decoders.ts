/** `npm run fuzz -- --frames 1000000 [--venue okx] [--seed 7] [--captures DIR]`: damaged real frames against every venue's decoder. */
import { parseArgs } from 'node:util';
import { seeded } from '../fixtures/kraken.js';
import { captureOf, Fuzz, readChain } from './run.js';
import { SUBJECTS } from './subjects.js';

const { values } = parseArgs({ options: { frames: { type: 'string', default: '1000000' }, venue: { type: 'string' }, seed: { type: 'string', default: String(Date.now() % 1e9) }, captures: { type: 'string', default: '../shared/captures' } } });
const seed = Number(values.seed);
let failed = false;
for (const subject of SUBJECTS) {
  if (values.venue !== undefined && values.venue !== subject.venue) continue;
  const path = captureOf(subject, values.captures);
  if (path === undefined) {
    process.stdout.write(`${subject.venue}: skipped, ${subject.capture} is not below ${values.captures}\n`);
    continue;
  }
  const fromMs = performance.now();
  const fuzz = new Fuzz(subject, await readChain(subject, path), seeded(seed));
  const { mutated, published, refused, resyncs, failures } = fuzz.run(Number(values.frames), (done) => void (process.stderr.isTTY && process.stderr.write(`\r${subject.venue}: ${done}`)));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${subject.venue} (${subject.capture.split('/')[0]}): ${mutated} damaged frames, ${published} published whole and right, ${refused} refused, ${resyncs} resyncs, ${failures.length} failures, ${((performance.now() - fromMs) / 1000).toFixed(1)} s, seed ${seed}\n`);
  for (const failure of failures.slice(0, 5)) process.stdout.write(`  ${failure}\n`);
  failed ||= failures.length > 0;
}
process.exitCode = failed ? 1 : 0;
