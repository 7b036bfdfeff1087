/** Transcripts of several venues as one: whose each is, and its lines in the order in which they were received. */
import { RingsideError } from '../model/errors.js';
import type { Venue } from '../venue/contract.js';
import { nativeVenueById, VENUES } from '../venue/registry.js';
import { readTranscript, type OnBytes, type OnMalformed, type TranscriptLine } from './transcript.js';

export interface ReplaySource {
  readonly venue: Venue;
  readonly path: string;
}

/** Lines to look at before a transcript counts as unknown. */
const DETECT_LINES_MAX = 2000;

/** `[VENUE=]PATH`; a path that holds a `=` is taken for a path unless a venue's id precedes it. */
export function splitPrefix(text: string): { venue: Venue | undefined; rest: string } {
  const match = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text);
  if (match === null || !VENUES.some(({ id }) => id === match[1])) return { venue: undefined, rest: text };
  return { venue: nativeVenueById(match[1]), rest: match[2] };
}

/** @throws RingsideError TRANSCRIPT_VENUE_UNKNOWN, TRANSCRIPT_UNREADABLE */
export async function sourceOf(text: string): Promise<ReplaySource> {
  const { venue, rest } = splitPrefix(text);
  return { venue: venue ?? (await detectVenue(rest)), path: rest };
}

async function detectVenue(path: string): Promise<Venue> {
  let looked = 0;
  for await (const { dir, raw } of readTranscript(path, () => {})) {
    if (dir === 'in') {
      const venue = venueOfFrame(raw);
      if (venue !== undefined) return venue;
    }
    if (++looked === DETECT_LINES_MAX) break;
  }
  throw new RingsideError('TRANSCRIPT_VENUE_UNKNOWN', `none of the first ${looked} lines tells whose transcript this is`, { where: path, fix: `Put the venue before it: ${VENUES.map(({ id }) => `${id}=`).join(', ')}` });
}

function venueOfFrame(raw: string): Venue | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(raw);
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null) return undefined;
  return VENUES.find((venue) => venue.recognises?.(frame as Readonly<Record<string, unknown>>));
}

/** A line and the place of its source in the list. */
export interface SourcedLine {
  readonly source: number;
  readonly line: TranscriptLine;
}

interface Head {
  readonly lines: AsyncGenerator<TranscriptLine>;
  line: TranscriptLine;
  /** A line without a time follows the one before it. */
  ns: bigint;
}

/** All lines of all sources by receive time; of equal times the earlier source's first, each source in its own order. */
export async function* mergeByTime(sources: readonly ReplaySource[], onMalformed: OnMalformed, onBytes: OnBytes): AsyncGenerator<SourcedLine> {
  const heads: (Head | undefined)[] = await Promise.all(sources.map(async ({ path }) => {
    const lines = readTranscript(path, onMalformed, onBytes);
    const first = await lines.next();
    return first.done === true ? undefined : { lines, line: first.value, ns: first.value.recvNs ?? 0n };
  }));
  for (;;) {
    let source = -1;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i];
      if (head !== undefined && (source < 0 || head.ns < heads[source]!.ns)) source = i;
    }
    const head = heads[source];
    if (head === undefined) return;
    yield { source, line: head.line };
    const next = await head.lines.next();
    if (next.done === true) heads[source] = undefined;
    else {
      head.line = next.value;
      // Recorders' clocks step back: the order of a file is the order in which it was received.
      if (next.value.recvNs !== null && next.value.recvNs > head.ns) head.ns = next.value.recvNs;
    }
  }
}
