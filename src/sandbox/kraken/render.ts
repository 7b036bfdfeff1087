/** The account's orders, fills and events in Kraken's words. WebSocket v2 numbers keep their full precision as text. */
import { formatScaled } from '../../model/decimal.js';
import { decimalText, rfc3339 } from '../text.js';
import type { KrakenSymbol } from './symbols.js';
import type { EndReason, ExecutionEvent, Fill, Order } from '../matching/order.js';

/** Members of a JSON object as raw JSON text; undefined members are left out. */
export function rawObject(members: Readonly<Record<string, string | undefined>>): string {
  let text = '';
  for (const name in members) {
    const value = members[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${value}`;
  }
  return `{${text}}`;
}

export const quoted = (text: string): string => JSON.stringify(text);

/** `OXXXXX-XXXXX-XXXXXX` from a number, and back. */
export function txid(letter: 'O' | 'T' | 'L', value: number): string {
  const text = value.toString(36).toUpperCase().padStart(16, '0');
  return `${letter}${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
}

export function orderIdOf(text: string): number | null {
  return /^O[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{6}$/.test(text) ? Number.parseInt(text.slice(1).replaceAll('-', ''), 36) : null;
}

/** A fill's own id: both sides of a self-trade get one. */
export function execId(fill: Fill): string {
  return txid('T', (fill.tradeId * 2 + (fill.maker ? 1 : 0)) * 1_000 + fill.order.market.index);
}

const END_TEXT: Record<EndReason, string> = {
  user: 'User requested', unfilled_ioc: 'Unfilled immediate-or-cancel quantity', unfilled_fok: 'Unfilled fill-or-kill order', no_liquidity: 'Insufficient liquidity',
  post_only: 'Post only order', self_trade: 'Self trade prevention', dead_man: 'Cancel all orders after timeout',
};

function endText(reason: EndReason): string {
  return END_TEXT[reason];
}

function averageText(order: Order): string {
  if (order.filled === 0) return decimalText(0, order.market.priceDecimals);
  const scale = 10n ** BigInt(order.market.qtyDecimals);
  const decimals = order.market.priceDecimals + 4;
  return formatScaled((order.cost * scale * 10n ** BigInt(decimals)) / (BigInt(order.filled) * 100_000_000n), decimals);
}

/** Everything about an order that a snapshot or `pending_new` shows. */
function orderMembers(order: Order, symbol: KrakenSymbol): Record<string, string | undefined> {
  const { market } = order;
  return {
    order_id: quoted(txid('O', order.id)), cl_ord_id: order.clientIdGiven ? quoted(order.clientOrderId) : undefined, symbol: quoted(symbol.name), side: quoted(order.side),
    order_type: quoted(order.type === 'market' ? 'market' : 'limit'), order_qty: decimalText(order.qty, market.qtyDecimals),
    cash_order_qty: order.quoteAmount === null ? undefined : formatScaled(order.quoteAmount, 8),
    limit_price: order.price === null ? undefined : decimalText(order.price, market.priceDecimals), limit_price_type: order.price === null ? undefined : '"static"',
    time_in_force: quoted(order.timeInForce.toUpperCase()), post_only: order.type === 'post_only' ? 'true' : 'false', reduce_only: 'false', margin: 'false',
    stop_price: decimalText(0, market.priceDecimals), fee_ccy_pref: '"fciq"', sender_sub_id: undefined,
  };
}

function totals(order: Order): Record<string, string> {
  return {
    cum_qty: decimalText(order.filled, order.market.qtyDecimals), cum_cost: formatScaled(order.cost, 8), avg_price: averageText(order), fee_usd_equiv: formatScaled(order.fee, 8),
  };
}

function statusText(order: Order): string {
  return order.status === 'expired' || order.status === 'expired_in_match' ? 'canceled' : order.status;
}

/** An open order in the snapshot of the executions channel. */
export function snapshotOrder(order: Order, symbol: KrakenSymbol): string {
  return rawObject({ exec_type: '"new"', ...orderMembers(order, symbol), order_status: quoted(statusText(order)), ...totals(order), timestamp: quoted(rfc3339(order.createdMs)) });
}

export function tradeObject(fill: Fill, symbol: KrakenSymbol, cumulative: number): string {
  const { order } = fill;
  const { market } = order;
  return rawObject({
    exec_type: '"trade"', order_id: quoted(txid('O', order.id)), cl_ord_id: order.clientIdGiven ? quoted(order.clientOrderId) : undefined, exec_id: quoted(execId(fill)),
    trade_id: String(fill.tradeId), symbol: quoted(symbol.name), side: quoted(order.side), order_type: quoted(order.type === 'market' ? 'market' : 'limit'),
    last_qty: decimalText(fill.qty, market.qtyDecimals), last_price: decimalText(fill.price, market.priceDecimals), cost: formatScaled(fill.cost, 8),
    liquidity_ind: fill.maker ? '"m"' : '"t"', fees: `[${rawObject({ asset: quoted(fill.feeAsset), qty: formatScaled(fill.fee, 8) })}]`, fee_usd_equiv: formatScaled(fill.fee, 8),
    order_status: '"partially_filled"', cum_qty: decimalText(cumulative, market.qtyDecimals), timestamp: quoted(rfc3339(fill.timeMs)), ord_ref_id: undefined,
  });
}

/**
 * The messages one event becomes: acceptance is `pending_new` then `new`; a completing fill is a `trade` that still says
 * partially filled, then a separate `filled`. Messages are sparse: `new` and `filled` do not repeat the client's id.
 */
export function executionObjects(event: ExecutionEvent, symbol: KrakenSymbol): string[] {
  const { order } = event;
  const stamp = { timestamp: quoted(rfc3339(event.timeMs)) };
  const id = { order_id: quoted(txid('O', order.id)) };
  const head = { ...id, cl_ord_id: order.clientIdGiven ? quoted(order.clientOrderId) : undefined, symbol: quoted(symbol.name) };
  if (event.kind === 'new') {
    const zero = { cum_cost: '0.0', fee_usd_equiv: '0.0' };
    return [
      rawObject({ exec_type: '"pending_new"', ...orderMembers(order, symbol), ...zero, order_status: '"pending_new"', ...stamp }),
      rawObject({ exec_type: '"new"', ...id, order_status: '"new"', ...stamp }),
    ];
  }
  if (event.kind === 'trade') {
    const trade = tradeObject(event.fill, symbol, event.filled);
    return event.status === 'filled' ? [trade, rawObject({ exec_type: '"filled"', ...id, symbol: quoted(symbol.name), order_status: '"filled"', ...totals(order), ...stamp })] : [trade];
  }
  return [rawObject({ exec_type: '"canceled"', ...head, order_status: '"canceled"', reason: quoted(endText(event.reason)), ...totals(order), ...stamp })];
}

const REST_STATUS = { new: 'open', partially_filled: 'open', filled: 'closed', canceled: 'canceled', expired: 'expired', expired_in_match: 'canceled' } as const;

export function orderText(order: Order, symbol: KrakenSymbol): string {
  const { market } = order;
  const qty = decimalText(order.qty, market.qtyDecimals);
  return order.price === null ? `${order.side} ${qty} ${symbol.altname} @ market` : `${order.side} ${qty} ${symbol.altname} @ limit ${decimalText(order.price, market.priceDecimals)}`;
}

export function restOrder(order: Order, symbol: KrakenSymbol): Record<string, unknown> {
  const { market } = order;
  const open = REST_STATUS[order.status] === 'open';
  const price = order.price === null ? '0' : decimalText(order.price, market.priceDecimals);
  return {
    refid: null, userref: 0, ...(order.clientIdGiven ? { cl_ord_id: order.clientOrderId } : {}), status: REST_STATUS[order.status], opentm: order.createdMs / 1000,
    ...(open ? {} : { closetm: order.updatedMs / 1000, reason: order.reason === null ? null : endText(order.reason) }), starttm: 0, expiretm: 0,
    descr: {
      pair: symbol.altname, type: order.side, ordertype: order.type === 'market' ? 'market' : 'limit', price, price2: '0', leverage: 'none', order: orderText(order, symbol), close: '',
    },
    vol: decimalText(order.qty, market.qtyDecimals), vol_exec: decimalText(order.filled, market.qtyDecimals), cost: formatScaled(order.cost, 8), fee: formatScaled(order.fee, 8),
    price: averageText(order), stopprice: '0.00000', limitprice: '0.00000', misc: '', oflags: order.type === 'post_only' ? 'fciq,post' : 'fciq',
    timeinforce: order.timeInForce.toUpperCase(), trades: order.fills.map(execId),
  };
}

export function restTrade(fill: Fill, symbol: KrakenSymbol): Record<string, unknown> {
  const { order } = fill;
  const { market } = order;
  return {
    ordertxid: txid('O', order.id), postxid: execId(fill), pair: symbol.restKey, time: fill.timeMs / 1000, type: order.side, ordertype: order.type === 'market' ? 'market' : 'limit',
    price: decimalText(fill.price, market.priceDecimals), cost: formatScaled(fill.cost, 8), fee: formatScaled(fill.fee, 8), vol: decimalText(fill.qty, market.qtyDecimals),
    margin: '0.00000', leverage: '0', misc: '', trade_id: fill.tradeId, maker: fill.maker,
  };
}

