/** The account's orders, fills and events in Binance's words. */
import { formatScaled, rescale } from '../../model/decimal.js';
import { decimalText } from '../text.js';
import type { EndReason, ExecutionEvent, Fill, Order, OrderStatus } from '../matching/order.js';
import type { Account } from '../matching/account.js';
import type { MarketSpec } from '../market/specs.js';

const STATUS: Record<OrderStatus, string> = {
  new: 'NEW', partially_filled: 'PARTIALLY_FILLED', filled: 'FILLED', canceled: 'CANCELED', expired: 'EXPIRED', expired_in_match: 'EXPIRED_IN_MATCH',
};
const EXPIRY: Partial<Record<EndReason, string>> = {
  unfilled_ioc: 'UNFILLED_IOC_QUANTITY_EXPIRED', unfilled_fok: 'UNFILLED_FOK_ORDER_EXPIRED', no_liquidity: 'INSUFFICIENT_LIQUIDITY',
};
const TYPE = { limit: 'LIMIT', market: 'MARKET', post_only: 'LIMIT_MAKER' } as const;

export const amountText = (amount: bigint): string => formatScaled(amount, 8);
const priceText = (spec: MarketSpec, units: number | null): string => decimalText(units ?? 0, spec.priceDecimals, 8);
const qtyText = (spec: MarketSpec, units: number): string => decimalText(units, spec.qtyDecimals, 8);

export function symbolOf(spec: MarketSpec): string {
  return spec.base + spec.quote;
}

function common(order: Order): Record<string, unknown> {
  const { market } = order;
  return {
    price: priceText(market, order.price), origQty: qtyText(market, order.qty), executedQty: qtyText(market, order.filled),
    origQuoteOrderQty: amountText(order.quoteAmount ?? 0n), cummulativeQuoteQty: amountText(order.cost), status: STATUS[order.status],
    timeInForce: order.timeInForce.toUpperCase(), type: TYPE[order.type], side: order.side.toUpperCase(),
  };
}

function ids(order: Order): Record<string, unknown> {
  return { symbol: symbolOf(order.market), orderId: order.id, orderListId: -1 };
}

const stpText = (order: Order): string => order.selfTrade.toUpperCase();

export function placedOrder(order: Order, style: string): Record<string, unknown> {
  const ack = { ...ids(order), clientOrderId: order.clientOrderId, transactTime: order.createdMs };
  if (style === 'ACK') return ack;
  const result = { ...ack, ...common(order), workingTime: order.createdMs, selfTradePreventionMode: stpText(order) };
  if (style === 'RESULT') return result;
  return { ...result, fills: order.fills.map((fill) => ({
    price: priceText(order.market, fill.price), qty: qtyText(order.market, fill.qty), commission: amountText(fill.fee),
    commissionAsset: fill.feeAsset, tradeId: fill.tradeId,
  })) };
}

export function canceledOrder(order: Order, cancelId: string): Record<string, unknown> {
  return {
    symbol: symbolOf(order.market), origClientOrderId: order.clientOrderId, orderId: order.id, orderListId: -1, clientOrderId: cancelId,
    transactTime: order.updatedMs, ...common(order), selfTradePreventionMode: stpText(order),
  };
}

export function queriedOrder(order: Order): Record<string, unknown> {
  const expiry = order.reason === null ? undefined : EXPIRY[order.reason];
  return {
    ...ids(order), clientOrderId: order.clientOrderId, ...common(order), stopPrice: '0.00000000', icebergQty: '0.00000000', time: order.createdMs,
    updateTime: order.updatedMs, isWorking: true, workingTime: order.createdMs, selfTradePreventionMode: stpText(order),
    ...(expiry === undefined ? {} : { expiryReason: expiry }),
  };
}

export function myTrade(fill: Fill): Record<string, unknown> {
  const { market, side } = fill.order;
  return {
    symbol: symbolOf(market), id: fill.tradeId, orderId: fill.order.id, orderListId: -1, price: priceText(market, fill.price), qty: qtyText(market, fill.qty),
    quoteQty: amountText(fill.cost), commission: amountText(fill.fee), commissionAsset: fill.feeAsset, time: fill.timeMs,
    isBuyer: side === 'buy', isMaker: fill.maker, isBestMatch: true,
  };
}

/** One `executionReport`; keys in the venue's order. */
export function executionReport(event: ExecutionEvent): Record<string, unknown> {
  const { order } = event;
  const { market } = order;
  const fill = event.kind === 'trade' ? event.fill : null;
  const ended = event.kind === 'ended' ? event : null;
  const canceled = ended !== null && (ended.reason === 'user' || ended.reason === 'dead_man');
  const filled = event.kind === 'new' ? 0 : event.kind === 'trade' ? event.filled : order.filled;
  const cost = event.kind === 'new' ? 0n : event.kind === 'trade' ? event.cost : order.cost;
  const status: OrderStatus = event.kind === 'new' ? 'new' : event.kind === 'trade' ? event.status : order.status;
  const execution = fill !== null ? 'TRADE' : ended === null ? 'NEW' : canceled ? 'CANCELED' : 'EXPIRED';
  const expiry = ended === null ? undefined : EXPIRY[ended.reason];
  const booked = order.type !== 'market' && order.timeInForce === 'gtc' && (status === 'new' || status === 'partially_filled');
  return {
    e: 'executionReport', E: event.timeMs, s: symbolOf(market), c: canceled ? ended.cancelId ?? `cancel-${event.id}` : order.clientOrderId,
    S: order.side.toUpperCase(), o: TYPE[order.type], f: order.timeInForce.toUpperCase(), q: qtyText(market, order.qty), p: priceText(market, order.price),
    P: '0.00000000', F: '0.00000000', g: -1, C: canceled ? order.clientOrderId : '', x: execution, X: STATUS[status], r: 'NONE', i: order.id,
    l: qtyText(market, fill?.qty ?? 0), z: qtyText(market, filled), L: priceText(market, fill?.price ?? 0), n: fill === null ? '0' : amountText(fill.fee),
    N: fill?.feeAsset ?? null, T: event.timeMs, t: fill?.tradeId ?? -1, I: event.id, w: booked, m: fill?.maker ?? false, M: fill !== null,
    O: order.createdMs, Z: amountText(cost), Y: amountText(fill?.cost ?? 0n), Q: amountText(order.quoteAmount ?? 0n), W: order.createdMs,
    V: stpText(order), ...(expiry === undefined ? {} : { eR: expiry }),
  };
}

export function accountPosition(account: Account, assets: Iterable<string>, timeMs: number): Record<string, unknown> {
  const rows = [...assets].map((asset) => ({ a: asset, f: amountText(account.free(asset)), l: amountText(account.balances.get(asset)!.locked) }));
  return { e: 'outboundAccountPosition', E: timeMs, u: timeMs, B: rows };
}

/** Parts per million as a rate: 200 → `0.00020000`. */
export function rateText(ppm: bigint): string {
  return formatScaled(rescale(ppm, 6, 8), 8);
}
