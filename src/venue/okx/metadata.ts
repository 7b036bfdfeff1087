/**
 * What OKX trades: `public/instruments`, and with keys `account/trade-fee` for the account's own fees.
 * Source: okx.com/docs-v5, "Get instruments", "Get fee rates".
 */
import { decimalsOf } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { InstrumentStatus, MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import { OkxSigner } from './signer.js';

const STATUSES: Readonly<Record<string, InstrumentStatus>> = { live: 'trading', post_only: 'post-only', expired: 'delisted' };

/** `suspend`, `preopen`, `test`, `rebase`, and whatever this engine does not know: no reason to trade. */
function statusOf(state: unknown): InstrumentStatus {
  return (typeof state === 'string' ? STATUSES[state] : undefined) ?? 'halted';
}

/** Whether orders that take liquidity are matched in this state of a market. */
export function isTradable(state: string): boolean {
  return statusOf(state) === 'trading';
}

type Fields = Readonly<Record<string, unknown>>;

interface Fees {
  readonly takerFeePpm?: number;
  readonly makerFeePpm?: number;
}

function metadataError(what: string, cause?: unknown): RingsideError {
  return new RingsideError('VENUE_METADATA', `OKX: ${what}`, { where: 'okx', fix: 'Check that the REST address is that of OKX, then try again.', ...(cause === undefined ? {} : { cause }) });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `data` of a REST answer. */
function dataOf(body: string, what: string): readonly Fields[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw metadataError(`${what} is not JSON`, cause);
  }
  if (!isFields(answer)) throw metadataError(`${what} is no object`);
  if (answer.code !== '0') throw metadataError(`${what}: ${String(answer.code)} ${String(answer.msg)}`);
  if (!Array.isArray(answer.data)) throw metadataError(`${what} has no data`);
  return (answer.data as unknown[]).filter(isFields);
}

/** Rates are negative where the account pays: `-0.001` → 1000. */
function ppmOf(rate: unknown): number | undefined {
  const value = typeof rate === 'string' && rate !== '' ? Number(rate) : NaN;
  return Number.isFinite(value) ? Math.round(value * -1e6) + 0 : undefined;
}

function feesOf({ taker, maker }: Fields): Fees {
  const takerFeePpm = ppmOf(taker);
  const makerFeePpm = ppmOf(maker);
  return { ...(takerFeePpm === undefined ? {} : { takerFeePpm }), ...(makerFeePpm === undefined ? {} : { makerFeePpm }) };
}

/** By fee group, and under '' what holds where an instrument's group is not listed. Keys without the permission to ask get an error: nothing is known then. */
function feesByGroup(body: string | undefined): ReadonlyMap<string, Fees> {
  const fees = new Map<string, Fees>();
  if (body === undefined) return fees;
  try {
    const [rates] = dataOf(body, 'trade-fee');
    if (rates === undefined) return fees;
    fees.set('', feesOf(rates));
    for (const group of Array.isArray(rates.feeGroup) ? (rates.feeGroup as unknown[]) : []) {
      if (isFields(group) && typeof group.groupId === 'string') fees.set(group.groupId, feesOf(group));
    }
  } catch {
    // The published fees are assumed.
  }
  return fees;
}

function readInstrument(info: Fields, fees: ReadonlyMap<string, Fees>): MarketMetadata | undefined {
  const { instId, baseCcy, quoteCcy, tickSz, lotSz, minSz, maxLmtSz, instIdCode, instType, groupId } = info;
  if (instType !== 'SPOT' || typeof instId !== 'string' || typeof baseCcy !== 'string' || typeof quoteCcy !== 'string') return undefined;
  if (typeof tickSz !== 'string' || typeof lotSz !== 'string' || typeof minSz !== 'string') return undefined;
  try {
    return {
      symbol: instId, base: baseCcy, quote: quoteCcy, status: statusOf(info.state),
      tickSize: tickSz, stepSize: lotSz, minQty: minSz, minNotional: '0',
      ...(typeof maxLmtSz === 'string' && maxLmtSz !== '' ? { maxQty: maxLmtSz } : {}),
      ...(fees.get(typeof groupId === 'string' ? groupId : '') ?? fees.get('')),
      ...(typeof instIdCode === 'number' ? { venueNumber: instIdCode } : {}),
      priceDecimals: decimalsOf(tickSz), qtyDecimals: decimalsOf(lotSz),
    };
  } catch {
    // Numbers that are none (markets before their listing) take one market out, not the venue.
    return undefined;
  }
}

export const okxMetadata: MetadataCodec = {
  next(answers: readonly string[], { credentials, unixMs }: MetadataContext): HttpRequest | undefined {
    if (answers.length === 0) return { method: 'GET', path: '/api/v5/public/instruments?instType=SPOT' };
    if (answers.length > 1 || credentials === undefined) return undefined;
    return new OkxSigner(credentials).request('GET', '/api/v5/account/trade-fee?instType=SPOT', unixMs);
  },

  parse(answers: readonly string[]): MarketMetadata[] {
    const fees = feesByGroup(answers[1]);
    return dataOf(answers[0] ?? '', 'instruments').flatMap((info) => readInstrument(info, fees) ?? []);
  },
};
