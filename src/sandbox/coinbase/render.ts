/** Products, orders and fills in the venue's words: numbers are texts without trailing zeros. */
import { formatScaled, formatTrimmed, rescale } from '../../model/decimal.js';
import type { ExecutionEvent, Fill, Order } from '../matching/order.js';
import type { CoinbaseProduct } from './symbols.js';

const FRACTION_DIGITS = 9;

/** RFC 3339 with up to nine fraction digits, trailing zeros trimmed. @param salt makes nanoseconds out of microseconds */
export function timeText(timeMs: number, salt = 0): string {
  const iso = new Date(timeMs).toISOString();
  const micros = String(Math.floor((timeMs % 1) * 1000)).padStart(3, '0');
  const nanos = String((salt * 377) % 1000).padStart(3, '0');
  const fraction = `${iso.slice(20, 23)}${micros}${nanos}`.slice(0, FRACTION_DIGITS).replace(/0+$/, '');
  return `${iso.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** An order's id from its number, and back. */
export function orderIdText(id: number): string {
  return `0f1e0000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;
}

export function orderIdOf(text: unknown): number | null {
  const hex = typeof text === 'string' ? /^0f1e0000-0000-4000-8000-([0-9a-f]{12})$/.exec(text)?.[1] : undefined;
  return hex === undefined ? null : Number.parseInt(hex, 16);
}

export function productObject({ id, market }: CoinbaseProduct, isOffline: boolean): Record<string, unknown> {
  const { spec, book, recentTrades } = market;
  const price = (units: number): string => formatTrimmed(units, spec.priceDecimals);
  return {
    product_id: id, price: price(recentTrades.at(-1)?.price ?? book.bids.best()?.price ?? 0), price_percentage_change_24h: '0',
    volume_24h: formatTrimmed(recentTrades.reduce((sum, trade) => sum + trade.qty, 0), spec.qtyDecimals), volume_percentage_change_24h: '0',
    base_increment: formatTrimmed(1, spec.qtyDecimals), quote_increment: formatTrimmed(1, spec.priceDecimals), price_increment: formatTrimmed(1, spec.priceDecimals),
    quote_min_size: formatTrimmed(spec.minNotional, 8), quote_max_size: '150000000', base_min_size: formatTrimmed(spec.minQtyUnits, spec.qtyDecimals), base_max_size: '3400000',
    base_name: spec.base, quote_name: spec.quote, watched: false, is_disabled: false, new: false, status: isOffline ? 'offline' : 'online', cancel_only: false, limit_only: false,
    post_only: false, trading_disabled: isOffline, auction_mode: false, product_type: 'SPOT', quote_currency_id: spec.quote, base_currency_id: spec.base,
    fcm_trading_session_details: null, mid_market_price: '', alias: '', alias_to: [], base_display_symbol: spec.base, quote_display_symbol: spec.quote, view_only: false,
    display_name: id, product_venue: 'CBE',
  };
}

/** What was asked for, as the venue repeats it. */
export function configurationOf(order: Order): Record<string, unknown> {
  const { market } = order;
  const size = formatTrimmed(order.qty, market.qtyDecimals);
  if (order.type === 'market') return { market_market_ioc: order.quoteAmount === null ? { base_size: size } : { quote_size: formatTrimmed(order.quoteAmount, 8) } };
  const limit = { base_size: size, limit_price: formatTrimmed(order.price ?? 0, market.priceDecimals) };
  if (order.timeInForce === 'ioc') return { sor_limit_ioc: limit };
  return order.timeInForce === 'fok' ? { limit_limit_fok: limit } : { limit_limit_gtc: { ...limit, post_only: order.type === 'post_only' } };
}

const TIMES = { gtc: 'GOOD_UNTIL_CANCELLED', ioc: 'IMMEDIATE_OR_CANCEL', fok: 'FILL_OR_KILL' } as const;

function statusText(order: Order): string {
  if (order.status === 'filled') return 'FILLED';
  return order.status === 'new' || order.status === 'partially_filled' ? 'OPEN' : 'CANCELLED';
}

/** Average price of the fills, rounded down at ten digits more than the tick. */
function averageText(order: Order, filled: number, cost: bigint): string {
  if (filled === 0) return '0';
  const decimals = order.market.priceDecimals + 10;
  return formatTrimmed((rescale(cost, 8, decimals) * 10n ** BigInt(order.market.qtyDecimals)) / BigInt(filled), decimals);
}

function percentText(order: Order, filled: number): string {
  return order.qty === 0 ? '0' : formatTrimmed(Math.floor((filled / order.qty) * 10_000), 2);
}

