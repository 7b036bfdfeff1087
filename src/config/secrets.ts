/** Venue keys: taken from the environment or from files that the configuration names; never printed, never stored. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { inspect } from 'node:util';
import { RingsideError } from '../model/errors.js';
import type { VenueCredentials } from '../venue/contract.js';
import type { VenueConfig } from './schema.js';

type Environment = Readonly<Record<string, string | undefined>>;

export class Secrets {
  readonly #byVenue: ReadonlyMap<string, VenueCredentials>;

  constructor(byVenue: ReadonlyMap<string, VenueCredentials> = new Map()) {
    this.#byVenue = byVenue;
  }

  /** Keys of a venue, when they are complete: an API key, and a secret or a private key. */
  of(venue: string): VenueCredentials | undefined {
    return this.#byVenue.get(venue);
  }

  /** Venues that have keys. */
  get venues(): string[] {
    return [...this.#byVenue.keys()];
  }

  toJSON(): unknown {
    return { venues: this.venues };
  }

  [inspect.custom](): string {
    return `Secrets(${this.venues.join(', ')})`;
  }
}

/** Venues where an account is a private key and nothing else. */
const KEY_ALONE: ReadonlySet<string> = new Set(['uniswap']);

/** The environment variables of a venue's keys: `BINANCE_API_KEY`, … */
export function secretVariables(venue: string): { apiKey: string; secret: string; privateKeyFile: string; passphrase: string } {
  const prefix = venue.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  return { apiKey: `${prefix}_API_KEY`, secret: `${prefix}_API_SECRET`, privateKeyFile: `${prefix}_PRIVATE_KEY_FILE`, passphrase: `${prefix}_API_PASSPHRASE` };
}

/** @throws RingsideError SECRET_UNREADABLE, SECRET_IN_CONFIG */
export function readSecrets(venues: Readonly<Record<string, VenueConfig>>, environment: Environment, baseDir: string): Secrets {
  const found = new Map<string, VenueCredentials>();
  for (const [id, { enabled, credentials = { plain: false } }] of Object.entries(venues)) {
    if (!enabled) continue;
    const variables = secretVariables(id);
    const take = (field: 'apiKey' | 'secret' | 'passphrase'): string | undefined =>
      environment[variables[field]] || resolve(credentials[field], `venues.${id}.credentials.${field}`, credentials.plain, environment, baseDir);
    const apiKey = take('apiKey');
    const secret = take('secret');
    const passphrase = take('passphrase');
    const keyFile = environment[variables.privateKeyFile] || credentials.privateKeyFile;
    const privateKey = keyFile === undefined ? undefined : readFileAt(keyFile, baseDir, `private key of ${id}`);
    if ((apiKey !== undefined && (secret !== undefined || privateKey !== undefined)) || (KEY_ALONE.has(id) && privateKey !== undefined)) {
      found.set(id, { apiKey: apiKey ?? '', secret: secret ?? '', ...(privateKey === undefined ? {} : { privateKey }), ...(passphrase === undefined ? {} : { passphrase }) });
    }
  }
  return new Secrets(found);
}

function resolve(reference: string | undefined, field: string, plain: boolean, environment: Environment, baseDir: string): string | undefined {
  if (reference === undefined) return undefined;
  if (reference.startsWith('env:')) {
    const value = environment[reference.slice(4)];
    if (value === undefined || value === '') throw new RingsideError('SECRET_UNREADABLE', `the environment variable ${reference.slice(4)} is not set`, { where: field, fix: 'Set it, or change the reference.' });
    return value;
  }
  if (reference.startsWith('file:')) return readFileAt(reference.slice(5), baseDir, field);
  if (plain) return reference;
  throw new RingsideError('SECRET_IN_CONFIG', 'a secret stands in the configuration file by value', { where: field, fix: 'Write "env:NAME" or "file:PATH" instead; "plain": true beside it allows the value.' });
}

function readFileAt(path: string, baseDir: string, what: string): string {
  const full = isAbsolute(path) ? path : join(baseDir, path);
  try {
    return readFileSync(full, 'utf8').trim();
  } catch (cause) {
    throw new RingsideError('SECRET_UNREADABLE', `cannot read ${full}`, { where: what, fix: 'Check the path and that this user may read the file.', cause });
  }
}
