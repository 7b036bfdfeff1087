/** Orders, trades and balances in OKX's words. All numbers are text, absent ones ''; what is charged is negative. */
import { formatScaled, formatTrimmed } from '../../model/decimal.js';
import type { Balance } from '../matching/account.js';
import type { EndReason, ExecutionEvent, Fill, Order, OrderStatus } from '../matching/order.js';
import { trimmedText } from '../text.js';
import type { OkxSymbol } from './symbols.js';

/** Ids are text because they are beyond 2^53. */
const ORDER_ID_BASE = 3_000_000_000_000_000_000n;

const CANCEL_SOURCES: Readonly<Record<EndReason, string>> = { user: '1', unfilled_fok: '13', unfilled_ioc: '14', no_liquidity: '14', dead_man: '20', post_only: '31', self_trade: '32' };

/** How far an order had come when something was said of it. */
export interface OrderProgress {
  readonly filled: number;
  readonly cost: bigint;
  readonly status: OrderStatus;
  readonly timeMs: number;
  /** The fill that it is said because of. */
  readonly fill?: Fill;
}

export function orderIdText(id: number): string {
  return String(ORDER_ID_BASE + BigInt(id));
}

/** @returns the sandbox's number, or null for what is no id */
export function orderIdOf(text: string): number | null {
  return /^\d{19}$/.test(text) ? Number(BigInt(text) - ORDER_ID_BASE) : null;
}

export function clientIdOf(order: Order): string {
  return order.clientIdGiven ? order.clientOrderId : '';
}

function stateText(status: OrderStatus): string {
  if (status === 'new') return 'live';
  return status === 'partially_filled' || status === 'filled' ? status : 'canceled';
}

function typeText({ type, timeInForce }: Order): string {
  if (type !== 'limit') return type;
  return timeInForce === 'gtc' ? 'limit' : timeInForce;
}

function charged(fee: bigint): string {
  return formatTrimmed(-fee, 8);
}

/** What the order's state was after an event. */
export function progressAfter(event: ExecutionEvent): OrderProgress {
  const { order, timeMs } = event;
  if (event.kind === 'new') return { filled: 0, cost: 0n, status: 'new', timeMs };
  if (event.kind === 'trade') return { filled: event.filled, cost: event.cost, status: event.status, timeMs, fill: event.fill };
  return { filled: order.filled, cost: order.cost, status: order.status, timeMs };
}

export function orderObject(order: Order, { name }: OkxSymbol, { filled, cost, status, timeMs, fill }: OrderProgress): Record<string, unknown> {
  const { market } = order;
  const ended = status !== 'new' && status !== 'partially_filled' && status !== 'filled' && order.reason !== null;
  const until = fill === undefined ? order.fills.length : order.fills.indexOf(fill) + 1;
  const fee = order.fills.slice(0, until).reduce((sum, each) => sum + each.fee, 0n);
  const price = (units: number): string => trimmedText(units, market.priceDecimals);
  const size = (units: number): string => trimmedText(units, market.qtyDecimals);
  return {
    instType: 'SPOT', instId: name, ordId: orderIdText(order.id), clOrdId: clientIdOf(order), tag: '', px: order.price === null ? '' : price(order.price), pxUsd: '', pxVol: '', pxType: '',
    sz: order.quoteAmount === null ? size(order.qty) : formatTrimmed(order.quoteAmount, 8), notionalUsd: '', ordType: typeText(order), side: order.side, posSide: 'net', tdMode: 'cash',
    tgtCcy: order.quoteAmount === null ? '' : 'quote_ccy', state: stateText(status), accFillSz: size(filled), avgPx: filled === 0 ? '' : formatTrimmed((cost * 10n ** BigInt(market.qtyDecimals)) / BigInt(filled), 8),
    tradeId: fill === undefined ? '' : String(fill.tradeId), fillPx: fill === undefined ? '' : price(fill.price), fillSz: fill === undefined ? '0' : size(fill.qty),
    fillTime: fill === undefined ? '' : String(Math.floor(fill.timeMs)), execType: fill === undefined ? '' : fill.maker ? 'M' : 'T', fillFee: fill === undefined ? '0' : charged(fill.fee),
    fillFeeCcy: fill?.feeAsset ?? '', fillNotionalUsd: '', fillPnl: '0', fee: charged(fee), feeCcy: order.side === 'buy' ? market.base : market.quote, rebate: '0',
    rebateCcy: order.side === 'buy' ? market.quote : market.base, pnl: '0', source: '', category: 'normal', cancelSource: ended ? CANCEL_SOURCES[order.reason!] : '', cancelSourceReason: '',
    amendSource: '', amendResult: '', reqId: '', code: '0', msg: '', stpId: '', stpMode: 'cancel_maker', lever: '0', ccy: '', reduceOnly: 'false', quickMgnType: '', algoId: '', algoClOrdId: '',
    attachAlgoClOrdId: '', attachAlgoOrds: [], linkedAlgoOrd: { algoId: '' }, isTpLimit: 'false', slTriggerPx: '', slOrdPx: '', tpTriggerPx: '', tpOrdPx: '',
    cTime: String(Math.floor(order.createdMs)), uTime: String(Math.floor(timeMs)),
  };
}

