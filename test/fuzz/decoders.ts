/** `npm run fuzz -- --frames 1000000 [--venue okx] [--seed 7] [--captures DIR]`: damaged real frames against every venue's decoder. */
import { parseArgs } from 'node:util';
import { seeded } from '../fixtures/kraken.js';
import { captureOf } from './run.js';
import { RUNS } from './runs.js';

const { values } = parseArgs({ options: { frames: { type: 'string', default: '1000000' }, venue: { type: 'string' }, seed: { type: 'string', default: String(Date.now() % 1e9) }, captures: { type: 'string', default: '../shared/captures' } } });
const seed = Number(values.seed);
let failed = false;
for (const run of RUNS) {
  if (values.venue !== undefined && values.venue !== run.venue) continue;
  const path = captureOf(run, values.captures);
  if (path === undefined) {
    process.stdout.write(`${run.venue}: skipped, ${run.capture} is not below ${values.captures}\n`);
    continue;
  }
  const fromMs = performance.now();
  const fuzz = await run.open(path, seeded(seed));
  const { mutated, published, refused, resyncs, failures } = fuzz.run(Number(values.frames), (done) => void (process.stderr.isTTY && process.stderr.write(`\r${run.venue}: ${done}`)));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${run.venue} (${run.capture.split('/')[0]}): ${mutated} damaged frames, ${published} published whole and right, ${refused} refused, ${resyncs} resyncs, ${failures.length} failures, ${((performance.now() - fromMs) / 1000).toFixed(1)} s, seed ${seed}\n`);
  for (const failure of failures.slice(0, 5)) process.stdout.write(`  ${failure}\n`);
  failed ||= failures.length > 0;
}
process.exitCode = failed ? 1 : 0;
