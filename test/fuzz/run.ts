/**
 * Damaged real frames against a venue's decoder. Held against a plain reader: what is published of a frame is all that the
 * frame says and nothing else, or nothing; a book that still counts as in sync is the plain reader's, level by level; and
 * a frame that is sound and in its place is not passed over in silence.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { indexOf } from '../../src/cli/decode.js';
import { parseScaled } from '../../src/model/decimal.js';
import type { Instrument } from '../../src/model/instrument.js';
import { BookState, Flag } from '../../src/record/codes.js';
import { BookDelta, BookStatus, typeAt } from '../../src/record/records.js';
import { MemorySink } from '../../src/record/slot.js';
import type { FeedSession } from '../../src/venue/contract.js';
import { VENUES } from '../../src/venue/registry.js';
import { mutate, type Random } from './mutate.js';
import type { CapturedLine, Chain, FuzzSubject, PlainFrame } from './subject.js';

const LINES_MAX = 6000;
/** Frames of a connection before it begins anew. */
const EPISODE_FRAMES = 30;
const SINK_SLOTS = 8192;
const encoder = new TextEncoder();

export interface FuzzReport {
  mutated: number;
  published: number;
  refused: number;
  resyncs: number;
  /** First of what went wrong, with the frame. */
  failures: string[];
}

export function captureOf(subject: Pick<FuzzSubject, 'capture'>, captures: string): string | undefined {
  const path = `${captures}/${subject.capture}`;
  return existsSync(path) ? path : undefined;
}

export async function readChain(subject: FuzzSubject, path: string): Promise<Chain> {
  const file = createReadStream(path);
  const lines: CapturedLine[] = [];
  for await (const text of createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file })) {
    lines.push(JSON.parse(text) as CapturedLine);
    if (lines.length >= LINES_MAX) break;
  }
  file.destroy();
  return subject.frames(lines);
}

/** The book that a plain reader keeps, at the pair's scales. */
class PlainBook {
  readonly sides = { bid: new Map<number, number>(), ask: new Map<number, number>() };

  apply(snapshot: boolean, levels: readonly ScaledLevel[]): void {
    if (snapshot) for (const side of Object.values(this.sides)) side.clear();
    for (const [side, price, qty] of levels) {
      if (qty === 0) this.sides[side].delete(price);
      else this.sides[side].set(price, qty);
    }
  }

  changes(levels: readonly ScaledLevel[]): boolean {
    return levels.some(([side, price, qty]) => (this.sides[side].get(price) ?? 0) !== qty);
  }

  text(): string {
    return JSON.stringify(Object.values(this.sides).map((side) => [...side].sort(([a], [b]) => a - b)));
  }
}

type ScaledLevel = readonly [side: 'bid' | 'ask', price: number, qty: number];

/** Zero is zero at any exponent. */
function scaledOf(text: string, scale: number): number {
  return /^-?0(\.0*)?[eE][+-]?\d+$/.test(text) ? 0 : parseScaled(text, scale);
}

/** Whether an object in it has a key more than once. */
function hasKeyTwice(text: string): boolean {
  const keys = (json: string): number => json.match(/"[^"\\]*"\s*:/g)?.length ?? 0;
  return keys(text) !== keys(JSON.stringify(JSON.parse(text)));
}

export class Fuzz {
  readonly report: FuzzReport = { mutated: 0, published: 0, refused: 0, resyncs: 0, failures: [] };
  private readonly sink = new MemorySink(SINK_SLOTS);
  private readonly delta = new BookDelta(this.sink.views);
  private readonly status = new BookStatus(this.sink.views);
  private session: FeedSession;
  private readonly create: () => FeedSession;
  private readonly instrument: Instrument;
  private asked: number[] = [];
  private ours = new PlainBook();
  private plain = new PlainBook();
  private state: number = BookState.OUT_OF_SYNC;
  private seen: { snapshot: boolean; levels: ScaledLevel[] } = { snapshot: false, levels: [] };
  private nowNs = 1e9;

