/**
 * What Bybit trades on spot: instruments-info, and the account's own fees by fee-rate.
 * Sources: bybit-exchange.github.io/docs, "v5/market/instrument", "v5/account/fee-rate".
 */
import { decimalsOf } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { InstrumentStatus, MarketMetadata } from '../../model/instrument.js';
import type { HttpRequest, MetadataCodec, MetadataContext } from '../contract.js';
import { BybitSigner } from './signer.js';

const INSTRUMENTS = '/v5/market/instruments-info';

const STATUSES: Readonly<Record<string, InstrumentStatus>> = { Trading: 'trading', Closed: 'delisted', Delivering: 'delisted' };

type Fields = Readonly<Record<string, unknown>>;

/** Fees of one market, parts per million. */
interface Fees {
  readonly takerFeePpm?: number;
  readonly makerFeePpm?: number;
}

function metadataError(what: string, cause?: unknown): RingsideError {
  return new RingsideError('VENUE_METADATA', `Bybit: ${what}`, { where: 'bybit', fix: 'Check that the REST address is that of Bybit, then try again.', ...(cause === undefined ? {} : { cause }) });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `result` of an answer, or what went wrong. */
function resultOf(body: string): Fields {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw metadataError('an answer is no JSON', cause);
  }
  if (!isFields(answer)) throw metadataError('an answer is no object');
  if (answer.retCode !== 0) throw metadataError(`${String(answer.retCode)} ${String(answer.retMsg)}`);
  if (!isFields(answer.result)) throw metadataError('an answer has no result');
  return answer.result;
}

function listOf(result: Fields): Fields[] {
  return Array.isArray(result.list) ? (result.list as unknown[]).filter(isFields) : [];
}

function isInstruments(result: Fields): boolean {
  return listOf(result).some(({ lotSizeFilter }) => isFields(lotSizeFilter));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `0.001` → 1000. */
function ppmOf(rate: unknown): number | undefined {
  const value = typeof rate === 'string' && rate !== '' ? Number(rate) : NaN;
  return Number.isFinite(value) ? Math.round(value * 1e6) : undefined;
}

function readMarket(info: Fields): MarketMetadata | undefined {
  const lot = isFields(info.lotSizeFilter) ? info.lotSizeFilter : {};
  const symbol = text(info.symbol);
  const base = text(info.baseCoin);
  const quote = text(info.quoteCoin);
  const tickSize = text(isFields(info.priceFilter) ? info.priceFilter.tickSize : undefined);
  const stepSize = text(lot.basePrecision);
  if (symbol === undefined || base === undefined || quote === undefined || tickSize === undefined || stepSize === undefined) return undefined;
  const maxQty = text(lot.maxLimitOrderQty) ?? text(lot.maxOrderQty);
  try {
    if (!(Number(tickSize) > 0) || !(Number(stepSize) > 0)) return undefined;
    return {
      symbol, base, quote, tickSize, stepSize,
      // A status this engine does not know (PreLaunch among them) is no reason to trade.
      status: STATUSES[text(info.status) ?? ''] ?? 'halted',
      // The least order is one by value; minOrderQty is no longer enforced.
      minQty: stepSize,
      minNotional: text(lot.minOrderAmt) ?? '0',
      ...(maxQty === undefined ? {} : { maxQty }),
      priceDecimals: decimalsOf(tickSize), qtyDecimals: decimalsOf(stepSize),
    };
  } catch {
    // Numbers that are none take one market out, not the venue.
    return undefined;
  }
}

/** Fees by symbol. Keys without the right to ask get an error there: the default fees are assumed then. */
function feesOf(body: string): Map<string, Fees> {
  const fees = new Map<string, Fees>();
  try {
    for (const { symbol, takerFeeRate, makerFeeRate } of listOf(resultOf(body))) {
      const takerFeePpm = ppmOf(takerFeeRate);
      const makerFeePpm = ppmOf(makerFeeRate);
      if (typeof symbol === 'string') fees.set(symbol, { ...(takerFeePpm === undefined ? {} : { takerFeePpm }), ...(makerFeePpm === undefined ? {} : { makerFeePpm }) });
    }
  } catch {
    // No fees here.
  }
  return fees;
}

export const bybitMetadata: MetadataCodec = {
  next(answers: readonly string[], { credentials, unixMs }: MetadataContext): HttpRequest | undefined {
    const last = answers.at(-1);
    if (last === undefined) return { method: 'GET', path: `${INSTRUMENTS}?category=spot&limit=1000` };
    if (answers.length > 1 && !last.includes('lotSizeFilter')) return undefined;
    const result = resultOf(last);
    if (!isInstruments(result)) return undefined;
    const cursor = text(result.nextPageCursor);
    if (cursor !== undefined) return { method: 'GET', path: `${INSTRUMENTS}?category=spot&limit=1000&cursor=${encodeURIComponent(cursor)}` };
    return credentials === undefined ? undefined : new BybitSigner(credentials).get('/v5/account/fee-rate', 'category=spot', unixMs);
  },

  parse(answers: readonly string[]): MarketMetadata[] {
    const pages = answers.filter((body, i) => i === 0 || body.includes('lotSizeFilter'));
    const fees = answers.length > pages.length ? feesOf(answers[answers.length - 1]) : new Map<string, Fees>();
    if (pages.length === 0) throw metadataError('instruments-info was not answered');
    return pages.flatMap((body) => listOf(resultOf(body))).flatMap((info) => {
      const market = readMarket(info);
      return market === undefined ? [] : [{ ...market, ...fees.get(market.symbol) }];
    });
  },
};
