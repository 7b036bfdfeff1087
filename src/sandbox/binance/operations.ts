/**
 * What the venue can be asked, once for both doors: REST paths and WebSocket API methods lead to the same operation.
 * `weight` is charged before the operation runs; placing and cancelling cost nothing unless they fail.
 */
import { badRequest } from './errors.js';
import { filtersOf } from './filters.js';
import { levelsText } from './feed.js';
import { amountText, myTrade, queriedOrder, rateText } from './render.js';
import { decimalText } from '../text.js';
import type { BinanceLimits } from './limits.js';
import type { BinanceOrders } from './orders.js';
import type { BinanceSymbol, BinanceSymbols } from './symbols.js';
import type { Params } from './params.js';
import type { VenueCore } from '../venue-core.js';

export interface Operation {
  weight: (params: Params) => number;
  signed: boolean;
  run: (params: Params) => unknown;
  /** The operation places an order: order faults and latency apply. */
  places?: boolean;
}

const HISTORY_WINDOW_MS = 86_400_000;

export function binanceOperations(core: VenueCore, symbols: BinanceSymbols, orders: BinanceOrders, limits: BinanceLimits): Record<string, Operation> {
  const { exchange } = core;
  const fixed = (weight: number) => (): number => weight;
  const open = (weight: number, run: Operation['run']): Operation => ({ weight: fixed(weight), signed: false, run });
  const signed = (weight: number, run: Operation['run']): Operation => ({ weight: fixed(weight), signed: true, run });
  return {
    ping: open(1, () => ({})),
    time: open(1, () => ({ serverTime: Math.floor(core.wallMs()) })),
    exchangeInfo: open(20, (params) => exchangeInfo(core, symbols, orders, limits, params)),
    depth: { weight: depthWeight, signed: false, run: (params) => depth(orders.symbol(params.need('symbol')), params) },
    trades: open(25, (params) => recentTrades(orders.symbol(params.need('symbol')), params)),
    bookTicker: open(2, (params) => oneOrAll(symbols, orders, params, bookTicker)),
    price: open(2, (params) => oneOrAll(symbols, orders, params, lastPrice)),
    ticker24h: open(2, (params) => oneOrAll(symbols, orders, params, (symbol) => ticker24h(symbol, core))),
    account: signed(20, (params) => account(core, params)),
    commission: signed(20, (params) => commission(core, orders.symbol(params.need('symbol')))),
    orderRateLimits: signed(40, () => limits.orderRows()),
    place: { weight: fixed(0), signed: true, places: true, run: (params) => orders.place(params) },
    test: signed(1, (params) => orders.test(params)),
    cancel: signed(0, (params) => orders.cancel(params)),
    cancelAll: signed(0, (params) => orders.cancelAll(params)),
    orderStatus: signed(4, (params) => {
      const order = orders.find(params, 'origClientOrderId');
      if (order === undefined) throw badRequest(-2013, 'Order does not exist.');
      return queriedOrder(order);
    }),
    openOrders: {
      weight: (params) => (params.has('symbol') ? 6 : 80), signed: true,
      run: (params) => {
        const only = params.has('symbol') ? orders.symbol(params.need('symbol')).market.spec : null;
        return [...exchange.open].filter((order) => only === null || order.market === only).map(queriedOrder);
      },
    },
    allOrders: signed(20, (params) => {
      const { market } = orders.symbol(params.need('symbol'));
      const [from, to] = timeWindow(params);
      const firstId = params.integer('orderId', 0);
      const limit = params.integer('limit', 500, 1_000);
      const chosen = [...exchange.orders.values()].filter((order) => order.market === market.spec && order.id >= firstId && order.createdMs >= from && order.createdMs <= to);
      return (firstId > 0 ? chosen.slice(0, limit) : chosen.slice(-limit)).map(queriedOrder);
    }),
    myTrades: {
      weight: (params) => (params.has('orderId') ? 5 : 20), signed: true,
      run: (params) => {
        const { market } = orders.symbol(params.need('symbol'));
        const [from, to] = timeWindow(params);
        const orderId = params.has('orderId') ? params.integer('orderId', 0) : null;
        const firstId = params.integer('fromId', 0);
        const limit = params.integer('limit', 500, 1_000);
        const chosen = exchange.fills.filter((fill) => fill.order.market === market.spec && (orderId === null || fill.order.id === orderId) &&
          fill.tradeId >= firstId && fill.timeMs >= from && fill.timeMs <= to);
        return (firstId > 0 ? chosen.slice(0, limit) : chosen.slice(-limit)).map(myTrade);
      },
    },
    coins: signed(10, () => coins(core)),
    marginPairs: signed(1, () => []),
  };
}

