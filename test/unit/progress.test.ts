import { PassThrough } from 'node:stream';
import t from 'tap';
import { progressText, startProgress } from '../../src/cli/progress.js';

t.test('a progress line says how far, how long, and how long yet', (t) => {
  t.equal(progressText({ text: 'loading segments', done: 12, total: 36, elapsedMs: 4000 }), 'loading segments ████████················  33% · 12 of 36 · 4s, about 8s left');
  t.equal(progressText({ text: 'reading', done: 40_000, elapsedMs: 4000 }), 'reading · 40k · 4s');
  t.match(progressText({ text: 'x', done: 0, total: 10, elapsedMs: 1 }), /···   0% · 0 of 10 · 0s$/);
  t.match(progressText({ text: 'x', done: 11, total: 10, elapsedMs: 1000 }), /███ 100%/);
  t.end();
});

t.test('nothing is written where there is no terminal', (t) => {
  const stream = new PassThrough();
  const progress = startProgress({ text: 'x', total: 2, stream: stream as unknown as NodeJS.WriteStream, nowMs: () => 0 });
  progress.update(1);
  progress.stop();
  t.equal(stream.read(), null);
  t.end();
});
