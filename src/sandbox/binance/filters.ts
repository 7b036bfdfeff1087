/** A symbol's trading rules: as exchangeInfo lists them, and as an order is held against them. */
import { formatScaled, rescale } from '../../model/decimal.js';
import { badRequest, filterFailure } from './errors.js';
import { decimalText } from '../text.js';
import type { Market } from '../matching/exchange.js';
import type { MarketSpec } from '../market/specs.js';

const MAX_NUM_ORDERS = 200;
const QTY_MAX = 9_000_000n * 10n ** 8n;
const PRICE_MAX = 10_000_000n * 10n ** 8n;
/** Limits around the weighted average price; the sandbox takes the middle of the book. */
const PERCENT_UP = 5n;
const PERCENT_DOWN_DIVISOR = 5n;

export function filtersOf(spec: MarketSpec): Record<string, unknown>[] {
  const tick = decimalText(1, spec.priceDecimals, 8);
  const step = decimalText(1, spec.qtyDecimals, 8);
  const minQty = decimalText(spec.minQtyUnits, spec.qtyDecimals, 8);
  return [
    { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: formatScaled(PRICE_MAX, 8), tickSize: tick },
    { filterType: 'LOT_SIZE', minQty, maxQty: formatScaled(QTY_MAX, 8), stepSize: step },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: formatScaled(QTY_MAX, 8), stepSize: '0.00000000' },
    { filterType: 'PERCENT_PRICE_BY_SIDE', bidMultiplierUp: '5', bidMultiplierDown: '0.2', askMultiplierUp: '5', askMultiplierDown: '0.2', avgPriceMins: 5 },
    { filterType: 'NOTIONAL', minNotional: formatScaled(spec.minNotional, 8), applyMinToMarket: true, maxNotional: '9000000.00000000', applyMaxToMarket: false, avgPriceMins: 5 },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: MAX_NUM_ORDERS },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
  ];
}

/** Price in units of the tick. @param amount price in 10^-8 */
export function priceUnits(spec: MarketSpec, amount: bigint, market: Market): number {
  const units = rescale(amount, 8, spec.priceDecimals);
  if (units <= 0n || amount > PRICE_MAX || rescale(units, spec.priceDecimals, 8) !== amount) throw filterFailure('PRICE_FILTER');
  const reference = referencePrice(market);
  if (reference > 0n && (units > reference * PERCENT_UP || units * PERCENT_DOWN_DIVISOR < reference)) throw filterFailure('PERCENT_PRICE_BY_SIDE');
  return Number(units);
}

/** Quantity in units of the step. @param amount quantity in 10^-8 */
export function quantityUnits(spec: MarketSpec, amount: bigint): number {
  if (amount <= 0n) throw badRequest(-1013, 'Invalid quantity.');
  const units = rescale(amount, 8, spec.qtyDecimals);
  if (rescale(units, spec.qtyDecimals, 8) !== amount || units < BigInt(spec.minQtyUnits) || amount > QTY_MAX) throw filterFailure('LOT_SIZE');
  return Number(units);
}

export function checkNotional(spec: MarketSpec, price: number | null, qty: number, market: Market): void {
  const units = price === null ? referencePrice(market) : BigInt(price);
  const notional = rescale(units * BigInt(qty), spec.priceDecimals + spec.qtyDecimals, 8);
  if (notional < spec.minNotional) throw filterFailure('NOTIONAL');
}

export function checkOpenOrders(openOfSymbol: number): void {
  if (openOfSymbol >= MAX_NUM_ORDERS) throw filterFailure('MAX_NUM_ORDERS');
}

function referencePrice(market: Market): bigint {
  const bid = market.book.bids.best()?.price ?? 0;
  const ask = market.book.asks.best()?.price ?? bid;
  return BigInt(Math.round((bid + ask) / 2));
}
