/** Do all exchanges at once, with a hundred pairs each, fit two cores: no ring ever full, every book the venue's own at the end? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineSession } from '../actors/engine-session.js';
import type { WholeBook } from '../actors/merger.js';
import { actorName } from '../actors/spec.js';
import { loadConfig } from '../src/config/config.js';
import { parseScaled } from '../src/model/decimal.js';
import { buildInstrumentIndex } from '../src/model/instrument-index.js';
import type { Instrument } from '../src/model/instrument.js';
import { SANDBOX_VENUES } from '../src/sandbox/registry.js';
import { STRATEGIES } from '../src/strategy/registry.js';
import { VENUES } from '../src/venue/registry.js';
import { scaled, target, type Bench, type BenchOptions, type BenchResult } from './bench.js';

const NAME = 'many-venues';
/** Every exchange of the sandbox; what is no exchange has no book to compare. */
const IDS = SANDBOX_VENUES.filter((venue) => venue.rules('BTC', 1) !== undefined).map(({ id }) => id);
const PAIRS = 100;
const RATE_PER_SECOND = 50_000;
/** Levels a side: all that the sandbox has. With fewer, what a snapshot left out is unknown until it changes (Binance). */
const DEPTH = 200;
/** Longer than the slowest venue waits before it sends what has changed. */
const SETTLE_MS = 1_500;

/** Without XRP, which the sandbox's Kraken lists against USD only. */
function pairNames(count: number): string[] {
  const bases = ['BTC', 'ETH', 'SOL'];
  for (let n = 5; bases.length < count; n++) bases.push(`S${String(n).padStart(3, '0')}`);
  return bases.map((base) => `${base}-USDT`);
}

async function freeze(rest: string, frozen: boolean): Promise<void> {
  await fetch(`${rest}/sandbox/freeze`, { method: 'POST', body: JSON.stringify({ frozen }) });
}

type Levels = readonly (readonly [string, string])[];

/** Levels of ours that the venue has otherwise. A venue shows no more than its feed does: what lies deeper is not compared. */
async function differences(rest: string, { symbol, pair }: Instrument, ours: WholeBook): Promise<{ levels: number; different: number }> {
  const theirs = (await (await fetch(`${rest}/sandbox/book?symbol=${encodeURIComponent(symbol)}`)).json()) as { bids: Levels; asks: Levels };
  let levels = 0;
  let different = ours.inSync ? 0 : 1;
  for (const side of ['bids', 'asks'] as const) {
    const count = Math.min(ours[side].length, theirs[side].length);
    if (count === 0) different++;
    for (let i = 0; i < count; i++) {
      const [price, qty] = theirs[side][i];
      levels++;
      if (ours[side][i][0] !== parseScaled(price, pair.priceScale) || ours[side][i][1] !== parseScaled(qty, pair.qtyScale)) different++;
    }
  }
  return { levels, different };
}

async function* run(options: BenchOptions): AsyncGenerator<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'ringside-bench-'));
  const pairs = pairNames(scaled(PAIRS, options, 5));
  const rate = scaled(RATE_PER_SECOND, options, 2_000);
  const { config, secrets } = loadConfig({
    flags: { dataDir: dir, api: false, store: false, venues: IDS, pairs, rate, set: [`sandbox.bases=${pairs.length + 1}`, ...IDS.map((id) => `venues.${id}.depth=${DEPTH}`)] }, environment: {}, workingDir: dir,
  }, { venues: VENUES.map(({ id }) => id), strategies: STRATEGIES });
  const startedMs = performance.now();
  const session = await EngineSession.start({ config, secrets, onReport: () => undefined });
  try {
    const { engine } = session;
    const index = buildInstrumentIndex(engine.spec.index);
    const inSync = (): boolean => session.status().venues.every(({ books, booksInSync }) => booksInSync === books);
    while (!inSync() && performance.now() - startedMs < 60_000) await delay(50);
    const upMs = performance.now() - startedMs;
    const updates = async (): Promise<number> => Number((await engine.stats()).merger?.deltas ?? 0);
    const from = await updates();
    const seconds = Math.max(2, options.durationS / 2);
    options.progress(`${index.instruments.length} books at ${rate} changes a second for ${seconds} s`);
    await delay(seconds * 1000);
    const perSecond = ((await updates()) - from) / seconds;
    const restOf = new Map(engine.spec.venues.map(({ id, endpoints }) => [id, endpoints.rest]));
    await session.stop();
    await freeze(restOf.get(IDS[0])!, true);
    await delay(SETTLE_MS);
    let levels = 0;
    let different = 0;
    for (const instrument of index.instruments) {
      const ours = (await engine.command(actorName.merger, 'book', instrument.index)) as WholeBook;
      const result = await differences(restOf.get(instrument.venue.id)!, instrument, ours);
      levels += result.levels;
      different += result.different;
    }
    const { rings, venues } = session.status();
    const full = rings.reduce((sum, ring) => sum + ring.full, 0);
    const resyncs = venues.reduce((sum, venue) => sum + venue.resyncs, 0);
    yield {
      bench: NAME, name: `${IDS.length} venues × ${pairs.length} pairs: book records a second through the merger`, measured: { perSecond }, baselines: {},
      targets: [
        target(`no ring was ever full (${full} times)`, full === 0),
        target(`books equal the venues' own, level by level (${levels} levels of ${index.instruments.length} books, ${different} differ)`, different === 0),
        target(`all ${index.instruments.length} books are in sync within 10 s (${(upMs / 1000).toFixed(1)} s)`, upMs < 10_000),
      ],
      notes: [`${resyncs} resyncs while it ran. ${rate} book changes a second were asked of the sandbox, which runs on the same cores.`],
    };
    await freeze(restOf.get(IDS[0])!, false);
  } finally {
    await session.finish();
    rmSync(dir, { recursive: true, force: true });
  }
}

export const manyVenues: Bench = {
  name: NAME,
  question: 'Do all exchanges with a hundred pairs each fit two cores?',
  topology: 'the whole engine with every native exchange on the sandbox, whose process shares the cores; journal, no store',
  run,
};