/** REST door: `METHOD path` → operation. */
export const REST_ROUTES: Readonly<Record<string, string>> = {
  'GET /api/v3/ping': 'ping', 'GET /api/v3/time': 'time', 'GET /api/v3/exchangeInfo': 'exchangeInfo', 'GET /api/v3/depth': 'depth', 'GET /api/v3/trades': 'trades',
  'GET /api/v3/ticker/bookTicker': 'bookTicker', 'GET /api/v3/ticker/price': 'price', 'GET /api/v3/ticker/24hr': 'ticker24h', 'GET /api/v3/account': 'account',
  'GET /api/v3/account/commission': 'commission', 'GET /api/v3/rateLimit/order': 'orderRateLimits', 'POST /api/v3/order': 'place', 'POST /api/v3/order/test': 'test',
  'DELETE /api/v3/order': 'cancel', 'GET /api/v3/order': 'orderStatus', 'GET /api/v3/openOrders': 'openOrders', 'DELETE /api/v3/openOrders': 'cancelAll',
  'GET /api/v3/allOrders': 'allOrders', 'GET /api/v3/myTrades': 'myTrades', 'GET /sapi/v1/capital/config/getall': 'coins',
  'GET /sapi/v1/margin/allPairs': 'marginPairs', 'GET /sapi/v1/margin/isolated/allPairs': 'marginPairs',
};

/** WebSocket API door: method → operation. */
export const WS_METHODS: Readonly<Record<string, string>> = {
  ping: 'ping', time: 'time', exchangeInfo: 'exchangeInfo', depth: 'depth', 'trades.recent': 'trades', 'ticker.book': 'bookTicker', 'ticker.price': 'price',
  'ticker.24hr': 'ticker24h', 'account.status': 'account', 'account.commission': 'commission', 'account.rateLimits.orders': 'orderRateLimits', 'order.place': 'place',
  'order.test': 'test', 'order.cancel': 'cancel', 'order.status': 'orderStatus', 'openOrders.status': 'openOrders', 'openOrders.cancelAll': 'cancelAll',
  allOrders: 'allOrders', myTrades: 'myTrades',
};

function depthWeight(params: Params): number {
  const limit = params.integer('limit', 100);
  return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250;
}

function depth(symbol: BinanceSymbol, params: Params): unknown {
  const limit = params.integer('limit', 100, 5_000);
  const { market } = symbol;
  const sides = `"bids":[${levelsText(market, 'bids', limit)}],"asks":[${levelsText(market, 'asks', limit)}]`;
  return JSON.parse(`{"lastUpdateId":${market.book.updateId},${sides}}`) as unknown;
}

function recentTrades({ market }: BinanceSymbol, params: Params): unknown {
  const { spec } = market;
  return market.recentTrades.slice(-params.integer('limit', 500, 1_000)).map((trade) => ({
    id: trade.tradeId, price: decimalText(trade.price, spec.priceDecimals, 8), qty: decimalText(trade.qty, spec.qtyDecimals, 8),
    quoteQty: decimalText(trade.price * trade.qty, spec.priceDecimals + spec.qtyDecimals, 8), time: trade.timeMs, isBuyerMaker: trade.takerSide === 'sell', isBestMatch: true,
  }));
}

function oneOrAll(symbols: BinanceSymbols, orders: BinanceOrders, params: Params, render: (symbol: BinanceSymbol) => unknown): unknown {
  const one = params.get('symbol');
  if (one !== undefined) return render(orders.symbol(one));
  return symbolList(orders, params.get('symbols'), symbols).map(render);
}

function symbolList(orders: BinanceOrders, text: string | undefined, symbols: BinanceSymbols): BinanceSymbol[] {
  if (text === undefined) return symbols.all;
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    names = null;
  }
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw badRequest(-1100, "Illegal characters found in parameter 'symbols'; legal range is '^\\[(\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\"){0,}){0,1}\\]$'.");
  }
  return names.map((name: string) => orders.symbol(name));
}

function bookTicker({ name, market }: BinanceSymbol): unknown {
  const { spec, book } = market;
  const bid = book.bids.best();
  const ask = book.asks.best();
  return {
    symbol: name, bidPrice: decimalText(bid?.price ?? 0, spec.priceDecimals, 8), bidQty: decimalText(bid?.qty ?? 0, spec.qtyDecimals, 8),
    askPrice: decimalText(ask?.price ?? 0, spec.priceDecimals, 8), askQty: decimalText(ask?.qty ?? 0, spec.qtyDecimals, 8),
  };
}

function lastUnits({ market }: BinanceSymbol): number {
  return market.recentTrades.at(-1)?.price ?? market.book.bids.best()?.price ?? 0;
}

function lastPrice(symbol: BinanceSymbol): { symbol: string; price: string } {
  return { symbol: symbol.name, price: decimalText(lastUnits(symbol), symbol.market.spec.priceDecimals, 8) };
}

