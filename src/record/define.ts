/**
 * defineRecord: the one place where a record is described. From a definition come the byte offsets, the flyweight
 * accessors, the ClickHouse columns, the NATS payload and the table in docs/records.md.
 *
 *   0        4    5     6       8       10          12                                              64
 *   +--------+----+-----+-------+-------+-----------+----------------------------------------------+
 *   | seq i32|type|flags| field | venue | instrument| fields, each at its natural alignment        |
 *   +--------+----+-----+-------+-------+-----------+----------------------------------------------+
 *
 * Little-endian. `seq` is the ring's publication word while the record is in a ring, and its ordinal within the
 * segment once it is in the journal. Bytes 6-7 and 12-63 are the record's own; fields are placed first-fit in the
 * order they are declared, so appending a field never moves an earlier one.
 */

export type FieldType = 'u8' | 'u16' | 'u32' | 'f64' | 'i64';

export interface FieldSpec {
  readonly type: FieldType;
  /** Unit or scale: `ns since the epoch of the session`, `price at the pair's scale`, `10^-8 of the asset`, … */
  readonly unit: string;
  readonly doc: string;
}

export interface Field extends FieldSpec {
  readonly name: string;
  /** Byte offset within the slot. */
  readonly offset: number;
}

export interface RecordDefinition {
  readonly name: string;
  /** Number in the slot's type byte; never reused. */
  readonly id: number;
  readonly version: number;
  /** Table the recorder keeps it in. */
  readonly table: string;
  readonly doc: string;
  readonly fields: readonly Field[];
}

export const SLOT_BYTES = 64;
export const OFFSET = { seq: 0, type: 4, flags: 5, venue: 8, instrument: 10 } as const;

export const FIELD_BYTES: Record<FieldType, number> = { u8: 1, u16: 2, u32: 4, f64: 8, i64: 8 };

function place(name: string, fields: Record<string, FieldSpec>): Field[] {
  const taken = new Uint8Array(SLOT_BYTES);
  taken.fill(1, 0, 6);
  taken.fill(1, 8, 12);
  return Object.entries(fields).map(([field, spec]) => {
    const size = FIELD_BYTES[spec.type];
    for (let offset = 0; offset + size <= SLOT_BYTES; offset += size) {
      if (taken.subarray(offset, offset + size).every((byte) => byte === 0)) {
        taken.fill(1, offset, offset + size);
        return { name: field, offset, ...spec };
      }
    }
    throw new Error(`record ${name}: field ${field} does not fit the 64-byte slot`);
  });
}

export function defineRecord(
  name: string,
  spec: { id: number; version: number; table: string; doc: string; fields: Record<string, FieldSpec> },
): RecordDefinition {
  if (!Number.isInteger(spec.id) || spec.id < 1 || spec.id > 255) throw new Error(`record ${name}: id must be 1..255`);
  return { name, id: spec.id, version: spec.version, table: spec.table, doc: spec.doc, fields: place(name, spec.fields) };
}

/** Byte offset of a field within the slot. @throws TypeError when the record has none of that name */
export function fieldOffset(definition: RecordDefinition, name: string): number {
  return definition.fields.find((field) => field.name === name)!.offset;
}
