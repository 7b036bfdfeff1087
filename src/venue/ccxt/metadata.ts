/** What an exchange trades, as the library describes it: spot markets with a fixed tick and lot. */
import type { Market, TradingFeeInterface } from 'ccxt';
import { decimalsOf, formatTrimmed, parseDecimal } from '../../model/decimal.js';
import { RingsideError } from '../../model/errors.js';
import type { MarketMetadata } from '../../model/instrument.js';
import type { MarketsContext } from '../driven.js';
import { openClient, type Client } from './client.js';
import { notStreamed } from './catalogue.js';
import { marketsError } from './errors.js';

/** The library's precision modes: what a market's precision counts. */
const Precision = { DECIMAL_PLACES: 2, SIGNIFICANT_DIGITS: 3, TICK_SIZE: 4 } as const;
/** Finest lot the engine holds: 10^-8. Where a venue's is finer, every lot of this size is one of its too. */
const LOT_DECIMALS_MAX = 8;
/** Prices finer than this are none of a currency. */
const TICK_DECIMALS_MAX = 12;

/** @throws RingsideError VENUE_UNREACHABLE, VENUE_REFUSED, VENUE_METADATA, VENUE_NOT_STREAMED */
export async function listMarkets(exchange: string, { endpoints, credentials }: MarketsContext): Promise<MarketMetadata[]> {
  let client: Client | undefined;
  try {
    client = await openClient({ exchange, endpoints, credentials });
    if (client.has['watchOrderBook'] !== true) throw notStreamed(exchange);
    if (client.precisionMode === Precision.SIGNIFICANT_DIGITS) {
      throw new RingsideError('VENUE_METADATA', `prices of ${exchange} have significant digits instead of a tick`, { where: `ccxt:${exchange}`, fix: 'The engine cannot place orders on such a grid: take the venue out.' });
    }
    await client.loadMarkets();
    const fees = credentials === undefined ? {} : await tradingFees(client);
    return marketsOf(Object.values(client.markets ?? {}), client.precisionMode, fees);
  } catch (error) {
    throw marketsError(exchange, error);
  } finally {
    await client?.close();
  }
}

/** The account's own fees, where the exchange tells all of them at once; a key without the permission to ask gets the listed ones. */
async function tradingFees(client: Client): Promise<Readonly<Record<string, Partial<TradingFeeInterface>>>> {
  if (client.has['fetchTradingFees'] !== true) return {};
  return client.fetchTradingFees().catch(() => ({}));
}

/** Markets that lack what it takes to place an order exactly are left out. */
export function marketsOf(markets: readonly Market[], precisionMode: number | undefined, fees: Readonly<Record<string, Partial<TradingFeeInterface>>> = {}): MarketMetadata[] {
  return markets.flatMap((market) => {
    if (market === undefined || market.spot !== true || market.contract === true) return [];
    const tickSize = unitText(market.precision.price, precisionMode);
    const lot = unitText(market.precision.amount, precisionMode);
    if (tickSize === undefined || lot === undefined || decimalsOf(tickSize) > TICK_DECIMALS_MAX) return [];
    const stepSize = decimalsOf(lot) > LOT_DECIMALS_MAX ? '0.00000001' : lot;
    const { amount, cost } = market.limits;
    const maxQty = plainText(amount?.max);
    return [{
      symbol: market.symbol, base: market.base, quote: market.quote,
      status: market.active === false ? 'halted' : 'trading',
      tickSize, stepSize,
      minQty: lotsUp(plainText(amount?.min) ?? stepSize),
      minNotional: plainText(cost?.min) ?? '0',
      ...(maxQty === undefined ? {} : { maxQty }),
      ...feesOf(market, fees[market.symbol]),
      priceDecimals: decimalsOf(tickSize), qtyDecimals: decimalsOf(stepSize),
    }];
  });
}

/** Parts per million, where they are a share of the notional. */
function feesOf(market: NonNullable<Market>, own: Partial<TradingFeeInterface> | undefined): { takerFeePpm?: number; makerFeePpm?: number } {
  if (market.percentage === false) return {};
  const taker = ppmOf(own?.taker ?? market.taker);
  const maker = ppmOf(own?.maker ?? market.maker);
  return { ...(taker === undefined ? {} : { takerFeePpm: taker }), ...(maker === undefined ? {} : { makerFeePpm: maker }) };
}

function ppmOf(share: number | undefined): number | undefined {
  return share === undefined || !Number.isFinite(share) ? undefined : Math.round(share * 1e6);
}

/** A precision as the increment it means; undefined where there is none. */
function unitText(precision: number | undefined, mode: number | undefined): string | undefined {
  if (precision === undefined) return undefined;
  const text = mode === Precision.DECIMAL_PLACES ? plainText(Number(`1e-${precision}`)) : plainText(precision);
  return text === undefined || !(Number(text) > 0) ? undefined : text;
}

/** A number's shortest decimal text, without an exponent. */
function plainText(value: number | undefined): string | undefined {
  if (value === undefined || !Number.isFinite(value) || value < 0) return undefined;
  const text = String(value);
  const decimals = decimalsOf(text);
  return decimals > 30 ? undefined : formatTrimmed(parseDecimal(text, decimals), decimals);
}

/** A least quantity finer than the finest lot is that lot. */
function lotsUp(text: string): string {
  return decimalsOf(text) > LOT_DECIMALS_MAX ? '0.00000001' : text;
}
