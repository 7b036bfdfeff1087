/**
 * The configuration of a run. Defaults, then the file, then environment variables, then options: the later wins.
 * Everything is checked here, before anything starts; a field nobody knows is an error.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { parseScaled } from '../model/decimal.js';
import { RingsideError } from '../model/errors.js';
import { applyOverlays, overlayFromAssignment, overlaysFromEnvironment, type Overlay } from './overlay.js';
import { configInvalid, didYouMean, fieldName, problemsOf, type ConfigProblem } from './problems.js';
import { configSchema, DEFAULT_VENUES, type ParsedConfig, type VenueConfig } from './schema.js';
import { readSecrets, Secrets, secretVariables } from './secrets.js';

/** A checked configuration without secrets: may be stored with the session and shown. Paths are absolute. */
export interface RingsideConfig extends Omit<ParsedConfig, 'venues' | 'journal' | 'clickhouse'> {
  /** Enabled venues only. */
  readonly venues: Readonly<Record<string, Omit<VenueConfig, 'credentials' | 'enabled'>>>;
  readonly journal: { readonly dir: string; readonly segmentRecords: number };
  readonly clickhouse: { readonly mode: 'embedded' | 'server' | 'off'; readonly url?: string; readonly database: string; /** Of the embedded engine. */ readonly dir: string };
}

export interface LoadedConfig {
  readonly config: RingsideConfig;
  /** Keys of the enabled venues; none in sandbox mode, where the sandbox hands them out. */
  readonly secrets: Secrets;
  /** The file that was read, when there was one. */
  readonly file?: string;
}

/** What there is to choose from: the registries, given by the composition root. */
export interface KnownParts {
  readonly venues: readonly string[];
  /** Exchanges the sandbox can be; absent: not asked. */
  readonly sandboxVenues?: readonly string[];
  /** What an id that is not in the list means: the exchange it reaches, or why it reaches none; undefined: nothing. */
  otherVenue?(id: string): OtherVenue | undefined;
  readonly strategies: readonly { readonly id: string; readonly configSchema: z.ZodType }[];
}

export type OtherVenue = { readonly exchange: string } | { readonly problem: string };

/** What the command line may say; see src/cli/config-options.ts. */
export interface ConfigFlags {
  readonly config?: string;
  readonly mode?: string;
  /** Confirms that real orders may be sent. */
  readonly live?: boolean;
  readonly venues?: readonly string[];
  readonly pairs?: readonly string[];
  readonly dataDir?: string;
  readonly placement?: string;
  readonly apiPort?: number;
  /** False: --no-api. */
  readonly api?: boolean;
  readonly seed?: number;
  readonly rate?: number;
  readonly clickhouseUrl?: string;
  /** False: --no-store. */
  readonly store?: boolean;
  readonly natsUrl?: string;
  /** `risk.maxLoss=100` */
  readonly set?: readonly string[];
}

export interface ConfigSources {
  readonly flags: ConfigFlags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
}

const CONFIG_FILE = 'ringside.config.json';

/** @throws RingsideError CONFIG_NOT_FOUND, CONFIG_MALFORMED, CONFIG_INVALID, LIVE_NOT_CONFIRMED, LIVE_KEYS_MISSING, SECRET_UNREADABLE, SECRET_IN_CONFIG */
export function loadConfig({ flags, environment, workingDir }: ConfigSources, known: KnownParts): LoadedConfig {
  const { file, content } = readFile(flags.config ?? (environment.RINGSIDE_CONFIG || undefined), workingDir);
  const fromEnvironment = overlaysFromEnvironment(environment);
  const fromFlags = overlaysFromFlags(flags, content);
  const overlays = [...fromEnvironment.overlays, ...fromFlags.overlays];
  const input = applyOverlays(content, overlays);
  const problems = [...fromEnvironment.problems, ...fromFlags.problems];
  const origins = new Map(overlays.map(({ path, origin }) => [path.join('.'), origin]));
  const originOf = (path: readonly PropertyKey[]): string | undefined => {
    for (let length = path.length; length > 0; length--) {
      const origin = origins.get(path.slice(0, length).join('.'));
      if (origin !== undefined) return origin;
    }
    return undefined;
  };

  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw configInvalid([...problems, ...problemsOf(configSchema, input, parsed.error.issues, originOf)]);
  problems.push(...crossChecks(parsed.data, input, known), ...strategyProblems(parsed.data, known, originOf));
  if (problems.length > 0) throw configInvalid(problems);

  const baseDir = file === undefined ? workingDir : dirname(file);
  if (parsed.data.mode === 'live' && flags.live !== true) {
    throw new RingsideError('LIVE_NOT_CONFIRMED', 'live mode sends real orders and needs an explicit --live', { where: originOf(['mode']) ?? file ?? 'mode', fix: 'Add --live to the command, or use --mode paper.' });
  }
  const secrets = parsed.data.mode === 'sandbox' ? new Secrets() : readSecrets(parsed.data.venues, environment, baseDir);
  const config = finish(parsed.data, baseDir, workingDir, originOf(['dataDir']) !== undefined);
  if (config.mode === 'live') requireKeys(config, secrets);
  return { config, secrets, ...(file === undefined ? {} : { file }) };
}

