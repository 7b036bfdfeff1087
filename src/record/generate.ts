/** Writes what is generated from the schema. Run by `npm run generate`; the texts are compared by a test. */
import { FIELD_BYTES, OFFSET, SLOT_BYTES, type Field, type FieldType, type RecordDefinition } from './define.js';
import { RECORDS } from './schema.js';

const VIEW: Record<FieldType, { view: string; shift: number; js: string }> = {
  u8: { view: 'u8', shift: 0, js: 'number' },
  u16: { view: 'u16', shift: 1, js: 'number' },
  u32: { view: 'u32', shift: 2, js: 'number' },
  f64: { view: 'f64', shift: 3, js: 'number' },
  i64: { view: 'i64', shift: 3, js: 'bigint' },
};

const WARNING = 'Generated from src/record/schema.ts by `npm run generate`. Do not edit.';

function accessors(field: Field): string {
  const { view, shift, js } = VIEW[field.type];
  const place = `this.${view}[(this.at >> ${shift}) + ${field.offset >> shift}]`;
  return [
    `  /** ${field.doc}. ${field.type}, ${field.unit}. */`,
    `  get ${field.name}(): ${js} { return ${place}; }`,
    `  set ${field.name}(value: ${js}) { ${place} = value; }`,
  ].join('\n');
}

/** u32 words with a byte that no field covers: cleared by `begin`, because a ring slot still holds what a former lap wrote. */
function gapWords(record: RecordDefinition): number[] {
  const covered = new Set<number>();
  for (const field of record.fields) for (let i = 0; i < FIELD_BYTES[field.type]; i++) covered.add(field.offset + i);
  const words: number[] = [];
  for (let offset = 12; offset < SLOT_BYTES; offset += 4) {
    if ([0, 1, 2, 3].some((i) => !covered.has(offset + i))) words.push(offset >> 2);
  }
  return words;
}

function flyweight(record: RecordDefinition): string {
  const gaps = gapWords(record);
  const views = [...new Set(['u8', 'u16', 'u32', ...record.fields.map((field) => VIEW[field.type].view)])];
  const arrays: Record<string, string> = { u8: 'Uint8Array', u16: 'Uint16Array', u32: 'Uint32Array', f64: 'Float64Array', i64: 'BigInt64Array' };
  const header: Field[] = [
    { name: 'flags', type: 'u8', offset: OFFSET.flags, unit: 'bits', doc: 'Flag bits' },
    { name: 'venue', type: 'u16', offset: OFFSET.venue, unit: 'index', doc: 'Venue' },
    { name: 'instrument', type: 'u16', offset: OFFSET.instrument, unit: 'index', doc: 'Instrument, or NO_INSTRUMENT' },
  ];
  return [
    `/** ${record.doc} */`,
    `export class ${record.name} {`,
    `  static readonly TYPE = ${record.id};`,
    ...views.map((view) => `  private readonly ${view}: ${arrays[view]};`),
    '  /** Byte offset of the slot in the views. */',
    '  at = 0;',
    '',
    '  constructor(views: SlotViews) {',
    ...views.map((view) => `    this.${view} = views.${view};`),
    '  }',
    '',
    '  /** Point at a slot. */',
    '  wrap(at: number): this {',
    '    this.at = at;',
    '    return this;',
    '  }',
    '',
    '  /** Point at a slot and write its header: type, flags (u8), venue and instrument (u16), as two words. Bytes 6 and 7 and what no field covers become 0. */',
    '  begin(at: number, flags: number, venue: number, instrument: number): this {',
    '    this.at = at;',
    `    this.u32[(at >> 2) + ${OFFSET.type >> 2}] = ${record.id} | (flags << 8);`,
    `    this.u32[(at >> 2) + ${OFFSET.venue >> 2}] = venue | (instrument << 16);`,
    ...gaps.map((word) => `    this.u32[(at >> 2) + ${word}] = 0;`),
    '    return this;',
    '  }',
    '',
    ...[...header, ...record.fields].map(accessors),
    '}',
  ].join('\n');
}

export function generateFlyweights(): string {
  return [
    `/* ${WARNING} */`,
    "import type { SlotViews } from './slot.js';",
    '',
    '/** Record type at a slot: its `type` byte. */',
    `export function typeAt(views: SlotViews, at: number): number {\n  return views.u8[at + ${OFFSET.type}];\n}`,
    '',
    ...RECORDS.map((record) => `${flyweight(record)}\n`),
  ].join('\n');
}

export function generateDocs(): string {
  const lines = ['# Records', '', `<!-- ${WARNING} -->`, '', 'A record is 64 bytes, little-endian, and the same bytes in a ring, in the journal and in a NATS message.', '', 'Every record starts with: `seq` i32 at 0 (ring publication word; in the journal the ordinal within the segment), `type` u8 at 4, `flags` u8 at 5 (FIRST 1, LAST 2, SNAPSHOT 4, SELL 8, MAKER 16, IN_SYNC 32), `venue` u16 at 8, `instrument` u16 at 10 (65535 = none).', ''];
  for (const record of RECORDS) {
    lines.push(`## ${record.name} (type ${record.id}, version ${record.version}, table \`${record.table}\`)`, '', record.doc, '', '| offset | bytes | field | type | unit | meaning |', '|---|---|---|---|---|---|');
    for (const field of [...record.fields].sort((a, b) => a.offset - b.offset)) {
      lines.push(`| ${field.offset} | ${FIELD_BYTES[field.type]} | \`${field.name}\` | ${field.type} | ${field.unit} | ${field.doc} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}
