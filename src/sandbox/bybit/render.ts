/** Orders, trades and balances in Bybit's words. All numbers are text. */
import { formatScaled, formatTrimmed } from '../../model/decimal.js';
import type { Balance } from '../matching/account.js';
import type { EndReason, Fill, Order, OrderStatus } from '../matching/order.js';
import { trimmedText } from '../text.js';
import type { BybitSymbol } from './symbols.js';

/** Ids are text because they are beyond 2^53. */
const ORDER_ID_BASE = 1_700_000_000_000_000_000n;
const TRADE_ID_BASE = 2_290_000_000_000_000_000n;

const REJECT_REASONS: Readonly<Record<EndReason, string>> = {
  user: 'EC_PerCancelRequest', unfilled_ioc: 'EC_NoImmediateQtyToFill', unfilled_fok: 'EC_CancelForNoFullFill', no_liquidity: 'EC_NoImmediateQtyToFill',
  post_only: 'EC_PostOnlyWillTakeLiquidity', self_trade: 'EC_Others', dead_man: 'EC_PerCancelRequest',
};
const CANCEL_TYPES: Partial<Record<EndReason, string>> = { user: 'CancelByUser', self_trade: 'CancelBySmp', dead_man: 'CancelByDCP' };

/** How far an order had come when something was said of it. */
export interface OrderProgress {
  readonly filled: number;
  readonly cost: bigint;
  readonly status: OrderStatus;
  readonly timeMs: number;
}

export function orderIdText(id: number): string {
  return String(ORDER_ID_BASE + BigInt(id));
}

/** @returns the sandbox's number, or null for what is no id */
export function orderIdOf(text: string): number | null {
  return /^\d{19}$/.test(text) ? Number(BigInt(text) - ORDER_ID_BASE) : null;
}

export function publicTradeId(tradeId: number): string {
  return String(TRADE_ID_BASE + BigInt(tradeId));
}

function sideText(side: Order['side']): string {
  return side === 'buy' ? 'Buy' : 'Sell';
}

function statusText(status: OrderStatus, filled: number): string {
  if (status === 'new') return 'New';
  if (status === 'partially_filled') return 'PartiallyFilled';
  if (status === 'filled') return 'Filled';
  return filled > 0 ? 'PartiallyFilledCanceled' : 'Cancelled';
}

export function orderObject(order: Order, { name }: BybitSymbol, { filled, cost, status, timeMs }: OrderProgress): Record<string, unknown> {
  const { market } = order;
  const price = order.price === null ? '0' : trimmedText(order.price, market.priceDecimals);
  const ended = status !== 'new' && status !== 'partially_filled' && status !== 'filled' && order.reason !== null;
  const left = ended || status === 'filled' ? 0 : order.qty - filled;
  const fees: Record<string, bigint> = {};
  for (const { fee, feeAsset } of order.fills) fees[feeAsset] = (fees[feeAsset] ?? 0n) + fee;
  return {
    category: 'spot', symbol: name, orderId: orderIdText(order.id), orderLinkId: order.clientIdGiven ? order.clientOrderId : '', isLeverage: '0', blockTradeId: '', side: sideText(order.side),
    orderType: order.type === 'market' ? 'Market' : 'Limit', price, qty: trimmedText(order.qty, market.qtyDecimals),
    timeInForce: order.type === 'post_only' ? 'PostOnly' : order.timeInForce.toUpperCase(), orderStatus: statusText(status, filled),
    cancelType: ended ? (CANCEL_TYPES[order.reason!] ?? 'UNKNOWN') : 'UNKNOWN', rejectReason: ended ? REJECT_REASONS[order.reason!] : 'EC_NoError',
    avgPrice: filled === 0 ? '' : averageOf(order, filled, cost), leavesQty: trimmedText(left, market.qtyDecimals), leavesValue: '0', cumExecQty: trimmedText(filled, market.qtyDecimals),
    cumExecValue: formatTrimmed(cost, 8), cumExecFee: '', cumFeeDetail: Object.fromEntries(Object.entries(fees).map(([asset, fee]) => [asset, formatTrimmed(fee, 8)])), feeCurrency: '',
    stopOrderType: '', ocoTriggerBy: '', marketUnit: '', slippageToleranceType: 'UNKNOWN', slippageTolerance: '', triggerPrice: '0', takeProfit: '0', stopLoss: '0', smpType: 'None', smpGroup: 0,
    smpOrderId: '', createdTime: String(Math.floor(order.createdMs)), updatedTime: String(Math.floor(timeMs)), positionIdx: 0, reduceOnly: false, closeOnTrigger: false, lastPriceOnCreated: '0',
  };
}

/** The order as it is now. */
export function currentOrder(order: Order, symbol: BybitSymbol): Record<string, unknown> {
  return orderObject(order, symbol, { filled: order.filled, cost: order.cost, status: order.status, timeMs: order.updatedMs });
}

/** Average price with more decimals than prices have, as the venue writes it. */
function averageOf({ market }: Order, filled: number, cost: bigint): string {
  return formatTrimmed((cost * 10n ** BigInt(market.qtyDecimals)) / BigInt(filled), 8);
}

/** @param leftAfter what was left of the order after this trade */
export function executionObject(fill: Fill, { name }: BybitSymbol, leftAfter: number, feePpm: bigint): Record<string, unknown> {
  const { order } = fill;
  const { market } = order;
  return {
    category: 'spot', symbol: name, orderId: orderIdText(order.id), orderLinkId: order.clientIdGiven ? order.clientOrderId : '', side: sideText(order.side),
    orderPrice: order.price === null ? '0' : trimmedText(order.price, market.priceDecimals), orderQty: trimmedText(order.qty, market.qtyDecimals), leavesQty: trimmedText(leftAfter, market.qtyDecimals),
    orderType: order.type === 'market' ? 'Market' : 'Limit', stopOrderType: '', execId: publicTradeId(fill.tradeId), execPrice: trimmedText(fill.price, market.priceDecimals),
    execQty: trimmedText(fill.qty, market.qtyDecimals), execValue: formatTrimmed(fill.cost, 8), execFee: formatTrimmed(fill.fee, 8), feeRate: formatTrimmed(feePpm, 6), feeCurrency: fill.feeAsset,
    execType: 'Trade', execTime: String(Math.floor(fill.timeMs)), isMaker: fill.maker, isLeverage: '0', seq: fill.tradeId, marketUnit: '', extraFees: '', createType: 'CreateByUser',
  };
}

export function coinObject(coin: string, { total, locked }: Balance): Record<string, unknown> {
  const text = formatScaled(total, 8);
  return {
    coin, equity: text, usdValue: '0', walletBalance: text, free: '', locked: formatScaled(locked, 8), borrowAmount: '0', spotBorrow: '0', accruedInterest: '0', totalOrderIM: '0',
    totalPositionIM: '0', totalPositionMM: '0', unrealisedPnl: '0', cumRealisedPnl: '0', bonus: '0', marginCollateral: true, collateralSwitch: true, availableToWithdraw: '', colRes: '0',
  };
}

export function walletObject(coins: readonly Record<string, unknown>[]): Record<string, unknown> {
  return {
    accountType: 'UNIFIED', accountIMRate: '0', accountMMRate: '0', accountLTV: '0', totalEquity: '0', totalWalletBalance: '0', totalMarginBalance: '0', totalAvailableBalance: '0',
    totalPerpUPL: '0', totalInitialMargin: '0', totalMaintenanceMargin: '0', coin: coins,
  };
}