function readFile(given: string | undefined, workingDir: string): { file?: string; content: Record<string, unknown> } {
  const file = resolve(workingDir, given ?? CONFIG_FILE);
  if (!existsSync(file)) {
    if (given === undefined) return { content: {} };
    throw new RingsideError('CONFIG_NOT_FOUND', `there is no file ${file}`, { where: '--config', fix: 'Check the path; without --config the defaults are used.' });
  }
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { file, content: content as Record<string, unknown> };
  } catch (cause) {
    throw new RingsideError('CONFIG_MALFORMED', cause instanceof Error ? cause.message : String(cause), { where: file, fix: 'The file must be JSON: no comments, no comma after the last entry.', cause });
  }
  throw new RingsideError('CONFIG_MALFORMED', 'the file holds no JSON object', { where: file, fix: 'Write { … } with the fields of docs/configuration.md.' });
}

function overlaysFromFlags(flags: ConfigFlags, content: Record<string, unknown>): { overlays: Overlay[]; problems: ConfigProblem[] } {
  const overlays: Overlay[] = [];
  const problems: ConfigProblem[] = [];
  const lay = (option: string, path: string[], value: unknown): void => {
    if (value !== undefined) overlays.push({ path, value, origin: `option ${option}` });
  };
  // First: it names whole venues, of which --set then changes a field. A field of one of the usual venues leaves out no other.
  if (flags.venues !== undefined) lay('--venues', ['venues'], onlyVenues(flags.venues, content.venues));
  else if (content.venues === undefined && flags.set?.some((assignment) => assignment.startsWith('venues.'))) lay('--set venues', ['venues'], onlyVenues(DEFAULT_VENUES, undefined));
  for (const assignment of flags.set ?? []) {
    const overlay = overlayFromAssignment(assignment);
    if ('path' in overlay) overlays.push(overlay);
    else problems.push(overlay);
  }
  if (flags.live === true && flags.mode !== undefined && flags.mode !== 'live') problems.push({ field: '--live', text: `contradicts --mode ${flags.mode}` });
  lay(flags.mode === undefined ? '--live' : '--mode', ['mode'], flags.mode ?? (flags.live === true ? 'live' : undefined));
  lay('--pairs', ['pairs'], flags.pairs);
  lay('--data-dir', ['dataDir'], flags.dataDir);
  lay('--placement', ['placement'], flags.placement);
  lay('--api-port', ['api', 'port'], flags.apiPort);
  lay('--no-api', ['api', 'enabled'], flags.api === false ? false : undefined);
  lay('--seed', ['sandbox', 'seed'], flags.seed);
  lay('--rate', ['sandbox', 'rate'], flags.rate);
  lay('--clickhouse-url', ['clickhouse', 'url'], flags.clickhouseUrl);
  lay('--no-store', ['clickhouse', 'mode'], flags.store === false ? 'off' : undefined);
  lay('--nats-url', ['nats', 'url'], flags.natsUrl);
  return { overlays, problems };
}

/** The listed venues with what the file says of them. */
function onlyVenues(listed: readonly string[], inFile: unknown): Record<string, unknown> {
  const file = typeof inFile === 'object' && inFile !== null ? (inFile as Record<string, object>) : {};
  return Object.fromEntries(listed.map((id) => [id, { ...structuredClone(file[id]), enabled: true }]));
}

/** What a schema of single fields cannot say. */
function crossChecks(config: ParsedConfig, input: Record<string, unknown>, known: KnownParts): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const say = (path: readonly PropertyKey[], text: string): void => void problems.push({ field: fieldName(path), text });
  problems.push(...venueProblems(config, known));
  if (!Object.values(config.venues).some(({ enabled }) => enabled)) say(['venues'], 'no venue is enabled');
  config.quoteMap.forEach(({ from, to, rate }, i) => {
    if (from.split('-')[0] !== to.split('-')[0] || from === to) say(['quoteMap', i], `${from} cannot count as ${to}: only the quote may differ`);
    if (!config.pairs.includes(to)) say(['quoteMap', i, 'to'], `${to} is not among the pairs ${config.pairs.join(', ')}`);
    if (!/^\d+(\.\d{1,6})?$/.test(rate)) say(['quoteMap', i, 'rate'], `"${rate}" has more than 6 decimals`);
  });
  if (config.clickhouse.mode === 'server' && config.clickhouse.url === undefined) say(['clickhouse', 'url'], 'mode server needs it; set it here or in CLICKHOUSE_URL');
  if (config.mode === 'live' && input.pairs === undefined) say(['pairs'], 'live mode trades only pairs that are named');
  return problems;
}

