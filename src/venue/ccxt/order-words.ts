/** Orders and trades between the engine's words and the library's. */
import type { Order, Trade } from 'ccxt';
import { formatTrimmed } from '../../model/decimal.js';
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

export function tradeFacts(trade: Trade): TradeFacts {
  const { id, timestamp, price, amount, cost, takerOrMaker } = trade;
  // Where the exchange has no ids, a trade is known by what it says.
  const executionId = id ?? `${timestamp ?? ''} ${price ?? ''} ${amount ?? ''}`;
  const fee = feeOf(trade);
  return {
    executionId, number: tradeNumber(executionId), price: textOf(price), qty: textOf(amount), cost: textOf(cost), maker: takerOrMaker === 'maker',
    fee: textOf(fee?.cost), feeAsset: fee?.currency ?? '',
  };
}

/** The fee of a trade or an order; where it is paid in several assets, the first that costs something. */
export function feeOf(told: Trade | Order): NonNullable<Trade['fee']> | undefined {
  const several = (told as { fees?: readonly NonNullable<Trade['fee']>[] }).fees ?? [];
  return told.fee?.cost === undefined ? several.find(({ cost }) => cost !== undefined && cost !== 0) : told.fee;
}
