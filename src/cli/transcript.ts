/**
 * Recorded venue transcripts: one JSON object a line, `{"recv_ns","dir","raw","url"?}`, gzip or not. Reads them, learns
 * their markets in a first pass, and plays them through the venue's own feed session. A file that is one JSON object over
 * several lines is one frame.
 */
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { RingsideError } from '../model/errors.js';
import type { InstrumentIndex } from '../model/instrument.js';
import type { RecordSink } from '../record/slot.js';
import type { FeedCounter, FeedHost, FeedSession, HttpRequest, SurveyedMarket, TranscriptSurvey, Venue } from '../venue/contract.js';

export interface TranscriptLine {
  readonly file: string;
  readonly line: number;
  /** Unix ns; null where the recording kept none. */
  readonly recvNs: bigint | null;
  readonly dir: 'in' | 'out' | 'open' | 'rest';
  readonly raw: string;
  readonly url: string | undefined;
}

/** A line that is none, or the end of a damaged file. */
export type OnMalformed = (file: string, line: number, why: string) => void;
/** Compressed bytes read so far. */
export type OnBytes = (bytes: number) => void;

const LINE_CHARS_MAX = 256 << 20;
const DIRS = new Set(['in', 'out', 'open', 'rest']);

/** A file up to this size may be one frame as it stands, over several lines, and nothing else. */
const SINGLE_BYTES_MAX = 16 << 20;

async function isGzip(path: string): Promise<boolean> {
  return (await head(path, 2)).equals(Buffer.of(0x1f, 0x8b));
}

