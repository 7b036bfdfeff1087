/** Orders and trades between the engine's words and the library's. */
import type { Order, Trade } from 'ccxt';
import { AMOUNT_DECIMALS, formatScaled, formatTrimmed, rescale } from '../../model/decimal.js';
import type { Instrument, Pair } from '../../model/instrument.js';
import { balanceOf, scaledOf } from '../amounts.js';
import type { TradeFacts } from '../order-reports.js';
import { exactly, textOf } from './exact.js';
import { tradeNumber } from './trade-number.js';

/** The library's statuses of an order that has ended; whether it was filled is seen from its quantities. */
const ENDED: ReadonlySet<string> = new Set(['closed', 'canceled', 'expired', 'rejected']);
export const REJECTED = 'rejected';

export function hasEnded({ status }: Order): boolean {
  return status !== undefined && ENDED.has(status);
}

/** What the exchange is told an order by: letters and digits only, which all of them accept. */
export function wireIdOf(clientOrderId: string): string {
  return clientOrderId.replace('-', '');
}

/** Some exchanges put a prefix of their own before it. */
export function carries({ clientOrderId }: Order, wireId: string): boolean {
  return clientOrderId !== undefined && clientOrderId.endsWith(wireId);
}

/** The number the library is to be given for a scaled integer; undefined where a number cannot hold it exactly. */
export function numberOf(scaled: number, decimals: number): number | undefined {
  const value = Number(formatTrimmed(scaled, decimals));
  return exactly(value, decimals) === scaled ? value : undefined;
}

/** What a trade is told to have cost may be off its price × quantity by this part of it: rounding, nothing else. */
const COST_TOLERANCE = 10_000n;

/** @throws RingsideError where price or quantity is no number */
export function tradeFacts(trade: Trade, { pair }: Instrument): TradeFacts {
  const { id, timestamp, price, amount, takerOrMaker } = trade;
  // Where the exchange has no ids, a trade is known by what it says.
  const executionId = id ?? `${timestamp ?? ''} ${price ?? ''} ${amount ?? ''}`;
  const fee = feeOf(trade);
  return {
    executionId, number: tradeNumber(executionId), price: textOf(price), qty: textOf(amount), cost: formatScaled(costOf(trade, pair), AMOUNT_DECIMALS), maker: takerOrMaker === 'maker',
    fee: textOf(fee?.cost), feeAsset: fee?.currency ?? '',
  };
}

/** Whether a trade may be booked as some stream gives it: not every exchange's handler keeps to the library's own words for costs and fees. */
export function isPlausible(trade: Trade, { pair }: Instrument): boolean {
  const fee = feeOf(trade);
  if (fee?.cost === undefined || fee.currency === undefined || (fee.cost < 0 && trade.takerOrMaker !== 'maker')) return false;
  return trade.cost === undefined || costOf(trade, pair) === toldCost(trade);
}

/** In 10^-8, cut there: what was told where that is the price times the quantity but for rounding, else their product. */
function costOf(trade: Trade, { priceScale, qtyScale }: Pair): bigint {
  const product = rescale(BigInt(scaledOf(textOf(trade.price), priceScale)) * BigInt(scaledOf(textOf(trade.amount), qtyScale)), priceScale + qtyScale, AMOUNT_DECIMALS);
  const told = toldCost(trade);
  if (told === undefined) return product;
  const off = told > product ? told - product : product - told;
  return off * COST_TOLERANCE <= product ? told : product;
}

function toldCost({ cost }: Trade): bigint | undefined {
  return textOf(cost) === '' ? undefined : balanceOf(textOf(cost));
}

/** The fee of a trade or an order; where it is paid in several assets, the first that costs something. */
export function feeOf(told: Trade | Order): NonNullable<Trade['fee']> | undefined {
  const several = (told as { fees?: readonly NonNullable<Trade['fee']>[] }).fees ?? [];
  return told.fee?.cost === undefined ? several.find(({ cost }) => cost !== undefined && cost !== 0) : told.fee;
}
