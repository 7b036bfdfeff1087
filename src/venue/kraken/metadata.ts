/**
 * What Kraken trades: REST AssetPairs (and TradeVolume for the account's own fees), or the `instrument` channel of
 * WebSocket v2 where only a recording is at hand.
 * Sources: docs.kraken.com, "Get tradable asset pairs", "Get trade volume", "Instrument".
 */
import { decimalsOf, unitAt } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { InstrumentStatus, MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import { canonicalAsset, v2Symbol } from './asset-names.js';
import { NonceSource, signedRequest } from './signer.js';

const STATUSES: Readonly<Record<string, InstrumentStatus>> = {
  online: 'trading', cancel_only: 'cancel-only', post_only: 'post-only', limit_only: 'limit-only', reduce_only: 'cancel-only',
  delisted: 'delisted', maintenance: 'halted', work_in_progress: 'halted',
};

/** A status this engine does not know is no reason to trade. */
function statusOf(status: unknown): InstrumentStatus {
  if (status === undefined) return 'trading';
  return (typeof status === 'string' ? STATUSES[status] : undefined) ?? 'halted';
}

/** Whether limit orders that take liquidity are matched in this state of a market. */
export function isTradable(status: string): boolean {
  const known = statusOf(status);
  return known === 'trading' || known === 'limit-only';
}

type Fields = Readonly<Record<string, unknown>>;

function metadataError(what: string, cause?: unknown): RingsideError {
  return new RingsideError('VENUE_METADATA', `Kraken: ${what}`, { where: 'kraken', fix: 'Check that the REST address is that of Kraken spot, then try again.', ...(cause === undefined ? {} : { cause }) });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `result` of a REST answer. */
function resultOf(body: string, what: string): Fields {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw metadataError(`${what} is not JSON`, cause);
  }
  if (!isFields(answer)) throw metadataError(`${what} is no object`);
  if (Array.isArray(answer.error) && answer.error.length > 0) throw metadataError(`${what}: ${String(answer.error[0])}`);
  if (!isFields(answer.result)) throw metadataError(`${what} has no result`);
  return answer.result;
}

/** Exact text of a number that may come as text (`"0.00005"`) or as a number (`5e-05`). */
function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function decimalsField(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 18 ? value : undefined;
}

/** Percent → parts per million: 0.26 → 2600. */
function ppmOf(percent: unknown): number | undefined {
  const value = typeof percent === 'string' ? Number(percent) : percent;
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 10_000) : undefined;
}

/** Fee of a schedule `[[volume, percent], …]` for an account that traded `volume` in the last 30 days. */
function tierOf(schedule: unknown, volume: number): number | undefined {
  let fee: number | undefined;
  for (const tier of Array.isArray(schedule) ? (schedule as unknown[]) : []) {
    if (Array.isArray(tier) && Number(tier[0]) <= volume) fee = ppmOf(tier[1]) ?? fee;
  }
  return fee;
}

function readPair(pair: Fields, volume: number): MarketMetadata | undefined {
  const { wsname, altname } = pair;
  const priceDecimals = decimalsField(pair.pair_decimals);
  const qtyDecimals = decimalsField(pair.lot_decimals);
  // Pairs without a WebSocket name (dark pools) cannot be streamed.
  if (typeof wsname !== 'string' || priceDecimals === undefined || qtyDecimals === undefined) return undefined;
  const symbol = v2Symbol(wsname);
  const [base, quote] = symbol.split('/');
  if (base === undefined || base === '' || quote === undefined || quote === '') return undefined;
  const takerFeePpm = tierOf(pair.fees, volume);
  const makerFeePpm = tierOf(pair.fees_maker ?? pair.fees, volume);
  return {
    symbol, base, quote, priceDecimals, qtyDecimals,
    status: statusOf(pair.status),
    tickSize: decimalText(pair.tick_size) ?? unitAt(priceDecimals),
    stepSize: unitAt(qtyDecimals),
    minQty: decimalText(pair.ordermin) ?? unitAt(qtyDecimals),
    minNotional: decimalText(pair.costmin) ?? '0',
    ...(typeof altname === 'string' ? { altSymbol: altname } : {}),
    ...(takerFeePpm === undefined ? {} : { takerFeePpm }),
    ...(makerFeePpm === undefined ? {} : { makerFeePpm }),
  };
}

/** The account's 30-day volume. Keys without the permission to ask get an error there: the lowest tier is assumed then. */
function volumeOf(body: string | undefined): number {
  if (body === undefined) return 0;
  try {
    const volume = Number(resultOf(body, 'TradeVolume').volume);
    return Number.isFinite(volume) ? volume : 0;
  } catch {
    return 0;
  }
}

/** Numbers beyond what the engine holds, or not numbers at all, take one market out, not the venue. */
function isUsable(metadata: MarketMetadata): boolean {
  try {
    for (const text of [metadata.tickSize, metadata.stepSize, metadata.minQty, metadata.minNotional]) decimalsOf(text);
    return Number(metadata.tickSize) > 0;
  } catch {
    return false;
  }
}

export const krakenMetadata: MetadataCodec = {
  next(answers: readonly string[], { credentials, unixMs }: MetadataContext): HttpRequest | undefined {
    if (answers.length === 0) return { method: 'GET', path: '/0/public/AssetPairs' };
    if (answers.length > 1 || credentials === undefined) return undefined;
    return signedRequest(credentials, '/0/private/TradeVolume', new NonceSource().next(unixMs));
  },

  parse(answers: readonly string[]): MarketMetadata[] {
    const volume = volumeOf(answers[1]);
    return Object.values(resultOf(answers[0] ?? '', 'AssetPairs'))
      .map((pair) => (isFields(pair) ? readPair(pair, volume) : undefined))
      .filter((metadata) => metadata !== undefined && isUsable(metadata)) as MarketMetadata[];
  },
};

/**
 * The same from a snapshot (or update) of the `instrument` channel; it tells no fees.
 * @throws RingsideError VENUE_METADATA when the frame is none
 */
export function parseInstrumentFrame(frame: string): MarketMetadata[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch (cause) {
    throw metadataError('the instrument frame is not JSON', cause);
  }
  const data = isFields(message) && message.channel === 'instrument' ? message.data : undefined;
  if (!isFields(data) || !Array.isArray(data.pairs)) throw metadataError('this is no frame of the instrument channel');
  return (data.pairs as unknown[]).map((pair) => (isFields(pair) ? readInstrument(pair) : undefined))
    .filter((metadata) => metadata !== undefined && isUsable(metadata)) as MarketMetadata[];
}

function readInstrument(pair: Fields): MarketMetadata | undefined {
  const { symbol, base, quote } = pair;
  const priceDecimals = decimalsField(pair.price_precision);
  const qtyDecimals = decimalsField(pair.qty_precision);
  if (typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string' || priceDecimals === undefined || qtyDecimals === undefined) return undefined;
  return {
    symbol, base: canonicalAsset(base), quote: canonicalAsset(quote), priceDecimals, qtyDecimals,
    status: statusOf(pair.status),
    tickSize: decimalText(pair.price_increment ?? pair.tick_size) ?? unitAt(priceDecimals),
    stepSize: decimalText(pair.qty_increment) ?? unitAt(qtyDecimals),
    minQty: decimalText(pair.qty_min) ?? unitAt(qtyDecimals),
    minNotional: decimalText(pair.cost_min) ?? '0',
  };
}