/** The frame that the file consists of, or undefined where it is a transcript. */
async function singleFrame(path: string): Promise<string | undefined> {
  const start = await head(path, 256);
  // The first line of a transcript is an object of its own.
  if (!/^\s*\{\s*\n/.test(start.toString('latin1')) || (await stat(path)).size > SINGLE_BYTES_MAX) return undefined;
  const text = await readFile(path, 'utf8');
  return isJson(text) ? text : undefined;
}

async function head(path: string, length: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new RingsideError('TRANSCRIPT_UNREADABLE', `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { where: path, fix: 'Give the path of a recorded transcript (JSON lines, gzip or not).', cause });
  }
}

/** @throws RingsideError TRANSCRIPT_UNREADABLE; damage inside the file is reported and what precedes it kept */
export async function* readTranscript(path: string, onMalformed: OnMalformed, onBytes?: OnBytes): AsyncGenerator<TranscriptLine> {
  const gzip = await isGzip(path);
  const single = gzip ? undefined : await singleFrame(path);
  if (single !== undefined) {
    yield { file: path, line: 1, recvNs: null, dir: 'in', raw: single, url: undefined };
    return;
  }
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on('data', (chunk) => onBytes?.(chunk.length));
  const text = gzip ? file.pipe(createGunzip()) : file;
  if (gzip) file.on('error', (error) => text.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  try {
    for await (const chunk of text) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      let from = 0;
      for (let to = rest.indexOf('\n'); to >= 0; to = rest.indexOf('\n', from)) {
        const parsed = parseLine(path, ++line, rest.slice(from, to), onMalformed);
        if (parsed !== undefined) yield parsed;
        from = to + 1;
      }
      rest = rest.slice(from);
      if (rest.length > LINE_CHARS_MAX) throw new Error(`a line is longer than ${LINE_CHARS_MAX} characters`);
    }
  } catch (error) {
    if (error instanceof RingsideError) throw error;
    onMalformed(path, line + 1, `the file is damaged from here on: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  if (rest.trim() !== '') {
    const parsed = parseLine(path, ++line, rest, onMalformed);
    if (parsed !== undefined) yield parsed;
  }
}

function parseLine(file: string, line: number, text: string, onMalformed: OnMalformed): TranscriptLine | undefined {
  if (text.trim() === '') return undefined;
  let value: { recv_ns?: unknown; dir?: unknown; raw?: unknown; url?: unknown } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    onMalformed(file, line, 'not JSON');
    return undefined;
  }
  // A log as eth_getLogs gives it: a recording of logs alone has no envelope around them.
  if (isLog(value)) return { file, line, recvNs: null, dir: 'in', raw: text, url: undefined };
  if (typeof value !== 'object' || value === null || typeof value.raw !== 'string') return bad('no "raw" text');
  if (typeof value.dir !== 'string' || !DIRS.has(value.dir)) return bad('"dir" is none of in, out, open, rest');
  const recv = value.recv_ns ?? null;
  if (recv !== null && !(typeof recv === 'string' && /^\d{1,19}$/.test(recv))) return bad('"recv_ns" is no Unix time in ns');
  return { file, line, recvNs: recv === null ? null : BigInt(recv), dir: value.dir as TranscriptLine['dir'], raw: value.raw, url: typeof value.url === 'string' ? value.url : undefined };

  function bad(why: string): undefined {
    onMalformed(file, line, why);
    return undefined;
  }
}

function isLog(value: object | null): boolean {
  return value !== null && typeof value === 'object' && 'topics' in value && 'address' in value && 'data' in value;
}

/** A recorded REST answer. */
export interface RestBody {
  readonly url: string | undefined;
  readonly raw: string;
  /** It has been recorded by now. */
  available: boolean;
  /** A question of the session has it. */
  used: boolean;
}

/** What a first pass found. */
export interface TranscriptSurveyResult {
  readonly markets: readonly SurveyedMarket[];
  readonly survey: TranscriptSurvey;
  /** Those of the REST files, then those of the stream in order. */
  readonly bodies: readonly RestBody[];
  /** Receive time of the first line that has one. */
  readonly firstNs: bigint | null;
  /** Of the last one. */
  readonly lastNs: bigint | null;
  /** Where no receive times were kept: a time that the frames themselves tell, about. */
  readonly venueNs: bigint | null;
}

/** `--rest` files: transcript lines, or one body as it stands. */
async function readBodies(path: string, onMalformed: OnMalformed): Promise<RestBody[]> {
  const bodies: RestBody[] = [];
  const problems: [number, string][] = [];
  for await (const { raw, url } of readTranscript(path, (_, line, why) => problems.push([line, why]))) bodies.push({ url, raw, available: true, used: false });
  if (bodies.length === 0) {
    const bytes = await readFile(path);
    const raw = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
    if (isJson(raw)) return [{ url: undefined, raw, available: true, used: false }];
  }
  for (const [line, why] of problems) onMalformed(path, line, why);
  return bodies;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** @throws RingsideError TRANSCRIPT_UNSUPPORTED for a venue whose transcripts cannot be surveyed */
export async function surveyTranscripts(venue: Venue, frames: readonly string[], rest: readonly string[], onMalformed: OnMalformed, onBytes?: OnBytes): Promise<TranscriptSurveyResult> {
  const survey = venue.createSurvey?.();
  if (survey === undefined) throw new RingsideError('TRANSCRIPT_UNSUPPORTED', `transcripts of ${venue.name} cannot be read`, { where: venue.id });
  const bodies = (await Promise.all(rest.map((path) => readBodies(path, onMalformed)))).flat();
  for (const { url, raw } of bodies) survey.onResponse(url, raw);
  let firstNs: bigint | null = null;
  let lastNs: bigint | null = null;
  let venueNs: bigint | null = null;
  const bytes = new FrameBytes();
  for (const path of frames) {
    for await (const { dir, raw, url, recvNs } of readTranscript(path, onMalformed, onBytes)) {
      firstNs ??= recvNs;
      lastNs = recvNs ?? lastNs;
      if (firstNs === null) venueNs ??= timeIn(raw);
      if (dir === 'in') survey.onFrame(bytes.of(raw), bytes.length);
      else if (dir === 'rest') {
        survey.onResponse(url, raw);
        bodies.push({ url, raw, available: false, used: false });
      }
    }
  }
  return { markets: survey.markets(), survey, bodies, firstNs, lastNs, venueNs };
}

/** Frames as bytes, in one buffer that is used again. */
class FrameBytes {
  private buffer = new Uint8Array(1 << 16);
  private readonly encoder = new TextEncoder();
  length = 0;

  of(text: string): Uint8Array {
    if (text.length * 3 > this.buffer.length) this.buffer = new Uint8Array(text.length * 3);
    this.length = this.encoder.encodeInto(text, this.buffer).written;
    return this.buffer;
  }
}

/** A time in a frame, as text with seconds or in Unix ms; of 2009 or later. */
const TIME = /"(20(?:09|[1-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d)|[":\s](1[2-9]\d{11})\b/;

function timeIn(raw: string): bigint | null {
  const [, text, ms] = TIME.exec(raw) ?? [];
  const unixMs = text === undefined ? Number(ms) : Date.parse(`${text}Z`);
  return Number.isFinite(unixMs) ? BigInt(unixMs) * 1_000_000n : null;
}

/** So that no time of the recording itself becomes 0, which stands for none: venues do not tell single nanoseconds. */
const BESIDE_NS = 1n;
/** Where nothing tells a time, record times count from here. */
const EPOCH_WITHOUT_TIMES_NS = 1_735_689_600_000_000_000n;
const TIMER_NS = 100e6;
/** Transcripts have gaps that are no stalls. */
const NO_STALL_NS = Number.MAX_SAFE_INTEGER;
/** As long as a running engine bears silence (stallMs): then a transcript that has ended is a venue that is gone. */
const ENDED_NS = 15e9;
const encoder = new TextEncoder();
const GONE = 410;

export interface PlayerOptions {
  readonly venue: Venue;
  readonly index: InstrumentIndex;
  readonly sink: RecordSink;
  readonly survey: TranscriptSurveyResult;
  readonly epochUnixNs: bigint;
  /** Levels a side, where the transcript does not say. */
  readonly depth: number;
  readonly onCount?: (counter: FeedCounter) => void;
}

export function epochOf(survey: TranscriptSurveyResult): bigint {
  return survey.firstNs ?? (survey.venueNs === null ? EPOCH_WITHOUT_TIMES_NS : survey.venueNs + BESIDE_NS);
}

/**
 * Plays one venue's transcript through its feed session. What the session sends goes nowhere; its REST requests are
 * answered by the recorded bodies, each once and in order, or with 410 when there will be none.
 */
export class TranscriptPlayer implements FeedHost {
  readonly counts = new Map<FeedCounter, number>();
  readonly session: FeedSession;
  private readonly bytes = new FrameBytes();
  /** Questions of the session, each with the body that will answer it; undefined = none ever will. */
  private pending: { tag: number; body: RestBody | undefined }[] = [];
  private nextBody: number;
  private nowNs = 0;
  private timerNs = 0;
  private framesSinceOpen = 0;
  private readonly endNs: number;
  private ended = false;

  constructor(private readonly options: PlayerOptions) {
    const { venue, index, sink, epochUnixNs, depth, survey } = options;
    const entry = index.venues.find(({ id }) => id === venue.id);
    this.session = venue.createFeed({ resyncOnDuplicate: false,
      instruments: index.instruments.filter((instrument) => instrument.venue.id === venue.id), venueIndex: entry?.index ?? 0,
      sink, host: this, epochUnixNs, firstEpoch: 0, stallNs: NO_STALL_NS, depth, settings: {},
    });
    const inStream = survey.bodies.findIndex(({ available }) => !available);
    this.endNs = survey.lastNs === null ? Infinity : Number(survey.lastNs - epochUnixNs);
    this.nextBody = inStream < 0 ? survey.bodies.length : inStream;
  }

  open(): void {
    this.session.onOpen(this.nowNs);
  }

  play(line: TranscriptLine): void {
    this.advance(line.recvNs);
    if (line.dir === 'in') {
      this.framesSinceOpen++;
      const bytes = this.bytes.of(line.raw);
      this.session.onFrame(bytes, this.bytes.length, this.nowNs);
    } else if (line.dir === 'rest') this.options.survey.bodies[this.nextBody++].available = true;
    else if (line.dir === 'open' && this.framesSinceOpen > 0) {
      this.framesSinceOpen = 0;
      this.pending = [];
      this.session.onClose(this.nowNs);
      this.session.onOpen(this.nowNs);
    }
    this.answer();
  }

  /** Other transcripts go on: when this one has been over for long, its books are no longer to be traded on. */
  heedTime(nowNs: number): void {
    if (this.ended || nowNs - this.endNs <= ENDED_NS) return;
    this.ended = true;
    this.session.onClose(nowNs);
  }

  /** The transcript is over: every book tells its last state. */
  close(): void {
    this.session.onClose(this.nowNs);
  }

  send(): void {}

  /** A transcript goes on as it was recorded, whatever the session would rather do. */
  reconnect(): void {}

  request(tag: number, request: HttpRequest): void {
    const { survey, bodies } = this.options.survey;
    const body = bodies.find(({ used, url, raw }) => !used && survey.answers(request, url, raw));
    if (body !== undefined) body.used = true;
    this.pending.push({ tag, body });
  }

  count(counter: FeedCounter): void {
    this.counts.set(counter, (this.counts.get(counter) ?? 0) + 1);
    this.options.onCount?.(counter);
  }

  private advance(recvNs: bigint | null): void {
    this.nowNs = recvNs === null ? this.nowNs + 1e6 : Math.max(this.nowNs, Number(recvNs - this.options.epochUnixNs));
    if (this.nowNs - this.timerNs < TIMER_NS) return;
    this.timerNs = this.nowNs;
    this.session.onTimer(this.nowNs);
    this.answer();
  }

  private answer(): void {
    if (this.pending.length === 0) return;
    for (const question of this.pending.splice(0)) {
      const { tag, body } = question;
      if (body === undefined) this.session.onResponse(tag, GONE, new Uint8Array(0), this.nowNs);
      else if (body.available) this.session.onResponse(tag, 200, encoder.encode(body.raw), this.nowNs);
      else this.pending.push(question);
    }
  }
}
