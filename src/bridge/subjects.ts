/** Names of the subjects. docs/nats.md is the page for those who subscribe. */
import { RingsideError } from '../model/errors.js';
import type { InstrumentIndex } from '../model/instrument.js';
import { NO_INSTRUMENT } from '../record/codes.js';
import { BookStatusDef, FillDef, OpportunityDef, OrderUpdateDef, TopOfBookDef, VenueStatusDef } from '../record/schema.js';

/** The subject's word of the record types that leave the process. */
export const SUBJECT_KINDS: ReadonlyMap<number, string> = new Map([
  [TopOfBookDef.id, 'tob'], [OpportunityDef.id, 'opportunity'], [OrderUpdateDef.id, 'order'], [FillDef.id, 'fill'], [VenueStatusDef.id, 'venue'], [BookStatusDef.id, 'book'],
]);

/** All sessions answer a request here with their index. */
export const INDEX_REQUEST = 'ringside.index.get';

export function indexSubject(session: string): string {
  return `ringside.${session}.index`;
}

/** @throws RingsideError SESSION_NAME */
function requireToken(session: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(session)) throw new RingsideError('SESSION_NAME', `"${session}" cannot be part of a NATS subject`, { fix: 'Use letters, digits, _ and -.' });
}

/** Every subject a session can publish on, by record type and instrument; made once, so that no text is built per record. */
export class SubjectTable {
  private readonly byType: (readonly string[] | undefined)[] = [];
  private readonly byVenue: readonly string[];

  constructor(session: string, { venues, instruments }: InstrumentIndex) {
    requireToken(session);
    for (const [type, kind] of SUBJECT_KINDS) {
      this.byType[type] = instruments.map(({ venue, pair }) => (type === OpportunityDef.id ? `ringside.${session}.${kind}.${pair.name}` : `ringside.${session}.${kind}.${venue.id}.${pair.name}`));
    }
    this.byVenue = venues.map(({ id }) => `ringside.${session}.venue.${id}`);
  }

  /** Undefined: records like this stay inside. */
  of(type: number, venue: number, instrument: number): string | undefined {
    if (type === VenueStatusDef.id) return this.byVenue[venue];
    return instrument === NO_INSTRUMENT ? undefined : this.byType[type]?.[instrument];
  }
}
