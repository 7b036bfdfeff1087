/** Turns what a schema refuses into sentences: field, value, accepted values, nearest known name. */
import type { z } from 'zod';
import { RingsideError } from '../model/errors.js';
import { nearestNames } from '../model/nearest.js';
import { redactedUrl } from '../model/url.js';
import { fieldsOf, metaOf, schemaAt } from './schema-walk.js';

export interface ConfigProblem {
  /** `risk.staleBookMs`, `pairs[1]`, or where the value came from when that is no field. */
  readonly field: string;
  readonly text: string;
}

/** @throws nothing; the error to throw for a list of problems */
export function configInvalid(problems: readonly ConfigProblem[]): RingsideError {
  const lines = problems.map(({ field, text }) => `\n  ${field}: ${text}`).join('');
  return new RingsideError('CONFIG_INVALID', `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}${lines}`, {
    fix: 'Nothing was started. docs/configuration.md lists every field.',
  });
}

export function fieldName(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('');
}

/** At most 60 characters of a value, as JSON; secrets and passwords in URLs never. */
export function show(value: unknown, path: readonly PropertyKey[] = []): string {
  if (path.includes('credentials')) return '(hidden)';
  const json = value === undefined ? 'nothing' : redactedUrl(JSON.stringify(value));
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

/** Problems of one failed parse. `origin` says where the value of a path was given, where that is not the file. */
export function problemsOf(schema: z.ZodType, input: unknown, issues: readonly z.core.$ZodIssue[], origin: (path: readonly PropertyKey[]) => string | undefined, base: readonly PropertyKey[] = []): ConfigProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const at = schemaAt(schema, issue.path);
      const known = at === undefined ? [] : fieldsOf(at);
      return issue.keys.map((key) => ({ field: fieldName([...base, ...issue.path, key]), text: `unknown field${didYouMean(key, known)}; accepted: ${known.join(', ')}` }));
    }
    const value = valueAt(input, issue.path);
    const full = [...base, ...issue.path];
    const at = schemaAt(schema, issue.path);
    const meta = at === undefined ? undefined : metaOf(at);
    const accepted = meta === undefined ? issue.message : `accepted: ${meta.accepted}`;
    const nearest = meta !== undefined && typeof value === 'string' ? didYouMean(value, meta.accepted.split(', ')) : '';
    const from = origin(full);
    return [{ field: fieldName(full), text: `${show(value, full)} is not accepted${nearest}${from === undefined ? '' : ` (from ${from})`}; ${accepted}` }];
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  return value;
}

/** `, did you mean "risk"?` when a known name is near, else nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  const [best] = nearestNames(given, known);
  return best === undefined ? '' : `, did you mean "${best}"?`;
}
