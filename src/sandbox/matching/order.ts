/** Orders and fills of the sandbox account, as the venues' protocols render them. */
import type { MarketSpec } from '../market/specs.js';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market' | 'post_only';
export type TimeInForce = 'gtc' | 'ioc' | 'fok';
export type OrderStatus = 'new' | 'partially_filled' | 'filled' | 'canceled' | 'expired' | 'expired_in_match';
/** What happens when an order meets another of the same account; the taker's mode decides. */
export type SelfTrade = 'none' | 'expire_taker' | 'expire_maker' | 'expire_both';

export interface OrderRequest {
  market: MarketSpec;
  side: Side;
  type: OrderType;
  timeInForce: TimeInForce;
  /** Limit price in price units; null for market orders. */
  price: number | null;
  /** Quantity in quantity units; 0 when `quoteAmount` rules. */
  qty: number;
  /** Market order by quote amount, in 10^-8 of the quote asset. */
  quoteAmount: bigint | null;
  /** Unique among the account's open orders; null = the venue makes one up. */
  clientOrderId: string | null;
  selfTrade: SelfTrade;
}

export interface Fill {
  tradeId: number;
  order: Order;
  price: number;
  qty: number;
  /** price × qty in 10^-8 of the quote asset, rounded down. */
  cost: bigint;
  fee: bigint;
  feeAsset: string;
  maker: boolean;
  timeMs: number;
}

export interface Order extends OrderRequest {
  id: number;
  clientOrderId: string;
  /** The id was given by the client, not made up by the venue. */
  clientIdGiven: boolean;
  filled: number;
  cost: bigint;
  fee: bigint;
  status: OrderStatus;
  /** Why it ended without filling. */
  reason: EndReason | null;
  /** What it holds back of the account, in 10^-8 of `lockAsset`. */
  locked: bigint;
  lockAsset: string;
  createdMs: number;
  updatedMs: number;
  fills: Fill[];
}

export type EndReason = 'user' | 'unfilled_ioc' | 'unfilled_fok' | 'no_liquidity' | 'post_only' | 'self_trade' | 'dead_man';

export type ExecutionEvent =
  | { kind: 'new'; id: number; order: Order; timeMs: number }
  | { kind: 'trade'; id: number; order: Order; fill: Fill; status: OrderStatus; filled: number; cost: bigint; timeMs: number }
  | { kind: 'ended'; id: number; order: Order; reason: EndReason; cancelId: string | null; timeMs: number };

export function isOpen(order: Order): boolean {
  return order.status === 'new' || order.status === 'partially_filled';
}