/** The order as it is now, with its last fill. */
export function currentOrder(order: Order, symbol: OkxSymbol): Record<string, unknown> {
  const { filled, cost, status, updatedMs, fills } = order;
  return orderObject(order, symbol, { filled, cost, status, timeMs: updatedMs, fill: fills.at(-1) });
}

/** @param bill number of the fill in the account's ledger */
export function fillObject(fill: Fill, { name }: OkxSymbol, bill: number): Record<string, unknown> {
  const { order } = fill;
  const { market } = order;
  return {
    instType: 'SPOT', instId: name, tradeId: String(fill.tradeId), ordId: orderIdText(order.id), clOrdId: clientIdOf(order), billId: String(bill), subType: order.side === 'buy' ? '1' : '2', tag: '',
    fillPx: trimmedText(fill.price, market.priceDecimals), fillSz: trimmedText(fill.qty, market.qtyDecimals), fillIdxPx: '', fillPnl: '0', fillPxVol: '', fillPxUsd: '', fillMarkVol: '', fillFwdPx: '',
    fillMarkPx: '', side: order.side, posSide: 'net', execType: fill.maker ? 'M' : 'T', feeCcy: fill.feeAsset, fee: charged(fill.fee), feeRate: '', ts: String(Math.floor(fill.timeMs)),
    fillTime: String(Math.floor(fill.timeMs)),
  };
}

function detailObject(ccy: string, { total, locked }: Balance, timeMs: number): Record<string, string> {
  const text = formatScaled(total, 8);
  return {
    ccy, eq: text, cashBal: text, uTime: String(Math.floor(timeMs)), isoEq: '0', availEq: formatScaled(total - locked, 8), disEq: '0', fixedBal: '0', availBal: formatScaled(total - locked, 8),
    frozenBal: formatScaled(locked, 8), ordFrozen: formatScaled(locked, 8), liab: '0', upl: '0', uplLiab: '0', crossLiab: '0', isoLiab: '0', mgnRatio: '', interest: '0', twap: '0', maxLoan: '',
    eqUsd: '0', borrowFroz: '0', notionalLever: '0', stgyEq: '0', isoUpl: '0', spotInUseAmt: '',
  };
}

export function accountObject(balances: Iterable<readonly [string, Balance]>, timeMs: number): Record<string, unknown> {
  return {
    uTime: String(Math.floor(timeMs)), totalEq: '0', isoEq: '0', adjEq: '', ordFroz: '', imr: '', mmr: '', borrowFroz: '', notionalUsd: '', mgnRatio: '', upl: '',
    details: [...balances].map(([ccy, balance]) => detailObject(ccy, balance, timeMs)),
  };
}
