/** Looks into a zod schema: what stands at a path, what it accepts, which fields there are. */
import type { z } from 'zod';
import type { LeafMeta } from './schema.js';

/** The parts of a schema's definition that are looked at. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly defaultValue?: unknown;
}

export interface Leaf {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  readonly meta: LeafMeta;
  /** Undefined: may be absent. */
  readonly standard: unknown;
}

export function definitionOf(schema: z.ZodType): Definition {
  return schema.def;
}

/** The schema without its default and optional wrappers. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType, type } = definitionOf(schema);
  return innerType !== undefined && ['default', 'prefault', 'optional', 'nullable'].includes(type) ? bare(innerType) : schema;
}

/** The innermost text about what is accepted, looked for through the wrappers. */
export function metaOf(schema: z.ZodType): LeafMeta | undefined {
  const meta = schema.meta() as Partial<LeafMeta> | undefined;
  if (meta?.accepted !== undefined && meta.doc !== undefined) return { accepted: meta.accepted, doc: meta.doc };
  const { innerType } = definitionOf(schema);
  return innerType === undefined ? undefined : metaOf(innerType);
}

/** What stands at a path; undefined where the schema knows nothing of it. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  const { type, shape, element, valueType } = definitionOf(bare(schema));
  const next = type === 'object' ? shape?.[String(head)] : type === 'array' ? element : type === 'record' ? valueType : undefined;
  return next === undefined ? undefined : schemaAt(next, rest);
}

export function fieldsOf(schema: z.ZodType): readonly string[] {
  return Object.keys(definitionOf(bare(schema)).shape ?? {});
}

/** Every field that is no plain group of others, in order. Lists and records are leaves; `inside` also walks into them. */
export function leavesOf(schema: z.ZodType, { inside = false, path = [] as readonly string[] } = {}): Leaf[] {
  const { type, shape, element, valueType } = definitionOf(bare(schema));
  const here = metaOf(schema);
  const own: Leaf[] = here === undefined ? [] : [{ path, schema, meta: here, standard: standardOf(schema) }];
  if (type === 'object') {
    return [...own, ...Object.entries(shape ?? {}).flatMap(([name, field]) => leavesOf(field, { inside, path: [...path, name] }))];
  }
  if (!inside) return own;
  const item = type === 'array' ? element : type === 'record' ? valueType : undefined;
  const grouped = item !== undefined && definitionOf(bare(item)).type === 'object';
  return [...own, ...(grouped ? leavesOf(item, { inside, path: [...path, type === 'array' ? '[]' : '*'] }) : [])];
}

function standardOf(schema: z.ZodType): unknown {
  const { type, defaultValue, innerType } = definitionOf(schema);
  if (type === 'default') return defaultValue;
  return innerType === undefined ? undefined : standardOf(innerType);
}