function venueProblems({ venues, mode }: ParsedConfig, known: KnownParts): ConfigProblem[] {
  /** By exchange: the enabled venues that trade on its account. */
  const accounts = new Map<string, string[]>();
  const problems = Object.entries(venues).flatMap(([id, { enabled }]) => {
    const venue = known.venues.includes(id) ? { exchange: id } : known.otherVenue?.(id) ?? { problem: `there is no such venue${didYouMean(id, known.venues)}; accepted: ${known.venues.join(', ')}` };
    if ('problem' in venue) return [{ field: fieldName(['venues', id]), text: venue.problem }];
    if (enabled && mode === 'sandbox' && known.sandboxVenues?.includes(venue.exchange) === false) {
      return [{ field: fieldName(['venues', id]), text: `the sandbox has no ${venue.exchange}: use --mode paper; accepted in mode sandbox: ${known.sandboxVenues.join(', ')}` }];
    }
    if (enabled) accounts.set(venue.exchange, [...(accounts.get(venue.exchange) ?? []), id]);
    return [];
  });
  // On paper each has an account of its own.
  const shared = mode === 'paper' ? [] : [...accounts.values()].filter((ids) => ids.length > 1);
  return [...problems, ...shared.map((ids) => ({ field: 'venues', text: `${ids.join(' and ')} are the same account, which would count twice: keep one of them, or use --mode paper` }))];
}

function strategyProblems(config: ParsedConfig, known: KnownParts, originOf: (path: readonly PropertyKey[]) => string | undefined): ConfigProblem[] {
  const ids = known.strategies.map(({ id }) => id);
  return config.strategies.flatMap((strategy, i) => {
    const { id, ...own } = strategy;
    const schema = known.strategies.find((entry) => entry.id === id)?.configSchema;
    if (schema === undefined) return [{ field: `strategies[${i}].id`, text: `there is no strategy "${id}"${didYouMean(id, ids)}; accepted: ${ids.join(', ')}` }];
    const parsed = schema.safeParse(own);
    return parsed.success ? [] : problemsOf(schema, own, parsed.error.issues, originOf, ['strategies', i]);
  });
}

/** Paths in the file are relative to it; those of options and variables to the working directory. */
function finish(config: ParsedConfig, baseDir: string, workingDir: string, dataDirLaid: boolean): RingsideConfig {
  const dataDir = resolve(dataDirLaid ? workingDir : baseDir, config.dataDir);
  const { mode, ...clickhouse } = config.clickhouse;
  return {
    ...config,
    dataDir,
    venues: enabledVenues(config.venues),
    journal: { dir: config.journal.dir === undefined ? join(dataDir, 'journal') : resolve(baseDir, config.journal.dir), segmentRecords: config.journal.segmentRecords },
    clickhouse: { ...clickhouse, mode: mode ?? (clickhouse.url === undefined ? 'embedded' : 'server'), dir: join(dataDir, 'clickhouse') },
  };
}

function enabledVenues(venues: ParsedConfig['venues']): RingsideConfig['venues'] {
  return Object.fromEntries(Object.entries(venues).flatMap(([id, { enabled, endpoints, takerFeePpm, makerFeePpm, depth, stallMs, pools, priorityFeeGwei }]) =>
    (enabled ? [[id, { endpoints, takerFeePpm, makerFeePpm, depth, stallMs, pools, priorityFeeGwei }]] : [])));
}

function requireKeys(config: RingsideConfig, secrets: Secrets): void {
  const missing = Object.keys(config.venues).filter((id) => secrets.of(id) === undefined);
  if (missing.length === 0) return;
  const names = missing.map((id) => {
    const { apiKey, secret, privateKeyFile } = secretVariables(id);
    return `${apiKey} and ${secret} (or ${privateKeyFile}, where the venue takes one)`;
  });
  throw new RingsideError('LIVE_KEYS_MISSING', `live mode has no complete keys for ${missing.join(', ')}`, { fix: `Set ${names.join('; ')}, or leave the venue out with --venues.` });
}

/** `1.0002` → 1000200. */
export function ratePpm(rate: string): number {
  return parseScaled(rate, 6);
}
