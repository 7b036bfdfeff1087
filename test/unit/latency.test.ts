import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import t from 'tap';
import { Hop } from '../../src/record/codes.js';
import { LATENCY_BLOCK_BYTES, LatencyCounters, LatencyReader, type LatencyBlock } from '../../src/telemetry/latency.js';

const newBlock = (): LatencyBlock => ({ buffer: new SharedArrayBuffer(LATENCY_BLOCK_BYTES), byteOffset: 0 });

void t.test('a recorded time comes back within one percent, from a nanosecond to 100 seconds', async (t) => {
  let worst = 0;
  for (let ns = 1; ns < 1e11; ns = Math.ceil(ns * 1.37)) {
    const block = newBlock();
    const reader = new LatencyReader([block]);
    new LatencyCounters(block).record(Hop.RECV_TO_SENT, ns);
    reader.take();
    const { count, p50Ns, p999Ns, maxNs } = reader.total(Hop.RECV_TO_SENT);
    t.equal(count, 1);
    t.equal(p50Ns, p999Ns);
    t.equal(p50Ns, maxNs);
    // Whole nanoseconds: below 50 ns the rounding is coarser than the bucket.
    worst = Math.max(worst, Math.max(0, Math.abs(p50Ns - ns) - 1) / ns);
  }
  t.ok(worst <= 0.01, `worst error ${(worst * 100).toFixed(2)} %`);
});

void t.test('what is no time is counted apart and never becomes a sample', async (t) => {
  const block = newBlock();
  const counters = new LatencyCounters(block);
  const reader = new LatencyReader([block]);
  for (const ns of [Number.NaN, -1, -0.5, Number.NEGATIVE_INFINITY, 0, 0.25, -0, Number.POSITIVE_INFINITY, 1e12]) counters.record(Hop.SENT_TO_ACK, ns);
  reader.take();
  const summary = reader.total(Hop.SENT_TO_ACK);
  t.equal(summary.invalid, 1);
  t.equal(summary.negative, 3);
  t.equal(summary.over, 2);
  t.equal(summary.count, 5, 'three zeros and two beyond the range');
  t.ok(summary.p50Ns <= 2);
  t.equal(reader.total(Hop.SENT_TO_FILL).count, 0);
  t.equal(reader.total(Hop.SENT_TO_FILL).p99Ns, 0, 'no sample: zeros, not NaN');
});

void t.test('a reader merges the blocks of all workers, tells the last interval from the session, and survives a wrapping bucket', async (t) => {
  const blocks = [newBlock(), newBlock()];
  const [one, two] = blocks.map((block) => new LatencyCounters(block)) as [LatencyCounters, LatencyCounters];
  const reader = new LatencyReader(blocks);
  for (let i = 0; i < 990; i++) one.record(Hop.RECV_TO_MERGED, 1000);
  for (let i = 0; i < 10; i++) two.record(Hop.RECV_TO_MERGED, 1_000_000);
  reader.take();
  const first = reader.interval(Hop.RECV_TO_MERGED);
  t.equal(first.count, 1000);
  t.ok(Math.abs(first.p50Ns - 1000) < 10);
  t.ok(Math.abs(first.p999Ns - 1_000_000) < 10_000);
  two.record(Hop.RECV_TO_MERGED, 50);
  reader.take();
  t.equal(reader.interval(Hop.RECV_TO_MERGED).count, 1);
  t.equal(reader.total(Hop.RECV_TO_MERGED).count, 1001);
  t.equal(reader.total(Hop.RECV_TO_PUBLISH).count, 0, 'rows do not touch each other');

  const copy = decodeFromCompressedBase64(encodeIntoCompressedBase64(reader.histogram(Hop.RECV_TO_MERGED)));
  t.equal(copy.getValueAtPercentile(99.9), reader.histogram(Hop.RECV_TO_MERGED).getValueAtPercentile(99.9));

  const words = new Uint32Array(blocks[0].buffer);
  const bucket = words.findIndex((count) => count === 990);
  words[bucket] = 0xffff_ffff;
  reader.take();
  one.record(Hop.RECV_TO_MERGED, 1000);
  one.record(Hop.RECV_TO_MERGED, 1000);
  t.equal(words[bucket], 1, 'wrapped');
  reader.take();
  t.equal(reader.interval(Hop.RECV_TO_MERGED).count, 2);
});
