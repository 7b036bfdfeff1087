/**
 * How a record becomes a row. A journal slot reaches ClickHouse as raw words (the structure below); each record type has
 * a table whose typed, named columns are computed from those words by a materialized view.
 */
import { FIELD_BYTES, SLOT_BYTES, type Field, type RecordDefinition } from '../record/define.js';
import * as codes from '../record/codes.js';

/** The first words of a slot, then 64-bit words from byte 16: what `file(…, 'RowBinary', …)` and `input(…)` are told. */
const HEADER = [
  { name: 'ordinal', type: 'UInt32' }, { name: 'type', type: 'UInt8' }, { name: 'flags', type: 'UInt8' }, { name: 'w6', type: 'UInt16' },
  { name: 'venue', type: 'UInt16' }, { name: 'instrument', type: 'UInt16' }, { name: 'w12', type: 'UInt32' },
] as const;

const WORDS = Array.from({ length: (SLOT_BYTES - 16) / 8 }, (_, i) => ({ name: `w${16 + i * 8}`, type: 'UInt64' }));

/** Columns of a slot as they lie in a segment. */
export const SLOT_COLUMNS: readonly { readonly name: string; readonly type: string }[] = [...HEADER, ...WORDS];

/** The same as ClickHouse wants it. */
export const SLOT_STRUCTURE = SLOT_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');

/** What a chunk adds to every slot. */
export const CHUNK_COLUMNS = [
  { name: 'session', type: 'UInt64' }, { name: 'segment', type: 'UInt32' }, { name: 'epoch_ns', type: 'Int64' },
] as const;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly codec: string;
  readonly comment: string;
  /** Over the columns of `slots`. */
  readonly expression: string;
  readonly field: Field;
  /** `time`: DateTime64(9) made of the session's epoch; `scaled`: integer at the pair's scale; `amount`: 10^-8 of an asset. */
  readonly kind: 'time' | 'price' | 'qty' | 'amount' | 'code' | 'plain';
  /** For codes: their names by value. */
  readonly names?: Readonly<Record<string, number>>;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isTime(field: Field): boolean {
  return field.unit.startsWith("ns since the session's epoch");
}

/** When the engine saw it; the venue's time where a record has no other. Rows are partitioned by it. */
export function engineTimeField(record: RecordDefinition): Field {
  for (const name of ['tsRecvNs', 'tsNs', 'tsCauseNs', 'tsVenueNs']) {
    const field = record.fields.find((candidate) => candidate.name === name);
    if (field !== undefined) return field;
  }
  throw new Error(`record ${record.name} has no time (tsRecvNs, tsNs, tsCauseNs or tsVenueNs)`);
}

/** The field's bits, as an unsigned integer of its size. */
function raw(field: Field): string {
  const size = FIELD_BYTES[field.type];
  const word = SLOT_COLUMNS.findLast(({ name }) => /^w\d+$/.test(name) && Number(name.slice(1)) <= field.offset)!;
  const wordOffset = Number(word.name.slice(1));
  const wordBytes = word.type === 'UInt64' ? 8 : word.type === 'UInt32' ? 4 : 2;
  if (size === wordBytes) return word.name;
  const shift = (field.offset - wordOffset) * 8;
  const shifted = shift === 0 ? word.name : `bitShiftRight(${word.name}, ${shift})`;
  return `toUInt${size * 8}(bitAnd(${shifted}, ${2 ** (size * 8) - 1}))`;
}

/** A float that is no number must not stop an insert: it becomes 0. */
function finite(field: Field): string {
  return `ifNotFinite(reinterpretAsFloat64(${raw(field)}), 0)`;
}

function codeNames(field: Field): Readonly<Record<string, number>> | undefined {
  const found = (codes as Readonly<Record<string, unknown>>)[field.doc];
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, number>>) : undefined;
}

function toColumn(record: RecordDefinition, field: Field): Column {
  const comment = `${field.doc}. ${field.unit}`;
  const base = { comment, field };
  if (isTime(field)) {
    const ns = `toInt64(${finite(field)})`;
    // Venue and send times are 0 where there is none; that must not read as the session's start.
    const expression = field === engineTimeField(record) ? `fromUnixTimestamp64Nano(epoch_ns + ${ns})` : `fromUnixTimestamp64Nano(if(${ns} = 0, toInt64(0), epoch_ns + ${ns}))`;
    return { ...base, kind: 'time', name: snakeCase(field.name.replace(/Ns$/, '')), type: 'DateTime64(9)', codec: 'Delta, ZSTD(1)', comment: field.doc, expression };
  }
  const name = snakeCase(field.name);
  if (field.type === 'i64') return { ...base, kind: 'amount', name, type: 'Int64', codec: 'ZSTD(1)', expression: `reinterpretAsInt64(${raw(field)})` };
  if (field.type === 'f64') {
    if (field.unit === 'ns' || field.unit === 'count') return { ...base, kind: 'plain', name, type: 'Float64', codec: 'ZSTD(1)', expression: finite(field) };
    const kind = field.unit.startsWith('price') ? 'price' : field.unit.startsWith('base quantity') ? 'qty' : 'plain';
    return { ...base, kind, name, type: 'Int64', codec: kind === 'qty' ? 'T64, ZSTD(1)' : 'Delta, ZSTD(1)', expression: `toInt64(${finite(field)})` };
  }
  const names = codeNames(field);
  const type = `UInt${FIELD_BYTES[field.type] * 8}`;
  const codec = field.type === 'u32' ? 'Delta, ZSTD(1)' : 'ZSTD(1)';
  return { ...base, kind: names === undefined ? 'plain' : 'code', name, type, codec, expression: raw(field), ...(names === undefined ? {} : { names }) };
}

/** The record's own columns, in the order of the schema. */
export function columnsOf(record: RecordDefinition): Column[] {
  return record.fields.map((field) => toColumn(record, field));
}