/** An order as REST tells it. */
export function orderObject(order: Order, product: CoinbaseProduct): Record<string, unknown> {
  const size = (units: number): string => formatTrimmed(units, order.market.qtyDecimals);
  const isOpen = statusText(order) === 'OPEN';
  return {
    order_id: orderIdText(order.id), product_id: product.id, user_id: 'sandbox-user', order_configuration: configurationOf(order), side: order.side.toUpperCase(),
    client_order_id: order.clientOrderId, status: statusText(order), time_in_force: TIMES[order.timeInForce], created_time: timeText(order.createdMs), completion_percentage: percentText(order, order.filled),
    filled_size: size(order.filled), average_filled_price: averageText(order, order.filled, order.cost), fee: '', number_of_fills: String(order.fills.length), filled_value: formatTrimmed(order.cost, 8),
    pending_cancel: false, size_in_quote: order.quoteAmount !== null, total_fees: formatTrimmed(order.fee, 8), size_inclusive_of_fees: false,
    total_value_after_fees: formatTrimmed(order.side === 'buy' ? order.cost + order.fee : order.cost - order.fee, 8), trigger_status: 'INVALID_ORDER_TYPE',
    order_type: order.type === 'market' ? 'MARKET' : 'LIMIT', reject_reason: 'REJECT_REASON_UNSPECIFIED', settled: !isOpen, product_type: 'SPOT', reject_message: '',
    cancel_message: isOpen || order.reason === null ? '' : endText(order), outstanding_hold_amount: formatTrimmed(order.locked, 8), last_fill_time: order.fills.length === 0 ? null : timeText(order.fills.at(-1)!.timeMs),
  };
}

function endText(order: Order): string {
  return order.reason === 'user' ? 'User requested cancel' : order.reason === 'post_only' ? 'Post only order would have crossed' : 'Internal error';
}

/** An order as the user channel tells it after an event; without one, as it stands. */
export function userOrder(order: Order, product: CoinbaseProduct, event?: ExecutionEvent): Record<string, unknown> {
  const told = event?.kind === 'new' ? 0 : event?.kind === 'trade' ? order.fills.indexOf(event.fill) + 1 : order.fills.length;
  const fills = order.fills.slice(0, told);
  const filled = fills.reduce((sum, { qty }) => sum + qty, 0);
  const cost = fills.reduce((sum, fill) => sum + fill.cost, 0n);
  const fee = fills.reduce((sum, fill) => sum + fill.fee, 0n);
  const status = event?.kind === 'new' ? 'OPEN' : event?.kind === 'trade' ? (event.status === 'filled' ? 'FILLED' : 'OPEN') : statusText(order);
  const size = (units: number): string => formatTrimmed(units, order.market.qtyDecimals);
  return {
    avg_price: averageText(order, filled, cost), cancel_reason: status === 'CANCELLED' ? endText(order) : '', client_order_id: order.clientOrderId, completion_percentage: percentText(order, filled),
    contract_expiry_type: 'UNKNOWN_CONTRACT_EXPIRY_TYPE', cumulative_quantity: size(filled), filled_value: formatTrimmed(cost, 8), leaves_quantity: status === 'OPEN' ? size(order.qty - filled) : '0',
    limit_price: order.price === null ? '0' : formatTrimmed(order.price, order.market.priceDecimals), number_of_fills: String(told), order_id: orderIdText(order.id), order_side: order.side.toUpperCase(),
    order_type: order.type === 'market' ? 'Market' : 'Limit', outstanding_hold_amount: status === 'OPEN' ? formatTrimmed(order.locked, 8) : '0', post_only: String(order.type === 'post_only'),
    product_id: product.id, product_type: 'SPOT', reject_reason: '', retail_portfolio_id: '', risk_managed_by: 'UNKNOWN_RISK_MANAGEMENT_TYPE', status, stop_price: '', time_in_force: TIMES[order.timeInForce],
    total_fees: formatTrimmed(fee, 8), total_value_after_fees: formatTrimmed(order.side === 'buy' ? cost + fee : cost - fee, 8), trigger_status: 'INVALID_ORDER_TYPE',
    creation_time: timeText(order.createdMs), end_time: '0001-01-01T00:00:00Z', start_time: '0001-01-01T00:00:00Z',
  };
}

/** A fill's own id: both sides of a self-trade get one. */
function tradeIdText(fill: Fill): string {
  return `f111${fill.maker ? '1' : '0'}000-0000-4000-8000-${(fill.tradeId * 1_000 + fill.order.market.index).toString(16).padStart(12, '0')}`;
}

export function fillObject(fill: Fill, product: CoinbaseProduct): Record<string, unknown> {
  const { order } = fill;
  const id = tradeIdText(fill);
  return {
    entry_id: `e${id.slice(1)}`, trade_id: id, order_id: orderIdText(order.id), trade_time: timeText(fill.timeMs), trade_type: 'FILL', price: formatTrimmed(fill.price, order.market.priceDecimals),
    size: formatTrimmed(fill.qty, order.market.qtyDecimals), commission: formatScaled(fill.fee, 8), product_id: product.id, sequence_timestamp: timeText(fill.timeMs),
    liquidity_indicator: fill.maker ? 'MAKER' : 'TAKER', size_in_quote: false, user_id: 'sandbox-user', side: order.side.toUpperCase(), retail_portfolio_id: '',
  };
}