  constructor(private readonly subject: FuzzSubject, private readonly chain: Chain, private readonly random: Random) {
    const venue = VENUES.find(({ id }) => id === subject.venue)!;
    const survey = venue.createSurvey!();
    for (const raw of [...chain.updates, ...chain.others]) {
      const bytes = encoder.encode(raw);
      survey.onFrame(bytes, bytes.length);
    }
    if (chain.rest !== undefined) survey.onResponse(undefined, chain.rest);
    const index = indexOf(venue, survey.markets().map(({ metadata }) => metadata));
    this.instrument = index.find(venue.id, subject.symbol);
    this.create = () => venue.createFeed({
      instruments: index.instruments, venueIndex: 0, sink: this.sink, epochUnixNs: 1_700_000_000_000_000_000n, firstEpoch: 1, stallNs: 1e18, resyncOnDuplicate: true, depth: 25, settings: {},
      host: { send: () => undefined, request: (tag) => void this.asked.push(tag), reconnect: () => undefined, count: (counter) => void (counter === 'resyncs' && this.report.resyncs++) },
    });
    this.session = this.create();
  }

  /** Run until `frames` damaged frames were given. @param progress called now and then with how many were */
  run(frames: number, progress: (done: number) => void = () => undefined): FuzzReport {
    for (let told = 0; this.report.mutated < frames && this.report.failures.length < 20;) {
      this.episode();
      if (this.report.mutated - told < 2000) continue;
      told = this.report.mutated;
      progress(told);
    }
    return this.report;
  }

  private episode(): void {
    const { updates, others, rest } = this.chain;
    this.session.onClose(this.nowNs);
    this.asked = [];
    this.session.onOpen(this.nowNs);
    this.drain();
    this.plain = new PlainBook();
    let next = this.begin(rest);
    if (this.state !== BookState.IN_SYNC) {
      // It believed a sound frame that halts the market or changes its decimals: a connection later it still does, rightly.
      this.session = this.create();
      this.session.onOpen(this.nowNs);
      this.drain();
      this.plain = new PlainBook();
      next = this.begin(rest);
      if (this.state !== BookState.IN_SYNC) this.fail('a new session does not come into sync on sound frames', updates[0]);
    }
    for (let i = 0; i < EPISODE_FRAMES && next < updates.length && this.state === BookState.IN_SYNC; i++) {
      const pick = this.random();
      if (pick < 0.15 && others.length > 0) this.give(others[Math.floor(this.random() * others.length)], undefined);
      else if (pick < 0.4) this.give(updates[next], updates[next++]);
      else if (this.give(updates[next], undefined)) next++;
    }
    if (this.state === BookState.IN_SYNC && this.ours.text() !== this.plain.text() && this.subject.venue !== 'kraken') this.fail('the book in sync is not the plain reader’s', '');
  }

  /** From nothing to in sync on sound frames, from a random place where a REST answer allows only the first. @returns the next frame */
  private begin(rest: string | undefined): number {
    const [first] = this.chain.updates;
    if (rest === undefined) {
      this.sound(first);
      return 1;
    }
    this.frame(first);
    const body = encoder.encode(rest);
    for (const tag of this.asked.splice(0)) this.session.onResponse(tag, 200, body, this.nowNs);
    this.session.onTimer((this.nowNs += 1e9));
    for (const tag of this.asked.splice(0)) this.session.onResponse(tag, 200, body, this.nowNs);
    this.drain();
    this.plain.apply(true, this.seen.levels);
    return 1;
  }

  /** A frame as it was recorded. */
  private sound(raw: string): void {
    this.frame(raw);
    this.plain.apply(this.seen.snapshot, this.seen.levels);
  }

