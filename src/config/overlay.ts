/** Single values laid over the configuration file: from environment variables and from command line options. */
import type { z } from 'zod';
import { configSchema } from './schema.js';
import { didYouMean, type ConfigProblem } from './problems.js';
import { bare, definitionOf, leavesOf, schemaAt } from './schema-walk.js';

export interface Overlay {
  readonly path: readonly string[];
  readonly value: unknown;
  /** `environment RINGSIDE_API_PORT`, `option --api-port`. */
  readonly origin: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Names that are also known without the RINGSIDE_ prefix, or by a shorter one. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = { CLICKHOUSE_URL: ['clickhouse', 'url'], NATS_URL: ['nats', 'url'], RINGSIDE_HOME: ['dataDir'] };
/** RINGSIDE_ variables that are no fields. */
const NO_FIELDS = /^RINGSIDE_(CONFIG|TEST_\w+|BENCH_\w+)$/;

/** `['risk', 'staleBookMs']` → `RINGSIDE_RISK_STALE_BOOK_MS`. */
export function variableOf(path: readonly string[]): string {
  return `RINGSIDE_${path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`;
}

/** Every environment variable that sets a field, with the field. */
export function environmentFields(): ReadonlyMap<string, readonly string[]> {
  const fields = new Map(Object.entries(OTHER_NAMES));
  for (const { path } of leavesOf(configSchema)) fields.set(variableOf(path), path);
  return fields;
}

/** Empty variables count as absent. A RINGSIDE_ variable that is no field is a problem: a limit with a typing error must not be a limit unset. */
export function overlaysFromEnvironment(environment: Environment): { overlays: Overlay[]; problems: ConfigProblem[] } {
  const fields = environmentFields();
  const overlays: Overlay[] = [];
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(environment)) {
    const path = fields.get(name);
    if (path !== undefined && value !== undefined && value !== '') overlays.push({ path, value: fromText(schemaAt(configSchema, path)!, value), origin: `environment ${name}` });
    else if (path === undefined && name.startsWith('RINGSIDE_') && !NO_FIELDS.test(name)) {
      problems.push({ field: name, text: `no such environment variable is known${didYouMean(name, [...fields.keys()])}` });
    }
  }
  return { overlays, problems };
}

/** `risk.maxLoss=100` → an overlay. */
export function overlayFromAssignment(assignment: string): Overlay | ConfigProblem {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, equals)).split('.');
  const schema = equals > 0 ? schemaAt(configSchema, path) : undefined;
  if (schema === undefined) {
    const known = leavesOf(configSchema).map((leaf) => leaf.path.join('.'));
    const given = equals > 0 ? path.join('.') : assignment;
    return { field: `--set ${assignment}`, text: equals > 0 ? `there is no field ${given}${didYouMean(given, known)}` : 'accepted: FIELD=VALUE, for example risk.maxLoss=100' };
  }
  return { path, value: fromText(schema, assignment.slice(equals + 1)), origin: `option --set ${path.join('.')}` };
}

/** Text as the type a field has; text that is not of that type stays text, so that the schema's refusal shows it. */
function fromText(schema: z.ZodType, text: string): unknown {
  const { type, element } = definitionOf(bare(schema));
  if (type === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (type === 'array' && element !== undefined && definitionOf(bare(element)).type === 'string' && !text.startsWith('[')) return text.split(',').map((item) => item.trim());
  if (type === 'array' || type === 'object' || type === 'record') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

/** A copy of `file` with the overlays laid on, later ones over earlier ones. */
export function applyOverlays(file: Record<string, unknown>, overlays: readonly Overlay[]): Record<string, unknown> {
  const result = structuredClone(file);
  for (const { path, value } of overlays) {
    let group: Record<string, unknown> | undefined = result;
    for (const name of path.slice(0, -1)) {
      const inner: unknown = (group[name] ??= {});
      group = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : undefined;
      if (group === undefined) break; // the file holds something else here, and the schema will say so
    }
    if (group !== undefined) group[path.at(-1)!] = value;
  }
  return result;
}
