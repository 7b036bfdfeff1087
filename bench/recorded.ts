/**
 * The recorded Binance spot diffs (BTC-USDT, August 2024) that the book benchmarks run on. The captures are not part of
 * the project: where they are absent, a benchmark says so and measures nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { indexOf } from '../src/cli/decode.js';
import { epochOf, readTranscript, surveyTranscripts } from '../src/cli/transcript.js';
import type { InstrumentIndex } from '../src/model/instrument.js';
import { nativeVenueById } from '../src/venue/registry.js';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'captures', 'hftbacktest', 'binance-spot');
const PATH = join(FOLDER, 'btcusdt_20240808.frames.jsonl.gz');

export interface RecordedFrame {
  readonly text: string;
  /** As a socket hands it over. */
  readonly bytes: Uint8Array;
  readonly tsRecvNs: number;
}

export interface RecordedDiffs {
  readonly index: InstrumentIndex;
  readonly epochUnixNs: bigint;
  readonly snapshot: RecordedFrame;
  /** Depth updates that the snapshot covers. */
  readonly before: readonly RecordedFrame[];
  /** Those it does not, from the first. */
  readonly diffs: readonly RecordedFrame[];
}

export const NO_CAPTURES = 'the recorded frames are not here (../shared/captures/hftbacktest)';

/** Undefined where the captures folder is absent. */
export async function recordedDiffs(): Promise<RecordedDiffs | undefined> {
  if (!existsSync(PATH)) return undefined;
  const damaged = (file: string, line: number, why: string): never => {
    throw new Error(`${file}:${line}: ${why}`);
  };
  const venue = nativeVenueById('binance');
  const survey = await surveyTranscripts(venue, [PATH], [], damaged);
  const epochUnixNs = epochOf(survey);
  const encoder = new TextEncoder();
  let snapshot: RecordedFrame | undefined;
  const updates: RecordedFrame[] = [];
  for await (const { dir, raw, recvNs } of readTranscript(PATH, damaged)) {
    const frame: RecordedFrame = { text: raw, bytes: encoder.encode(raw), tsRecvNs: Number((recvNs ?? epochUnixNs) - epochUnixNs) };
    if (dir === 'rest') snapshot ??= frame;
    else if (dir === 'in' && raw.includes('"depthUpdate"')) updates.push(frame);
  }
  if (snapshot === undefined) throw new Error(`${PATH} holds no depth snapshot`);
  const { lastUpdateId } = JSON.parse(snapshot.text) as { lastUpdateId: number };
  const first = updates.findIndex(({ text }) => (JSON.parse(text) as { data: { u: number } }).data.u > lastUpdateId);
  const before = updates.slice(0, first);
  const diffs = updates.slice(first);
  return { index: indexOf(venue, survey.markets.map(({ metadata }) => metadata)), epochUnixNs, snapshot, before, diffs };
}