  /** @param sound the frame is given undamaged @returns whether the place in the chain was used */
  private give(raw: string, sound: string | undefined): boolean {
    if (sound !== undefined) {
      this.sound(sound);
      return true;
    }
    const text = mutate(raw, this.random);
    this.report.mutated++;
    const said = this.read(text);
    try {
      this.frame(text);
    } catch (error) {
      this.fail(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, text);
      return false;
    }
    const { levels, snapshot } = this.seen;
    if (levels.length === 0) return this.silent(raw, text, said);
    this.report.published++;
    const expected = said === undefined ? undefined : this.scaled(said);
    if (expected === undefined || snapshot !== said!.snapshot || !this.same(levels, expected)) this.fail(`published ${JSON.stringify(levels)}, said ${JSON.stringify(expected)}`, text);
    this.plain.apply(snapshot, levels);
    return true;
  }

  /** Nothing was published: the book is out of sync, or the frame said nothing of it, or it was not in its place. */
  private silent(raw: string, text: string, said: PlainFrame | undefined): boolean {
    this.report.refused++;
    if (this.state !== BookState.IN_SYNC || said === undefined) return false;
    // Of a key that stands twice the plain reader takes the last, which is no rule: nobody need do the same.
    if (hasKeyTwice(text)) return false;
    const place = this.read(raw)?.chain;
    const levels = this.scaled(said);
    if (said.symbol !== this.subject.symbol || said.chain !== place || levels === undefined || !this.plain.changes(levels)) return false;
    this.fail('a sound frame in its place was passed over, and the book counts as in sync', text);
    return false;
  }

  private read(text: string): PlainFrame | undefined {
    try {
      return this.subject.plain(JSON.parse(text) as unknown);
    } catch {
      return undefined;
    }
  }

  /** Its levels at the pair's scales; undefined where one of them is no price and quantity that can be held exactly. */
  private scaled({ levels }: PlainFrame): ScaledLevel[] | undefined {
    const { priceScale, qtyScale } = this.instrument.pair;
    try {
      return levels.map(([side, priceText, qtyText]) => {
        if (![priceText, qtyText].every((value) => typeof value === 'string' || typeof value === 'number')) throw new Error('no number');
        const price = scaledOf(String(priceText), priceScale);
        const qty = scaledOf(String(qtyText), qtyScale);
        if (price <= 0 || qty < 0) throw new Error('no level');
        return [side, price, qty] as const;
      });
    } catch {
      return undefined;
    }
  }

  /** The same levels, side by side; a venue that keeps a limited depth says besides which levels fell out of it. */
  private same(ours: readonly ScaledLevel[], theirs: readonly ScaledLevel[]): boolean {
    return ['bid', 'ask'].every((wanted) => {
      const said = theirs.filter(([side]) => side === wanted);
      const told = ours.filter(([side]) => side === wanted);
      return JSON.stringify(told.slice(0, said.length)) === JSON.stringify(said) && told.slice(said.length).every(([, , qty]) => qty === 0);
    });
  }

  private frame(text: string): void {
    const bytes = encoder.encode(text);
    this.session.onFrame(bytes, bytes.length, (this.nowNs += 1e6));
    this.drain();
  }

  private drain(): void {
    this.seen = { snapshot: false, levels: [] };
    for (let i = 0; i < this.sink.count; i++) {
      const at = i * 64;
      const type = typeAt(this.sink.views, at);
      if (type === BookDelta.TYPE) {
        const { flags, price, qty, instrument } = this.delta.wrap(at);
        if (instrument !== this.instrument.index) continue;
        if ((flags & Flag.SNAPSHOT) !== 0) this.seen.snapshot = true;
        this.seen.levels.push([(flags & Flag.SELL) === 0 ? 'bid' : 'ask', price, qty]);
      } else if (type === BookStatus.TYPE && this.status.wrap(at).instrument === this.instrument.index) this.state = this.status.state;
    }
    this.sink.clear();
    if (this.seen.levels.length > 0) this.ours.apply(this.seen.snapshot, this.seen.levels);
  }

  private fail(what: string, text: string): void {
    this.report.failures.push(`${what.slice(0, 600)}\n  in ${text.slice(0, 2000)}`);
  }
}
