/**
 * Which exchanges the library knows and which of them it streams, read off the names of its files: nothing of it is loaded
 * for that. Its package exports only everything at once (76 MB); one exchange is loaded by its own path (30 MB).
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RingsideError } from '../../model/errors.js';
import { nearestNames } from '../../model/nearest.js';

const STREAMED = 'src/pro/';
const POLLED = 'src/';
const CLOSE_NAMES = 5;

function library(): string {
  try {
    return import.meta.resolve('ccxt');
  } catch (cause) {
    throw new RingsideError('CCXT_MISSING', 'the package ccxt is not installed', { fix: 'Run npm ci, or take the ccxt: venues out.', cause });
  }
}

function idsIn(folder: string): string[] {
  return readdirSync(fileURLToPath(new URL(folder, library()))).filter((name) => /^[a-z0-9]+\.js$/.test(name)).map((name) => name.slice(0, -'.js'.length));
}

/** Where the streaming client of an exchange is loaded from. @throws RingsideError UNKNOWN_VENUE, VENUE_NOT_STREAMED, CCXT_MISSING */
export function moduleOf(exchange: string): string {
  const streamed = idsIn(STREAMED);
  if (streamed.includes(exchange)) return new URL(`${STREAMED}${exchange}.js`, library()).href;
  if (idsIn(POLLED).includes(exchange)) throw notStreamed(exchange);
  const near = [...new Set([...nearestNames(exchange, streamed), ...streamed.filter((id) => exchange.length > 2 && (id.includes(exchange) || exchange.includes(id)))])].slice(0, CLOSE_NAMES);
  throw new RingsideError('UNKNOWN_VENUE', `ccxt knows no exchange "${exchange}"`, {
    where: `ccxt:${exchange}`, fix: near.length > 0 ? `Did you mean ${near.map((id) => `ccxt:${id}`).join(', ')}?` : 'Use the id that ccxt gives the exchange: ccxt:kucoin, ccxt:gate, ccxt:htx, …',
  });
}

/** The library only polls this exchange, or streams no books of it. */
export function notStreamed(exchange: string): RingsideError {
  return new RingsideError('VENUE_NOT_STREAMED', `ccxt does not stream the books of ${exchange}`, { where: `ccxt:${exchange}`, fix: 'Books that are polled are too old to trade on: take the venue out, or use one that ccxt pro streams.' });
}