function ticker24h(symbol: BinanceSymbol, core: VenueCore): unknown {
  const { price } = lastPrice(symbol);
  const { market } = symbol;
  const volume = decimalText(market.recentTrades.reduce((sum, trade) => sum + trade.qty, 0), market.spec.qtyDecimals, 8);
  const { symbol: name, ...book } = bookTicker(symbol) as { symbol: string };
  return {
    symbol: name, priceChange: '0.00000000', priceChangePercent: '0.000', weightedAvgPrice: price, prevClosePrice: price, lastPrice: price, lastQty: '0.00000000', ...book,
    openPrice: price, highPrice: price, lowPrice: price, volume, quoteVolume: '0.00000000', openTime: core.virtualMs() - HISTORY_WINDOW_MS, closeTime: core.virtualMs(),
    firstId: market.recentTrades[0]?.tradeId ?? -1, lastId: market.nextTradeId - 1, count: market.recentTrades.length,
  };
}

function exchangeInfo(core: VenueCore, symbols: BinanceSymbols, orders: BinanceOrders, limits: BinanceLimits, params: Params): unknown {
  const one = params.get('symbol');
  const chosen = one === undefined ? symbolList(orders, params.get('symbols'), symbols) : [orders.symbol(one)];
  return {
    timezone: 'UTC', serverTime: Math.floor(core.wallMs()), rateLimits: limits.rows(), exchangeFilters: [],
    symbols: chosen.map(({ name, market: { spec } }) => ({
      symbol: name, status: core.faults.active('maintenance') ? 'BREAK' : 'TRADING', baseAsset: spec.base, baseAssetPrecision: 8, quoteAsset: spec.quote, quotePrecision: 8, quoteAssetPrecision: 8,
      baseCommissionPrecision: 8, quoteCommissionPrecision: 8, orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'], icebergAllowed: false, ocoAllowed: false,
      otoAllowed: false, opoAllowed: false, quoteOrderQtyMarketAllowed: true, allowTrailingStop: false, cancelReplaceAllowed: false, amendAllowed: false,
      pegInstructionsAllowed: false, isSpotTradingAllowed: true, isMarginTradingAllowed: false, filters: filtersOf(spec), permissions: [],
      permissionSets: [['SPOT']], defaultSelfTradePreventionMode: 'EXPIRE_MAKER', allowedSelfTradePreventionModes: ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
    })),
  };
}

function account(core: VenueCore, params: Params): unknown {
  const { account: owner, fees } = core.exchange;
  const omitZero = params.get('omitZeroBalances') === 'true';
  const balances = [...owner.balances].filter(([, balance]) => !omitZero || balance.total !== 0n);
  const basisPoints = (ppm: bigint): number => Number(ppm / 100n);
  return {
    makerCommission: basisPoints(fees.makerPpm), takerCommission: basisPoints(fees.takerPpm), buyerCommission: 0, sellerCommission: 0,
    commissionRates: { maker: rateText(fees.makerPpm), taker: rateText(fees.takerPpm), buyer: '0.00000000', seller: '0.00000000' },
    canTrade: true, canWithdraw: false, canDeposit: false, brokered: false, requireSelfTradePrevention: false, preventSor: false, updateTime: core.virtualMs(), accountType: 'SPOT',
    balances: balances.map(([asset, balance]) => ({ asset, free: amountText(balance.total - balance.locked), locked: amountText(balance.locked) })),
    permissions: ['SPOT'], uid: 354_937_868,
  };
}

function commission(core: VenueCore, symbol: BinanceSymbol): unknown {
  const { fees } = core.exchange;
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' };
  return {
    symbol: symbol.name, standardCommission: { ...none, maker: rateText(fees.makerPpm), taker: rateText(fees.takerPpm) }, specialCommission: none, taxCommission: none,
    discount: { enabledForAccount: false, enabledForSymbol: false, discountAsset: 'BNB', discount: '0.75000000' },
  };
}

function coins(core: VenueCore): unknown {
  const { account: owner } = core.exchange;
  return [...owner.balances].map(([asset, balance]) => ({
    coin: asset, depositAllEnable: false, withdrawAllEnable: false, name: asset, free: amountText(balance.total - balance.locked), locked: amountText(balance.locked),
    freeze: '0', withdrawing: '0', ipoing: '0', ipoable: '0', storage: '0', isLegalMoney: false, trading: true, networkList: [],
  }));
}

/** `startTime`..`endTime`, at most a day apart. */
function timeWindow(params: Params): [number, number] {
  const from = params.integer('startTime', 0);
  const to = params.integer('endTime', Number.MAX_SAFE_INTEGER);
  if (params.has('startTime') && params.has('endTime') && to - from > HISTORY_WINDOW_MS) throw badRequest(-1127, 'More than 24 hours between startTime and endTime.');
  return [from, to];
}

